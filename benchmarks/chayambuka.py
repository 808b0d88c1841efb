"""Numbers of parameters/chayambuka_hard_carbon.toml from the measured tables, and what half a curve says.

    python benchmarks/chayambuka.py

The tables are those of validation/chayambuka; run this again when one of them, or the isotherm, has changed.
It prints the numbers of the file by path, and the errors of an isotherm that was fitted to the slope or to
the plateau alone.
"""

from functools import cache
from types import SimpleNamespace

import numpy as np

from coreshell_model.base.library import folder
from coreshell_model.checks.claim_open_circuit import MODEL_LAW, measured_table
from coreshell_model.infer.open_circuit import TEMPERATURE, Extrapolated, Fitted, extrapolated, fit
from coreshell_model.physics.laws.constants import (
    CHARGE_OF_SODIUM_FILLED_VOLUME,
    FARADAY,
    thermal_voltage,
)
from coreshell_model.physics.laws.isotherm import occupancies_at
from coreshell_model.physics.storage.clusters import equilibrium_filling

TABLES = folder("validation") / "chayambuka"

LARGEST_CAPACITY = float(np.loadtxt(TABLES / "hard_carbon_ocp.csv", delimiter=",", skiprows=1)[:, 0].max())
"""Capacity [mAh.g-1] of the last point of the open-circuit table, at which the filling is 1."""

LARGEST_CONCENTRATION = 14540.0
"""Sodium [mol.m-3] at a filling of 1."""

PARTICLE_DENSITY, SKELETAL_DENSITY = 1.95, 2.2
"""Of the particle with its pores, and of its carbon [g.cm-3]; the difference is closed pores."""

PORE_VOLUME = round(1 / PARTICLE_DENSITY - 1 / SKELETAL_DENSITY, 4)
"""Closed pores [cm3.g-1]."""

EMPTY = 0.002
"""Highest x_0: the first points lie within a few tenths of a mAh/g of zero."""

MOST = (EMPTY, 1.0, PORE_VOLUME * CHARGE_OF_SODIUM_FILLED_VOLUME / 3.6e6 / LARGEST_CAPACITY)
"""Highest x_0, sites and clusters: sites up to the filling 1, clusters as the pores hold them."""

PLATEAU = 0.1
"""Potential [V] that divides slope and plateau, as Appel et al. do."""

FILLINGS = np.array(
    [0.01, 0.032, 0.143, 0.198, 0.398, 0.431, 0.542, 0.597, 0.719, 0.752, 0.797, 0.918, 0.963, 0.996]
)
"""Fillings of the points of the table of D, placed so that straight lines meet it within 2 %, 7 % at most."""

RATE_FILLINGS = np.array(
    [
        *(0.013, 0.035, 0.057, 0.079, 0.101, 0.134, 0.311, 0.388, 0.476, 0.664, 0.708, 0.763),
        *(0.907, 0.951, 0.984, 0.995),
    ]
)
"""The same of the exchange current density, within 5 %, 11 % at most."""

RATE_UNCERTAINTY = 2.0
"""Factor by which the exchange current density is assumed to be uncertain: it is a result of a model."""

UNIT_DIFFUSIVITY = 1e-15
"""D [m2.s-1] by which the table is divided."""


@cache
def isotherm() -> Fitted:
    """The isotherm of the model, fitted to the points between 0.01 and 1.0 V."""
    return fit(MODEL_LAW, *measured_table(), MOST)


def halves() -> dict[str, Extrapolated]:
    """What a fit to the slope alone says of the plateau, and the other way round."""
    x, potential = measured_table()
    used = {"slope": potential > PLATEAU, "plateau": potential <= PLATEAU}
    return {half: extrapolated(MODEL_LAW, x, potential, points, MOST) for half, points in used.items()}


def _measured(name: str) -> tuple[np.ndarray, np.ndarray]:
    """A property of the hard carbon by its filling."""
    rows = np.loadtxt(TABLES / f"hard_carbon_{name}.csv", delimiter=",", skiprows=1)
    return rows[:, 0] * 1e3 / LARGEST_CONCENTRATION, rows[:, 1]


