"""Which rows below a header are data: headers again, lines of text and sums are left out and named."""

from typing import Any

from coreshell_model.dataset.columns import Measured, heading
from coreshell_model.dataset.numbers import MISSING, is_number
from coreshell_model.dataset.sheet import Sheet, named
from coreshell_model.dataset.table_header import Choice, Header
from coreshell_model.errors import InputError

_NOT_NUMBERS = (None, Measured.STEP_TYPE)


class Records:
    """The rows of a table as they come, with what was left out."""

    def __init__(self, where: str, header: Header, chosen: Choice, hint: str = ""):
        self.where, self.header, self.hint = where, header, hint
        self.names = tuple(name.strip() for name in header.names)
        names = {name for name, _ in chosen.values()}
        self.needed = [
            i for i, name in enumerate(self.names) if name in names or heading(name).what not in _NOT_NUMBERS
        ]
        self.unnamed = [i for i, name in enumerate(self.names) if not name]
        self.rows: list[list[Any]] = []
        self.lines: list[int] = []
        self.left_out: dict[str, list[int]] = {
            "header repeated": [],
            "lines of text left out": [],
            "last line, cut off, left out": [],
        }

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
            self.rows.append([*cells, *[""] * (width - len(cells))])
            self.lines.append(line)

    def sheet(self, kind: str, mass: float | None = None) -> Sheet:
        """What was taken, as columns.

        In a layered export the first columns have no name, and hold something only in the lines that sum up
        cycles and steps; those lines are left out.

        Raises
        ------
        InputError
            Nothing is there.
        """
        sums = [self._sums_up(row) for row in self.rows]
        if any(sums) and not all(sums):
            self.left_out["lines that sum up cycles and steps left out"] = [
                line for line, layered in zip(self.lines, sums, strict=True) if layered
            ]
            self.rows = [row for row, layered in zip(self.rows, sums, strict=True) if not layered]
            self.lines = [line for line, layered in zip(self.lines, sums, strict=True) if not layered]
        line = self.header.place + 1
        if not self.rows:
            raise InputError(
                f"{self.where}: line {line}: there are no data below the header; give a file with data"
            )
        before = self.header.place
        notes = (f"{before} lines before the header left out",) if before else ()
        notes += tuple(f"{what}: {named(found)}" for what, found in self.left_out.items() if found)
        columns = tuple(zip(*self.rows, strict=True))
        return Sheet(self.where, kind, self.header.names, columns, self.lines, line, notes, mass)

    def _sums_up(self, cells: list[Any]) -> bool:
        """Whether a row has something below a column without a name."""
        return any(_text(cells[i]) for i in self.unnamed if i < len(cells))


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    return "" if cell is None else str(cell)
