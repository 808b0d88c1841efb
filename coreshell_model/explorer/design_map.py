"""The design map: every point of a grid of thickness and area, solved in the background, coarse to fine."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from coreshell_model.explorer.choice import Choice
from coreshell_model.explorer.outcome import Outcome
from coreshell_model.observables import initial_coulombic_efficiency, reversible_capacity

THICKNESSES = np.linspace(1.0, 33.0, 17)
"""Shell thickness [nm]."""

AREAS = np.geomspace(1.0, 64.0, 13)
"""External surface area [m2/g], even in its logarithm."""

STRIDES = (4, 2, 1)
"""Every so many points along either axis are solved in turn; each grid holds the one before."""

KEPT = 6
"""Maps kept in memory, the last ones that were asked for."""

Place = tuple[int, int]
"""Of a point: which area, which thickness."""


@dataclass(frozen=True)
class Point:
    """What one design of the map gives, or the ``reason`` why it gives nothing."""

    efficiency: float = np.nan
    capacity: float = np.nan
    reason: str = ""


@dataclass
class DesignMap:
    """The points of a map solved so far."""

    points: dict[Place, Point] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Points of the whole map."""
        return THICKNESSES.size * AREAS.size

    @property
    def complete(self) -> bool:
        """True where every point is there."""
        return len(self.points) == self.size

    @property
    def stride(self) -> int | None:
        """Of the finest grid that is whole; None before the first."""
        solved = self.points.keys()
        whole = [stride for stride in STRIDES if all(place in solved for place in grid(stride))]
        return min(whole, default=None)

    @property
    def told(self) -> str:
        """How far it is, in one line."""
        if self.complete:
            impossible = sum(bool(point.reason) for point in self.points.values())
            blank = f"; {impossible} of them, grey, have no result: point at one for the reason" if impossible else ""
            return f"{self.size} designs{blank}."
        return f"Computing: {len(self.points)} of {self.size} designs, coarse to fine."


def grid(stride: int) -> list[Place]:
    """The places of a grid, area by area."""
    return [
        (row, column) for row in range(0, AREAS.size, stride) for column in range(0, THICKNESSES.size, stride)
    ]


class Maps:
    """Maps by everything of a choice but thickness and area; the last one asked for is worked on."""

    def __init__(self, outcome: Callable[[Choice], Outcome]):
        """Take what solves a choice when nobody waits for another."""
        self._outcome = outcome
        self._maps: OrderedDict[Choice, DesignMap] = OrderedDict()
        self._wanted: Choice | None = None
        self._news = threading.Condition()
        self._worker: threading.Thread | None = None

    def of(self, choice: Choice) -> DesignMap:
        """A copy of the map about a choice as far as it is; the rest of it is worked on from now on."""
        about = choice.at(0.0, 0.0)
        with self._news:
            found = self._maps.setdefault(about, DesignMap())
            self._maps.move_to_end(about)
            while len(self._maps) > KEPT:
                self._maps.popitem(last=False)
            self._wanted = about
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name="design map", daemon=True)
                self._worker.start()
            self._news.notify()
            return DesignMap(dict(found.points))

    def _work(self) -> None:
        """Solve one missing point of the wanted map after the other, for as long as the program runs."""
        while True:
            with self._news:
                while (task := self._next()) is None:
                    self._news.wait()
            about, place = task
            row, column = place
            outcome = self._outcome(about.at(float(THICKNESSES[column]), float(AREAS[row])))
            with self._news:
                if about in self._maps:
                    self._maps[about].points[place] = _point(outcome)

    def _next(self) -> tuple[Choice, Place] | None:
        if self._wanted is None:
            return None
        solved = self._maps[self._wanted].points
        places = (place for stride in STRIDES for place in grid(stride))
        missing = next((place for place in places if place not in solved), None)
        return None if missing is None else (self._wanted, missing)


def _point(outcome: Outcome) -> Point:
    if outcome.solution is None:
        return Point(reason=outcome.reason)
    efficiency = initial_coulombic_efficiency(outcome.solution)
    capacity = reversible_capacity(outcome.solution)
    if efficiency is None or capacity is None:
        return Point(reason="no charge went in or out")
    return Point(efficiency, capacity)
