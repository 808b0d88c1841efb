"""The design map: results at the points of a grid of thickness and area, solved from coarse to fine."""

from dataclasses import dataclass, field

import numpy as np

STRIDES = (4, 2, 1)
"""Distances between the points that are solved in turn, so that each grid includes the one before."""

Place = tuple[int, int]
"""Indices of a point's area and thickness."""


@dataclass(frozen=True)
class Grid:
    """Thicknesses [nm] and areas [m2/g] of the points of a map; the areas are on a logarithmic axis."""

    thicknesses: tuple[float, ...] = tuple(np.linspace(1.0, 33.0, 17).tolist())
    areas: tuple[float, ...] = tuple(np.geomspace(1.0, 64.0, 13).tolist())

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.thicknesses) * len(self.areas)

    def places(self, stride: int) -> list[Place]:
        """Return every ``stride``-th place along either axis, area by area."""
        return [
            (row, column)
            for row in range(0, len(self.areas), stride)
            for column in range(0, len(self.thicknesses), stride)
        ]


@dataclass(frozen=True)
class Point:
    """The results of one design of the map, or the ``reason`` why it has none."""

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
        """True once every point is solved."""
        return len(self.points) == self.grid.size

    @property
    def stride(self) -> int | None:
        """The stride of the finest grid that is solved completely; None before the first."""
        solved = self.points.keys()
        return min((stride for stride in STRIDES if solved >= set(self.grid.places(stride))), default=None)

    @property
    def missing(self) -> Place | None:
        """The point to solve next."""
        places = (place for stride in STRIDES for place in self.grid.places(stride))
        return next((place for place in places if place not in self.points), None)

    @property
    def status(self) -> str:
        """One line on how much of the map is solved."""
        if not self.complete:
            return f"Computing: {len(self.points)} of {self.grid.size} designs, coarse to fine."
        grey = sum(bool(point.reason) for point in self.points.values())
        blank = f"; {grey} of them, grey, have no result (point at one for the reason)" if grey else ""
        return f"{self.grid.size} designs{blank}. Click one to go there."
