"""A measured file as rows and headers, whatever its format, within limits of size.

All limits are counts, not times, so that a file is read or refused alike on every machine. They keep the
memory for any file below 2 GB; docs/data.md lists them.
"""

import zipfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress, islice
from typing import IO, Any, NamedTuple

from coreshell_model.base.errors import InputError
from coreshell_model.data.columns import CHARGES, CLOCKS, CURRENTS, Measured, heading, is_unit

LARGEST = 300_000_000
"""Bytes of a file that is read: 3 million lines of 100 characters."""

MOST_LINES = 3_000_000
"""Lines of a text file, records of a binary one: a point a second for five weeks, a point a minute for six
years."""

LONGEST_LINE = 100_000
"""Characters of a line."""

MOST_COLUMNS = 1000
"""Columns of a table."""

MOST_SHEET_CELLS = 2_000_000
"""Cells of a worksheet, empty ones between others included: openpyxl needs 10 microseconds for each."""

MOST_TAGS = 4 * MOST_SHEET_CELLS
"""XML tags in a workbook, four for each cell; those outside of worksheets take longer and count more."""

MOST_UNPACKED = 120_000_000
"""Unpacked bytes of a zipped file: 2 million cells of a workbook, a million records of .ndax."""

MOST_RATIO = 200
"""Unpacked over packed size of a part that unpacks to more than ``UNPACKED_FREELY``: a log has 10 to 30,
zeros have 1000."""

UNPACKED_FREELY = 20_000_000
"""Unpacked bytes up to which the ratio of a part is not limited."""

MOST_PARTS = 1000
"""Files in a zipped file."""

TOO_LARGE = f"the file is larger than {LARGEST // 1_000_000} MB; give it in parts"


def check_zip(where: str, file: IO[bytes], instead: str, unreadable: str) -> None:
    """Refuse a zipped file that would unpack to too much, by its directory, before anything is unpacked.

    Python's zipfile unpacks no more of a part than the directory states, so a wrong directory does no harm.

    Parameters
    ----------
    file : the zipped file
    instead : what the user can do
    unreadable : the complaint about a file that is not zipped
    """
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except Exception as error:  # noqa: BLE001  a damaged directory fails in many ways
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise InputError(f"{where}: {unreadable} ({reason}); {instead}") from None
    if len(parts) > MOST_PARTS:
        raise InputError(f"{where}: {len(parts)} files are packed in it, more than {MOST_PARTS}; {instead}")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED:
        raise InputError(
            f"{where}: would unpack to {unpacked / 1e6:.0f} MB, more than {MOST_UNPACKED / 1e6:.0f} MB; "
            f"{instead}"
        )
    for part in parts:
        if part.file_size > UNPACKED_FREELY and part.file_size > MOST_RATIO * part.compress_size:
            ratio = part.file_size / max(part.compress_size, 1)
            raise InputError(
                f"{where}: {part.filename[:60]!r} in it would unpack to {part.file_size / 1e6:.0f} MB, "
                f"{ratio:.0f} times its size, more than {MOST_RATIO} times; {instead}"
            )


MOST_NAMED = 5
"""Lines that a statement names; further lines are only counted."""


@dataclass(frozen=True)
class Sheet:
    """A table as a file holds it.

    Attributes
    ----------
    where : name of the file in messages
    format : the kind of file, in words
    header : the columns' names, as written
    columns : the cells of each column, as text or as numbers
    lines : line of each row in the file, or its row in a worksheet, from 1
    header_line : line of the header; 0 for a file without lines
    notes : what was left out so far, in words
    mass : mass of active material that the file itself states [kg]
    rests : whether the file itself says that no current flows in it
    began : when the acquisition began, which is 0 of the file's time, if the file states it
    """

    where: str
    format: str
    header: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    lines: Sequence[int]
    header_line: int = 0
    notes: tuple[str, ...] = ()
    mass: float | None = None
    rests: bool = False
    began: datetime | None = None

    def wrong(self, message: str, row: int | None = None) -> InputError:
        """The error about a row, by its place among the rows, or about the header."""
        line = self.header_line if row is None else int(self.lines[row])
        return InputError(f"{self.where}: line {line}: {message}" if line else f"{self.where}: {message}")

    def named(self, rows: Iterable[Any]) -> str:
        """The line numbers of some rows, in words."""
        return named([int(self.lines[int(row)]) for row in rows])


def named(lines: Sequence[int]) -> str:
    """Line numbers in words: "line 4" or "lines 4, 9, 12", a long list cut short."""
    shown = ", ".join(str(line) for line in lines[:MOST_NAMED])
    more = f" and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


JOINT = "\n"
"""Separator of the cells of a piece; no cell contains it, because it ends a line."""


class TableColumn(Sequence[Any]):
    """A column as a sequence of its cells, texts or a workbook's values, kept in pieces to save memory."""

    def __init__(self) -> None:
        self._pieces: list[str | list[Any]] = []
        self._ends = array("q")
        self._open: tuple[int, list[Any]] = (-1, [])

    def extend(self, cells: Sequence[Any]) -> None:
        """Add cells, kept as they are."""
        if cells:
            self._add(list(cells), len(cells))

    def extend_joined(self, text: str, count: int) -> None:
        """Add ``count`` cells of text that ``JOINT`` separates."""
        self._add(text, count)

    def _add(self, piece: str | list[Any], count: int) -> None:
        self._ends.append(len(self) + count)
        self._pieces.append(piece)

    def pieces(self) -> Iterator[str | list[Any]]:
        """The pieces in order: text with its cells joined, or a list."""
        return iter(self._pieces)

    def selected(self, kept: Sequence[bool]) -> "TableColumn":
        """The cells at which ``kept`` is true."""
        chosen = TableColumn()
        chosen.extend(list(compress(self, kept)))
        return chosen

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Any]:
        for piece in self._pieces:
            yield from parted(piece)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        number = next(i for i, end in enumerate(self._ends) if place < end)
        if self._open[0] != number:
            self._open = number, parted(self._pieces[number])
        return self._open[1][place - (self._ends[number - 1] if number else 0)]


