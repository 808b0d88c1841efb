"""The dependence of rates and diffusivities on temperature (51)."""

import math

from coreshell_model.physics.laws.constants import GAS_CONSTANT

REFERENCE = 298.15
"""Temperature [K] of the numbers in a material's file."""


def arrhenius(activation_energy: float, temperature: float) -> float:
    """exp(-(E_a/R_g) (1/T - 1/T_0)) [-] (51): a rate at T over that at T_0 = 298.15 K.

    Parameters
    ----------
    activation_energy : E_a [J.mol-1]
    temperature : T [K]

    Source: Arrhenius.
    """
    return math.exp(-activation_energy / GAS_CONSTANT * (1 / temperature - 1 / REFERENCE))
