"""Quantiles of weighted draws."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MEDIAN = 0.5
LEVELS = (0.025, 0.16, MEDIAN, 0.84, 0.975)
"""Of the 95 % and the 68 % interval, and the median."""

Array = NDArray[np.float64]


def quantiles(values: Array, weights: Array, levels: Sequence[float] = LEVELS) -> Array:
    """Quantiles of weighted draws, along the first axis.

    Half of a draw's own weight lies below it; lines run between the draws (Hazen's rule where all weigh
    the same).

    Parameters
    ----------
    values : a row, or a number, a draw
    weights : of the draws, not all 0
    levels : from 0 to 1

    Returns
    -------
    Array
        A row a level.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim > 1:
        columns = [quantiles(column, weights, levels) for column in values.reshape(len(values), -1).T]
        return np.stack(columns, axis=-1).reshape(len(levels), *values.shape[1:])
    order = np.argsort(values, kind="stable")
    ordered, sizes = values[order], np.asarray(weights, dtype=float)[order]
    below = (np.cumsum(sizes) - 0.5 * sizes) / sizes.sum()
    return np.interp(levels, below, ordered)


def mean_and_sd(values: Array, weights: Array) -> tuple[float, float]:
    """Weighted mean and standard deviation."""
    mean = float(np.average(values, weights=weights))
    return mean, float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


def probability(holds: NDArray[np.bool_], weights: Array) -> float:
    """The weight of the draws for which something holds, as a share of all."""
    return float(np.sum(np.asarray(weights)[np.asarray(holds, dtype=bool)]) / np.sum(weights))
