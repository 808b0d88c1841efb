"""Where a run stands between two cycles, exactly, and how the solver goes on from there."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pybamm
from numpy.typing import NDArray

from coreshell_model.simulation import Run
from coreshell_model.solution import Solution


@dataclass(frozen=True)
class State:
    """The solver's state after a cycle: all that the next one needs.

    Attributes
    ----------
    cycle : the last cycle that was done
    source : the cycle and step whose equations the state belongs to (earlier, where a cycle was skipped)
    time : since the start of the run [s]
    values : the solver's unknowns
    inputs : the model's inputs in that step
    """

    cycle: int
    source: tuple[int, int]
    time: float
    values: NDArray[np.float64]
    inputs: dict[str, float]


def state_after(solution: Solution, cycle: int, before: State | None) -> State | None:
    """The state at the end of a cycle; that before it, where all of its steps were skipped."""
    simulated = [step for step in solution.steps if not step.skipped]
    if not simulated:
        return before and State(cycle, before.source, before.time, before.values, before.inputs)
    last = solution.pybamm.last_state
    return State(
        cycle,
        (simulated[-1].cycle, simulated[-1].number),
        float(last.t[-1]),
        np.array(last.all_ys[-1], dtype=float)[:, -1],
        {name: float(np.asarray(value).squeeze()) for name, value in last.all_inputs[-1].items()},
    )


def as_start(run: Run, state: State | None) -> Any:
    """A state as what PyBaMM starts from; None for the protocol's own start."""
    if state is None:
        return None
    cycle, number = state.source
    words = run.protocol.steps_by_cycle()[cycle - 1]
    simulation, _ = run.built((words,))
    models = simulation.steps_to_built_models
    assert models is not None  # it was built for an experiment
    model = models[simulation.experiment.steps[number - 1].basic_repr()]
    inputs = {name: np.array([value]) for name, value in state.inputs.items()}
    return pybamm.Solution(
        np.array([state.time]), state.values[:, None], model, inputs, termination="final time"
    )
