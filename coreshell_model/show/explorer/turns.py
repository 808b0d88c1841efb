"""Whose turn it is at the workers of the page: clicks before long work, long work before the map."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET = 0.3
"""Seconds after an urgent solve without any other, in which the browser has the processor to itself."""


class Turns:
    """Hands out so many places; long and idle work leaves one of several places to clicks."""

    def __init__(self, count: int):
        self._changed = threading.Condition()
        self._free = list(range(count))
        self._spared = min(1, count - 1)
        self._urgent = 0
        self._quiet_from = 0.0

    @contextmanager
    def at_once(self) -> Iterator[int]:
        """Hold a place as soon as one is free."""
        with self._changed:
            self._urgent += 1
            self._changed.wait_for(lambda: self._free)
            self._urgent -= 1
            place = self._free.pop()
        try:
            yield place
        finally:
            self._quiet_from = time.monotonic() + QUIET
            self._leave(place)

    @contextmanager
    def at_length(self) -> Iterator[int]:
        """Hold a place for work that takes seconds, once another one stays free."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._free) > self._spared)
            place = self._free.pop()
        try:
            yield place
        finally:
            self._leave(place)

    @contextmanager
    def when_idle(self) -> Iterator[int]:
        """Hold a place once another one stays free and there was no urgent solve for ``QUIET`` seconds."""
        with self._changed:
            while len(self._free) <= self._spared or self._urgent or self._quiet_from > time.monotonic():
                self._changed.wait(QUIET)
            place = self._free.pop()
        try:
            yield place
        finally:
            self._leave(place)

    @contextmanager
    def at(self, place: int) -> Iterator[int]:
        """Hold this place, once it is free."""
        with self._changed:
            self._changed.wait_for(lambda: place in self._free)
            self._free.remove(place)
        try:
            yield place
        finally:
            self._leave(place)

    def _leave(self, place: int) -> None:
        with self._changed:
            self._free.append(place)
            self._changed.notify_all()
