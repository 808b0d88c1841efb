"""The main results of a run under the names, units included, that the command line prints."""

from coreshell_model.material import CoreShellMaterial, sources
from coreshell_model.observables.by_protocol import of_protocol
from coreshell_model.observables.capacity import (
    coulombic_efficiencies,
    desodiation_capacity,
    first_cycle_loss,
    initial_coulombic_efficiency,
    reversible_capacity,
    sodiation_capacity,
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
from coreshell_model.polarisation import electrolyte_range, limit, polarisation, warnings
from coreshell_model.quantity import SET_BY_USER
from coreshell_model.solution import Solution


def changes(solution: Solution) -> dict[str, str]:
    """The numbers that were changed for this run, by dotted path, with their values."""
    of_protocol = {f"protocol.{path}": number for path, number in sources(solution.protocol).items()}
    numbers = sources(solution.material) | of_protocol
    return {path: str(number) for path, number in numbers.items() if number.source == SET_BY_USER}


def summary(solution: Solution) -> dict:
    """Results by name; those that only some protocols have come with them."""
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
        "Warnings": warnings(solution) + titration_warnings(solution),
        **of_protocol(solution),
        "Solve time [s]": solution.solve_time,
    }
