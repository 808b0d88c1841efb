"""What is sampled: a fit problem's chi-squared, evaluated by processes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import CHECKSUM, unsealed
from coreshell_model.base.pool import Say
from coreshell_model.infer.misfit import Evaluation, Misfit
from coreshell_model.infer.pieces import Done, do_pieces, fit_from, start_places
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import STEP, Minimum, differences
from coreshell_model.infer.surrogate import Centre
from coreshell_model.infer.warnings import inflation

Array = NDArray[np.float64]

Key = tuple[int, int]
"""Round, from 0, and number of the point in it."""


@dataclass(frozen=True)
class Evaluated:
    """The true model at one point.

    Attributes
    ----------
    places : of the parameters, 0 to 1 between their bounds
    residuals : of the data, without the priors, in standard deviations
    scalars : simulated observations, None where there is none
    failures : why a run failed; such a point has no likelihood
    """

    places: Array
    residuals: Array
    scalars: tuple[float | None, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def chi_squared(self) -> float:
        """Of the data."""
        return float(self.residuals @ self.residuals)


class Target(Protocol):
    """A density over the unit box, exp(-chi²/2): dear residuals of data, cheap ones of priors."""

    @property
    def dimensions(self) -> int:
        """Parameters."""
        ...

    @property
    def workers(self) -> int:
        """Processes that evaluate it, and threads of the walkers between evaluations."""
        ...

    def prior_residuals(self, places: Array) -> Array:
        """A row a point: how many standard deviations each value lies from its prior."""
        ...

    def evaluate(
        self, points: Sequence[tuple[Key, Array]], keep: Callable[[Key, Evaluated], None], say: Say
    ) -> None:
        """The true residuals at each point; ``keep`` is called with each as it is done."""
        ...


WITHIN = 10.0
"""Chi-squared above the best up to which another end of a fit is a centre too."""

APART = 0.05
"""Share of the bounds' range by which it has to lie elsewhere."""


@dataclass(frozen=True)
class ProblemTarget:
    """The posterior of a problem: uniform between the bounds of each scale, times the priors it gives."""

    problem: Problem
    workers: int = 1
    inflation: float = 1.0
    """Factor by which all standard deviations of the data are larger than stated."""

    @property
    def dimensions(self) -> int:
        """Parameters."""
        return len(self.problem.parameters)

    def prior_residuals(self, places: Array) -> Array:
        """Linear in the places, a column for each parameter that has a prior."""
        given = [(n, free) for n, free in enumerate(self.problem.parameters) if free.given.prior is not None]
        columns = [(free.prior_residual(0.0) or 0.0) + free.prior_slope() * places[:, n] for n, free in given]
        return np.stack(columns, axis=1) if columns else np.empty((len(places), 0))

    def evaluate(
        self, points: Sequence[tuple[Key, Array]], keep: Callable[[Key, Evaluated], None], say: Say
    ) -> None:
        """On all workers, one thread each."""

        def kept(item: tuple[Key, Array, float], done: Done) -> None:
            found: Evaluation = done.result
            data = found.residuals[: self.problem.data]
            keep(item[0], Evaluated(item[1], data, found.scalars, found.failures))

        items = [(key, places, self.inflation) for key, places in points]
        do_pieces(self.problem, evaluated, items, self.workers, lambda text: None, kept)


def evaluated(misfit: Misfit, item: tuple[Key, Array, float], say: Say) -> Evaluation:
    """One point with inflated noise, in whatever process this is."""
    misfit.inflation = item[2]
    return misfit(item[1])


def ends_of_fit(problem: Problem, folder: Path) -> list[Array]:
    """Where a fit's starts ended, the best first.

    Raises
    ------
    InputError
        The folder holds no finished fit, or that of other parameters.
    """
    path = folder / "result.json"
    try:
        text = path.read_text(encoding="utf-8")
        stored = unsealed(text, str(path)) if f'"{CHECKSUM}"' in text else json.loads(text)  # older have none
        values = {one["Name"]: float(one["Value"]) for one in stored["Parameters"]}
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
        one = outside[0]
        raise InputError(f"{path}: {one.name} is {values[one.name]:g}, outside its bounds; fit anew")
    best = np.array([free.place(values[free.name]) for free in problem.parameters])
    return [best, *_distinct(best, stored["Chi-squared"], ends)]


def centre_of_starts(
    problem: Problem, misfit: Misfit, starts: int, seed: int, workers: int, say: Say
) -> Centre:
    """Fits from some starts, and the derivatives at the best end of them."""
    ends: list[tuple[float, list[float], bool]] = []

    def keep(item: tuple[int, tuple[float, ...]], done: Done) -> None:
        end: Minimum = done.result
        ends.append((end.chi_squared, end.places.tolist(), end.failed))
        say(f"start {item[0]} ended: chi-squared {end.chi_squared:.6g}")

    todo = list(enumerate(start_places(problem, starts, seed), start=1))
    do_pieces(problem, fit_from, todo, workers, say, keep)
    ends.sort(key=lambda end: (end[2], end[0]))
    best = np.array(ends[0][1])
    return centre(misfit, [best, *_distinct(best, ends[0][0], ends)])


def centre(misfit: Misfit, places: list[Array]) -> Centre:
    """Places of best fits with the derivatives at the first of them, and the noise that its misfit asks for.

    Raises
    ------
    InputError
        A run fails there.
    """
    here = misfit(places[0])
    factor = inflation(misfit.problem, here.chi_squared, here.residuals[: misfit.problem.data])
    if factor > 1.0 and not here.failures:
        misfit.inflation = factor
        here = misfit(places[0])
    if here.failures:
        raise InputError(f"the best fit has a failed run: {here.failures[0]}; fit from more starts")
    slopes = differences(misfit, places[0], here, np.full(len(places[0]), STEP))
    return Centre(np.array(places), slopes, misfit.inflation)


def _distinct(best: Array, chi_squared: float, ends: list[tuple[float, list[float], bool]]) -> list[Array]:
    """Other ends that are nearly as good."""
    found: list[Array] = []
    for other, places, failed in ends:
        near = [np.abs(np.array(places) - one).max() <= APART for one in (best, *found)]
        if not failed and other <= chi_squared + WITHIN and not any(near):
            found.append(np.array(places))
    return found
