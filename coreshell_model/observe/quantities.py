"""The main results of a run, by the names, units included, that every command prints."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import SET_BY_USER, brief
from coreshell_model.inputs.full_cell import FULL, USUAL_PROTOCOL
from coreshell_model.inputs.material import CoreShellMaterial, sources
from coreshell_model.inputs.particle import consequences, mass_gain, pore_volume_bound
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.sections import STORES
from coreshell_model.inputs.user_defaults import defaults_of
from coreshell_model.observe import full_cell
from coreshell_model.observe.capacity import (
    areal_capacity,
    coating_capacity,
    coulombic_efficiencies,
    cut_short_warning,
    desodiation_capacity,
    first_cycle_loss,
    initial_coulombic_efficiency,
    reversible_capacity,
    sodiation_capacity,
    unfinished_warning,
    volumetric_capacity,
)
from coreshell_model.observe.clusters import SHARE, share_formed, unformed_warning
from coreshell_model.observe.groups import SAID_BY
from coreshell_model.observe.inventory import (
    given_back,
    loss_split,
    pore_filling,
    sei_thickness,
    sloping_capacity,
    sodium_balance_error,
)
from coreshell_model.observe.of_protocol import OF_PROTOCOL, of_protocol
from coreshell_model.observe.plausibility import plausibility
from coreshell_model.observe.polarisation import (
    at_end_of_sodiation,
    electrolyte_range,
    limit,
    polarisation,
    warnings,
)
from coreshell_model.observe.rates import capacity_at
from coreshell_model.observe.storage import lost_in_storage, stores
from coreshell_model.observe.titration import titration_warnings
from coreshell_model.observe.windows import (
    FIRST_SODIATION_WINDOWS,
    capacity_at_low_voltage,
    first_sodiation_window,
    hysteresis,
)
from coreshell_model.physics.storage.store import Store
from coreshell_model.run.solution import Solution


def changes(solution: Solution) -> dict[str, str]:
    """The numbers that were changed for this run, by dotted path, with their values."""
    of_protocol = {f"protocol.{path}": number for path, number in sources(solution.protocol).items()}
    numbers = sources(solution.material) | of_protocol
    return {path: str(number) for path, number in numbers.items() if number.source == SET_BY_USER}


def _at_end_of_sodiation(name: str) -> Callable[[Solution], float | None]:
    """A series where the last sodiation at constant current ended."""
    return lambda solution: at_end_of_sodiation(solution, name)


def _share_of_loss(part: str) -> Callable[[Solution], float | None]:
    """A part of the first-cycle loss."""

    def of(solution: Solution) -> float | None:
        split = loss_split(solution)
        return getattr(split, part) if split else None

    return of


def _particle_radius(solution: Solution) -> float:
    return 1e9 * (solution.parameters["Core radius [m]"] + solution.parameters["Shell thickness [m]"])


def _core_radius(solution: Solution) -> float | None:
    two_carbons = isinstance(solution.material, CoreShellMaterial)
    return 1e9 * solution.parameters["Core radius [m]"] if two_carbons else None


def _shell_thickness(solution: Solution) -> float | None:
    two_carbons = isinstance(solution.material, CoreShellMaterial)
    return 1e9 * solution.parameters["Shell thickness [m]"] if two_carbons else None


def _window(window: tuple[float, float]) -> Callable[[Solution], float | None]:
    """Charge of the first sodiation between two voltages."""
    return lambda solution: first_sodiation_window(solution, *window)


@dataclass(frozen=True)
class Quantity:
    """A result of a run, by the name that every command knows it under.

    Attributes
    ----------
    name : with its unit in brackets, unless it is a fraction or a text
    of : the function that takes it from a run; None where the run does not contain it
    number : whether it is a single number, which can be swept, fitted, drawn, claimed, shown on the page
    printed : whether every run prints it
    usual : whether a sweep gives it if its user names no results; of some results the protocol decides
    banded : whether it has a band if the material is a prediction
    full_cell : whether a full cell alone has it
    scope : of which half-cycle, cycle or part it is, where the name leaves that open; begins with "fraction"
        where it is a bare number
    rank : place among the panels of a sweep's figure, small first
    """

    name: str
    of: Callable[[Solution], Any]
    number: bool = True
    printed: bool = True
    usual: bool | Callable[[Protocol], bool] = False
    banded: bool = False
    full_cell: bool = False
    scope: str = ""
    rank: int = 5


def _all_warnings(solution: Solution) -> list[str]:
    """All warnings about a run."""
    return (
        consequences(solution.material)
        + warnings(solution)
        + unformed_warning(solution)
        + full_cell.ratio_warning(solution)
        + full_cell.plating_warning(solution)
        + full_cell.added_sodium_notes(solution)
        + titration_warnings(solution)
        + plausibility(solution)
        + unfinished_warning(solution)
        + cut_short_warning(solution)
    )


def _in_last_cycle(solution: Solution) -> float | None:
    return hysteresis(solution, solution.cycles[-1]) if solution.cycles else None


TEXT: dict[str, Any] = {"number": False}
APART: dict[str, Any] = {"printed": False}
OF_FULL_CELL: dict[str, Any] = {"full_cell": True, "usual": lambda protocol: protocol.is_full}
KEY: dict[str, Any] = {"usual": True, "banded": True}


def _of_store(store: type[Store]) -> Quantity:
    """The sodium that a kind of storage gave back in the last desodiation."""
    scope = f"last desodiation, from {store.label}"
    return Quantity(
        store.returned_as, lambda solution: given_back(solution, store.place), **KEY, scope=scope, rank=2
    )


FIRST_SODIATION, FIRST_DESODIATION = "first sodiation, hold included", "first desodiation"
LAST_DESODIATION = "last desodiation"
FIRST_CYCLE = "first cycle, a part of its loss"
END_OF_SODIATION = "last sodiation at constant current"

QUANTITIES: tuple[Quantity, ...] = (
    Quantity("Material", lambda solution: solution.material.name, **TEXT),
    Quantity("Protocol", lambda solution: solution.protocol.name, **TEXT),
    Quantity("Level", lambda solution: solution.level, **TEXT),
    Quantity("Ending", lambda solution: solution.explanation, **TEXT),
    Quantity("Changes", changes, **TEXT),
    Quantity("User defaults", lambda solution: defaults_of(solution.protocol), **TEXT),
    Quantity("Particle radius [nm]", _particle_radius, scope="core and shell"),
    Quantity("Shell thickness [nm]", _shell_thickness, scope="mean over the particles"),
    Quantity(
        "External area [m2.g-1]",
        lambda solution: solution.parameters["External area [m2.kg-1]"] / 1e3,
        scope="outer surface of the particles",
    ),
    Quantity(
        "Initial coulombic efficiency",
        initial_coulombic_efficiency,
        **KEY,
        scope="fraction: first desodiation / first sodiation",
        rank=1,
    ),
    Quantity(
        "First sodiation capacity [mA.h.g-1]",
        lambda solution: sodiation_capacity(solution, 1),
        banded=True,
        scope=FIRST_SODIATION,
    ),
    Quantity(
        "First desodiation capacity [mA.h.g-1]",
        lambda solution: desodiation_capacity(solution, 1),
        scope=FIRST_DESODIATION,
    ),
    Quantity("Reversible capacity [mA.h.g-1]", reversible_capacity, **KEY, scope=LAST_DESODIATION, rank=1),
    Quantity(
        "First-cycle loss [mA.h.g-1]",
        first_cycle_loss,
        **KEY,
        scope="first sodiation less first desodiation",
        rank=1,
    ),
    Quantity("Loss to SEI [mA.h.g-1]", _share_of_loss("sei"), usual=True, scope=FIRST_CYCLE, rank=3),
    Quantity(
        "Loss to trapped sodium [mA.h.g-1]",
        _share_of_loss("trapped"),
        usual=True,
        scope=FIRST_CYCLE,
        rank=3,
    ),
    Quantity(
        "Sodium left in carbon [mA.h.g-1]",
        _share_of_loss("left_in_carbon"),
        usual=True,
        scope=f"{FIRST_CYCLE}: mobile, but not taken out at the end of its desodiation",
        rank=4,
    ),
    *(_of_store(kind.store) for kind in STORES if kind.store.returned_as),
    Quantity(
        "Sloping capacity [mA.h.g-1]",
        sloping_capacity,
        scope=f"{LAST_DESODIATION}, less the plateau capacity",
    ),
    Quantity(
        SHARE,
        share_formed,
        usual=True,
        scope="fraction of those at equilibrium, end of the first sodiation",
        rank=4,
    ),
    Quantity("Capacity below 0.1 V [mA.h.g-1]", capacity_at_low_voltage, scope=LAST_DESODIATION),
    *(
        Quantity(name, _window(window), scope=FIRST_SODIATION)
        for name, window in FIRST_SODIATION_WINDOWS.items()
    ),
    Quantity("SEI thickness [nm]", sei_thickness, scope="end of the run"),
    Quantity("Pore filling", pore_filling, scope="fraction of the wetted pores' volume, end of the run"),
    Quantity("Polarisation at the end of sodiation [mV]", polarisation, **TEXT, scope=END_OF_SODIATION),
    Quantity("Sodiation limited by", limit, **TEXT, scope=END_OF_SODIATION),
    *(
        Quantity(
            f"{name} at the end of sodiation [V]", _at_end_of_sodiation(f"{name} [V]"), scope=END_OF_SODIATION
        )
        for name in ("Voltage", "Working electrode against a reference")
    ),
    Quantity(
        "Electrolyte concentration range [mol.m-3]",
        electrolyte_range,
        **TEXT,
        scope="anywhere, at any time of the run",
    ),
    Quantity(
        "Cell first-cycle efficiency",
        full_cell.cell_efficiency,
        **OF_FULL_CELL,
        scope="fraction: first discharge / first charge of the cell",
        rank=1,
    ),
    Quantity(
        "Specific energy [W.h.kg-1]",
        full_cell.cell_specific_energy,
        **OF_FULL_CELL,
        scope="last discharge, mass of the stack",
        rank=1,
    ),
    Quantity(
        "Energy density [W.h.L-1]",
        full_cell.cell_energy_density,
        **OF_FULL_CELL,
        scope="last discharge, volume of the stack",
        rank=1,
    ),
    Quantity(
        "N/P ratio",
        full_cell.np_ratio,
        **OF_FULL_CELL,
        scope="fresh electrodes: carbon at 0 V and equilibrium / first charge of the positive electrode "
        "alone; sodium of a salt or a presodiation is not counted",
    ),
    Quantity(
        "N/P ratio with added sodium",
        full_cell.np_ratio_with_added,
        full_cell=True,
        scope="fresh electrodes: the same / first charge of the positive electrode with sodium of a salt and "
        "a presodiation",
    ),
    Quantity(
        "Capacity of both active materials [mA.h.g-1]",
        full_cell.capacity_of_both,
        **OF_FULL_CELL,
        scope="last desodiation: per mass of carbon and positive active material",
        rank=2,
    ),
    Quantity(
        "Mean discharge voltage [V]",
        full_cell.mean_discharge_voltage,
        **OF_FULL_CELL,
        scope="last discharge, energy / charge",
    ),
    Quantity(
        full_cell.LOWEST,
        full_cell.lowest_carbon_potential,
        **OF_FULL_CELL,
        scope="against sodium at the separator, the lowest of the run",
        rank=1,
    ),
    Quantity(
        full_cell.LIFE,
        full_cell.cycles_left,
        full_cell=True,
        scope="a lower bound: until film and traps hold a fifth of the second discharge, at the loss of the "
        "later half of the run; a run of more cycles gives more",
    ),
    Quantity(
        "Volumetric capacity [mA.h.cm-3]",
        volumetric_capacity,
        usual=True,
        **APART,
        scope=LAST_DESODIATION,
        rank=4,
    ),
    Quantity(
        "Areal capacity [mA.h.cm-2]", areal_capacity, usual=True, **APART, scope=LAST_DESODIATION, rank=4
    ),
    Quantity(
        "Volumetric capacity of the coating [mA.h.cm-3]", coating_capacity, **APART, scope=LAST_DESODIATION
    ),
    Quantity("CVD mass gain [%]", lambda solution: 100 * mass_gain(solution.material), usual=True, **APART),
    Quantity("Core radius [nm]", _core_radius, **APART),
    Quantity(
        "Open fraction",
        lambda solution: solution.parameters.get("Open fraction", 0.0),
        usual=True,
        **APART,
        scope="fraction of all particles",
    ),
    Quantity(
        "Plateau capacity bound [mA.h.g-1]",
        lambda solution: pore_volume_bound(solution.material),
        **APART,
        scope="all pores of the core full of sodium",
    ),
    Quantity(
        "Hysteresis in the last cycle [V]",
        _in_last_cycle,
        **APART,
        scope=OF_PROTOCOL["Hysteresis in the last cycle [V]"],
    ),
    Quantity(
        "Charge lost in storage [mA.h.g-1]",
        lost_in_storage,
        usual=stores,
        **APART,
        scope="last rest after a sodiation",
        rank=1,
    ),
    Quantity("Solve time [s]", lambda solution: solution.solve_time, **APART),
    Quantity(
        "Sodium balance error",
        sodium_balance_error,
        usual=True,
        scope="fraction of the first sodiation, the largest of the run",
    ),
    Quantity(
        "Coulombic efficiency",
        coulombic_efficiencies,
        **TEXT,
        scope="fractions: desodiation / sodiation of each cycle",
    ),
    Quantity(
        "Prediction",
        lambda solution: solution.material.prediction,
        **TEXT,
        scope="the material: True where nothing was adjusted to measurements of it",
    ),
    Quantity("Warnings", _all_warnings, **TEXT),
)
"""Every result that a run can have, whatever its protocol, in the order in which they are printed.

