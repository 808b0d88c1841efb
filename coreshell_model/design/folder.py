"""A sweep on disk: what it is a sweep of, its points, and a row for each as it completes."""

import csv
import hashlib
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.design.axes import Axis
from coreshell_model.design.points import Points
from coreshell_model.errors import InputError
from coreshell_model.keeping import alone, append_line, checksum, read_kept, replace, sealed
from coreshell_model.paths import user_path

KIND, OF_POINTS = "sweep", "SHA-256 of points.npy"
RECORD, POINTS, ROWS, CHECKS = "sweep.json", "points.npy", "rows.csv", "rows.sha256"
"""The checks say, batch after batch, how many bytes the rows have and what their checksum is."""


class SweepFolder:
    """The files of one sweep. Rows are only ever appended; one that a kill cut short is dropped."""

    def __init__(self, path: str | Path):
        self.path = user_path(path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder, made where it is not there and kept from a second sweep.

        Raises
        ------
        InputError
            Another sweep is at work there, or nothing can be written.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(alone(self.path, KIND))
            except OSError as error:
                raise self._unwritable(error) from None
            yield

    def begin(self, record: Mapping[str, Any], points: Points) -> None:
        """Write what the sweep is of.

        Raises
        ------
        InputError
            A sweep is there already, or nothing can be written.
        """
        if (self.path / RECORD).exists():
            raise InputError(
                f"{self.path}: holds a sweep already; add --resume to go on, or choose another folder"
            )
        try:
            content = io.BytesIO()
            np.save(content, points.values)
            replace(self.path / POINTS, content.getvalue())
            (self.path / ROWS).unlink(missing_ok=True)
            replace(self.path / CHECKS, "")
            replace(self.path / RECORD, sealed({**record, OF_POINTS: checksum(content.getvalue())}, indent=2))
        except OSError as error:
            raise self._unwritable(error) from None

    def read(self) -> tuple[dict[str, Any], Points]:
        """What the sweep that the folder holds is of.

        Raises
        ------
        InputError
            There is none, or its files cannot be read.
        """
        path = self.path / RECORD
        if not path.exists():
            raise InputError(f"{self.path}: holds no sweep; leave out --resume to start one")
        record = read_kept(path)
        try:
            content = (self.path / POINTS).read_bytes()
            if checksum(content) != record.pop(OF_POINTS):
                raise ValueError(f"the checksum of {POINTS} is another")
            axes = tuple(Axis(**each | {"values": tuple(each["values"])}) for each in record["Axes"])
            values = np.load(io.BytesIO(content))
            return record, Points(axes, values, record["Points"], tuple(record["Grid"]))
        except FileNotFoundError as error:
            raise InputError(f"{error.filename}: is not there; choose another folder") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: is not a sweep's record ({error}); choose another folder") from None

    def rows(self) -> list[dict[str, str]]:
        """The rows kept so far, each point once, texts as written; a last one cut short is left out."""
        whole = self._checked_rows().decode("utf-8")
        found = {row["Point"]: row for row in csv.DictReader(io.StringIO(whole, newline=""))}
        return list(found.values())

    def _checked_rows(self) -> bytes:
        """The rows as far as the checks go; what a kill left after them is to be done again.

        Raises
        ------
        InputError
            They are others than those that were written.
        """
        rows, checks = self.path / ROWS, self.path / CHECKS
        try:
            content = rows.read_bytes() if rows.exists() else b""
            if not content and not checks.exists():
                return b""
            lines = checks.read_bytes()
        except OSError as error:
            raise InputError(
                f"{error.filename}: cannot be read: {error.strerror}; choose another folder"
            ) from None
        whole = lines[: lines.rfind(b"\n") + 1].splitlines()
        if not whole:
            return b""
        size, _, kept = whole[-1].decode("ascii", "replace").partition(" ")
        if not size.isascii() or not size.isdigit() or len(kept) != len(checksum(b"")):
            raise InputError(f"{checks}: is damaged in its last line; choose another folder")
        if len(content) < int(size) or checksum(content[: int(size)]) != kept:
            raise InputError(
                f"{rows}: is damaged, or was changed since it was written (its checksum is another); choose "
                "another folder"
            )
        return content[: int(size)]

    @contextmanager
    def appending(self, columns: Sequence[str]) -> Iterator["Appender"]:
        """Open for rows with these columns.

        Raises
        ------
        InputError
            Nothing can be written, or rows with other columns are there.
        """
        path = self.path / ROWS
        try:
            file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        except OSError as error:
            raise self._unwritable(error) from None
        with file:
            content = self._checked_rows()
            appender = Appender(self, file, content)
            header = _line(columns)
            if not content:
                appender.write(header)
            elif not content.startswith(header):
                raise InputError(f"{path}: has other columns than this sweep's; choose another folder")
            yield appender

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"{self.path}: cannot be written: {error.strerror or error}; make room or choose another folder"
        )


class Appender:
    """Appends rows to a file so that each is on disk, or not there at all."""

    def __init__(self, folder: SweepFolder, file: Any, content: bytes):
        self._folder, self._file, self._size = folder, file, len(content)
        self._checksum = hashlib.sha256(content)

    def keep(self, rows: Sequence[Sequence[Any]]) -> None:
        """Rows in the order of the columns, on disk when this returns.

        Raises
        ------
        InputError
            The disk is full or went away; the rows before stay as they are.
        """
        self.write(b"".join(_line(row) for row in rows))

    def write(self, content: bytes) -> None:
        """Lines, as ``keep`` makes them."""
        try:
            self._file.seek(self._size)
            self._file.truncate()
            left = memoryview(content)
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
            together = self._checksum.copy()
            together.update(content)
            line = f"{self._size + len(content)} {together.hexdigest()}"
            append_line(self._folder.path / CHECKS, line)
        except OSError as error:
            raise InputError(
                f"{self._folder.path}: a point cannot be kept: {error.strerror or error}; make room, then go "
                "on with --resume"
            ) from None
        self._size += len(content)
        self._checksum = together


def _line(values: Sequence[Any]) -> bytes:
    """One line of CSV; floats to the last digit, None as nothing."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(
        [
            "" if value is None else " ".join(value.split()) if isinstance(value, str) else value
            for value in values
        ]
    )
    return text.getvalue().encode("utf-8")
