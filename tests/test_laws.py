"""Each law against what its equation says at points where the answer is known."""

import numpy as np
import pybamm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coreshell_model.physics.laws import (
    electrolyte,
    interphase,
    isotherm,
    kinetics,
    pores,
    transport,
)
from coreshell_model.physics.laws import (
    pores as sealing,
)
from coreshell_model.physics.laws.constants import CHARGE_OF_SODIUM_FILLED_VOLUME, FARADAY, thermal_voltage
from coreshell_model.physics.storage import clusters, trapping

V_T = thermal_voltage(298.15)
occupancies = st.floats(1e-6, 1 - 1e-6)
potentials = st.floats(0.0, 2.5)


def test_a_cubic_centimetre_of_sodium_holds_the_charge_of_its_atoms():
    """0.968 g/cm3 over 22.99 g/mol; 1128 mAh/cm3 is that to three digits."""
    exact = 0.968e6 / 22.99 * FARADAY
    assert pytest.approx(exact, rel=1e-3) == CHARGE_OF_SODIUM_FILLED_VOLUME


@given(theta=occupancies, standard=st.floats(-1, 3), interaction=st.floats(0, 3))
def test_the_isotherm_and_its_inverse_undo_each_other(theta, standard, interaction):
    """occupancy_at(U(theta)) = theta."""
    potential = isotherm.equilibrium_potential(theta, standard, interaction, V_T)
    found = isotherm.occupancy_at(potential, standard, interaction, V_T)
    assert found == pytest.approx(theta, rel=1e-6, abs=0)


def test_the_isotherm_falls_as_sites_fill_and_is_standard_at_half_filling():
    """U(1/2) = E0 - g/2, and U is monotone for any g >= 0."""
    theta = np.linspace(1e-6, 1 - 1e-6, 1001)
    for interaction in (0.0, 0.9):
        assert (np.diff(isotherm.equilibrium_potential(theta, 1.0, interaction, V_T)) < 0).all()
    assert isotherm.equilibrium_potential(0.5, 1.0, 0.9, V_T) == pytest.approx(0.55, abs=1e-15)


def test_empty_carbon_has_a_starting_potential_far_above_its_sites():
    """2.5 V is 60 RT/F above E0: an occupancy of e^-60, without underflow."""
    assert isotherm.occupancy_at(1.0 + 60 * V_T, 1.0, 0.9, V_T) == pytest.approx(np.exp(-60), rel=1e-9, abs=0)


@given(theta=occupancies, potential=potentials)
def test_mass_action_is_butler_volmer_with_the_logarithm_cancelled(theta, potential):
    """(11) equals (10)."""
    standard, interaction, reference = 0.9, 0.8, 0.02
    overpotential = potential - isotherm.equilibrium_potential(theta, standard, interaction, V_T)
    exchange = kinetics.exchange_current_density(theta, reference)
    expected = 2 * exchange * np.sinh(overpotential / (2 * V_T))
    mean_field = isotherm.mean_field_potential(theta, standard, interaction)
    found = kinetics.charge_transfer(theta, potential, mean_field, reference, V_T)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


@given(theta=occupancies, potential=potentials, resistance=st.floats(1e-6, 1e3))
def test_the_surface_occupancy_behind_a_layer_satisfies_the_law_at_the_surface(theta, potential, resistance):
    """(11) holds at theta_s = theta - j resistance, for any resistance."""
    mean_field, reference = 0.5, 0.02
    current = kinetics.charge_transfer_through_layer(theta, resistance, potential, mean_field, reference, V_T)
    surface = theta - current * resistance
    # At large potentials the two terms of (11) cancel; compare with the largest of them.
    largest = 2 * reference * np.exp(abs(potential - mean_field) / (2 * V_T))
    assert kinetics.charge_transfer(surface, potential, mean_field, reference, V_T) == pytest.approx(
        current, rel=1e-6, abs=1e-9 * largest
    )


def test_an_emptying_surface_limits_the_current_to_diffusion():
    """However high the potential, no more leaves than the layer brings."""
    current = kinetics.charge_transfer_through_layer(0.3, 10.0, 3.0, 0.5, 0.02, V_T)
    assert current == pytest.approx(0.3 / 10.0, rel=1e-6)


