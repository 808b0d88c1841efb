"""Whether a core is filled, sealed or open: the arithmetic behind the answer.

SI units throughout; "the paper" is Appel et al., core-shell hard carbon paper. Functions take floats or
arrays and raise `InputError` for a value out of range. The open fraction is that of docs/physics.md.
"""

import numpy as np

from coreshell_model.sorption.bounds import Number, above_zero, not_negative
from coreshell_model.sorption.volumes import pores_left, porosity, shell_volume

AVOGADRO = 6.02214076e23  # 1/mol, exact by definition


def pore_volume_if_filled(pore_volume: Number, mass_gain: Number, shell_density: Number) -> Number:
    """Pore volume left if all the CVD carbon sat in the pores, (v_p - m/rho_s)/(1 + m).

    In m3 per kg of coated carbon, the basis of a measurement on it. The paper's 0.78 and 0.80 cm3/g.
    """
    return pores_left(pore_volume, shell_volume(mass_gain, shell_density)) / (1 + mass_gain)


def porosity_if_filled(
    skeletal_density: Number, pore_volume: Number, mass_gain: Number, shell_density: Number
) -> Number:
    """Equation (3) if all the CVD carbon sat in the pores: porosity [-]. The paper's 58 and 63 %."""
    return porosity(skeletal_density, pore_volume, shell_volume(mass_gain, shell_density))


def mass_gain_to_fill_pores(pore_volume: Number, shell_density: Number, left: Number = 0.0) -> Number:
    """Mass gain that would fill the pores down to `left`, (v_p - left) rho_s [kg per kg of core].

    `left` is per kg of core. The paper puts the 0.01 cm3/g of its coated carbon there (211 and 246 wt%); per
    gram of core that volume is 0.03 cm3/g, and 207 and 241 wt% would do.
    """
    above_zero("shell skeletal density", shell_density, "kg/m3")
    return pores_left(pore_volume, left) * shell_density


def dec_area_per_uptake(cross_section: Number = 0.61e-18, molar_mass: Number = 0.11813) -> Number:
    """Area covered by a monolayer of diethyl carbonate, N_A sigma/M [m2 per kg of DEC].

    Parameters
    ----------
    cross_section : float or array
        sigma [m2 per molecule]; 0.61 nm2 is the paper's (main text, diethyl carbonate paragraph).
    molar_mass : float or array
        M [kg mol-1]; 118.13 g/mol is that of C5H10O3.

    Returns
    -------
    float or array
        3.11e6 m2/kg. It turns uptake at 5 % relative pressure into area; the paper's 670 mg/g are at 90 %.
    """
    above_zero("cross section", cross_section, "m2")
    above_zero("molar mass", molar_mass, "kg/mol")
    return AVOGADRO * cross_section / molar_mass


def open_fraction(dec_area: Number, external_area: Number, core_area: Number, mass_gain: Number) -> Number:
    """Share of particles whose pores the solvent reaches, w = (A_DEC - a_ext)/(A_core/(1 + m) - a_ext) [-].

    Clipped to 0 to 1: a sealed carbon scatters around 0, DEC area and external area being two measurements.

    Parameters
    ----------
    dec_area, external_area : float or array
        A_DEC and a_ext [m2 per kg of coated carbon].
    core_area : float or array
        A_core, the uncoated core's area by the probe that gave A_DEC [m2 per kg of core].
    mass_gain : float or array
        m [kg per kg of core].

    Raises
    ------
    InputError
        The core has no area inside, A_core/(1 + m) <= a_ext: then areas do not tell open from sealed.
    """
    not_negative("DEC area", dec_area, "m2/kg")
    not_negative("mass gain", mass_gain, "kg/kg")
    inside = core_area / (1 + mass_gain) - external_area
    above_zero(
        "area inside the core (its DEC area per coated carbon less the external area)", inside, "m2/kg"
    )
    return np.clip((dec_area - external_area) / inside, 0.0, 1.0)
