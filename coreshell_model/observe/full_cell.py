"""Results of a full cell: its first cycle, its energy per mass and volume, what limits it, and its life."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.positive import Balance
from coreshell_model.inputs.ranges import limits_of, usual_range
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.by_voltage import energy
from coreshell_model.observe.capacity import CHARGE, capacity_by_cycle, coulombic_efficiency, in_direction
from coreshell_model.physics import full_cell_values
from coreshell_model.physics.laws.cell_energy import (
    electrolyte_mass,
    energy_density,
    layer_mass,
    packaging_mass,
    specific_energy,
)
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.run.solution import LOST_IN_CARBON, POSITIVE_INVENTORY, Solution, StepTaken

POSITIVE, CARBON_AT_SEPARATOR = (
    "Positive electrode potential [V]",
    "Carbon against sodium at the separator [V]",
)

SODIUM = 22.990e-3
"""Molar mass of sodium [kg.mol-1]."""

PLATING = 0.0
"""Potential [V] against sodium at which its metal may deposit on the carbon."""

END = 0.02
"""Share of a half-cycle's charge at its end: the electrode whose potential changes more there limits it."""

UNIT, SEI = " [mA.h.g-1]", "Sodium in SEI [mA.h.g-1]"

KEPT = 0.8
"""Share of the second discharge at which a cell is counted as used up."""

LOWEST = "Lowest carbon potential [V]"
"""Name of the result by which deposits of sodium are told."""

LIFE, LOST = "Cycles to 80 %", (SEI, *LOST_IN_CARBON)
"""Name of the life of a full cell, and the places where its sodium is lost."""

FEWEST_CYCLES = 6
"""Cycles from which on a loss per cycle is taken."""


def cell_efficiency(solution: Solution) -> float | None:
    """First discharge over first charge of the cell; sodium of a presodiation raises it."""
    return coulombic_efficiency(solution, 1) if solution.is_full else None


def np_ratio(solution: Solution) -> float | None:
    """The N/P ratio (60)."""
    if not solution.is_full:
        return None
    return full_cell_values.np_ratio(solution.material, solution.parameters)


def np_ratio_with_added(solution: Solution) -> float | None:
    """The N/P ratio with the sodium of a sacrificial salt and of a presodiation."""
    if not solution.is_full:
        return None
    return full_cell_values.np_ratio(solution.material, solution.parameters, with_added=True)


@dataclass(frozen=True)
class Layer:
    """A part of the stack: mass [kg.m-2] and thickness [m] per area of one pair of coatings."""

    name: str
    mass: float
    thickness: float


def layers(solution: Solution) -> list[Layer]:
    """The parts of the stack, from foil to foil; each foil counts half, since it has a coating on both sides.

    Raises
    ------
    InputError
        The material has no electrode section, which gives coating and separator.
    """
    material, p = solution.material, solution.parameters
    stack, positive, electrode = material.stack, material.positive, material.electrode
    assert stack is not None and positive is not None  # by ``inputs.full_cell.in_cell``
    if electrode is None:
        raise InputError(
            f"{material.name}: has no electrode section, which energies per mass and volume need for coating "
            "and separator; add it (see parameters/README.md)"
        )
    positive_mass = p["Positive active loading [kg.m-2]"]
    separator = p["Separator thickness [m]"] * (1 - p["Separator porosity"])
    pores = sum(
        p[f"{layer} thickness [m]"] * p[f"{layer} porosity"]
        for layer in ("Electrode", "Separator", "Positive electrode")
    )
    metal = p["Presodiation charge [C.kg-1]"] * p["Active loading [kg.m-2]"] * SODIUM / FARADAY
    salt = positive.sacrificial_salt
    residue = positive_mass * salt.mass_share.si * salt.residue.si
    return [
        Layer(
            "negative foil",
            stack.negative_foil.thickness.si * stack.negative_foil.density.si / 2,
            stack.negative_foil.thickness.si / 2,
        ),
        Layer(
            "negative coating",
            layer_mass(p["Active loading [kg.m-2]"], 1 - electrode.active_fraction),
            p["Electrode thickness [m]"],
        ),
        Layer("sodium of the presodiation", metal, 0.0),
        Layer("separator", separator * stack.separator_density.si, p["Separator thickness [m]"]),
        Layer(
            "positive coating",
            layer_mass(positive_mass, 1 - positive.coating.active_fraction) + residue,
            p["Positive electrode thickness [m]"],
        ),
        Layer(
            "positive foil",
            stack.positive_foil.thickness.si * stack.positive_foil.density.si / 2,
            stack.positive_foil.thickness.si / 2,
        ),
        Layer(
            "electrolyte",
            electrolyte_mass(pores, stack.electrolyte_density.si, stack.electrolyte_excess.si),
            0.0,
        ),
    ]


