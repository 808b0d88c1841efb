"""Designs that no other beats in everything, and how much of the space of objectives they cover."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def on_front(values: Array) -> NDArray[np.bool_]:
    """Which rows no other row beats: as good in every column and better in one. Larger is better.

    Parameters
    ----------
    values : a row a design, a column an objective; of equal rows the first counts
    """
    found = np.ones(len(values), bool)
    for number, row in enumerate(values):
        no_worse = (values >= row).all(axis=1)
        better = no_worse & (values > row).any(axis=1)
        same_before = no_worse & (values == row).all(axis=1) & (np.arange(len(values)) < number)
        found[number] = not (better | same_before).any()
    return found


def hypervolume(values: Array, reference: Array) -> float:
    """Volume between a reference point and what designs reach; larger is better in every column.

    By slices along the last objective, exact for any number of them, slow for more than a few.

    Parameters
    ----------
    values : a row a design, a column an objective
    reference : a value of each objective below which nothing counts
    """
    better = values[(values > reference).all(axis=1)]
    if not len(better):
        return 0.0
    if values.shape[1] == 1:
        return float(better.max() - reference[0])
    levels = np.unique(better[:, -1])
    below = np.concatenate([reference[-1:], levels[:-1]])
    return float(
        sum(
            (level - lower) * hypervolume(better[better[:, -1] >= level, :-1], reference[:-1])
            for level, lower in zip(levels, below, strict=True)
        )
    )
