"""The main results of a run under the names, units included, that the command line prints."""

from collections.abc import Callable, Mapping
from typing import Any

from coreshell_model.material import CoreShellMaterial, sources
from coreshell_model.observables.by_protocol import of_protocol
from coreshell_model.observables.capacity import (
    coulombic_efficiencies,
    desodiation_capacity,
    first_cycle_loss,
    initial_coulombic_efficiency,
    reversible_capacity,
    sodiation_capacity,
    unfinished_warning,
)
from coreshell_model.observables.inventory import (
    loss_split,
    plateau_capacity,
    pore_filling,
    sei_thickness,
    sloping_capacity,
    sodium_balance_error,
)
from coreshell_model.observables.titration import titration_warnings
from coreshell_model.observables.windows import (
    FIRST_SODIATION_WINDOWS,
    capacity_at_low_voltage,
    first_sodiation_window,
)
from coreshell_model.particle import consequences
from coreshell_model.plausibility import plausibility
from coreshell_model.polarisation import electrolyte_range, limit, polarisation, warnings
from coreshell_model.quantity import SET_BY_USER
from coreshell_model.solution import Solution
from coreshell_model.user_defaults import defaults_of


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
