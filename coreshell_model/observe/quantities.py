"""The main results of a run, by the names, units included, that every command prints."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coreshell_model.base.quantity import SET_BY_USER
from coreshell_model.inputs.material import CoreShellMaterial, sources
from coreshell_model.inputs.particle import consequences, mass_gain, pore_volume_bound
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.sections import STORES
from coreshell_model.inputs.steps import Kind
from coreshell_model.inputs.user_defaults import defaults_of
from coreshell_model.observe.capacity import (
    areal_capacity,
    capacity_by_cycle,
    coating_capacity,
    coulombic_efficiencies,
    desodiation_capacity,
    first_cycle_loss,
    initial_coulombic_efficiency,
    reversible_capacity,
    sodiation_capacity,
    unfinished_warning,
    volumetric_capacity,
)
from coreshell_model.observe.clusters import clusters_formed, late_growths, share_formed, unformed_warning
from coreshell_model.observe.inventory import (
    film_by_cycle,
    film_formed,
    given_back,
    loss_split,
    pore_filling,
    sei_thickness,
    sloping_capacity,
    sodium_balance_error,
)
from coreshell_model.observe.plausibility import plausibility
from coreshell_model.observe.polarisation import (
    at_end_of_sodiation,
    electrolyte_range,
    limit,
    polarisation,
    warnings,
)
from coreshell_model.observe.rates import (
    rate_retention,
    recovery,
    returns_to_first_rate,
    self_discharge,
)
from coreshell_model.observe.storage import rests
from coreshell_model.observe.titration import titration, titration_warnings
from coreshell_model.observe.voltammetry import Peak, irreversible_peaks, peaks
from coreshell_model.observe.windows import (
    FIRST_SODIATION_WINDOWS,
    capacity_at_low_voltage,
    ends_of_desodiation,
    first_sodiation_window,
    hysteresis,
    starts_of_sodiation,
)
from coreshell_model.physics.storage.store import Store
from coreshell_model.run.solution import Solution

NAMES = (
    "Capacity by cycle [mA.h.g-1]",
    "Rate retention",
    "Recovery",
    "Peaks",
    "Irreversible peaks",
    "Hysteresis in the last cycle [V]",
    "Clusters formed at constant current [mA.h.g-1]",
    "Clusters formed in holds [mA.h.g-1]",
    "Late growth of clusters in holds",
    "Start of sodiation [V]",
    "End of desodiation [V]",
    "Film formed by cycle [mA.h.g-1]",
    "Film by cycle over that of the first",
    "Titration",
    "Self-discharge",
    "Storage",
)
"""Names of the results that only some protocols have."""


def of_protocol(solution: Solution) -> dict:
    """Results by cycle, and those of rate tests, holds, sweeps, pulses and rests where there are any."""
    results: dict = {
        "Capacity by cycle [mA.h.g-1]": capacity_by_cycle(solution),
        "Start of sodiation [V]": starts_of_sodiation(solution),
        "End of desodiation [V]": ends_of_desodiation(solution),
        "Film formed by cycle [mA.h.g-1]": film_formed(solution),
        "Film by cycle over that of the first": film_by_cycle(solution),
    }
    kinds = _kinds(solution.protocol)
    retention = rate_retention(solution)
    if retention:
        results["Rate retention"] = retention
    if returns_to_first_rate(solution.protocol):
        results["Recovery"] = recovery(solution)
    if Kind.SWEEP in kinds:
        results["Peaks"] = [_named(peak) for peak in peaks(solution)]
        results["Irreversible peaks"] = [_named(peak) for peak in irreversible_peaks(solution)]
    elif solution.cycles:
        results["Hysteresis in the last cycle [V]"] = hysteresis(solution, solution.cycles[-1])
    if Kind.HOLD in kinds:
        results["Clusters formed at constant current [mA.h.g-1]"] = clusters_formed(solution, Kind.SODIATE)
        results["Clusters formed in holds [mA.h.g-1]"] = clusters_formed(solution, Kind.HOLD)
        results["Late growth of clusters in holds"] = late_growths(solution)
    return results | _rests(solution)


def _kinds(protocol: Protocol) -> set[Kind]:
    return {step.kind for steps in protocol.steps_by_cycle() for step in steps}


def _rests(solution: Solution) -> dict:
    """Titration and self-discharge, where a run has them."""
    results: dict = {}
    pulses, rest = titration(solution), self_discharge(solution)
    if pulses is not None:
        results["Titration"] = {
            "Sodiating": [bool(way) for way in pulses.sodiating],
            "Charge [mA.h.g-1]": pulses.charge.tolist(),
            "Potential at rest [V]": pulses.potential.tolist(),
            "Apparent diffusivity [m2.s-1]": [
                None if math.isnan(value) else value for value in pulses.diffusivity.tolist()
            ],
        }
    if rest is not None:
        results["Self-discharge"] = {
            "Rest [h]": rest.hours,
            "Potential at its end [V]": rest.potential,
            "Capacity kept": rest.kept,
            "Capacity regained in the next cycle": rest.regained,
        }
    stored = rests(solution)
    if stored:
        results["Storage"] = [
            {
                "Cycle": rest.cycle,
                "Rest [h]": rest.hours,
                "Sodium put in [mA.h.g-1]": rest.sodium,
                "Potential at its start [V]": rest.start,
                "Potential at its end [V]": rest.end,
                "Charge lost [mA.h.g-1]": float(rest.lost[-1]),
                "Exponent of the loss in time": rest.exponent,
                "Capacity regained in the next cycle": rest.regained,
            }
            for rest in stored
        ]
    return results


def _named(peak: Peak) -> dict:
    return {
        "Cycle": peak.cycle,
        "Sodiation": peak.sodiation,
        "Potential [V]": peak.potential,
        "Height [mA.g-1]": peak.height,
        "Area [mA.h.g-1]": peak.area,
    }


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
    usual : whether a sweep gives it if its user names no results
    banded : whether it has a band if the material is a prediction
    """

    name: str
    of: Callable[[Solution], Any]
    number: bool = True
    printed: bool = True
    usual: bool = False
    banded: bool = False


