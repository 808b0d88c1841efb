"""Designs evaluated batch by batch on one set of workers, so that a study need not start them each time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from coreshell_model.design.cluster import connected
from coreshell_model.design.points import Points
from coreshell_model.design.problem import Problem
from coreshell_model.design.tasks import evaluated

Rows = list[dict[str, Any]]
Batch = Callable[[Problem, Points], Rows]
"""From a problem and points to a row for each, in their order."""


def one_by_one(problem: Problem, points: Points) -> Rows:
    """Evaluate points in this process."""
    return [problem.row(points.changes(number)) for number in range(len(points))]


class Workers:
    """Workers of one scheduler, of which sweeps and studies may be asked in turn.

    Parameters
    ----------
    client : a dask client
    """

    def __init__(self, client: Any):
        self._client = client

    @property
    def address(self) -> str:
        """Of the scheduler, as ``sweep`` takes it."""
        return self._client.scheduler.address

    @property
    def count(self) -> int:
        """Workers that there are."""
        return max(len(self._client.scheduler_info(n_workers=-1)["workers"]), 1)

    def __call__(self, problem: Problem, points: Points) -> Rows:
        """Evaluate points, in their order."""
        found: dict[int, dict[str, Any]] = {}
        for batch in evaluated(self._client, problem, points, range(len(points))):
            found.update(batch)
        return [found[number] for number in range(len(points))]


@contextmanager
def workers(scheduler: str | None = None, count: int | None = None) -> Iterator[Workers]:
    """Workers as ``connected`` starts them, for as long as the block lasts.

    Raises
    ------
    InputError
        As ``connected``.
    """
    with connected(scheduler, count) as client:
        yield Workers(client)
