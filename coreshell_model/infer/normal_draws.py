"""Draws about a best fit: within a second, an approximation to a posterior.

Each parameter has the distribution that its profile gives (``marginals``), so that the draws are as wide,
and as lopsided, as the intervals of the fit. Together they vary as normal numbers with the correlations of
the fit do (a Gaussian copula), for the noise and the discrepancy of the fit. ``coreshell posterior`` draws
without that assumption. Numbers that the data do not touch are drawn from their priors.
"""

import math
from collections.abc import Sequence

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.infer.draws import APPROXIMATION, DISCREPANCIES, MISFIT, WITHHELD, Posterior
from coreshell_model.infer.marginals import Marginal, normal_marginal, profile_marginal
from coreshell_model.infer.noise import discrepancies_record
from coreshell_model.infer.prior_draws import with_untouched
from coreshell_model.infer.problem_file import range_size
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.result import RISE, FitResult

DRAWS = 100
"""Draws of a table: enough for the ends of a 95 % interval, and a rate test of all within two minutes."""

MOST_TRIED = 2_000_000
"""Draws that are tried at most: those beyond a bound are left out."""

AT_ONCE = 20_000

WORDS = (
    "the draws have the widths of the profiles, and the correlations of a normal distribution about the best "
    "fit; `coreshell posterior` draws without this assumption"
)
"""What the draws assume, as a warning with what they predict."""


def normal_draws(problem: Problem, result: FitResult, count: int = DRAWS, seed: int = 0) -> Posterior:
    """Draws about a best fit, with equal weights, and of what the data do not touch from its prior.

    Parameters
    ----------
    problem, result : of a finished fit
    count : number of draws
    seed : of the draws

    Raises
    ------
    InputError
        The fit has no standard deviations, since the model does not describe the data or a run failed; or
        almost the whole distribution lies beyond the bounds.
    """
    if result.quality.withheld or not result.completed:
        raise InputError(
            "the fit states no standard deviations, so there is nothing to draw from; mend the model or the "
            "data, or let the model be off (--discrepancy)"
        )
    places = np.array(
        [free.place(p.value) for free, p in zip(problem.parameters, result.parameters, strict=True)]
    )
    marginals = _marginals(problem, result, places)
    drawn, squares = _within_bounds(marginals, np.array(result.correlations), count, seed)
    values = np.array(
        [[free.value(place) for free, place in zip(problem.parameters, row, strict=True)] for row in drawn]
    )
    record = {
        "Title": problem.file.title or problem.name,
        "Problem file": problem.file.model_dump(exclude_none=True, mode="json"),
        APPROXIMATION: WORDS,
        "Seed": seed,
        "Versions": versions_of_a_run(),
        "Data": problem.data,
        "Least chi-squared": result.chi_squared,
        MISFIT: result.first,
        "Describes the data": result.quality.described,
        WITHHELD: False,
        "Noise inflated by": result.inflation,
        DISCREPANCIES: discrepancies_record(problem, result.quality.noise),
    }
    weights = np.full(count, 1.0 / count)
    parts = (problem.name, problem.parameters, problem.materials, values, weights)
    about = Posterior(*parts, result.chi_squared + squares, record)
    return with_untouched(about, problem.untouched, seed)


def _marginals(problem: Problem, result: FitResult, places: Array) -> list[Marginal]:
    """The distribution of each parameter: by its profile, else normal.

    A parameter to which nothing responds is then as wide as an even distribution.
    """
    marginals = []
    for number, (free, parameter) in enumerate(zip(problem.parameters, result.parameters, strict=True)):
        points = result.profiles[number] if number < len(result.profiles) else ()
        at = [free.place(point[free.name]) for point in points]
        marginal = profile_marginal(places[number], at, [point[RISE] for point in points])
        if marginal is None:
            size = range_size(parameter.lower, parameter.upper, parameter.scale)
            even = 1 / math.sqrt(12)
            sd = even if parameter.sd is None else min(parameter.sd / size, 1.0)
            marginal = normal_marginal(places[number], sd)
        marginals.append(marginal)
    return marginals


def _within_bounds(
    marginals: Sequence[Marginal], correlations: Array, count: int, seed: int
) -> tuple[Array, Array]:
    """Draws with all places from 0 to 1, and the rise of chi-squared of each."""
    random = np.random.default_rng(seed)
    values, directions = np.linalg.eigh(correlations)
    root = directions * np.sqrt(np.clip(values, 0.0, None))
    kept: list[tuple[Array, float]] = []
    for _ in range(MOST_TRIED // AT_ONCE):
        independent = random.standard_normal((AT_ONCE, len(marginals)))
        normal = independent @ root.T
        drawn = np.column_stack([of(column) for of, column in zip(marginals, normal.T, strict=True)])
        inside = np.all((drawn >= 0) & (drawn <= 1), axis=1)
        kept += zip(drawn[inside], np.square(independent[inside]).sum(axis=1), strict=True)
        if len(kept) >= count:
            rows, squares = zip(*kept[:count], strict=True)
            return np.array(rows), np.array(squares)
    raise InputError(
        f"fewer than {count} of {MOST_TRIED} draws about the best fit lie between the bounds, so no "
        "normal distribution describes what the data leave open; sample with `coreshell posterior`"
    )
