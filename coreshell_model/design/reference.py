"""The design that a sweep varies about, and what follows from its variables."""

from collections.abc import Sequence

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.base.units import from_si, to_si
from coreshell_model.design.problem import Problem
from coreshell_model.design.space import Axis
from coreshell_model.design.variables import unit_of
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, path_of
from coreshell_model.inputs.material import CoreShellMaterial, Material, sources
from coreshell_model.inputs.particle import consequences, shape_of


def reference_value(name: str, problem: Problem) -> tuple[float, str]:
    """A variable's value and unit in the design that a problem is of, also where it follows from others.

    Raises
    ------
    InputError
        No such number there, or one that is 0, of which no share is a step.
    """
    material, protocol = problem.point({})
    path = path_of(name, material)
    numbers = sources(material)
    numbers |= {f"{PROTOCOL_PREFIX}{its}": number for its, number in sources(protocol).items()}
    unit = unit_of(name, material, protocol)
    following = _following(material)
    if path in numbers:
        number = numbers[path]  # of a protocol, some are not in SI until a step has them
        value = from_si(to_si(number.value, number.unit, unit), unit)
    elif path in following:
        value = from_si(following[path], unit)
    else:
        raise InputError(f"{brief(name)}: {material.name} has no number {path}; leave it out")
    if value == 0:
        raise InputError(f"{brief(name)} is 0 in {material.name}; a step is a share of it, so leave it out")
    return value, unit


def _following(material: Material) -> dict[str, float]:
    """What follows from the dimensions that the material gives, SI."""
    shape = shape_of(material)
    found = {"particle.radius": shape.radius, "particle.external_area": shape.external_area}
    if isinstance(material, CoreShellMaterial):
        geometry = material.geometry
        found |= {"shell.thickness": geometry.shell_thickness, "shell.mass_gain": geometry.mass_gain}
        found |= {"particle.core_radius": geometry.core_radius}
    return found


def followed(problem: Problem, axes: Sequence[Axis] = ()) -> list[str]:
    """In sentences: what kept or moved other numbers, at either end of the axes; none where nothing did.

    An end that is no possible design says nothing.
    """
    found: dict[str, str] = {}
    ends = ("lowest", "highest") if axes else ("",)
    for end in ends:
        values = {axis.name: axis.text(_end(axis, end)) for axis in axes}
        try:
            material, _ = problem.point(values)
        except InputError:
            continue
        where = f", at {', '.join(f'{name} {text}' for name, text in _short(axes, end))}" if axes else ""
        for text in consequences(material):
            found[f"{text}{where}"] = end
    return list(found)


def _end(axis: Axis, end: str) -> float:
    if axis.values:
        return min(axis.values) if end == "lowest" else max(axis.values)
    return axis.low if end == "lowest" else axis.high


def _short(axes: Sequence[Axis], end: str) -> list[tuple[str, str]]:
    return [(axis.name, f"{_end(axis, end):.4g} {axis.unit}".removesuffix(" 1")) for axis in axes]
