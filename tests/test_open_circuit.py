"""Isotherms fitted to open-circuit tables."""

import numpy as np
import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.checks import claim_open_circuit as open_circuit
from coreshell_model.infer.open_circuit import Fitted, fit, leave_one_out, potential_at
from coreshell_model.physics.laws.constants import thermal_voltage
from coreshell_model.physics.laws.isotherm import equilibrium_potential, occupancies_at, tail_filling
from coreshell_model.physics.storage.clusters import equilibrium_filling

CHOSEN = "sloping, tail and clusters"
SHOULD_BE = np.array([0.001, 0.2, 1.0, 0.7, 0.4, 0.15, 0.45, 0.065, 0.011])


def test_occupancies_read_from_a_table_give_back_their_potentials():
    """Isotherm (4) there and back; the table is made to be good for a microvolt."""
    v_t = thermal_voltage(298.15)
    potential = np.linspace(-0.2, 1.4, 101)
    theta = occupancies_at(potential, 0.9, 0.6, v_t)
    kept = (theta > 1e-10) & (theta < 1 - 1e-5)
    assert equilibrium_potential(theta[kept], 0.9, 0.6, v_t) == pytest.approx(potential[kept], abs=1e-5)


def test_a_tail_falls_by_e_over_its_width():
    """Its logarithm is straight in the potential."""
    assert tail_filling(np.array([0.0, 0.15]), 0.15) == pytest.approx([1.0, np.exp(-1)])


def test_a_law_is_recovered_from_its_own_table():
    """Twenty points without noise; half a millivolt is what is left when the search ends."""
    x = np.linspace(0.002, 0.98, 20)
    found = fit(CHOSEN, x, potential_at(CHOSEN, SHOULD_BE, x))
    assert found.rmse < 5e-4


@pytest.mark.long
@pytest.mark.parametrize(
    ("table", "points", "error", "without"),
    [("20 points of PyBaMM", 20, 7.0e-3, 19.6e-3), ("measured curve", 48, 3.8e-3, 16.2e-3)],
)
def test_the_models_isotherm_describes_open_circuit_curves_within_8_mv(table, points, error, without):
    """With nine numbers, as well as an additive law; without strong sites, with seven, it does not."""
    x, potential = open_circuit.TABLES[table]()
    own, plain, additive = (
        open_circuit.fits(table)[law] for law in (open_circuit.MODEL_LAW, "sloping and clusters", CHOSEN)
    )
    assert x.size == points and len(own.numbers) == 9
    assert own.rmse == pytest.approx(error, abs=3e-4) and own.rmse <= 8e-3
    assert own.rmse < 1.03 * additive.rmse
    assert plain.rmse == pytest.approx(without, abs=5e-4)
    assert leave_one_out(own, x, potential) > own.rmse


def test_the_fitted_law_is_the_isotherm_of_the_model():
    """The filling of the table's law at the potential that equations (4), (45) and (8) give."""
    own = open_circuit.fits("measured curve")[open_circuit.MODEL_LAW]
    x_0, sites, standard, interaction, strong, share, clusters, centre, width = own.numbers
    theta = np.linspace(0.05, 0.6, 12)
    potential = equilibrium_potential(theta, standard, interaction, thermal_voltage(298.15), strong, share)
    filled = x_0 + sites * theta + clusters * equilibrium_filling(potential, centre, width)
    assert potential_at(open_circuit.MODEL_LAW, np.array(own.numbers), filled) == pytest.approx(
        potential, abs=2e-5
    )


def test_more_numbers_have_to_pay_for_themselves():
    """Equal errors of 20 points, 9 or 13 numbers and their variance: 20 + 220/9 against 28 + 420/5."""
    few, many = (Fitted(CHOSEN, (1.0,) * count, np.full(20, 1e-2)) for count in (9, 13))
    assert many.aicc - few.aicc == pytest.approx((28 + 420 / 5) - (20 + 220 / 9))


def test_a_table_shorter_than_the_numbers_is_refused():
    """Nine numbers need twelve points, for AICc too."""
    x = np.linspace(0.1, 0.9, 11)
    with pytest.raises(InputError, match="11 points are too few for 9 numbers"):
        fit(CHOSEN, x, 1 - x)
