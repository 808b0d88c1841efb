"""Standard deviations, correlations and weak combinations from the derivatives at the best fit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEAKEST = 3
"""Combinations that are reported."""

LOADING = 0.2
"""Share of a parameter in a combination to be named in it."""

UNKNOWN = 1e-6
"""Singular value, relative to the largest, below which a direction is not known at all."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Covariance:
    """In places between the bounds, 0 to 1.

    Attributes
    ----------
    matrix : covariance, the inverse of J^T J; infinite in its diagonal where a parameter has no influence
    correlations : of the parameters
    weakest : standard deviation along the least known directions, and the shares of the parameters in them
    """

    matrix: Array
    correlations: Array
    weakest: tuple[tuple[float, Array], ...]

    @property
    def sd(self) -> Array:
        """Standard deviation of each place."""
        return np.sqrt(np.diag(self.matrix))


def covariance(jacobian: Array) -> Covariance:
    """The covariance of parameters whose residuals have unit standard deviation."""
    _, singular, directions = np.linalg.svd(jacobian, full_matrices=False)
    floor = UNKNOWN * max(singular.max(initial=0.0), 1.0)
    spreads = 1.0 / np.maximum(singular, floor)
    matrix = (directions.T * spreads**2) @ directions
    sd = np.sqrt(np.diag(matrix))
    order = np.argsort(-spreads)[:WEAKEST]
    weakest = tuple((float(spreads[n]), directions[n]) for n in order)
    return Covariance(matrix, np.clip(matrix / np.outer(sd, sd), -1.0, 1.0), weakest)
