"""Warnings to a reader of a fit or a posterior, in sentences."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.tables import with_unit
from coreshell_model.infer.misfit_place import largest_misfit
from coreshell_model.infer.noise import discrepancy_in_words
from coreshell_model.infer.profile import ONE_SIDED, on_bound
from coreshell_model.infer.quality import Quality, most_missed
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.search import Minimum

FAR = 3.0
"""Standard deviations by which a number or a limit has to be missed to be named."""

OUTWEIGHED = 2.0
"""Median standard deviation of a curve's points, in noises of its value, above which the axis's noise
outweighs that of the value."""

ALIKE = 3.84
"""Chi-squared above the best up to which another start's end counts as equally good."""

APART = 0.05
"""Distance from the best fit, as a share of the range, above which such an end is reported."""


def warnings(
    problem: Problem, best: Minimum, ends: list[dict], how: Quality, failed: int, evaluations: int
) -> tuple[str, ...]:
    """All warnings of a fit but that of ``headline``.

    Parameters
    ----------
    problem : what was fitted
    best : the best fit
    ends : the record of each start, in stated standard deviations, best first
    how : well it meets the data
    failed, evaluations : number of evaluations with a failed run, and of all
    """
    texts = list(_on_bounds(problem, best))
    if best.failed:
        texts.append(f"the best fit has a failed run: {best.evaluation.failures[0]}")
    if not best.converged:
        texts.append("the best fit ran out of steps before chi-squared stopped falling")
    if not best.failed:
        texts += [*missed_numbers(problem, how.residuals), *_alike(problem, how), *_outweighed(problem)]
    chi_squared, places = how.chi_squared, best.places
    if how.noise.has_discrepancy and ends:  # starts are searched without one, and compared with one another
        chi_squared, places = ends[0]["Chi-squared"], np.array(ends[0]["Places"])
    others = [
        end
        for end in ends[1:]
        if end["Chi-squared"] < chi_squared + ALIKE and np.abs(np.array(end["Places"]) - places).max() > APART
    ]
    if others:
        texts.append(
            f"{len(others)} of {len(ends)} starts ended elsewhere with a chi-squared within {ALIKE} of "
            "the best; see starts"
        )
    if failed:
        texts.append(f"{failed} of {evaluations} evaluations had a failed run; see failures")
    return tuple(texts)


def headline(problem: Problem, how: Quality, results: str = "intervals") -> str | None:
    """The first line of a report: that the model misses the data, and where; None where it meets them.

    Parameters
    ----------
    problem : what was fitted
    how : well the fit meets the data
    results : what holds for the noise
    """
    if not how.missed:
        return None if not how.noise.has_discrepancy else f"{results} hold {_with_what(problem, how)}"
    size = f"reduced chi-squared is {how.reduced:.3g}" if how.reduced is not None else ""
    curve = most_missed(problem, how.residuals)
    if curve and (how.reduced is None or curve.ratio > how.reduced):
        size = f"reduced chi-squared of {curve.name} alone is {curve.ratio:.3g}"
    where = f"{size}, {largest_misfit(problem, how.residuals)}"
    if how.withheld:
        return (
            f"the model does not describe the data: {where}; intervals and verdicts are withheld: mend the "
            "model or the data, or let the model be off (--discrepancy)"
        )
    what = "the model does not describe the data" if not how.described else "the data are missed by more than"
    noise = "" if not how.described else " their noise"
    return f"{what}{noise}: {where}; {results} hold {_with_what(problem, how)}"


def in_sentence(text: str) -> str:
    """A warning as a sentence of its own."""
    return f"{text[0].upper()}{text[1:]}."


def _with_what(problem: Problem, how: Quality) -> str:
    """The noise for which intervals hold, in words."""
    texts = [
        f"with a discrepancy of {discrepancy_in_words(curve, noise)}"
        + (f" along {curve.section.named}" if len(problem.curves) > 1 else "")
        for (_, curve), noise in zip(problem.curves, how.noise.curves, strict=False)
        if noise.sd > 0
    ]
    if how.noise.inflation > 1:
        texts.append(f"for noise {how.noise.inflation:.3g} times the stated one")
    return " and ".join(texts) or "for the stated noise"


def _alike(problem: Problem, how: Quality) -> Iterator[str]:
    """Curves whose neighbouring residuals are alike, which count as fewer data."""
    for (_, curve), alike in zip(problem.curves, how.correlated, strict=True):
        if alike.correlation > 0:
            scale, unit = (1.0, "mAh/g") if curve.section.over == "capacity" else (3600.0, "h")
            yield (
                f"neighbouring residuals of {curve.section.named} are alike (correlation "
                f"{alike.correlation:.2f}, over {alike.length / scale:.3g} {unit}): its {alike.points} "
                f"points are worth {alike.effective:.3g} independent ones"
            )


def missed_numbers(problem: Problem, residuals: NDArray[np.float64]) -> Iterator[str]:
    """Numbers that are missed by far."""
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
