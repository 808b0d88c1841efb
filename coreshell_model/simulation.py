"""The one door: a material and a protocol in, a Solution out."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
# The solver's C code would otherwise write its own error lines; failures are reported as endings.
os.environ.setdefault("SUNLOGGER_ERROR_FILENAME", os.devnull)

import pybamm

from coreshell_model import coating, values
from coreshell_model.experiment import experiment
from coreshell_model.inputs import prepared
from coreshell_model.laws.electrolyte import Tabulated
from coreshell_model.levels import ParticleLevel
from coreshell_model.material import Material
from coreshell_model.model import ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE, CoreShellHalfCell, mechanisms_for
from coreshell_model.protocol import Protocol
from coreshell_model.solution import Ending, Solution, Step
from coreshell_model.steps import capacity_limit, sweep

NOT_INPUTS = ("Current function [A]",)
"""Parameters that an experiment sets; those that it does not allow to be inputs are ``fixed``."""

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""

CACHED_MODELS = 8
"""Built models kept in memory, one for each sequence of steps."""


def simulate(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    changes: Mapping[str, str] | None = None,
    *,
    relative_tolerance: float = RELATIVE_TOLERANCE,
    absolute_tolerance: float = ABSOLUTE_TOLERANCE,
    compiled: bool = False,
    level: str = ParticleLevel.name,
    progress: Progress | None = None,
) -> Solution:
    """Take a material through a protocol.

    The model is built once for a sequence of steps; further materials and designs are inputs to it.

    Parameters
    ----------
    material, protocol : a shipped name, the path of a TOML file, or what was read from one
    changes : numbers to change, as ``{"shell.thickness": "12 nm", "protocol.window.lower": "10 mV"}``
    relative_tolerance, absolute_tolerance : of the solver, whose states are all of order one
    compiled : have the model's functions compiled to machine code, which halves the time of a solve and costs
        some seconds, and a C compiler, the first time on a machine: for sweeps and fits
    level : "particle", one particle for all, or "electrode", a porous electrode behind a separator
    progress : called after each step

    Returns
    -------
    Solution
        Also when the solver failed: its ``ending`` then says so, and it holds the steps taken before.

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    material, protocol = prepared(material, protocol, changes)
    parameters = values.parameter_values(material, protocol)
    tables = coating.tables(material, level)
    fixed = tuple((name, parameters[name]) for name in values.FIXED) + tuple(tables.items())
    with quiet():
        simulation, needed = _built(
            mechanisms_for(parameters),
            level,
            protocol.name,
            protocol.steps_by_cycle(),
            fixed,
            relative_tolerance,
            absolute_tolerance,
            compiled,
        )
        inputs = {name: parameters[name] for name in needed}
        recorder = _Recorder(len(simulation.experiment.steps), progress)
        started = time.perf_counter()
        try:
            result = simulation.solve(inputs=inputs, callbacks=[recorder], calc_esoh=False)
        except pybamm.SolverError as error:
            recorder.error, result = str(error), None
        solve_time = time.perf_counter() - started
    if isinstance(result, pybamm.EmptySolution):  # every step was past its limit before it began
        result = None
    steps = _steps(protocol, result, recorder)
    ending, explanation = _ending(protocol, steps, recorder)
    run = (steps, ending, explanation, solve_time, result)
    return Solution(material, protocol, parameters, *run, level=level)


@contextmanager
def quiet() -> Iterator[None]:
    """PyBaMM's log without the lines on steps, failures and large states; a Solution reports itself."""
    before, largest = pybamm.logger.level, pybamm.settings.max_y_value
    pybamm.set_logging_level("CRITICAL")
    pybamm.settings.max_y_value = float("inf")
    try:
        yield
    finally:
        pybamm.logger.setLevel(before)
        pybamm.settings.max_y_value = largest


