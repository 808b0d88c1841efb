"""The space of designs: axes with their ranges, and points in it."""

import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief, check_whole
from coreshell_model.base.units import from_si, is_celsius, parse_quantity, to_si
from coreshell_model.inputs.changes import VARIABLES

MOST_VALUES = 100_000
"""Most values of one axis."""

_POINTS = re.compile(r"([0-9]+) points?")

EXAMPLE = '"thickness=2..20 nm, 40 points"'


@dataclass(frozen=True)
class Axis:
    """A number that varies from ``low`` to ``high``, or over ``values`` alone.

    Parameters
    ----------
    name : a design variable, or a dotted path as ``--set`` takes it
    unit : of ends, values, and all that shows them, as the user wrote it
    low, high : the ends; left out where values are given
    points : number of values in a grid, ends included; samples need none
    log : spaced evenly in the logarithm
    values : the values of a grid, in place of ends

    Raises
    ------
    InputError
        An empty or reversed range, or a logarithm of what is not above 0 or of degrees Celsius.
    """

    name: str
    unit: str
    low: float = np.nan
    high: float = np.nan
    points: int | None = None
    log: bool = False
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.values:
            self._check_values()
            return
        if not self.low < self.high:
            order = "is no range" if not self.low > self.high else "has its ends in reverse order"
            unit = "" if self.unit == "1" else f" {self.unit}"
            raise InputError(
                f"{self.name} {order}: {self.low:g} to {self.high:g}{unit}; "
                "give the low end, then the high one"
            )
        if self.log and self.low <= 0:
            raise InputError(f"{self.name} starts at {self.low:g} {self.unit}; for log give ends above 0")
        if self.log and is_celsius(self.unit):
            raise InputError(
                f"{self.name} is in {self.unit}, of which a logarithm means nothing; for log give kelvin"
            )
        if self.points is not None and not 2 <= self.points <= MOST_VALUES:
            raise InputError(f"{self.name} has {self.points} points; a range has 2 to {MOST_VALUES}")

    def _check_values(self) -> None:
        if len(self.values) > MOST_VALUES:
            raise InputError(f"{self.name} has {len(self.values)} values; at most {MOST_VALUES}")
        if len(set(self.values)) < len(self.values) or not np.isfinite(self.values).all():
            raise InputError(f"{self.name}: give finite values, each once")

    @property
    def label(self) -> str:
        """The heading of its column."""
        return self.title if self.unit in ("1", "") else f"{self.title} [{self.unit}]"

    @property
    def title(self) -> str:
        """The number in words, if it is a design variable; else its path."""
        return VARIABLES[self.name].title if self.name in VARIABLES else self.name

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return (min(self.values), max(self.values)) if self.values else (self.low, self.high)

    def grid(self) -> NDArray[np.float64]:
        """The values in a grid.

        Raises
        ------
        InputError
            A range without a number of points.
        """
        if self.values:
            return np.array(self.values)
        if self.points is None:
            raise InputError(f"{self.name} has no number of points, which a grid needs; write {EXAMPLE}")
        return self.at(np.linspace(0, 1, self.points))

    def at(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values at places from 0, the low end, to 1, the high end.

        Raises
        ------
        InputError
            The axis has values in place of ends.
        """
        if self.values:
            raise InputError(f"{self.name} has values alone; samples need its ends, as 'thickness=2..20 nm'")
        if self.log:
            values = self.low * (self.high / self.low) ** np.asarray(places)
        else:
            values = self.low + (self.high - self.low) * np.asarray(places)
        return np.clip(values, self.low, self.high)

    def text(self, value: float) -> str:
        """A value with its unit, as ``--set`` takes it."""
        return f"{float(value)!r} {self.unit}".removesuffix(" 1")


def axis(text: str) -> Axis:
    """Read an axis: "thickness=2..20 nm, 40 points, log", or "thickness=5, 9.4, 12 nm".

    Raises
    ------
    InputError
        The text is no axis, or the range is empty or reversed.
    """
    name, equals, ranges = (part.strip() for part in text.partition("="))
    if not equals or not name or not ranges:
        raise InputError(f"{brief(text)} is no range; write {EXAMPLE}, or values as 'thickness=5, 9 nm'")
    first, *more = (part.strip() for part in ranges.split(","))
    try:
        return _range(name, first, more) if ".." in first else _values(name, [first, *more])
    except InputError as error:
        raise InputError(str(error) if str(error).startswith(name) else f"{name}: {error}") from None


def _range(name: str, ends: str, words: Sequence[str]) -> Axis:
    low_text, _, high_text = ends.partition("..")
    (low, high), unit = _in_one_unit([parse_quantity(text) for text in (low_text, high_text)])
    points, log = None, False
    for word in words:
        if match := _POINTS.fullmatch(word):
            points = int(match[1][:12])
        elif word == "log":
            log = True
        else:
            raise InputError(
                f"{brief(word)} is no option of a range; write {EXAMPLE}, with ', log' if needed"
            )
    return Axis(name, unit, low, high, points, log)


def _values(name: str, texts: Sequence[str]) -> Axis:
    values, unit = _in_one_unit([parse_quantity(text) for text in texts])
    return Axis(name, unit, values=values)


def _in_one_unit(numbers: Sequence[tuple[float, str]]) -> tuple[tuple[float, ...], str]:
    """Numbers in the unit of the last of them, which is that of numbers without a unit too.

    It is the unit that the user wrote, in which the axis is shown; a point's numbers become SI where they
    change the material.
    """
    unit = numbers[-1][1]
    values = tuple(
        value if number_unit in ("1", unit) else from_si(to_si(value, number_unit, unit), unit)
        for value, number_unit in numbers
    )
    return values, unit


def check_axes(axes: Sequence[Axis]) -> None:
    """Raise InputError for a space without axes, and for a number that varies twice."""
    if not axes:
        raise InputError(f"nothing varies; name a variable with its range, as --vary {EXAMPLE}")
    names = [axis.name for axis in axes]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{name} is varied twice; give it one range")


MOST_POINTS = 1_000_000
"""Most points of one sweep."""


@dataclass(frozen=True)
class Points:
    """The points of a sweep: ``values`` has a row for each point and a column for each axis, in its unit.

    ``shape`` is that of a grid, whose last axis varies fastest; () for samples. ``made`` says how the points
    were made.
    """

    axes: tuple[Axis, ...]
    values: NDArray[np.float64]
    made: str
    shape: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def changes(self, number: int) -> dict[str, str]:
        """The values of point ``number``, from 0, by variable, as texts with units."""
        row = self.values[number]
        return {axis.name: axis.text(value) for axis, value in zip(self.axes, row, strict=True)}


def grid(axes: Sequence[Axis]) -> Points:
    """All combinations of the values of the axes.

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
    values = np.stack([coordinate.ravel() for coordinate in mesh], axis=1)
    return Points(tuple(axes), values, f"grid of {' x '.join(map(str, shape))}", shape)


def random(axes: Sequence[Axis], count: int, seed: int = 0) -> Points:
    """Independent points, uniform between the ends of the axes (in the logarithm for axes with log).

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
    """The first points of a scrambled Sobol sequence, which covers the space more evenly than random points.

    Best balanced for a power of two.

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
