"""The points of the design map, solved in the background."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from coreshell_model.base.pool import LostWorkersError
from coreshell_model.show.explorer.choice import Choice
from coreshell_model.show.explorer.design_map import DesignMap, Grid, Place, Point
from coreshell_model.show.explorer.lanes import EndingError

KEPT = 6
"""Maps kept in memory, the most recently used ones."""


class Background:
    """One thread that solves the points of the map about the choice that was shown last.

    Parameters
    ----------
    solve_point : solves one point of the map, once nobody waits for another solve
    """

    def __init__(self, grid: Grid, solve_point: Callable[[Choice], Point]):
        self._grid, self._solve_point = grid, solve_point
        self._maps: OrderedDict[Choice, DesignMap] = OrderedDict()
        self._shown: Choice | None = None
        self._news = threading.Condition()
        self._worker: threading.Thread | None = None

    def map_about(self, choice: Choice) -> DesignMap:
        """Return a copy of the map about a choice with its points so far; its other points are solved next.

        Choices that differ in thickness and area alone share a map.
        """
        key = choice.at(0.0, 0.0)
        with self._news:
            design_map = self._maps.setdefault(key, DesignMap(self._grid))
            self._maps.move_to_end(key)
            while len(self._maps) > KEPT:
                self._maps.popitem(last=False)
            self._shown = choice
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name="background", daemon=True)
                self._worker.start()
            self._news.notify()
            return DesignMap(design_map.grid, dict(design_map.points))

    def _work(self) -> None:
        """Solve one point after the other as long as the program runs."""
        while True:
            with self._news:
                while (task := self._next()) is None:
                    self._news.wait()
            try:
                task()
            except (EndingError, LostWorkersError):
                return

    def _next(self) -> Callable[[], None] | None:
        if self._shown is None:
            return None
        missing = self._maps[self._shown.at(0.0, 0.0)].missing
        return None if missing is None else partial(self._fill, self._shown, missing)

    def _fill(self, choice: Choice, place: Place) -> None:
        row, column = place
        point = self._solve_point(choice.at(self._grid.thicknesses[column], self._grid.areas[row]))
        with self._news:
            design_map = self._maps.get(choice.at(0.0, 0.0))
            if design_map is not None:
                design_map.points[place] = point
