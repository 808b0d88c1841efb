"""What a file holds before it is understood: a header, columns of cells, and the lines they came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coreshell_model.errors import InputError

MOST_NAMED = 5
"""Lines that one statement names before it only counts them."""


@dataclass(frozen=True)
class Sheet:
    """A table as a file holds it.

    Attributes
    ----------
    where : the file, as complaints name it
    format : the kind of file, in words
    header : the columns' names, as written
    columns : the cells of each column, as text or as numbers
    lines : line of each row in the file, or its row in a worksheet, from 1
    header_line : line of the header; 0 for a file without lines
    notes : what was left out on the way, in words
    mass : mass of active material that the file itself states [kg]
    rests : whether the file itself says that nothing flows in it
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
        """The complaint about a row, by its place among the rows, or about the header."""
        line = self.header_line if row is None else int(self.lines[row])
        return InputError(f"{self.where}: line {line}: {message}" if line else f"{self.where}: {message}")

    def named(self, rows: Iterable[Any]) -> str:
        """The lines of some rows, in words."""
        return named([int(self.lines[int(row)]) for row in rows])


def named(lines: Sequence[int]) -> str:
    """As "line 4" or "lines 4, 9, 12", a long list cut short."""
    shown = ", ".join(str(line) for line in lines[:MOST_NAMED])
    more = f" and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