def _equilibrium() -> SimpleNamespace:
    """Occupancy of the sites and dx/dx_s, the change of all sodium with that on the sites, by filling."""
    x_0, sites, standard, interaction, strong, share, clusters, centre, width = isotherm().numbers
    potential = np.linspace(1.5, -0.1, 16001)
    scale = thermal_voltage(TEMPERATURE)
    theta = occupancies_at(potential, standard, interaction, scale, strong, share)
    filled = x_0 + sites * theta + clusters * equilibrium_filling(potential, centre, width)
    return SimpleNamespace(
        filling=filled, theta=theta, ratio=np.gradient(filled) / (sites * np.gradient(theta))
    )


def diffusivity_factor() -> tuple[np.ndarray, np.ndarray]:
    """Occupancies, and factors of D (52).

    The authors' D is that of all sodium, N = -D_all dc/dr; (6) moves sodium over the sloping sites alone,
    with clusters in equilibrium with them: the same flux has D = D_all dx/dx_s.
    """
    state = _equilibrium()
    filling, measured = _measured("diffusivity")
    factor = np.interp(FILLINGS, filling, measured) * np.interp(FILLINGS, state.filling, state.ratio)
    return np.interp(FILLINGS, state.filling, state.theta), factor / UNIT_DIFFUSIVITY


def exchange_current_densities(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Occupancies, and j00 f_j of (56) [A.m-2] at fillings, from j0 = F k (c (c_max - c))^(1/2)/2.

    That is the form of PyBaMM's parameter set Chayambuka2022, at the initial salt.
    """
    state = _equilibrium()
    rate = np.interp(x, *_measured("rate_constant"))
    theta = np.interp(x, state.filling, state.theta)
    exchange = FARADAY * rate * LARGEST_CONCENTRATION * np.sqrt(x * (1 - x)) / 2
    return theta, exchange / (2 * np.sqrt(theta * (1 - theta)))


def numbers() -> dict[str, float | list[float]]:
    """The numbers of the file that follow from the tables, in its units, by path."""
    _, sites, standard, interaction, strong, share, clusters, centre, width = isotherm().numbers
    scale = thermal_voltage(TEMPERATURE)
    empty = occupancies_at(np.array([0.0]), standard, interaction, scale, strong, share)[0]
    occupancy, factor = diffusivity_factor()
    mean = _digits(np.exp(np.mean(np.log(exchange_current_densities(np.linspace(0.05, 0.95, 91))[1]))), 2)
    exchange_occupancy, exchange = exchange_current_densities(RATE_FILLINGS)
    return {
        "carbon.pore_volume": PORE_VOLUME,
        "carbon.sloping.capacity": _digits(LARGEST_CAPACITY * sites * empty),
        "carbon.sloping.potential": _digits(standard),
        "carbon.sloping.interaction": _digits(interaction),
        "carbon.sloping.strong_potential": _digits(strong),
        "carbon.sloping.strong_share": _digits(share),
        "carbon.clusters.pore_fraction": _digits(clusters / MOST[2]),
        "carbon.clusters.potential": _digits(centre),
        "carbon.clusters.width": _digits(width),
        "carbon.sloping.diffusivity_factor.occupancy": [round(float(value), 4) for value in occupancy],
        "carbon.sloping.diffusivity_factor.factor": [_digits(value, 3) for value in factor],
        "surface.exchange_current_density": mean,
        "surface.exchange_current_factor.occupancy": [round(float(value), 4) for value in exchange_occupancy],
        "surface.exchange_current_factor.factor": [_digits(value, 3) for value in exchange / mean],
        "band.1.low": mean / RATE_UNCERTAINTY,
        "band.1.high": mean * RATE_UNCERTAINTY,
    }


def _digits(value: float, count: int = 4) -> float:
    return float(f"{value:.{count}g}")


if __name__ == "__main__":
    for path, value in numbers().items():
        print(f"{path} = {value}")
    whole = isotherm()
    print(f"\nall {whole.errors.size} points: {1e3 * whole.rmse:.1f} mV, x_0 {whole.numbers[0]:.1g}")
    for half, said in halves().items():
        missed, held = 1e3 * np.array(said.errors), LARGEST_CAPACITY * np.array(said.filling_errors)
        print(
            f"{half} alone: {said.fitted.errors.size} points within {1e3 * said.fitted.rmse:.1f} mV; "
            f"the others missed by {missed[0]:.0f} mV or {held[0]:.0f} mAh/g, by {missed.size} fits as good "
            f"by {missed.min():.0f} to {missed.max():.0f} mV or {held.min():.0f} to {held.max():.0f} mAh/g"
        )
