"""Quantiles and intervals of weighted draws, and how they are written in text, JSON and CSV."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.tables import DASH, shown_number, unit_of, with_unit, without_unit

NARROW, WIDE = USUAL = (68, 95)
"""Levels [%] of the intervals that fits, posteriors and predictions state; designs have the wide one."""

CLAIMED = 90
"""Level [%] of the bands of claims and of shares of a loss: of a hundred draws five lie beyond either end."""

MEDIAN = "Median"

Array = NDArray[np.float64]
Interval = tuple[float | None, float | None]
"""Lower and upper end; None for an open side."""


def levels_of(width: int) -> tuple[float, float]:
    """The levels of both ends of a central interval that is ``width`` per cent wide."""
    return (100 - width) / 200, (100 + width) / 200


def interval_name(width: int) -> str:
    """The name of an interval in JSON, tables and reports."""
    return f"{width} % interval"


def quantiles(values: Array, weights: Array, levels: Sequence[float]) -> Array:
    """Quantiles of weighted draws, along the first axis.

    Half of a draw's own weight counts as below it; between draws the quantile is linear (Hazen's rule for
    equal weights).

    Parameters
    ----------
    values : a row, or a number, for each draw
    weights : of the draws, not all 0
    levels : from 0 to 1

    Returns
    -------
    Array
        A row for each level.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim > 1:
        columns = [quantiles(column, weights, levels) for column in values.reshape(len(values), -1).T]
        return np.stack(columns, axis=-1).reshape(len(levels), *values.shape[1:])
    order = np.argsort(values, kind="stable")
    ordered, sizes = values[order], np.asarray(weights, dtype=float)[order]
    below = (np.cumsum(sizes) - 0.5 * sizes) / sizes.sum()
    return np.interp(levels, below, ordered)


def end_columns(width: int) -> tuple[str, str]:
    """The names of the columns of the lower and of the upper end of an interval."""
    return f"{width} % from", f"{width} % to"


def column_of(name: str, part: str) -> str:
    """The column of a part of a quantity's band, its unit at the end, as "Voltage, 68 % from [V]"."""
    unit = unit_of(name)
    return f"{without_unit(name)}, {part}" if unit == "1" else f"{without_unit(name)}, {part} [{unit}]"


def quantiles_by_column(values: Array, weights: Array, widths: Iterable[int] = USUAL) -> dict[str, Array]:
    """Median and ends of the intervals in ascending order, by column names."""
    widest_first = sorted(widths, reverse=True)
    below = {end_columns(width)[0]: levels_of(width)[0] for width in widest_first}
    above = {end_columns(width)[1]: levels_of(width)[1] for width in reversed(widest_first)}
    levels = below | {MEDIAN: 0.5} | above
    return dict(zip(levels, quantiles(values, weights, tuple(levels.values())), strict=True))


def intervals(values: Array, weights: Array, widths: Iterable[int] = USUAL) -> dict[str, Any]:
    """Median and intervals of a number, for JSON."""
    by_column = {name: float(value) for name, value in quantiles_by_column(values, weights, widths).items()}
    ends = {interval_name(width): [by_column[end] for end in end_columns(width)] for width in widths}
    return {MEDIAN: by_column[MEDIAN]} | ends


def stated_intervals(values: Array, weights: Array, withheld: bool) -> dict[str, Any]:
    """As ``intervals``, with None in place of each interval where they are ``withheld``."""
    whole = intervals(values, weights)
    return {name: value if name == MEDIAN or not withheld else None for name, value in whole.items()}


def as_columns(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with intervals as a row of CSV, with a column for each end."""
    row: dict[str, Any] = {}
    for name, value in record.items():
        width, interval, _ = name.partition(" interval")
        low, high = value if interval and value is not None else (None, None)
        row |= {f"{width} from": low, f"{width} to": high} if interval else {name: value}
    return row


def interval(
    values: Sequence[float | None] | Array, weights: Array | None = None, width: int = WIDE
) -> tuple[float, float] | None:
    """The interval of a number over alternatives.

    Parameters
    ----------
    values : the number in each alternative; None or NaN where it has none
    weights : of the alternatives, for the central interval over those that have the number. Without weights
        the interval is from the lowest to the highest number, and None if an alternative has no number
    width : of a central interval [%]

    Returns
    -------
    The ends of the interval; None where it is not known.
    """
    numbers = np.array(values, dtype=float)
    finite = np.isfinite(numbers)
    if not finite.any() or (weights is None and not finite.all()):
        return None
    if weights is None:
        return float(numbers.min()), float(numbers.max())
    low, high = quantiles(numbers[finite], weights[finite], levels_of(width))
    return float(low), float(high)


def shown_interval(ends: Sequence[float | None] | None, digits: int = 4, unit: str = "1") -> str:
    """An interval as text, by ``shown_number``; a dash for an open side, or where there is no interval."""
    return DASH if ends is None else " to ".join(shown_number(end, digits, unit) for end in ends)


def interval_in_words(ends: Interval, unit: str) -> str:
    """An interval with its unit, in words."""
    low, high = ends
    if low is None:
        return "open on both sides" if high is None else f"up to {with_unit(high, unit)}"
    if high is None:
        return f"from {with_unit(low, unit)}"
    return f"{shown_number(low)} to {with_unit(high, unit)}"


def mean_and_sd(values: Array, weights: Array) -> tuple[float, float]:
    """Weighted mean and standard deviation."""
    mean = float(np.average(values, weights=weights))
    return mean, float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


def probability(holds: NDArray[np.bool_] | Sequence[bool], weights: Array) -> float:
    """The weight of the draws for which ``holds`` is true; all weights add up to 1."""
    return float(weights @ np.array(holds, dtype=float))


def effective_draws(weights: Array) -> float:
    """Kish's number of equally weighted draws, (sum w)² / sum w²; 0 where all weights are 0."""
    squares = float(np.sum(np.square(weights)))
    return float(np.sum(weights)) ** 2 / squares if squares > 0 else 0.0
