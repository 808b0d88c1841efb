"""Impedance spectra against the closed form for a core-shell sphere."""

import numpy as np
import pybamm

from coreshell_model.checks.check import Bound, Check
from coreshell_model.checks.half_cell import (
    DEFAULT_CELLS,
    FINE_CELLS,
    QUIET,
    Cells,
    at_potential,
    on_mesh,
    one_carbon,
    values,
)
from coreshell_model.checks.sphere_impedance import impedance
from coreshell_model.physics.model import CoreShellHalfCell
from coreshell_model.run.impedance import FREQUENCIES

POTENTIAL = 0.1  # V, where clusters begin to fill
WITHOUT_FILM = {name: 0.0 for name in QUIET if "Cluster" not in name} | {"SEI resistivity [Ohm.m]": 0.0}
SLOW = {"Exchange current density [A.m-2]": 0.02}
"""So slow that charge transfer is a large part of the impedance, and an error in it would show."""


def spheres() -> dict[str, dict[str, float]]:
    """The compared particles, at rest, without traps and film."""
    clean = values(changes=WITHOUT_FILM | SLOW)
    rough = 1.4 * clean["External area [m2.kg-1]"]  # of the same sphere
    particles = {
        "core = shell, no clusters": one_carbon(clean | QUIET),
        "core, shell and clusters": clean,
        "the same, rough": clean | {"External area [m2.kg-1]": rough},
    }
    return {name: at_potential(particle, POTENTIAL) for name, particle in particles.items()}


def simulated(parameters: dict[str, float], cells: Cells, frequencies: np.ndarray) -> np.ndarray:
    """Impedance [Ohm] by PyBaMM's linearisation of the model."""
    model = CoreShellHalfCell()
    simulation = pybamm.EISSimulation(
        model,
        parameter_values=pybamm.ParameterValues({**parameters, "Current function [A]": 0.0}),
        var_pts=on_mesh(model, cells),
    )
    return np.asarray(simulation.solve(frequencies).impedance)


def deviation(parameters: dict[str, float], cells: Cells) -> float:
    """Largest |Z/Z_exact - 1| over all frequencies [%]."""
    exact = impedance(parameters, POTENTIAL, FREQUENCIES)
    return 100 * float(np.abs(simulated(parameters, cells, FREQUENCIES) / exact - 1).max())


def measure() -> dict[str, float]:
    """Deviations [%] by particle and mesh."""
    return {
        f"{name}, {mesh} [%]": deviation(parameters, cells)
        for name, parameters in spheres().items()
        for mesh, cells in (("default mesh", DEFAULT_CELLS), ("80 + 32 cells", FINE_CELLS))
    }


CHECK = Check(
    name="impedance",
    title="Impedance of a sphere in closed form",
    compared="Largest |Z/Z_exact − 1| at 65 frequencies from 100 kHz to 1 mHz, against finite diffusion in "
    "a core-shell sphere, relaxing clusters, charge transfer, double layer, series resistance and sodium "
    "metal (`checks/sphere_impedance.py`).",
    limit=f"At rest at {POTENTIAL:g} V; no traps and no film, whose slow reactions have no rest; "
    f"exchange current density {SLOW['Exchange current density [A.m-2]']:g} A/m2.",
    bounds=tuple(
        Bound(f"{name}, {mesh} [%]", at_most=1.0)
        for name in ("core = shell, no clusters", "core, shell and clusters", "the same, rough")
        for mesh in ("default mesh", "80 + 32 cells")
    ),
    measure=measure,
)
