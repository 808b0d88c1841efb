"""The outcome of a choice: its run, one at a time, and the results."""

import multiprocessing
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, TypeVar

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import deaf_to_ctrl_c
from coreshell_model.design.evaluator import Evaluator, FailedSolveError
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.run.compiled_code import can_compile
from coreshell_model.run.solution import INVENTORY, RADII, Array, Solution
from coreshell_model.show.explorer.choice import Choice, choice_from
from coreshell_model.show.explorer.design_map import Point
from coreshell_model.show.explorer.subject import Subject

QUIET = 0.3
"""Seconds after an urgent solve without any other, in which the browser has the processor to itself."""


class Bench:
    """A lock for solves with an urgent and an idle queue, since two threads at once break PyBaMM."""

    def __init__(self):
        self._free = threading.Condition()
        self._busy = False
        self._urgent = 0
        self._quiet_from = 0.0

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Hold the lock as soon as it is free."""
        with self._free:
            self._urgent += 1
            self._free.wait_for(lambda: not self._busy)
            self._urgent -= 1
            self._busy = True
        try:
            yield
        finally:
            self._quiet_from = time.monotonic() + QUIET
            self._leave()

    @contextmanager
    def when_idle(self) -> Iterator[None]:
        """Hold the lock once there was no urgent solve for ``QUIET`` seconds."""
        with self._free:
            while self._busy or self._urgent or self._quiet_from > time.monotonic():
                self._free.wait(QUIET)
            self._busy = True
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._free:
            self._busy = False
            self._free.notify_all()


Result = TypeVar("Result")


class EndingError(RuntimeError):
    """The program is ending, and takes no further solve."""


KEPT = 24
"""Outcomes kept in memory, the most recently used ones."""

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


class Outcomes:
    """The outcomes of choices, each solved at its first use."""

    def __init__(self, subject: Subject):
        self.subject = subject
        self._bench = Bench()
        # One thread for all solves, since malloc would keep memory for each new thread of the server.
        self._thread = ThreadPoolExecutor(1, "solves")
        self._kept: OrderedDict[Choice, Outcome] = OrderedDict()
        self._kept_lock = Lock()
        self._compiled = False

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
        return self._kept_outcome(choice) or self._solved(choice, self._bench.at_once)

    def whole(self, outcome: Outcome) -> Solution:
        """Solve an outcome's choice once more for a solution with every series and profile."""
        assert outcome.choice is not None
        with self._bench.at_once():
            return self._solve(self._run_whole, outcome.choice)

    def point(self, choice: Choice) -> Point:
        """Solve a point of the map once there is no urgent solve."""
        with self._bench.when_idle():
            return self._solve(self._run_point, choice)

    def compile(self) -> None:
        """Have the models compiled, and solve with them from then on.

        Another process does it, as it takes seconds the first time on a machine; here they are only loaded.
        """
        if not can_compile():
            return
        start = self.subject.material(self.subject.start), self.subject.protocol(self.subject.start)
        # Not by the pool, whose server would keep its memory for as long as the page is open.
        process = multiprocessing.get_context("spawn").Process(target=_compile, args=start, daemon=True)
        with deaf_to_ctrl_c():
            process.start()
        process.join()
        if process.exitcode == 0:
            with self._bench.when_idle(), suppress(EndingError):
                self._compiled = self._solve(_compile, *start)

    def _solve(self, do: Callable[..., Result], *arguments: Any) -> Result:
        """What a function gives in the thread of all solves.

        Raises
        ------
        EndingError
            The program is ending.
        """
        try:
            future = self._thread.submit(do, *arguments)
        except RuntimeError as error:  # a pool of threads raises nothing narrower
            raise EndingError("the page is being ended") from error
        return future.result()

    def _kept_outcome(self, choice: Choice) -> Outcome | None:
        with self._kept_lock:
            if choice in self._kept:
                self._kept.move_to_end(choice)
            return self._kept.get(choice)

    def _solved(self, choice: Choice, turn: Callable[[], AbstractContextManager]) -> Outcome:
        """Solve once the bench gives the turn, and keep the outcome."""
        with turn():
            outcome = self._solve(self._run, choice)
        with self._kept_lock:
            self._kept[choice] = outcome
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return outcome

    def _simulated(self, choice: Choice) -> Solution:
        material = self.subject.material(choice)
        return Evaluator(self.subject.protocol(choice), compiled=self._compiled).solution(material)

    def _run(self, choice: Choice) -> Outcome:
        try:
            solution = self._simulated(choice)
        except InputError as error:
            return Outcome(choice, None, str(error))
        if not solution.completed:
            return Outcome(choice, None, solution.explanation)
        return Outcome(choice, _detached(solution, {name: solution[name] for name in SHOWN}))

    def _run_whole(self, choice: Choice) -> Solution:
        solution = self._simulated(choice)
        series = {name: solution[name] for name in solution.series}
        radii = {RADII[region]: radii for region, radii in solution.radii.items()}
        return _detached(solution, series | solution.profiles | radii)

    def _run_point(self, choice: Choice) -> Point:
        try:
            evaluator = Evaluator(
                self.subject.protocol(choice), observables=(EFFICIENCY, CAPACITY), compiled=self._compiled
            )
            results = evaluator.evaluate(self.subject.material(choice))
        except (InputError, FailedSolveError) as error:
            return Point(reason=str(error))
        efficiency, capacity = results[EFFICIENCY], results[CAPACITY]
        if efficiency is None or capacity is None:
            return Point(reason="no charge went in, or none came out")
        return Point(efficiency, capacity)


def _compile(material: Material, protocol: Protocol) -> bool:
    """Compile and load the models that a protocol needs; whether that was possible."""
    try:
        Evaluator(protocol, compiled=True).build(material)
    except Exception:  # noqa: BLE001 - a compiler fails in its own ways; the page goes on without it
        return False
    return True


def _detached(solution: Solution, saved: Mapping[str, Array]) -> Solution:
    """The solution without the solver's objects, which are bound to one thread."""
    return replace(solution, pybamm=None, saved=saved)
