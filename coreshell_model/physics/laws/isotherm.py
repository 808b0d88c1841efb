"""Isotherms of sodium on sloping sites and in traps."""

import numpy as np

SMALLEST_OCCUPANCY = 1e-12
"""Distance from 0 and 1 at which occupancies are held inside logarithms, and only there."""


def _inside(theta):
    return np.minimum(np.maximum(theta, SMALLEST_OCCUPANCY), 1 - SMALLEST_OCCUPANCY)


def mean_field_potential(theta, standard_potential, interaction, strong_potential=0.0, strong_share=1.0):
    """E(theta) = E0 - g theta + h (1 - tanh(theta/s)), U without its configurational part (4), (45).

    Parameters
    ----------
    theta : occupancy of the sites [-], any shape, held at 0 or above in the last term
    standard_potential : E0 [V]
    interaction : g [V], fall of the potential as the sites fill
    strong_potential : h [V], by which the first sites bind more strongly; with 0 the isotherm is (4)
    strong_share : s [-], share of the sites within which the stronger binding ends

    Source: Temkin-Frumkin isotherm; the last term is assumed: smooth, bounded and monotone, the quantiles of
    a distribution of site energies.
    """
    mean_field = standard_potential - interaction * theta
    if isinstance(strong_potential, float | int) and strong_potential == 0:
        return mean_field
    return mean_field + strong_potential * (1 - np.tanh(np.maximum(theta, 0) / strong_share))


def equilibrium_potential(
    theta, standard_potential, interaction, thermal_voltage, strong_potential=0.0, strong_share=1.0
):
    """U(theta) = E(theta) - V_T ln(theta/(1 - theta)) [V] (4), (45); monotone for g, h >= 0.

    Parameters
    ----------
    theta : occupancy of the sites [-], any shape, held inside [1e-12, 1 - 1e-12]
    standard_potential : E0 [V]
    interaction : g [V]
    thermal_voltage : V_T [V]
    strong_potential, strong_share : h [V] and s [-]

    Source: Temkin-Frumkin isotherm, as in ``docs/physics.md``.
    """
    inside = _inside(theta)
    mean_field = mean_field_potential(theta, standard_potential, interaction, strong_potential, strong_share)
    return mean_field - thermal_voltage * (np.log(inside) - np.log(1 - inside))


def occupancy_at(
    potential, standard_potential, interaction, thermal_voltage, strong_potential=0.0, strong_share=1.0
):
    """The occupancy theta in equilibrium at ``potential`` [V]: the inverse of (4).

    It is solved for y = ln(theta/(1 - theta)), in which (4) is monotone and nearly linear, so that
    occupancies as small as 1e-300 are exact.

    Parameters
    ----------
    potential : U [V], a number
    standard_potential, interaction, thermal_voltage : E0, g and V_T of (4) [V]
    strong_potential, strong_share : h [V] and s [-] of (45)

    Source: derived from (4).
    """
    from scipy.optimize import root_scalar

    def residual(y):
        theta = 1 / (1 + np.exp(-y))
        mean_field = mean_field_potential(
            theta, standard_potential, interaction, strong_potential, strong_share
        )
        return mean_field - thermal_voltage * y - potential

    span = abs(standard_potential - potential) + abs(interaction) + abs(strong_potential)
    far = min(span / thermal_voltage + 1, 700.0)
    y = root_scalar(residual, bracket=(-far, far)).root
    return float(1 / (1 + np.exp(-y)))


def occupancies_at(
    potential, standard_potential, interaction, thermal_voltage, strong_potential=0.0, strong_share=1.0
):
    """The occupancies theta in equilibrium at many potentials [V], interpolated in a table of (4).

    The points of the table are 0.02 apart in ln(theta/(1 - theta)), from -60 to 60. Between two of them (4)
    is linear within 1e-6 V.

    Parameters
    ----------
    potential : U [V], an array
    standard_potential, interaction, thermal_voltage : E0, g and V_T of (4) [V]
    strong_potential, strong_share : h [V] and s [-] of (45)

    Source: derived from (4).
    """
    odds = np.linspace(-60.0, 60.0, 6001)
    theta = 1 / (1 + np.exp(-odds))
    mean_field = mean_field_potential(theta, standard_potential, interaction, strong_potential, strong_share)
    falling = mean_field - thermal_voltage * odds
    return np.interp(potential, falling[::-1], theta[::-1])


def tail_filling(potential, width):
    """exp(-U/w): filling of sites with exponentially distributed energies, over that at 0 V (39).

    Parameters
    ----------
    potential : U [V], any shape
    width : w [V]

    Source: Freundlich's isotherm, x proportional to a power of the activity exp(-F U/RT).
    """
    return np.exp(-potential / width)