def _all_warnings(solution: Solution) -> list[str]:
    """All warnings about a run."""
    return (
        consequences(solution.material)
        + warnings(solution)
        + unformed_warning(solution)
        + titration_warnings(solution)
        + plausibility(solution)
        + unfinished_warning(solution)
    )


def _in_last_cycle(solution: Solution) -> float | None:
    return hysteresis(solution, solution.cycles[-1]) if solution.cycles else None


TEXT = {"number": False}
APART = {"printed": False}
KEY = {"usual": True, "banded": True}


def _of_store(store: type[Store]) -> Quantity:
    """The sodium that a kind of storage gave back in the last desodiation."""
    return Quantity(store.returned_as, lambda solution: given_back(solution, store.place), **KEY)


QUANTITIES: tuple[Quantity, ...] = (
    Quantity("Material", lambda solution: solution.material.name, **TEXT),
    Quantity("Protocol", lambda solution: solution.protocol.name, **TEXT),
    Quantity("Level", lambda solution: solution.level, **TEXT),
    Quantity("Ending", lambda solution: solution.explanation, **TEXT),
    Quantity("Changes", changes, **TEXT),
    Quantity("User defaults", lambda solution: defaults_of(solution.protocol), **TEXT),
    Quantity("Particle radius [nm]", _particle_radius),
    Quantity("Shell thickness [nm]", _shell_thickness),
    Quantity("External area [m2.g-1]", lambda solution: solution.parameters["External area [m2.kg-1]"] / 1e3),
    Quantity("Initial coulombic efficiency", initial_coulombic_efficiency, **KEY),
    Quantity(
        "First sodiation capacity [mA.h.g-1]", lambda solution: sodiation_capacity(solution, 1), banded=True
    ),
    Quantity("First desodiation capacity [mA.h.g-1]", lambda solution: desodiation_capacity(solution, 1)),
    Quantity("Reversible capacity [mA.h.g-1]", reversible_capacity, **KEY),
    Quantity("First-cycle loss [mA.h.g-1]", first_cycle_loss, **KEY),
    Quantity("Loss to SEI [mA.h.g-1]", _share_of_loss("sei"), usual=True),
    Quantity("Loss to trapped sodium [mA.h.g-1]", _share_of_loss("trapped"), usual=True),
    Quantity("Sodium left in carbon [mA.h.g-1]", _share_of_loss("left_in_carbon"), usual=True),
    *(_of_store(kind.store) for kind in STORES if kind.store.returned_as),
    Quantity("Sloping capacity [mA.h.g-1]", sloping_capacity),
    Quantity("Share of clusters formed in the first sodiation", share_formed, usual=True),
    Quantity("Capacity below 0.1 V [mA.h.g-1]", capacity_at_low_voltage),
    *(Quantity(name, _window(window)) for name, window in FIRST_SODIATION_WINDOWS.items()),
    Quantity("SEI thickness [nm]", sei_thickness),
    Quantity("Pore filling", pore_filling),
    Quantity("Polarisation at the end of sodiation [mV]", polarisation, **TEXT),
    Quantity("Sodiation limited by", limit, **TEXT),
    *(
        Quantity(f"{name} at the end of sodiation [V]", _at_end_of_sodiation(f"{name} [V]"))
        for name in ("Voltage", "Working electrode against a reference")
    ),
    Quantity("Electrolyte concentration range [mol.m-3]", electrolyte_range, **TEXT),
    Quantity("Volumetric capacity [mA.h.cm-3]", volumetric_capacity, usual=True, **APART),
    Quantity("Areal capacity [mA.h.cm-2]", areal_capacity, usual=True, **APART),
    Quantity("Volumetric capacity of the coating [mA.h.cm-3]", coating_capacity, **APART),
    Quantity("CVD mass gain [%]", lambda solution: 100 * mass_gain(solution.material), usual=True, **APART),
    Quantity("Core radius [nm]", lambda solution: 1e9 * solution.parameters["Core radius [m]"], **APART),
    Quantity(
        "Open fraction", lambda solution: solution.parameters.get("Open fraction", 0.0), usual=True, **APART
    ),
    Quantity(
        "Plateau capacity bound [mA.h.g-1]", lambda solution: pore_volume_bound(solution.material), **APART
    ),
    Quantity("Hysteresis in the last cycle [V]", _in_last_cycle, **APART),
    Quantity("Solve time [s]", lambda solution: solution.solve_time, **APART),
    Quantity("Sodium balance error", sodium_balance_error, usual=True),
    Quantity("Coulombic efficiency", coulombic_efficiencies, **TEXT),
    Quantity("Prediction", lambda solution: solution.material.prediction, **TEXT),
    Quantity("Warnings", _all_warnings, **TEXT),
)
"""Every result that a run can have, whatever its protocol, in the order in which they are printed.

All commands read this table: a further entry is printed by ``run`` and ``compare``, fitted, predicted, swept,
weighed by ``sensitivity`` and ``design``, claimed, and shown by the page. ``of_protocol`` gives the results
that only some protocols have.
"""


