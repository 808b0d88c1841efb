"""What an experimenter reads off a run: pure functions of a Solution.

Capacities are per gram of active carbon [mA.h.g-1], efficiencies are fractions. A quantity that the
run does not contain (too few cycles, a run that ended early) is None.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coreshell_model.material import CoreShellMaterial, sources
from coreshell_model.polarisation import electrolyte_range, limit, polarisation, warnings
from coreshell_model.quantity import SET_BY_USER
from coreshell_model.solution import INVENTORY, Array, Solution, Step

RETURNING = tuple(
    name for name in INVENTORY if name not in ("Trapped sodium [mA.h.g-1]", "Sodium in SEI [mA.h.g-1]")
)
"""The inventory's places from which sodium can come back."""

FIRST_SODIATION_WINDOWS = {
    "Capacity 1.25-1.00 V [mA.h.g-1]": (1.00, 1.25),
    "Capacity 1.00-0.65 V [mA.h.g-1]": (0.65, 1.00),
    "Capacity 0.65-0.44 V [mA.h.g-1]": (0.44, 0.65),
    "Capacity below 0.44 V [mA.h.g-1]": (-np.inf, 0.44),
}
"""The windows in which Appel et al. report the first sodiation of Core-Shell."""

PLATEAU_VOLTAGE = 0.1
"""Upper end [V] of what is counted as capacity at low voltage."""


@dataclass(frozen=True)
class LossSplit:
    """Where the first cycle's loss went [mA.h.g-1]; the parts add up to the loss."""

    sei: float
    trapped: float
    left_in_carbon: float


def _charges(solution: Solution, cycle: int) -> tuple[float, float]:
    """Charge that went in and that came out during a cycle, each counted positive."""
    passed = [
        np.diff(solution["Specific capacity [mA.h.g-1]"][step.points]) for step in solution.cycle_steps(cycle)
    ]
    parts = np.concatenate(passed) if passed else np.zeros(0)
    return float(parts[parts > 0].sum()), float(np.abs(parts[parts < 0]).sum())


def sodiation_capacity(solution: Solution, cycle: int) -> float | None:
    """Charge that a cycle put in, holds included."""
    return _charges(solution, cycle)[0] if cycle in solution.cycles else None


def desodiation_capacity(solution: Solution, cycle: int) -> float | None:
    """Charge that a cycle took out."""
    return _charges(solution, cycle)[1] if cycle in solution.cycles else None


def coulombic_efficiency(solution: Solution, cycle: int) -> float | None:
    """Desodiation over sodiation of one cycle (19); None where nothing went in."""
    sodiated, desodiated = sodiation_capacity(solution, cycle), desodiation_capacity(solution, cycle)
    if sodiated is None or desodiated is None or sodiated <= 0:
        return None
    return desodiated / sodiated


def coulombic_efficiencies(solution: Solution) -> list[float | None]:
    """The efficiencies of all whole cycles, the first included."""
    return [coulombic_efficiency(solution, cycle) for cycle in solution.cycles]


def initial_coulombic_efficiency(solution: Solution) -> float | None:
    """First desodiation over first sodiation (19)."""
    return coulombic_efficiency(solution, 1)


def first_cycle_loss(solution: Solution) -> float | None:
    """First sodiation less first desodiation (19)."""
    if 1 not in solution.cycles:
        return None
    sodiated, desodiated = _charges(solution, 1)
    return sodiated - desodiated


def reversible_capacity(solution: Solution) -> float | None:
    """Desodiation of the last cycle; only of a run that was completed."""
    return desodiation_capacity(solution, solution.cycles[-1]) if solution.completed else None


def loss_split(solution: Solution) -> LossSplit | None:
    """The first cycle's loss by where it went, from the inventories at its start and end (19)."""
    steps = solution.cycle_steps(1)
    if 1 not in solution.cycles:
        return None
    if not steps:
        return LossSplit(0.0, 0.0, 0.0)
    first, last = steps[0].points.start, steps[-1].points.stop - 1

    def gained(name):
        return float(solution[name][last] - solution[name][first])

    return LossSplit(
        sei=gained("Sodium in SEI [mA.h.g-1]"),
        trapped=gained("Trapped sodium [mA.h.g-1]"),
        left_in_carbon=sum(gained(name) for name in RETURNING),
    )


def _in_direction(solution: Solution, cycle: int, sign: int) -> list[Step]:
    """The steps of a cycle that moved charge in (sign 1) or out (sign -1), on balance."""
    charge = solution["Specific capacity [mA.h.g-1]"]
    return [
        step
        for step in solution.cycle_steps(cycle)
        if sign * (charge[step.points.stop - 1] - charge[step.points.start]) > 0
    ]


def plateau_capacity(solution: Solution) -> float | None:
    """Sodium that left clusters in the last desodiation (20)."""
    if not solution.completed:
        return None
    clusters = solution["Sodium in clusters [mA.h.g-1]"]
    steps = _in_direction(solution, solution.cycles[-1], -1)
    return float(sum(clusters[step.points.start] - clusters[step.points.stop - 1] for step in steps))


def sloping_capacity(solution: Solution) -> float | None:
    """Reversible less plateau capacity (20)."""
    reversible, plateau = reversible_capacity(solution), plateau_capacity(solution)
    return None if reversible is None or plateau is None else reversible - plateau


