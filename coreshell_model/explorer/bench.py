"""Where the solves of the page take turns: one at a time, and first what someone waits for."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET = 0.3
"""Seconds after a solve that someone waited for in which the browser gets the processor to draw it."""


class Bench:
    """A lock with two queues, since neither PyBaMM's models nor its log level stand two threads at once."""

    def __init__(self):
        self._free = threading.Condition()
        self._busy = False
        self._urgent = 0
        self._quiet_from = 0.0

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Have it as soon as whoever has it is done."""
        with self._free:
            self._urgent += 1
            self._free.wait_for(lambda: not self._busy)
            self._urgent -= 1
            self._busy = True
        try:
            yield
        finally:
            self._quiet_from = time.monotonic() + QUIET
            self._leave()

    @contextmanager
    def when_idle(self) -> Iterator[None]:
        """Have it once nobody has waited for it at once for a while."""
        with self._free:
            while self._busy or self._urgent or self._quiet_from > time.monotonic():
                self._free.wait(QUIET)
            self._busy = True
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._free:
            self._busy = False
            self._free.notify_all()
