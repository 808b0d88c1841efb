"""Tables in text files: delimited records, below lines of other text."""

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import shown
from coreshell_model.data.columns import REQUIRED, Measured, heading
from coreshell_model.data.numbers import MISSING, is_number
from coreshell_model.data.sheet import (
    JOINT,
    LONGEST_LINE,
    MOST_COLUMNS,
    MOST_LINES,
    Choice,
    Header,
    Sheet,
    TableColumn,
    find_header,
    header_lines,
    kinds,
    named,
    no_header,
)

_NOT_NUMBERS = (None, Measured.STEP_TYPE)
_ALL_NUMBERS = re.compile(r"(?:[^\S\n]*+[+−-]?[.,]?\d[^\n]*+(?:\n|\Z))*+")
"""Joined cells that all begin like a number, by the rule of ``is_number``."""
_PENDING = 10_000
"""Rows that are collected before they are added to the columns."""


class Records:
    """Collects the rows of a table, and what was left out of it."""

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
            i
            for i, name in enumerate(self.names)
            if name in names or heading(name).quantity not in _NOT_NUMBERS
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
        """Add rows of text all at once, if each is data without doubt; return whether that is so.

        Such rows have a cell for each column, nothing below columns without a name, and a number in at least
        one of the columns that are read.
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
        """Add a row as data, or leave it out.

        Raises
        ------
        InputError
            The row has more cells than the header, or too few before the end of the file.
        """
        width = len(self.names)
        while len(cells) > width and _text(cells[-1]) == "":
            cells.pop()
        texts = [_text(cells[i]) for i in self.needed if i < len(cells)]
        if not any(map(is_number, texts)) and any(_text(cell).lower() not in MISSING for cell in cells):
            repeats = tuple(map(_text, cells)) == self.names[: len(cells)] and len(cells) >= 3
            self.left_out["header repeated" if repeats else "lines of text left out"].append(line)
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
        """Add the pending rows to the columns."""
        for column, cells in zip(self.columns, zip(*self.pending, strict=True), strict=False):
            if all(isinstance(cell, str) for cell in cells):
                column.extend_joined(JOINT.join(cells), len(cells))
            else:
                column.extend(cells)
        self.pending = []

    def sheet(self, kind: str, mass: float | None = None) -> Sheet:
        """The collected rows as a sheet.

        In a layered export the first columns have no name, and are filled only in the lines that sum up
        cycles and steps; those lines are left out.

        Raises
        ------
        InputError
            There are no rows.
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
        notes += tuple(f"{reason}: {named(places)}" for reason, places in self.left_out.items() if places)
        return Sheet(self.where, kind, self.header.names, columns, lines, line, notes, mass)

    def _sums_up(self, cells: list[Any]) -> bool:
        """Whether a row is filled below a column without a name."""
        return any(_text(cells[i]) for i in self.unnamed if i < len(cells))


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    return "" if cell is None else str(cell)


SEPARATORS = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}
BDF_NAMES = REQUIRED, ("test_time_second", "voltage_volt", "current_ampere")
ENCODINGS = ("utf-8-sig", "latin-1", "gb18030")
"""Tried in this order. Chinese cyclers write the last; in the first two no column of theirs is recognised."""
_PORTION = 16_000_000
"""Bytes that are decoded at a time, since a single rare sign makes a whole text four times as large."""
_TOGETHER = 20_000
"""Lines that are split into cells at a time."""


def text_sheet(path: Path, content: bytes, chosen: Choice) -> Sheet:
    """A delimited text file as a sheet.

    Raises
    ------
    InputError
        The file is not text, is empty or has no header, or a line has the wrong number of cells.
    """
    where, best = shown(path), None
    for lines in _decoded(where, content):
        for separator in SEPARATORS:
            head = header_lines(cells_of(line, separator) for line in lines)
            header = find_header(head, chosen)
            if header is not None:
                records = delimited(where, lines, separator, header, chosen)
                kind = f"{SEPARATORS[separator]}-separated text"
                if separator == "," and any(set(names) <= set(records.names) for names in BDF_NAMES):
                    kind = "Battery Data Format CSV"
                return records.sheet(kind)
            if best is None or _most_named(head, chosen) > _most_named(best, chosen):
                best = head
    raise no_header(where, best or [], chosen, lambda place: place + 1)


