"""Where runs of the model fail: the odds that one succeeds, by its neighbours."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

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
