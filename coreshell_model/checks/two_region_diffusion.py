"""Transport in the particle against the exact solution of diffusion in a sphere of two carbons."""

from itertools import pairwise

import numpy as np

from coreshell_model.checks.check import Bound, Check
from coreshell_model.checks.exact_two_region_diffusion import occupancy
from coreshell_model.checks.half_cell import (
    QUIET,
    Cells,
    active_mass,
    solve,
    thermal_voltage_of,
    values,
)
from coreshell_model.physics.laws.constants import FARADAY

HALF = 0.5
DIFFUSIVITY = (3e-17, 1e-17)
SLOPE = (0.9, 0.8)  # g [V] of core and shell
MESHES: tuple[Cells, ...] = ((10, 4), (20, 8), (40, 16), (80, 32))
TIMES = np.array([200.0, 1000.0, 5000.0])
SPECIFIC_CURRENT = 2e-4  # A/kg: changes theta by about 1e-4, so that (4) stays straight to 1e-7


def near_half_filling() -> dict[str, float]:
    """Both carbons half full at the same potential, where (4) is linear up to third order."""
    potential = (0.8, 0.75)  # E0 [V]: equal U at theta = 1/2
    shape = {}
    for region, *numbers in zip(("Core", "Shell"), potential, SLOPE, DIFFUSIVITY, strict=True):
        names = ("sloping potential [V]", "sloping interaction [V]", "diffusivity [m2.s-1]")
        shape |= {f"{region} {name}": number for name, number in zip(names, numbers, strict=True)}
        shape[f"{region} strong-site potential [V]"] = 0.0
        shape[f"Initial {region.lower()} occupancy"] = HALF
    return values(
        changes=QUIET
        | shape
        | {
            "Core radius [m]": 200e-9,
            "Shell thickness [m]": 60e-9,
            "Initial potential [V]": potential[0] - SLOPE[0] / 2,
            "Double-layer capacitance [F.m-2]": 1e-9,
        }
    )


def error(cells: Cells) -> float:
    """Largest error of the occupancies at the cell centres, over the largest change at that time."""
    parameters = near_half_filling()
    mass = active_mass(parameters)
    core, shell = parameters["Core radius [m]"], parameters["Shell thickness [m]"]
    roughness = parameters["External area [m2.kg-1]"] * parameters["Particle density [kg.m-3]"]
    roughness *= (core + shell) / 3
    solution = solve(parameters, SPECIFIC_CURRENT * mass, np.r_[0.0, TIMES], cells, tolerance=1e-10)
    simulated = np.vstack([solution[f"{region} sloping occupancy"].entries for region in ("Core", "Shell")])
    scale = 4 * thermal_voltage_of(parameters)
    exact = occupancy(
        solution["Radial position [m]"].entries[:, -1],
        TIMES,
        core_radius=core,
        radius=core + shell,
        diffusivity=DIFFUSIVITY,
        site_density=tuple(parameters[f"{region} site density [mol.m-3]"] for region in ("Core", "Shell")),
        slope=tuple(slope + scale for slope in SLOPE),
        inward_flux=roughness * SPECIFIC_CURRENT / parameters["External area [m2.kg-1]"] / FARADAY,
    )
    errors = np.abs(simulated[:, 1:].T - HALF - exact)
    return float((errors.max(axis=1) / np.abs(exact).max(axis=1)).max())


def _error_on(cells: Cells) -> str:
    return f"error on {cells[0]} + {cells[1]} cells"


def measure() -> dict[str, float]:
    """Errors by mesh, and the order at each halving of the cell size."""
    errors = [error(cells) for cells in MESHES]
    orders = [float(np.log2(coarse / fine)) for coarse, fine in pairwise(errors)]
    return {_error_on(cells): largest for cells, largest in zip(MESHES, errors, strict=True)} | {
        f"order, from {cells[0]} + {cells[1]} cells": order
        for cells, order in zip(MESHES, orders, strict=False)
    }


CHECK = Check(
    name="two_region_diffusion",
    title="Exact diffusion in a sphere of two carbons",
    compared="Largest error of the occupancy at the cell centres after 200, 1000 and 5000 s, over the "
    "largest change at that time, against the exact eigenfunction series for a constant flux "
    "(`checks/exact_two_region_diffusion.py`).",
    limit="Carbons 200 nm and 60 nm thick of unequal diffusivity, density and slope, both half full, where "
    "a current that changes the occupancy by 1e-4 keeps the isotherms straight; no clusters, traps or film.",
    bounds=(
        *(Bound(_error_on(cells), at_most=0.005 if cells == (20, 8) else None) for cells in MESHES),
        *(
            Bound(f"order, from {cells[0]} + {cells[1]} cells", at_least=1.8, at_most=2.3)
            for cells in MESHES[:-1]
        ),
    ),
    measure=measure,
)
