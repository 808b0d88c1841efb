"""How well a best fit meets the data, and the noise for which its misfit is one by chance."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from coreshell_model.base.intervals import Array
from coreshell_model.infer.correlation import Correlated, correlated
from coreshell_model.infer.discrepancy import discrepancies, has_discrepancy
from coreshell_model.infer.misfit import Evaluation, Misfit, stated_residuals
from coreshell_model.infer.noise import CurveNoise, Noise, Points, points_of
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum

TOO_LARGE = 2.0
"""Reduced chi-squared above which the model does not describe the data, and neither verdict nor interval is
given: half of the misfit is then not noise, so that the spread of the data no longer tells how far the
parameters of a wrong model are off."""

UNLIKELY = 1e-4
"""Probability of so large a chi-squared by chance below which the noise is inflated."""

ALIKE = 0.02
"""Relative change of a noise below which a fit is not made anew with it."""

MOST_NOISES = 6
"""Largest number of noises that are estimated about a best fit, each with a fit."""


def freedom(problem: Problem) -> int:
    """Degrees of freedom: data and priors less parameters."""
    return problem.data + problem.priors - len(problem.parameters)


def inflation(problem: Problem, chi_squared: float, residuals: Array) -> float:
    """Factor by which the stated noise has to grow for the misfit to be one by chance: Birge's ratio.

    It is the root of reduced chi-squared where chance gives a larger chi-squared in fewer than ``UNLIKELY``
    of all fits, else 1. Of the ratios of all data and of the curve that is missed most the larger one counts,
    so that a curve which is met too well does not make up for another one.

    Source: R. T. Birge's ratio of external to internal consistency, as the Particle Data
    Group's scale factor uses it; assumed: known from textbooks, the papers themselves were not read.
    """
    whole = _ratio(chi_squared, freedom(problem))
    missed = most_missed(problem, residuals)
    return float(np.sqrt(max(whole, missed.ratio if missed else 1.0)))


def _ratio(chi_squared: float, degrees: int) -> float:
    """Reduced chi-squared where it is too large for chance, else 1."""
    unlikely = degrees > 0 and chi_squared > degrees and chi2.sf(chi_squared, degrees) < UNLIKELY
    return chi_squared / degrees if unlikely else 1.0


class MissedCurve(NamedTuple):
    """A curve that is missed by more than its noise; ``ratio`` is chi-squared per point."""

    name: str
    chi_squared: float
    points: int
    ratio: float


def most_missed(problem: Problem, residuals: Array) -> MissedCurve | None:
    """The curve with the largest chi-squared per point; None where no curve's is too large for chance.

    Parameters
    ----------
    problem : what was fitted
    residuals : of its data, in the stated standard deviations
    """
    curves = []
    for (_, curve), part in zip(problem.curves, by_curve(problem, residuals)[1:-1], strict=True):
        chi_squared = float(np.square(part).sum())
        ratio = _ratio(chi_squared, curve.size)
        curves.append(MissedCurve(curve.section.named, chi_squared, curve.size, ratio))
    worst = max(curves, key=lambda curve: curve.ratio, default=None)
    return worst if worst and worst.ratio > 1.0 else None


@dataclass(frozen=True)
class Quality:
    """How well a best fit meets the data.

    Attributes
    ----------
    noise : for which intervals hold
    residuals : of the data, in stated standard deviations
    reduced : chi-squared per degree of freedom; None without any
    missed : True where the data are missed by more than chance
    described : False where they are missed by so much that the model does not describe them
    withheld : True where this is so and the problem has no discrepancy
    correlated : of each curve, how much neighbouring residuals are alike, a discrepancy taken out
    effective_data : data, those of such curves counted as fewer
    effective_reduced : chi-squared per degree of freedom of these; None without any
    priors : residuals of the priors
    """

    noise: Noise
    residuals: Array
    reduced: float | None
    missed: bool
    described: bool
    withheld: bool
    correlated: tuple[Correlated, ...]
    effective_data: float
    effective_reduced: float | None
    priors: Array

    @property
    def stated(self) -> Array:
        """Residuals of data and priors, in stated standard deviations."""
        return np.concatenate([self.residuals, self.priors])

    @property
    def chi_squared(self) -> float:
        """Chi-squared of data and priors, in stated standard deviations."""
        return float(self.stated @ self.stated)


def quality(problem: Problem, evaluation: Evaluation, noise: Noise) -> Quality:
    """The quality of a fit.

    Parameters
    ----------
    problem : what was fitted
    evaluation : at the best fit
    noise : for which intervals hold
    """
    stated, priors = stated_residuals(problem, evaluation), evaluation.residuals[problem.data :]
    chi_squared = float(stated @ stated + priors @ priors)
    degrees = freedom(problem)
    white = _without_discrepancy(problem, evaluation, stated, noise.curves)
    alike = _correlated(problem, white)
    counted, effective_reduced = _effective(problem, white, priors, alike)
    bare = inflation(problem, chi_squared, stated)
    ratio = bare**2
    if bare > 1 and not noise.has_discrepancy and effective_reduced is not None:
        ratio = max(ratio, effective_reduced)
    described = ratio <= TOO_LARGE
    withheld = not described and not has_discrepancy(problem)
    reduced = chi_squared / degrees if degrees > 0 else None
    effective = counted, effective_reduced
    return Quality(noise, stated, reduced, bare > 1, described, withheld, alike, *effective, priors)


def noise_about(problem: Problem, best: Minimum, before: Noise) -> Noise:
    """The noise for which the misfit of a best fit is one by chance; ``before`` is that of the fit.

    Discrepancies are estimated where the problem has them. Curves whose neighbouring residuals are alike
    count as fewer points, but where intervals are withheld: there the misfit is not noise at all.
    """
    data, priors = problem.data, best.evaluation.residuals[problem.data :]
    stated = stated_residuals(problem, best.evaluation)
    curves = (CurveNoise(),) * len(problem.curves)
    points = _points(problem, best.evaluation)
    if has_discrepancy(problem):
        numbers, *of_curves, rest = by_curve(problem, best.jacobian[:data])
        of_curves = [before.stated(n, points[n], part) for n, part in enumerate(of_curves)]
        slopes = [numbers * before.inflation, *of_curves, rest * before.inflation, best.jacobian[data:]]
        table = np.column_stack([np.vstack(slopes), np.concatenate([stated, priors])])
        curves = discrepancies(problem, table, points)
    white = _without_discrepancy(problem, best.evaluation, stated, curves)
    noise = Noise(inflation(problem, float(white @ white + priors @ priors), white), curves)
    if quality(problem, best.evaluation, noise).withheld:
        return Noise(noise.inflation)
    curves = tuple(
        replace(curve, thinned=alike.thinned)
        for curve, alike in zip(curves, _correlated(problem, white), strict=True)
    )
    return Noise(noise.inflation, curves if any(curve != CurveNoise() for curve in curves) else ())


def settled(misfit: Misfit, best: Minimum, search: Callable[[Array], Minimum]) -> Minimum:
    """A best fit in the noise that is estimated about it: estimated and searched in turn until both stay.

    Parameters
    ----------
    misfit : which gets the noise
    best : a best fit with the noise that the misfit has now
    search : the minimum of the misfit from given places
    """
    for _ in range(MOST_NOISES):
        noise = noise_about(misfit.problem, best, misfit.noise)
        if nearly_same(noise, misfit.noise):
            break
        misfit.noise = noise
        best = search(best.places)
        if best.failed:
            break
    return best


def nearly_same(one: Noise, other: Noise) -> bool:
    """True where two noises differ by no more than ``ALIKE``."""
    return bool(np.allclose(_sizes(one, other), _sizes(other, one), rtol=ALIKE, atol=0.0))


def lowered(new: Noise, old: Noise, share: float) -> bool:
    """True where some standard deviation is below a share of what it was."""
    return bool(np.any(_sizes(new, old) < share * _sizes(old, new)))


def _sizes(noise: Noise, other: Noise) -> Array:
    """Inflation, then discrepancy and root of the thinning of each curve, as many as the other noise has."""
    curves = noise.curves or (CurveNoise(),) * len(other.curves)
    return np.array([noise.inflation, *(size for curve in curves for size in (curve.sd, curve.thinned**0.5))])


def by_curve(problem: Problem, residuals: Array) -> list[Array]:
    """Residuals of the numbers, of each curve, and of the spectra."""
    ends = np.cumsum([len(problem.scalars), *(curve.size for _, curve in problem.curves)])
    return np.split(residuals, ends)


def _points(problem: Problem, evaluation: Evaluation) -> list[tuple[Points, ...]]:
    """The points of each curve as they are compared."""
    pairs = zip(problem.curves, evaluation.curves, strict=True)
    return [points_of(curve, simulated) for (_, curve), simulated in pairs]


def _without_discrepancy(
    problem: Problem, evaluation: Evaluation, stated: Array, curves: tuple[CurveNoise, ...]
) -> Array:
    """Residuals of the data with the discrepancy of each curve taken out."""
    numbers, *parts, rest = by_curve(problem, stated)
    if curves:
        noise = Noise(1.0, tuple(replace(curve, thinned=1.0) for curve in curves))
        points = _points(problem, evaluation)
        parts = [noise.whitened(number, points[number], part) for number, part in enumerate(parts)]
    return np.concatenate([numbers, *parts, rest])


def _correlated(problem: Problem, white: Array) -> tuple[Correlated, ...]:
    parts = zip(problem.curves, by_curve(problem, white)[1:-1], strict=True)
    return tuple(correlated(curve, part) for (_, curve), part in parts)


def _effective(
    problem: Problem, white: Array, priors: Array, alike: tuple[Correlated, ...]
) -> tuple[float, float | None]:
    """Effective number of data, and chi-squared per degree of freedom of these."""
    numbers, *parts, rest = by_curve(problem, white)
    thinned = [part / curve.thinned**0.5 for part, curve in zip(parts, alike, strict=True)]
    weighted = np.concatenate([numbers, *thinned, rest])
    data = problem.data - sum(curve.points - curve.effective for curve in alike)
    degrees = data + problem.priors - len(problem.parameters)
    chi_squared = float(weighted @ weighted + priors @ priors)
    return data, chi_squared / degrees if degrees > 0 else None
