"""Plateau storage: quasi-metallic sodium clusters in closed pores (8)."""

import numpy as np

SMALLEST_FILLING = 1e-6
"""Fillings are held this far from 0 and 1 inside the logarithm of ``filling_potential``."""


def equilibrium_filling(potential, cluster_potential, width):
    """xi_eq = 1/(1 + exp((U - U_p)/w_p)), between 0 and 1 (8).

    Parameters
    ----------
    potential : U of the carbon around the pores [V], any shape
    cluster_potential : U_p [V], where half of the pores are filled at equilibrium
    width : w_p [V]; V_T for independent sites, less where filling is cooperative, more where pores differ

    Written with tanh, which cannot overflow. Source: assumed: a bounded, monotone filling law.
    """
    return 0.5 * (1 - np.tanh((potential - cluster_potential) / (2 * width)))


def filling_potential(filling, cluster_potential, width):
    """U_xi = U_p - w_p ln(xi/(1 - xi)) [V], at which a filling would be in equilibrium: (8) inverted.

    Parameters
    ----------
    filling : xi [-], held inside [1e-6, 1 - 1e-6], any shape
    cluster_potential : U_p [V]
    width : w_p [V]

    Source: derived from ``equilibrium_filling``.
    """
    inside = np.minimum(np.maximum(filling, SMALLEST_FILLING), 1 - SMALLEST_FILLING)
    return cluster_potential - width * (np.log(inside) - np.log(1 - inside))


def relaxing_rate(filling, equilibrium, rate):
    """dxi/dt = k_p (xi_eq - xi) [s-1], (8) with U_ref -> infinity.

    Parameters
    ----------
    filling, equilibrium : xi and xi_eq [-]
    rate : k_p [s-1]

    Source: assumed: the simplest bounded and dissipative law.
    """
    return rate * (equilibrium - filling)


def driven_rate(filling, equilibrium, rate, overpotential, driving_potential):
    """dxi/dt = k_p (1 + |U_xi - U|/U_ref) (xi_eq - xi) [s-1] (8): faster the further from equilibrium.

    Parameters
    ----------
    filling, equilibrium : xi and xi_eq [-]
    rate : k_p [s-1], its value near equilibrium
    overpotential : U_xi - U [V]
    driving_potential : U_ref [V], at which the rate has doubled

    Source: assumed: the first-order expansion of a driven, bounded law.
    """
    return relaxing_rate(filling, equilibrium, rate) * (1 + abs(overpotential) / driving_potential)
