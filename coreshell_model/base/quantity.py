"""A number of a material or protocol file: value, unit and source, converted to SI when it is read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from reprlib import Repr
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
)
from pydantic_core import core_schema

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.units import from_si, parse_quantity, to_si

SET_BY_USER = "set by the user"
"""Source of a number that a run changed."""

TAKEN_FROM = "from "
"""Beginning of the source of a number that was taken over from another material, before its name."""

SMALLEST, LARGEST = 1e-40, 1e25
"""Magnitudes in SI units of a number other than 0: products of several then stay in the range of floats."""

LONGEST_NAME = 100
"""Bytes of a name, which becomes part of file names."""

_BRIEF = Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 60
_BRIEF.maxlevel = 2


class Section(BaseModel):
    """A frozen section of a file; a name that is not a field is refused, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


SectionType = TypeVar("SectionType", bound=Section)


def exactly_one(section: SectionType, *fields: str) -> SectionType:
    """Refuse a section in which not exactly one of ``fields`` is given."""
    present = [name for name in fields if getattr(section, name) is not None]
    if len(present) != 1:
        have = " and ".join(present) if present else "none of them"
        raise InputError(f"needs exactly one of {', '.join(fields)}; has {have}")
    return section


def both_or_neither(section: Section, *fields: str) -> None:
    """Refuse a section with some but not all of ``fields``, which mean something only together."""
    present = [name for name in fields if getattr(section, name) is not None]
    if 0 < len(present) < len(fields):
        raise InputError(
            f"has {present[0]} without the rest of {' and '.join(fields)}; give both, or neither"
        )


