"""Where the solves of the page take turns: one at a time, and first what someone waits for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Bench:
    """A lock with two queues, since neither PyBaMM's models nor its log level stand two threads at once."""

    def __init__(self):
        self._free = threading.Condition()
        self._busy = False
        self._urgent = 0

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
            self._leave()

    @contextmanager
    def when_idle(self) -> Iterator[None]:
        """Have it once nobody waits for it at once."""
        with self._free:
            self._free.wait_for(lambda: not self._busy and not self._urgent)
            self._busy = True
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._free:
            self._busy = False
            self._free.notify_all()
