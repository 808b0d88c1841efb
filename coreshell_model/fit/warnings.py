"""What a reader of a fit's numbers has to know, in sentences."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from coreshell_model.fit.least_squares import Minimum
from coreshell_model.fit.reading import Problem
from coreshell_model.fit.result import shown
from coreshell_model.fit.verdict import ONE_SIDED, on_bound

TOO_LARGE = 2.0
"""Reduced chi-squared beyond which intervals are said to be too narrow."""

FAR = 3.0
"""Standard deviations by which a number or a limit is missed to be named."""

OUTWEIGHED = 2.0
"""Half of a curve's points have a standard deviation larger by this factor than their noise: it is their
axis's."""

ALIKE = 3.84
"""Chi-squared above the best up to which another start counts as the same quality."""

APART = 0.05
"""Share of the range by which such a start's end differs from the best fit to be told."""


def warnings(
    problem: Problem, best: Minimum, ends: list[dict], reduced: float | None, failed: int, evaluations: int
) -> tuple[str, ...]:
    """All that there is to say.

    Parameters
    ----------
    problem, best : what was fitted, and the best fit
    ends : how each start ended, best first
    reduced : chi-squared by degree of freedom; None without any
    failed, evaluations : sets of simulations with a failed one, and all
    """
    found = [*_on_bounds(problem, best)]
    if best.failed:
        found.append(f"the best fit has a failed run: {best.evaluation.failures[0]}")
    if not best.converged:
        found.append("the best fit ran out of steps before chi-squared stopped falling")
    if not best.failed:
        found += [*missed(problem, best.evaluation.residuals, reduced), *_outweighed(problem)]
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


def missed(problem: Problem, residuals: NDArray[np.float64], reduced: float | None) -> Iterator[str]:
    """How badly data are missed, and which numbers by far; the residuals of numbers come first."""
    if reduced is not None and reduced > TOO_LARGE:
        yield (
            f"reduced chi-squared is {reduced:.3g}: the model misses the data by more than their standard "
            "deviations, so every interval is too narrow"
        )
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
            which, bound = ("lower", free.given.lower) if place < 0.5 else ("upper", free.given.upper)
            there = shown(bound, free.given.unit)
            yield (
                f"{free.name} sits on its {which} bound, {there}; widen the bounds, or take it as "
                f"{ONE_SIDED} at best"
            )


def _outweighed(problem: Problem) -> Iterator[str]:
    """Curves of which most points are let off by the noise of their axis, as where time is in hours."""
    for _, curve in problem.curves:
        given = curve.given
        if np.median(curve.sd) > OUTWEIGHED * given.noise:
            yield (
                f"{given.named}: the noise of its axis outweighs that of its {given.of} at most points, so "
                "it hardly counts; are time, current and mass in their units? else give a smaller axis_sd"
            )
