"""The geometry of a core-shell particle from sorption measurements, and back.

SI units throughout. Per kg of core: the CVD mass gain m, the volumes V_core and V_shell, the pore volume v_p.
Per kg of coated carbon: the external area a_ext and everything else that is measured on coated carbon. "The
paper" is Appel et al., core-shell hard carbon paper. Functions take floats or arrays and raise `InputError`
for a value out of range. The open fraction is that of docs/physics.md.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError

Number = float | NDArray[np.float64]


def above_zero(name: str, value: Number, unit: str) -> None:
    """Raise `InputError` unless every value is finite and above 0."""
    if not np.all(np.isfinite(value) & np.greater(value, 0)):
        raise InputError(f"{name} is {value} {unit}; it must be above 0")


def not_negative(name: str, value: Number, unit: str) -> None:
    """Raise `InputError` unless every value is finite and 0 or more."""
    if not np.all(np.isfinite(value) & np.greater_equal(value, 0)):
        raise InputError(f"{name} is {value} {unit}; it must be 0 or more")


def share(name: str, value: Number) -> None:
    """Raise `InputError` unless every value is from 0 to 1."""
    if not np.all(np.greater_equal(value, 0) & np.less_equal(value, 1)):
        raise InputError(f"{name} is {value}; it must be from 0 to 1")


def rough(value: Number) -> None:
    """Raise `InputError` unless every value is a roughness, 1 or more."""
    if not np.all(np.isfinite(value) & np.greater_equal(value, 1)):
        raise InputError(f"roughness is {value}; the smooth sphere is 1 and no surface has less")


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
    """Equation (2): delta = R - R_c [m]; an upper bound if phi_in is taken as 0."""
    above_zero("particle radius", particle_radius, "m")
    above_zero("core volume", core_volume, "m3/kg")
    not_negative("shell volume", shell_volume, "m3/kg")
    # not as a difference, in which a very thin shell would lose digits
    return -particle_radius * np.expm1(-np.log1p(shell_volume / core_volume) / 3)


def mass_gain_from_thickness(
    core_radius: Number,
    thickness: Number,
    core_volume: Number,
    shell_density: Number,
    fraction_inside: Number = 0.0,
) -> Number:
    """Equations (1) and (2) solved for m = V_core ((1 + delta/R_c)^3 - 1) rho_s/(1 - phi_in).

    R_c and delta [m], V_core [m3 per kg of core], rho_s [kg m-3], phi_in [-]; m [kg per kg of core] includes
    the CVD carbon in the pores. `InputError` for phi_in = 1: then the thickness does not give the mass.
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


def pores_left(pore_volume: Number, carbon_inside: Number) -> Number:
    """v_p minus the volume of carbon inside [m3 per kg of core]; `InputError` if the pores hold less."""
    not_negative("core pore volume", pore_volume, "m3/kg")
    not_negative("volume of carbon inside the pores", carbon_inside, "m3/kg")
    left = np.subtract(pore_volume, carbon_inside)
    if np.any(left < 0):
        raise InputError(
            f"the carbon inside the pores takes {carbon_inside} m3/kg, more than their {pore_volume} m3/kg; "
            "lower the mass gain or the fraction inside"
        )
    return left


AVOGADRO = 6.02214076e23  # 1/mol, exact by definition


def pore_volume_if_filled(pore_volume: Number, mass_gain: Number, shell_density: Number) -> Number:
    """Pore volume left if all CVD carbon were in the pores, (v_p - m/rho_s)/(1 + m).

    In m3 per kg of coated carbon, as measured on it. The paper has 0.78 and 0.80 cm3/g.
    """
    return pores_left(pore_volume, shell_volume(mass_gain, shell_density)) / (1 + mass_gain)


def porosity_if_filled(
    skeletal_density: Number, pore_volume: Number, mass_gain: Number, shell_density: Number
) -> Number:
    """Equation (3) if all CVD carbon were in the pores: porosity [-]. The paper has 58 and 63 %."""
    return porosity(skeletal_density, pore_volume, shell_volume(mass_gain, shell_density))


def mass_gain_to_fill_pores(pore_volume: Number, shell_density: Number, left: Number = 0.0) -> Number:
    """Mass gain that would fill the pores down to `left`, (v_p - left) rho_s [kg per kg of core].

    `left` is per kg of core. The paper takes the 0.01 cm3/g of its coated carbon for it (211 and 246 wt%);
    per gram of core that volume is 0.03 cm3/g, which gives 207 and 241 wt%.
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
        3.11e6 m2/kg, which times the uptake at 5 % relative pressure gives the area; the paper's 670 mg/g are
        at 90 %.
    """
    above_zero("cross section", cross_section, "m2")
    above_zero("molar mass", molar_mass, "kg/mol")
    return AVOGADRO * cross_section / molar_mass


def open_fraction(dec_area: Number, external_area: Number, core_area: Number, mass_gain: Number) -> Number:
    """Share of particles whose pores the solvent reaches, w = (A_DEC - a_ext)/(A_core/(1 + m) - a_ext) [-].

    Clipped to 0 to 1: for a sealed carbon it scatters around 0, since two measurements are subtracted.

    Parameters
    ----------
    dec_area, external_area : float or array
        A_DEC and a_ext [m2 per kg of coated carbon].
    core_area : float or array
        A_core, the area of the uncoated core by the same probe as A_DEC [m2 per kg of core].
    mass_gain : float or array
        m [kg per kg of core].

    Raises
    ------
    InputError
        The core has no area inside, A_core/(1 + m) <= a_ext: then areas cannot distinguish open from sealed.
    """
    not_negative("DEC area", dec_area, "m2/kg")
    not_negative("mass gain", mass_gain, "kg/kg")
    inside = core_area / (1 + mass_gain) - external_area
    above_zero(
        "area inside the core (its DEC area per coated carbon less the external area)", inside, "m2/kg"
    )
    return np.clip((dec_area - external_area) / inside, 0.0, 1.0)