def text_lines(where: str, content: bytes) -> list[str]:
    """The lines of a text file, in the first encoding that fits.

    Raises
    ------
    InputError
        The file is not text, or is empty.
    """
    return next(_decoded(where, content))


def _most_named(head, chosen: Choice) -> int:
    return max((len(kinds(cells, chosen)) for cells in head if len(cells) > 1), default=0)


def _decoded(where: str, content: bytes) -> Iterator[list[str]]:
    """The lines in each encoding that the file may be in.

    Raises
    ------
    InputError
        The file is empty, or not text.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield decoded_lines(where, content.decode("utf-16", errors="replace").encode(), ("utf-8",))
        return
    if not content.strip():
        raise InputError(f"{where}: the file is empty; give one with data")
    if b"\0" in content:
        raise InputError(f"{where}: the file is not text; give CSV, Excel, EC-Lab text, .mpr, .nda or .ndax")
    for encoding in ENCODINGS:
        try:
            yield decoded_lines(where, content, (encoding,))
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig":
            return


def decoded_lines(where: str, content: bytes, encodings: tuple[str, ...]) -> list[str]:
    """The lines of a text file, in the first of the encodings that fits.

    Raises
    ------
    InputError
        There are too many lines, or too long ones.
    UnicodeDecodeError
        No encoding fits.
    """
    *others, last = encodings
    for encoding in others:
        try:
            return decoded_lines(where, content, (encoding,))
        except UnicodeDecodeError:
            continue
    lines: list[str] = []
    for portion in _portions(content):
        text = portion.decode(last if not lines else last.removesuffix("-sig"))
        more = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if lines:  # a portion ends with a line end, after which split gives an empty text
            lines.pop()
        lines += more
        if len(lines) > MOST_LINES:
            raise InputError(f"{where}: has more than {MOST_LINES} lines; give it in parts")
        longest = int(np.argmax([len(line) for line in more]))
        if len(more[longest]) > LONGEST_LINE:
            number = len(lines) - len(more) + longest + 1
            raise InputError(
                f"{where}: line {number}: {len(more[longest])} characters, more than {LONGEST_LINE}; "
                "give a table with a point in each line"
            )
    return lines


def _portions(content: bytes) -> Iterator[bytes]:
    """The content in portions that end at the end of a line."""
    start, end = 0, b"\n" if b"\n" in content else b"\r"
    while start < len(content):
        stop = content.find(end, start + _PORTION) + 1
        yield content[start : stop or len(content)]
        start = stop or len(content)


def delimited(where: str, lines: list[str], separator: str, header: Header, chosen: Choice) -> Records:
    """The lines below a header as records.

    Raises
    ------
    InputError
        A line has more cells than the header, or too few before the end of the file.
    """
    hint = "; numbers with a decimal comma need another separator or quotes" if separator == "," else ""
    records = Records(where, header, chosen, hint)
    last = next((place for place in range(len(lines) - 1, -1, -1) if lines[place].strip()), 0)
    for start in range(header.place + header.height, last + 1, _TOGETHER):
        stop = min(start + _TOGETHER, last + 1)
        numbers = [place + 1 for place in range(start, stop) if lines[place]]
        filled = [lines[number - 1] for number in numbers]
        rows = _parted(filled, separator)
        if len(rows) == len(filled) > 0 and records.add_all(rows, numbers):
            continue
        for place in range(start, stop):
            if lines[place].strip():
                records.add(cells_of(lines[place], separator), place + 1, place == last)
    return records


def _parted(lines: list[str], separator: str) -> list[list[str]]:
    """Lines split into cells, all at once; fewer rows than lines where a quoted cell contains line ends."""
    if not any('"' in line for line in lines):
        return [line.split(separator) for line in lines]
    return list(csv.reader(lines, delimiter=separator))


def cells_of(line: str, separator: str) -> list[str]:
    """A line split into cells; the separator may stand within quotes."""
    if '"' not in line:
        return line.split(separator)
    return next(csv.reader([line], delimiter=separator), [])