def check_table(
    points: Sequence[float],
    values: Sequence[float],
    names: tuple[str, str],
    allowed: Callable[[float], bool],
    *,
    remedies: tuple[str, str],
    values_above_zero: bool = True,
) -> None:
    """Refuse a table whose points do not rise within what is ``allowed``, or have not a value each.

    Parameters
    ----------
    names : of the points and of the values, in the plural
    remedies : what to give if their numbers differ, and how the points have to rise
    """
    point_name, value_name = names
    if len(values) != len(points):
        raise InputError(
            f"has {len(points)} {point_name} and {len(values)} {value_name}; give {remedies[0]} each"
        )
    rising = all(a < b for a, b in pairwise(points))
    if not rising or not all(map(allowed, points)):
        raise InputError(f"{point_name} are {brief(list(points))}; give them rising{remedies[1]}")
    if values_above_zero and min(values) <= 0:
        raise InputError(f"has the {value_name.removesuffix('s')} {min(values):g}; {value_name} are above 0")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that says something."""


class Quantity(Section):
    """``{ value = 9.4, unit = "nm", source = "..." }``; ``si`` is the value in SI units."""

    value: float = Field(strict=True)
    unit: str
    source: Text
    _si: float = PrivateAttr(default=0.0)

    @property
    def si(self) -> float:
        """The value in SI units."""
        return self._si

    def __str__(self):
        return f"{self.value:g}" if self.unit in ("", "1") else f"{self.value:g} {self.unit}"

    def in_si(self, si: float) -> "Quantity":
        """A copy that knows its value in SI units."""
        new = self.model_copy()
        new._si = si
        return new


@dataclass(frozen=True)
class Within:
    """The bounds that nature sets to a number [SI], and its usual range [``unit``].

    A number beyond the bounds is refused. ``why`` explains the bounds, ``source`` the usual range.
    """

    unit: str
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    why: str = ""
    usual: tuple[float, float] | None = None
    source: str = ""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def checked(self, quantity: Quantity) -> Quantity:
        """The quantity with its value in SI beside its own; an InputError if it lies beyond the bounds."""
        # Only a message about a missing unit shows an example.
        example = self._example(quantity.value) if quantity.unit.strip() in ("", "1") else None
        si = to_si(quantity.value, quantity.unit, self.unit, example)
        why = f": {self.why}" if self.why else ""
        why_lower = "" if 0.0 in (self.above, self.at_least) else why  # a negative number needs no reason
        if self.above is not None and not si > self.above:
            raise InputError(f"is {quantity}; must be above {_in_unit_of(quantity, self.above)}{why_lower}")
        if self.at_least is not None and si < self.at_least:
            raise InputError(
                f"is {quantity}; must be at least {_in_unit_of(quantity, self.at_least)}{why_lower}"
            )
        if self.at_most is not None and si > self.at_most:
            raise InputError(f"is {quantity}; must be at most {_in_unit_of(quantity, self.at_most)}{why}")
        if si != 0 and not SMALLEST <= abs(si) <= LARGEST:
            raise InputError(f"is {quantity}; beyond what can be computed with: give a more likely one")
        return quantity.in_si(si)

    def _example(self, value: float) -> str | None:
        """A number with its unit that would be accepted, for a message: the value itself if that can be."""
        units = (self.unit, "°C") if self.unit == "K" else (self.unit,)
        numbers = [(value, unit) for unit in units]
        if self.usual is not None:
            numbers.append((float(f"{sum(self.usual) / 2:.2g}"), self.unit))
        return next((f"{number:g} {unit}" for number, unit in numbers if self._accepts(number, unit)), None)

    def _accepts(self, value: float, unit: str) -> bool:
        try:
            si = to_si(value, unit, self.unit)
        except InputError:  # beyond floats
            return False
        low = (self.above is None or si > self.above) and (self.at_least is None or si >= self.at_least)
        return low and (self.at_most is None or si <= self.at_most)

    def is_usual(self, si: float) -> bool:
        """Whether a value lies in the usual range, with a margin for rounding."""
        if self.usual is None:
            return True
        low, high = (to_si(end, self.unit, self.unit) for end in self.usual)
        hair = 1e-9  # of each end: a share of the range would take in what lies decades below a log range
        return low - hair * abs(low) <= si <= high + hair * abs(high)


def _in_unit_of(quantity: Quantity, bound: float) -> str:
    """The bound in the unit of a quantity, so that the two can be compared."""
    return f"{from_si(bound, quantity.unit):.6g} {quantity.unit}".strip().removesuffix(" 1")


def within(unit: str, **limits: Any) -> Within:
    """The limits of a quantity, which has to convert to ``unit`` and to lie within the bounds, in SI.

    Used as ``Length = Annotated[Quantity, within("nm", above=0.0, usual=(1, 100), source="assumed: why")]``.
    """
    return Within(unit, **limits)


def _as_file_name(name: str) -> str:
    if not name.isprintable() or any(c in name for c in "/\\"):
        raise InputError(
            f"is {brief(name)}; a name is part of file names: leave out slashes and control characters"
        )
    if len(name.encode()) > LONGEST_NAME:
        raise InputError(f"is {brief(name)}; give one of at most {LONGEST_NAME} bytes")
    return name


Name = Annotated[str, Field(min_length=1), AfterValidator(_as_file_name)]


def quantity_from_text(text: str, source: str) -> dict:
    """``"12 nm"`` as the table that a file would hold."""
    value, unit = parse_quantity(text)
    return {"value": value, "unit": unit, "source": source}


def quantity_from_si(value: float, unit: str, source: str) -> Quantity:
    """A quantity computed by the program, in its SI ``unit``."""
    return Quantity(value=value, unit=unit, source=source).in_si(value)


def taken_from(material: str, source: str) -> str:
    """The source of a number that another material takes over: the material that it is from, and its source.

    A number that was taken over before keeps the name of the first material.
    """
    return source if source.startswith(TAKEN_FROM) else f"{TAKEN_FROM}{material}: {source}"


def check_whole(name: str, value: object, least: int = 0, most: int | None = None) -> None:
    """Refuse all but a whole number within its limits."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or value < least
        or (most is not None and value > most)
    ):
        limits = f"from {least} to {most}" if most is not None else f"from {least} on"
        raise InputError(f"{name} is {brief(value)}; give a whole number {limits}")


