"""The weighted residuals of a problem: simulated less measured over standard deviation, then the priors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError, at
from coreshell_model.infer.curves import SimulatedCurve
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.runs import RunFailedError

FAILED = 1e4
"""Residual of every observation of a run that failed: beyond any misfit, and finite."""

MOST_REASONS = 20
"""Different failures that are kept word for word."""

REMEMBERED = 64
"""Sets of parameters whose results are kept for each run: one of which only other materials' parameters
changed is not simulated again."""

Array = NDArray[np.float64]
Simulated = float | Array | SimulatedCurve | None


@dataclass(frozen=True)
class Evaluation:
    """Residuals at one set of parameters, simulated values behind them, and why a run failed, if one did."""

    residuals: Array
    scalars: tuple[float | None, ...]
    curves: tuple[SimulatedCurve | None, ...]
    spectra: tuple[Array | None, ...]
    failures: tuple[str, ...]

    @property
    def chi_squared(self) -> float:
        """Sum of the squared residuals, the priors' among them."""
        return float(self.residuals @ self.residuals)


@dataclass
class Misfit:
    """Residuals of a problem as a function of the parameters' places, with a count of what it cost.

    ``told`` is called after each evaluation; what it raises ends the fit. ``inflation`` is the factor by
    which all standard deviations of the data, not of the priors, are larger than stated. ``compiled`` has the
    models compiled.
    """

    problem: Problem
    told: Callable[[Evaluation], None] | None = None
    evaluations: int = 0
    failed: int = 0
    reasons: list[str] = field(default_factory=list)
    inflation: float = 1.0
    compiled: bool = False
    _kept: dict[tuple, tuple[dict[int, Simulated], str | None]] = field(default_factory=dict, repr=False)

    def __call__(self, places: Sequence[float] | Array) -> Evaluation:
        """Simulate every run and compare."""
        values: dict[int, Simulated] = {}
        failures: dict[str, None] = {}
        for run in range(len(self.problem.runs)):
            found, failure = self._run(run, places)
            values |= found
            if failure is not None:
                failures[failure] = None
        parts = [
            _residuals(one, values[number]) / self.inflation
            for number, (_, one) in enumerate(self.problem.observed)
        ]
        parts.append(np.array(self.priors(places)))
        every: list[Any] = [values[number] for number in range(len(self.problem.observed))]
        scalars, curves = len(self.problem.scalars), len(self.problem.curves)
        found = Evaluation(
            np.concatenate(parts),
            tuple(every[:scalars]),
            tuple(every[scalars : scalars + curves]),
            tuple(every[scalars + curves :]),
            tuple(failures),
        )
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
        for number, run in enumerate(self.problem.runs):
            try:
                changes = self._changes(number, self.problem.start)
                outcome = run.outcome(changes, self.problem.file.level, self.compiled)
            except RunFailedError:
                continue
            for place, one in self._observed[number]:
                with at(f"{self.problem.name}.toml: {self.problem.place(place)}"):
                    one.simulated(outcome)
        return self(self.problem.start)

    @cached_property
    def _observed(self) -> list[list[tuple[int, Any]]]:
        """The observations of each run, with their numbers."""
        found: list[list[tuple[int, Any]]] = [[] for _ in self.problem.runs]
        for number, (run, one) in enumerate(self.problem.observed):
            found[run].append((number, one))
        return found

    @cached_property
    def _own(self) -> list[list[int]]:
        """The parameters that each run depends on."""
        every = list(enumerate(self.problem.parameters))
        return [[index for index, free in every if run.name in free.materials] for run in self.problem.runs]

    def _run(self, run: int, places: Sequence[float] | Array) -> tuple[dict[int, Simulated], str | None]:
        """What a run gives of its observations, and why it gives none."""
        key = (run, *(float(places[index]) for index in self._own[run]))
        if key in self._kept:
            self._kept[key] = self._kept.pop(key)  # the last ones used are the last ones dropped
        else:
            self._kept[key] = self._simulated(run, places)
            if len(self._kept) > REMEMBERED * len(self.problem.runs):
                del self._kept[next(iter(self._kept))]
        return self._kept[key]

    def _simulated(
        self, run: int, places: Sequence[float] | Array
    ) -> tuple[dict[int, Simulated], str | None]:
        there, failure = self.problem.runs[run], None
        values: dict[int, Simulated] = {number: None for number, _ in self._observed[run]}
        try:
            outcome = there.outcome(self._changes(run, places), self.problem.file.level, self.compiled)
            for number, one in self._observed[run]:
                values[number] = one.simulated(outcome)
        except (RunFailedError, InputError) as error:  # of a material, or an observation, that these exclude
            failure = f"{there.name} through {there.through}: {error}"
        return values, failure

    def _changes(self, run: int, places: Sequence[float] | Array) -> dict[str, str]:
        """The free parameters of a run as changes of its material."""
        found: dict[str, str] = {}
        for index in self._own[run]:
            found |= self.problem.parameters[index].changes(self.problem.runs[run].name, float(places[index]))
        return found

    def _count(self, found: Evaluation) -> None:
        self.evaluations += 1
        if found.failures:
            self.failed += 1
            new = [one for one in found.failures if one not in self.reasons]
            self.reasons += new[: MOST_REASONS - len(self.reasons)]
        if self.told:
            self.told(found)


def _residuals(observed: Any, simulated: Simulated) -> Array:
    """Weighted differences; ``FAILED`` where there is no simulation."""
    if simulated is None:
        return np.full(observed.size, FAILED)
    return np.clip(np.nan_to_num(observed.residuals(simulated), nan=FAILED), -FAILED, FAILED)
