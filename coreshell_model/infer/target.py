"""The density that is sampled, from a fit problem's chi-squared, and the best fits at which it begins."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import CHECKSUM, unsealed
from coreshell_model.base.intervals import Array
from coreshell_model.base.pool import Say
from coreshell_model.infer.misfit import Evaluation, Misfit
from coreshell_model.infer.noise import AS_STATED, Noise
from coreshell_model.infer.pieces import FinishedPiece, do_pieces, fit_from, start_places
from coreshell_model.infer.quality import settled
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import STEP, Minimum, differences, minimise
from coreshell_model.infer.surrogate import Centre

Key = tuple[int, int]
"""Round, from 0, and number of the point in it."""


@dataclass(frozen=True)
class EvaluatedPoint:
    """A point with the true model's results.

    Attributes
    ----------
    places : of the parameters, 0 to 1 between their bounds
    residuals : of the data, without the priors, in standard deviations
    scalars : simulated numbers, None where there is none
    failures : why runs failed; a point with any has no likelihood
    """

    places: Array
    residuals: Array
    scalars: tuple[float | None, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def chi_squared(self) -> float:
        """Chi-squared of the data."""
        return float(self.residuals @ self.residuals)


class Target(Protocol):
    """A density over the unit box, exp(-chi²/2), with residuals of data and of priors."""

    @property
    def dimensions(self) -> int:
        """Number of parameters."""
        ...

    @property
    def workers(self) -> int:
        """Processes that evaluate it, and threads of the walkers between evaluations."""
        ...

    def prior_residuals(self, places: Array) -> Array:
        """Distances of the values from their priors, in standard deviations, a row a point."""
        ...

    def evaluate(
        self, points: Sequence[tuple[Key, Array]], keep: Callable[[Key, EvaluatedPoint], None]
    ) -> None:
        """Run the true model at each point and call ``keep`` with the result as it comes."""
        ...


WITHIN = 10.0
"""Chi-squared above the best up to which a start's end counts as another best fit."""

APART = 0.05
"""Distance from the others, as a share of the range between the bounds, for it to count as another one."""


@dataclass(frozen=True)
class ProblemTarget:
    """The posterior of a problem, uniform between the bounds on each parameter's scale but for its priors.

    ``noise`` is that of the data beside their stated standard deviations.
    """

    problem: Problem
    workers: int = 1
    noise: Noise = AS_STATED

    @property
    def dimensions(self) -> int:
        """Number of parameters."""
        return len(self.problem.parameters)

    def prior_residuals(self, places: Array) -> Array:
        """Linear in the places, a column for each parameter that has a prior."""
        columns = [
            (free.prior_residual(0.0) or 0.0) + free.prior_slope() * places[:, n]
            for n, free in enumerate(self.problem.parameters)
            if free.section.prior is not None
        ]
        return np.stack(columns, axis=1) if columns else np.empty((len(places), 0))

    def evaluate(
        self, points: Sequence[tuple[Key, Array]], keep: Callable[[Key, EvaluatedPoint], None]
    ) -> None:
        """Run the true model at each point, on all workers, and call ``keep`` with the result as it comes."""

        def keep_point(item: tuple[Key, Array, Noise], piece: FinishedPiece) -> None:
            evaluation: Evaluation = piece.result
            data = evaluation.residuals[: self.problem.data]
            keep(item[0], EvaluatedPoint(item[1], data, evaluation.scalars, evaluation.failures))

        items = [(key, places, self.noise) for key, places in points]
        do_pieces(self.problem, evaluate_point, items, self.workers, lambda text: None, keep_point)


def evaluate_point(misfit: Misfit, item: tuple[Key, Array, Noise], say: Say) -> Evaluation:
    """The evaluation of a point; ``item`` is its key, its places and the noise."""
    misfit.noise = item[2]
    return misfit(item[1])


def ends_of_fit(problem: Problem, folder: Path) -> list[Array]:
    """Places of a kept fit's best fit, then of other starts' ends that are nearly as good.

    Raises
    ------
    InputError
        The folder holds no finished fit, or that of other parameters.
    """
    path = folder / "result.json"
    try:
        text = path.read_text(encoding="utf-8")
        stored = unsealed(text, str(path)) if f'"{CHECKSUM}"' in text else json.loads(text)  # older have none
        values = {parameter["Name"]: float(parameter["Value"]) for parameter in stored["Parameters"]}
        ends = [(end["Chi-squared"], end["Places"], end["Failed"]) for end in stored["Starts"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: is not the result of a fit ({' '.join(str(error).split())}); give the --out folder of "
            "`coreshell fit`"
        ) from None
    names = [free.name for free in problem.parameters]
    if sorted(values) != sorted(names):
        other = min(set(values) ^ set(names))
        raise InputError(f"{path}: {other!r} is in one of fit and problem only; give the fit of this problem")
    outside = [free for free in problem.parameters if not 0 <= free.place(values[free.name]) <= 1]
    if outside:
        name = outside[0].name
        raise InputError(f"{path}: {name} is {values[name]:g}, outside its bounds; fit anew")
    best = np.array([free.place(values[free.name]) for free in problem.parameters])
    return [best, *_distinct(best, stored["Chi-squared"], ends)]


def centre_of_starts(
    problem: Problem, misfit: Misfit, starts: int, seed: int, workers: int, say: Say
) -> Centre:
    """The best fits of several starts, with the derivatives at the best of them."""
    ends: list[tuple[float, list[float], bool]] = []

    def keep(item: tuple[int, tuple[float, ...]], piece: FinishedPiece) -> None:
        end: Minimum = piece.result
        ends.append((end.chi_squared, end.places.tolist(), end.failed))
        say(f"start {item[0]} ended: chi-squared {end.chi_squared:.6g}")

    todo = list(enumerate(start_places(problem, starts, seed), start=1))
    do_pieces(problem, fit_from, todo, workers, say, keep)
    ends.sort(key=lambda end: (end[2], end[0]))
    best = np.array(ends[0][1])
    return centre(misfit, [best, *_distinct(best, ends[0][0], ends)])


def centre(misfit: Misfit, places: list[Array]) -> Centre:
    """Best fits with the derivatives at the first of them, and the noise by its misfit.

    Raises
    ------
    InputError
        A run fails at the first of them.
    """
    at_best = misfit(places[0])
    if at_best.failures:
        raise InputError(f"the best fit has a failed run: {at_best.failures[0]}; fit from more starts")
    slopes = differences(misfit, places[0], at_best, np.full(len(places[0]), STEP))
    best = Minimum(places[0], at_best, slopes, True)
    best = settled(misfit, best, lambda begin: minimise(misfit, begin))
    return Centre(np.array([best.places, *places[1:]]), best.jacobian, misfit.noise)


def _distinct(best: Array, chi_squared: float, ends: list[tuple[float, list[float], bool]]) -> list[Array]:
    """Other starts' ends that are nearly as good as the best fit."""
    distinct: list[Array] = []
    for other, places, failed in ends:
        near = [np.abs(np.array(places) - other_best).max() <= APART for other_best in (best, *distinct)]
        if not failed and other <= chi_squared + WITHIN and not any(near):
            distinct.append(np.array(places))
    return distinct
