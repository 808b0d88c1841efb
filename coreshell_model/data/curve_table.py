"""Tables of voltage against capacity as files hold them: columns of numbers below any or no header.

Figures are digitised to two columns without a name, or with the names of the curves; Origin writes pairs of
columns below lines with long names, units and comments. So the header is whatever text stands above the
first line of numbers, and each column is named by what can be read there.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import read_bytes, shown
from coreshell_model.base.units import to_si
from coreshell_model.data.columns import CLOCKS, CURRENTS, Measured, heading, splits, without_reference
from coreshell_model.data.excel import is_workbook, worksheet_rows
from coreshell_model.data.numbers import MISSING, decimal_sign, numbers
from coreshell_model.data.sheet import LARGEST, MOST_COLUMNS, TOO_LARGE, Sheet, named
from coreshell_model.data.text import cells_of, text_lines

SEPARATORS = ("\t", ";", ",", "|", None)
"""Tried in this order; None is white space."""

MOST_ROWS = 100_000
"""Rows of a table without time: a figure has hundreds, an export of a cycler tens of thousands."""

_PLAIN = re.compile(r"\s*[+−-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+−-]?\d+)?\s*")
"""A cell that is a number and nothing else, with either decimal sign."""

_CAPACITIES = (
    "capacity, specific capacity, gravimetric capacity, areal capacity, discharge capacity, charge capacity, "
    "reversible capacity, charge, specific charge, q, kapazität, 容量, 比容量"
)
_POTENTIALS = (
    "ocv, ocp, open circuit voltage, open-circuit voltage, open circuit potential, equilibrium potential"
)
_FILLINGS = "stoichiometry, filling, occupancy, degree of sodiation, state of sodiation, sodium content"
_NAMES = {
    **dict.fromkeys(_CAPACITIES.split(", "), "capacity"),
    **dict.fromkeys(_FILLINGS.split(", "), "stoichiometry"),
    **dict.fromkeys(_POTENTIALS.split(", "), "voltage"),
}


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    place : from 0
    kind : "capacity", "stoichiometry" or "voltage"; "" where the header does not tell
    unit : as the header has it; None without one
    texts : what stands above the numbers
    """

    place: int
    kind: str
    unit: str | None
    texts: tuple[str, ...]


@dataclass(frozen=True)
class CurveTable:
    """Columns of numbers, and the sheet that they are from."""

    sheet: Sheet
    columns: tuple[Column, ...]
    decimal: str
    decimal_by_user: bool

    def values(self, place: int) -> np.ndarray:
        """The numbers of a column, NaN where a cell is empty."""
        return numbers(self.sheet, place, self.decimal, self.decimal_by_user)

    @cached_property
    def lines(self) -> np.ndarray:
        """Line of each row in the file."""
        return np.array(self.sheet.lines, int)

    @property
    def filled(self) -> list[Column]:
        """The columns that hold numbers."""
        return [column for column in self.columns if np.isfinite(self.values(column.place)).any()]


def read_table(path: Path, decimal: str | None, worksheet: str | None) -> CurveTable:
    """Read a table of numbers from text or Excel.

    Raises
    ------
    InputError
        The file cannot be read, or holds no columns of numbers, or a time and a current, so that it is a
        cycler's record.
    """
    content = read_bytes(path, LARGEST, TOO_LARGE)
    where = shown(path)
    if is_workbook(path, content):
        name, rows = worksheet_rows(path, content, worksheet)
        kind = f"Excel, worksheet {name!r}"
    elif worksheet is not None:
        raise InputError(f"{where}: has no worksheets; leave out worksheet (--worksheet)")
    else:
        kind, rows = "text", _text_rows(where, content)
    first = next((place for place, (_, cells) in enumerate(rows) if _is_row(cells)), None)
    if first is None:
        raise InputError(
            f"{where}: no line holds two numbers; give a table of capacity and voltage, a point in each line"
        )
    width = max(len(cells) for _, cells in rows[first:])
    if width > MOST_COLUMNS or len(rows) > MOST_ROWS:
        raise InputError(
            f"{where}: {len(rows)} rows of {width} columns; a table without time has at most {MOST_ROWS} "
            f"rows of {MOST_COLUMNS} columns"
        )
    above = [cells for _, cells in rows[:first]]
    columns = tuple(_column(place, above) for place in range(width))
    _refuse_records(where, columns)
    below = [(line, cells) for line, cells in rows[first:] if any(map(_is_numeric, cells))]
    left_out = [line for line, cells in rows[first:] if not any(map(_is_numeric, cells))]
    notes = (f"lines of text left out: {named(left_out)}",) if left_out else ()
    sheet = Sheet(
        where,
        f"voltage against capacity, {kind}",
        tuple(f"column {place + 1}" for place in range(width)),
        tuple([_cell(cells, place) for _, cells in below] for place in range(width)),
        [line for line, _ in below],
        notes=notes,
    )
    sign = decimal or decimal_sign(sheet, range(width))
    return CurveTable(sheet, columns, sign, decimal is not None)


