"""Many designs through one protocol, each kept as it completes."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from coreshell_model.base.appended import Table
from coreshell_model.base.errors import InputError
from coreshell_model.base.keeper import Keeper
from coreshell_model.base.pool import Pool, cores
from coreshell_model.base.provenance import versions
from coreshell_model.base.scheduler import pool_for
from coreshell_model.design.batches import evaluated
from coreshell_model.design.problem import FAILED, IMPOSSIBLE, Problem
from coreshell_model.design.results import (
    KIND,
    POINTS,
    RECORD,
    ROWS,
    Sweep,
    columns,
    kept_points,
    sweep_of,
)
from coreshell_model.design.space import Points
from coreshell_model.run.compiled_code import pays

Progress = Callable[[int, int, int], None]
"""Called with the points done, the points in all, and those among the done that were not solved."""

UNKEPT = 0.2
"""Time [s] after which rows are kept: points that take longer are kept one by one, faster ones together."""


def sweep(
    problem: Problem,
    points: Points,
    folder: str | Path | None = None,
    *,
    resume: bool = False,
    scheduler: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Evaluate every point of a design space.

    A script has to call it under ``if __name__ == "__main__":``, since workers are new processes.

    Parameters
    ----------
    problem, points : what all points share, and what varies
    folder : where each point is kept as it completes; in memory alone if None
    resume : go on with the sweep that the folder holds, without evaluating its finished points again
    scheduler : None for processes on this machine, an address such as "tcp://host:8786", or "slurm"
    workers : processes or jobs to start; one for each core if None
    progress : called as points complete

    Returns
    -------
    Sweep
        A row for each point; an unsolved point has the reason.

    Raises
    ------
    InputError
        Bad input, no possible point, a folder in use or with another sweep, a scheduler that does not
        answer.
    LostWorkersError
        The scheduler went away, or worker processes do not start; finished points are kept.
    """
    pool = pool_for(scheduler, workers)
    return _sweep_by(pool, workers or cores(), problem, points, folder, resume, progress)


def _sweep_by(
    pool: AbstractContextManager[Pool],
    workers: int,
    problem: Problem,
    points: Points,
    folder: str | Path | None,
    resume: bool,
    progress: Progress | None,
) -> Sweep:
    """As ``sweep``, by a pool that is entered only if there are points to evaluate."""
    check_points(problem, points)
    if resume and folder is None:
        raise InputError("resuming needs the folder of the sweep; give it")
    keeper = Keeper(folder, KIND)
    table = keeper.table(ROWS)
    record = _record(problem, points)
    record |= {"Compiled": problem.compiled or pays(problem.level, len(points) / workers)}
    content = io.BytesIO()
    np.save(content, points.values)
    with keeper.held():
        begun = keeper.begin(RECORD, record, resume, ("Compiled",), {POINTS: content.getvalue()})
        if begun is not None:
            record = kept_points(keeper)[0]
        shared = replace(problem, compiled=record["Compiled"])
        return sweep_of(_evaluate(pool, shared, points, table, progress), points, record)


def check_points(problem: Problem, points: Points) -> None:
    """Refuse a sweep with unknown variables, variables that exclude each other, or no possible design.

    At most 100 of the points are tried, and the corners of the space.

    Raises
    ------
    InputError
        With the reason why the first point tried is impossible.
    """
    columns(points.axes, problem.observables)
    first = None
    numbers = np.unique(np.linspace(0, len(points) - 1, 100).astype(int))
    low, high = points.values.min(axis=0), points.values.max(axis=0)
    candidates = [points.values[number] for number in numbers]
    candidates += [np.where(np.array(ends), high, low) for ends in _ends(len(points.axes))]
    for values in candidates:
        changes = {axis.name: axis.text(value) for axis, value in zip(points.axes, values, strict=True)}
        try:
            problem.point(changes)
            return
        except InputError as error:
            first = first or error
    raise InputError(f"no point of the sweep is a possible design: {first}")


