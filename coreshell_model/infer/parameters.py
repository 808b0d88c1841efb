"""A free parameter in the box between its bounds, where every parameter runs from 0 to 1."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.tables import with_unit
from coreshell_model.base.units import from_si, to_si
from coreshell_model.infer.problem_file import FreeParameter, as_unit_interval, from_unit_interval
from coreshell_model.inputs.material import Material, sources
from coreshell_model.inputs.particle import changed


@dataclass(frozen=True)
class Free:
    """One number to fit, of one material or shared by several.

    Attributes
    ----------
    name : the path, with its materials where the problem has several
    materials : that it belongs to, as the problem names them
    section : what the problem says of it
    start : where the first fit starts, in its unit
    """

    name: str
    materials: tuple[str, ...]
    section: FreeParameter
    start: float

    def changes(self, material: str, place: float) -> dict[str, str]:
        """What ``place`` changes in a material, as ``simulate`` takes it; nothing where it is not of it."""
        if material not in self.materials:
            return {}
        return dict.fromkeys(self.section.paths_in(material), self.text(place))

    def value(self, place: float) -> float:
        """The value in its unit at a place from 0, the lower bound, to 1, the upper one."""
        return from_unit_interval(float(place), self.section.lower, self.section.upper, self.section.scale)

    def place(self, value: float) -> float:
        """The place of a value in its unit."""
        return as_unit_interval(value, self.section.lower, self.section.upper, self.section.scale)

    def text(self, place: float) -> str:
        """The value with all its digits and its unit, as a change of the material."""
        return f"{self.value(place)!r} {self.section.unit}"

    def prior_residual(self, place: float) -> float | None:
        """How many standard deviations the value lies from its prior; None without one."""
        prior = self.section.prior
        if prior is None:
            return None
        value = self.value(place)
        if prior.factor is not None:
            return math.log(value / prior.mean) / math.log(prior.factor)
        assert prior.sd is not None  # one of both is there, as the file was checked
        return (value - prior.mean) / prior.sd

    def prior_slope(self) -> float:
        """Change of the prior's residual from the lower bound to the upper one."""
        if self.section.prior is None:
            return 0.0
        low, high = self.prior_residual(0.0), self.prior_residual(1.0)
        assert low is not None and high is not None
        return high - low


def free_parameters(
    every: Sequence[FreeParameter], materials: Mapping[str, Material], where: str
) -> tuple[Free, ...]:
    """Shared ones once, separate ones once for each material.

    Raises
    ------
    InputError
        A material without observations, a path that is there twice, or one that needs a start.
    """
    found: list[Free] = []
    taken: set[tuple[str, str]] = set()
    for number, given in enumerate(every, start=1):
        with at(f"{where}: parameters.{number}"):
            for group in (given.shared,) if given.shared else tuple((one,) for one in given.separate):
                for name in group:
                    if name not in materials:
                        raise InputError(
                            f"material {name!r} has no observation; observed are {', '.join(materials)}"
                        )
                    for path in given.paths_in(name):
                        if (name, path) in taken:
                            raise InputError(f"{path} of {name} is there twice; keep one")
                        taken.add((name, path))
                found.append(_free(given, group, materials))
    return tuple(found)


def _free(given: FreeParameter, group: tuple[str, ...], materials: Mapping[str, Material]) -> Free:
    name = given.path if len(materials) == 1 else f"{given.path} ({', '.join(group)})"
    start, path = given.start, given.paths_in(group[0])[0]
    if start is None:
        number = sources(materials[group[0]]).get(path)
        if number is None:
            _tried(given, path, given.lower, materials[group[0]])  # says which paths there are
            raise InputError(f"{path} has no value in {group[0]}; give its start")
        to_si(given.lower, given.unit, number.unit)  # says what the parameter is where its unit is wrong
        start = from_si(to_si(number.value, number.unit, given.unit), given.unit)
        if not given.lower <= start <= given.upper:
            raise InputError(
                f"{path} is {number} in {group[0]}, outside its bounds {given.lower:g} to "
                f"{with_unit(given.upper, given.unit)}; give a start inside, or other bounds"
            )
    return Free(name, group, given, start)


def check_bounds(parameters: Sequence[Free], materials: Mapping[str, Material], where: str) -> None:
    """Every parameter at both bounds is a possible material, the others as they are.

    Raises
    ------
    InputError
        One that is not.
    """
    for free in parameters:
        for value in (free.start, free.section.lower, free.section.upper):
            for name in free.materials:
                with at(f"{where}: parameters: {free.name}"):
                    for path in free.section.paths_in(name):
                        _tried(free.section, path, value, materials[name])


def _tried(given: FreeParameter, path: str, value: float, material: Material) -> None:
    changed(material, {path: f"{value!r} {given.unit}"})
