"""What a choice gives: runs on the page's bench, and their results."""

import multiprocessing
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

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
"""Seconds after a solve that someone waited for in which the browser gets the processor to draw it."""


class Bench:
    """A lock with two queues, since neither PyBaMM's models nor its log level stand two threads at once."""

    def __init__(self):
        self._free = threading.Condition()
        self._busy = False
        self._urgent = 0
        self._quiet_from = 0.0

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Have it as soon as whoever has it is done."""
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
        """Have it once nobody has waited for it at once for a while."""
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


KEPT = 24
"""Outcomes kept in memory, the last ones that were asked for."""

SHOWN = (
    "Time [s]",
    "Voltage [V]",
    "Specific capacity [mA.h.g-1]",
    "SEI thickness [m]",
    "Pore filling",
    *INVENTORY,
)
"""The series that the page draws and counts from; reading them all takes half as long as a solve."""

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
        # All solves in one thread: what each new thread of the server allocates, malloc keeps apart for it.
        self._thread = ThreadPoolExecutor(1, "solves")
        self._kept: OrderedDict[Choice, Outcome] = OrderedDict()
        self._door = Lock()
        self._compiled = False

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

    def whole(self, outcome: Outcome) -> Solution:
        """The solution of an outcome with every series and profile, solved once more, to be taken away."""
        assert outcome.choice is not None
        with self._bench.at_once():
            return self._thread.submit(self._run_whole, outcome.choice).result()

    def point(self, choice: Choice) -> Point:
        """A point of the map: solved when nobody waits for a solution."""
        with self._bench.when_idle():
            return self._thread.submit(self._run_point, choice).result()

    def compile(self) -> None:
        """Have the models compiled, and solve with them from then on.

        Another process does it, as it takes seconds the first time on a machine; here they are only loaded.
        """
        if not can_compile():
            return
        start = self.subject.material(self.subject.start), self.subject.protocol(self.subject.start)
        process = multiprocessing.get_context("spawn").Process(target=_compile, args=start, daemon=True)
        with deaf_to_ctrl_c():
            process.start()
        process.join()
        if process.exitcode == 0:
            with self._bench.when_idle():
                self._compiled = self._thread.submit(_compile, *start).result()

    def _known(self, choice: Choice) -> Outcome | None:
        with self._door:
            if choice in self._kept:
                self._kept.move_to_end(choice)
            return self._kept.get(choice)

    def _solved(self, choice: Choice, turn: Callable[[], AbstractContextManager]) -> Outcome:
        """Solve at the bench's turn, and keep."""
        with turn():
            outcome = self._thread.submit(self._run, choice).result()
        with self._door:
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
            found = evaluator.evaluate(self.subject.material(choice))
        except (InputError, FailedSolveError) as error:
            return Point(reason=str(error))
        efficiency, capacity = found[EFFICIENCY], found[CAPACITY]
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
    """The same without the solver's objects, which only one thread may touch."""
    return replace(solution, pybamm=None, saved=saved)