def capacity_in_window(solution: Solution, steps: list[Step], lower: float, upper: float) -> float:
    """Charge passed, either way, while the voltage was between ``lower`` and ``upper`` [V].

    Between two points voltage and charge are taken as straight lines, so each pair contributes the
    share of its voltage span that lies inside; a pair at constant voltage belongs to the window from below.
    """
    total = 0.0
    for step in steps:
        voltage = solution["Voltage [V]"][step.points]
        charge = np.abs(np.diff(solution["Specific capacity [mA.h.g-1]"][step.points]))
        low, high = np.minimum(voltage[1:], voltage[:-1]), np.maximum(voltage[1:], voltage[:-1])
        span = high - low
        inside = np.clip(np.minimum(high, upper) - np.maximum(low, lower), 0, None)
        flat = span < 1e-12
        share = np.where(flat, (low >= lower) & (low < upper), inside / np.where(flat, 1, span))
        total += float((share * charge).sum())
    return total


def first_sodiation_window(solution: Solution, lower: float, upper: float) -> float | None:
    """Charge of the first sodiation, holds included, between two voltages."""
    if 1 not in solution.cycles:
        return None
    return capacity_in_window(solution, _in_direction(solution, 1, 1), lower, upper)


def capacity_at_low_voltage(solution: Solution) -> float | None:
    """Charge that the last desodiation delivers below 0.1 V."""
    if not solution.completed:
        return None
    steps = _in_direction(solution, solution.cycles[-1], -1)
    return capacity_in_window(solution, steps, -np.inf, PLATEAU_VOLTAGE)


def sei_thickness(solution: Solution) -> float | None:
    """Thickness of the film at the end [nm]."""
    return _last(solution["SEI thickness [m]"], lambda value: value * 1e9)


def pore_filling(solution: Solution) -> float | None:
    """Share of the wetted pores' volume that film fills at the end; 0 where all particles are sealed (21)."""
    return _last(solution["Pore filling"], float)


def changes(solution: Solution) -> dict[str, str]:
    """The numbers that were changed for this run, by dotted path, with their values."""
    of_protocol = {f"protocol.{path}": number for path, number in sources(solution.protocol).items()}
    numbers = sources(solution.material) | of_protocol
    return {path: str(number) for path, number in numbers.items() if number.source == SET_BY_USER}


def _last(series: Array, convert: Callable[[float], float]) -> float | None:
    return convert(float(series[-1])) if series.size else None


def sodium_balance_error(solution: Solution) -> float | None:
    """Equation (18): charge integrated from the current against sodium counted, relative.

    The charge is the solver's own integral of the current; the sodium is counted from profiles, film
    and double layer at every point. Relative to the first sodiation, or where that is zero to the
    largest charge.
    """
    charge = solution["Specific capacity [mA.h.g-1]"]
    if not charge.size:
        return None
    counted = np.sum([solution[name] for name in INVENTORY], axis=0)
    off = np.abs((charge - charge[0]) - (counted - counted[0])).max()
    scale = _charges(solution, 1)[0] or np.abs(charge).max()
    return float(off / scale) if scale > 0 else float(off)


def summary(solution: Solution) -> dict:
    """The main results under the names, units included, that the command line prints."""
    split = loss_split(solution)
    core_radius, shell_thickness = (
        solution.parameters[name] for name in ("Core radius [m]", "Shell thickness [m]")
    )
    two_carbons = isinstance(solution.material, CoreShellMaterial)
    return {
        "Material": solution.material.name,
        "Protocol": solution.protocol.name,
        "Level": solution.level,
        "Ending": solution.explanation,
        "Changes": changes(solution),
        "Particle radius [nm]": 1e9 * (core_radius + shell_thickness),
        "Shell thickness [nm]": 1e9 * shell_thickness if two_carbons else None,
        "External area [m2.g-1]": solution.parameters["External area [m2.kg-1]"] / 1e3,
        "Initial coulombic efficiency": initial_coulombic_efficiency(solution),
        "First sodiation capacity [mA.h.g-1]": sodiation_capacity(solution, 1),
        "First desodiation capacity [mA.h.g-1]": desodiation_capacity(solution, 1),
        "Reversible capacity [mA.h.g-1]": reversible_capacity(solution),
        "First-cycle loss [mA.h.g-1]": first_cycle_loss(solution),
        "Loss to SEI [mA.h.g-1]": split.sei if split else None,
        "Loss to trapped sodium [mA.h.g-1]": split.trapped if split else None,
        "Sodium left in carbon [mA.h.g-1]": split.left_in_carbon if split else None,
        "Plateau capacity [mA.h.g-1]": plateau_capacity(solution),
        "Sloping capacity [mA.h.g-1]": sloping_capacity(solution),
        "Capacity below 0.1 V [mA.h.g-1]": capacity_at_low_voltage(solution),
        **{
            name: first_sodiation_window(solution, *window)
            for name, window in FIRST_SODIATION_WINDOWS.items()
        },
        "SEI thickness [nm]": sei_thickness(solution),
        "Pore filling": pore_filling(solution),
        "Polarisation at the end of sodiation [mV]": polarisation(solution),
        "Sodiation limited by": limit(solution),
        "Electrolyte concentration range [mol.m-3]": electrolyte_range(solution),
        "Sodium balance error": sodium_balance_error(solution),
        "Coulombic efficiency": coulombic_efficiencies(solution),
        "Prediction": solution.material.prediction,
        "Warnings": warnings(solution),
        "Solve time [s]": solution.solve_time,
    }
