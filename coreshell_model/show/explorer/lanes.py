"""Worker processes of the page, each of which keeps the models that it has built."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from coreshell_model.base.pool import LostWorkersError, Processes, Say, cores
from coreshell_model.design.evaluator import Evaluator
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.turns import Turns

FEWEST = 2
"""Workers at least, so that a click need not wait for long work."""

Task = Callable[[Subject, Say], Any]
"""What a worker does for the page, given the subject and something to say its progress to."""

Turn = Callable[[], AbstractContextManager[int]]


class EndingError(RuntimeError):
    """The program is ending, and takes no further work."""


@dataclass(frozen=True)
class Worker:
    """What every worker has: the subject, with whose models built it starts."""

    subject: Subject

    def prepare(self) -> None:
        """Build the models of the first design, once for all workers forked from the process that does it."""
        import coreshell_model.show.figures.kinds  # noqa: F401 - matplotlib takes half a second to load

        start = self.subject.start
        Evaluator(self.subject.protocol(start)).build(self.subject.material(start))

    def __call__(self, task: Task, say: Say) -> Any:
        """Do a task."""
        return task(self.subject, say)


@dataclass(frozen=True)
class _Failed:
    error: Exception


class Lanes:
    """Workers that serve many requests side by side, each one task at a time.

    Parameters
    ----------
    subject : of the page
    count : of workers, as many as cores if not given
    """

    def __init__(self, subject: Subject, count: int | None = None):
        self.count = max(FEWEST, cores()) if count is None else count
        self.turns = Turns(self.count)
        self._worker = Worker(subject)
        self._pools = [Processes(1) for _ in range(self.count)]
        self._ended = threading.Event()

    def do(self, task: Task, turn: Turn, say: Say = lambda text: None) -> Any:
        """What a task gives, done by a worker once it is its turn.

        Parameters
        ----------
        task : something that can be sent to a process
        turn : one of those of ``turns``
        say : told the progress

        Raises
        ------
        EndingError
            The program is ending.
        LostWorkersError
            Worker after worker was killed at it, as where memory is short.
        """
        with turn() as place:
            if self._ended.is_set():
                raise EndingError("the page is being ended")
            result: Any = None
            try:
                for finished in self._pools[place].resized(1, say).run(self._worker, [task], _Failed):
                    result = finished[0][1]
            except (LostWorkersError, OSError, ValueError):
                if self._ended.is_set():
                    raise EndingError("the page is being ended") from None
                raise
        if isinstance(result, _Failed):
            raise result.error
        return result

    def on_each(self, task: Task) -> list[Any]:
        """What a task gives in each of the workers, one after the other."""
        return [self.do(task, lambda place=place: self.turns.at(place)) for place in range(self.count)]

    def close(self) -> None:
        """End the workers, also those that are at work."""
        self._ended.set()
        for pool in self._pools:
            pool.__exit__()
