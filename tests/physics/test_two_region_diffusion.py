"""Transport against an exact solution of diffusion in a sphere of two carbons."""

import numpy as np
import pytest
from exact_two_region_diffusion import occupancy
from half_cell import QUIET, solve, values

from coreshell_model.laws.constants import FARADAY, thermal_voltage

HALF = 0.5
CELLS = ((10, 4), (20, 8), (40, 16), (80, 32))


def near_half_filling():
    """Both carbons half full at the same potential, where (4) is straight up to third order."""
    core, shell = (0.8, 0.9), (0.75, 0.8)  # E0 and g [V]: equal U at theta = 1/2, unequal slopes
    return values(
        **QUIET
        | {
            "Core radius [m]": 200e-9,
            "Shell thickness [m]": 60e-9,
            "Core sloping potential [V]": core[0],
            "Core sloping interaction [V]": core[1],
            "Shell sloping potential [V]": shell[0],
            "Shell sloping interaction [V]": shell[1],
            "Core diffusivity [m2.s-1]": 3e-17,
            "Shell diffusivity [m2.s-1]": 1e-17,
            "Initial core occupancy": HALF,
            "Initial shell occupancy": HALF,
            "Initial potential [V]": core[0] - core[1] / 2,
            "Double-layer capacitance [F.m-2]": 1e-9,
        }
    )


def errors_by_mesh(times):
    """Largest error of the occupancies at the cell centres, relative to the largest change, by mesh."""
    parameters = near_half_filling()
    mass = parameters["Active loading [kg.m-2]"] * parameters["Electrode area [m2]"]
    core, shell = parameters["Core radius [m]"], parameters["Shell thickness [m]"]
    current = 2e-4 * mass  # A: changes theta by about 1e-4, so that (4) stays straight to 1e-7
    roughness = parameters["External area [m2.kg-1]"] * parameters["Particle density [kg.m-3]"]
    roughness *= (core + shell) / 3
    flux = roughness * current / (mass * parameters["External area [m2.kg-1]"]) / FARADAY
    scale = 4 * thermal_voltage(298.15)
    found = []
    for cells in CELLS:
        solution = solve(parameters, current, np.r_[0.0, times], cells, tolerance=1e-11)
        simulated = np.vstack(
            [solution[f"{region} sloping occupancy"].entries for region in ("Core", "Shell")]
        )[:, 1:].T
        r = np.r_[
            core * (np.arange(cells[0]) + 0.5) / cells[0],
            core + shell * (np.arange(cells[1]) + 0.5) / cells[1],
        ]
        exact = occupancy(
            r,
            times,
            core_radius=core,
            radius=core + shell,
            diffusivity=(3e-17, 1e-17),
            site_density=(
                parameters["Core site density [mol.m-3]"],
                parameters["Shell site density [mol.m-3]"],
            ),
            slope=(0.9 + scale, 0.8 + scale),
            inward_flux=flux,
        )
        found.append(np.abs(simulated - HALF - exact).max() / np.abs(exact).max())
    return np.array(found)


@pytest.fixture(scope="module")
def errors():
    return errors_by_mesh(np.array([200.0, 1000.0, 5000.0]))


def test_profiles_approach_the_exact_solution_with_the_square_of_the_cell_width(errors):
    """Finite volumes with second-order faces: halving the cells quarters the error."""
    orders = np.log2(errors[:-1] / errors[1:])
    assert (orders > 1.8).all(), (errors, orders)
    assert (orders < 2.3).all(), (errors, orders)


def test_default_mesh_is_within_two_percent_of_the_exact_profile_early_in_the_transient(errors):
    """After 200 s the front is one or two cells wide, the hardest case for 20 + 8 cells."""
    assert errors[1] < 0.02