def stack_masses(solution: Solution) -> dict[str, float] | None:
    """Mass of each part of the stack, and of packaging [mg.cm-2], per area of one pair of coatings.

    They add up to the mass that the specific energy is of.
    """
    stack = solution.material.stack
    if solution.material.electrode is None or stack is None:
        return None
    masses = {layer.name: 100 * layer.mass for layer in layers(solution)}
    return masses | {"packaging": packaging_mass(sum(masses.values()), stack.packaging_mass.si)}


INACTIVE = ("negative foil", "separator", "positive foil")
"""Parts of the stack whose mass does not grow with the loading."""


def reading_of_full_cell(solution: Solution) -> str:
    """How the results of a full cell are read, and the loading that its energies are of; "" for others."""
    if not solution.is_full:
        return ""
    words = (
        "The charge of the cell sodiates the carbon and its discharge desodiates it; capacities are per "
        "gram of carbon; the starts of sodiation and ends of desodiation are potentials against sodium."
    )
    masses = stack_masses(solution)
    if masses is None:
        return words
    loading = 100 * solution.parameters["Active loading [kg.m-2]"]
    share = sum(masses[name] for name in INACTIVE) / sum(masses.values())
    return (
        f"{words} Energies are of a stack with {loading:.3g} mg of carbon per cm2 (cell.active_loading), of "
        f"which foils and separator are {share:.0%} of the mass."
    )


def discharge_energy(solution: Solution) -> float | None:
    """Energy of the last discharge per area of electrode [J.m-2]."""
    if not solution.is_full or not solution.completed or not solution.cycles:
        return None
    return _energy_of_discharge(solution, solution.cycles[-1])


def energy_by_cycle(solution: Solution) -> list[float | None]:
    """Energy of the discharge of each cycle per mass of the stack [W.h.kg-1] (65)."""
    stack = solution.material.stack
    if stack is None or solution.material.electrode is None:
        return []
    mass = sum(layer.mass for layer in layers(solution))
    released = [_energy_of_discharge(solution, cycle) for cycle in solution.cycles]
    return [
        None if each is None else specific_energy(each, mass, stack.packaging_mass.si) / 3600
        for each in released
    ]


def _energy_of_discharge(solution: Solution, cycle: int) -> float | None:
    """Energy of the discharge of a cycle per area of electrode [J.m-2]; None where it has none."""
    steps = in_direction(solution, cycle, -1)
    if not steps:
        return None
    per_mass = sum(
        energy(solution["Voltage [V]"][step.points], -np.diff(solution[CHARGE][step.points]))
        for step in steps
    )
    return 3600 * per_mass * solution.parameters["Active loading [kg.m-2]"]


def mean_discharge_voltage(solution: Solution) -> float | None:
    """Energy over charge of the last discharge [V]."""
    released = discharge_energy(solution)
    if released is None:
        return None
    charge = capacity_by_cycle(solution)[-1] * 3600 * solution.parameters["Active loading [kg.m-2]"]
    return released / charge if charge else None


def cell_specific_energy(solution: Solution) -> float | None:
    """Energy of the last discharge per mass of the stack [W.h.kg-1] (65)."""
    released, stack = discharge_energy(solution), solution.material.stack
    if released is None or stack is None or solution.material.electrode is None:
        return None
    mass = sum(layer.mass for layer in layers(solution))
    return specific_energy(released, mass, stack.packaging_mass.si) / 3600


