"""What PyBaMM did, step by step, told as this package's steps and endings."""

from collections.abc import Callable, Sequence

import pybamm

from coreshell_model.inputs.steps import Kind, Step
from coreshell_model.run.experiment import FAILED, OUT_OF_TIME
from coreshell_model.run.solution import Ending, StepTaken

Cycles = Sequence[tuple[Step, ...]]
"""The steps of each cycle."""

NOTHING = "completed, but nothing was run: every step was past its limit when it began"
"""What a run that skipped all its steps says of itself."""

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


class Recorder(pybamm.callbacks.Callback):
    """Notes when each step ended and what stopped the run, and tells the progress.

    ``Stepping`` tells it itself; PyBaMM's own loop through its callbacks.
    """

    def __init__(self, total: int, start_time: float = 0.0, progress: Progress | None = None):
        self.total, self.start_time, self.progress = total, start_time, progress
        self.end_times: list[float] = []
        self.error = ""

    def step_ended(self, time: float) -> None:
        """A step was taken, or skipped where the time is that at which the last one ended [s]."""
        self.end_times.append(time)
        if self.progress:
            self.progress(len(self.end_times), self.total)

    def failed(self, error: pybamm.SolverError) -> None:
        """The solver gave up within a step."""
        self.error = str(error)

    def on_step_end(self, logs):
        """Every step is a PyBaMM cycle of its own, so that one already past its limit is skipped."""
        self.step_ended(float(logs["experiment time"]))

    def on_experiment_error(self, logs):
        """As ``failed``."""
        self.failed(logs["error"])


def steps_taken(
    cycles: Cycles, first_cycle: int, result, recorder: Recorder, continued: bool
) -> tuple[StepTaken, ...]:
    """The steps taken, matched to those asked for by the times at which they ended.

    Parameters
    ----------
    cycles : what was asked for
    first_cycle : number of the first of them in its protocol
    result : PyBaMM's solution, or None
    recorder : what it noted
    continued : the solution begins with the point it went on from
    """
    simulated = _simulated(result)
    point = 0
    if continued:
        simulated, point = simulated[1:], 1
    rest, steps, before = iter(simulated), [], recorder.start_time
    for (cycle, number, asked), after in zip(_places(cycles, first_cycle), recorder.end_times, strict=False):
        if after == before:
            steps.append(StepTaken(cycle, number, asked, Ending.SKIPPED, slice(point, point)))
            continue
        count, termination = next(rest)
        if termination.startswith(FAILED):
            recorder.error = termination.removeprefix(FAILED)
        ending = _step_ending(asked, termination)
        steps.append(StepTaken(cycle, number, asked, ending, slice(point, point + count)))
        before, point = after, point + count
    return tuple(steps)


def ending_of(
    cycles: Cycles, first_cycle: int, steps: tuple[StepTaken, ...], recorder: Recorder
) -> tuple[Ending, str]:
    """How the run ended, and that in one line with its place."""
    done = len(steps)
    ending = Ending.SOLVER
    if steps and steps[-1].ending in (Ending.CUT_OFF, Ending.SOLVER):
        ending, done = steps[-1].ending, done - 1
    elif done == recorder.total and not recorder.error:
        skipped = sum(step.skipped for step in steps)
        if steps and skipped == done:
            return (
                Ending.COMPLETED,
                NOTHING,
            )
        also = f"; {skipped} of {done} steps skipped, past their limit when they began" if skipped else ""
        return Ending.COMPLETED, (ended_by_default(steps) or Ending.COMPLETED.value) + also
    places = _places(cycles, first_cycle)
    if done >= len(places):
        return ending, ending.value
    cycle, number, asked = places[done]
    if recorder.error == OUT_OF_TIME:
        place = f"before cycle {cycle}, step {number} ({asked.words})"
        return Ending.TIMED_OUT, f"{place}: {Ending.TIMED_OUT.value}"
    reason = f" ({_reason(recorder.error)})" if recorder.error else ""
    if recorder.error and asked.power is not None:
        reason += (
            "; a cell gives only so much power at a voltage: take a smaller one, or end at a higher voltage"
        )
    return ending, f"in cycle {cycle}, step {number} ({asked.words}): {ending.value}{reason}"


def ended_by_default(steps: Sequence[StepTaken]) -> str | None:
    """That a run is completed although no condition of its protocol ended some steps; None where one did."""
    cut_short = [step for step in steps if step.ending is Ending.DEFAULT_TIME]
    if not cut_short:
        return None
    first = cut_short[0]
    return (
        f"completed, but the program's own time limit, not the protocol, ended {len(cut_short)} of "
        f"{len(steps)} steps, first cycle {first.cycle}, step {first.number} ({first.asked.words}); state a "
        "time or another limit"
    )


def _places(cycles: Cycles, first_cycle: int) -> list[tuple[int, int, Step]]:
    return [
        (cycle, number, asked)
        for cycle, steps in enumerate(cycles, start=first_cycle)
        for number, asked in enumerate(steps, start=1)
    ]


def _simulated(result) -> list[tuple[int, str]]:
    """Points and termination of every step that PyBaMM simulated."""
    if result is None or not result.cycles:
        return []
    return [
        (len(step.t), step.termination)
        for cycle in result.cycles
        for step in cycle.steps
        if not isinstance(step, pybamm.EmptySolution)
    ]


def _step_ending(asked: Step, termination: str) -> Ending:
    if termination.startswith(FAILED):
        return Ending.SOLVER
    if "Rate limit" in termination:
        return Ending.RATE_LIMIT
    if "Voltage" in termination:
        return Ending.VOLTAGE
    if "urrent" in termination or "C-rate" in termination:
        return Ending.CURRENT
    if termination != "final time":
        return Ending.CUT_OFF
    if asked.capacity is not None:
        return Ending.CAPACITY
    if asked.by_default:
        return Ending.DEFAULT_TIME
    return Ending.SWEPT if asked.kind is Kind.SWEEP else Ending.TIME


def _reason(error: str) -> str:
    """The solver's first line, without the list of all inputs that some end with."""
    return error.splitlines()[0].partition(" with inputs ")[0]
