"""In which range a number usually lies, and which range a material assumes of it."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import product
from typing import Annotated, Any, get_args, get_origin

from pydantic.fields import FieldInfo

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import SET_BY_USER, Quantity, Section, Within
from coreshell_model.base.tables import document, markdown_table
from coreshell_model.base.units import from_si, parse_quantity
from coreshell_model.inputs.material import CoreShellMaterial, Material, sources
from coreshell_model.inputs.particle import AMOUNTS, COATING, SIZES
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.sections import AssumedRange

ONCE = "1"
"""The number of the first of several equal sections, which stands for all of them in the table."""


def limits_of(kind: type[Section], prefix: str = "") -> dict[str, Within]:
    """The limits of every number that a kind of section can have, by dotted path."""
    found: dict[str, Within] = {}
    for name, field in kind.model_fields.items():
        path = f"{prefix}{name}"
        limit, inside = _limit(field), _section(field.annotation)
        if limit is not None:
            found[path] = limit
        elif inside is not None:
            several = get_origin(field.annotation) is tuple
            found |= limits_of(inside, f"{path}.{ONCE}." if several else f"{path}.")
    return found


def limits(section: Section) -> dict[str, tuple[Quantity, Within]]:
    """Every number of a material or protocol with its limits, by dotted path."""
    found: dict[str, tuple[Quantity, Within]] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, tuple):
            for place, item in enumerate(value, start=1):
                walk(f"{prefix}{place}.", item)
        elif isinstance(value, Section) and not isinstance(value, AssumedRange):
            for name, field in type(value).model_fields.items():
                inner, limit = getattr(value, name), _limit(field)
                if isinstance(inner, Quantity) and limit is not None:
                    found[f"{prefix}{name}"] = inner, limit
                elif not isinstance(inner, Quantity):
                    walk(f"{prefix}{name}.", inner)

    walk("", section)
    return found


def unusual(section: Section) -> list[str]:
    """The numbers outside of the ranges that are usual, with range and source, a line each."""
    return [
        f"{path} is {number}, usually {usual_range(limit)} ({limit.source})"
        for path, (number, limit) in limits(section).items()
        if not limit.is_usual(number.si)
    ]


def usual_range(limit: Within) -> str:
    """The range that is usual, as text; "" where there is none but the bounds."""
    if limit.usual is None:
        return ""
    low, high = limit.usual
    return f"{low:g} to {high:g} {limit.unit}".removesuffix(" 1")


def bounds(limit: Within) -> str:
    """What the number is refused beyond, as text."""
    ends = (("above ", limit.above), ("from ", limit.at_least), ("to ", limit.at_most))
    words = [f"{word}{from_si(end, limit.unit):.4g}" for word, end in ends if end is not None]
    return " ".join([*words, limit.unit]).removesuffix(" 1")


def table() -> str:
    """All limits as rows of Markdown, fields with the same limits in one row."""
    rows: dict[Within, list[str]] = {}
    everything = limits_of(CoreShellMaterial) | {
        f"protocol.{path}": limit for path, limit in limits_of(Protocol).items()
    }
    for path, limit in everything.items():
        rows.setdefault(replace(limit), []).append(path)
    cells = []
    for limit, paths in rows.items():
        names, usual = ", ".join(f"`{path}`" for path in paths), usual_range(limit) or "the bounds"
        cells.append((names, bounds(limit), limit.why, usual, limit.source))
    return document(markdown_table(("number", "bounds", "why", "usual", "source"), cells))


def _limit(field: FieldInfo) -> Within | None:
    """The limits that a field declares, also where it is optional."""
    for each in (*field.metadata, *_parts(field.annotation)):
        if isinstance(each, Within):
            return each
    return None


def _parts(annotation: Any) -> Iterator[Any]:
    """What stands inside an annotation, ``Annotated`` ones taken apart."""
    for part in get_args(annotation):
        if get_origin(part) is Annotated:
            yield from get_args(part)


def _section(annotation: Any) -> type[Section] | None:
    """The class of the section that a field holds, once or several times."""
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, Section):
            return part if not issubclass(part, Quantity | AssumedRange) else None
    return None


def assumed_ranges(material: Material) -> list[AssumedRange]:
    """The material's ranges, but for numbers that were set, or replaced by others that say the same.

    Raises
    ------
    InputError
        None are left.
    """
    if not material.band:
        raise InputError(
            f"{material.name}: has no assumed ranges for a band; add [[band]] entries to its file, as in "
            "cracked_core_shell"
        )
    left = ranges_left(material)
    if not left:
        raise InputError(
            f"{material.name}: every number with an assumed range was set; without one there is no band"
        )
    return left


def ranges_left(material: Material, known: Collection[str] = ()) -> list[AssumedRange]:
    """The same, none where nothing is left; numbers at the ``known`` paths are no longer assumed either."""
    numbers = sources(material)
    out = settled(material, known)
    return [each for each in material.band if each.path in numbers and each.path not in out]


def settled(material: Material, known: Collection[str] = ()) -> set[str]:
    """Paths of the numbers that were set, or are ``known``, and of those that say these in another way."""
    found = {path for path, number in sources(material).items() if number.source == SET_BY_USER}
    found.update(known)
    for alternatives in (SIZES, AMOUNTS, COATING):
        if found.intersection(alternatives):
            found.update(alternatives)
    return found


def combinations(ranges: list[AssumedRange]) -> list[dict[str, str]]:
    """The changes of each run: every low end with every high one."""
    paths = [each.path for each in ranges]
    ends = product(*((_exactly(each.low), _exactly(each.high)) for each in ranges))
    return [dict(zip(paths, values, strict=True)) for values in ends]


def _exactly(number: Quantity) -> str:
    """A number as text that is read as the same number; as it is shown, where that has all its digits."""
    shown = str(number)
    return shown if parse_quantity(shown)[0] == number.value else f"{number.value!r} {number.unit}"
