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
            times = {"t_eval": _until(t_eval, tried)}
            if others.get("t_interp") is not None:
                times["t_interp"] = _until(others["t_interp"], tried)
            try:
                solved = super().step(old_solution, model, tried, **(others | times))
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


def limited(step: pybamm.step.BaseStep) -> pybamm.step.BaseStep:
    """A step with the limit of current where it prescribes a power or a resistance."""
    if isinstance(step, pybamm.step.Power | pybamm.step.Resistance):
        step.termination.append(RateLimit(MOST_RATE))
    return step
