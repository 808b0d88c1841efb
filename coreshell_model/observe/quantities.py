"""The main results of a run, by the names, units included, that every command prints."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from coreshell_model.base.quantity import SET_BY_USER
from coreshell_model.inputs.material import CoreShellMaterial, sources
from coreshell_model.inputs.particle import consequences
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.steps import Kind, kind
from coreshell_model.inputs.user_defaults import defaults_of
from coreshell_model.observe.capacity import (
    capacity_by_cycle,
    coulombic_efficiencies,
    desodiation_capacity,
    first_cycle_loss,
    initial_coulombic_efficiency,
    reversible_capacity,
    sodiation_capacity,
    unfinished_warning,
)
from coreshell_model.observe.inventory import (
    clusters_formed,
    loss_split,
    plateau_capacity,
    pore_filling,
    sei_thickness,
    sloping_capacity,
    sodium_balance_error,
)
from coreshell_model.observe.plausibility import plausibility
from coreshell_model.observe.polarisation import electrolyte_range, limit, polarisation, warnings
from coreshell_model.observe.rates import (
    rate_retention,
    recovery,
    returns_to_first_rate,
    self_discharge,
)
from coreshell_model.observe.titration import titration, titration_warnings
from coreshell_model.observe.voltammetry import Peak, irreversible_peaks, peaks
from coreshell_model.observe.windows import (
    FIRST_SODIATION_WINDOWS,
    capacity_at_low_voltage,
    first_sodiation_window,
    hysteresis,
)
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
    "Titration",
    "Self-discharge",
)
"""Every name that some protocol has a result under."""


def of_protocol(solution: Solution) -> dict:
    """Capacities by cycle, and what rate tests, holds, sweeps, pulses and rests tell."""
    found: dict = {"Capacity by cycle [mA.h.g-1]": capacity_by_cycle(solution)}
    kinds = _kinds(solution.protocol)
    retention = rate_retention(solution)
    if retention:
        found["Rate retention"] = retention
    if returns_to_first_rate(solution.protocol):
        found["Recovery"] = recovery(solution)
    if Kind.SWEEP in kinds:
        found["Peaks"] = [_named(peak) for peak in peaks(solution)]
        found["Irreversible peaks"] = [_named(peak) for peak in irreversible_peaks(solution)]
    elif solution.cycles:
        found["Hysteresis in the last cycle [V]"] = hysteresis(solution, solution.cycles[-1])
    if Kind.HOLD in kinds:
        found["Clusters formed at constant current [mA.h.g-1]"] = clusters_formed(solution, Kind.SODIATE)
        found["Clusters formed in holds [mA.h.g-1]"] = clusters_formed(solution, Kind.HOLD)
    return found | _rests(solution)


def _kinds(protocol: Protocol) -> set[Kind | None]:
    return {kind(text) for steps in protocol.steps_by_cycle() for text in steps}


def _rests(solution: Solution) -> dict:
    """Titration and self-discharge, where a run has them."""
    found: dict = {}
    pulses, rest = titration(solution), self_discharge(solution)
    if pulses is not None:
        found["Titration"] = {
            "Sodiating": [bool(way) for way in pulses.sodiating],
            "Charge [mA.h.g-1]": pulses.charge.tolist(),
            "Potential at rest [V]": pulses.potential.tolist(),
            "Apparent diffusivity [m2.s-1]": [
                None if math.isnan(value) else value for value in pulses.diffusivity.tolist()
            ],
        }
    if rest is not None:
        found["Self-discharge"] = {
            "Rest [h]": rest.hours,
            "Potential at its end [V]": rest.potential,
            "Capacity kept": rest.kept,
            "Capacity regained in the next cycle": rest.regained,
        }
    return found


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


RESULTS: Mapping[str, Callable[[Solution], Any]] = {
    "Material": lambda solution: solution.material.name,
    "Protocol": lambda solution: solution.protocol.name,
    "Level": lambda solution: solution.level,
    "Ending": lambda solution: solution.explanation,
    "Changes": changes,
    "User defaults": lambda solution: defaults_of(solution.protocol),
    "Particle radius [nm]": _particle_radius,
    "Shell thickness [nm]": _shell_thickness,
    "External area [m2.g-1]": lambda solution: solution.parameters["External area [m2.kg-1]"] / 1e3,
    "Initial coulombic efficiency": initial_coulombic_efficiency,
    "First sodiation capacity [mA.h.g-1]": lambda solution: sodiation_capacity(solution, 1),
    "First desodiation capacity [mA.h.g-1]": lambda solution: desodiation_capacity(solution, 1),
    "Reversible capacity [mA.h.g-1]": reversible_capacity,
    "First-cycle loss [mA.h.g-1]": first_cycle_loss,
    "Loss to SEI [mA.h.g-1]": _share_of_loss("sei"),
    "Loss to trapped sodium [mA.h.g-1]": _share_of_loss("trapped"),
    "Sodium left in carbon [mA.h.g-1]": _share_of_loss("left_in_carbon"),
    "Plateau capacity [mA.h.g-1]": plateau_capacity,
    "Sloping capacity [mA.h.g-1]": sloping_capacity,
    "Capacity below 0.1 V [mA.h.g-1]": capacity_at_low_voltage,
    **{name: _window(window) for name, window in FIRST_SODIATION_WINDOWS.items()},
    "SEI thickness [nm]": sei_thickness,
    "Pore filling": pore_filling,
    "Polarisation at the end of sodiation [mV]": polarisation,
    "Sodiation limited by": limit,
    "Electrolyte concentration range [mol.m-3]": electrolyte_range,
    "Sodium balance error": sodium_balance_error,
    "Coulombic efficiency": coulombic_efficiencies,
    "Prediction": lambda solution: solution.material.prediction,
    "Warnings": lambda solution: (
        consequences(solution.material)
        + warnings(solution)
        + titration_warnings(solution)
        + plausibility(solution)
        + unfinished_warning(solution)
    ),
}
"""The results that every run has, by name."""


def summary(solution: Solution) -> dict:
    """Results by name; those that only some protocols have come with them."""
    return {
        **{name: result(solution) for name, result in RESULTS.items()},
        **of_protocol(solution),
        "Solve time [s]": solution.solve_time,
    }


def observable(solution: Solution, name: str) -> Any:
    """One result by its name in ``summary``, without the others.

    Raises
    ------
    KeyError
        The protocol does not give it.
    """
    return RESULTS[name](solution) if name in RESULTS else of_protocol(solution)[name]
