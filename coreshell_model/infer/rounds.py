"""A round of sampling: draws from the surrogate's density, and their weights by the true model.

A surrogate is unknown far from all evaluated points, and the volume there is so much larger than that of a
narrow posterior that walkers would leave for it. A penalty keeps them in a region about the evaluated points.
Draws near its border move it outwards for the next round.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from coreshell_model.base.intervals import Array, effective_draws
from coreshell_model.infer.chain import MOST_STEPS, Chain, walk
from coreshell_model.infer.posterior_folder import KeptSampling
from coreshell_model.infer.surrogate import Surrogate, surrogate
from coreshell_model.infer.target import EvaluatedPoint, Key, Target
from coreshell_model.infer.weights import RELIABLE, normalised, pareto_shape

NEIGHBOURS = 8
"""Nearest evaluated points by which the odds of a place are estimated."""

LEAST_ODDS = 0.02
"""Odds where all neighbours failed; above 0, so that such places are still tried now and then."""


class Odds:
    """The odds that a run succeeds: the share of a place's nearest points that did not fail.

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
"""Radius of the region, in distances of the farthest of its points from their middle: ``ROOM``, or more in
few dimensions, where the region may have ``VOLUME`` times the volume that its points span."""

RISE = 50.0
"""Chi-squared above the lowest up to which points belong to the region."""

POINTS_A_PARAMETER = 6
"""Points of least chi-squared, for each parameter, that belong to it in any case."""

STEEPNESS = 10.0
"""Penalty, as chi-squared, at a tenth of the radius beyond the border."""


class KnownRegion:
    """The region about evaluated points: an ellipsoid with the shape of their covariance.

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
        """The penalty: 0 within the region, rising with the square of the distance from it."""
        beyond = np.maximum(self._distance(places) / self.radius - 1.0, 0.0)
        return STEEPNESS * (10.0 * beyond) ** 2

    def _distance(self, places: Array) -> Array:
        return np.linalg.norm((places - self._middle) @ self._root.T, axis=1)


FEWEST_WALKERS = 32
WALKERS_A_PARAMETER = 4

WARM = 3.0
"""Temperature of warm draws, from which the surrogate learns the surroundings of the posterior."""

WARM_SHARE = 0.3
"""Number of warm draws, as a share of the draws."""

SHORT_STEPS = 8000
"""Steps of a chain whose draws need not be independent."""

EVEN = 0.9
"""Effective draws per draw from which weights count as even."""

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
    effective : number of independent draws that they are worth
    shape : of the Pareto law of the largest weights; None where these are too few
    residual_error : error of the surrogate's residual vector at points left out of its learning
    chi_squared_error : standard deviation, over the draws, of the error of the surrogate's chi-squared; None
        where every draw failed
    record : content of the round's file: the chain and the surrogate
    """

    number: int
    keys: tuple[Key, ...]
    weights: Array
    effective: float
    shape: float | None
    residual_error: float
    chi_squared_error: float | None
    record: dict

    @property
    def counts(self) -> bool:
        """True where its draws are independent and their weights can be trusted."""
        return self.record["Chain"]["Converged"] and self.trusted

    @property
    def trusted(self) -> bool:
        """True where there are enough weights, and no few of them decide."""
        return self.effective >= LEAST_COUNTED and (self.even or self.shape is None or self.shape <= RELIABLE)

    @property
    def even(self) -> bool:
        """True where the weights are so even that the Pareto shape does not matter."""
        return self.effective >= EVEN * len(self.keys)


def proposed(
    target: Target, kept: KeptSampling, number: int, draws: int, learning: tuple[bool, bool], seed: int
) -> dict:
    """The points that a round evaluates, as its file keeps them.

    Parameters
    ----------
    target, kept : the density, and its evaluations so far
    number : of the round
    draws : number of draws of the round
    learning : whether the surrogate needs warm points, and whether a short chain is enough
    seed : of everything random
    """
    teach, short = learning
    learned, region, begin = _learned(target, kept, number, seed)
    odds = _odds(kept, number)

    def of_data(places: Array) -> Array:
        penalty = odds.chi_squared(places) + region.chi_squared(places)
        return learned.chi_squared(places, threads.map) + penalty

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
            "Points": len(learned.points),
            "Components": learned.basis.shape[1],
            "Error": learned.total_error,
        },
        "Chain": _chain_record(chain),
    }


def weighed(kept: KeptSampling, number: int) -> Round:
    """A round with the weights of its draws, all of which are evaluated."""
    record = kept.round(number)
    assert record is not None  # it was proposed
    expected = np.array(record["Surrogate's chi-squared"])
    keys = tuple((number, point) for point in range(len(expected)))
    true = np.array([_chi_squared(kept.evaluations[key]) for key in keys])
    weights = normalised(0.5 * (expected - true))
    succeeded = np.isfinite(true)
    error = float(np.std((expected - true)[succeeded])) if succeeded.any() else None
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


def _learned(
    target: Target, kept: KeptSampling, number: int, seed: int
) -> tuple[Surrogate, KnownRegion, Array]:
    """The surrogate of all earlier rounds, its region, and the best points, at which walkers begin."""
    points = [point for point in _earlier(kept, number) if not point.failures]
    places = np.array([point.places for point in points])
    residuals = np.array([point.residuals for point in points])
    total = np.sum(residuals**2, axis=1) + np.sum(target.prior_residuals(places) ** 2, axis=1)
    count = max(FEWEST_WALKERS, WALKERS_A_PARAMETER * target.dimensions)
    best = np.argsort(total)
    begin = places[np.resize(best[:count], count)]
    rng = np.random.default_rng([seed, number, 1])
    jitter = 1e-3 * rng.standard_normal(begin.shape)  # points may be there twice, or lie in a plane
    begin = np.clip(begin + jitter, 1e-6, 1 - 1e-6)
    return surrogate(places, residuals, total, rng), KnownRegion(places, total), begin


def _odds(kept: KeptSampling, number: int) -> Odds:
    points = _earlier(kept, number)
    return Odds(np.array([p.places for p in points]), np.array([bool(p.failures) for p in points]))


def _earlier(kept: KeptSampling, number: int) -> list[EvaluatedPoint]:
    """The evaluated points of all earlier rounds."""
    return [kept.evaluations[key] for key in sorted(kept.evaluations) if key[0] < number]


def _chi_squared(point: EvaluatedPoint) -> float:
    return float("inf") if point.failures else point.chi_squared


def _chain_record(chain: Chain) -> dict:
    steps, means, sds = chain.trace
    longest = float(chain.autocorrelation_times.max())
    return {
        "Walkers": chain.walkers,
        "Steps": chain.steps,
        "Autocorrelation times": [_finite(time) for time in chain.autocorrelation_times],
        "Steps by autocorrelation time": chain.steps / longest if np.isfinite(longest) else None,
        "Acceptance": chain.acceptance,
        "Converged": chain.converged,
        "History": [[steps, _finite(time)] for steps, time in chain.history],
        "Trace": {"Steps": steps.tolist(), "Means": means.tolist(), "Deviations": sds.tolist()},
    }


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
