"""Transport against an exact solution of diffusion in a sphere of two carbons."""

import pytest

from coreshell_model.checks.two_region_diffusion import CHECK


@pytest.fixture(scope="module")
def measured():
    return CHECK.run().measured


def test_profiles_approach_the_exact_solution_with_the_square_of_the_cell_width(measured):
    """Finite volumes with second-order faces: halving the cells quarters the error."""
    orders = [value for name, value in measured.items() if name.startswith("order")]
    assert len(orders) == 3
    assert all(1.8 < order < 2.3 for order in orders), measured


def test_default_mesh_is_within_half_a_percent_of_the_exact_profile_early_in_the_transient(measured):
    """After 200 s the front is one or two cells wide, the hardest case for 20 + 8 cells."""
    assert measured["error on 20 + 8 cells"] < 0.005
