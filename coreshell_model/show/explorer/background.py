"""What is solved while nobody waits: models that may be asked for next, then the points of the map."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial

from coreshell_model.show.explorer.choice import Choice, model_of
from coreshell_model.show.explorer.design_map import DesignMap, Grid, Place, Point

KEPT = 6
"""Maps kept in memory, the last ones that were asked for."""

MODELS = 8
"""Built models that the page keeps: the one shown, those one key away, and two that were shown before."""

BUILT = MODELS - 1
"""Models that count as built already: one less than are kept."""


class Background:
    """Works, in one thread, on all that belongs to the choice that was shown last.

    Parameters
    ----------
    solved : solves a point of the map at a time when nobody waits for anything else
    ahead : does the same with a choice that may be asked for next
    next_to : those choices
    """

    def __init__(
        self,
        grid: Grid,
        solved: Callable[[Choice], Point],
        ahead: Callable[[Choice], None],
        next_to: Callable[[Choice], list[Choice]],
    ):
        self._grid = grid
        self._solved, self._ahead, self._next_to = solved, ahead, next_to
        self._maps: OrderedDict[Choice, DesignMap] = OrderedDict()
        self._built: deque[tuple] = deque(maxlen=BUILT)
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
            self._note(choice)
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
        found = self._maps[self._shown.at(0.0, 0.0)]
        if found.stride:  # something to look at comes first
            for near in self._next_to(self._shown):
                if model_of(near) not in self._built:
                    return partial(self._prepare, near)
        missing = found.missing
        return None if missing is None else partial(self._fill, self._shown, missing)

    def _prepare(self, near: Choice) -> None:
        self._ahead(near)
        with self._news:
            self._note(near)

    def _note(self, choice: Choice) -> None:
        """Remember that the model of a choice is built, or about to be, as the last of those that are."""
        key = model_of(choice)
        if key in self._built:
            self._built.remove(key)
        self._built.append(key)

    def _fill(self, choice: Choice, place: Place) -> None:
        row, column = place
        point = self._solved(choice.at(self._grid.thicknesses[column], self._grid.areas[row]))
        with self._news:
            found = self._maps.get(choice.at(0.0, 0.0))
            if found is not None:
                found.points[place] = point
