"""The model without material files, for problems that need another mesh, current or carbon."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import numpy as np
import pybamm

from coreshell_model.base.interrupts import heard
from coreshell_model.checks.check import Bound
from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import thermal_voltage
from coreshell_model.physics.laws.isotherm import equilibrium_potential, occupancy_at
from coreshell_model.physics.levels import CORE_CELLS, SHELL_CELLS, ParticleLevel, level_named
from coreshell_model.physics.model import CoreShellHalfCell, mechanisms_for
from coreshell_model.run.experiment import experiment
from coreshell_model.run.simulation import quiet, set_up

Cells = tuple[int, ...]
"""Cells in core and shell and, at the electrode level, in separator and electrode."""

DEFAULT_CELLS: Cells = (CORE_CELLS, SHELL_CELLS)
FINE_CELLS: Cells = (4 * CORE_CELLS, 4 * SHELL_CELLS)

MESHES = {"default mesh": DEFAULT_CELLS, "80 + 32 cells": FINE_CELLS}
"""Meshes along the radius on which runs are compared, by their names in the report."""

QUIET = {
    "Cluster site density [mol.m-3]": 0.0,
    "Core trap density [mol.m-3]": 0.0,
    "Shell trap density [mol.m-3]": 0.0,
    "SEI step 1 charge [C.m-2]": 0.0,
    "SEI step 2 charge [C.m-2]": 0.0,
    "SEI step 3 charge [C.m-2]": 0.0,
    "SEI growth exchange current density [A.m-2]": 0.0,
}
"""Changes that leave sloping sites, charge transfer and double layer alone."""

CARBON = (
    "site density [mol.m-3]",
    "sloping potential [V]",
    "sloping interaction [V]",
    "strong-site potential [V]",
    "strong-site share",
    "diffusivity [m2.s-1]",
)


def values(
    material: str = "core_shell",
    changes: Mapping[str, float] | None = None,
    design: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """Parameters of a shipped material in formation, in another design if given, with some changed."""
    return {**set_up(material, "formation", design).parameters, **(changes or {})}


def one_carbon(parameters: Mapping[str, float]) -> dict[str, float]:
    """The same particle with the core's carbon in its shell too, and without film resistance."""
    shell_as_core = {f"Shell {name}": parameters[f"Core {name}"] for name in CARBON}
    return {**parameters, **shell_as_core, "SEI resistivity [Ohm.m]": 0.0}


def at_occupancy(parameters: Mapping[str, float], occupancy: float) -> dict[str, float]:
    """A particle of one carbon at rest, with this share of its sites filled."""
    return at_potential(parameters, float(equilibrium_potential(occupancy, *isotherm_of(parameters, "Core"))))


def isotherm_of(parameters: Mapping[str, float], region: str) -> tuple[float, ...]:
    """E0, g, V_T, h [V] and s [-] of (4) and (45) in a region, "Core" or "Shell"."""
    carbon = s.carbons[region]
    return (
        parameters[carbon.sloping_potential.name],
        parameters[carbon.sloping_interaction.name],
        thermal_voltage(parameters[s.temperature.name]),
        parameters[carbon.strong_potential.name],
        parameters[carbon.strong_share.name],
    )


def at_potential(parameters: Mapping[str, float], potential: float) -> dict[str, float]:
    """Both carbons at rest at this potential [V]."""
    start = {"Initial potential [V]": potential}
    for region in s.carbons:
        occupancy = occupancy_at(potential, *isotherm_of(parameters, region))
        start[f"Initial {region.lower()} occupancy"] = occupancy
    return {**parameters, **start}


def thermal_voltage_of(parameters: Mapping[str, float]) -> float:
    """V_T [V] at the temperature of the parameters."""
    return thermal_voltage(parameters[s.temperature.name])


def active_mass(parameters: Mapping[str, float]) -> float:
    """Active carbon in the cell [kg]."""
    return parameters[s.active_loading.name] * parameters[s.electrode_area.name]


def solve(
    parameters,
    current,
    times,
    cells: Cells = DEFAULT_CELLS,
    tolerance: float = 1e-9,
    level: str = ParticleLevel.name,
):
    """The PyBaMM solution at ``times`` [s] of a constant current [A] from the initial state.

    With the parameters of a positive electrode the cell is a full one.
    """
    model = CoreShellHalfCell(mechanisms_for(parameters), level_named(level, parameters))
    cut_offs = {"Lower voltage cut-off [V]": -5.0, "Upper voltage cut-off [V]": 10.0}
    simulation = pybamm.Simulation(
        model,
        parameter_values=pybamm.ParameterValues({**parameters, **cut_offs, "Current function [A]": current}),
        var_pts=on_mesh(model, cells),
        solver=pybamm.IDAKLUSolver(rtol=tolerance, atol=1e-5 * tolerance),
    )
    return simulation.solve([times[0], times[-1]], t_interp=times)


def on_mesh(model: CoreShellHalfCell, cells: Cells) -> dict:
    """Cells in each direction; the model's defaults for those not given."""
    defaults = model.default_var_pts
    return {**defaults, **dict(zip(defaults, cells, strict=False))}


@lru_cache(maxsize=32)
def formation(material: str, cells: Cells, tolerance: float) -> dict[str, float]:
    """ICE, reversible capacity and loss of a shipped material in formation, on a mesh and at a tolerance.

    The tolerance is relative and absolute. A cycle has three steps, and the numbers come from the charge at
    their ends.
    """
    run = set_up(material, "formation")
    model = CoreShellHalfCell(mechanisms_for(run.parameters))
    with quiet(), heard():
        simulation = pybamm.Simulation(
            model,
            parameter_values=pybamm.ParameterValues({**run.parameters, "Current function [A]": 0.0}),
            experiment=experiment(run.cycles),
            var_pts=on_mesh(model, cells),
            solver=pybamm.IDAKLUSolver(rtol=tolerance, atol=tolerance),
        )
        solution = simulation.solve(calc_esoh=False)
    steps = [cycle.steps[0] for cycle in solution.cycles]
    if len(steps) != 15:
        raise pybamm.SolverError(f"{material}: {len(steps)} of the 15 steps of a formation were solved")
    ends = np.array([step["Specific capacity [mA.h.g-1]"].entries[-1] for step in steps])
    return {
        "ICE": float((ends[1] - ends[2]) / ends[1]),
        "reversible capacity [mA.h.g-1]": float(ends[13] - ends[14]),
        "first-cycle loss [mA.h.g-1]": float(ends[2]),
    }


def by_mesh(runs: Iterable[str], differences: Callable[..., list[float]]) -> dict[str, float]:
    """Largest differences of voltage [mV] by run and mesh."""
    return {
        f"{run}, {mesh} [mV]": difference
        for run in runs
        for mesh, difference in zip(MESHES, differences(run, *MESHES.values()), strict=True)
    }


def within(runs: Iterable[str], at_most: float) -> tuple[Bound, ...]:
    """The bounds of these differences."""
    return tuple(Bound(f"{run}, {mesh} [mV]", at_most=at_most) for run in runs for mesh in MESHES)