THINNEST_SHELL = 1e-13
"""Thickness [m] below which there is no shell: a thousandth of an atom."""


@dataclass(frozen=True)
class Geometry:
    """A core-shell particle: the measured or designed numbers, and what follows from them.

    Attributes
    ----------
    core_radius : float
        R_c [m].
    mass_gain : float
        m [kg of CVD carbon per kg of core].
    core_skeletal_density, core_pore_volume, shell_skeletal_density : float
        rho_c [kg m-3], v_p [m3 per kg of core], rho_s [kg m-3].
    roughness, fraction_inside : float
        f_r and phi_in [-].

    Raises
    ------
    InputError
        A value is out of range, or the pores cannot hold the CVD carbon inside.
    """

    core_radius: float
    mass_gain: float
    core_skeletal_density: float
    core_pore_volume: float
    shell_skeletal_density: float
    roughness: float = 1.0
    fraction_inside: float = 0.0

    def __post_init__(self) -> None:
        above_zero("core radius", self.core_radius, "m")
        rough(self.roughness)
        _ = self.shell_volume, self.porosity  # refuse all other values out of range

    @property
    def core_volume(self) -> float:
        """V_core [m3 per kg of core]."""
        return float(core_volume(self.core_skeletal_density, self.core_pore_volume))

    @property
    def shell_volume(self) -> float:
        """V_shell [m3 per kg of core]."""
        return float(shell_volume(self.mass_gain, self.shell_skeletal_density, self.fraction_inside))

    @property
    def particle_radius(self) -> float:
        """Outer radius R [m]."""
        return self.core_radius * (1 + self.shell_volume / self.core_volume) ** (1 / 3)

    @property
    def shell_thickness(self) -> float:
        """Thickness delta of the shell [m]."""
        return float(shell_thickness(self.particle_radius, self.core_volume, self.shell_volume))

    @property
    def has_shell(self) -> bool:
        """Whether the CVD carbon outside the pores is at least as thick as `THINNEST_SHELL`."""
        return self.shell_thickness >= THINNEST_SHELL

    @property
    def particle_density(self) -> float:
        """rho_particle, pores included [kg m-3]."""
        return float(particle_density(self.mass_gain, self.core_volume, self.shell_volume))

    @property
    def external_area(self) -> float:
        """a_ext [m2 per kg of coated carbon]."""
        return float(external_area_from_radius(self.particle_radius, self.particle_density, self.roughness))

    @property
    def porosity(self) -> float:
        """Porosity of the core, with the CVD carbon inside it taken off [-]."""
        inside = self.fraction_inside * self.mass_gain / self.shell_skeletal_density
        return float(porosity(self.core_skeletal_density, self.core_pore_volume, inside))


def geometry_from_sorption(
    *,
    mass_gain: float,
    external_area: float,
    core_pore_volume: float,
    core_skeletal_density: float,
    shell_skeletal_density: float,
    roughness: float = 1.0,
    fraction_inside: float = 0.0,
) -> Geometry:
    """Return the particle from sorption measurements, by equations (1) and (2).

    Parameters
    ----------
    mass_gain : float
        m [kg per kg of core]; 0 for an uncoated carbon.
    external_area : float
        a_ext [m2 per kg of coated carbon].
    core_pore_volume, core_skeletal_density, shell_skeletal_density, roughness, fraction_inside : float
        As in `Geometry`.

    Returns
    -------
    Geometry
        R = 314 or 297 nm and delta = 9 or 8 nm for the paper's Core-Shell at 1.8 or 2.1 g/cm3 (main text, gas
        sorption paragraph).
    """
    core = core_volume(core_skeletal_density, core_pore_volume)
    shell = shell_volume(mass_gain, shell_skeletal_density, fraction_inside)
    radius = radius_from_external_area(external_area, particle_density(mass_gain, core, shell), roughness)
    return Geometry(
        core_radius=float(core_radius(radius, core, shell)),
        mass_gain=mass_gain,
        core_skeletal_density=core_skeletal_density,
        core_pore_volume=core_pore_volume,
        shell_skeletal_density=shell_skeletal_density,
        roughness=roughness,
        fraction_inside=fraction_inside,
    )


def geometry_from_design(
    core_radius: float,
    shell_thickness: float,
    *,
    core_pore_volume: float,
    core_skeletal_density: float,
    shell_skeletal_density: float,
    roughness: float = 1.0,
    fraction_inside: float = 0.0,
) -> Geometry:
    """Return the particle with a given R_c and delta [m]; mass gain and external area follow.

    The other parameters are as in `Geometry`.
    """
    volume = core_volume(core_skeletal_density, core_pore_volume)
    gain = mass_gain_from_thickness(
        core_radius, shell_thickness, volume, shell_skeletal_density, fraction_inside
    )
    return Geometry(
        core_radius=core_radius,
        mass_gain=float(gain),
        core_skeletal_density=core_skeletal_density,
        core_pore_volume=core_pore_volume,
        shell_skeletal_density=shell_skeletal_density,
        roughness=roughness,
        fraction_inside=fraction_inside,
    )


def with_radius(geometry: Geometry, radius: float) -> Geometry:
    """Return a particle with another R [m] and the same mass gain; delta and the core scale with R."""
    return replace(
        geometry, core_radius=float(core_radius(radius, geometry.core_volume, geometry.shell_volume))
    )
