"""The results of a sweep: as a table, as an xarray dataset, and from a folder."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import GO_ON, replace, room_for, sum_of
from coreshell_model.base.keeper import Keeper
from coreshell_model.design.problem import SOLVED
from coreshell_model.design.space import Axis, Points
from coreshell_model.observe.clusters import FORMED, SHARE
from coreshell_model.observe.full_cell import LOWEST

KIND = "sweep"
RECORD, POINTS, ROWS = "sweep.json", "points.npy", "rows.csv"

NUMBER, ENDING, REASON = "Point", "Ending", "Reason"

MOST_REASONS = 5
"""Most reasons in a summary line."""

_UNIT = re.compile(r"(.*) \[(.+)\]")
_RATE = re.compile(r"\bC/([0-9.]+)")
_NUMBER = re.compile(r"(?<![A-Za-z])(?:(?<!\w)-)?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")


@dataclass(frozen=True)
class Sweep:
    """The results of a sweep, finished or not.

    Attributes
    ----------
    table : a row for each finished point: its variables, ending, reason if it was not solved, observables
    points : all points, also unfinished ones
    record : the inputs: material, protocol, changes, axes, observables, versions
    """

    table: pd.DataFrame
    points: Points
    record: Mapping[str, Any]

    @property
    def observables(self) -> list[str]:
        """Names of the columns of observables."""
        return list(self.record["Observables"])

    @property
    def solved(self) -> pd.DataFrame:
        """The rows of the points that were solved."""
        return self.table.loc[self.table[ENDING] == SOLVED]

    @property
    def unformed(self) -> int:
        """Number of designs sodiated without most of their clusters, where the sweep observes their share."""
        if SHARE not in self.table:
            return 0
        return int(np.sum(self.solved[SHARE].to_numpy(float) < FORMED))

    @property
    def lowest_potentials(self) -> list[float]:
        """Lowest carbon potential [V] of each solved full cell, where the sweep observes it."""
        return self.solved[LOWEST].dropna().astype(float).tolist() if LOWEST in self.table else []

    def count(self, ending: str) -> int:
        """Number of points with an ending: "solved", "impossible design" or "failed solve"."""
        return self.table[ENDING].tolist().count(ending)

    def reasons(self) -> dict[str, int]:
        """How many points were not solved, by ending and reason, the commonest first.

        Numbers in the reasons are replaced by #, so that reasons that differ in numbers alone count together.
        """
        return {reason: len(examples) for reason, examples in self._by_reason().items()}

    def examples(self) -> dict[str, str]:
        """The first point's reason with its numbers, by the reasons as in ``reasons``."""
        return {reason: examples[0] for reason, examples in self._by_reason().items()}

    def _by_reason(self) -> dict[str, list[str]]:
        """Ending and reason of every unsolved point, those that differ in numbers alone together."""
        unsolved = self.table.loc[self.table[ENDING] != SOLVED]
        by_reason: dict[str, list[str]] = {}
        for ending, stated in zip(unsolved[ENDING], unsolved[REASON], strict=True):
            text = f"{ending}: {stated if isinstance(stated, str) and stated else 'for no stated reason'}"
            by_reason.setdefault(_NUMBER.sub("#", text), []).append(text)
        return dict(sorted(by_reason.items(), key=lambda entry: -len(entry[1])))

    def unsolved(self) -> str:
        """Why points were not solved, in one line with the numbers of the first point of each reason.

        "" where all were solved.
        """
        reasons, examples = self.reasons(), self.examples()
        if not reasons:
            return ""
        shown = [
            examples[reason] + (f" (first of {times})" if times > 1 else "")
            for reason, times in list(reasons.items())[:MOST_REASONS]
        ]
        others = sum(list(reasons.values())[MOST_REASONS:])
        shown += [f"{others} for other reasons"] if others else []
        return f"{sum(reasons.values())} of {len(self.table)} points not solved: {'; '.join(shown)}"

    def to_dataframe(self) -> pd.DataFrame:
        """A row for each finished point: its variables and results, units in the names of columns."""
        return self.table.copy()

    def to_xarray(self) -> xr.Dataset:
        """As a dataset: a grid has a dimension for each axis, samples have one, "point"; NaN where unsolved.

        Rates are named as multiples of 1C, since names in netCDF have no slash.
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
            match = _UNIT.fullmatch(name)
            attributes = {"units": match[2] if match else "1", "long_name": name}
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
        # In memory, since HDF5 ends the process on a full disk; synchronous, so that no worker writes it.
        with _written_here():
            content = bytes(self.to_xarray().to_netcdf(engine="h5netcdf"))
        with room_for(path, GO_ON):
            replace(path, content)
        return path


@contextmanager
def _written_here() -> Iterator[None]:
    """Let xarray write in this process, where dask's workers would otherwise do it, if dask is installed."""
    try:
        from dask import config
    except ImportError:  # the extra `cluster`
        yield
        return
    with config.set(scheduler="synchronous"):
        yield


def columns(axes: Sequence[Axis], observables: Sequence[str]) -> list[str]:
    """The columns of a table of results.

    Raises
    ------
    InputError
        An observable is a variable of the sweep.
    """
    labels = [axis.label for axis in axes]
    for name in observables:
        if name in labels:
            raise InputError(f"{name!r} varies in this sweep; leave it out of the observables")
    return [NUMBER, *labels, ENDING, REASON, *observables]


def sweep_of(rows: Sequence[Mapping[str, Any]], points: Points, record: Mapping[str, Any]) -> Sweep:
    """A sweep from its rows, sorted by point.

    Parameters
    ----------
    rows : values by column, numbers as numbers or as text
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


def kept_points(keeper: Keeper) -> tuple[dict[str, Any], Points]:
    """The record and the points of the sweep in a folder.

    Raises
    ------
    InputError
        The folder holds no sweep, or its files cannot be read.
    """
    record = keeper.identity(RECORD)
    with keeper.reading(RECORD):
        content = keeper.file(POINTS, record.pop(sum_of(POINTS)))
        axes = tuple(Axis(**axis | {"values": tuple(axis["values"])}) for axis in record["Axes"])
        values = np.load(io.BytesIO(content))
        return record, Points(axes, values, record["Points"], tuple(record["Grid"]))


def read_sweep(folder: str | Path) -> Sweep:
    """The sweep in a folder, finished or not.

    Raises
    ------
    InputError
        The folder holds no sweep, or its files cannot be read.
    """
    keeper = Keeper(folder, KIND)
    record, points = kept_points(keeper)
    return sweep_of(keeper.table(ROWS).read(), points, record)


def _plain(name: str) -> str:
    """A name without a slash: rates as multiples of 1C, 0.2C for C/5, and "N to P ratio"."""
    return _RATE.sub(lambda match: f"{1 / float(match[1]):g}C", name).replace("/", " to ")
