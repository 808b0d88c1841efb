"""Files that only grow: lines of records, and tables of rows; what a kill cut short is written over."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from coreshell_model.base.files import (
    GO_ON,
    append,
    content_of,
    damaged,
    room_for,
    sealed,
    sum_of,
    unsealed,
)

COUNT, BYTES = "Rows", "Bytes"
"""Entries of a line in the file of checksums beside a table."""


class Lines:
    """A file of sealed records, one in each line; a line that a kill cut short is written over.

    Parameters
    ----------
    path : of the file, which need not exist; None where nothing is kept
    """

    def __init__(self, path: Path | None):
        self.path = path
        self._ends: list[int] | None = None

    def read(self) -> list[dict[str, Any]]:
        """The records so far.

        Raises
        ------
        InputError
            The file cannot be read, or a line was changed since it was written.
        """
        content = b"" if self.path is None else content_of(self.path)
        whole = content.split(b"\n")[:-1]
        self._ends = [0, *accumulate(len(line) + 1 for line in whole)]
        return [unsealed(line, f"{self.path}: line {place}") for place, line in enumerate(whole, start=1)]

    def append(self, record: Mapping[str, Any]) -> None:
        """Append a record, which is on disk when this returns.

        Raises
        ------
        InputError
            The record cannot be written; earlier records stay.
        """
        if self.path is None:
            return
        if self._ends is None:
            self.read()
        assert self._ends is not None
        line = f"{sealed(record)}\n".encode()
        with room_for(self.path, GO_ON):
            append(self.path, line, self._ends[-1])
        self._ends.append(self._ends[-1] + len(line))

    def keep_first(self, count: int) -> None:
        """Drop all records behind the first ``count``."""
        self.read()
        assert self._ends is not None
        del self._ends[count + 1 :]
        if self.path is not None and self.path.exists():
            with room_for(self.path, GO_ON):
                append(self.path, b"", self._ends[-1])


class Table:
    """A CSV to which rows are appended; rows that a kill cut short, or left unchecked, are written over.

    Each ``append`` also adds a line to the file beside it that ends in .sha256: the number of rows so far,
    their bytes and their checksum.

    Parameters
    ----------
    path : of the CSV, which need not exist; None where nothing is kept
    """

    def __init__(self, path: Path | None):
        self.path = path
        self._checks = Lines(None if path is None else path.with_suffix(".sha256"))
        self._count = self._size = 0
        self._sum: Any = None

    @property
    def count(self) -> int:
        """The number of rows by the last line of checksums."""
        return max((check[COUNT] for check in self._checks.read()), default=0)

    def read(self) -> list[dict[str, str]]:
        """The rows so far, as texts.

        Raises
        ------
        InputError
            The rows cannot be read, or were changed since they were written.
        """
        checks = self._checks.read()  # before the rows, since another process may append more meanwhile
        last = checks[-1] if checks else {COUNT: 0, BYTES: 0}
        self._count, self._size, self._sum = last[COUNT], last[BYTES], hashlib.sha256()
        if self.path is None or not self._count:
            return []
        content = content_of(self.path)[: self._size]
        self._sum.update(content)
        if self._sum.hexdigest() != last[sum_of(self.path.name)]:
            raise damaged(self.path)
        return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))

    def append(self, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows, which are on disk when this returns.

        None and NaN become empty cells, floats keep all digits.

        Parameters
        ----------
        columns : names in order, which are those of the rows before
        rows : values by column

        Raises
        ------
        InputError
            The rows cannot be written; earlier rows stay.
        """
        if self.path is None or not rows:
            return
        if self._sum is None:
            self.read()
        assert self._sum is not None
        content = b"".join(_line([row.get(name) for name in columns]) for row in rows)
        if not self._count:
            content = _line(columns) + content
        with room_for(self.path, GO_ON):
            append(self.path, content, self._size)
        checksum_so_far = self._sum.copy()
        checksum_so_far.update(content)
        count, size = self._count + len(rows), self._size + len(content)
        self._checks.append({COUNT: count, BYTES: size, sum_of(self.path.name): checksum_so_far.hexdigest()})
        self._count, self._size, self._sum = count, size, checksum_so_far

    def keep_first(self, count: int) -> None:
        """Drop the rows that were appended when there were already ``count`` rows."""
        self._checks.keep_first(sum(check[COUNT] <= count for check in self._checks.read()))
        self.read()
        if self.path is not None and self.path.exists():
            with room_for(self.path, GO_ON):
                append(self.path, b"", self._size)


def _line(values: Sequence[Any]) -> bytes:
    """A line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(map(_cell, values))
    return text.getvalue().encode("utf-8")


def _cell(value: Any) -> Any:
    """A cell of CSV: text on one line, "" for None and NaN."""
    if isinstance(value, str):
        return " ".join(value.split())
    return "" if value is None or value != value else value
