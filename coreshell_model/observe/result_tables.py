"""The results of a run as tables: single values, lists by cycle, and results that are tables of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coreshell_model.base.tables import unit_of, without_unit
from coreshell_model.observe.quantities import scope_of

ENDS = ("lowest", "highest")
"""What the two numbers of a range are."""


@dataclass(frozen=True)
class Value:
    """A single result: its name without the unit, its value, unit ("" for a text), and what it is of."""

    name: str
    value: Any
    unit: str
    scope: str


@dataclass(frozen=True)
class ResultTables:
    """The results of ``summary`` apart from one another.

    Attributes
    ----------
    values : single numbers and texts
    by_cycle : lists of numbers by name, one number for each cycle
    tables : by the name of the result, its columns
    """

    values: tuple[Value, ...]
    by_cycle: Mapping[str, list]
    tables: Mapping[str, Mapping[str, list]]


def result_tables(results: Mapping[str, Any]) -> ResultTables:
    """Sort the results of ``summary`` into single values, lists by cycle, and tables."""
    values: list[Value] = []
    by_cycle: dict[str, list] = {}
    tables: dict[str, Mapping[str, list]] = {}
    for name, value in results.items():
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            tables[name] = {column: [row.get(column) for row in value] for column in value[0]}
        elif isinstance(value, dict) and value and all(isinstance(column, list) for column in value.values()):
            tables[name] = value
        elif isinstance(value, list) and not any(isinstance(item, str) for item in value):
            by_cycle[name] = value
        else:
            values += _values(name, value)
    return ResultTables(tuple(values), by_cycle, tables)


def _values(name: str, value: Any) -> Iterator[Value]:
    """The single values that a result consists of."""
    words, unit = without_unit(name), unit_of(name)
    if isinstance(value, dict):
        for key, item in value.items():
            own_unit = unit_of(key) if key.endswith("]") else unit
            yield Value(f"{words}: {without_unit(key)}", item, _unit(item, own_unit), scope_of(name))
    elif isinstance(value, tuple):
        for end, item in zip(ENDS, value, strict=True):
            yield Value(f"{words}: {end}", item, unit, scope_of(name))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield Value(f"{words} {number}", item, _unit(item, unit), scope_of(name))
    else:
        yield Value(words, value, _unit(value, unit), scope_of(name))


def _unit(value: Any, unit: str) -> str:
    return "" if isinstance(value, str | bool) else unit
