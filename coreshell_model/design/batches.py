"""Points of a design space as work for a pool, and batches of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coreshell_model.base.pool import LostWorkersError, Pool, Say
from coreshell_model.design.problem import FAILED, Problem
from coreshell_model.design.space import Points

Row = dict[str, Any]
Batch = Callable[[Problem, Points], list[Row]]
"""Evaluates points of a problem: returns a row for each, in their order."""


def evaluated(
    pool: Pool, problem: Problem, points: Points, numbers: Sequence[int]
) -> Iterator[list[tuple[int, Row]]]:
    """Numbers and rows of points as they complete; a point that kills its workers gets a row too.

    Raises
    ------
    LostWorkersError
        The scheduler went away, or worker processes do not start.
    """
    items = ((number, points.changes(number)) for number in numbers)
    for finished in pool.run(_Row(problem), items, _failed):
        yield [(number, row) for (number, _), row in finished]


@dataclass(frozen=True)
class _Row:
    """Computes the row of one point; can be sent to other processes."""

    problem: Problem

    def prepare(self) -> None:
        """Build the models, once for all workers that are forked from the process that does this."""
        self.problem.build()

    def __call__(self, item: tuple[int, Mapping[str, str]], say: Say) -> Row:
        return self.problem.row(item[1])


def _failed(error: Exception) -> Row:
    """The row of a point that raised an unexpected error, or that killed its workers."""
    reason = str(error) if isinstance(error, LostWorkersError) else f"{type(error).__name__}: {error}"
    return {"Ending": FAILED, "Reason": reason}


def one_by_one(problem: Problem, points: Points) -> list[Row]:
    """Evaluate points in this process."""
    return [problem.row(points.changes(number)) for number in range(len(points))]


def at_once(pool: Pool, problem: Problem, points: Points) -> list[Row]:
    """Evaluate points by all workers of a pool; raises LostWorkersError as ``evaluated`` does."""
    rows = dict(row for finished in evaluated(pool, problem, points, range(len(points))) for row in finished)
    return [rows[number] for number in range(len(points))]
