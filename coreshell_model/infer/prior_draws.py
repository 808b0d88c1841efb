"""Numbers that the data do not touch, drawn from their priors: further, independent columns of draws.

Where the likelihood does not depend on a number, its posterior is its prior. The prior is cut at the bounds.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import truncnorm

from coreshell_model.base.intervals import Array
from coreshell_model.infer.draws import FROM_PRIORS, Posterior
from coreshell_model.infer.parameters import Free

STREAM = 1
"""Second part of the seed, so that these columns do not repeat the random numbers of the others."""


def prior_draws(free: Free, count: int, random: np.random.Generator) -> Array:
    """Values of a number by its prior, within its bounds, in its unit.

    Parameters
    ----------
    free : with a prior
    count : number of draws
    random : where random numbers come from
    """
    lowest, slope = free.prior_residual(0.0), free.prior_slope()
    assert lowest is not None  # checked with the problem's file
    deviations = truncnorm.rvs(lowest, lowest + slope, size=count, random_state=random)
    places = np.clip((deviations - lowest) / slope, 0.0, 1.0)
    return np.array([free.value(place) for place in places])


def with_untouched(posterior: Posterior, untouched: Sequence[Free], seed: int) -> Posterior:
    """The draws with a column for each number that the data do not touch, after all others.

    Parameters
    ----------
    posterior : the draws of the fitted numbers
    untouched : the other numbers, each with a prior
    seed : of the draws
    """
    if not untouched:
        return posterior
    random = np.random.default_rng((seed, STREAM))
    columns = [prior_draws(free, len(posterior), random) for free in untouched]
    return replace(
        posterior,
        parameters=(*posterior.parameters, *untouched),
        values=np.column_stack([posterior.values, *columns]),
        record={**posterior.record, FROM_PRIORS: [free.name for free in untouched]},
    )
