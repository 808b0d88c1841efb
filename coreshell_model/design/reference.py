"""The reference design of a sweep, and numbers that follow from its variables."""

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
    """Value and unit of a variable in the design of a problem, given or derived from other numbers.

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
    """Sentences on how other numbers were kept or moved by the design, at both ends of the axes.

    An end that is no possible design is left out.
    """
    sentences: dict[str, None] = {}
    ends = ("lowest", "highest") if axes else ("",)
    for end in ends:
        values = {axis.name: axis.text(_end(axis, end)) for axis in axes}
        try:
            material, _ = problem.point(values)
        except InputError:
            continue
        where = f", at {', '.join(f'{name} {text}' for name, text in _short(axes, end))}" if axes else ""
        for text in consequences(material):
            sentences[f"{text}{where}"] = None
    return list(sentences)


def _end(axis: Axis, end: str) -> float:
    if axis.values:
        return min(axis.values) if end == "lowest" else max(axis.values)
    return axis.low if end == "lowest" else axis.high


def _short(axes: Sequence[Axis], end: str) -> list[tuple[str, str]]:
    return [(axis.name, f"{_end(axis, end):.4g} {axis.unit}".removesuffix(" 1")) for axis in axes]
