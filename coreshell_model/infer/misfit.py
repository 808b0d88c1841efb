"""The weighted residuals of a problem: (simulated - measured)/sd of every datum, then those of the priors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.intervals import Array
from coreshell_model.infer.curves import SimulatedCurve
from coreshell_model.infer.noise import AS_STATED, Noise, points_of
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.runs import RunFailedError

FAILED = 1e4
"""Residual of every datum of a run that failed: larger than any misfit, and finite."""

MOST_REASONS = 20
"""Largest number of different failures whose texts are kept."""

REMEMBERED = 64
"""Results kept for each run; it is not simulated again when only other materials' parameters change."""

Simulated = float | Array | SimulatedCurve | None


@dataclass(frozen=True)
class Evaluation:
    """Residuals at one set of parameters, the simulated values, and the reasons of runs that failed."""

    residuals: Array
    scalars: tuple[float | None, ...]
    curves: tuple[SimulatedCurve | None, ...]
    spectra: tuple[Array | None, ...]
    failures: tuple[str, ...]

    @property
    def chi_squared(self) -> float:
        """Sum of the squared residuals, those of the priors included."""
        return float(self.residuals @ self.residuals)


@dataclass
class Misfit:
    """Residuals of a problem as a function of the parameters' places, with a count of evaluations.

    Attributes
    ----------
    problem : whose observations are compared
    on_evaluation : called after each evaluation; what it raises ends the fit
    evaluations, failed : number of evaluations, and of those with a failed run
    reasons : the failures, each once
    noise : of the data, not of the priors, beside the stated standard deviations
    compiled : whether the models are compiled
    """

    problem: Problem
    on_evaluation: Callable[[Evaluation], None] | None = None
    evaluations: int = 0
    failed: int = 0
    reasons: list[str] = field(default_factory=list)
    noise: Noise = AS_STATED
    compiled: bool = False
    _kept: dict[tuple, tuple[dict[int, Simulated], str | None]] = field(default_factory=dict, repr=False)

    def __call__(self, places: Sequence[float] | Array) -> Evaluation:
        """Simulate every run and compare it with the data."""
        by_number: dict[int, Simulated] = {}
        failures: dict[str, None] = {}
        for run in range(len(self.problem.runs)):
            of_run, failure = self._run(run, places)
            by_number |= of_run
            if failure is not None:
                failures[failure] = None
        values: list[Any] = [by_number[number] for number in range(len(self.problem.observed))]
        residuals = [
            self._residuals(number, observation, value)
            for number, ((_, observation), value) in enumerate(
                zip(self.problem.observed, values, strict=True)
            )
        ]
        scalars, curves = len(self.problem.scalars), len(self.problem.curves)
        evaluation = Evaluation(
            np.concatenate([*residuals, np.array(self.priors(places))]),
            tuple(values[:scalars]),
            tuple(values[scalars : scalars + curves]),
            tuple(values[scalars + curves :]),
            tuple(failures),
        )
        self._count(evaluation)
        return evaluation

    def priors(self, places: Sequence[float] | Array) -> list[float]:
        """The residuals of the priors alone."""
        pairs = zip(self.problem.parameters, places, strict=True)
        residuals = (free.prior_residual(place) for free, place in pairs)
        return [residual for residual in residuals if residual is not None]

    def checked(self) -> Evaluation:
        """The evaluation at the problem's start.

        Raises
        ------
        InputError
            An observation asks for an observable or a half-cycle that its run does not have although the run
            came to its end.
        """
        for number, run in enumerate(self.problem.runs):
            try:
                changes = self._changes(number, self.problem.start)
                outcome = run.outcome(changes, self.problem.file.level, self.compiled)
            except RunFailedError:
                continue
            for place, observation in self._observed[number]:
                with at(f"{self.problem.name}.toml: {self.problem.place(place)}"):
                    observation.simulated(outcome)
        return self(self.problem.start)

    @cached_property
    def _observed(self) -> list[list[tuple[int, Any]]]:
        """The observations of each run, with their numbers."""
        by_run: list[list[tuple[int, Any]]] = [[] for _ in self.problem.runs]
        for number, (run, observation) in enumerate(self.problem.observed):
            by_run[run].append((number, observation))
        return by_run

    @cached_property
    def _parameters(self) -> list[list[int]]:
        """Indices of the parameters that each run depends on."""
        free = list(enumerate(self.problem.parameters))
        return [[index for index, p in free if run.name in p.materials] for run in self.problem.runs]

    def _run(self, run: int, places: Sequence[float] | Array) -> tuple[dict[int, Simulated], str | None]:
        """The simulated value of each observation of a run, None for all if it failed, and the reason."""
        key = (run, *(float(places[index]) for index in self._parameters[run]))
        if key in self._kept:
            self._kept[key] = self._kept.pop(key)  # moved to the end: the longest unused is dropped first
        else:
            self._kept[key] = self._simulated(run, places)
            if len(self._kept) > REMEMBERED * len(self.problem.runs):
                del self._kept[next(iter(self._kept))]
        return self._kept[key]

    def _simulated(
        self, number: int, places: Sequence[float] | Array
    ) -> tuple[dict[int, Simulated], str | None]:
        run, failure = self.problem.runs[number], None
        values: dict[int, Simulated] = {place: None for place, _ in self._observed[number]}
        try:
            outcome = run.outcome(self._changes(number, places), self.problem.file.level, self.compiled)
            for place, observation in self._observed[number]:
                values[place] = observation.simulated(outcome)
        except (RunFailedError, InputError) as error:  # InputError: impossible with these parameters
            failure = f"{run.name} through {run.through}: {error}"
        return values, failure

    def _changes(self, run: int, places: Sequence[float] | Array) -> dict[str, str]:
        """The free parameters of a run as changes of its material."""
        changes: dict[str, str] = {}
        for index in self._parameters[run]:
            free = self.problem.parameters[index]
            changes |= free.changes(self.problem.runs[run].name, float(places[index]))
        return changes

    def _residuals(self, number: int, observed: Any, simulated: Simulated) -> Array:
        """Weighted differences of an observation; ``FAILED`` where there is no simulation."""
        stated = _stated(observed, simulated)
        if isinstance(simulated, SimulatedCurve):
            curve = number - len(self.problem.scalars)
            return self.noise.whitened(curve, points_of(observed, simulated), stated)
        return stated if simulated is None else stated / self.noise.inflation

    def _count(self, evaluation: Evaluation) -> None:
        self.evaluations += 1
        if evaluation.failures:
            self.failed += 1
            new = [reason for reason in evaluation.failures if reason not in self.reasons]
            self.reasons += new[: MOST_REASONS - len(self.reasons)]
        if self.on_evaluation:
            self.on_evaluation(evaluation)


def stated_residuals(problem: Problem, evaluation: Evaluation) -> Array:
    """Residuals of the data, without the priors, in stated standard deviations."""
    simulated = (*evaluation.scalars, *evaluation.curves, *evaluation.spectra)
    pairs = zip(problem.observed, simulated, strict=True)
    return np.concatenate([_stated(observed, value) for (_, observed), value in pairs])


def _stated(observed: Any, simulated: Simulated) -> Array:
    """Weighted differences; ``FAILED`` where there is no simulation."""
    if simulated is None:
        return np.full(observed.size, FAILED)
    return np.clip(np.nan_to_num(observed.residuals(simulated), nan=FAILED), -FAILED, FAILED)