@given(
    theta=st.tuples(occupancies, occupancies),
    potential=st.tuples(potentials, potentials),
    conductance=st.tuples(st.floats(1e-9, 1e-3), st.floats(1e-9, 1e-3)),
)
def test_chemical_potential_is_equal_on_both_sides_of_the_face(theta, potential, conductance):
    """The flux between two carbons leaves E' - ln(odds') equal at the face, in mass-action form."""
    flux = transport.flux_between_carbons(*theta, *potential, *conductance, V_T)
    core, shell = theta[0] - flux / conductance[0], theta[1] + flux / conductance[1]
    into_core = 0.5 * (1 + np.tanh((potential[0] - potential[1]) / (2 * V_T)))
    residual = core * (1 - shell) * (1 - into_core) - shell * (1 - core) * into_core
    assert abs(residual) < 1e-9
    assert -1e-9 < core < 1 + 1e-9
    assert -1e-9 < shell < 1 + 1e-9


def test_between_equal_carbons_the_face_is_ficks_law():
    """Two half cells in series."""
    flux = transport.flux_between_carbons(0.7, 0.2, 0.5, 0.5, 2e-6, 3e-6, V_T)
    assert flux == pytest.approx(0.5 / (1 / 2e-6 + 1 / 3e-6), rel=1e-12)


def test_an_empty_core_draws_all_that_the_half_cells_carry():
    """Regression: no factor of the core's own occupancy stands in the way of its filling."""
    flux = transport.flux_between_carbons(0.0, 0.9, 1.5, 0.1, 1e-6, 1e-6, V_T)
    assert flux == pytest.approx(-0.9e-6, rel=1e-3)


def test_cluster_filling_is_bounded_and_half_at_its_potential():
    """0 far above U_p, 1 far below, 1/2 at it."""
    assert clusters.equilibrium_filling(np.array([5.0, 0.07, -5.0]), 0.07, 0.01) == pytest.approx([0, 0.5, 1])


@given(filling=st.floats(0, 1), potential=potentials)
def test_clusters_always_move_towards_equilibrium(filling, potential):
    """Dissipative: the rate has the sign of xi_eq - xi, driven or not."""
    equilibrium = clusters.equilibrium_filling(potential, 0.07, V_T)
    overpotential = clusters.filling_potential(filling, 0.07, V_T) - potential
    driven = clusters.driven_rate(filling, equilibrium, 1e-4, overpotential, 0.1)
    relaxing = clusters.relaxing_rate(filling, equilibrium, 1e-4)
    assert driven * (equilibrium - filling) >= 0
    assert abs(driven) >= abs(relaxing)


def test_driven_clusters_double_their_rate_at_the_driving_potential():
    """(8) at |U_xi - U| = U_ref."""
    assert clusters.driven_rate(0.2, 0.6, 1e-4, 0.1, 0.1) == pytest.approx(
        2 * clusters.relaxing_rate(0.2, 0.6, 1e-4)
    )


@given(occupancy=st.floats(0, 1), limit=st.floats(0, 1), theta=st.floats(0, 1))
def test_traps_never_release(occupancy, limit, theta):
    """The rate is never negative, and exactly zero once the limit is reached."""
    rate = trapping.trapping_rate(occupancy, limit, theta, 1e-3)
    assert rate >= 0
    if occupancy >= limit or theta == 0:
        assert rate == 0


def test_traps_fill_in_proportion_far_from_their_limit():
    """g(x) is x to 1 % for x = 1."""
    assert trapping.trapping_rate(0.0, 1.0, 0.5, 2e-3) == pytest.approx(2e-3 * 0.5 / 1.01)


def test_a_reduction_step_runs_at_its_rate_constant_at_its_potential():
    """k_k at phi = U_k without supply; never faster than the supply."""
    assert interphase.reduction_rate(0.65, 0.65, 1e-4, 0.5, 0.0, V_T) == pytest.approx(1e-4)
    assert interphase.reduction_rate(-5.0, 0.65, 1e-4, 0.5, 10.0, V_T) == pytest.approx(0.1)
    assert interphase.reduction_rate(0.65 - 2 * V_T, 0.65, 1e-4, 0.5, 0.0, V_T) == pytest.approx(1e-4 * np.e)


