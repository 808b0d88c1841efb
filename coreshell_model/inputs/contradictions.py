"""Pairs of numbers of a material that no carbon can have together."""

from collections.abc import Iterator

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import TAKEN_FROM, Quantity
from coreshell_model.base.units import from_si
from coreshell_model.inputs.sections import Particle, Pores, PorousCarbon, Shell

ROUNDING = 1e-9
"""Share by which a number may exceed its limit, for the rounding of numbers that are meant to be equal."""

NARROWEST_PORE = 1e-10
"""Least mean width [m] of a wetted slit, twice its volume over its wall area: that of an atom."""


def check_together(
    particle: Particle, carbon: PorousCarbon, section: str, pores: Pores | None, shell: Shell | None = None
) -> None:
    """Refuse numbers that are possible each for itself, but not together; all such pairs in one message.

    Parameters
    ----------
    particle, carbon, pores, shell : of one material
    section : name of the carbon's section in the file
    """
    contradictions = list(_around_the_core(particle, carbon, section, shell))
    if not sealed(pores):
        contradictions = [*_in_the_pores(carbon, section, pores), *contradictions]
    if contradictions:
        raise InputError("; also ".join(contradictions))


def sealed(pores: Pores | None) -> bool:
    """Whether no electrolyte enters the pores whatever the shell: numbers of wetted pores are unused."""
    return pores is None or (pores.open_fraction is not None and pores.open_fraction.si == 0)


def unused_contradictions(carbon: PorousCarbon, section: str, pores: Pores | None) -> list[str]:
    """Sentences about contradicting numbers of wetted pores in a sealed particle, which does not use them."""
    if not sealed(pores):
        return []
    return [
        f"{contradiction}; it does not count while pores.open_fraction is 0"
        for contradiction in _in_the_pores(carbon, section, pores)
    ]


def _in_the_pores(carbon: PorousCarbon, section: str, pores: Pores | None) -> Iterator[str]:
    if pores is None:
        return
    volume, accessible, walls = carbon.pore_volume, pores.accessible_volume, pores.wall_area
    if _exceeds(accessible.si, volume.si):
        remedy = f"set pores.accessible_volume to at most {_in_unit_of(volume.si, accessible)}"
        if volume.si == 0:
            remedy = "without pores leave the pores section out"
        yield _contradiction(
            ("pores.accessible_volume", accessible),
            "more than",
            (f"{section}.pore_volume", volume),
            f"electrolyte cannot enter more pores than there are; {remedy}",
        )
    most = 2 * min(accessible.si, volume.si or accessible.si) / NARROWEST_PORE
    if _exceeds(walls.si, most):
        yield _contradiction(
            ("pores.wall_area", walls),
            "too much for",
            ("pores.accessible_volume", accessible),
            "its pores would be narrower than an atom; set pores.wall_area to at most "
            f"{_in_unit_of(most, walls)}",
        )


def _around_the_core(
    particle: Particle, carbon: PorousCarbon, section: str, shell: Shell | None
) -> Iterator[str]:
    if shell is None:
        return
    radius, thickness = particle.radius, shell.thickness
    if radius is not None and thickness is not None and thickness.si >= radius.si:
        yield (
            f"shell.thickness is {thickness}{_origin(thickness)}, not less than the particle's radius of "
            f"{radius}{_origin(radius)}, particle.radius: no core is left; make the shell thinner or the "
            "particle larger"
        )
    gain, inside = shell.mass_gain, shell.fraction_inside
    if gain is not None and inside is not None:
        most = carbon.pore_volume.si * shell.skeletal_density.si / gain.si
        if _exceeds(inside.si, most):
            yield _contradiction(
                ("shell.fraction_inside", inside),
                "too much for",
                (f"{section}.pore_volume", carbon.pore_volume),
                f"at shell.mass_gain {gain} the pores hold a share of {most:.4g} of the shell's carbon; "
                "lower the mass gain, or set shell.fraction_inside to at most that share",
            )


def _exceeds(value: float, most: float) -> bool:
    return value > most * (1 + ROUNDING)


def _in_unit_of(si: float, number: Quantity) -> str:
    """A value [SI] as text in the unit of a number."""
    return f"{from_si(si, number.unit):.4g} {number.unit}".removesuffix(" 1")


def _contradiction(
    first: tuple[str, Quantity], relation: str, second: tuple[str, Quantity], remedy: str
) -> str:
    (name, value), (other_name, other_value) = first, second
    other = f"{other_name}, {other_value}{_origin(other_value)}"
    return f"{name} is {value}{_origin(value)}, {relation} {other}: {remedy}"


def _origin(number: Quantity) -> str:
    """The material that a number was taken over from, if it was: then it is the number to replace."""
    if not number.source.startswith(TAKEN_FROM):
        return ""
    return f" (still {number.source.split(':')[0]})"
