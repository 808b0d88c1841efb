"""Isotherm results -> volumes, radii and density, and back: equations (1)-(3) of docs/physics.md.

SI units throughout. Per kg of core: the CVD mass gain m, the volumes V_core and V_shell, the pore volume v_p.
Per kg of coated carbon: the external area a_ext and whatever else is measured on it. "The paper" is
Appel et al., core-shell hard carbon paper. Functions take floats or arrays and raise `InputError` for a
value out of range.
"""

import numpy as np

from coreshell_model.errors import InputError
from coreshell_model.sorption.bounds import Number, above_zero, not_negative, rough, share


def core_volume(skeletal_density: Number, pore_volume: Number) -> Number:
    """Equation (1): V_core = 1/rho_c + v_p.

    Parameters
    ----------
    skeletal_density : float or array
        rho_c of the core's carbon [kg m-3], above 0.
    pore_volume : float or array
        v_p, total pore volume of the uncoated core [m3 per kg of core].

    Returns
    -------
    float or array
        V_core, carbon and pores [m3 per kg of core].
    """
    above_zero("core skeletal density", skeletal_density, "kg/m3")
    not_negative("core pore volume", pore_volume, "m3/kg")
    return 1 / skeletal_density + pore_volume


def shell_volume(mass_gain: Number, shell_density: Number, fraction_inside: Number = 0.0) -> Number:
    """Equation (1): V_shell = (1 - phi_in) m/rho_s.

    Parameters
    ----------
    mass_gain : float or array
        m, CVD carbon [kg per kg of core].
    shell_density : float or array
        rho_s, skeletal density of the CVD carbon [kg m-3], above 0.
    fraction_inside : float or array
        phi_in, the share of the CVD carbon inside the core's pores, where it adds no volume [-], 0 to 1.

    Returns
    -------
    float or array
        V_shell [m3 per kg of core].
    """
    not_negative("mass gain", mass_gain, "kg/kg")
    above_zero("shell skeletal density", shell_density, "kg/m3")
    share("fraction inside pores", fraction_inside)
    return (1 - fraction_inside) * mass_gain / shell_density


def particle_density(mass_gain: Number, core_volume: Number, shell_volume: Number) -> Number:
    """Equation (1): rho_particle = (1 + m)/(V_core + V_shell) [kg m-3], pores included."""
    not_negative("mass gain", mass_gain, "kg/kg")
    above_zero("core volume", core_volume, "m3/kg")
    not_negative("shell volume", shell_volume, "m3/kg")
    return (1 + mass_gain) / (core_volume + shell_volume)


def porosity(skeletal_density: Number, pore_volume: Number, carbon_inside: Number = 0.0) -> Number:
    """Equation (3): pores per volume of core, (v_p - v_in)/(1/rho_c + v_p) [-].

    v_in = phi_in m/rho_s [m3 per kg of core] is the CVD carbon in the pores; `InputError` if they hold less.
    The paper's Core, 1.18 cm3/g: 0.68 at 1.8 g/cm3, 0.71 at 2.1 (main text, gas sorption paragraph).
    """
    return pores_left(pore_volume, carbon_inside) / core_volume(skeletal_density, pore_volume)


def radius_from_external_area(external_area: Number, density: Number, roughness: Number = 1.0) -> Number:
    """Equation (2): R = 3 f_r/(rho_particle a_ext) [m].

    R is the radius of a smooth sphere of equal area, not a measured size. rho_particle [kg m-3]; a_ext [m2
    per kg of coated carbon]; f_r, the external area over that of the smooth sphere [-], is 1 or more, 1 by
    assumption.
    """
    above_zero("external area", external_area, "m2/kg")
    above_zero("particle density", density, "kg/m3")
    rough(roughness)
    return 3 * roughness / (density * external_area)


def external_area_from_radius(radius: Number, density: Number, roughness: Number = 1.0) -> Number:
    """Equation (2) solved for a_ext = 3 f_r/(rho_particle R) [m2 per kg of coated carbon]."""
    above_zero("particle radius", radius, "m")
    above_zero("particle density", density, "kg/m3")
    rough(roughness)
    return 3 * roughness / (density * radius)


def core_radius(particle_radius: Number, core_volume: Number, shell_volume: Number) -> Number:
    """Equation (2): R_c = R (V_core/(V_core + V_shell))^(1/3) [m]."""
    return particle_radius - shell_thickness(particle_radius, core_volume, shell_volume)


def shell_thickness(particle_radius: Number, core_volume: Number, shell_volume: Number) -> Number:
    """Equation (2): delta = R - R_c [m]; an upper bound as long as phi_in is taken as 0."""
    above_zero("particle radius", particle_radius, "m")
    above_zero("core volume", core_volume, "m3/kg")
    not_negative("shell volume", shell_volume, "m3/kg")
    # not as a difference, in which a very thin shell would lose its digits
    return -particle_radius * np.expm1(-np.log1p(shell_volume / core_volume) / 3)


def mass_gain_from_thickness(
    core_radius: Number,
    thickness: Number,
    core_volume: Number,
    shell_density: Number,
    fraction_inside: Number = 0.0,
) -> Number:
    """Equations (1) and (2) solved for m = V_core ((1 + delta/R_c)^3 - 1) rho_s/(1 - phi_in).

    R_c and delta [m], V_core [m3 per kg of core], rho_s [kg m-3], phi_in [-]; m [kg per kg of core] counts
    the CVD carbon in the pores too. `InputError` for phi_in = 1: then no thickness tells the mass.
    """
    above_zero("core radius", core_radius, "m")
    not_negative("shell thickness", thickness, "m")
    above_zero("core volume", core_volume, "m3/kg")
    above_zero("shell skeletal density", shell_density, "kg/m3")
    share("fraction inside pores", fraction_inside)
    if np.any(np.equal(fraction_inside, 1)):
        raise InputError("fraction inside pores is 1: no carbon is left for a shell; give a fraction below 1")
    volume = core_volume * np.expm1(3 * np.log1p(thickness / core_radius))
    return volume * shell_density / (1 - fraction_inside)


def pores_left(pore_volume: Number, taken: Number) -> Number:
    """v_p less the volume of carbon inside [m3 per kg of core]; `InputError` if the pores hold less."""
    not_negative("core pore volume", pore_volume, "m3/kg")
    not_negative("volume of carbon inside the pores", taken, "m3/kg")
    left = np.subtract(pore_volume, taken)
    if np.any(left < 0):
        raise InputError(
            f"the carbon inside the pores takes {taken} m3/kg, more than their {pore_volume} m3/kg; "
            "lower the mass gain or the fraction inside"
        )
    return left
