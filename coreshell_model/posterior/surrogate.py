"""A cheap stand-in for the residuals: a smooth interpolation of those evaluated, with its error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from coreshell_model.posterior.first_points import coefficients

REACH = 2000.0
"""Chi-squared above the lowest beyond which a point teaches nothing of the posterior."""

SOFT = 10.0
"""Residuals up to about which the interpolation is of the residual itself; of its logarithm beyond."""

LEFT_OUT = 1e-3
"""Mean square that the components left out of many residuals may have together."""

HELD_OUT = 0.2
"""Share of the points near the posterior that test the interpolation before it learns them too."""

LARGEST_ERROR = 3.0
"""Standard deviations: a component known no better than this says little already."""

SMOOTHINGS = (0.0, 1.0, 100.0)
"""Of the interpolation, tried on the points held out."""

TRUST = (0.05, 1.0)
"""Least and most of the interpolations' difference that is taken as the error."""

SMOOTH, ROUGH = "cubic", "linear"
"""Kernels; where the two interpolations differ, the points are too far apart to tell."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Surrogate:
    """Residuals of the data as a function of the places.

    Attributes
    ----------
    smooth, rough : interpolations of the softened components, over the whitened places
    middle, whitening : of the places
    basis : orthogonal components of the residuals, a column each
    floor : error of each component on points held out, in standard deviations of a datum
    trust : error on them, as a share of the difference of the two interpolations
    smoothing : chosen by them
    points : that it learned from
    """

    smooth: RBFInterpolator
    rough: RBFInterpolator
    middle: Array
    whitening: Array
    basis: Array
    floor: Array
    trust: Array
    smoothing: float
    points: int

    def components(self, places: Array) -> tuple[Array, Array]:
        """Of the residuals, a row a point, and the error of each: small where points are near."""
        inside = (np.atleast_2d(places) - self.middle) @ self.whitening
        found = _hard(self.smooth(inside))
        differ = self.trust * np.abs(found - _hard(self.rough(inside)))
        return found, np.minimum(differ, LARGEST_ERROR)

    def chi_squared(self, places: Array) -> Array:
        """Of the data, as if each component's error were one more noise, its normalisation included."""
        found, error = self.components(places)
        return np.sum(found**2 / (1.0 + error**2) + np.log1p(error**2), axis=1)

    @property
    def total_error(self) -> float:
        """Root mean square of the error of the whole residual vector, in standard deviations of a datum."""
        return float(np.sqrt(np.sum(self.floor**2)))


def surrogate(places: Array, residuals: Array, chi_squared: Array, rng: np.random.Generator) -> Surrogate:
    """Learn from evaluated points.

    Parameters
    ----------
    places, residuals : a row a point, none of which failed
    chi_squared : of the data and the priors, by which points near the posterior are told
    rng : chooses the points held out
    """
    dimensions = places.shape[1]
    rise = chi_squared - chi_squared.min()
    least = min(len(places), 3 * coefficients(dimensions))
    used = np.flatnonzero(rise <= max(REACH, np.sort(rise)[least - 1]))
    near = np.flatnonzero(
        rise <= max(_typical(dimensions), np.sort(rise)[min(len(rise), 6 * dimensions) - 1])
    )
    middle, whitening = _whitened(places[near])
    basis = _basis(residuals[near])
    known = residuals @ basis
    inside = (places - middle) @ whitening
    tested = rng.permutation(near)[: max(2, int(HELD_OUT * len(near)))]
    others = np.setdiff1d(used, tested)
    trials = [_hard(_learned(inside[others], known[others], one)(inside[tested])) for one in SMOOTHINGS]
    errors = [_size(trial - known[tested]) for trial in trials]
    best = int(np.argmin([np.sum(np.minimum(error, LARGEST_ERROR) ** 2) for error in errors]))
    differ = _size(trials[best] - _hard(_roughly(inside[others], known[others])(inside[tested])))
    return Surrogate(
        _learned(inside[used], known[used], SMOOTHINGS[best]),
        _roughly(inside[used], known[used]),
        middle,
        whitening,
        basis,
        np.minimum(errors[best], LARGEST_ERROR),
        np.clip(errors[best] / np.maximum(differ, 1e-12), *TRUST),
        SMOOTHINGS[best],
        len(used),
    )


def _hard(soft: Array) -> Array:
    """Components from softened ones."""
    return SOFT * np.sinh(np.clip(soft / SOFT, -20.0, 20.0))


def _size(errors: Array) -> Array:
    """Root mean square of each column."""
    return np.sqrt(np.mean(errors**2, axis=0))


def _typical(dimensions: int) -> float:
    """Chi-squared above the lowest within which nearly all of a posterior lies."""
    return dimensions + 4.0 * np.sqrt(2.0 * dimensions) + 6.0


def _whitened(places: Array) -> tuple[Array, Array]:
    """Mean, and the map to coordinates in which the points are as wide as they are long."""
    covariance = np.atleast_2d(np.cov(places.T))
    values, vectors = np.linalg.eigh(covariance)
    return places.mean(axis=0), vectors / np.sqrt(np.maximum(values, 1e-8 * max(values.max(), 1e-8)))


def _basis(residuals: Array) -> Array:
    """Orthogonal directions that hold all but ``LEFT_OUT`` of the points' residuals."""
    _, singular, directions = np.linalg.svd(residuals, full_matrices=False)
    rest = np.cumsum((singular**2 / len(residuals))[::-1])[::-1]
    kept = max(1, int(np.sum(rest > LEFT_OUT)))
    return directions[:kept].T


def _learned(inside: Array, known: Array, smoothing: float) -> RBFInterpolator:
    """Cubic radial functions on a quadratic, a plane where the points are too few for one."""
    enough = len(inside) >= 1.2 * coefficients(inside.shape[1])
    return RBFInterpolator(
        inside, _soft(known), kernel=SMOOTH, degree=2 if enough else 1, smoothing=smoothing
    )


def _roughly(inside: Array, known: Array) -> RBFInterpolator:
    """Through the same points with as little smoothness as there is."""
    return RBFInterpolator(inside, _soft(known), kernel=ROUGH, degree=1)


def _soft(known: Array) -> Array:
    return SOFT * np.arcsinh(known / SOFT)
