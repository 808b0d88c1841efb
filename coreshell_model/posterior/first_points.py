"""Where the true model is evaluated first: about the best fit, as wide as its derivatives say."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, qmc

UNIFORM_INFORMATION = 12.0
"""One over the variance of a parameter of which only the bounds are known, 0 to 1."""

WIDTHS = (0.7, 1.2, 2.0)
"""Standard deviations' factors, in turns: the middle is known well, and the tails too."""

A_COEFFICIENT = 1.6
"""Points for each coefficient of a quadratic."""

LEAST = 40

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Centre:
    """Best fits, and the derivatives of all residuals, priors among them, at the best of them.

    Attributes
    ----------
    places : a row a best fit, the best one first
    jacobian : residuals by places
    inflation : factor of the data's standard deviations that the misfit of the best of them asks for
    """

    places: Array
    jacobian: Array
    inflation: float = 1.0

    @property
    def covariance(self) -> Array:
        """Of the places, by the derivatives; no wider than the bounds allow."""
        information = self.jacobian.T @ self.jacobian + UNIFORM_INFORMATION * np.eye(self.jacobian.shape[1])
        return np.asarray(np.linalg.inv(information), dtype=float)


def coefficients(dimensions: int) -> int:
    """Of a quadratic polynomial."""
    return (dimensions + 1) * (dimensions + 2) // 2


def first_points(centre: Centre, rng: np.random.Generator) -> Array:
    """Points about each of the best fits, a row each, folded back where they leave the box."""
    dimensions = centre.places.shape[1]
    count = max(LEAST, int(A_COEFFICIENT * coefficients(dimensions)))
    sobol = qmc.Sobol(dimensions, rng=rng).random_base2(int(np.ceil(np.log2(count))))[:count]
    normal = norm.ppf(np.clip(sobol, 1e-6, 1 - 1e-6))
    root = np.linalg.cholesky(centre.covariance)
    widths = np.resize(WIDTHS, count)[:, None]
    about = centre.places[np.arange(count) % len(centre.places)]
    return np.vstack([centre.places, folded(about + widths * normal @ root.T)])


def folded(places: Array) -> Array:
    """Places outside of 0 to 1 mirrored back at the bounds."""
    there = np.mod(places, 2.0)
    return np.where(there > 1.0, 2.0 - there, there)
