"""Which rows below a header are data: headers again, lines of text and sums are left out and named."""

import re
from array import array
from collections.abc import Sequence
from itertools import compress
from typing import Any

from coreshell_model.dataset.columns import Measured, heading
from coreshell_model.dataset.limits import MOST_COLUMNS
from coreshell_model.dataset.numbers import MISSING, is_number
from coreshell_model.dataset.sheet import Sheet, named
from coreshell_model.dataset.table_column import JOINT, TableColumn
from coreshell_model.dataset.table_header import Choice, Header
from coreshell_model.errors import InputError

_NOT_NUMBERS = (None, Measured.STEP_TYPE)
_ALL_NUMBERS = re.compile(r"(?:[^\S\n]*+[+−-]?[.,]?\d[^\n]*+(?:\n|\Z))*+")
"""Joined cells of which each begins like a number, as ``is_number`` has it."""
_PENDING = 10_000
"""Rows that are collected before they become a piece of their columns."""


class Records:
    """The rows of a table as they come, with what was left out."""

    def __init__(self, where: str, header: Header, chosen: Choice, hint: str = ""):
        if len(header.names) > MOST_COLUMNS:
            raise InputError(
                f"{where}: line {header.place + 1}: {len(header.names)} columns, more than {MOST_COLUMNS}; "
                "give a file with those that are needed"
            )
        self.where, self.header, self.hint = where, header, hint
        self.names = tuple(name.strip() for name in header.names)
        names = {name for name, _ in chosen.values()}
        self.needed = [
            i for i, name in enumerate(self.names) if name in names or heading(name).what not in _NOT_NUMBERS
        ]
        self.unnamed = [i for i, name in enumerate(self.names) if not name]
        self.columns = tuple(TableColumn() for _ in self.names)
        self.lines = array("q")
        self.pending: list[list[Any]] = []
        self.sums: set[int] = set()
        self.left_out: dict[str, list[int]] = {
            "header repeated": [],
            "lines of text left out": [],
            "last line, cut off, left out": [],
        }

    def add_all(self, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> bool:
        """Take rows of text at once, where each is data without doubt; whether it is so.

        All have a cell for each column, nothing below columns without a name, and a number below one that is
        read.
        """
        width = len(self.names)
        if len({len(row) for row in rows}) != 1 or len(rows[0]) < width:
            return False
        joined = [JOINT.join(cells) for cells in zip(*rows, strict=True)]
        if any(joined[i].strip() for i in (*self.unnamed, *range(width, len(joined)))):
            return False
        if not any(_ALL_NUMBERS.fullmatch(joined[i]) for i in self.needed):
            return False
        self._store()
        for column, text in zip(self.columns, joined, strict=False):
            column.extend_joined(text, len(rows))
        self.lines.extend(lines)
        return True

    def add(self, cells: list[Any], line: int, is_last: bool) -> None:
        """Take a row as data, or leave it out.

        Raises
        ------
        InputError
            More cells than the header, or too few in the middle of the file.
        """
        width = len(self.names)
        while len(cells) > width and _text(cells[-1]) == "":
            cells.pop()
        texts = [_text(cells[i]) for i in self.needed if i < len(cells)]
        if not any(map(is_number, texts)) and any(_text(cell).lower() not in MISSING for cell in cells):
            again = tuple(map(_text, cells)) == self.names[: len(cells)] and len(cells) >= 3
            self.left_out["header repeated" if again else "lines of text left out"].append(line)
        elif len(cells) > width:
            raise InputError(
                f"{self.where}: line {line}: {len(cells)} cells below {width} columns; correct it{self.hint}"
            )
        elif len(cells) <= max(self.needed, default=0) and not self._sums_up(cells):
            if not is_last:
                raise InputError(
                    f"{self.where}: line {line}: {len(cells)} cells below {width} columns; "
                    "complete the line or remove it"
                )
            self.left_out["last line, cut off, left out"].append(line)
        else:
            if self._sums_up(cells):
                self.sums.add(len(self.lines))
            self.pending.append([*cells, *[""] * (width - len(cells))])
            self.lines.append(line)
            if len(self.pending) == _PENDING:
                self._store()

    def _store(self) -> None:
        """The pending rows as a piece of each column."""
        for column, cells in zip(self.columns, zip(*self.pending, strict=True), strict=False):
            if all(isinstance(cell, str) for cell in cells):
                column.extend_joined(JOINT.join(cells), len(cells))
            else:
                column.extend(cells)
        self.pending = []

    def sheet(self, kind: str, mass: float | None = None) -> Sheet:
        """What was taken, as columns.

        In a layered export the first columns have no name, and hold something only in the lines that sum up
        cycles and steps; those lines are left out.

        Raises
        ------
        InputError
            Nothing is there.
        """
        self._store()
        columns, lines = self.columns, self.lines
        if 0 < len(self.sums) < len(lines):
            self.left_out["lines that sum up cycles and steps left out"] = [
                lines[row] for row in sorted(self.sums)
            ]
            kept = [row not in self.sums for row in range(len(lines))]
            columns = tuple(column.selected(kept) for column in columns)
            lines = array("q", compress(lines, kept))
        line = self.header.place + 1
        if not lines:
            raise InputError(
                f"{self.where}: line {line}: there are no data below the header; give a file with data"
            )
        before = self.header.place
        notes = (f"{before} lines before the header left out",) if before else ()
        notes += tuple(f"{what}: {named(places)}" for what, places in self.left_out.items() if places)
        return Sheet(self.where, kind, self.header.names, columns, lines, line, notes, mass)

    def _sums_up(self, cells: list[Any]) -> bool:
        """Whether a row has something below a column without a name."""
        return any(_text(cells[i]) for i in self.unnamed if i < len(cells))


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    return "" if cell is None else str(cell)
