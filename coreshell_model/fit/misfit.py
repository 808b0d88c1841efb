"""The weighted residuals of a problem: simulated less measured over standard deviation, then the priors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coreshell_model.errors import InputError
from coreshell_model.fit.reading import Problem, Run
from coreshell_model.observables import observable
from coreshell_model.simulation import simulate
from coreshell_model.solution import Solution

FAILED = 1e4
"""Residual of every observation of a run that failed: beyond any misfit, and finite."""

MOST_REASONS = 20
"""Different failures that are kept word for word."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """Residuals at one set of parameters, simulated values behind them, and why a run failed, if one did."""

    residuals: Array
    scalars: tuple[float | None, ...]
    curves: tuple[Array | None, ...]
    failures: tuple[str, ...]

    @property
    def chi_squared(self) -> float:
        """Sum of the squared residuals, the priors' among them."""
        return float(self.residuals @ self.residuals)


@dataclass
class Misfit:
    """Residuals of a problem as a function of the parameters' places, with a count of what it cost.

    ``told`` is called after each evaluation; what it raises ends the fit.
    """

    problem: Problem
    told: Callable[[Evaluation], None] | None = None
    evaluations: int = 0
    failed: int = 0
    reasons: list[str] = field(default_factory=list)

    def __call__(self, places: Sequence[float] | Array) -> Evaluation:
        """Simulate every run and compare."""
        solutions = [self._solved(run, places) for run in self.problem.runs]
        scalars = [
            _entry(solutions[run], one.given.observable, one.given.entry) for run, one in self.problem.scalars
        ]
        curves = [_curve(solutions[run], one) for run, one in self.problem.curves]
        parts = [
            np.atleast_1d(_residuals(simulated, one.value, one.sd))
            for simulated, (_, one) in zip(scalars, self.problem.scalars, strict=True)
        ]
        parts += [
            _residuals(simulated, one.measured, one.sd)
            for simulated, (_, one) in zip(curves, self.problem.curves, strict=True)
        ]
        parts.append(np.array(self.priors(places)))
        failures = tuple(dict.fromkeys(one for one in solutions if isinstance(one, str)))
        found = Evaluation(np.concatenate(parts), tuple(scalars), tuple(curves), failures)
        self._count(found)
        return found

    def priors(self, places: Sequence[float] | Array) -> list[float]:
        """The residuals of the priors alone."""
        each = (
            free.prior_residual(place) for free, place in zip(self.problem.parameters, places, strict=True)
        )
        return [one for one in each if one is not None]

    def checked(self) -> Evaluation:
        """The evaluation at the problem's start, where what a protocol cannot give is refused.

        Raises
        ------
        InputError
            An observable or half-cycle that a complete run has not.
        """
        start = self.problem.start
        for number, (run, one) in enumerate(self.problem.scalars, start=1):
            solution = self._solved(self.problem.runs[run], start)
            if not isinstance(solution, str):
                _check(solution, one.given.observable, one.given.entry, f"observations.{number}")
        for run, one in self.problem.curves:
            solution = self._solved(self.problem.runs[run], start)
            if not isinstance(solution, str):
                one.simulated(solution)
        return self(start)

    def _solved(self, run: Run, places: Sequence[float] | Array) -> Solution | str:
        """The run, or why there is none."""
        changes = {
            free.path(run.name): free.text(place)
            for free, place in zip(self.problem.parameters, places, strict=True)
            if run.name in free.materials
        }
        try:
            solution = simulate(run.material, run.protocol, changes, level=self.problem.file.level)
        except InputError as error:
            return f"{run.name} through {run.protocol.name}: {error}"
        if not solution.completed or solution.pybamm is None:
            return f"{run.name} through {run.protocol.name}: {solution.explanation}"
        return solution

    def _count(self, found: Evaluation) -> None:
        self.evaluations += 1
        if found.failures:
            self.failed += 1
            new = [one for one in found.failures if one not in self.reasons]
            self.reasons += new[: MOST_REASONS - len(self.reasons)]
        if self.told:
            self.told(found)


def _residuals(simulated, measured, sd) -> Array:
    """Weighted differences; ``FAILED`` where there is no simulation."""
    if simulated is None:
        return np.full(np.shape(measured), FAILED)
    difference = (np.asarray(simulated, dtype=float) - measured) / sd
    return np.clip(np.nan_to_num(difference, nan=FAILED), -FAILED, FAILED)


def _entry(solution: Solution | str, name: str, entry: int | str | None) -> float | None:
    """The simulated value of an observable; None where this run has none."""
    if isinstance(solution, str):
        return None
    try:
        found = observable(solution, name)
        if isinstance(entry, int):
            found = found[entry - 1]
        elif entry is not None:
            found = found[entry]
        return None if found is None else float(found)
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _curve(solution: Solution | str, curve) -> Array | None:
    if isinstance(solution, str):
        return None
    try:
        return curve.simulated(solution)
    except InputError:  # a half-cycle that these parameters leave without charge
        return None


def _check(solution: Solution, name: str, entry: int | str | None, where: str) -> None:
    """Refuse what a complete run of the protocol does not give as a number."""
    run = f"{solution.material.name} through {solution.protocol.name}"
    try:
        found = observable(solution, name)
    except KeyError:
        raise InputError(
            f"{where}: {run} has no observable {name!r}; `coreshell run --json` lists what it has"
        ) from None
    if _entry(solution, name, entry) is not None and not isinstance(found, bool):
        return
    if isinstance(found, dict | list):
        entries = ", ".join(map(str, found)) if isinstance(found, dict) else f"1 to {len(found)}"
        raise InputError(f"{where}: {run}: {name!r} has no number {entry!r}; give as entry one of {entries}")
    raise InputError(f"{where}: {run}: {name!r} is {found!r}, not a number; observe another")
