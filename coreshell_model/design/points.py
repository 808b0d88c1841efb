"""The points of a design space: all of a grid, or samples of it."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from coreshell_model.design.axes import Axis, check_axes
from coreshell_model.errors import InputError
from coreshell_model.quantity import check_whole

MOST_POINTS = 1_000_000
"""Points of one sweep."""


@dataclass(frozen=True)
class Points:
    """Where a sweep goes: one row a point, one column an axis, in the axes' units.

    ``shape`` is that of a grid, its last axis the fastest; () for samples. ``made`` says how they came about.
    """

    axes: tuple[Axis, ...]
    values: NDArray[np.float64]
    made: str
    shape: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def changes(self, number: int) -> dict[str, str]:
        """Point ``number``, from 0, by variable, as texts with units."""
        row = self.values[number]
        return {axis.name: axis.text(value) for axis, value in zip(self.axes, row, strict=True)}


def grid(axes: Sequence[Axis]) -> Points:
    """Every value of each axis with every value of the others.

    Raises
    ------
    InputError
        An axis without points, or more points than ``MOST_POINTS``.
    """
    check_axes(axes)
    columns = [axis.grid() for axis in axes]
    shape = tuple(len(column) for column in columns)
    _check_count(math.prod(shape))
    mesh = np.meshgrid(*columns, indexing="ij")
    values = np.stack([each.ravel() for each in mesh], axis=1)
    return Points(tuple(axes), values, f"grid of {' x '.join(map(str, shape))}", shape)


def random(axes: Sequence[Axis], count: int, seed: int = 0) -> Points:
    """Points drawn evenly, and independently, between the ends of the axes (evenly in the logarithm for log).

    Raises
    ------
    InputError
        An axis without ends, or an impossible count or seed.
    """
    check_axes(axes)
    _check_count(count)
    places = np.random.default_rng(_seed(seed)).random((count, len(axes)))
    return at_places(axes, places, f"{count} random points, seed {seed}")


def sobol(axes: Sequence[Axis], count: int, seed: int = 0) -> Points:
    """The first points of a scrambled Sobol sequence, which covers the space more evenly than chance.

    Its balance is best for a power of two.

    Raises
    ------
    InputError
        An axis without ends, or an impossible count or seed.
    """
    check_axes(axes)
    _check_count(count)
    sequence = qmc.Sobol(len(axes), rng=np.random.default_rng(_seed(seed)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # counts that are no power of two
        places = sequence.random(count)
    return at_places(axes, places, f"{count} points of a Sobol sequence, seed {seed}")


def at_places(axes: Sequence[Axis], places: NDArray[np.float64], made: str) -> Points:
    """Points at places from 0 to 1 along each axis.

    Raises
    ------
    InputError
        An axis without ends.
    """
    columns = [axis.at(places[:, column]) for column, axis in enumerate(axes)]
    return Points(tuple(axes), np.stack(columns, axis=1), made)


def _check_count(count: int) -> None:
    check_whole("the number of points", count, 1)
    if count > MOST_POINTS:
        raise InputError(f"{count} points are more than one sweep takes; at most {MOST_POINTS}")


def _seed(seed: int) -> int:
    check_whole("seed", seed)
    return seed
