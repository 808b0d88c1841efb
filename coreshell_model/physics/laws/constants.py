"""Physical constants, SI (CODATA 2018, as in ``scipy.constants``)."""

FARADAY = 96485.33212
"""Charge of one mole of electrons [C.mol-1]."""

GAS_CONSTANT = 8.314462618
"""R_g [J.mol-1.K-1]."""

CHARGE_OF_SODIUM_FILLED_VOLUME = 1128.0 * 3.6 / 1e-6
"""Charge of the bulk sodium that fills a volume [C.m-3]: 1128 mA.h per cm3, from the density
0.968 g.cm-3 and molar mass 22.99 g.mol-1 of the metal at 25 degC."""


def thermal_voltage(temperature):
    """V_T = R_g T/F [V] at ``temperature`` [K]."""
    return GAS_CONSTANT * temperature / FARADAY
