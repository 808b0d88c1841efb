"""A sweep on disk and as a table."""

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from dask import config as dask_config

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import alone, append_line, checksum, read_kept, replace, sealed
from coreshell_model.base.paths import user_path
from coreshell_model.design.problem import SOLVED
from coreshell_model.design.space import Axis, Points

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


NUMBER, ENDING, REASON = "Point", "Ending", "Reason"

MOST_REASONS = 5
"""Reasons that a summary line names."""

_UNIT = re.compile(r"(.*) \[(.+)\]")
_RATE = re.compile(r"\bC/([0-9.]+)")


@dataclass(frozen=True)
class Sweep:
    """The points of a sweep that are done, a row each.

    Attributes
    ----------
    table : by point: the variables, how it ended, the reason where it was not solved, its observables
    points : all points, those not yet done too
    record : what made it: material, protocol, changes, axes, observables, versions
    """

    table: pd.DataFrame
    points: Points
    record: Mapping[str, Any]

    @property
    def observables(self) -> list[str]:
        """Names of the columns that were observed."""
        return list(self.record["Observables"])

    @property
    def solved(self) -> pd.DataFrame:
        """The rows of the points that were solved."""
        return self.table.loc[self.table[ENDING] == SOLVED]

    def count(self, ending: str) -> int:
        """Points that ended so: "solved", "impossible design" or "failed solve"."""
        return self.table[ENDING].tolist().count(ending)

    @property
    def left(self) -> int:
        """Points that are not done."""
        return len(self.points) - len(self.table)

    def reasons(self) -> dict[str, int]:
        """How points ended that were not solved, and why, the commonest first; numbers are left out so that
        like reasons meet.
        """
        unsolved = self.table.loc[self.table[ENDING] != SOLVED]
        texts = unsolved[ENDING].str.cat(unsolved[REASON].fillna("for no stated reason"), sep=": ")
        return (
            texts.str.replace(r"(?<![A-Za-z])[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", "#", regex=True)
            .value_counts()
            .to_dict()
        )

    def unsolved(self) -> str:
        """Why points were not solved, in one line with how many of each; "" where all were."""
        reasons = self.reasons()
        if not reasons:
            return ""
        shown = [f"{times} x {reason}" for reason, times in list(reasons.items())[:MOST_REASONS]]
        others = sum(list(reasons.values())[MOST_REASONS:])
        shown += [f"{others} x other reasons"] if others else []
        return f"{sum(reasons.values())} of {len(self.table)} points not solved: {'; '.join(shown)}"

    def to_xarray(self) -> xr.Dataset:
        """A grid with an axis a dimension, samples along one dimension "point"; NaN where nothing was found.

        Rates are named as multiples of 1C, since a name in netCDF has no slash.
        """
        rows = self.table.set_index(NUMBER).reindex(range(len(self.points)))
        shape = self.points.shape or (len(self.points),)
        axes = self.points.axes
        dimensions = [axis.name for axis in axes] if self.points.shape else ["point"]
        coordinates: dict[str, Any] = {}
        for column, axis in enumerate(axes):
            attributes = {"units": axis.unit, "long_name": axis.label}
            if self.points.shape:
                coordinates[axis.name] = (axis.name, axis.grid(), attributes)
            else:
                coordinates[axis.name] = ("point", self.points.values[:, column], attributes)
        data: dict[str, Any] = {}
        for name in self.observables:
            found = _UNIT.fullmatch(name)
            attributes = {"units": found[2] if found else "1", "long_name": name}
            data[_plain(name)] = (dimensions, rows[name].to_numpy(float).reshape(shape), attributes)
        for name in (ENDING, REASON):
            texts = rows[name].fillna("not done" if name == ENDING else "").to_numpy(str)
            data[name] = (dimensions, texts.reshape(shape).astype(object))
        attributes = {
            "inputs": json.dumps(self.record),
            "versions": json.dumps(self.record["Versions"]),
            "points": self.points.made,
        }
        return xr.Dataset(data, coordinates, attributes)

    def save(self, path: Path) -> Path:
        """Write the dataset as netCDF.

        Raises
        ------
        InputError
            The file cannot be written.
        """
        # In memory, since HDF5 ends the process on a full disk; in this process, whose file no worker sees.
        with dask_config.set(scheduler="synchronous"):
            content = bytes(self.to_xarray().to_netcdf(engine="h5netcdf"))
        try:
            replace(path, content)
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror or error}; make room") from None
        return path


def columns(axes: Sequence[Axis], observables: Sequence[str]) -> list[str]:
    """The columns of a table of results.

    Raises
    ------
    InputError
        An observable that is a variable of the sweep.
    """
    labels = [axis.label for axis in axes]
    for name in observables:
        if name in labels:
            raise InputError(f"{name!r} varies in this sweep; leave it out of the observables")
    return [NUMBER, *labels, ENDING, REASON, *observables]


def sweep_of(rows: Sequence[Mapping[str, Any]], points: Points, record: Mapping[str, Any]) -> Sweep:
    """The result from rows, in the order of the points.

    Parameters
    ----------
    rows : values by column, numbers as such or as text
    """
    names = columns(points.axes, record["Observables"])
    table = pd.DataFrame(list(rows), columns=names, dtype=object)
    for name in names:
        if name not in (ENDING, REASON):
            texts = table[name].map(lambda value: np.nan if value in ("", None) else float(value))
            table[name] = texts.astype(float)
    table[NUMBER] = table[NUMBER].astype(int)
    for name in (ENDING, REASON):
        table[name] = table[name].fillna("").astype(str)
    return Sweep(table.sort_values(NUMBER, ignore_index=True), points, record)


def read_sweep(folder: str | Path) -> Sweep:
    """The sweep that a folder holds, finished or not.

    Raises
    ------
    InputError
        There is none, or its files cannot be read.
    """
    kept = SweepFolder(folder)
    record, points = kept.read()
    return sweep_of(kept.rows(), points, record)


def _plain(name: str) -> str:
    """A name without the slash of a rate: C/5 as 0.2C."""
    return _RATE.sub(lambda found: f"{1 / float(found[1]):g}C", name)
