"""No mechanism makes free energy: every flux and every rate goes the way its driving force points."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.inputs.sections import STORES
from coreshell_model.physics.laws import isotherm, kinetics, transport
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.laws.interphase import dissolution_current_density, growth_current_density
from coreshell_model.physics.storage.clusters import Clusters, ConditionedClusters, filling_potential
from coreshell_model.physics.storage.store import Surroundings
from coreshell_model.physics.storage.trapping import ReleasingTraps, Trapping
from coreshell_model.run.simulation import simulate

V_T = thermal_voltage(298.15)
shares = st.floats(1e-6, 1 - 1e-6)
potentials = st.floats(0.0, 2.5)
NUMBERS = {
    Clusters: SimpleNamespace(potential=0.08, width=0.013, rate=1e-4, driving_potential=0.05),
    ConditionedClusters: SimpleNamespace(
        potential=0.08,
        width=0.013,
        rate=1e-4,
        driving_potential=0.05,
        conditioning=15,
        conditioning_rate=1e-4,
    ),
    Trapping: SimpleNamespace(potential=0.57, width=0.09, rate=1e-2),
    ReleasingTraps: SimpleNamespace(potential=0.57, width=0.09, rate=1e-2, release_rate=1e-4),
}


def test_every_shipped_storage_is_among_them():
    """Another one has to be added here."""
    assert {kind.store for kind in STORES} <= set(NUMBERS)


@pytest.mark.parametrize("store", NUMBERS)
@given(filled=shares, other=shares, potential=potentials, occupancy=shares)
def test_storage_goes_towards_equilibrium_with_the_carbon_around_it(
    store, filled, other, potential, occupancy
):
    """d x/dt has the sign of x_eq(U) - x, so that U dx is given off; a memory never runs backwards."""
    numbers = NUMBERS[store]
    states = (filled, other)[: len(store.states)]
    rates = store.rates(states, numbers, Surroundings(potential, occupancy, V_T))
    away = store.equilibrium(potential, numbers) - filled
    assert rates[0] * away >= 0
    assert all(rate >= 0 for rate in rates[1:])


@given(potential=potentials, filled=st.floats(1e-5, 1 - 1e-5))
def test_clusters_give_off_what_sodium_loses_in_potential(potential, filled):
    """(U_xi - U) dxi/dt >= 0, with the potential at which the filling would be in equilibrium."""
    numbers = NUMBERS[Clusters]
    (rate,) = Clusters.rates((filled,), numbers, Surroundings(potential, 0.5, V_T))
    assert (filling_potential(filled, numbers.potential, numbers.width) - potential) * rate >= -1e-18


@given(
    core=shares, shell=shares, strong=st.floats(0, 2), share=st.floats(0.005, 1), interaction=st.floats(0, 2)
)
def test_sodium_crosses_the_face_down_its_chemical_potential(core, shell, strong, share, interaction):
    """From the lower to the higher potential, whatever the isotherms."""
    fields = [
        isotherm.mean_field_potential(core, 0.5, interaction, strong, share),
        isotherm.mean_field_potential(shell, 0.96, 0.9, 1.0, 0.03),
    ]
    own = [
        field - V_T * np.log(theta / (1 - theta)) for field, theta in zip(fields, (core, shell), strict=True)
    ]
    flux = transport.flux_between_carbons(core, shell, *fields, 2e-3, 5e-3, V_T)
    assert flux * (own[1] - own[0]) >= -1e-15


@given(theta=shares, strong=st.floats(0, 2), share=st.floats(0.005, 1), overpotential=st.floats(-0.5, 0.5))
def test_charge_transfer_gives_off_the_overpotential(theta, strong, share, overpotential):
    """i eta >= 0, with strong sites too."""
    field = isotherm.mean_field_potential(theta, 0.5, 1.0, strong, share)
    potential = field - V_T * np.log(theta / (1 - theta)) + overpotential
    assert kinetics.charge_transfer(theta, potential, field, 0.07, V_T) * overpotential >= -1e-12


@given(potential=potentials, thickness=st.floats(0, 2e-8), grown=st.floats(0, 10), dissolved=st.floats(0, 10))
def test_film_grows_by_reduction_alone_and_dissolves_alone(potential, thickness, grown, dissolved):
    """Neither runs backwards: a film gives no charge back."""
    assert growth_current_density(potential, thickness, 1e-4, 0.5, 4e-10, 0.2, V_T) <= 0
    assert dissolution_current_density(grown, dissolved, 1e-6, 1.0) >= 0


LAWS = {
    "core.sloping.strong_potential": "1.2 V",
    "core.sloping.strong_share": "0.03",
    "shell.sloping.strong_potential": "1 V",
    "shell.sloping.strong_share": "0.03",
    "core.clusters.conditioning": "15",
    "core.clusters.conditioning_rate": "5e-5 1/s",
    "shell.trapping.release_rate": "1e-6 1/s",
}
CLOSED = {
    "sei.growth.exchange_current_density": "0 A/m2",
    **{f"sei.steps.{step}.charge": "0 mAh/m2" for step in (1, 2, 3)},
}


def test_a_closed_cell_at_rest_loses_free_energy_and_never_gains_any():
    """Of sites, clusters and double layer, integrated over the particle, at every point of a rest."""
    steps = ({"steps": ("Sodiate at 1C until 5 mV", "Rest for 200 hours (30 minutes period)")},)
    data = read_protocol("formation").model_dump() | {"cycles": steps}
    run = simulate(
        "core_shell", protocol_from_dict(data, "rest"), LAWS | CLOSED | {"shell.trapping.capacity": "0 mAh/g"}
    )
    rest = run.steps[-1].points
    p, energy = run.parameters, 0.0
    volume = np.diff(_faces(np.concatenate(list(run.radii.values()))) ** 3) / 3
    cells = run.pybamm["Core sloping occupancy"].entries.shape[0]
    for region, part in (("Core", slice(0, cells)), ("Shell", slice(cells, None))):
        theta = run.pybamm[f"{region} sloping occupancy"].entries[:, rest]
        energy = energy - p[f"{region} site density [mol.m-3]"] * FARADAY * volume[part] @ _of_sites(
            p, region, theta
        )
    filled = run.pybamm["Cluster filling"].entries[:, rest]
    energy = energy - p["Cluster site density [mol.m-3]"] * FARADAY * volume[:cells] @ _of_clusters(p, filled)
    assert np.diff(energy).max() < 1e-4 * (energy[0] - energy[-1])
    assert energy[-1] < energy[0]


def _faces(centres):
    """The faces of cells whose centres lie midway between them, from the middle of the particle on [m]."""
    faces = [0.0]
    for centre in centres:
        faces.append(2 * centre - faces[-1])
    return np.array(faces)


def _of_sites(p, region, theta):
    """The integral of U over theta from empty sites on [V]."""
    potential, interaction = (p[f"{region} sloping {name} [V]"] for name in ("potential", "interaction"))
    strong, share = p[f"{region} strong-site potential [V]"], p[f"{region} strong-site share"]
    mixing = theta * np.log(theta) + (1 - theta) * np.log(1 - theta)
    tail = strong * (theta - share * np.log(np.cosh(theta / share)))
    return potential * theta - interaction * theta**2 / 2 + tail - V_T * mixing


def _of_clusters(p, filled):
    """The integral of U_xi over xi [V]."""
    inside = np.clip(filled, 1e-12, 1 - 1e-12)
    mixing = inside * np.log(inside) + (1 - inside) * np.log(1 - inside)
    return p["Cluster potential [V]"] * inside - p["Cluster width [V]"] * mixing
