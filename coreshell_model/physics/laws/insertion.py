"""The positive electrode of a full cell: particles into which sodium is inserted (57)-(60)."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.physics.laws.electrolyte import Tabulated

WALL = 50.0
"""Slope [V] of the open-circuit potential beyond the ends of its table. assumed: so steep that a tenth of a
volt lies within 0.002 of the stoichiometry, so that a cut-off ends a step before sodium is taken where the
table says nothing."""

SMALLEST_SHARE = 1e-4
"""Share of filled, or of empty, sites at which the root in the exchange current is held."""


@dataclass(frozen=True)
class OpenCircuitTable(Tabulated):
    """U(y) by stoichiometry y [V] (57): linear between points, falling by ``WALL`` beyond the ends."""

    __name__ = "open_circuit"

    def __call__(self, stoichiometry):
        """The open-circuit potential against sodium [V]."""
        low, high = self.concentrations[0], self.concentrations[-1]
        beyond = np.maximum(low - stoichiometry, 0) - np.maximum(stoichiometry - high, 0)
        return super().__call__(stoichiometry) + WALL * beyond


def insertion_current_density(stoichiometry, potential, open_circuit, reference, thermal_voltage):
    """j_p = 2 j_0 sinh(x), j_0 = 2 j_00 sqrt(y (1 - y)), x = (phi - U(y))/2V_T [A.m-2] (58).

    It is above zero while sodium leaves the particle.

    Parameters
    ----------
    stoichiometry : y, at the surface of the particle [-]
    potential : phi, of the particle against the electrolyte [V]
    open_circuit : U(y) [V]
    reference : j_00, exchange current density at y = 1/2 [A.m-2]
    thermal_voltage : V_T [V]

    Source: symmetric Butler-Volmer law, as in PyBaMM's ``sodium_ion.BasicDFN``.
    """
    inside = np.minimum(np.maximum(stoichiometry, SMALLEST_SHARE), 1 - SMALLEST_SHARE)
    drive = (potential - open_circuit) / (2 * thermal_voltage)
    return 4 * reference * np.sqrt(inside * (1 - inside)) * np.sinh(drive)


def occupied_share(potential, shares, potentials, widths):
    """y(U) = sum_j X_j/(1 + exp((U - U_j)/w_j)) [-] (57), the filling of several kinds of sites.

    Parameters
    ----------
    potential : U, against sodium [V]
    shares, potentials, widths : X_j [-], U_j [V] and w_j [V] of each kind, arrays of the same length

    Source: multi-site, multi-reaction form (Verbrugge and others), as PyBaMM's MSMR model writes it.
    """
    potential = np.asarray(potential, float)[..., np.newaxis]
    filled = np.asarray(shares) / (1 + np.exp((potential - np.asarray(potentials)) / np.asarray(widths)))
    return filled.sum(axis=-1)


def sodium_capacity(maximum_concentration, density, first, last, faraday):
    """Q_p = F c_max (y_1 - y_2)/rho [C.kg-1] (59): charge between two stoichiometries per active mass.

    Parameters
    ----------
    maximum_concentration : c_max [mol.m-3]
    density : rho, of the active material [kg.m-3]
    first, last : y_1 and y_2 [-]
    faraday : F [C.mol-1]

    Source: definition.
    """
    return faraday * maximum_concentration * (first - last) / density


def balanced_loading(negative_loading, negative_capacity, positive_capacity, np_ratio):
    """m_p = m_n Q_n/(n Q_p) [kg.m-2] (60): the positive electrode's loading at an N/P ratio n.

    Parameters
    ----------
    negative_loading : m_n, active carbon per area [kg.m-2]
    negative_capacity : Q_n, what the carbon holds and gives back at 0 V and equilibrium [C.kg-1]
    positive_capacity : Q_p, of the first charge of the positive electrode [C.kg-1]
    np_ratio : n [-]

    Source: definition.
    """
    return negative_loading * negative_capacity / (np_ratio * positive_capacity)