def parted(piece: str | list[Any]) -> list[Any]:
    """The cells of a piece."""
    return piece.split(JOINT) if isinstance(piece, str) else piece


Cells = Sequence[str]
Choice = Mapping[Measured, tuple[str, str | None]]
"""The columns that the user chose: for each quantity its header and perhaps its unit."""

FURTHEST = 400
"""Lines in which the header is looked for."""

MOST_CELLS = 50_000
"""Most cells of these lines together."""


class Header(NamedTuple):
    """The place of a header among lines, its names with units, and the number of its lines."""

    place: int
    names: tuple[str, ...]
    height: int


def kinds(cells: Cells, chosen: Choice) -> set[Measured]:
    """The quantities that these cells name, by the user's choice or by their spelling."""
    plain = [cell.strip() for cell in cells]
    by_choice = {quantity for quantity, (name, _) in chosen.items() if name in plain}
    return by_choice | {
        quantity for quantity in (heading(cell).quantity for cell in plain) if quantity is not None
    }


def is_complete(quantities: set[Measured]) -> bool:
    """Whether there is a time, a voltage, and a current or a charge from which it can be computed."""
    flows = {*CURRENTS, *CHARGES}
    return (
        Measured.VOLTAGE in quantities
        and not quantities.isdisjoint(CLOCKS)
        and not quantities.isdisjoint(flows)
    )


def header_lines(lines: Iterable[Cells]) -> list[Cells]:
    """The first lines, in which a header is looked for, up to ``MOST_CELLS`` cells."""
    first_lines, cells = [], 0
    for line in islice(lines, FURTHEST + 1):
        cells += len(line)
        if cells > MOST_CELLS and first_lines:
            break
        first_lines.append(line)
    return first_lines


def find_header(lines: Iterable[Cells], chosen: Choice) -> Header | None:
    """The first line with a time, a voltage and a current; a line of units below belongs to it."""
    first_lines = header_lines(lines)
    for place, cells in enumerate(first_lines[:FURTHEST]):
        if len(cells) >= 3 and is_complete(kinds(cells, chosen)):
            names = tuple(str(cell).strip() for cell in cells)
            below = first_lines[place + 1] if place + 1 < len(first_lines) else ()
            units = _units_below(names, below)
            return Header(place, units or names, 2 if units else 1)
    return None


def _units_below(names: tuple[str, ...], below: Cells) -> tuple[str, ...] | None:
    """The names with the units of the next line; None unless that holds units and nothing else."""
    cells = [cell.strip() for cell in below]
    filled = [cell for cell in cells if cell not in ("", "-")]
    if len(cells) > len(names) or len(filled) < 2 or not all(map(is_unit, filled)):
        return None
    cells += [""] * (len(names) - len(cells))
    return tuple(
        f"{name} [{cell.strip('[]()')}]" if cell not in ("", "-") and heading(name).unit is None else name
        for name, cell in zip(names, cells, strict=True)
    )


OF_CURVES = (
    "or, for a curve of voltage against capacity without time, state its rate and direction (--curve; "
    "docs/data.md)"
)
"""What else can be done with a file that has neither time nor current."""


def no_header(where: str, lines: Sequence[Cells], chosen: Choice, line: Callable[[int], int]) -> InputError:
    """The error for a file in which no line names a time, a voltage and a current."""
    lines = header_lines(lines)
    for quantity, (name, _) in chosen.items():
        if not any(name == cell.strip() for cells in lines[:FURTHEST] for cell in cells):
            return InputError(
                f"{where}: no column is named {name!r}, chosen for the {quantity.value}; correct the name"
            )
    best = max(
        range(min(len(lines), FURTHEST)), key=lambda place: len(kinds(lines[place], chosen)), default=None
    )
    named_quantities = kinds(lines[best], chosen) if best is not None else set()
    if best is None or not named_quantities:
        return InputError(
            f"{where}: no line names the columns; add a header like 'Test Time / s,Voltage / V,Current / A', "
            f"{OF_CURVES}"
        )
    missing = [
        words
        for words, choices in (("time", CLOCKS), ("voltage", (Measured.VOLTAGE,)), ("current", CURRENTS))
        if named_quantities.isdisjoint(choices)
    ]
    quantity = missing[0]
    choice = {"time": "HEADER in s", "voltage": "HEADER in V", "current": "HEADER in mA"}[quantity]
    present = ", ".join(repr(cell.strip()) for cell in lines[best][:8])
    otherwise = f", {OF_CURVES}" if missing == ["time", "current"] else ""
    return InputError(
        f"{where}: line {line(best)}: no column for the {' and the '.join(missing)} among {present}; say "
        f"which it is, as columns={{{quantity!r}: {choice!r}}} (--column '{quantity}={choice}'){otherwise}"
    )