class _Recorder(pybamm.callbacks.Callback):
    """Notes when each step ended and what stopped the run, and tells the progress."""

    def __init__(self, total: int, progress: Progress | None):
        self.total, self.progress = total, progress
        self.end_times: list[float] = []
        self.error = ""

    def on_step_end(self, logs):
        """Every step is a PyBaMM cycle of its own, so that one already past its limit is skipped."""
        self.end_times.append(float(logs["experiment time"]))
        if self.progress:
            self.progress(len(self.end_times), self.total)

    def on_experiment_error(self, logs):
        """The solver gave up within a step."""
        self.error = str(logs["error"])


@lru_cache(maxsize=CACHED_MODELS)
def _built(
    mechanisms: tuple[type, ...],
    level: str,
    name: str,
    cycles: tuple[tuple[str, ...], ...],
    fixed: tuple[tuple[str, float | Tabulated], ...],
    relative_tolerance: float,
    absolute_tolerance: float,
    compiled: bool,
) -> tuple[pybamm.Simulation, tuple[str, ...]]:
    """The model built for a protocol's steps, and its inputs: every parameter that is not ``fixed``."""
    model = CoreShellHalfCell(mechanisms, level)
    inputs = {parameter.name: "[input]" for parameter in model.parameters}
    inputs = {name: value for name, value in inputs.items() if name not in (*NOT_INPUTS, *dict(fixed))}
    parameter_values = pybamm.ParameterValues({**inputs, **dict(fixed), "Current function [A]": 0.0})
    simulation = pybamm.Simulation(
        model,
        parameter_values=parameter_values,
        experiment=experiment(name, cycles),
        solver=pybamm.IDAKLUSolver(
            rtol=relative_tolerance,
            atol=absolute_tolerance,
            options={"compile": compiled},
        ),
    )
    simulation.build_for_experiment()
    return simulation, tuple(inputs)


def _steps(protocol: Protocol, result, recorder: _Recorder) -> tuple[Step, ...]:
    """The steps taken, matched to the protocol by the times at which they ended."""
    texts = [
        (cycle, number, text)
        for cycle, steps in enumerate(protocol.steps_by_cycle(), start=1)
        for number, text in enumerate(steps, start=1)
    ]
    simulated = iter(_simulated(result))
    steps, before, point = [], 0.0, 0
    for (cycle, number, text), after in zip(texts, recorder.end_times, strict=False):
        if after == before:
            steps.append(Step(cycle, number, text, Ending.SKIPPED, slice(point, point)))
            continue
        count, termination = next(simulated)
        steps.append(Step(cycle, number, text, _step_ending(text, termination), slice(point, point + count)))
        before, point = after, point + count
    return tuple(steps)


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


def _step_ending(text: str, termination: str) -> Ending:
    if "Voltage" in termination:
        return Ending.VOLTAGE
    if "urrent" in termination or "C-rate" in termination:
        return Ending.CURRENT
    if termination != "final time":
        return Ending.CUT_OFF
    if capacity_limit(text):
        return Ending.CAPACITY
    return Ending.SWEPT if sweep(text) else Ending.TIME


def _ending(protocol: Protocol, steps: tuple[Step, ...], recorder: _Recorder) -> tuple[Ending, str]:
    """How the run ended, and that in one line with its place."""
    done = len(steps)
    ending = Ending.SOLVER
    if steps and steps[-1].ending is Ending.CUT_OFF:
        ending, done = Ending.CUT_OFF, done - 1
    elif done == recorder.total and not recorder.error:
        skipped = sum(step.skipped for step in steps)
        also = f"; {skipped} of {done} steps skipped, past their limit when they began" if skipped else ""
        return Ending.COMPLETED, Ending.COMPLETED.value + also
    place = 0
    for cycle, texts in enumerate(protocol.steps_by_cycle(), start=1):
        for number, text in enumerate(texts, start=1):
            if place == done:
                reason = f" ({_reason(recorder.error)})" if recorder.error else ""
                return ending, f"in cycle {cycle}, step {number} ({text}): {ending.value}{reason}"
            place += 1
    return ending, ending.value


def _reason(error: str) -> str:
    """The solver's first line, without the list of all inputs that some end with."""
    return error.splitlines()[0].partition(" with inputs ")[0]
