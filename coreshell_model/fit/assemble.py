"""Best fit and profiles, in places between the bounds, as a result in the user's units."""

import math

import numpy as np

from coreshell_model.errors import InputError
from coreshell_model.fit.covariance import LOADING, covariance
from coreshell_model.fit.fitted_materials import fitted_materials
from coreshell_model.fit.fitted_observations import fitted_curves, fitted_scalars, fitted_spectra
from coreshell_model.fit.least_squares import Minimum
from coreshell_model.fit.parameters import Free
from coreshell_model.fit.profile import Profile
from coreshell_model.fit.reading import Problem
from coreshell_model.fit.result import FitResult, FittedParameter, Interval
from coreshell_model.fit.verdict import ONE_SIDED, on_bound, sides, verdict

NOT_KNOWN = "not known: the best fit has a failed run"

TOO_LARGE = 2.0
"""Reduced chi-squared beyond which intervals are said to be too narrow."""

ALIKE = 3.84
"""Chi-squared above the best up to which another start counts as the same quality."""

APART = 0.05
"""Share of the range by which such a start's end differs from the best fit to be told."""


def assemble(
    problem: Problem,
    best: Minimum,
    profiles: list[Profile],
    ends: list[dict],
    cost: tuple[int, int, tuple[str, ...]],
    seed: int,
    seconds: float,
) -> FitResult:
    """The result of a fit."""
    spread = covariance(best.jacobian)
    names = tuple(free.name for free in problem.parameters)
    by_index = {one.index: one for one in profiles}
    parameters = tuple(
        _parameter(free, index, best, by_index.get(index), float(spread.sd[index]), names)
        for index, free in enumerate(problem.parameters)
    )
    weakest = tuple(
        (sd, {name: float(part) for name, part in zip(names, shares, strict=True) if abs(part) >= LOADING})
        for sd, shares in spread.weakest
    )
    evaluations, failed, reasons = cost
    observations = fitted_scalars(problem, best), fitted_curves(problem, best), fitted_spectra(problem, best)
    priors = sum(free.given.prior is not None for free in problem.parameters)
    freedom = problem.data + priors - len(parameters)
    reduced = best.chi_squared / freedom if freedom else None
    materials, not_written = {}, []
    try:
        materials = fitted_materials(problem, parameters)
    except InputError as error:
        not_written = [f"the fitted materials cannot be written: {error}"]
    return FitResult(
        title=problem.file.title or problem.name,
        file=problem.name,
        parameters=parameters,
        scalars=observations[0],
        curves=observations[1],
        spectra=observations[2],
        correlations=tuple(tuple(map(float, row)) for row in spread.correlations),
        weakest=weakest,
        chi_squared=best.chi_squared,
        data=problem.data,
        priors=priors,
        starts=tuple(ends),
        profiles=tuple(_profile(problem, one, best) for one in profiles),
        warnings=(*_warnings(problem, best, ends, reduced, failed, evaluations), *not_written),
        evaluations=evaluations,
        failed=failed,
        reasons=reasons,
        completed=not best.failed,
        seed=seed,
        seconds=seconds,
        materials=materials,
    )


def _parameter(
    free: Free, index: int, best: Minimum, found: Profile | None, sd: float, names: tuple[str, ...]
) -> FittedParameter:
    place = float(best.places[index])
    intervals: list[Interval] = [(None, None), (None, None)]
    words = NOT_KNOWN
    if found is not None:
        lower, upper = sides(found, best)
        ends = zip(lower.crossings, upper.crossings, strict=True)
        intervals = [(_value(free, low), _value(free, high)) for low, high in ends]
        words = verdict(found, best, names)
    given = free.given
    size = math.log(given.upper / given.lower) if given.scale == "log" else given.upper - given.lower
    return FittedParameter(
        free.name,
        given.path,
        free.materials,
        given.unit,
        given.scale,
        given.lower,
        given.upper,
        free.value(place),
        sd * size,
        intervals[0],
        intervals[1],
        words,
        on_bound(place),
    )


def _value(free: Free, place: float | None) -> float | None:
    return None if place is None else free.value(place)


def _profile(problem: Problem, found: Profile, best: Minimum) -> tuple[dict, ...]:
    return tuple(
        {
            "Rise of chi-squared": point.chi_squared - best.chi_squared,
            "Without its prior": point.data,
            **{
                free.name: free.value(place)
                for free, place in zip(problem.parameters, point.places, strict=True)
            },
        }
        for point in found.points
    )


def _warnings(
    problem: Problem, best: Minimum, ends: list[dict], reduced: float | None, failed: int, evaluations: int
) -> list[str]:
    """What a reader of the numbers has to know, in sentences."""
    found = []
    for free, place in zip(problem.parameters, best.places, strict=True):
        if on_bound(float(place)):
            which, bound = ("lower", free.given.lower) if place < 0.5 else ("upper", free.given.upper)
            found.append(
                f"{free.name} sits on its {which} bound, {bound:g} {free.given.unit}; widen the bounds, or "
                f"take it as {ONE_SIDED} at best"
            )
    if best.failed:
        found.append(f"the best fit has a failed run: {best.evaluation.failures[0]}")
    if not best.converged:
        found.append("the best fit ran out of steps before chi-squared stopped falling")
    if reduced is not None and reduced > TOO_LARGE:
        found.append(
            f"reduced chi-squared is {reduced:.3g}: the model misses the data by more than their standard "
            "deviations, so every interval is too narrow"
        )
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
    return found
