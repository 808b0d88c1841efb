"""Charge transfer between electrolyte and carbon (10), (11), and at the sodium metal (16)."""

import numpy as np


def exchange_current_density(theta, reference):
    """j0 = 2 j00 sqrt(theta (1 - theta)) [A.m-2] (10), which is zero for empty and for full sites.

    Parameters
    ----------
    theta : occupancy of the sites at the surface [-], held inside [0, 1]
    reference : j00 [A.m-2], the value at theta = 1/2

    Source: Butler-Volmer with symmetric transfer, the concentration of the electrolyte being constant.
    """
    inside = np.minimum(np.maximum(theta, 0), 1)
    return 2 * reference * np.sqrt(inside * (1 - inside))


def reference_with_salt(reference, activity):
    """j00 (c/c_0)^(1/2) [A.m-2], which replaces j00 in (10) if the salt concentration has changed.

    Parameters
    ----------
    reference : j00 at the initial concentration [A.m-2]
    activity : c/c_0 [-], above 0

    Source: Butler-Volmer with symmetric transfer, as in PyBaMM's Doyle-Fuller-Newman model.
    """
    return reference * np.sqrt(activity)


def charge_transfer(theta, potential, mean_field_potential, reference, thermal_voltage):
    """j_far = 2 j00 [theta e^x - (1 - theta) e^-x], x = (phi - E(theta))/2V_T [A.m-2] (11).

    Parameters
    ----------
    theta : occupancy of the sites at the surface [-]
    potential : phi, potential difference across the double layer [V]
    mean_field_potential : E(theta) of (4) [V]
    reference : j00 [A.m-2]
    thermal_voltage : V_T [V]

    Source: Butler-Volmer (10) with (4) inserted, in which the logarithm cancels.
    """
    forward = np.exp((potential - mean_field_potential) / (2 * thermal_voltage))
    return 2 * reference * (theta * forward - (1 - theta) / forward)


def charge_transfer_through_layer(
    theta_inside, layer_resistance, potential, mean_field_potential, reference, thermal_voltage
):
    """(11) in series with diffusion through a thin layer of carbon, without the surface occupancy [A.m-2].

    The layer is the half cell next to the surface. Its diffusion gives the surface occupancy
    theta_s = theta_inside - j_far ``layer_resistance``, with which (11) is linear in j_far. As the surface
    runs empty or full the current tends to the diffusion-limited one instead of diverging.

    Parameters
    ----------
    theta_inside : occupancy on the inner side of the layer [-]
    layer_resistance : f_r dr/(2 F D c_s) [m2.A-1], with dr the width of the outermost cell
    potential, mean_field_potential, reference, thermal_voltage : as in ``charge_transfer``; E is taken at the
        occupancy extrapolated to the surface

    Source: derived from (6) and (11).
    """
    forward = np.exp((potential - mean_field_potential) / (2 * thermal_voltage))
    driving = charge_transfer(theta_inside, potential, mean_field_potential, reference, thermal_voltage)
    return driving / (1 + 2 * reference * layer_resistance * (forward + 1 / forward))


def counter_electrode_overpotential(current_density, exchange_current_density, thermal_voltage):
    """2 V_T arsinh(i/2j_Na) [V], by which the polarised sodium metal lowers the cell's voltage (16).

    Parameters
    ----------
    current_density, exchange_current_density : i and j_Na, per electrode area [A.m-2]
    thermal_voltage : V_T [V]

    Source: symmetric Butler-Volmer law.
    """
    return 2 * thermal_voltage * np.arcsinh(current_density / (2 * exchange_current_density))
