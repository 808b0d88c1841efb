"""Many designs through one protocol, each kept as it completes."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
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
from coreshell_model.run.compiled_code import PAYS_FROM

Progress = Callable[[int, int, int], None]
"""Called with the points done, the points in all, and those among the done that were not solved."""


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

    Call it under ``if __name__ == "__main__":`` in a script, since workers are processes of their own.

    Parameters
    ----------
    problem, points : what all points share, and what varies
    folder : where each point is kept as it completes; memory alone where not given
    resume : go on with the sweep that the folder holds; points that are done are not done again
    scheduler : None for processes on this machine, an address such as "tcp://host:8786", or "slurm"
    workers : processes or jobs to start; all cores where not given
    progress : called as points complete

    Returns
    -------
    Sweep
        A row for each point: solved, or with the reason why not.

    Raises
    ------
    InputError
        Bad input, no point that is possible, a folder in use or with another sweep, a scheduler that does
        not answer.
    LostWorkersError
        The scheduler went away, or processes that do not even start; what is done is kept.
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
    """As ``sweep``, by a pool that is entered when there is something to do."""
    check_points(problem, points)
    if resume and folder is None:
        raise InputError("to resume needs the folder of the sweep; give it")
    keeper = Keeper(folder, KIND)
    table = keeper.table(ROWS)
    record = _record(problem, points)
    record |= {"Compiled": problem.compiled or _compiling_pays(problem, points, workers)}
    content = io.BytesIO()
    np.save(content, points.values)
    with keeper.held():
        begun = keeper.begin(RECORD, record, resume, ("Compiled",), {POINTS: content.getvalue()})
        if begun is not None:
            record = kept_points(keeper)[0]
        shared = replace(problem, compiled=record["Compiled"])
        return sweep_of(_evaluate(pool, shared, points, table, progress), points, record)


def check_points(problem: Problem, points: Points) -> None:
    """Refuse a sweep whose variables are none, exclude each other, or leave no possible design.

    The corners of the space are looked at, and at most some hundred points between them.

    Raises
    ------
    InputError
        With the reason of the first that was looked at.
    """
    columns(points.axes, problem.observables)
    first = None
    some = np.unique(np.linspace(0, len(points) - 1, 100).astype(int))
    low, high = points.values.min(axis=0), points.values.max(axis=0)
    corners = [points.values[number] for number in some]
    corners += [np.where(np.array(ends), high, low) for ends in _ends(len(points.axes))]
    for values in corners:
        changes = {axis.name: axis.text(value) for axis, value in zip(points.axes, values, strict=True)}
        try:
            problem.point(changes)
            return
        except InputError as error:
            first = first or error
    raise InputError(f"no point of the sweep is a possible design: {first}")


def _ends(count: int) -> Iterator[tuple[int, ...]]:
    """All corners of few axes, the two outermost of many."""
    if count > 6:
        return iter([(0,) * count, (1,) * count])
    return (tuple(number >> place & 1 for place in range(count)) for number in range(2**count))


def _record(problem: Problem, points: Points) -> dict[str, Any]:
    """What a sweep is a sweep of; to resume, all of it has to be the same."""
    return problem.record() | {
        "Axes": [asdict(axis) | {"values": list(axis.values)} for axis in points.axes],
        "Points": points.made,
        "Grid": list(points.shape),
        "Versions": versions(),
    }


def _compiling_pays(problem: Problem, points: Points, workers: int) -> bool:
    """Whether each worker has enough points."""
    return problem.level == "particle" and len(points) / workers >= PAYS_FROM


def _evaluate(
    pool: AbstractContextManager[Pool],
    problem: Problem,
    points: Points,
    table: Table,
    progress: Progress | None,
) -> list[dict[str, Any]]:
    """All rows: those that were kept, and those that are to be done."""
    rows: list[dict[str, Any]] = list(table.read())
    names = columns(points.axes, problem.observables)
    done = {int(row["Point"]) for row in rows}
    unsolved = sum(row["Ending"] in (FAILED, IMPOSSIBLE) for row in rows)
    todo = [number for number in range(len(points)) if number not in done]
    if not todo:
        return rows
    with pool as entered:
        if progress:
            progress(len(rows), len(points), unsolved)
        for finished in evaluated(entered, problem, points, todo):
            new = [_row(points, number, results) for number, results in finished]
            table.append(names, new)
            rows += new
            unsolved += sum(row["Ending"] in (FAILED, IMPOSSIBLE) for row in new)
            if progress:
                progress(len(rows), len(points), unsolved)
    return rows


def _row(points: Points, number: int, results: Mapping[str, Any]) -> dict[str, Any]:
    values = {
        axis.label: float(value) for axis, value in zip(points.axes, points.values[number], strict=True)
    }
    return {"Point": number} | values | dict(results)


class KeptSweeps:
    """Sweeps in folders of their own, counted together.

    Parameters
    ----------
    pool : who evaluates
    folder : where the folders are; memory alone where None
    resume : go on with those that are there
    planned : designs known to be wanted
    progress : called with the designs done, those wanted, and those not solved
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

    def run(self, name: str, problem: Problem, points: Points) -> Sweep:
        """A sweep, in the folder of its name where there is one.

        Raises
        ------
        InputError, LostWorkersError
            As ``sweep``.
        """
        where = self._folder / name.replace("/", " per ").replace(" ", "_") if self._folder else None
        there = where is not None and (where / RECORD).exists()
        pool = nullcontext(self._pool)
        swept = _sweep_by(pool, self._pool.count, problem, points, where, self._resume and there, self._tell)
        self._done += len(points)
        self._unsolved += len(points) - swept.count("solved")
        if where is not None:
            swept.save(where / "sweep.nc")
        return swept

    def searched(self, done: int, total: int) -> None:
        """A search has come so far."""
        self._tell(done, total, 0)
        if done >= total:
            self._done += total

    def _tell(self, done: int, total: int, unsolved: int) -> None:
        if self._progress:
            planned = max(self._planned, self._done + total)
            self._progress(self._done + done, planned, self._unsolved + unsolved)
