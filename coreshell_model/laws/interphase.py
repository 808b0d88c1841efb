"""Growth of the solid-electrolyte interphase: finite reduction steps, then a logarithmic tail (12)-(14)."""

import numpy as np

from coreshell_model.laws.constants import FARADAY


def reduction_rate(potential, step_potential, rate, transfer_coefficient, supply_time, thermal_voltage):
    """r_k of (12) [s-1]: 1/r_k = exp(alpha F (phi - U_k)/RT)/k_k + tau.

    Parameters
    ----------
    potential : phi [V]
    step_potential : U_k [V]
    rate : k_k, rate constant at phi = U_k [s-1]
    transfer_coefficient : alpha [-]
    supply_time : tau [s], the solvent's way to its site, in series with the electron transfer
    thermal_voltage : RT/F [V]

    Source: Tafel law in series with a supply, as Koutecky and Levich add them.
    """
    slowness = np.exp(transfer_coefficient * (potential - step_potential) / thermal_voltage) / rate
    return 1 / (slowness + supply_time)


def growth_current_density(
    potential,
    thickness,
    exchange_current_density,
    growth_potential,
    decay_length,
    transfer_coefficient,
    thermal_voltage,
):
    """j_g = -j_0g exp(-alpha F (phi - U_g)/RT - L/lambda) [A.m-2] (13).

    Falls exponentially with the film's thickness L [m], so the film grows with the logarithm of time.
    Source: assumed: electron tunnelling through the film; register in docs/physics.md.
    """
    drive = -transfer_coefficient * (potential - growth_potential) / thermal_voltage
    return -exchange_current_density * np.exp(drive - thickness / decay_length)


def thickness_of(charge, molar_volume, electrons):
    """Thickness [m] of the film that a charge [C.m-2] leaves: q V/(z F), a term of (14)."""
    return charge * molar_volume / (electrons * FARADAY)
