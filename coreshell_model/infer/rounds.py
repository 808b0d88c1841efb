"""A round of sampling: proposals where the surrogate is known, and their true weights.

Far from all points a surrogate says nothing, and the volume there is so much larger than that of a narrow
posterior that walkers would leave for it. They are kept where evaluations are, with room to grow: a round's
draws near the border move it outwards for the next.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from coreshell_model.base.intervals import effective_draws
from coreshell_model.infer.chain import MOST_STEPS, Chain, walk
from coreshell_model.infer.posterior_folder import Kept
from coreshell_model.infer.surrogate import Surrogate, surrogate
from coreshell_model.infer.target import Evaluated, Key, Target
from coreshell_model.infer.weights import RELIABLE, normalised, pareto_shape

NEIGHBOURS = 8
"""Evaluated points by which a place is judged."""

LEAST_ODDS = 0.02
"""Odds where all neighbours failed: such places are still looked at now and then."""

Array = NDArray[np.float64]


class Odds:
    """The share of a place's nearest points that did not fail.

    Parameters
    ----------
    places : a row an evaluated point
    failed : True where it failed
    """

    def __init__(self, places: Array, failed: NDArray[np.bool_]):
        self._any = bool(failed.any())
        self._size = np.maximum(places.std(axis=0), 1e-6)
        self._tree = KDTree(places / self._size)
        self._good = 1.0 - failed
        self._count = min(NEIGHBOURS, len(places))

    def chi_squared(self, places: Array) -> Array:
        """-2 log of the odds, which is 0 wherever nothing failed."""
        if not self._any:
            return np.zeros(len(places))
        _, nearest = self._tree.query(places / self._size, k=self._count)
        odds = self._good[nearest].reshape(len(places), -1).mean(axis=1)
        return -2.0 * np.log(np.maximum(odds, LEAST_ODDS))


ROOM, VOLUME = 1.5, 25.0
"""Radius of the region, in distances of the farthest of its points from their middle: at least ``ROOM``, more
in few dimensions, where the region may have ``VOLUME`` times the volume that its points span."""

RISE = 50.0
"""Chi-squared above the lowest up to which a point is taken for one of the posterior's surroundings."""

POINTS_A_PARAMETER = 6
"""Points of least chi-squared that are taken in any case."""

STEEPNESS = 10.0
"""Chi-squared at a tenth of the radius beyond the border."""


class KnownRegion:
    """The ellipsoid, in the covariance of its points.

    Parameters
    ----------
    places : a row an evaluated point
    chi_squared : of data and priors at each
    """

    def __init__(self, places: Array, chi_squared: Array):
        order = np.argsort(chi_squared, kind="stable")
        rise = chi_squared[order] - chi_squared[order[0]]
        least = min(len(order), POINTS_A_PARAMETER * places.shape[1])
        near = places[order[: max(least, int(np.sum(rise <= RISE)))]]
        self._middle = near.mean(axis=0)
        spread = np.atleast_2d(np.cov(near.T)) + 1e-10 * np.eye(places.shape[1])
        self._root = np.linalg.inv(np.linalg.cholesky(spread))
        room = max(ROOM, VOLUME ** (1.0 / places.shape[1]))
        self.radius = room * float(self._distance(near).max())

    def chi_squared(self, places: Array) -> Array:
        """0 within the region, rising with the square of the distance from it."""
        beyond = np.maximum(self._distance(places) / self.radius - 1.0, 0.0)
        return STEEPNESS * (10.0 * beyond) ** 2

    def _distance(self, places: Array) -> Array:
        return np.linalg.norm((places - self._middle) @ self._root.T, axis=1)


FEWEST_WALKERS = 32
WALKERS_A_PARAMETER = 4

WARM = 3.0
"""Temperature of the draws that only teach the surrogate what is around the posterior."""

WARM_SHARE = 0.3
"""Of them, in units of the draws, where the surrogate has to learn."""

SHORT_STEPS = 8000
"""Of a chain of which no mean is taken."""

EVEN = 0.9
"""Effective draws by draw from which on weights count as even."""

LEAST_COUNTED = 10.0
"""Effective draws below which the weights of a round are not trusted."""


@dataclass(frozen=True)
class Round:
    """Draws of one round with their weights, and how well it went.

    Attributes
    ----------
    number : from 1
    keys : of its draws among the evaluations
    weights : of the draws, adding up to 1; all 0 where every draw failed
    effective : independent draws that they are worth
    shape : of the Pareto law of the largest weights; None where they are too few
    error_expected : of the residual vector, on points that the surrogate had not learned yet
    error_found : root mean square of surrogate less truth of chi-squared over the draws, means apart; None
        where every draw failed
    record : what the round's file holds: the chain and the surrogate
    """

    number: int
    keys: tuple[Key, ...]
    weights: Array
    effective: float
    shape: float | None
    error_expected: float
    error_found: float | None
    record: dict

    @property
    def counts(self) -> bool:
        """True where its draws are independent and their weights can be trusted."""
        return self.record["Chain"]["Converged"] and self.trusted

    @property
    def trusted(self) -> bool:
        """True where there are enough weights, and none that decides alone."""
        return self.effective >= LEAST_COUNTED and (self.even or self.shape is None or self.shape <= RELIABLE)

    @property
    def even(self) -> bool:
        """True where the weights are so even that the law of the largest does not matter."""
        return self.effective >= EVEN * len(self.keys)


