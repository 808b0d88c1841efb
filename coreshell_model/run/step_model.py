"""The model of one kind of step, and one step taken with it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import casadi
import numpy as np
import pybamm
from numpy.typing import NDArray
from pybammsolvers import idaklu

from coreshell_model.run.experiment import FAILED

Array = NDArray[np.float64]

ROOT = 2
"""What IDA returns where an event was met."""

FINAL_TIME = "final time"
"""How PyBaMM tells that nothing but the time ended a step."""

EXTRAPOLATION = pybamm.EventType.INTERPOLANT_EXTRAPOLATION
STATISTICS = tuple(field.name for field in fields(pybamm.SolverStatistics))


class StepModel:
    """The model of a step with the solver that PyBaMM set up for it, and its inputs by place."""

    def __init__(self, model: Any, solver: pybamm.IDAKLUSolver):
        self.model, self.solver = model, solver
        self.names = sorted(parameter.name for parameter in model.input_parameters)
        self.events = [e.name for e in model.events if e.event_type == pybamm.EventType.TERMINATION]
        self.interpolates = any(e.event_type == EXTRAPOLATION for e in model.events)

    def inputs(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Those of a step, in the solver's order."""
        return {name: values[name] for name in self.names}

    def prepare(self, inputs: Mapping[str, Array]) -> None:
        """Set the solver up, once."""
        solver, model = self.solver, self.model
        if model not in solver._model_set_up:
            solver.set_up(model, dict(inputs))
            solver._model_set_up[model] = {"initial conditions": model.concatenated_initial_conditions}

    def function(self, expression: Any, name: str) -> casadi.Function:
        """An expression of the model's states as a function of time, states and stacked inputs.

        The model need not be prepared: a run that is resumed begins behind a step that is not taken again.
        """
        time, states = casadi.MX.sym("t"), casadi.MX.sym("y", self.model.len_rhs_and_alg)
        inputs = {input_name: casadi.MX.sym(input_name) for input_name in self.names}
        value = expression.to_casadi(time, states, inputs=inputs)
        return casadi.Function(name, [time, states, casadi.vertcat(*inputs.values())], [value])

    def start(self, stacked: Array) -> Array:
        """The states that a run begins with."""
        return flat(self.model.initial_conditions_eval(0.0, np.zeros(self.model.len_rhs_and_alg), stacked))

    def slopes(self, time: float, states: Array, stacked: Array) -> Array:
        """Derivatives of the differential states, 0 for the algebraic ones."""
        model, slopes = self.model, np.zeros_like(states)
        slopes[: model.len_rhs] = flat(model.rhs_eval(time, states, stacked))
        return slopes

    def integrate(self, times: Array, points: Array, states: Array, stacked: Array) -> Any:
        """What IDA gives: times, states, slopes, a flag and its statistics.

        Raises
        ------
        pybamm.SolverError
            It gave up before a first point.
        """
        slopes = self.slopes(times[0], states, stacked)
        of_one_set = (each[np.newaxis] for each in (states, slopes, stacked))
        try:
            (result,) = self.solver._setup["solver"].solve(
                times, points, *of_one_set, logger=None, pbar=np.empty((0, 0))
            )
        except ValueError as error:
            raise pybamm.SolverError(str(error)) from None
        return result

    def solve(
        self, times: Array, points: Array, states: Array, stacked: Array, inputs: Mapping[str, Array]
    ) -> pybamm.Solution:
        """One step, from ``times[0]`` to its end or an event.

        Raises
        ------
        pybamm.SolverError
            The solver gave up before a first point, or an event was passed when the step began.
        """
        model, timer = self.model, pybamm.Timer()
        result = self.integrate(times, points, states, stacked)
        taken = timer.time()
        count = result.t.size
        # Copies: the solver's own arrays hold room for many more points.
        times_reached, by_time = result.t.copy(), result.y.reshape(count, -1).copy()
        last = by_time[-1]
        if count == 1 and result.flag == ROOT:
            self.solver._check_event_violation(times, model, last, inputs)
        termination = FINAL_TIME
        if result.flag < 0:
            reason = idaklu.sundials_error_message(result.flag)
            if count < 2:
                raise pybamm.SolverError(reason)
            termination = f"{FAILED}{reason}"
        elif result.flag == ROOT:
            events = self.solver._setup["rootfn_casadi"]
            distances = np.abs(flat(events(float(result.t[-1]), last, stacked)))
            termination = f"event: {self.events[int(np.nanargmin(distances))]}"
        solution: Any = pybamm.Solution(
            times_reached,
            by_time.T,
            model,
            inputs,
            times_reached[-1:],
            last[:, np.newaxis],
            termination,
            all_sensitivities={},
            all_yps=result.yp.reshape(count, -1).copy().T if result.yp.size else None,
            all_t_evals=_reached(times, times_reached[-1]),
            options={"compile": self.solver.options["compile"]},
            _validate_time_structure=False,
        )
        solution.solve_time = solution.integration_time = taken
        solution.set_up_time = 0
        solution.solver_statistics = pybamm.SolverStatistics(
            **{name: getattr(result.stats, name) for name in STATISTICS}
        )
        solution._all_inputs_stacked, solution._all_inputs_casadi = [stacked], [casadi.DM(stacked)]
        if self.interpolates:
            self.solver.check_extrapolation(solution, model.events)
        return solution


def flat(values: Any) -> Array:
    """Numbers of CasADi's or of an array, in a row."""
    return (values.full() if isinstance(values, casadi.DM) else np.asarray(values)).reshape(-1)


def _reached(times: Array, end: float) -> Array:
    """The times at which the solver stopped, the last one where it ended."""
    if times[-1] == end:
        return times
    before = times[: np.searchsorted(times, end) + 1].copy()
    before[-1] = end
    return before
