"""The particle's mesh: closer towards the shell, and still exact in what it must be exact in."""

import numpy as np
import pybamm
import pytest

from coreshell_model.checks.scipy_twin import Twin
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.particle import shape_of
from coreshell_model.physics.levels import CORE_STRETCH
from coreshell_model.physics.model import CoreShellHalfCell
from coreshell_model.physics.symbols import CORE, SHELL
from coreshell_model.physics.values import appel_core_shell
from coreshell_model.run.simulation import simulate


@pytest.fixture(scope="module")
def built():
    model = CoreShellHalfCell()
    mesh = pybamm.Mesh(
        model.default_geometry, model.default_submesh_types, model.default_var_pts
    )  # the geometry has no parameters: radii are inputs
    return model, mesh, pybamm.Discretisation(mesh, model.default_spatial_methods)


@pytest.mark.parametrize(
    ("domain", "side", "cell"), [(CORE, "right", -1), (SHELL, "left", 0), (SHELL, "right", -1)]
)
def test_half_a_cell_at_a_face_is_half_of_that_cell_not_of_the_distance_to_the_next(
    built, domain, side, cell
):
    """PyBaMM's own size at a boundary is the distance of centres: 5 % too large beside a graded core."""
    model, mesh, discretisation = built
    found = discretisation.process_symbol(model.level.half_cell(domain, side)).evaluate()
    assert float(np.ravel(found)[0]) == pytest.approx(mesh[domain].d_edges[cell] / 2, rel=1e-12)


def test_core_cells_narrow_towards_the_shell_by_the_stretch(built):
    """Neighbours differ by e^(stretch / cells), first and last by that, once for each cell between."""
    _, mesh, _ = built
    widths = mesh[CORE].d_edges
    assert widths[:-1] / widths[1:] == pytest.approx(np.exp(CORE_STRETCH / len(widths)), rel=1e-9)


def test_cells_fill_the_sphere_exactly():
    """Cell volumes over 4 pi, about 1e-21 m3, add up to R^3/3; each is that between its faces."""
    solution = simulate("core_shell", "formation_without_hold")
    volume = np.array(solution.pybamm["Cell volume over 4 pi [m3]"].entries)[:, -1]
    model = CoreShellHalfCell()
    mesh = pybamm.Mesh(model.default_geometry, model.default_submesh_types, model.default_var_pts)
    core, shell = solution.parameters["Core radius [m]"], solution.parameters["Shell thickness [m]"]
    faces = np.r_[core * mesh[CORE].edges, core + shell * (mesh[SHELL].edges[1:] - 1)]
    widths = np.r_[mesh[CORE].d_edges, mesh[SHELL].d_edges]
    assert volume * widths == pytest.approx(np.diff(faces**3) / 3, rel=1e-9, abs=0)
    assert (volume * widths).sum() == pytest.approx((core + shell) ** 3 / 3, rel=1e-12, abs=0)


def test_radii_are_the_centres_of_the_cells_between_the_second_solver_s_faces():
    """The second solver derives its faces from the formula alone."""
    solution = simulate("core_shell", "formation_without_hold")
    faces = np.r_[0, np.cumsum(Twin(appel_core_shell(), 20, 8).h[:, 0])]
    radii = np.r_[solution.radii["Core"], solution.radii["Shell"]]
    assert radii == pytest.approx((faces[1:] + faces[:-1]) / 2, rel=1e-6, abs=0)


def test_radii_are_those_of_one_particle_at_the_electrode_level_too():
    """The same particle stands at each of the places."""
    at_each_place = simulate("core_shell", "formation_without_hold", level="electrode").radii
    for region, radii in simulate("core_shell", "formation_without_hold").radii.items():
        assert at_each_place[region] == pytest.approx(radii, rel=1e-12, abs=0)


def test_a_particle_of_one_carbon_has_its_narrowest_cells_along_the_whole_shell(built):
    """Where one carbon is called core and where shell, nothing happens: the widths pass over smoothly."""
    _, mesh, _ = built
    shape = shape_of(read_material("shell"))
    last_of_core = shape.core_radius * mesh[CORE].d_edges[-1]
    first_of_shell = shape.shell_thickness * mesh[SHELL].d_edges[0]
    assert first_of_shell == pytest.approx(last_of_core, rel=0.1)
