"""How much time a long piece of work still takes, and how that is said."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

LEAST_DONE = 1e-9
"""Share of the work below which nothing can be told."""

LEAST_SECONDS = 1.0
"""Time below which nothing can be told: several workers finish their first pieces at once."""


@dataclass
class TimeLeft:
    """Time left of work of known size, from what the pieces done so far took.

    The clock starts with the first ``measure``, which leaves out the start of workers and the first model.
    """

    clock: Callable[[], float] = monotonic
    _first: tuple[float, float] | None = field(default=None, repr=False)
    _last: float = field(default=0.0, repr=False)

    def measure(self, done: float, total: float) -> float | None:
        """Seconds left; None before there is anything to tell it from.

        Parameters
        ----------
        done, total : pieces of work, in any unit; pieces taken over from an earlier run count as done
        """
        now, last = self.clock(), self._last
        self._last = done
        if self._first is None or done < last:  # the first piece, or that of other work
            self._first = now, done
            return None
        if done >= total:
            return 0.0
        since, before = self._first
        if done - before <= LEAST_DONE * total or now - since < LEAST_SECONDS:
            return None
        return (total - done) * (now - since) / (done - before)


def spoken(seconds: float) -> str:
    """A duration in two words: "40 s", "12 min" or "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
