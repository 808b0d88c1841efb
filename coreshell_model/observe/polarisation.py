"""The potential drops between the core and the cell's voltage, and which of them ends a sodiation."""

from coreshell_model.inputs.steps import Kind
from coreshell_model.run.solution import DROPS, Ending, Solution, StepTaken

LIMITS = {
    "Particle potential drop [V]": "particle",
    "Film potential drop [V]": "film",
    "Electrolyte potential drop [V]": "electrolyte",
    "Electronic potential drop [V]": "electronic conduction",
    "Counter electrode overpotential [V]": "counter electrode",
    "Series potential drop [V]": "series resistance",
}
"""The limitation that each drop stands for; the particle's drop is charge transfer and diffusion."""


COUNTER, POSITIVE = "counter electrode", "positive electrode"
"""What stands against the carbon: sodium metal, or the positive electrode of a full cell."""

BEYOND_REFERENCE = (COUNTER, POSITIVE)
"""Limitations that the potential of the working electrode against a reference leaves out."""


def last_sodiation(solution: Solution) -> StepTaken | None:
    """The last step other than a hold that sodiated; None where there is none."""
    charge = solution["Specific capacity [mA.h.g-1]"]
    sodiations = [
        step
        for step in solution.steps
        if not step.skipped
        and step.asked.kind is not Kind.HOLD
        and charge[step.points.stop - 1] > charge[step.points.start]
    ]
    return sodiations[-1] if sodiations else None


def at_end_of_sodiation(solution: Solution, name: str) -> float | None:
    """A series at the end of the last sodiation at constant current."""
    step = last_sodiation(solution)
    return None if step is None else float(solution[name][step.points.stop - 1])


def polarisation(solution: Solution, step: StepTaken | None = None) -> dict[str, float] | None:
    """Each drop [mV] by the limitation that it stands for, at the end of a step or of the last sodiation.

    The drops add up to the core's mean potential minus the cell's voltage.
    """
    step = step or last_sodiation(solution)
    if step is None:
        return None
    last = step.points.stop - 1
    drops = {LIMITS[name]: 1e3 * float(solution[name][last]) for name in DROPS}
    return {POSITIVE if solution.is_full and name == COUNTER else name: drop for name, drop in drops.items()}


DEPLETED = 0.05
"""Share of the initial salt concentration below which a place of the electrode has run out of salt."""


def limit(solution: Solution) -> str | None:
    """What ended the last sodiation at constant current: salt that ran out somewhere, or the largest drop.

    Where salt runs out the carbon behind that place is cut off, which costs capacity rather than voltage. A
    sodiation that ends at a potential against a reference is not ended by the drops that it leaves out.
    """
    step, drops = last_sodiation(solution), polarisation(solution)
    if step is None or drops is None:
        return None
    if step.asked.against_reference:
        drops = {name: drop for name, drop in drops.items() if name not in BEYOND_REFERENCE}
    if solution.resolves_electrode:
        salt = solution["Lowest electrolyte concentration [mol.m-3]"][step.points]
        if salt.min() < DEPLETED * solution.parameters["Initial electrolyte concentration [mol.m-3]"]:
            return "electrolyte"
    return max(drops, key=lambda name: drops[name])


def electrolyte_range(solution: Solution) -> tuple[float, float] | None:
    """Lowest and highest salt concentration [mol.m-3] at any place and time; None at the particle level."""
    if not solution.resolves_electrode or not solution["Time [s]"].size:
        return None
    return (
        float(solution["Lowest electrolyte concentration [mol.m-3]"].min()),
        float(solution["Highest electrolyte concentration [mol.m-3]"].max()),
    )


def warnings(solution: Solution) -> list[str]:
    """Warnings about skipped steps, the program's own time limits, and the electrolyte's tables."""
    messages = []
    skipped = sum(step.skipped for step in solution.steps)
    if skipped:
        messages.append(f"{skipped} of {len(solution.steps)} steps skipped, past their limit when they began")
    by_default = [step for step in solution.steps if step.ending is Ending.DEFAULT_TIME]
    if by_default:
        first = by_default[0]
        messages.append(
            f"{len(by_default)} of {len(solution.steps)} steps ended by the program's own time limit, as the "
            f"protocol states no time, first cycle {first.cycle}, step {first.number} ({first.asked.words})"
        )
    concentrations, electrode = electrolyte_range(solution), solution.material.electrode
    if concentrations and electrode is not None:
        low, high = electrode.electrolyte.table
        if not (low <= concentrations[0] and concentrations[1] <= high):
            messages.append(
                f"electrolyte between {concentrations[0]:.3g} and {concentrations[1]:.3g} mol/m3, beyond its "
                f"tables from {low:g} to {high:g}: values at their ends used, conductivity falling to zero "
                "with the salt"
            )
    return messages
