"""The design map: every point of a grid of thickness and area, solved in the background, coarse to fine."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from coreshell_model.explorer.choice import Choice

STRIDES = (4, 2, 1)
"""Every so many points along either axis are solved in turn; each grid holds the one before."""

KEPT = 6
"""Maps kept in memory, the last ones that were asked for."""

Place = tuple[int, int]
"""Of a point: which area, which thickness."""


@dataclass(frozen=True)
class Grid:
    """Where the points of a map are: thicknesses [nm], and areas [m2/g], which are shown on a logarithm."""

    thicknesses: tuple[float, ...] = tuple(np.linspace(1.0, 33.0, 17).tolist())
    areas: tuple[float, ...] = tuple(np.geomspace(1.0, 64.0, 13).tolist())

    @property
    def size(self) -> int:
        """Points of the whole map."""
        return len(self.thicknesses) * len(self.areas)

    def places(self, stride: int) -> list[Place]:
        """Every so many of its places along either axis, area by area."""
        return [
            (row, column)
            for row in range(0, len(self.areas), stride)
            for column in range(0, len(self.thicknesses), stride)
        ]


@dataclass(frozen=True)
class Point:
    """What one design of the map gives, or the ``reason`` why it gives nothing."""

    efficiency: float = np.nan
    capacity: float = np.nan
    reason: str = ""


@dataclass(frozen=True)
class DesignMap:
    """The points of a map solved so far."""

    grid: Grid
    points: dict[Place, Point] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """True where every point is there."""
        return len(self.points) == self.grid.size

    @property
    def stride(self) -> int | None:
        """Of the finest grid that is whole; None before the first."""
        solved = self.points.keys()
        return min((stride for stride in STRIDES if solved >= set(self.grid.places(stride))), default=None)

    @property
    def missing(self) -> Place | None:
        """The point to solve next."""
        places = (place for stride in STRIDES for place in self.grid.places(stride))
        return next((place for place in places if place not in self.points), None)

    @property
    def told(self) -> str:
        """How far it is, in one line."""
        if not self.complete:
            return f"Computing: {len(self.points)} of {self.grid.size} designs, coarse to fine."
        grey = sum(bool(point.reason) for point in self.points.values())
        blank = f"; {grey} of them, grey, have no result (point at one for the reason)" if grey else ""
        return f"{self.grid.size} designs{blank}. Click one to go there."


class Maps:
    """Maps by everything of a choice but thickness and area; the last one asked for is worked on."""

    def __init__(self, solved: Callable[[Choice], Point], grid: Grid):
        """Take what solves a point, at a time when nobody waits for anything else."""
        self._solved = solved
        self._grid = grid
        self._maps: OrderedDict[Choice, DesignMap] = OrderedDict()
        self._wanted: Choice | None = None
        self._news = threading.Condition()
        self._worker: threading.Thread | None = None

    def of(self, choice: Choice) -> DesignMap:
        """A copy of the map about a choice as far as it is; the rest of it is worked on from now on."""
        about = choice.at(0.0, 0.0)
        with self._news:
            found = self._maps.setdefault(about, DesignMap(self._grid))
            self._maps.move_to_end(about)
            while len(self._maps) > KEPT:
                self._maps.popitem(last=False)
            self._wanted = about
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name="design map", daemon=True)
                self._worker.start()
            self._news.notify()
            return DesignMap(found.grid, dict(found.points))

    def _work(self) -> None:
        """Solve one missing point of the wanted map after the other, for as long as the program runs."""
        while True:
            with self._news:
                while (task := self._next()) is None:
                    self._news.wait()
            about, (row, column) = task
            point = self._solved(about.at(self._grid.thicknesses[column], self._grid.areas[row]))
            with self._news:
                if about in self._maps:
                    self._maps[about].points[row, column] = point

    def _next(self) -> tuple[Choice, Place] | None:
        if self._wanted is None:
            return None
        missing = self._maps[self._wanted].missing
        return None if missing is None else (self._wanted, missing)