All commands read this table: a further entry is printed by ``run`` and ``compare``, fitted, predicted, swept,
weighed by ``sensitivity`` and ``design``, claimed, and shown by the page. ``of_protocol`` gives the results
that only some protocols have.
"""


OF_FULL_CELLS_ALONE = frozenset(quantity.name for quantity in QUANTITIES if quantity.full_cell)
"""Names of the results that a half-cell does not have."""


def check_cell(name: str, protocol: Protocol) -> None:
    """Refuse to ask a half-cell for a result of full cells alone, by its full name."""
    if name in OF_FULL_CELLS_ALONE and not protocol.is_full:
        raise InputError(
            f"{brief(name)} is a result of full cells alone, and {protocol.name} is of a half-cell; give a "
            f"protocol of a full cell, as {USUAL_PROTOCOL[FULL]}"
        )


SHORT = {
    "ICE": "Initial coulombic efficiency",
    "capacity": "Reversible capacity [mA.h.g-1]",
    "volumetric": "Volumetric capacity [mA.h.cm-3]",
    "areal": "Areal capacity [mA.h.cm-2]",
    "loss": "First-cycle loss [mA.h.g-1]",
}
"""Short names of the commonest results, which commands take for the full ones."""


def full_name(name: str) -> str:
    """The full name of a result from a short one, such as "ICE", or "C/5" for the capacity at C/5."""
    stripped = name.strip()
    if re.fullmatch(r"[0-9.]+C|C/[0-9.]+", stripped):
        return capacity_at(stripped)
    return SHORT.get(stripped, stripped)


BY_BEGINNING = {
    "Capacity at ": "last desodiation at this rate",
    "Coulombic efficiency ": "fraction: desodiation / sodiation of this cycle",
}
"""Scopes of results that are named after a rate or a cycle of the protocol, by how their names begin."""


def scope_of(name: str) -> str:
    """Of which half-cycle, cycle or part a result is, as its scope says; "" for other names."""
    scopes = OF_PROTOCOL | {quantity.name: quantity.scope for quantity in QUANTITIES}
    by_beginning = (scope for beginning, scope in BY_BEGINNING.items() if name.startswith(beginning))
    return scopes[name] if name in scopes else next(by_beginning, "")


RANK_AT_A_RATE = 2
"""Rank of the capacity at a rate."""


def rank_of(name: str) -> int:
    """The rank of a result among the panels of a sweep's figure."""
    ranks = {quantity.name: quantity.rank for quantity in QUANTITIES}
    return ranks.get(name, RANK_AT_A_RATE)


