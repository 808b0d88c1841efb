"""Steps as PyBaMM takes them, and a solver that keeps what a step reached before it failed."""

import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import casadi
import pybamm

from coreshell_model.inputs.steps import Kind, Step

FAILED = "failure: "
"""How the termination of a step that failed begins; what the solver said follows."""

PARTIAL = ", returning a partial solution"
"""How PyBaMM's warning of a step that failed ends."""

FIRST = "input set 0: "
"""How it begins, where there is one set of inputs."""

MOST_RATE = 10.0
"""Multiple of 1C at which a step of constant power or resistance ends. assumed: twice the fastest rate of
Appel et al., 5C; as the voltage nears 0 the current of a constant power grows beyond every bound."""

LAG = 1e-3
"""Seconds with which the current follows a power or a resistance. assumed: far below the times of carbon."""


LONGEST_SOLVE = 600.0
"""Seconds of wall time after which no further step is begun, unless told otherwise."""

OUT_OF_TIME = "no time is left"
"""What the solver says of a step that it does not begin."""

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Begin no further step after so much wall time; one that is at work goes on to its end."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def check_time() -> None:
    """Refuse to begin a step after the time limit.

    Raises
    ------
    pybamm.SolverError
        No time is left.
    """
    if time.monotonic() > _deadline.get():
        raise pybamm.SolverError(OUT_OF_TIME)


EXPANDED = (
    "rhs_algebraic_eval",
    "jac_rhs_algebraic_eval",
    "jac_rhs_algebraic_action_eval",
    "algebraic_eval",
    "jac_algebraic_eval",
    "terminate_events_eval",
)
"""A model's functions that are evaluated at each step of the solver or more often."""


class _OnScalars(pybamm.BaseSolver):
    """A set-up whose functions work on scalars, not vectors: a formation takes 0.7 of the time.

    It stands between IDAKLU and its base: PyBaMM makes the functions in the set-up of the base and hands them
    over in that of IDAKLU.
    """

    on_scalars: bool

    def set_up(self, model, inputs=None, t_eval=None, ics_only=False):
        """As PyBaMM's, with the functions of ``EXPANDED`` on scalars, where that is wanted."""
        made = super().set_up(model, inputs, t_eval, ics_only)
        for name in EXPANDED if self.on_scalars else ():
            function = getattr(model, name)
            several = isinstance(function, list)
            expanded = list(map(_on_scalars, function)) if several else _on_scalars(function)
            setattr(model, name, expanded)
        return made


def _on_scalars(function):
    """A function of CasADi on scalars; itself where it is none, or calls what has no scalars, as a table."""
    if not isinstance(function, casadi.Function) or function.is_a("SXFunction"):
        return function
    try:
        return function.expand()
    except RuntimeError:
        return function


class KeepingSolver(pybamm.IDAKLUSolver, _OnScalars):
    """IDAKLU, but a step that fails comes back as far as it was solved, its termination saying why."""

    def __init__(self, on_scalars: bool, **options):
        """As PyBaMM's, which warns of a failure in the middle of a step and gives its points.

        Parameters
        ----------
        on_scalars : have the model's functions work on scalars, which pays for small models
        options : PyBaMM's
        """
        super().__init__(on_failure="warn", **options)
        self.on_scalars = on_scalars

    def step(self, old_solution, model, dt, t_eval=None, **others):
        """As PyBaMM's; raises only where nothing of the step was solved, or no time is left for it."""
        check_time()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            solution = super().step(old_solution, model, dt, t_eval, **others)
        reasons = [str(each.message) for each in warned if PARTIAL in str(each.message)]
        for each in warned:
            if PARTIAL not in str(each.message):
                warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
        if solution.termination == "failure":
            reason = (
                reasons[-1].partition(PARTIAL)[0].removeprefix(FIRST) if reasons else "no reason is given"
            )
            if len(solution.all_ts[-1]) < 2:
                raise pybamm.SolverError(reason)
            solution.termination = f"{FAILED}{reason}"
        return solution


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


WORKING = "Working electrode against a reference [V]"


class ReferenceLimit(pybamm.step.BaseTermination):
    """Ends a step at a potential of the working electrode against a reference (54).

    Parameters
    ----------
    value : the potential [V]
    operator : "<" where the step comes to it from above, ">" from below
    """

    def get_event_name(self, step):
        """The name by which the ending is told."""
        return "Voltage against the reference [experiment]"

    def get_event_expression(self, variables, step):
        """Above 0 before the limit."""
        left = variables[WORKING] - self.value
        return left if self.operator == "<" else -left