def cell_energy_density(solution: Solution) -> float | None:
    """Energy of the last discharge per volume of the stack [W.h.L-1] (66)."""
    released, stack = discharge_energy(solution), solution.material.stack
    if released is None or stack is None or solution.material.electrode is None:
        return None
    thickness = sum(layer.thickness for layer in layers(solution))
    return energy_density(released, thickness, stack.packaging_volume.si) / 3.6e6


def capacity_of_both(solution: Solution) -> float | None:
    """Last discharge per gram of both active materials [mA.h.g-1]."""
    if not solution.is_full or not solution.completed or not solution.cycles:
        return None
    carbon = solution.parameters["Active loading [kg.m-2]"]
    positive = solution.parameters["Positive active loading [kg.m-2]"]
    return capacity_by_cycle(solution)[-1] * carbon / (carbon + positive)


def lowest_carbon_potential(solution: Solution) -> float | None:
    """Lowest potential of the carbon against sodium, at its separator, anywhere in the run [V]."""
    if not solution.is_full or not solution["Time [s]"].size:
        return None
    return float(solution[CARBON_AT_SEPARATOR].min())


def ratio_warning(solution: Solution) -> list[str]:
    """The warning that an N/P ratio, which follows from a loading, is not usual; a given one has its own."""
    ratio, positive = np_ratio(solution), solution.material.positive
    if ratio is None or positive is None or positive.balance.np_ratio is not None:
        return []
    limit = limits_of(Balance)["np_ratio"]
    if limit.is_usual(ratio):
        return []
    return [
        f"the N/P ratio is {ratio:.3g} by positive.balance.active_loading, usually {usual_range(limit)} "
        f"({limit.source})"
    ]


def plating_warning(solution: Solution) -> list[str]:
    """The warning that sodium may deposit as a metal."""
    lowest = lowest_carbon_potential(solution)
    if lowest is None or lowest >= PLATING:
        return []
    at = int(np.argmin(solution[CARBON_AT_SEPARATOR]))
    step = next(step for step in solution.steps if step.points.start <= at < step.points.stop)
    shown = f"{lowest:.3g} V" if lowest <= -1 else f"{1e3 * lowest:.3g} mV"
    return [
        f"the carbon comes to {shown} against sodium, lowest in cycle {step.cycle}, step {step.number} "
        f"({step.asked.words}): sodium metal may deposit, which the model does not have; {_remedy(solution)}"
    ]


def _remedy(solution: Solution) -> str:
    """What keeps sodium from depositing: first less of the sodium that was added."""
    positive, presodiation = solution.material.positive, solution.material.presodiation
    assert positive is not None and presodiation is not None  # by ``inputs.full_cell.in_cell``
    added = [
        *(["presodiation"] if presodiation.capacity.si else []),
        *(["sacrificial salt"] if positive.sacrificial_salt.charge else []),
    ]
    less = f"give less {' and '.join(added)}, " if added else ""
    return f"{less}raise the N/P ratio, charge more slowly or to a lower voltage"


def added_sodium_notes(solution: Solution) -> list[str]:
    """What sodium beside that of the positive electrode does to results, and where a salt cannot react."""
    positive, presodiation = solution.material.positive, solution.material.presodiation
    if positive is None or presodiation is None:
        return []
    notes, efficiency, salt = [], cell_efficiency(solution), positive.sacrificial_salt
    if efficiency is not None and efficiency > 1 and presodiation.capacity.si:
        notes.append(
            f"the first efficiency of the cell is {efficiency:.4g}, above 1: the discharge also gives back "
            f"sodium of the presodiation, {presodiation.capacity}, which the charge did not count"
        )
    upper = solution.protocol.window.upper
    if salt.charge and salt.potential.si > upper.si:
        notes.append(
            f"positive.sacrificial_salt.potential is {salt.potential}, above the upper cut-off, {upper}: the "
            "salt hardly reacts; set a lower potential, or protocol.window.upper above it"
        )
    return notes


