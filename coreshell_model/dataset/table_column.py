"""The cells of a column in long pieces: two million small strings would take ten times the file."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

JOINT = "\n"
"""Between the cells of a piece; no cell holds it, because it ends a line."""


class TableColumn(Sequence[Any]):
    """A column as a sequence of its cells, text or what a workbook has."""

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
