"""One core-shell particle: from what sorption measured, or from the design wanted."""

from dataclasses import dataclass, replace

from coreshell_model.sorption.bounds import above_zero, rough
from coreshell_model.sorption.volumes import (
    core_radius,
    core_volume,
    external_area_from_radius,
    mass_gain_from_thickness,
    particle_density,
    porosity,
    radius_from_external_area,
    shell_thickness,
    shell_volume,
)

THINNEST_SHELL = 1e-13
"""Thickness [m] below which there is no shell: a thousandth of an atom."""


@dataclass(frozen=True)
class Geometry:
    """One core-shell particle: what is measured or designed, and all that follows from it.

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
        A value out of range, or more CVD carbon inside the pores than they hold.
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
        _ = self.shell_volume, self.porosity  # these refuse all other values out of range

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
        """R [m]."""
        return self.core_radius * (1 + self.shell_volume / self.core_volume) ** (1 / 3)

    @property
    def shell_thickness(self) -> float:
        """Delta [m]."""
        return float(shell_thickness(self.particle_radius, self.core_volume, self.shell_volume))

    @property
    def has_shell(self) -> bool:
        """Whether CVD carbon is left outside the pores, as thick as `THINNEST_SHELL` at least."""
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
        """Porosity of the core, less the CVD carbon inside it [-]."""
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
    """Return the particle that sorption measured, by equations (1) and (2).

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
    """Return the particle of a wanted R_c and delta [m]; mass gain and external area follow.

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


def with_thickness(geometry: Geometry, thickness: float) -> Geometry:
    """Return the same core with a shell of another delta [m]."""
    gain = mass_gain_from_thickness(
        geometry.core_radius,
        thickness,
        geometry.core_volume,
        geometry.shell_skeletal_density,
        geometry.fraction_inside,
    )
    return replace(geometry, mass_gain=float(gain))


def with_radius(geometry: Geometry, radius: float) -> Geometry:
    """Return a particle of another R [m] and the same mass gain: delta and the core grow with it."""
    return replace(
        geometry, core_radius=float(core_radius(radius, geometry.core_volume, geometry.shell_volume))
    )


def with_external_area(geometry: Geometry, external_area: float) -> Geometry:
    """Return a particle of another a_ext [m2 per kg of coated carbon] and the same mass gain."""
    return with_radius(
        geometry,
        float(radius_from_external_area(external_area, geometry.particle_density, geometry.roughness)),
    )
