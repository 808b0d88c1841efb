"""The geometry of a core-shell particle from the two of its dimensions that a material gives."""

from scipy.optimize import root_scalar

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import Quantity
from coreshell_model.inputs import sorption
from coreshell_model.inputs.sections import Particle, PorousCarbon, Shell


def core_shell_geometry(size: Particle, core: PorousCarbon, shell: Shell) -> sorption.Geometry:
    """The geometry of a core-shell particle, by equations (1) and (2).

    Raises
    ------
    InputError
        Dimensions exclude each other, or the shell is thinner than `sorption.THINNEST_SHELL`.
    """
    geometry = _geometry(size, core, shell)
    if not geometry.has_shell:
        raise InputError(
            f"no carbon is left for a shell: it is {geometry.shell_thickness * 1e9:.4g} nm thick, less than "
            f"{sorption.THINNEST_SHELL * 1e9:g} nm; lower shell.fraction_inside, or make the shell thicker "
            "or the particle larger"
        )
    return geometry


def _geometry(size: Particle, core: PorousCarbon, shell: Shell) -> sorption.Geometry:
    carbons = {
        "core_pore_volume": core.pore_volume.si,
        "core_skeletal_density": core.skeletal_density.si,
        "shell_skeletal_density": shell.skeletal_density.si,
        "roughness": roughness_of(size),
        "fraction_inside": shell.fraction_inside.si if shell.fraction_inside is not None else 0.0,
    }
    if shell.thickness is None:
        gain = _si(shell.mass_gain)
        if size.external_area is not None:
            return sorption.geometry_from_sorption(
                mass_gain=gain, external_area=size.external_area.si, **carbons
            )
        any_size = sorption.geometry_from_sorption(mass_gain=gain, external_area=1e4, **carbons)
        if size.radius is not None:
            return sorption.with_radius(any_size, size.radius.si)
        scale = _si(size.core_radius) / any_size.core_radius
        return sorption.with_radius(any_size, any_size.particle_radius * scale)
    thickness = shell.thickness.si
    if size.core_radius is not None:
        core_radius = size.core_radius.si
    elif size.radius is not None:
        core_radius = size.radius.si - thickness
    else:
        core_radius = _core_of_area(_si(size.external_area), thickness, carbons)
    return sorption.geometry_from_design(core_radius, thickness, **carbons)


def roughness_of(size: Particle) -> float:
    """The roughness of a particle, 1 where none is given."""
    return size.roughness.si if size.roughness is not None else 1.0


def _si(dimension: Quantity | None) -> float:
    assert dimension is not None  # by the validation of the material
    return dimension.si


def _core_of_area(external_area: float, thickness: float, carbons: dict) -> float:
    """The core radius [m] at which a particle with a shell of this thickness has the external area."""
    smallest, largest = 1e-3 * thickness, 1e9 * thickness
    limit = sorption.geometry_from_design(largest, thickness, **carbons)  # refuses impossible carbons
    core_volume = limit.core_volume
    gain_per_volume = limit.shell_skeletal_density / (1 - limit.fraction_inside)

    def excess(core_radius: float) -> float:
        """Relative excess of the area by (1) and (2), in plain floats because it is solved for many times."""
        grown = (1 + thickness / core_radius) ** 3
        mass = 1 + gain_per_volume * core_volume * (grown - 1)
        area = 3 * limit.roughness * core_volume * grown / ((core_radius + thickness) * mass)
        return area / external_area - 1

    if excess(smallest) < 0:
        raise InputError(
            f"a shell of {thickness * 1e9:.4g} nm leaves less than {external_area / 1e3:.4g} m2/g "
            "on any core; make the shell thinner or the external area smaller"
        )
    if excess(largest) > 0:
        raise InputError(
            f"a shell of {thickness * 1e9:.4g} nm and {external_area / 1e3:.4g} m2/g ask for a core beyond "
            f"{largest:.4g} m; make the shell thicker or the external area larger"
        )
    return float(root_scalar(excess, bracket=(smallest, largest), xtol=1e-18, rtol=1e-14).root)
