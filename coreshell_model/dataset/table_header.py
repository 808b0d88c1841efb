"""Find the line of a table that names its columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from coreshell_model.dataset.columns import CHARGES, CLOCKS, CURRENTS, Measured, heading, is_unit
from coreshell_model.errors import InputError

Cells = Sequence[str]
Choice = Mapping[Measured, tuple[str, str | None]]
"""The user's columns: what each is, its header and perhaps its unit."""

FURTHEST = 400
"""Lines in which the header is looked for."""

MOST_CELLS = 50_000
"""Cells of all these lines together."""


class Header(NamedTuple):
    """The place of a header among lines, its names with units, and the lines it takes."""

    place: int
    names: tuple[str, ...]
    height: int


def kinds(cells: Cells, chosen: Choice) -> set[Measured]:
    """What the columns are that these cells name, by the user's choice or by their spelling."""
    plain = [cell.strip() for cell in cells]
    found = {what for what, (name, _) in chosen.items() if name in plain}
    return found | {what for what in (heading(cell).what for cell in plain) if what is not None}


def is_complete(found: set[Measured]) -> bool:
    """Whether there is a time, a voltage and a current, or a charge of which one can be made."""
    flows = {*CURRENTS, *CHARGES}
    return Measured.VOLTAGE in found and not found.isdisjoint(CLOCKS) and not found.isdisjoint(flows)


def looked_at(lines: Iterable[Cells]) -> list[Cells]:
    """The first lines, in which a header is looked for, up to ``MOST_CELLS`` cells."""
    held, cells = [], 0
    for line in islice(lines, FURTHEST + 1):
        cells += len(line)
        if cells > MOST_CELLS and held:
            break
        held.append(line)
    return held


def find_header(lines: Iterable[Cells], chosen: Choice) -> Header | None:
    """The first line with a time, a voltage and a current; a line of units below belongs to it."""
    held = looked_at(lines)
    for place, cells in enumerate(held[:FURTHEST]):
        if len(cells) >= 3 and is_complete(kinds(cells, chosen)):
            names = tuple(str(cell).strip() for cell in cells)
            below = held[place + 1] if place + 1 < len(held) else ()
            units = _units_below(names, below)
            return Header(place, units or names, 2 if units else 1)
    return None


def _units_below(names: tuple[str, ...], below: Cells) -> tuple[str, ...] | None:
    """The names with the units of the next line, where that holds units and nothing else."""
    cells = [cell.strip() for cell in below]
    filled = [cell for cell in cells if cell not in ("", "-")]
    if len(cells) > len(names) or len(filled) < 2 or not all(map(is_unit, filled)):
        return None
    cells += [""] * (len(names) - len(cells))
    return tuple(
        f"{name} [{cell.strip('[]()')}]" if cell not in ("", "-") and heading(name).unit is None else name
        for name, cell in zip(names, cells, strict=True)
    )


def no_header(where: str, lines: Sequence[Cells], chosen: Choice, line: Callable[[int], int]) -> InputError:
    """The complaint about a file in which no line names a time, a voltage and a current."""
    lines = looked_at(lines)
    for what, (name, _) in chosen.items():
        if not any(name == cell.strip() for cells in lines[:FURTHEST] for cell in cells):
            return InputError(
                f"{where}: no column is named {name!r}, chosen for the {what.value}; correct the name"
            )
    best = max(
        range(min(len(lines), FURTHEST)), key=lambda place: len(kinds(lines[place], chosen)), default=None
    )
    found = kinds(lines[best], chosen) if best is not None else set()
    if best is None or not found:
        return InputError(
            f"{where}: no line names the columns; add a header like 'Test Time / s,Voltage / V,Current / A'"
        )
    missing = [
        words
        for words, choices in (("time", CLOCKS), ("voltage", (Measured.VOLTAGE,)), ("current", CURRENTS))
        if found.isdisjoint(choices)
    ]
    what = missing[0]
    choice = {"time": "HEADER in s", "voltage": "HEADER in V", "current": "HEADER in mA"}[what]
    there = ", ".join(repr(cell.strip()) for cell in lines[best][:8])
    return InputError(
        f"{where}: line {line(best)}: no column for the {' and the '.join(missing)} among {there}; say which "
        f"it is, as columns={{{what!r}: {choice!r}}} (--column '{what}={choice}')"
    )
