"""A sweep on disk: what it is a sweep of, its points, and a row for each as it completes."""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.design.axes import Axis
from coreshell_model.design.points import Points
from coreshell_model.errors import InputError
from coreshell_model.keeping import alone, replace

KIND = "sweep"
RECORD, POINTS, ROWS = "sweep.json", "points.npy", "rows.csv"


class SweepFolder:
    """The files of one sweep. Rows are only ever appended; one that a kill cut short is dropped."""

    def __init__(self, path: str | Path):
        self.path = Path(path)

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
            with (self.path / POINTS).open("wb") as file:
                np.save(file, points.values)
            (self.path / ROWS).unlink(missing_ok=True)
            replace(self.path / RECORD, json.dumps(dict(record), indent=2))
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
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            axes = tuple(Axis(**each | {"values": tuple(each["values"])}) for each in record["Axes"])
            values = np.load(self.path / POINTS)
            return record, Points(axes, values, record["Points"], tuple(record["Grid"]))
        except FileNotFoundError:
            raise InputError(f"{self.path}: holds no sweep; leave out --resume to start one") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: is not a sweep's record ({error}); choose another folder") from None

    def rows(self) -> list[dict[str, str]]:
        """The rows kept so far, each point once, texts as written; a last one cut short is left out."""
        try:
            content = (self.path / ROWS).read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{self.path / ROWS}: cannot be read: {error.strerror}") from None
        whole = content[: content.rfind(b"\n") + 1].decode("utf-8")
        found = {row["Point"]: row for row in csv.DictReader(io.StringIO(whole, newline=""))}
        return list(found.values())

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
            content = file.read()
            size = content.rfind(b"\n") + 1
            appender = Appender(self, file, size)
            header = _line(columns)
            if size == 0:
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

    def __init__(self, folder: SweepFolder, file: Any, size: int):
        self._folder, self._file, self._size = folder, file, size

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
        except OSError as error:
            raise InputError(
                f"{self._folder.path}: a point cannot be kept: {error.strerror or error}; make room, then go "
                "on with --resume"
            ) from None
        self._size += len(content)


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
