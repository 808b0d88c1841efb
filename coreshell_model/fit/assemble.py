"""Best fit and profiles, in places between the bounds, as a result in the user's units."""

import math
from dataclasses import replace

from coreshell_model.errors import InputError
from coreshell_model.fit.covariance import LOADING, covariance
from coreshell_model.fit.fitted_materials import fitted_materials
from coreshell_model.fit.fitted_observations import fitted_curves, fitted_scalars, fitted_spectra
from coreshell_model.fit.least_squares import Minimum
from coreshell_model.fit.parameters import Free
from coreshell_model.fit.profile import Profile
from coreshell_model.fit.reading import Problem
from coreshell_model.fit.result import FitResult, FittedParameter, Interval
from coreshell_model.fit.verdict import WITHHELD, on_bound, sides, verdict
from coreshell_model.fit.warnings import TOO_LARGE, freedom, warnings

NO_WIDTH = 1e3
"""Ranges between the bounds from which a standard deviation says only that nothing responds."""

NOT_KNOWN = "not known: the best fit has a failed run"


def assemble(
    problem: Problem,
    best: Minimum,
    profiles: list[Profile],
    ends: list[dict],
    cost: tuple[int, int, tuple[str, ...]],
    seed: int,
    seconds: float,
    inflation: float,
    too_high: tuple[str, ...],
) -> FitResult:
    """The result of a fit.

    Parameters
    ----------
    problem : what was fitted
    best, profiles : the best fit and profiles about it, in standard deviations inflated by ``inflation``
    ends : how each start ended, best first
    cost : evaluations, those with a failed run, and the reasons
    seed, seconds : of the random starts; wall time
    inflation : factor of the data's standard deviations
    too_high : parameters whose profiles were walked about a fit that was not the best
    """
    spread = covariance(best.jacobian)
    names = tuple(free.name for free in problem.parameters)
    stated = _stated(best, problem.data, inflation)
    degrees = freedom(problem)
    reduced = stated.chi_squared / degrees if degrees > 0 else None
    withheld = inflation**2 > TOO_LARGE
    by_index = {one.index: one for one in profiles}
    parameters = tuple(
        _parameter(free, index, best, by_index.get(index), float(spread.sd[index]), names, withheld)
        for index, free in enumerate(problem.parameters)
    )
    weakest = tuple(
        (sd, {name: float(part) for name, part in zip(names, shares, strict=True) if abs(part) >= LOADING})
        for sd, shares in spread.weakest
    )
    evaluations, failed, reasons = cost
    priors = sum(free.given.prior is not None for free in problem.parameters)
    materials, not_written = {}, []
    if too_high:
        not_written.append(
            f"the profiles of {', '.join(too_high)} were walked about a fit that is not the best, so their "
            "intervals may be too narrow; fit again from the fitted materials"
        )
    try:
        materials = fitted_materials(problem, parameters)
    except InputError as error:
        not_written += [f"the fitted materials cannot be written: {error}"]
    return FitResult(
        title=problem.file.title or problem.name,
        file=problem.name,
        parameters=parameters,
        scalars=fitted_scalars(problem, stated),
        curves=fitted_curves(problem, stated),
        spectra=fitted_spectra(problem, stated),
        correlations=tuple(tuple(map(float, row)) for row in spread.correlations),
        weakest=weakest,
        chi_squared=stated.chi_squared,
        data=problem.data,
        priors=priors,
        starts=tuple(ends),
        profiles=tuple(_profile(problem, one, best) for one in profiles),
        warnings=(*warnings(problem, stated, ends, reduced, inflation, failed, evaluations), *not_written),
        evaluations=evaluations,
        failed=failed,
        reasons=reasons,
        completed=not best.failed,
        seed=seed,
        seconds=seconds,
        inflation=inflation,
        materials=materials,
    )


def _stated(best: Minimum, data: int, inflation: float) -> Minimum:
    """The best fit with residuals in the standard deviations that the problem states."""
    residuals = best.evaluation.residuals.copy()
    residuals[:data] *= inflation
    return replace(best, evaluation=replace(best.evaluation, residuals=residuals))


def _parameter(
    free: Free,
    index: int,
    best: Minimum,
    found: Profile | None,
    sd: float,
    names: tuple[str, ...],
    withheld: bool,
) -> FittedParameter:
    place = float(best.places[index])
    intervals: list[Interval] = [(None, None), (None, None)]
    words = NOT_KNOWN
    if found is not None:
        lower, upper = sides(found, best)
        ends = zip(lower.crossings, upper.crossings, strict=True)
        intervals = [(_value(free, low), _value(free, high)) for low, high in ends]
        words = WITHHELD if withheld else verdict(found, best, names)
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
        sd * size if sd < NO_WIDTH else None,
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
