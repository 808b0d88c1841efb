"""Pairs of numbers of a material that no carbon can have together."""

from collections.abc import Iterator

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import TAKEN_FROM, Quantity
from coreshell_model.base.units import from_si
from coreshell_model.inputs.sections import Particle, Pores, PorousCarbon, Shell

ROUNDING = 1e-9
"""Share by which a number may pass another that it is given equal to."""

NARROWEST_PORE = 1e-10
"""Mean width [m] of a wetted slit, twice its volume over its walls: below an atom nothing can enter."""


def check_together(
    particle: Particle, carbon: PorousCarbon, section: str, pores: Pores | None, shell: Shell | None = None
) -> None:
    """Refuse numbers of which each is possible, but not beside the other.

    Parameters
    ----------
    particle, carbon, pores, shell : of one material
    section : the name of the carbon's section, which its numbers have in front

    Raises
    ------
    InputError
        All of them in one line: both names, both values, and which to set.
    """
    found = list(_around_the_core(particle, carbon, section, shell))
    if not sealed(pores):
        found = [*_in_the_pores(carbon, section, pores), *found]
    if found:
        raise InputError("; also ".join(found))


def sealed(pores: Pores | None) -> bool:
    """True where no electrolyte enters the pores whatever the shell: numbers of wetted pores are unused."""
    return pores is None or (pores.open_fraction is not None and pores.open_fraction.si == 0)


def unused_contradictions(carbon: PorousCarbon, section: str, pores: Pores | None) -> list[str]:
    """Of sealed particles: numbers of wetted pores that could not be used as they are, as sentences."""
    if not sealed(pores):
        return []
    return [
        f"{said}; it does not count while pores.open_fraction is 0"
        for said in _in_the_pores(carbon, section, pores)
    ]


def _in_the_pores(carbon: PorousCarbon, section: str, pores: Pores | None) -> Iterator[str]:
    if pores is None:
        return
    volume, accessible, walls = carbon.pore_volume, pores.accessible_volume, pores.wall_area
    if _above(accessible.si, volume.si):
        remedy = f"set pores.accessible_volume to at most {_like(volume.si, accessible)}"
        if volume.si == 0:
            remedy = "without pores leave the pores section out"
        yield _said(
            ("pores.accessible_volume", accessible),
            "more than",
            (f"{section}.pore_volume", volume),
            f"electrolyte cannot enter more pores than there are; {remedy}",
        )
    most = 2 * min(accessible.si, volume.si or accessible.si) / NARROWEST_PORE
    if _above(walls.si, most):
        yield _said(
            ("pores.wall_area", walls),
            "too much for",
            ("pores.accessible_volume", accessible),
            f"its pores would be narrower than an atom; set pores.wall_area to at most {_like(most, walls)}",
        )


def _around_the_core(
    particle: Particle, carbon: PorousCarbon, section: str, shell: Shell | None
) -> Iterator[str]:
    if shell is None:
        return
    radius, thickness = particle.radius, shell.thickness
    if radius is not None and thickness is not None and thickness.si >= radius.si:
        yield (
            f"shell.thickness is {thickness}{_whose(thickness)}, not less than the particle's radius of "
            f"{radius}{_whose(radius)}, particle.radius: no core is left; make the shell thinner or the "
            "particle larger"
        )
    gain, inside = shell.mass_gain, shell.fraction_inside
    if gain is not None and inside is not None:
        most = carbon.pore_volume.si * shell.skeletal_density.si / gain.si
        if _above(inside.si, most):
            yield _said(
                ("shell.fraction_inside", inside),
                "too much for",
                (f"{section}.pore_volume", carbon.pore_volume),
                f"at shell.mass_gain {gain} the pores hold a share of {most:.4g} of the shell's carbon; "
                "lower the mass gain, or set shell.fraction_inside to at most that share",
            )


def _above(value: float, most: float) -> bool:
    return value > most * (1 + ROUNDING)


def _like(si: float, given: Quantity) -> str:
    """A value in the unit of a given number."""
    return f"{from_si(si, given.unit):.4g} {given.unit}".removesuffix(" 1")


def _said(one: tuple[str, Quantity], how: str, other: tuple[str, Quantity], remedy: str) -> str:
    (name, value), (other_name, other_value) = one, other
    return (
        f"{name} is {value}{_whose(value)}, {how} {other_name}, {other_value}{_whose(other_value)}: {remedy}"
    )


def _whose(number: Quantity) -> str:
    """Of a number that was taken over: from which material, so that it is known for the one to replace."""
    if not number.source.startswith(TAKEN_FROM):
        return ""
    return f" (still {number.source.split(':')[0]})"
