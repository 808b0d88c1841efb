"""The pieces of a fit that run side by side: one start, one profile."""

import numpy as np
from scipy.stats import qmc

from coreshell_model.fit.least_squares import Minimum, minimise
from coreshell_model.fit.misfit import Evaluation, Misfit
from coreshell_model.fit.profile import Profile, profile
from coreshell_model.fit.reading import Problem
from coreshell_model.fit.workers import Say

MARGIN = 0.05
"""Share of the range that random starts keep from the bounds."""


def start_places(problem: Problem, starts: int, seed: int) -> list[tuple[float, ...]]:
    """The problem's own start, then points spread evenly between the bounds (Sobol's sequence, scrambled)."""
    found = [problem.start]
    if starts > 1:
        sobol = qmc.Sobol(len(problem.parameters), rng=np.random.default_rng(seed))
        spread = sobol.random_base2(int(np.ceil(np.log2(starts - 1))))
        scaled = MARGIN + (1 - 2 * MARGIN) * spread[: starts - 1]
        found += [tuple(map(float, places)) for places in scaled]
    return found


def fit_from(misfit: Misfit, item: tuple[int, tuple[float, ...]], say: Say) -> Minimum:
    """One fit, from start ``item[1]``, which is number ``item[0]``."""
    number, places = item
    _telling(misfit, f"start {number}", say)
    return minimise(misfit, np.array(places))


def profile_of(misfit: Misfit, item: tuple[int, Minimum, float], say: Say) -> Profile:
    """The profile of parameter number ``item[0]`` about the best fit ``item[1]``, with noise inflated."""
    index, best, misfit.inflation = item
    _telling(misfit, f"profile of {misfit.problem.parameters[index].name}", say)
    return profile(misfit, best, index)


def _telling(misfit: Misfit, what: str, say: Say) -> None:
    """Have each evaluation told with the lowest chi-squared so far, after what is told already."""
    before, lowest = misfit.told, np.inf

    def told(found: Evaluation) -> None:
        nonlocal lowest
        if before:
            before(found)
        lowest = min(lowest, found.chi_squared)
        say(f"{what}: chi-squared {lowest:.6g} after {misfit.evaluations} evaluations")

    misfit.told = told