def printed() -> dict[str, Callable[[Solution], Any]]:
    """The results that every run prints, by name."""
    return {quantity.name: quantity.of for quantity in QUANTITIES if quantity.printed}


def usual() -> list[str]:
    """Names of the results that a sweep gives if its user names none."""
    return [quantity.name for quantity in QUANTITIES if quantity.usual]


def banded() -> list[str]:
    """Names of the results that have a band if a material is a prediction."""
    return [quantity.name for quantity in QUANTITIES if quantity.banded]


def names() -> list[str]:
    """Names of all results, those of some protocols included."""
    return list(dict.fromkeys((*(quantity.name for quantity in QUANTITIES), *NAMES)))


def numbers() -> dict[str, Callable[[Solution], float | None]]:
    """Single numbers of a run, by name."""
    return {quantity.name: quantity.of for quantity in QUANTITIES if quantity.number}


def summary(solution: Solution) -> dict:
    """The results of a run by name, those that only its protocol has included."""
    return {
        **{name: of(solution) for name, of in printed().items()},
        **of_protocol(solution),
        "Solve time [s]": solution.solve_time,
    }


def observable(solution: Solution, name: str) -> Any:
    """A result by its name in ``summary``; a KeyError if the protocol does not give it."""
    of_every_run = {quantity.name: quantity.of for quantity in QUANTITIES}
    of_this_protocol = of_protocol(solution)
    return of_this_protocol[name] if name in of_this_protocol else of_every_run[name](solution)
