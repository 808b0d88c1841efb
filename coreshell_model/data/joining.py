"""Several files of one cell joined in time: files of single techniques, or continued ones."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import shown
from coreshell_model.base.paths import user_path
from coreshell_model.base.units import from_si
from coreshell_model.data.clock import UnknownSignError
from coreshell_model.data.columns import CURRENT, CYCLE, STEP, TEMPERATURE, TIME, VOLTAGE
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.record import Dataset
from coreshell_model.data.sweeps import SweptSpectrum

OVERLAP = 2.0
"""Seconds by which a file may begin before the one before it ended: date stamps have no more digits."""

SAME_MASS = 1e-3
"""Share within which two files state the same mass."""

CONTINUES = 10.0
"""A file without dates continues the time of the file before it where its first time is later than this many
of its first intervals, and less than as many after the end of the file before."""

JUMP = 0.5
"""Volts between the end of a file and the beginning of the next above which the jump is stated."""


def read_datasets(paths: Sequence[str | Path], **options: Any) -> Dataset:
    """Read one file, or several of one cell as one measurement.

    Parameters
    ----------
    paths : in order; where all files state when they began, they are sorted by that
    options : as for ``read_dataset``, for every file

    Raises
    ------
    InputError
        As ``read_dataset``, or the files overlap in time, are of different cells, or one is given twice.
    """
    if not paths:
        raise InputError("no file is given; give at least one")
    if len(paths) == 1:
        return read_dataset(paths[0], **options)
    files = [user_path(path) for path in paths]
    for number, path in enumerate(files):
        if any(_same(path, other) for other in files[:number]):
            raise InputError(f"{shown(path)}: is given twice; give each file once")
    parts, statements = _in_order(_read(files, options))
    mass = _mass(parts)
    if len({part.cell for part in parts}) > 1:
        raise InputError(
            "some of the files are of a half-cell and some of a full cell; give files of one cell"
        )
    tables, spectra, seams = _in_sequence(parts)
    joined, counter_notes = _counted_on(tables)
    statements += [*seams, *_statements_of_files(parts), *counter_notes]
    formats = " and ".join(dict.fromkeys(part.format for part in parts))
    signs = [part.positive_current for part in parts if part.positive_current]
    whole = replace(
        parts[0],
        table=joined,
        format=f"{len(parts)} files, {formats}",
        statements=tuple(dict.fromkeys(statements)),
        mass=mass,
        spectra=tuple(spectra),
        sources=tuple(part.source for part in parts),
        positive_current=signs[0] if signs else None,
        without_time=next((part.without_time for part in parts if part.without_time), None),
    )
    return _cycles_counted(whole) if counter_notes else whole


def _in_sequence(parts: Sequence[Dataset]) -> tuple[list[pd.DataFrame], list[SweptSpectrum], list[str]]:
    """Tables and spectra of the files on one clock that begins at 0, and the statements about the seams."""
    tables: list[pd.DataFrame] = []
    spectra: list[SweptSpectrum] = []
    seams: list[str] = []
    for number, part in enumerate(parts):
        table = part.table.copy()
        shift = (part.lead if number else 0.0) - float(part.time[0])
        if number:
            end = float(tables[-1][TIME].iloc[-1])
            pause, seam = _seam(parts[number - 1], part)
            shift += end + pause
            if pause > _first_interval(part):
                tables.append(_rest(tables[-1], table, end, pause))
            seams.append(seam)
        table[TIME] += shift
        tables.append(table)
        for spectrum in part.spectra:
            spectra.append(replace(spectrum, number=len(spectra) + 1, time=spectrum.time + shift))
    return tables, spectra, seams


def _statements_of_files(parts: Sequence[Dataset]) -> list[str]:
    """The statements that all files share, and then the other statements file by file."""
    shared = [text for text in parts[0].statements if all(text in part.statements for part in parts)]
    return [f"all files: {text}" for text in shared] + [
        f"{part.source.name}: {text}" for part in parts for text in part.statements if text not in shared
    ]


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return path == other


def _read(files: Sequence[Path], options: dict[str, Any]) -> list[Dataset]:
    """Read each file; one that does not show the sign of its current has that of others of its format."""
    parts: dict[int, Dataset] = {}
    without_sign: dict[int, UnknownSignError] = {}
    for number, path in enumerate(files):
        try:
            parts[number] = read_dataset(path, **options)
        except UnknownSignError as error:
            without_sign[number] = error
    for number, error in without_sign.items():
        alike = [
            part for part in parts.values() if part.source.suffix.lower() == files[number].suffix.lower()
        ]
        signs = {part.positive_current for part in alike} - {None}
        if len(signs) != 1:
            raise error
        parts[number] = read_dataset(files[number], **options, sign_of_other_files=next(iter(signs)))
    return [parts[number] for number in range(len(files))]


def _in_order(parts: list[Dataset]) -> tuple[list[Dataset], list[str]]:
    """The files in the order of their dates, if all have them, and a statement if the order changed."""
    stamps = [part.began for part in parts]
    if any(stamp is None for stamp in stamps):
        return parts, []
    order = sorted(range(len(parts)), key=lambda number: stamps[number])  # type: ignore[arg-type, return-value]
    if order == list(range(len(parts))):
        return parts, []
    names = ", ".join(parts[number].source.name for number in order)
    return [parts[number] for number in order], [f"files sorted by when they began: {names}"]


def _mass(parts: Sequence[Dataset]) -> float | None:
    """The mass of active carbon that the files state; files that state different masses are refused."""
    with_mass = [part for part in parts if part.mass is not None]
    for part in with_mass[1:]:
        assert part.mass is not None and with_mass[0].mass is not None
        if abs(part.mass - with_mass[0].mass) > SAME_MASS * with_mass[0].mass:
            raise InputError(
                f"{shown(part.source)}: mass of active carbon is {from_si(part.mass, 'mg'):.6g} mg, in "
                f"{with_mass[0].source.name} {from_si(with_mass[0].mass, 'mg'):.6g} mg; give files of one "
                "cell, or its mass, as mass='1.1 mg' (--mass \"1.1 mg\")"
            )
    return with_mass[0].mass if with_mass else None


def _seam(before: Dataset, part: Dataset) -> tuple[float, str]:
    """Seconds from the end of a file to the beginning of the next, and the statement about them.

    Raises
    ------
    InputError
        The next file begins before the end of this one.
    """
    where = f"seam between {before.source.name} and {part.source.name}"
    jump = float(part.voltage[0] - before.voltage[-1])
    cell = ""
    if abs(jump) > JUMP:
        cell = f"; the voltage jumps by {jump:.3g} V there: are they of one cell?"
    if before.began is None or part.began is None:
        pause, interval = float(part.time[0] - before.time[-1]), _first_interval(part)
        if part.time[0] > CONTINUES * interval and 0 <= pause < CONTINUES * interval:
            return (
                pause,
                f"{where}: {_duration(pause)}, as the second file's time goes on from the first{cell}",
            )
        return 0.0, f"{where}: the time between is not known; they are put end to end{cell}"
    pause = (part.began - before.began).total_seconds() - float(before.time[-1] - before.time[0])
    if pause < -OVERLAP:
        raise InputError(
            f"{shown(part.source)}: begins {_duration(-pause)} before {before.source.name} ends, by the "
            "dates in the files; give files that follow one another"
        )
    pause = max(pause, 0.0)
    return pause, f"{where}: {_duration(pause)}, by the dates in the files{cell}"


def _duration(seconds: float) -> str:
    return f"{seconds / 3600:.4g} h" if seconds >= 360 else f"{seconds:.3g} s"


def _first_interval(part: Dataset) -> float:
    """The first interval between two points that is longer than 0 [s]."""
    steps = np.diff(part.time)
    return float(steps[steps > 0][0]) if (steps > 0).any() else 0.0


def _rest(before: pd.DataFrame, after: pd.DataFrame, end: float, pause: float) -> pd.DataFrame:
    """An unrecorded pause as a rest of two points; without them the next current would fill the pause."""
    points = {
        TIME: [end, end + pause],
        VOLTAGE: [before[VOLTAGE].iloc[-1], after[VOLTAGE].iloc[0]],
        CURRENT: [0.0, 0.0],
    }
    for column in (CYCLE, TEMPERATURE):
        if column in before and column in after:
            points[column] = [before[column].iloc[-1], after[column].iloc[0]]
    return pd.DataFrame(points)


def _counted_on(tables: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """The tables as one, with steps counted on, and cycle numbers if all have them and none restarts."""
    counted = 0.0
    notes, cycles, numbered = [], [], []
    for table in tables:
        step = table[STEP].to_numpy(float) if STEP in table else np.zeros(len(table))
        step = np.concatenate([[0.0], np.cumsum(np.diff(step) != 0)]) + counted + 1
        counted = float(step[-1])
        numbered.append(table.assign(**{STEP: step.astype(int)}))
        cycles.append(table[CYCLE].to_numpy() if CYCLE in table else None)
    restarts = any(
        before is None or after is None or after[0] < before[-1] for before, after in pairwise(cycles)
    )
    columns = [TIME, VOLTAGE, CURRENT, CYCLE, STEP, TEMPERATURE]
    if restarts and any(cycle is not None for cycle in cycles):
        notes.append(
            "cycle numbers of the files begin anew or lack; cycles are counted over all files instead"
        )
    kept = [
        column
        for column in columns
        if all(column in table for table in numbered) and not (column == CYCLE and restarts)
    ]
    return pd.concat([table[kept] for table in numbered], ignore_index=True), notes


def _cycles_counted(whole: Dataset) -> Dataset:
    """The measurement with the cycle number of each point, counted by its half-cycles."""
    halves = whole.half_cycles()
    if not halves:
        return whole
    ends = [half.points.stop for half in halves]
    number = np.minimum(np.searchsorted(ends, np.arange(len(whole.table)), side="right"), len(halves) - 1)
    cycle = np.array([half.cycle for half in halves])[number]
    return replace(whole, table=whole.table.assign(**{CYCLE: cycle}))
