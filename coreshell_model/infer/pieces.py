"""Pieces of a fit that processes work on side by side, each with its own misfit: starts and profiles."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from coreshell_model.base.pool import Say, side_by_side
from coreshell_model.infer.misfit import Evaluation, Misfit
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.profile import Profile, profile
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum, minimise_from_afar

Work = Callable[[Misfit, Any, Say], Any]


@dataclass(frozen=True)
class FinishedPiece:
    """The result of a piece; number of evaluations, of those with a failed run, and the reasons."""

    result: Any
    evaluations: int
    failed: int
    reasons: tuple[str, ...]


def do_pieces(
    problem: Problem,
    work: Work,
    items: Iterable[Any],
    workers: int,
    say: Say,
    keep: Callable[[Any, FinishedPiece], None],
) -> None:
    """Do ``work`` on every item and ``keep`` each result as it comes.

    Parameters
    ----------
    problem : of which every item gets a misfit
    work : a function at the top level of a module, so that other processes find it
    items, workers, say, keep : as ``side_by_side`` takes them

    Raises
    ------
    LostWorkersError
        A worker was ended from outside.
    """
    side_by_side(_OnMisfit(problem, work), items, workers, say, keep)


@dataclass(frozen=True)
class _OnMisfit:
    """``work`` with a new misfit for each item."""

    problem: Problem
    work: Work

    def prepare(self) -> None:
        """Build the models, once for all workers that are forked from the process that does this."""
        self._misfit()(self.problem.start)

    def _misfit(self) -> Misfit:
        return Misfit(self.problem, compiled=self.problem.compiling_pays)

    def __call__(self, item: Any, say: Say) -> FinishedPiece:
        misfit = self._misfit()
        result = self.work(misfit, item, say)
        return FinishedPiece(result, misfit.evaluations, misfit.failed, tuple(misfit.reasons))


MARGIN = 0.05
"""Share of the range that random starts keep from the bounds."""


def start_places(problem: Problem, starts: int, seed: int) -> list[tuple[float, ...]]:
    """The problem's own start, then points spread evenly between the bounds (Sobol's sequence, scrambled)."""
    places = [problem.start]
    if starts > 1:
        sobol = qmc.Sobol(len(problem.parameters), rng=np.random.default_rng(seed))
        spread = sobol.random_base2(int(np.ceil(np.log2(starts - 1))))
        scaled = MARGIN + (1 - 2 * MARGIN) * spread[: starts - 1]
        places += [tuple(map(float, place)) for place in scaled]
    return places


def fit_from(misfit: Misfit, item: tuple[int, tuple[float, ...]], say: Say) -> Minimum:
    """The minimum that is reached from a start; ``item`` is its number and its places."""
    number, places = item
    _report_progress(misfit, f"start {number}", say)
    return minimise_from_afar(misfit, np.array(places))


def profile_of(misfit: Misfit, item: tuple[int, Minimum, Noise], say: Say) -> Profile:
    """The profile of a parameter; ``item`` is its index, the best fit and the noise about it."""
    index, best, misfit.noise = item
    _report_progress(misfit, f"profile of {misfit.problem.parameters[index].name}", say)
    return profile(misfit, best, index)


def _report_progress(misfit: Misfit, piece: str, say: Say) -> None:
    """Report the lowest chi-squared so far after each evaluation."""
    lowest = np.inf

    def report(evaluation: Evaluation) -> None:
        nonlocal lowest
        lowest = min(lowest, evaluation.chi_squared)
        say(f"{piece}: chi-squared {lowest:.6g} after {misfit.evaluations} evaluations")

    misfit.on_evaluation = report
