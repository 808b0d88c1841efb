"""What is solved while nobody waits: the points of the map."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from coreshell_model.show.explorer.choice import Choice
from coreshell_model.show.explorer.design_map import DesignMap, Grid, Place, Point

KEPT = 6
"""Maps kept in memory, the last ones that were asked for."""


class Background:
    """Works, in one thread, on all that belongs to the choice that was shown last.

    Parameters
    ----------
    solved : solves a point of the map at a time when nobody waits for anything else
    """

    def __init__(self, grid: Grid, solved: Callable[[Choice], Point]):
        self._grid, self._solved = grid, solved
        self._maps: OrderedDict[Choice, DesignMap] = OrderedDict()
        self._shown: Choice | None = None
        self._news = threading.Condition()
        self._worker: threading.Thread | None = None

    def map_about(self, choice: Choice) -> DesignMap:
        """A copy of the map about a choice as far as it is; the rest of it is worked on from now on.

        A map belongs to everything of a choice but thickness and area.
        """
        about = choice.at(0.0, 0.0)
        with self._news:
            found = self._maps.setdefault(about, DesignMap(self._grid))
            self._maps.move_to_end(about)
            while len(self._maps) > KEPT:
                self._maps.popitem(last=False)
            self._shown = choice
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name="background", daemon=True)
                self._worker.start()
            self._news.notify()
            return DesignMap(found.grid, dict(found.points))

    def _work(self) -> None:
        """One piece after the other, for as long as the program runs."""
        while True:
            with self._news:
                while (piece := self._next()) is None:
                    self._news.wait()
            piece()

    def _next(self) -> Callable[[], None] | None:
        if self._shown is None:
            return None
        missing = self._maps[self._shown.at(0.0, 0.0)].missing
        return None if missing is None else partial(self._fill, self._shown, missing)

    def _fill(self, choice: Choice, place: Place) -> None:
        row, column = place
        point = self._solved(choice.at(self._grid.thicknesses[column], self._grid.areas[row]))
        with self._news:
            found = self._maps.get(choice.at(0.0, 0.0))
            if found is not None:
                found.points[place] = point
