"""The outcomes of choices, solved by the workers of the page and kept."""

from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import LostWorkersError
from coreshell_model.run.compiled_code import can_compile
from coreshell_model.run.solution import Solution
from coreshell_model.show.explorer.choice import Choice, choice_from
from coreshell_model.show.explorer.design_map import Point
from coreshell_model.show.explorer.kept import Kept
from coreshell_model.show.explorer.lanes import EndingError, Lanes
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.tasks import CompiledTask, DesignTask, Outcome, PointTask

KEPT = 100
"""Outcomes kept in memory, the most recently used ones; one has some 0.3 MB."""


class Outcomes:
    """The outcomes of choices, each solved at its first use; nothing of a user is in them.

    Parameters
    ----------
    subject : of the page
    lanes : workers, started if not given
    """

    def __init__(self, subject: Subject, lanes: Lanes | None = None):
        self.subject = subject
        self.lanes = lanes or Lanes(subject)
        self._kept: Kept[Choice, Outcome] = Kept(KEPT)
        self.compiled = False

    def of_data(self, data: Any) -> Outcome:
        """Return the outcome of the data that a browser sent."""
        choice = self.read(data)
        return choice if isinstance(choice, Outcome) else self.of(choice)

    def read(self, data: Any) -> Choice | Outcome:
        """Read a choice from the data that a browser sent; an outcome with the reason where they are none."""
        try:
            return choice_from(data)
        except InputError as error:
            return Outcome(None, None, str(error))

    def of(self, choice: Choice) -> Outcome:
        """Return the outcome of a choice, solved at once unless it is kept."""
        try:
            return self._kept.get(choice, lambda: self._solved(choice))
        except LostWorkersError as error:
            return Outcome(choice, None, str(error))

    def _solved(self, choice: Choice) -> Outcome:
        return self.lanes.do(DesignTask(choice, self.compiled), self.lanes.turns.at_once)

    def whole(self, outcome: Outcome) -> Solution:
        """Solve an outcome's choice once more for a solution with every series and profile."""
        assert outcome.choice is not None
        task = DesignTask(outcome.choice, self.compiled, whole=True)
        solution = self.lanes.do(task, self.lanes.turns.at_once).solution
        assert solution is not None  # it was solved before
        return solution

    def point(self, choice: Choice) -> Point:
        """Solve a point of the map once there is no urgent solve."""
        return self.lanes.do(PointTask(choice, self.compiled), self.lanes.turns.when_idle)

    def compile(self) -> None:
        """Have the models compiled and loaded by every worker, and solve with them from then on.

        The first of the workers compiles, which takes seconds the first time on a machine, the others load.
        """
        if not can_compile():
            return
        try:
            self.compiled = all(self.lanes.on_each(CompiledTask(self.subject.start)))
        except (EndingError, LostWorkersError):
            return