def one_line(
    error: ValidationError,
    where: str,
    fields: str = "parameters/README.md",
    known: Iterable[str] = (),
    model: type[BaseModel] | None = None,
) -> InputError:
    """The first complaint of a pydantic ``error`` as one line: file, field, value, remedy.

    An unknown field goes before a missing one, for which it may be a wrong spelling. ``fields`` is the file
    in which the fields are listed; ``known`` are those of the whole file that may be left out, which a wrong
    spelling is compared with too. Where the ``model`` is given that failed, those of every section are.
    """
    complaints = error.errors()  # made anew at each call
    relevant = [complaint for complaint in complaints if not _follows(complaint, complaints)]
    unknown = [complaint for complaint in relevant if complaint["type"] == "extra_forbidden"]
    first = unknown[0] if unknown and relevant[0]["type"] == "missing" else relevant[0]
    field = ".".join(str(part + 1) if isinstance(part, int) else _shown(part) for part in first["loc"])
    kind, value = first["type"], first.get("input")
    if kind == "missing":
        text = "is missing; add it, with value, unit and source where it is a number"
        inside = _section_at(model, first["loc"])
        if inside is not None and not issubclass(inside, Quantity):
            text = f"is missing; add the section [{field}] with its numbers"
    elif kind == "extra_forbidden":
        text = f"is not a known field; {_meant(first, relevant, known, model)}see {fields} for the list"
    elif kind == "value_error":
        text = str(first.get("ctx", {}).get("error", first["msg"]))
    elif kind in ("tuple_type", "list_type"):
        as_list = f"[[{field}]]" if isinstance(value, dict) else f"[{brief(value)}]"
        text = f"is {brief(value)}; write a list, as {as_list}"
    elif kind == "too_short":
        least = first.get("ctx", {}).get("min_length", 1)
        text = f"is {brief(value)}; give at least {least} {'entry' if least == 1 else 'entries'}"
    elif kind in ("float_parsing", "float_type"):
        text = f"is {brief(value)}; write a number"
    elif kind == "string_too_short":
        text = "is empty; write something in it, as a source 'assumed: why' for instance"
    elif kind in ("model_type", "model_attributes_type"):
        text = (
            f'is {brief(value)}; write it as {{ value = 1.0, unit = "nm", source = "..." }} or as a section'
        )
    else:
        text = f"is {brief(value)}; {first['msg'][0].lower()}{first['msg'][1:]}"
    more = len(relevant) - 1
    also = f" (and {more} more)" if more else ""
    return InputError(f"{where}: {field + ': ' if field else ''}{text}{also}".replace("\n", " "))


def _follows(complaint, complaints) -> bool:
    """Whether a complaint is about a list that is too short only because its items were refused."""
    place = complaint["loc"]
    return complaint["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in complaints
    )


def _meant(unknown, complaints, known: Iterable[str], model: type[BaseModel] | None) -> str:
    """The question whether a missing field was meant by an unknown one beside it, or one ``known``."""
    *place, name = unknown["loc"]
    missing = [complaint["loc"] for complaint in complaints if complaint["type"] == "missing"]
    beside = [str(field) for *section, field in missing if section == place]
    inside = _section_at(model, place)
    may_be_left_out = (known if not place else ()) if inside is None else inside.model_fields
    return did_you_mean(str(name), beside) or did_you_mean(str(name), may_be_left_out)


def _section_at(model: type[BaseModel] | None, place: Iterable[str | int]) -> type[BaseModel] | None:
    """The class of the section at a place in a file of ``model``; None where there is none."""
    for part in place:
        field = None if model is None or isinstance(part, int) else model.model_fields.get(part)
        if not isinstance(part, int):
            model = None if field is None else next(_models_in(field.annotation), None)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The classes of sections in an annotation such as ``tuple[Sites, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def brief(value: Any) -> str:
    """A value for a message: on one line, the middle of a long one left out."""
    return _BRIEF.repr(value)


def _shown(part: str) -> str:
    return part if part.isprintable() and len(part) <= _BRIEF.maxstring else brief(part)
