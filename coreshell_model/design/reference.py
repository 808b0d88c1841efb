"""What a design variable is in the material as it is."""

from coreshell_model.design.problem import Problem
from coreshell_model.design.variables import unit_of
from coreshell_model.design_names import path_of
from coreshell_model.errors import InputError
from coreshell_model.inputs import PROTOCOL_PREFIX
from coreshell_model.material import CoreShellMaterial, Material, sources
from coreshell_model.particle import geometry_of, shape_of
from coreshell_model.quantity import brief
from coreshell_model.units import from_si, to_si


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
        geometry = geometry_of(material)
        found |= {"shell.thickness": geometry.shell_thickness, "shell.mass_gain": geometry.mass_gain}
        found |= {"particle.core_radius": geometry.core_radius}
    return found