def _ends(count: int) -> Iterator[tuple[int, ...]]:
    """All corners of up to six axes, the two outermost of more; 0 is the low end of an axis, 1 the high."""
    if count > 6:
        return iter([(0,) * count, (1,) * count])
    return (tuple(number >> place & 1 for place in range(count)) for number in range(2**count))


def _record(problem: Problem, points: Points) -> dict[str, Any]:
    """The identity of a sweep; to resume, all of it has to be the same."""
    return problem.record() | {
        "Axes": [asdict(axis) | {"values": list(axis.values)} for axis in points.axes],
        "Points": points.made,
        "Grid": list(points.shape),
        "Versions": versions(),
    }


def _evaluate(
    pool: AbstractContextManager[Pool],
    problem: Problem,
    points: Points,
    table: Table,
    progress: Progress | None,
) -> list[dict[str, Any]]:
    """All rows: those that the table holds, and those of the points still to do, which it then holds too."""
    rows: list[dict[str, Any]] = list(table.read())
    names = columns(points.axes, problem.observables)
    finished_numbers = {int(row["Point"]) for row in rows}
    unsolved = sum(row["Ending"] in (FAILED, IMPOSSIBLE) for row in rows)
    unfinished = [number for number in range(len(points)) if number not in finished_numbers]
    if not unfinished:
        return rows
    with pool as entered:
        if progress:
            progress(len(rows), len(points), unsolved)
        kept, kept_at = len(rows), perf_counter()
        try:
            for finished in evaluated(entered, problem, points, unfinished):
                new = [_row(points, number, results) for number, results in finished]
                rows += new
                if perf_counter() - kept_at > UNKEPT:
                    table.append(names, rows[kept:])
                    kept, kept_at = len(rows), perf_counter()
                unsolved += sum(row["Ending"] in (FAILED, IMPOSSIBLE) for row in new)
                if progress:
                    progress(len(rows), len(points), unsolved)
        finally:
            table.append(names, rows[kept:])
    return rows


def _row(points: Points, number: int, results: Mapping[str, Any]) -> dict[str, Any]:
    values = {
        axis.label: float(value) for axis, value in zip(points.axes, points.values[number], strict=True)
    }
    return {"Point": number} | values | dict(results)


class KeptSweeps:
    """Sweeps by one pool, each in a folder of its own, with their progress counted together.

    Parameters
    ----------
    pool : evaluates the points
    folder : holds the folders of the sweeps; in memory alone if None
    resume : go on with the sweeps that the folders hold
    planned : number of designs planned
    progress : called with the designs done, those planned, and those not solved

    Attributes
    ----------
    solved, unformed : number of designs solved so far, and of those sodiated without most of their clusters
    """

    def __init__(
        self,
        pool: Pool,
        folder: Path | None,
        resume: bool,
        planned: int,
        progress: Progress | None = None,
    ):
        self._pool, self._folder, self._resume = pool, folder, resume
        self._planned, self._progress = planned, progress
        self._done = self._unsolved = 0
        self.unformed = self.solved = 0

    def run(self, name: str, problem: Problem, points: Points) -> Sweep:
        """Run a sweep, in the folder of its name.

        Raises
        ------
        InputError, LostWorkersError
            As ``sweep``.
        """
        folder = self._folder / name.replace("/", " per ").replace(" ", "_") if self._folder else None
        exists = folder is not None and (folder / RECORD).exists()
        pool = nullcontext(self._pool)
        swept = _sweep_by(
            pool, self._pool.count, problem, points, folder, self._resume and exists, self._tell
        )
        self._done += len(points)
        self._unsolved += len(points) - swept.count("solved")
        self.unformed += swept.unformed
        self.solved += swept.count("solved")
        if folder is not None:
            swept.save(folder / "sweep.nc")
        return swept

    def searched(self, done: int, total: int) -> None:
        """Count the progress of a search."""
        self._tell(done, total, 0)
        if done >= total:
            self._done += total

    def _tell(self, done: int, total: int, unsolved: int) -> None:
        if self._progress:
            planned = max(self._planned, self._done + total)
            self._progress(self._done + done, planned, self._unsolved + unsolved)
