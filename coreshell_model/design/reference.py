"""The reference design of a sweep, and numbers that follow from its variables."""

from collections.abc import Iterator, Sequence
from itertools import product

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.base.tables import shown_setting
from coreshell_model.base.units import from_si, is_celsius, to_si
from coreshell_model.design.problem import Problem
from coreshell_model.design.space import Axis
from coreshell_model.design.variables import DEFAULT_SEAL, states_a_seal
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, path_of, unit_of
from coreshell_model.inputs.material import CoreShellMaterial, Material, sources
from coreshell_model.inputs.particle import STATED, shape_of
from coreshell_model.inputs.ranges import input_warnings
from coreshell_model.observe.clusters import FORMED, SHARE
from coreshell_model.observe.full_cell import PLATING


def reference_value(name: str, problem: Problem) -> tuple[float, str]:
    """Value and unit of a variable in the design of a problem, given or derived from other numbers.

    A temperature is in kelvin, of which a share can be taken.

    Raises
    ------
    InputError
        The design has no such number, or it is 0, so that a share of it is no step.
    """
    material, protocol = problem.point({})
    path = path_of(name, material)
    numbers = sources(material)
    numbers |= {f"{PROTOCOL_PREFIX}{key}": number for key, number in sources(protocol).items()}
    unit = unit_of(name, material, protocol)
    unit = "K" if is_celsius(unit) else unit
    derived = _derived(material)
    if path in numbers:
        number = numbers[path]  # some numbers of a protocol are not in SI until a step has them
        value = from_si(to_si(number.value, number.unit, unit), unit)
    elif path in derived:
        value = from_si(derived[path], unit)
    else:
        raise InputError(f"{brief(name)}: {material.name} has no number {path}; leave it out")
    if value == 0:
        raise InputError(f"{brief(name)} is 0 in {material.name}; a step is a share of it, so leave it out")
    return value, unit


def _derived(material: Material) -> dict[str, float]:
    """Dimensions that follow from those in the material's file, in SI units."""
    shape = shape_of(material)
    numbers = {"particle.radius": shape.radius, "particle.external_area": shape.external_area}
    if isinstance(material, CoreShellMaterial):
        geometry = material.geometry
        numbers |= {"shell.thickness": geometry.shell_thickness, "shell.mass_gain": geometry.mass_gain}
        numbers |= {"particle.core_radius": geometry.core_radius}
    return numbers


def followed(problem: Problem, axes: Sequence[Axis] = ()) -> list[str]:
    """Sentences on numbers that were kept or moved by the design, or are not usual, at both ends of the axes.

    An end that is no possible design is left out. The material's caution holds for all points.
    """
    sentences: dict[str, None] = {}
    ends = ("lowest", "highest") if axes else ("",)
    for end in ends:
        values = {axis.name: axis.text(_end(axis, end)) for axis in axes}
        try:
            material, protocol = problem.point(values)
        except InputError:
            continue
        where = f", at {', '.join(f'{name} {text}' for name, text in _short(axes, end))}" if axes else ""
        for text in input_warnings(material, protocol):
            everywhere = text == material.caution
            sentences[text if everywhere else f"{text}{where}"] = None
    return list(sentences)


def deposits(lowest: Sequence[float]) -> list[str]:
    """The warning that sodium may deposit in some full cells, by the lowest carbon potential of each [V]."""
    below = [potential for potential in lowest if potential < PLATING]
    if not below:
        return []
    return [
        f"{len(below)} of {len(lowest)} solved designs: the carbon comes below 0 V against sodium, to "
        f"{1e3 * min(below):.3g} mV: sodium metal may deposit there, which the model does not have; raise "
        "the N/P ratio, charge more slowly or to a lower voltage"
    ]


def without_clusters(unformed: int, solved: int, is_full: bool = False) -> list[str]:
    """The warning that some designs were sodiated without most of their clusters (55)."""
    if not unformed:
        return []
    remedy = (
        "charge more slowly or, where the carbon stays above 0 V, lower the N/P ratio"
        if is_full
        else "hold longer, to a lower current, or cycle more slowly"
    )
    return [
        f"{unformed} of {solved} solved designs: the first sodiation ended before half of the clusters "
        f"formed ({SHARE!r} below {FORMED:g}), so that efficiency and capacity lack most of the "
        f"plateau, which is of the {'cell' if is_full else 'protocol'} and not of the particle; {remedy}"
    ]


def without_seal_law(problem: Problem, axes: Sequence[Axis]) -> list[str]:
    """A sentence that thin shells are as tight as thick ones, where the shell varies and no seal law is used.

    The thickness varies also where it follows from another variable, as from the external area.
    """
    material = problem.material
    if not isinstance(material, CoreShellMaterial) or material.pores is None or states_a_seal(material):
        return []
    thicknesses = [
        changed.geometry.shell_thickness
        for changed in _sampled(problem, axes)
        if isinstance(changed, CoreShellMaterial)
    ]
    if not thicknesses or max(thicknesses) <= min(thicknesses) * (1 + STATED):
        return []
    return [
        f"no seal law is used: pores.open_fraction is {material.pores.open_fraction} for every shell, so a "
        f"thin one is as tight as a thick one; add --seal {DEFAULT_SEAL} for the law that `coreshell design` "
        "uses"
    ]


MOST_COMBINED = 4
"""Axes up to which all combinations of their places are looked at; of more, the diagonal of the space."""


def _sampled(problem: Problem, axes: Sequence[Axis]) -> Iterator[Material]:
    """The possible designs among those with each axis at its low end, its middle or its high end."""
    places = [(_end(axis, "lowest"), _middle(axis), _end(axis, "highest")) for axis in axes]
    for values in product(*places) if len(axes) <= MOST_COMBINED else zip(*places, strict=True):
        try:
            yield problem.point(
                {axis.name: axis.text(value) for axis, value in zip(axes, values, strict=True)}
            )[0]
        except InputError:
            continue


def _middle(axis: Axis) -> float:
    return sorted(axis.values)[len(axis.values) // 2] if axis.values else (axis.low + axis.high) / 2


def _end(axis: Axis, end: str) -> float:
    return axis.ends[0 if end == "lowest" else 1]


def _short(axes: Sequence[Axis], end: str) -> list[tuple[str, str]]:
    return [(axis.name, f"{shown_setting(_end(axis, end))} {axis.unit}".removesuffix(" 1")) for axis in axes]
