"""What a reader of a fit's numbers has to know, in sentences."""

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
"""Reduced chi-squared beyond which the model is said not to describe the data, and no verdict is given."""

UNLIKELY = 1e-4
"""Probability of so large a chi-squared by chance below which the noise is inflated."""

FAR = 3.0
"""Standard deviations by which a number or a limit is missed to be named."""

OUTWEIGHED = 2.0
"""Half of a curve's points have a standard deviation larger by this factor than their noise: it is their
axis's."""

ALIKE = 3.84
"""Chi-squared above the best up to which another start counts as the same quality."""

APART = 0.05
"""Share of the range by which such a start's end differs from the best fit to be told."""


def freedom(problem: Problem) -> int:
    """Degrees of freedom: data and priors less parameters."""
    priors = sum(free.section.prior is not None for free in problem.parameters)
    return problem.data + priors - len(problem.parameters)


def inflation(problem: Problem, chi_squared: float, residuals: NDArray[np.float64]) -> float:
    """Factor by which the stated noise has to grow for the misfit to be one by chance: Birge's ratio.

    The root of reduced chi-squared where a larger chi-squared comes by chance in fewer than ``UNLIKELY`` of
    all fits, else 1; of the whole, or of the one curve whose own is the largest, so that a curve which is hit
    too well does not make up for one that is missed.

    Source: R. T. Birge's ratio of external to internal consistency, as the Particle Data
    Group's scale factor uses it; assumed: known from textbooks, the papers themselves were not read.
    """
    whole = _ratio(chi_squared, freedom(problem))
    missed = most_missed(problem, residuals)
    return float(np.sqrt(max(whole, missed.ratio if missed else 1.0)))


def _ratio(chi_squared: float, degrees: int) -> float:
    """Reduced chi-squared where chance does not give so large a one, else 1."""
    unlikely = degrees > 0 and chi_squared > degrees and chi2.sf(chi_squared, degrees) < UNLIKELY
    return chi_squared / degrees if unlikely else 1.0


class MissedCurve(NamedTuple):
    """A curve that is missed by more than its noise: its name, chi-squared, points and ratio of the two."""

    name: str
    chi_squared: float
    points: int
    ratio: float


def most_missed(problem: Problem, residuals: NDArray[np.float64]) -> MissedCurve | None:
    """The curve with the largest chi-squared by point, where chance does not give it; None where all are hit.

    Parameters
    ----------
    problem : what was fitted
    residuals : of its data, in the stated standard deviations
    """
    begin, found = len(problem.scalars), []
    for _, curve in problem.curves:
        points = sum(len(piece.axis) for piece in curve.pieces)
        chi_squared = float(np.square(residuals[begin : begin + points]).sum())
        begin += points
        found.append(MissedCurve(curve.section.named, chi_squared, points, _ratio(chi_squared, points)))
    worst = max(found, key=lambda each: each.ratio, default=None)
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
    """All that there is to say, the misfit first.

    Parameters
    ----------
    problem, best : what was fitted, and the best fit, with residuals in the stated standard deviations
    ends : how each start ended, best first
    reduced : chi-squared by degree of freedom; None without any
    factor : by which the noise was inflated
    failed, evaluations : sets of simulations with a failed one, and all
    """
    found = list(_misdescribed(problem, best, reduced, factor))
    found += _on_bounds(problem, best)
    if best.failed:
        found.append(f"the best fit has a failed run: {best.evaluation.failures[0]}")
    if not best.converged:
        found.append("the best fit ran out of steps before chi-squared stopped falling")
    if not best.failed:
        found += [*_missed_numbers(problem, best.evaluation.residuals), *_outweighed(problem)]
    others = [
        end
        for end in ends[1:]
        if end["Chi-squared"] < best.chi_squared + ALIKE
        and np.abs(np.array(end["Places"]) - best.places).max() > APART
    ]
    if others:
        found.append(
            f"{len(others)} of {len(ends)} starts ended elsewhere with a chi-squared within {ALIKE} of "
            "the best; see starts"
        )
    if failed:
        found.append(f"{failed} of {evaluations} evaluations had a failed run; see failures")
    return tuple(found)


def _misdescribed(problem: Problem, best: Minimum, reduced: float | None, factor: float) -> Iterator[str]:
    """That the model misses the data by more than chance would, and where most, where noise was inflated."""
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
    """Where along a curve the difference is largest; nothing where no curve is fitted."""
    begin, worst, where = len(problem.scalars), 0.0, ""
    for _, curve in problem.curves:
        for piece in curve.pieces:
            own = np.abs(residuals[begin : begin + len(piece.axis)])
            begin += len(piece.axis)
            place = int(own.argmax())
            if own[place] > worst:
                worst = float(own[place])
                at = (
                    f"at {piece.axis[place]:.0f} mAh/g of half-cycle {piece.half_cycle}"
                    if piece.half_cycle
                    else f"at {piece.axis[place]:.0f} s"
                )
                where = f", {worst:.3g} standard deviations {at} of {curve.section.file} at most"
    return where


def missed(
    problem: Problem, residuals: NDArray[np.float64], reduced: float | None, factor: float
) -> Iterator[str]:
    """How badly draws miss the data, the noise being inflated by a factor, and which numbers by far."""
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
    off = [
        f"{one.name} of {problem.runs[run].name} by {abs(residual):.3g}"
        for (run, one), residual in zip(problem.scalars, residuals, strict=False)
        if abs(residual) > FAR
    ]
    if off:
        names = ", ".join(off)
        yield f"missed by more than {FAR:g} standard deviations: {names}; are value, sd and unit right?"


def _on_bounds(problem: Problem, best: Minimum) -> Iterator[str]:
    for free, place in zip(problem.parameters, best.places, strict=True):
        if on_bound(float(place)):
            which, bound = ("lower", free.section.lower) if place < 0.5 else ("upper", free.section.upper)
            there = with_unit(bound, free.section.unit)
            yield (
                f"{free.name} sits on its {which} bound, {there}; widen the bounds, or take it as "
                f"{ONE_SIDED} at best"
            )


def _outweighed(problem: Problem) -> Iterator[str]:
    """Curves of which most points are let off by the noise of their axis, as where time is in hours."""
    for _, curve in problem.curves:
        given = curve.section
        if np.median(curve.sd) > OUTWEIGHED * given.noise:
            yield (
                f"{given.named}: the noise of its axis outweighs that of its {given.of} at most points, so "
                "it hardly counts; are time, current and mass in their units? else give a smaller axis_sd"
            )
