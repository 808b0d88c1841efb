"""What a worker of the page does with a choice: the run of its design, and of a point of the map."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import Say
from coreshell_model.design.evaluator import Evaluator, FailedSolveError
from coreshell_model.run.solution import INVENTORY, RADII, Array, Solution
from coreshell_model.show.explorer.choice import Choice
from coreshell_model.show.explorer.design_map import Point
from coreshell_model.show.explorer.subject import Subject

LONGEST = 30.0
"""Seconds after which no further step of a design begins: numbers moved far can make it stiff."""

SHOWN = (
    "Time [s]",
    "Voltage [V]",
    "Working electrode against a reference [V]",
    "Specific capacity [mA.h.g-1]",
    "SEI thickness [m]",
    "Pore filling",
    *INVENTORY,
)
"""The series that the page needs; reading all series would take half as long as a solve."""

EFFICIENCY, CAPACITY = "Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]"
"""The quantities of the map."""


@dataclass(frozen=True)
class Outcome:
    """A completed solution, or the ``reason`` why there is none; ``choice`` is None for unreadable data."""

    choice: Choice | None
    solution: Solution | None
    reason: str = ""


@dataclass(frozen=True)
class DesignTask:
    """The outcome of a choice; with ``whole`` its solution has every series and profile."""

    choice: Choice
    compiled: bool = False
    whole: bool = False

    def __call__(self, subject: Subject, say: Say) -> Outcome:
        """Solve it."""
        choice = self.choice
        try:
            solution = simulated(subject, choice, self.compiled)
        except InputError as error:
            return Outcome(choice, None, str(error))
        if not solution.completed:
            return Outcome(choice, None, solution.explanation)
        if not self.whole:
            return Outcome(choice, detached(solution, {name: solution[name] for name in SHOWN}))
        return Outcome(choice, whole(solution))


@dataclass(frozen=True)
class PointTask:
    """A point of the map."""

    choice: Choice
    compiled: bool = False

    def __call__(self, subject: Subject, say: Say) -> Point:
        """Solve it."""
        choice = self.choice
        try:
            evaluator = Evaluator(
                subject.protocol(choice), observables=(EFFICIENCY, CAPACITY), compiled=self.compiled
            )
            results = evaluator.evaluate(subject.material(choice), LONGEST)
        except (InputError, FailedSolveError) as error:
            return Point(reason=str(error))
        efficiency, capacity = results[EFFICIENCY], results[CAPACITY]
        if efficiency is None or capacity is None:
            return Point(reason="no charge went in, or none came out")
        return Point(efficiency, capacity)


@dataclass(frozen=True)
class CompiledTask:
    """Compile, or load, the models of a choice; whether that was possible."""

    choice: Choice

    def __call__(self, subject: Subject, say: Say) -> bool:
        """Solve it."""
        try:
            Evaluator(subject.protocol(self.choice), compiled=True).build(subject.material(self.choice))
        except Exception:  # noqa: BLE001 - a compiler fails in its own ways; the page goes on without it
            return False
        return True


def simulated(subject: Subject, choice: Choice, compiled: bool) -> Solution:
    """The run of a choice's design.

    Raises
    ------
    InputError
        The design is impossible, with the reason.
    """
    evaluator = Evaluator(subject.protocol(choice), compiled=compiled)
    return evaluator.solution(subject.material(choice), LONGEST)


def whole(solution: Solution) -> Solution:
    """The solution with every series and profile in itself."""
    series = {name: solution[name] for name in solution.series}
    radii = {RADII[region]: radii for region, radii in solution.radii.items()}
    return detached(solution, series | solution.profiles | radii)


def detached(solution: Solution, saved: Mapping[str, Array]) -> Solution:
    """The solution without the solver's objects, which cannot be sent to another process."""
    return replace(solution, pybamm=None, saved=saved)
