"""A solver that keeps what a step reached before it failed, and the limit of current of steps without one."""

from typing import Any

import numpy as np
import pybamm

FAILED = "failure: "
"""How the termination of a step that failed begins; what the solver said follows."""

SEARCHED = 12
"""Halvings of the time in which the last point before the failure is looked for: 1 in 4000 of the step."""

MOST_RATE = 10.0
"""Multiple of 1C at which a step of constant power or resistance ends. assumed: twice the fastest rate of
Appel et al., 5C; as the voltage nears 0 the current of a constant power grows beyond every bound."""

LAG = 1e-3
"""Seconds with which the current follows a power or a resistance. assumed: far below the times of carbon."""

SKIPPED = "non-positive at initial conditions"
"""What PyBaMM says of a step that is past its limit when it begins; no failure."""


class KeepingSolver(pybamm.IDAKLUSolver):
    """IDAKLU, but a step that fails comes back as far as it can be solved, its termination saying why."""

    def step(self, old_solution, model, dt, t_eval=None, **others):
        """As PyBaMM's; raises only where nothing of the step can be solved."""
        try:
            return super().step(old_solution, model, dt, t_eval, **others)
        except pybamm.SolverError as error:
            if SKIPPED in str(error):
                raise
            reached = self._reached(old_solution, model, float(dt), t_eval, others)
            if reached is None:
                raise
            reached.termination = f"{FAILED}{error}"
            return reached

    def _reached(self, old_solution, model, dt: float, t_eval, others: dict) -> Any:
        """The longest beginning of the step that the solver finishes; None where it finishes none."""
        solved, finished, failed = None, 0.0, dt
        for _ in range(SEARCHED):
            tried = (finished + failed) / 2
            shorter: dict[str, Any] = {**others, "t_eval": _until(t_eval, tried)}
            if others.get("t_interp") is not None:
                shorter["t_interp"] = _until(others["t_interp"], tried)
            try:
                solved = super().step(old_solution, model, tried, **shorter)
                finished = tried
            except pybamm.SolverError:
                failed = tried
        return solved


def _until(times, end: float):
    """Times of a step up to an earlier end; None where there are none."""
    if times is None or len(times) == 0:
        return times
    inner = np.asarray(times, dtype=float)
    return np.append(inner[inner < end], end)


class RateLimit(pybamm.step.BaseTermination):
    """Ends a step where the current reaches so many times 1C, in either direction."""

    def get_event_name(self, step):
        """The name by which the ending is told."""
        return "Rate limit [experiment]"

    def get_event_expression(self, variables, step):
        """Above 0 below the limit."""
        return self.value - abs(variables["C-rate"])


class _Follows(pybamm.external_circuit.FunctionControl):
    """The current is a state that follows a law from 0 on; PyBaMM would begin at 1C."""

    def set_initial_conditions(self, variables):
        """No current flows as the step begins."""
        self.initial_conditions[variables["Current variable [A]"]] = pybamm.Scalar(0)


class Power(pybamm.step.Power):
    """A power that the current follows with a lag, so that the step can run into one of its limits.

    Equation (44): dI/dt = (P - I U)/tau. As an algebraic equation I U = P has no solution once the cell
    cannot give P at any current; with the lag the current then grows, and the voltage falls, until a limit
    is reached.
    """

    def get_parameter_values(self, variables):
        """None: the law has its number."""
        return {}

    def get_submodel(self, model) -> Any:
        """The law as PyBaMM's control."""
        return _Follows(model.param, self.law, model.options, control="differential")

    def law(self, variables):
        """Rate of change of the current [A.s-1]."""
        return (self.value - variables["Current [A]"] * variables["Voltage [V]"]) / LAG


class Resistance(pybamm.step.Resistance):
    """The same for a resistance (44): dI/dt = (U/R - I)/tau."""

    def get_parameter_values(self, variables):
        """None: the law has its number."""
        return {}

    def get_submodel(self, model) -> Any:
        """The law as PyBaMM's control."""
        return _Follows(model.param, self.law, model.options, control="differential")

    def law(self, variables):
        """Rate of change of the current [A.s-1]."""
        return (variables["Voltage [V]"] / self.value - variables["Current [A]"]) / LAG


def limited(step: pybamm.step.BaseStep) -> pybamm.step.BaseStep:
    """A step whose current has a limit, where it prescribes a power or a resistance; else itself."""
    kinds = {pybamm.step.Power: Power, pybamm.step.Resistance: Resistance}
    if type(step) not in kinds:
        return step
    return kinds[type(step)](
        step.value,
        duration=step.duration,
        termination=[*step.termination, RateLimit(MOST_RATE)],
        period=step.period,
        description=step.description,
    )
