"""Warnings to a reader of a fit or a posterior, in sentences."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from coreshell_model.base.tables import with_unit
from coreshell_model.infer.profile import ONE_SIDED, on_bound
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum

TOO_LARGE = 2.0
"""Reduced chi-squared above which a warning says that the model does not describe the data, and no verdict is
given."""

UNLIKELY = 1e-4
"""Probability of so large a chi-squared by chance below which the noise is inflated."""

FAR = 3.0
"""Standard deviations by which a number or a limit has to be missed to be named."""

OUTWEIGHED = 2.0
"""Median standard deviation of a curve's points, in noises of its value, above which the axis's noise
outweighs that of the value."""

ALIKE = 3.84
"""Chi-squared above the best up to which another start's end counts as equally good."""

APART = 0.05
"""Distance from the best fit, as a share of the range, above which such an end is reported."""


def freedom(problem: Problem) -> int:
    """Degrees of freedom: data and priors less parameters."""
    return problem.data + problem.priors - len(problem.parameters)


def inflation(problem: Problem, chi_squared: float, residuals: NDArray[np.float64]) -> float:
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


def most_missed(problem: Problem, residuals: NDArray[np.float64]) -> MissedCurve | None:
    """The curve with the largest chi-squared per point; None where no curve's is too large for chance.

    Parameters
    ----------
    problem : what was fitted
    residuals : of its data, in the stated standard deviations
    """
    begin, curves = len(problem.scalars), []
    for _, curve in problem.curves:
        chi_squared = float(np.square(residuals[begin : begin + curve.size]).sum())
        begin += curve.size
        ratio = _ratio(chi_squared, curve.size)
        curves.append(MissedCurve(curve.section.named, chi_squared, curve.size, ratio))
    worst = max(curves, key=lambda curve: curve.ratio, default=None)
    return worst if worst and worst.ratio > 1.0 else None


def warnings(
    problem: Problem,
    best: Minimum,
    ends: list[dict],
    reduced: float | None,
    factor: float,
    failed: int,
    evaluations: int,
) -> tuple[str, ...]:
    """All warnings of a fit, that of the misfit first.

    Parameters
    ----------
    problem : what was fitted
    best : the best fit, with residuals in the stated standard deviations
    ends : the record of each start, best first
    reduced : chi-squared per degree of freedom; None without any
    factor : by which the noise was inflated
    failed, evaluations : number of evaluations with a failed run, and of all
    """
    texts = list(_misdescribed(problem, best, reduced, factor))
    texts += _on_bounds(problem, best)
    if best.failed:
        texts.append(f"the best fit has a failed run: {best.evaluation.failures[0]}")
    if not best.converged:
        texts.append("the best fit ran out of steps before chi-squared stopped falling")
    if not best.failed:
        texts += [*_missed_numbers(problem, best.evaluation.residuals), *_outweighed(problem)]
    others = [
        end
        for end in ends[1:]
        if end["Chi-squared"] < best.chi_squared + ALIKE
        and np.abs(np.array(end["Places"]) - best.places).max() > APART
    ]
    if others:
        texts.append(
            f"{len(others)} of {len(ends)} starts ended elsewhere with a chi-squared within {ALIKE} of "
            "the best; see starts"
        )
    if failed:
        texts.append(f"{failed} of {evaluations} evaluations had a failed run; see failures")
    return tuple(texts)


def _misdescribed(problem: Problem, best: Minimum, reduced: float | None, factor: float) -> Iterator[str]:
    """Where the noise was inflated: that the model misses the data by more than chance, and where most."""
    if factor == 1.0:
        return
    size = f"chi-squared is {best.chi_squared:.4g} for {freedom(problem)} degrees of freedom"
    curve = most_missed(problem, best.evaluation.residuals)
    if curve and (reduced is None or curve.ratio > reduced):
        size = f"chi-squared of {curve.name} alone is {curve.chi_squared:.4g} for its {curve.points} points"
    intervals = f"intervals hold for noise {factor:.3g} times the stated one"
    if factor**2 > TOO_LARGE:
        yield (
            f"the model does not describe the data: {size}{_worst(problem, best.evaluation.residuals)}; "
            f"{intervals}, and no verdict is given"
        )
    else:
        yield (
            f"the data are missed by more than their noise: {size}"
            f"{_worst(problem, best.evaluation.residuals)}; {intervals}"
        )


def _worst(problem: Problem, residuals: NDArray[np.float64]) -> str:
    """The point of a curve with the largest residual, in words; empty where no curve is fitted."""
    begin, worst, where = len(problem.scalars), 0.0, ""
    for _, curve in problem.curves:
        for piece in curve.pieces:
            sizes = np.abs(residuals[begin : begin + len(piece.axis)])
            begin += len(piece.axis)
            n = int(sizes.argmax())
            if sizes[n] > worst:
                worst = float(sizes[n])
                unit = f"mAh/g of half-cycle {piece.half_cycle}" if piece.half_cycle else "s"
                at = f"at {piece.axis[n]:.0f} {unit}"
                where = f", {worst:.3g} standard deviations {at} of {curve.section.file} at most"
    return where


def missed(
    problem: Problem, residuals: NDArray[np.float64], reduced: float | None, factor: float
) -> Iterator[str]:
    """Warnings of a posterior: of the misfit where the noise was inflated, and of numbers missed by far."""
    if factor > 1.0:
        curve = most_missed(problem, residuals)
        size = "" if reduced is None else f"reduced chi-squared is {reduced:.3g}"
        if curve and (reduced is None or curve.ratio > reduced):
            size = f"chi-squared of {curve.name} is {curve.ratio:.3g} by point"
        yield (
            f"{size}: the model misses the data by more than their standard deviations; the draws hold for "
            f"noise {factor:.3g} times the stated one"
        )
    yield from _missed_numbers(problem, residuals)


def _missed_numbers(problem: Problem, residuals: NDArray[np.float64]) -> Iterator[str]:
    texts = [
        f"{scalar.name} of {problem.runs[run].name} by {abs(residual):.3g}"
        for (run, scalar), residual in zip(problem.scalars, residuals, strict=False)
        if abs(residual) > FAR
    ]
    if texts:
        names = ", ".join(texts)
        yield f"missed by more than {FAR:g} standard deviations: {names}; are value, sd and unit right?"


def _on_bounds(problem: Problem, best: Minimum) -> Iterator[str]:
    for free, place in zip(problem.parameters, best.places, strict=True):
        if on_bound(float(place)):
            side, bound = ("lower", free.section.lower) if place < 0.5 else ("upper", free.section.upper)
            yield (
                f"{free.name} sits on its {side} bound, {with_unit(bound, free.section.unit)}; widen the "
                f"bounds, or take it as {ONE_SIDED} at best"
            )


def _outweighed(problem: Problem) -> Iterator[str]:
    """Curves that hardly count because of the noise of their axis, for instance where time is in hours."""
    for _, curve in problem.curves:
        section = curve.section
        if np.median(curve.sd) > OUTWEIGHED * section.noise:
            yield (
                f"{section.named}: the noise of its axis outweighs that of its {section.of} at most points, "
                "so it hardly counts; are time, current and mass in their units? else give a smaller axis_sd"
            )
