"""Growth of the solid-electrolyte interphase: finite reduction steps, then a logarithmic tail (12)-(14)."""

import numpy as np

from coreshell_model.physics.laws.constants import FARADAY


def reduction_rate(potential, step_potential, rate, transfer_coefficient, supply_time, thermal_voltage):
    """kappa_k of (12) [s-1]: 1/kappa_k = exp(alpha (phi - U_k)/V_T)/k_k + tau.

    Parameters
    ----------
    potential : phi [V]
    step_potential : U_k [V]
    rate : k_k, rate constant at phi = U_k [s-1]
    transfer_coefficient : alpha [-]
    supply_time : tau [s], of the solvent to its site, in series with the electron transfer
    thermal_voltage : V_T [V]

    Source: Tafel law in series with a supply, added as by Koutecky and Levich.
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
    """j_g = -j_0g exp(-alpha (phi - U_g)/V_T - L/lambda) [A.m-2] (13).

    It falls exponentially with the film's thickness, so the film grows with the logarithm of time.

    Parameters
    ----------
    potential : phi [V]
    thickness : L [m]
    exchange_current_density : j_0g [A.m-2], the current of a bare surface at U_g
    growth_potential : U_g [V]
    decay_length : lambda [m]
    transfer_coefficient : alpha [-]
    thermal_voltage : V_T [V]

    Source: assumed: electron tunnelling through the film; register in docs/physics.md.
    """
    drive = -transfer_coefficient * (potential - growth_potential) / thermal_voltage
    return -exchange_current_density * np.exp(drive - thickness / decay_length)


def thickness_of(charge, molar_volume, electrons):
    """Thickness q V/(z F) [m] of the film that a charge forms: a term of (14).

    Parameters
    ----------
    charge : q [C.m-2]
    molar_volume : V, of the film [m3.mol-1]
    electrons : z, electrons for each mole of film [-]

    Source: Faraday's law.
    """
    return charge * molar_volume / (electrons * FARADAY)


def dissolution_current_density(grown, dissolved, rate, saturation):
    """j_d = k_d q_g/(1 + q_d/q_s) [A.m-2] (48): the current density of film that dissolves, ever more slowly.

    Dissolved film diffuses away through a layer that grows with it, so that a film in balance with its
    growth loses charge with the square root of time.

    Parameters
    ----------
    grown : q_g, charge of the film that grew by (13) and has not dissolved [C.m-2]
    dissolved : q_d, charge of the dissolved film [C.m-2]
    rate : k_d, in fresh electrolyte [s-1]
    saturation : q_s, dissolved charge at which the rate has halved [C.m-2]

    Source: assumed: dissolution into a diffusion layer.
    """
    return rate * grown / (1 + dissolved / saturation)
