"""Where anything is known of a posterior: an ellipsoid about the points that were found in it.

Far from all points a surrogate says nothing, and the volume there is so much larger than that of a narrow
posterior that walkers would leave for it. They are kept where evaluations are, with room to grow: a round's
draws near the border move it outwards for the next.
"""

import numpy as np
from numpy.typing import NDArray

ROOM, VOLUME = 1.5, 25.0
"""Radius of the region, in distances of the farthest of its points from their middle: at least ``ROOM``, more
in few dimensions, where the region may have ``VOLUME`` times the volume that its points span."""

RISE = 50.0
"""Chi-squared above the lowest up to which a point is taken for one of the posterior's surroundings."""

POINTS_A_PARAMETER = 6
"""Points of least chi-squared that are taken in any case."""

STEEPNESS = 10.0
"""Chi-squared at a tenth of the radius beyond the border."""

Array = NDArray[np.float64]


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