def test_growth_falls_by_e_with_each_decay_length():
    """(13)."""
    thin, thick = (
        interphase.growth_current_density(0.1, thickness, 1e-6, 0.5, 0.4e-9, 0.5, V_T)
        for thickness in (1e-9, 1.4e-9)
    )
    assert thin < 0
    assert thin / thick == pytest.approx(np.e)


def test_film_thickness_is_charge_over_faraday_times_molar_volume():
    """One mole of electrons per square metre, two a molecule of 1e-4 m3/mol: 50 micrometres."""
    assert interphase.thickness_of(FARADAY, 1e-4, 2) == pytest.approx(5e-5)


def test_film_buries_sites_as_it_fills_pores():
    """None in empty pores, the share b in full ones, half of it in half-full ones (23)."""
    assert pores.accessible_sites(np.array([0.0, 0.5, 1.0]), 0.4) == pytest.approx([1.0, 0.8, 0.6])


def test_each_seal_law_opens_the_share_that_it_says():
    """(24): 1/e at a decay length; a half at the middle, 1/(1 + e) a spread beyond; none where paths end."""
    assert sealing.exponential_seal(4e-9, 4e-9) == pytest.approx(np.exp(-1))
    assert sealing.logistic_seal(np.array([7e-9, 8e-9]), 7e-9, 1e-9) == pytest.approx([0.5, 1 / (1 + np.e)])
    assert sealing.percolation_seal(np.array([5e-9, 11e-9]), 10e-9, 2) == pytest.approx([0.25, 0])


def test_the_diffusion_potential_of_salt_is_that_of_concentrated_solutions():
    """2 (1 - t+) RT/F for each factor of e in concentration, of an ideal salt; none where t+ is 1 (28)."""
    found = electrolyte.diffusion_potential(np.e, np.array([0.0, 0.5, 1.0]), 1.0, V_T)
    assert found == pytest.approx([2 * V_T, V_T, 0])


def test_sodium_metal_is_ohmic_at_small_and_logarithmic_at_large_currents():
    """i RT/(F j0), and 2 RT/F ln(i/j0)."""
    assert kinetics.counter_electrode_overpotential(1e-3, 1.0, V_T) == pytest.approx(1e-3 * V_T, rel=1e-6)
    assert kinetics.counter_electrode_overpotential(1e4, 1.0, V_T) == pytest.approx(
        2 * V_T * np.log(1e4), rel=1e-6
    )


@pytest.mark.parametrize(
    ("law", "arguments"),
    [
        (isotherm.equilibrium_potential, (0.3, 0.9, 0.8, V_T)),
        (clusters.equilibrium_filling, (0.3, 0.07, V_T)),
        (clusters.filling_potential, (0.3, 0.07, V_T)),
        (clusters.driven_rate, (0.3, 0.5, 1e-4, -0.2, 0.1)),
        (trapping.trap_limit, (0.3, 0.5, 0.1)),
        (trapping.trapping_rate, (0.3, 0.5, 0.4, 1e-3)),
        (kinetics.charge_transfer_through_layer, (0.3, 2.0, 0.4, 0.5, 0.02, V_T)),
        (kinetics.counter_electrode_overpotential, (0.3, 1.0, V_T)),
        (interphase.reduction_rate, (0.3, 0.65, 1e-4, 0.5, 10.0, V_T)),
        (interphase.growth_current_density, (0.3, 1e-9, 1e-6, 0.5, 4e-10, 0.5, V_T)),
        (transport.flux_between_carbons, (0.3, 0.6, 0.5, 0.4, 1e-6, 2e-6, V_T)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_laws_give_the_same_on_numbers_arrays_and_pybamm_symbols(law, arguments):
    """One function serves the model, the tests and a user's script."""
    number = law(*arguments)
    array = law(*(np.full(3, value) for value in arguments))
    symbol = law(*(pybamm.Scalar(value) + 0 * pybamm.t for value in arguments)).evaluate(t=0.0)
    assert array == pytest.approx(np.full(3, number), rel=1e-12)
    assert float(symbol) == pytest.approx(float(number), rel=1e-12)
