"""Points of a sweep as tasks for workers, in batches."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from coreshell_model.design.cluster import connected
from coreshell_model.design.problem import FAILED, Problem
from coreshell_model.design.space import Points

UNDER_WAY = 8
"""Points handed out for each worker: one at work, the others so that it need not wait for the next."""

FEWEST = 16

LOOKED_EVERY = 2.0
"""Seconds between looks at how many workers there are."""


GONE_AGAIN = ("pending", "lost")
"""What a finished point is when the worker that held its row died; the scheduler has it done anew."""

LOST = "the scheduler was lost; what is done is kept, go on with --resume"


class LostSchedulerError(RuntimeError):
    """The sweep could not go on; what is done is kept."""


def evaluated(
    client: Any, problem: Problem, points: Points, todo: Sequence[int]
) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Number and row of the points that completed, as they do.

    The problem is a task of its own, not data sent once: a worker that dies with it costs nothing, since
    the scheduler has the next one make it anew.

    Raises
    ------
    LostSchedulerError
        The scheduler went away.
    """
    name = uuid4().hex
    shared = client.submit(_same, problem, key=f"problem-{name}", pure=False)
    left, numbers = iter(todo), {}
    done: SimpleQueue = SimpleQueue()
    limit, looked = FEWEST, -LOOKED_EVERY

    def hand_out() -> None:
        nonlocal limit, looked
        if time.monotonic() - looked > LOOKED_EVERY:
            limit, looked = max(FEWEST, UNDER_WAY * _workers(client)), time.monotonic()
        if len(numbers) > limit / 2:  # many at once cost the scheduler less than one by one
            return
        lump = list(islice(left, limit - len(numbers)))
        if not lump:
            return
        keys = [f"point-{name}-{number}" for number in lump]
        values = [points.changes(number) for number in lump]
        numbers.update(zip(keys, lump, strict=True))
        for future in client.map(_row, [shared] * len(lump), values, key=keys, pure=False):
            future.add_done_callback(done.put)

    hand_out()
    while numbers:
        rows = []
        for future in _finished(done, client):
            rows.append((numbers.pop(future.key), _row_of(future)))
            future.release()
        hand_out()
        yield rows


def _row_of(future: Any) -> dict[str, Any]:
    """What came of a point; a worker or the scheduler may be lost between a task's end and its result."""
    from distributed import wait
    from distributed.client import FutureCancelledError, FuturesCancelledError

    try:
        if future.status in GONE_AGAIN:
            wait(future)
        if future.status == "finished":
            return future.result()
        if future.status == "error":
            return _failed(future.exception())
    except (FutureCancelledError, FuturesCancelledError):
        pass
    raise LostSchedulerError(LOST)


def _finished(done: SimpleQueue, client: Any) -> list[Any]:
    """Those that finished since, at least one; a client that is out of touch has none to come."""
    found = []
    while not found:
        try:
            found.append(done.get(timeout=LOOKED_EVERY))
        except Empty:
            if client.status != "running":
                raise LostSchedulerError(LOST) from None
    while not done.empty():
        found.append(done.get())
    return found


def _workers(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])


def _same(problem: Problem) -> Problem:
    return problem


def _row(problem: Problem, values: Mapping[str, str]) -> dict[str, Any]:
    return problem.row(values)


def _failed(error: BaseException) -> dict[str, Any]:
    """What a worker did not expect, or that point after point killed it."""
    if type(error).__name__ == "KilledWorker":
        reason = "the workers that took it up died, one after another; they may be short of memory"
    else:
        reason = f"{type(error).__name__}: {error}"
    return {"Ending": FAILED, "Reason": reason}


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
