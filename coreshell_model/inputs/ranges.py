"""The usual ranges of numbers, and the ranges that a material assumes for them."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import product
from typing import Annotated, Any, get_args, get_origin

from pydantic.fields import FieldInfo

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import SET_BY_USER, Quantity, Section, Within
from coreshell_model.base.tables import document, markdown_table
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.inputs.changes import PROTOCOL_PREFIX
from coreshell_model.inputs.material import CoreShellMaterial, Material, sources
from coreshell_model.inputs.particle import ALTERNATIVES, consequences
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.sections import AssumedRange

ONCE = "1"
"""The place of the first of several equal sections, which stands for all of them in the table."""


def limits_of(kind: type[Section], prefix: str = "") -> dict[str, Within]:
    """The limits of every number that a kind of section can have, by dotted path."""
    limits_by_path: dict[str, Within] = {}
    for name, field in kind.model_fields.items():
        path = f"{prefix}{name}"
        limit, inside = _limit(field), _section(field.annotation)
        if limit is not None:
            limits_by_path[path] = limit
        elif inside is not None:
            several = get_origin(field.annotation) is tuple
            limits_by_path |= limits_of(inside, f"{path}.{ONCE}." if several else f"{path}.")
    return limits_by_path


def all_limits() -> dict[str, Within]:
    """The limits of all numbers of a core-shell material and of a protocol, by the paths that --set takes."""
    of_protocol = {f"{PROTOCOL_PREFIX}{path}": limit for path, limit in limits_of(Protocol).items()}
    return limits_of(CoreShellMaterial) | of_protocol


def limits(section: Section) -> dict[str, tuple[Quantity, Within]]:
    """Every number of a material or protocol with its limits, by dotted path."""
    limits_by_path: dict[str, tuple[Quantity, Within]] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, tuple):
            for place, item in enumerate(value, start=1):
                walk(f"{prefix}{place}.", item)
        elif isinstance(value, Section) and not isinstance(value, AssumedRange):
            for name, field in type(value).model_fields.items():
                inner, limit = getattr(value, name), _limit(field)
                if isinstance(inner, Quantity) and limit is not None:
                    limits_by_path[f"{prefix}{name}"] = inner, limit
                elif not isinstance(inner, Quantity):
                    walk(f"{prefix}{name}.", inner)

    walk("", section)
    return limits_by_path


def unusual(section: Section) -> list[str]:
    """Warnings about numbers outside their usual ranges, with range and source."""
    return [
        f"{path} is {number}, usually {usual_range(limit, number.unit)} ({limit.source})"
        for path, (number, limit) in limits(section).items()
        if not limit.is_usual(number.si)
    ]


def input_warnings(material: Material, protocol: Protocol | None = None) -> list[str]:
    """The material's caution, and warnings about numbers that followed, are not used, or are not usual."""
    of_protocol = [] if protocol is None else [f"{PROTOCOL_PREFIX}{line}" for line in unusual(protocol)]
    return consequences(material) + unusual(material) + of_protocol


def usual_range(limit: Within, unit: str = "") -> str:
    """The usual range as text, in the unit of the limit or another one; "" where only bounds are given."""
    if limit.usual is None:
        return ""
    unit = unit or limit.unit
    low, high = (from_si(to_si(end, limit.unit, limit.unit), unit) for end in limit.usual)
    return f"{low:g} to {high:g} {unit}".removesuffix(" 1")


def bounds(limit: Within) -> str:
    """The bounds beyond which a number is refused, as text."""
    ends = (("above ", limit.above), ("from ", limit.at_least), ("to ", limit.at_most))
    words = [f"{word}{from_si(end, limit.unit):.4g}" for word, end in ends if end is not None]
    return " ".join([*words, limit.unit]).removesuffix(" 1")


def table() -> str:
    """All limits as a table in Markdown, with fields of the same limits in one row."""
    rows: dict[Within, list[str]] = {}
    for path, limit in all_limits().items():
        rows.setdefault(replace(limit), []).append(path)
    cells = []
    for limit, paths in rows.items():
        names, usual = ", ".join(f"`{path}`" for path in paths), usual_range(limit) or "the bounds"
        cells.append((names, bounds(limit), limit.why, usual, limit.source))
    return document(markdown_table(("number", "bounds", "why", "usual", "source"), cells))


def _limit(field: FieldInfo) -> Within | None:
    """The limits that a field declares; it may be optional."""
    for item in (*field.metadata, *_parts(field.annotation)):
        if isinstance(item, Within):
            return item
    return None


def _parts(annotation: Any) -> Iterator[Any]:
    """The parts of the ``Annotated`` types inside an annotation."""
    for part in get_args(annotation):
        if get_origin(part) is Annotated:
            yield from get_args(part)


def _section(annotation: Any) -> type[Section] | None:
    """The class of the section, or of the sections, that a field holds."""
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, Section):
            return part if not issubclass(part, Quantity | AssumedRange) else None
    return None


def assumed_ranges(material: Material) -> list[AssumedRange]:
    """The material's ranges as in ``ranges_left``; an InputError where none are left."""
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


def ranges_left(material: Material, no_longer_assumed: Collection[str] = ()) -> list[AssumedRange]:
    """The material's assumed ranges, without those of numbers that are ``settled``."""
    numbers = sources(material)
    excluded = settled(material, no_longer_assumed)
    return [assumed for assumed in material.band if assumed.path in numbers and assumed.path not in excluded]


def settled(material: Material, no_longer_assumed: Collection[str] = ()) -> set[str]:
    """Paths of numbers that were set or are no longer assumed, and of others that say the same."""
    paths = {path for path, number in sources(material).items() if number.source == SET_BY_USER}
    paths.update(no_longer_assumed)
    for alternatives in ALTERNATIVES:
        if paths.intersection(alternatives):
            paths.update(alternatives)
    return paths


def combinations(ranges: list[AssumedRange]) -> list[dict[str, str]]:
    """The changes of each run, for all combinations of the ends of the ranges."""
    paths = [assumed.path for assumed in ranges]
    ends = product(*((_exactly(assumed.low), _exactly(assumed.high)) for assumed in ranges))
    return [dict(zip(paths, values, strict=True)) for values in ends]


def _exactly(number: Quantity) -> str:
    """A number as text from which the same number is read; as it is shown, if that has all its digits."""
    shown = str(number)
    return shown if parse_quantity(shown)[0] == number.value else f"{number.value!r} {number.unit}"