def _limited_by(solution: Solution, sign: int) -> str | None:
    """The electrode whose potential changes more at the end of the last charge (1) or discharge (-1)."""
    if not solution.is_full or not solution.cycles:
        return None
    steps = [
        step for step in in_direction(solution, solution.cycles[-1], sign) if step.asked.kind is not Kind.HOLD
    ]
    if not steps:
        return None
    changes = {
        "carbon": _change_at_end(solution, steps[-1], solution.potential),
        "positive electrode": _change_at_end(solution, steps[-1], solution[POSITIVE]),
    }
    return max(changes, key=lambda name: changes[name])


def _change_at_end(solution: Solution, step: StepTaken, series: np.ndarray) -> float:
    charge, values = np.abs(solution[CHARGE][step.points]), series[step.points]
    passed = np.abs(charge - charge[0])
    before = float(np.interp((1 - END) * passed[-1], passed, values))
    return abs(float(values[-1]) - before)


def charge_limited_by(solution: Solution) -> str | None:
    """The electrode that ends the last charge at constant current."""
    return _limited_by(solution, 1)


def discharge_limited_by(solution: Solution) -> str | None:
    """The electrode that ends the last discharge."""
    return _limited_by(solution, -1)


def cycles_left(solution: Solution) -> float | None:
    """Cycles until film and traps have taken a fifth of the second discharge; see ``cycles_to_80``."""
    capacities = np.array(capacity_by_cycle(solution)) if solution.is_full else np.zeros(0)
    if capacities.size < FEWEST_CYCLES or not solution.completed:
        return None
    ends = _ends_of_cycles(solution)
    return cycles_to_80(capacities, np.sum([solution[name][ends] for name in LOST], axis=0))


def cycles_to_80(capacities: np.ndarray, lost: np.ndarray) -> float | None:
    """Cycles until film and traps have taken a fifth of the second discharge, at the loss of the later half.

    The loss per cycle falls while the film thickens, so that the number is a lower bound. Counted is sodium,
    not capacity, which also follows how full clusters are. None for fewer than six cycles.

    Parameters
    ----------
    capacities : discharge of each cycle [mA.h.g-1]
    lost : sodium in film and traps at the end of each [mA.h.g-1]
    """
    if capacities.size < FEWEST_CYCLES:
        return None
    left = (1 - KEPT) * capacities[1] - (lost[-1] - lost[1])
    half = capacities.size // 2
    per_cycle = (lost[-1] - lost[half]) / (capacities.size - 1 - half)
    if left <= 0:
        return float(np.argmax(lost - lost[1] >= (1 - KEPT) * capacities[1]) + 1)
    return float(capacities.size + left / per_cycle) if per_cycle > 0 else None


def sodium_by_cycle(solution: Solution) -> dict[str, list[float]]:
    """Sodium in each place at the end of each cycle [mA.h.g-1], per gram of active carbon."""
    ends, places = _ends_of_cycles(solution), (*solution.inventory, *POSITIVE_INVENTORY)
    return {name.removesuffix(UNIT): solution[name][ends].tolist() for name in places}


def _ends_of_cycles(solution: Solution) -> list[int]:
    """Indices of the last point of each cycle."""
    steps = [taken[-1] for cycle in solution.cycles if (taken := solution.cycle_steps(cycle))]
    return [step.points.stop - 1 for step in steps]


def full_cell_results(solution: Solution) -> dict:
    """Results that are no single numbers."""
    if not solution.is_full or not solution["Time [s]"].size:
        return {}
    positive, stack = solution.material.positive, solution.material.stack
    assert positive is not None and stack is not None
    return {
        "Positive electrode": positive.name,
        "Stack": stack.name,
        "Charge limited by": charge_limited_by(solution),
        "Discharge limited by": discharge_limited_by(solution),
        "Specific energy by cycle [W.h.kg-1]": energy_by_cycle(solution),
        "Stack masses [mg.cm-2]": stack_masses(solution),
        "Sodium by cycle [mA.h.g-1]": sodium_by_cycle(solution),
    }
