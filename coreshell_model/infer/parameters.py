"""Free parameters, and their places between their bounds, from 0 to 1."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.tables import with_unit
from coreshell_model.base.units import from_si, to_si
from coreshell_model.infer.problem_file import FreeParameter, as_unit_interval, from_unit_interval
from coreshell_model.inputs.material import Material, sources
from coreshell_model.inputs.particle import ALTERNATIVES, changed


@dataclass(frozen=True)
class Free:
    """A number to fit, of one material or shared by several.

    Attributes
    ----------
    name : its path, with its materials where the problem has several
    materials : the materials that have it, as the problem names them
    section : its section of the problem's file
    start : the value at which the first fit starts, in its unit
    """

    name: str
    materials: tuple[str, ...]
    section: FreeParameter
    start: float

    def changes(self, material: str, place: float) -> dict[str, str]:
        """The value at ``place`` as changes of a material, for ``simulate``; empty for other materials."""
        if material not in self.materials:
            return {}
        return dict.fromkeys(self.section.paths_in(material), self.text(place))

    def value(self, place: float) -> float:
        """The value in its unit at a place between 0, the lower bound, and 1, the upper bound."""
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
        assert prior.sd is not None  # checked with the file
        return (value - prior.mean) / prior.sd

    def prior_slope(self) -> float:
        """Change of the prior's residual from the lower bound to the upper one."""
        if self.section.prior is None:
            return 0.0
        low, high = self.prior_residual(0.0), self.prior_residual(1.0)
        assert low is not None and high is not None
        return high - low


def free_parameters(
    sections: Sequence[FreeParameter], materials: Mapping[str, Material], where: str
) -> tuple[Free, ...]:
    """A shared parameter once, a separate one once for each of its materials.

    Raises
    ------
    InputError
        A material without observations, a path twice in one material, or a path that needs a start.
    """
    parameters: list[Free] = []
    paths: set[tuple[str, str]] = set()
    for number, section in enumerate(sections, start=1):
        with at(f"{where}: parameters.{number}"):
            for group in (section.shared,) if section.shared else tuple((name,) for name in section.separate):
                for name in group:
                    if name not in materials:
                        raise InputError(
                            f"material {name!r} has no observation; observed are {', '.join(materials)}"
                        )
                    for path in section.paths_in(name):
                        if (name, path) in paths:
                            raise InputError(f"{path} of {name} is there twice; keep one")
                        _check_said_once(path, [other for of, other in paths if of == name])
                        paths.add((name, path))
                parameters.append(_free(section, group, materials))
    return tuple(parameters)


def _check_said_once(path: str, others: Sequence[str]) -> None:
    """Refuse a path that says in another way what another one says."""
    for group in ALTERNATIVES:
        same = [other for other in others if path in group and other in group]
        if same:
            raise InputError(f"{path} and {same[0]} say the same thing in two ways; keep one of them")


def _free(section: FreeParameter, group: tuple[str, ...], materials: Mapping[str, Material]) -> Free:
    name = section.path if len(materials) == 1 else f"{section.path} ({', '.join(group)})"
    start, path = section.start, section.paths_in(group[0])[0]
    if start is None:
        number = sources(materials[group[0]]).get(path)
        if number is None:
            _check_value(section, path, section.lower, materials[group[0]])  # its error lists the paths
            raise InputError(f"{path} has no value in {group[0]}; give its start")
        to_si(section.lower, section.unit, number.unit)  # refuses a wrong unit with the quantity's name
        start = from_si(to_si(number.value, number.unit, section.unit), section.unit)
        if not section.lower <= start <= section.upper:
            raise InputError(
                f"{path} is {number} in {group[0]}, outside its bounds {section.lower:g} to "
                f"{with_unit(section.upper, section.unit)}; give a start inside, or other bounds"
            )
    return Free(name, group, section, start)


def check_bounds(parameters: Sequence[Free], materials: Mapping[str, Material], where: str) -> None:
    """Refuse bounds and starts that make an impossible material, all other numbers as they are."""
    for free in parameters:
        for value in (free.start, free.section.lower, free.section.upper):
            for name in free.materials:
                with at(f"{where}: parameters: {free.name}"):
                    for path in free.section.paths_in(name):
                        _check_value(free.section, path, value, materials[name])


def _check_value(section: FreeParameter, path: str, value: float, material: Material) -> None:
    changed(material, {path: f"{value!r} {section.unit}"})