def proposed(
    target: Target, kept: Kept, number: int, draws: int, learning: tuple[bool, bool], seed: int
) -> dict:
    """What a round evaluates, as its file keeps it.

    Parameters
    ----------
    target, kept : the density, and what is known of it
    number : of the round
    draws : that it is to have
    learning : whether the surrogate needs warm points, and whether a short chain will do since it is poor yet
    seed : of everything random
    """
    teach, short = learning
    stand_in, region, begin = _stand_in(target, kept, number, seed)
    odds = _odds(kept, number)

    def of_data(places: Array) -> Array:
        beyond = odds.chi_squared(places) + region.chi_squared(places)
        return stand_in.chi_squared(places, threads.map) + beyond

    def log_density(places: Array) -> Array:
        return -0.5 * (of_data(places) + np.sum(target.prior_residuals(places) ** 2, axis=1))

    numbers = np.random.default_rng([seed, number]).integers(2**31, size=2)
    most_steps = SHORT_STEPS if short else MOST_STEPS
    warm = np.empty((0, target.dimensions))
    with ThreadPoolExecutor(target.workers) as threads:
        chain = walk(log_density, begin, draws, int(numbers[0]), most_steps)
        expected = of_data(chain.places)
        if teach:
            count = max(1, int(WARM_SHARE * draws))
            warm = walk(lambda p: log_density(p) / WARM, begin, count, int(numbers[1]), SHORT_STEPS).places
    return {
        "Places": chain.places.tolist(),
        "Surrogate's chi-squared": expected.tolist(),
        "Warm places": warm.tolist(),
        "Surrogate": {
            "Points": len(stand_in.points),
            "Components": stand_in.basis.shape[1],
            "Error": stand_in.total_error,
        },
        "Chain": _told(chain),
    }


def weighed(kept: Kept, number: int) -> Round:
    """The weights of a round whose every draw was evaluated."""
    record = kept.round(number)
    assert record is not None  # it was proposed
    expected = np.array(record["Surrogate's chi-squared"])
    keys = tuple((number, point) for point in range(len(expected)))
    true = np.array([_chi_squared(kept.evaluations[key]) for key in keys])
    weights = normalised(0.5 * (expected - true))
    known = np.isfinite(true)
    error = float(np.std((expected - true)[known])) if known.any() else None
    return Round(
        number,
        keys,
        weights,
        effective_draws(weights),
        pareto_shape(weights),
        record["Surrogate"]["Error"],
        error,
        record,
    )


def _stand_in(target: Target, kept: Kept, number: int, seed: int) -> tuple[Surrogate, KnownRegion, Array]:
    """The surrogate of all earlier rounds, where it holds, and where walkers begin: at the best points."""
    known = [
        kept.evaluations[key]
        for key in sorted(kept.evaluations)
        if key[0] < number and not kept.evaluations[key].failures
    ]
    places = np.array([one.places for one in known])
    residuals = np.array([one.residuals for one in known])
    total = np.sum(residuals**2, axis=1) + np.sum(target.prior_residuals(places) ** 2, axis=1)
    count = max(FEWEST_WALKERS, WALKERS_A_PARAMETER * target.dimensions)
    best = np.argsort(total)
    begin = places[np.resize(best[:count], count)]
    rng = np.random.default_rng([seed, number, 1])
    jitter = 1e-3 * rng.standard_normal(begin.shape)  # points may be there twice, or lie in a plane
    begin = np.clip(begin + jitter, 1e-6, 1 - 1e-6)
    return surrogate(places, residuals, total, rng), KnownRegion(places, total), begin


def _odds(kept: Kept, number: int) -> Odds:
    """That a run succeeds, by all earlier rounds."""
    known = [kept.evaluations[key] for key in sorted(kept.evaluations) if key[0] < number]
    return Odds(np.array([one.places for one in known]), np.array([bool(one.failures) for one in known]))


def _chi_squared(found: Evaluated) -> float:
    return float("inf") if found.failures else found.chi_squared


def _told(chain: Chain) -> dict:
    steps, means, sds = chain.trace
    longest = float(chain.autocorrelation_times.max())
    return {
        "Walkers": chain.walkers,
        "Steps": chain.steps,
        "Autocorrelation times": [_finite(one) for one in chain.autocorrelation_times],
        "Steps by autocorrelation time": chain.steps / longest if np.isfinite(longest) else None,
        "Acceptance": chain.acceptance,
        "Converged": chain.converged,
        "History": [[steps, _finite(time)] for steps, time in chain.history],
        "Trace": {"Steps": steps.tolist(), "Means": means.tolist(), "Deviations": sds.tolist()},
    }


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
