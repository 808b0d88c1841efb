"""The time that long work still takes, and that time in words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

LEAST_DONE = 1e-9
"""Share of the work below which the time left cannot be estimated."""

LEAST_SECONDS = 1.0
"""Seconds below which it cannot be estimated, since several workers finish their first pieces at once."""


@dataclass
class TimeLeft:
    """Estimates the time left of work of known size from the time of its pieces so far.

    The clock starts with the first ``measure``, so the start of workers and the first model do not count.
    """

    clock: Callable[[], float] = monotonic
    _first: tuple[float, float] | None = field(default=None, repr=False)
    _last: float = field(default=0.0, repr=False)

    def measure(self, completed: float, total: float) -> float | None:
        """Seconds left; None as long as they cannot be estimated.

        Parameters
        ----------
        completed, total : pieces of work, in any unit; pieces from an earlier run count as completed
        """
        now, last = self.clock(), self._last
        self._last = completed
        if self._first is None or completed < last:  # the first piece, or that of other work
            self._first = now, completed
            return None
        if completed >= total:
            return 0.0
        since, before = self._first
        if completed - before <= LEAST_DONE * total or now - since < LEAST_SECONDS:
            return None
        return (total - completed) * (now - since) / (completed - before)

    def of_pieces(self, finished: int, total: int, workers: int) -> float | None:
        """Seconds left of long pieces of about the same size, as one of them is finished.

        Others that are at work then count as half done; the next one only begins. The last m pieces end with
        the longest of them, of which m / (m + 1) is left: the mean of the largest of m even numbers.

        Parameters
        ----------
        finished : 0 as the first of them begins, then the number of those that are finished
        total : number of all pieces
        workers : that work side by side
        """
        if finished == 0:
            return self.measure(0, total)
        others = min(workers - 1, total - finished)
        done = finished + others / 2
        left = self.measure(done, total)
        if not left:
            return left
        at_work = min(workers, total - finished)
        each = workers * left / (total - done)
        return each * max((total - done) / at_work, at_work / (at_work + 1))


def spoken(seconds: float) -> str:
    """A duration as text: "40 s", "12 min" or "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