def printed(is_full: bool = False) -> dict[str, Callable[[Solution], Any]]:
    """The results that every run of a half-cell or of a full cell prints, by name."""
    return {
        quantity.name: quantity.of
        for quantity in QUANTITIES
        if quantity.printed and (is_full or not quantity.full_cell)
    }


def usual(protocol: Protocol | None = None) -> list[str]:
    """Names of the results that a sweep in a protocol, or in any, gives if its user names none.

    Of two names of one number, as the first efficiency of a full cell, the second is there alone.
    """
    names = [quantity.name for quantity in QUANTITIES if _is_usual(quantity, protocol)]
    return [name for name in names if SAID_BY.get(name) not in names]


def _is_usual(quantity: Quantity, protocol: Protocol | None) -> bool:
    if isinstance(quantity.usual, bool):
        return quantity.usual
    return protocol is not None and quantity.usual(protocol)


def banded() -> list[str]:
    """Names of the results that have a band if a material is a prediction."""
    return [quantity.name for quantity in QUANTITIES if quantity.banded]


def names() -> list[str]:
    """Names of all results, those of some protocols included."""
    return list(dict.fromkeys((*(quantity.name for quantity in QUANTITIES), *OF_PROTOCOL)))


def numbers() -> dict[str, Callable[[Solution], float | None]]:
    """Single numbers of a run, by name."""
    return {quantity.name: quantity.of for quantity in QUANTITIES if quantity.number}


def summary(solution: Solution) -> dict:
    """The results of a run by name, those that only its protocol has included."""
    return {
        **{name: of(solution) for name, of in printed(solution.is_full).items()},
        **of_protocol(solution),
        "Solve time [s]": solution.solve_time,
    }


def observable(solution: Solution, name: str) -> Any:
    """A result by its name in ``summary``; a KeyError if the protocol does not give it."""
    of_every_run = {quantity.name: quantity.of for quantity in QUANTITIES}
    of_this_protocol = of_protocol(solution)
    return of_this_protocol[name] if name in of_this_protocol else of_every_run[name](solution)
