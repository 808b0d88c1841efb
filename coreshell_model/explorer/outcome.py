"""What a design does: its solution, or in one line why there is none."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from coreshell_model.design import Evaluator, FailedSolveError
from coreshell_model.errors import InputError
from coreshell_model.explorer.ahead import one_step_away
from coreshell_model.explorer.bench import Bench
from coreshell_model.explorer.choice import Choice, choice_from
from coreshell_model.explorer.controls import HOLD
from coreshell_model.explorer.design_map import Point
from coreshell_model.explorer.subject import Subject
from coreshell_model.solution import RADII, Solution

KEPT = 24
"""Outcomes kept in memory, the last ones that were asked for."""

EFFICIENCY, CAPACITY = "Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]"
"""What the map shows."""


@dataclass(frozen=True)
class Outcome:
    """A completed solution, or the ``reason`` why there is none; no ``choice`` where none could be read."""

    choice: Choice | None
    solution: Solution | None
    reason: str = ""


class Outcomes:
    """Outcomes by choice, solved when they are asked for."""

    def __init__(self, subject: Subject):
        self.subject = subject
        self._bench = Bench()
        self._kept: OrderedDict[Choice, Outcome] = OrderedDict()
        self._door = Lock()

    def told(self, data: Any) -> Outcome:
        """The outcome of what a browser sent."""
        read = self.read(data)
        return read if isinstance(read, Outcome) else self.of(read)

    def read(self, data: Any) -> Choice | Outcome:
        """What a browser sent as a choice, or in words why it is none."""
        try:
            return choice_from(data)
        except InputError as error:
            return Outcome(None, None, str(error))

    def of(self, choice: Choice) -> Outcome:
        """The outcome that someone waits for."""
        return self._known(choice) or self._solved(choice, self._bench.at_once)

    def ahead(self, choice: Choice) -> None:
        """Solve and keep an outcome that may be asked for next, when nobody waits."""
        if self._known(choice) is None:
            self._solved(choice, self._bench.when_idle)

    def next_to(self, choice: Choice) -> list[Choice]:
        """What may be asked for next and needs another model."""
        usual = self.subject.start.hold
        return one_step_away(choice, self.subject.controls, HOLD.stops[-1] if usual is None else usual)

    def point(self, choice: Choice) -> Point:
        """A point of the map: solved when nobody waits for a solution."""
        with self._bench.when_idle():
            try:
                evaluator = Evaluator(self.subject.protocol(choice), observables=(EFFICIENCY, CAPACITY))
                found = evaluator.evaluate(self.subject.material(choice))
            except (InputError, FailedSolveError) as error:
                return Point(reason=str(error))
        efficiency, capacity = found[EFFICIENCY], found[CAPACITY]
        if efficiency is None or capacity is None:
            return Point(reason="no charge went in, or none came out")
        return Point(efficiency, capacity)

    def _known(self, choice: Choice) -> Outcome | None:
        with self._door:
            if choice in self._kept:
                self._kept.move_to_end(choice)
            return self._kept.get(choice)

    def _solved(self, choice: Choice, turn: Callable[[], AbstractContextManager]) -> Outcome:
        """Solve at the bench's turn, and keep."""
        with turn():
            outcome = self._run(choice)
        with self._door:
            self._kept[choice] = outcome
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return outcome

    def _run(self, choice: Choice) -> Outcome:
        try:
            material = self.subject.material(choice)
            solution = Evaluator(self.subject.protocol(choice)).solution(material)
        except InputError as error:
            return Outcome(choice, None, str(error))
        if not solution.completed:
            return Outcome(choice, None, solution.explanation)
        return Outcome(choice, _detached(solution))


def _detached(solution: Solution) -> Solution:
    """The same without the solver's objects, which only one thread may touch."""
    series = {name: solution[name] for name in solution.series}
    radii = {RADII[region]: radii for region, radii in solution.radii.items()}
    return replace(solution, pybamm=None, saved=series | solution.profiles | radii)