def _refuse_records(where: str, columns: Sequence[Column]) -> None:
    """Refuse a record with time and current, whose time would be lost."""
    quantities = {heading(text).quantity for column in columns for text in column.texts}
    if not quantities.isdisjoint(CLOCKS) and not quantities.isdisjoint(CURRENTS):
        raise InputError(
            f"{where}: has a time and a current, so it is read as a cycler's file; leave out what is stated "
            "of a curve without time (NAME.curve.toml, --curve)"
        )


def _text_rows(where: str, content: bytes) -> list[tuple[int, list[Any]]]:
    """The lines of a text file in cells, by the separator that makes the most rows of numbers."""
    lines = text_lines(where, content)
    filled = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    best: list[tuple[int, list[Any]]] = []
    most = 0
    for separator in SEPARATORS:
        rows: list[tuple[int, list[Any]]] = [
            (number, line.split() if separator is None else cells_of(line, separator))
            for number, line in filled
        ]
        count = sum(_is_row(cells) for _, cells in rows)
        if count > most:
            best, most = rows, count
    return best


def _is_numeric(cell: Any) -> bool:
    if isinstance(cell, str):
        return _PLAIN.fullmatch(cell) is not None
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _is_row(cells: Sequence[Any]) -> bool:
    """Whether a line holds at least two numbers, and nothing but numbers and empty cells."""
    texts = [cell for cell in cells if cell is not None and str(cell).strip().lower() not in MISSING]
    return len(texts) >= 2 and all(map(_is_numeric, texts))


def _cell(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) and cells[place] is not None else ""


def _column(place: int, above: Sequence[Sequence[Any]]) -> Column:
    """A column, by the texts above its numbers."""
    texts = tuple(filter(None, (str(_cell(cells, place)).strip() for cells in above)))
    kind, unit = "", None
    for text in texts:
        named_kind, named_unit = _kind_and_unit(text)
        kind, unit = kind or named_kind, unit or named_unit
    return Column(place, kind, unit, texts)


def _kind_and_unit(text: str) -> tuple[str, str | None]:
    """What a text above a column tells of it: by its unit, else by its name."""
    plain = without_reference(unicodedata.normalize("NFKC", text).replace("–", "-").replace("−", "-"))
    for unit in (plain.strip("[]()"), *(unit.strip() for _, unit in splits(plain) if unit)):
        for si, kind in (*((amount, "capacity") for amount in AMOUNTS), ("V", "voltage")):
            if _converts(unit, si):
                return kind, unit
    for name, unit in splits(plain):
        kind = _NAMES.get(re.sub(r"[_\s.]+", " ", name).strip(" :-").lower())
        if kind is not None:
            return kind, unit.strip() if unit else None
    return ("voltage", None) if heading(plain).quantity is Measured.VOLTAGE else ("", None)


AMOUNTS = ("C/kg", "C", "C/m2")
"""Units of a capacity in SI: per mass, of the whole electrode, per area."""


def _converts(text: str, unit: str) -> bool:
    """Whether a text is a unit of a dimension, and nothing else."""
    if text in ("", "1") or any(character.isdigit() for character in text[:1]):
        return False
    try:
        to_si(1.0, text, unit)
    except InputError:
        return False
    return True


def titles(columns: Sequence[Column]) -> Iterator[str]:
    """What each column is, for a message: "column 1 (capacity in mAh/g)"."""
    for column in columns:
        what = f"{column.kind or 'unnamed'}{f' in {column.unit}' if column.unit else ''}"
        yield f"column {column.place + 1} ({what})"