class ReferenceHold(pybamm.step.Voltage):
    """A hold of the working electrode at a potential [V] against a reference (54)."""

    def get_parameter_values(self, variables):
        """None: the law has its number."""
        return {}

    def get_submodel(self, model) -> Any:
        """The law as PyBaMM's control."""
        return pybamm.external_circuit.FunctionControl(model.param, self.law, model.options)

    def law(self, variables):
        """0 at the potential [V]."""
        return variables[WORKING] - self.value


def experiment(cycles: Sequence[tuple[Step, ...]]) -> pybamm.Experiment:
    """Every step a PyBaMM cycle of its own; equal steps share one object and so one model."""
    made = {asked: as_pybamm(asked) for steps in cycles for asked in steps}
    return pybamm.Experiment([made[asked] for steps in cycles for asked in steps])


Numbers = Callable[[str, float], Any]
"""What stands for a number of a step, by its name and value: itself, or the input of that name."""


def _itself(name: str, value: float) -> float:
    return value


def _as_input(name: str, value: float) -> pybamm.InputParameter:
    return pybamm.InputParameter(name)


def kind_of(asked: Step) -> pybamm.step.BaseStep:
    """The step as PyBaMM's with inputs for its numbers: steps that differ in these alone share one model."""
    return as_pybamm(asked, _as_input)


def numbers_of(asked: Step) -> dict[str, float]:
    """The numbers of a step, by the names of the inputs of ``kind_of``."""
    numbers = {}

    def noted(name: str, value: float) -> float:
        numbers[name] = value
        return value

    as_pybamm(asked, noted)
    return numbers


CONTROLS: tuple[tuple[str, type[pybamm.step.BaseStep], str], ...] = (
    ("rate", pybamm.step.CRate, "Step C-rate"),
    ("current", pybamm.step.Current, "Step current [A]"),
    ("power", Power, "Step power [W]"),
    ("resistance", Resistance, "Step resistance [Ohm]"),
    ("voltage", pybamm.step.Voltage, "Step voltage [V]"),
)
"""What a step can keep constant: the field of ``Step``, PyBaMM's class and the name of its number."""


def as_pybamm(asked: Step, number: Numbers = _itself) -> pybamm.step.BaseStep:
    """One step of PyBaMM's; a limit in capacity is a time, a sweep a voltage that depends on time.

    Parameters
    ----------
    asked : the step
    number : what stands for each of its numbers
    """
    sign = -1 if asked.kind is Kind.DESODIATE else 1
    control, value = pybamm.step.Rest, 0
    for field, made, name in CONTROLS:
        size = getattr(asked, field)
        if size is not None and asked.start is None:
            control, value = made, number(name, sign * size)
    if asked.start is not None and asked.scan_rate is not None and asked.voltage is not None:
        slope = asked.scan_rate if asked.voltage > asked.start else -asked.scan_rate
        since = pybamm.t - pybamm.InputParameter("start time")
        value = number("Step start [V]", asked.start) + number("Step scan rate [V.s-1]", slope) * since
        control = pybamm.step.Voltage
    if asked.against_reference and asked.kind is Kind.HOLD:
        control = ReferenceHold
    return control(
        value,
        termination=list(_ends(asked, control, number)),
        duration=asked.duration,
        period=asked.period,
        description=asked.plain,
    )


def _ends(
    asked: Step, control: type[pybamm.step.BaseStep], number: Numbers
) -> Iterator[pybamm.step.BaseTermination]:
    """What ends a step before its time."""
    rises = asked.rising if asked.kind is Kind.REST else asked.raises_voltage
    side = ">" if rises else "<"
    if asked.until_voltage is not None and asked.kind in (Kind.SODIATE, Kind.DESODIATE, Kind.REST):
        limit = ReferenceLimit if asked.against_reference else pybamm.step.VoltageTermination
        yield limit(number("Step voltage limit [V]", asked.until_voltage), side)
    if asked.until_current is not None:
        yield pybamm.step.CurrentTermination(number("Step current limit [A]", asked.until_current))
    if asked.until_rate is not None:
        yield pybamm.step.CRateTermination(number("Step C-rate limit", asked.until_rate))
    if control in (Power, Resistance):
        yield RateLimit(MOST_RATE)
