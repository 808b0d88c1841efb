"""What weighted draws say of a number: quantiles, intervals, and these in text, JSON and CSV."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.tables import DASH, shown_number, with_unit

NARROW, WIDE = USUAL = (68, 95)
"""Per cent of the intervals that fits, posteriors and predictions state; designs have the wide one."""

CLAIMED = 90
"""Per cent of the bands of claims and of shares of a loss: a hundred draws have five beyond either end."""

MEDIAN = "Median"

Array = NDArray[np.float64]
Interval = tuple[float | None, float | None]
"""Lower and upper end; None for a side that is open."""


def levels_of(width: int) -> tuple[float, float]:
    """The levels of both ends of a central interval that is ``width`` per cent wide."""
    return (100 - width) / 200, (100 + width) / 200


def interval_name(width: int) -> str:
    """What JSON, tables and reports call an interval."""
    return f"{width} % interval"


def quantiles(values: Array, weights: Array, levels: Sequence[float]) -> Array:
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


def quantiles_by_column(values: Array, weights: Array, widths: Iterable[int] = USUAL) -> dict[str, Array]:
    """Median and ends of the intervals in ascending order, by the names that columns have."""
    widest_first = sorted(widths, reverse=True)
    below = {f"{width} % from": levels_of(width)[0] for width in widest_first}
    above = {f"{width} % to": levels_of(width)[1] for width in reversed(widest_first)}
    at = below | {MEDIAN: 0.5} | above
    return dict(zip(at, quantiles(values, weights, tuple(at.values())), strict=True))


def intervals(values: Array, weights: Array, widths: Iterable[int] = USUAL) -> dict[str, Any]:
    """Median and intervals of a number as JSON has them."""
    found = {name: float(value) for name, value in quantiles_by_column(values, weights, widths).items()}
    ends = {interval_name(width): [found[f"{width} % from"], found[f"{width} % to"]] for width in widths}
    return {MEDIAN: found[MEDIAN]} | ends


def as_columns(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with intervals as a row of CSV, a column an end."""
    row: dict[str, Any] = {}
    for name, value in record.items():
        width, interval, _ = name.partition(" interval")
        row |= {f"{width} from": value[0], f"{width} to": value[1]} if interval else {name: value}
    return row


def interval(
    values: Sequence[float | None] | Array, weights: Array | None = None, width: int = WIDE
) -> tuple[float, float] | None:
    """Where a number lies in alternatives, of which None or NaN have none.

    Parameters
    ----------
    values : of the alternatives
    weights : theirs: the interval is the central one of ``width`` per cent, over those with the number. None
        where no probability belongs to them: from the lowest to the highest, and none where one is missing
    width : of a central interval, per cent

    Returns
    -------
    Its ends; None where it is not known.
    """
    numbers = np.array(values, dtype=float)
    known = np.isfinite(numbers)
    if not known.any() or (weights is None and not known.all()):
        return None
    if weights is None:
        return float(numbers.min()), float(numbers.max())
    low, high = quantiles(numbers[known], weights[known], levels_of(width))
    return float(low), float(high)


def shown_interval(ends: Sequence[float | None] | None, digits: int = 4) -> str:
    """An interval as text; a dash for an open side, or for none at all."""
    return DASH if ends is None else f"{shown_number(ends[0], digits)} to {shown_number(ends[1], digits)}"


def interval_in_words(ends: Interval, unit: str) -> str:
    """An interval with its unit, as a sentence says it."""
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
    """The weight of the draws for which something holds; all weights add up to 1."""
    return float(weights @ np.array(holds, dtype=float))


def effective_draws(weights: Array) -> float:
    """Kish's number of equally weighted draws, (sum w)² / sum w²; 0 where all weights are 0."""
    squares = float(np.sum(np.square(weights)))
    return float(np.sum(weights)) ** 2 / squares if squares > 0 else 0.0
