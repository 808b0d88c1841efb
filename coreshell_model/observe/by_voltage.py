"""Charge by voltage along a curve, simulated or measured: in a window, as a density dQ/dV, as an energy.

A curve is a row of points; between two points voltage and charge are straight lines. ``voltage`` [V] has an
entry for each point, ``charge`` an entry for each pair of neighbours: what passed between them, in any unit.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SMOOTHING = 5e-3
"""Volts over which dQ/dV is averaged, without further smoothing."""

FLAT = 1e-12
"""Volts below which two points are at one voltage."""


def charge_in_window(voltage: Array, charge: Array, lower: float, upper: float) -> float:
    """Charge passed while the voltage was between ``lower`` and ``upper`` [V].

    Each pair contributes the share of its voltage span that lies inside. A pair at constant voltage counts if
    the voltage is at ``lower`` or above, and below ``upper``.
    """
    low, high = np.minimum(voltage[1:], voltage[:-1]), np.maximum(voltage[1:], voltage[:-1])
    span = high - low
    inside = np.clip(np.minimum(high, upper) - np.maximum(low, lower), 0, None)
    flat = span < FLAT
    share = np.where(flat, (low >= lower) & (low < upper), inside / np.where(flat, 1, span))
    return float((share * charge).sum())


@dataclass(frozen=True)
class DifferentialCapacity:
    """dQ/dV [mA.h.g-1.V-1], above 0 either way, at the middles [V] of windows of equal width."""

    voltage: Array
    capacity: Array


def density(curves: Iterable[tuple[Array, Array]], width: float = SMOOTHING) -> DifferentialCapacity:
    """Charge that passed in each window of ``width`` [V], over that width (31).

    Charge at constant voltage has no density and is left out. The sum over all windows times the width is the
    charge of all other pairs.

    Parameters
    ----------
    curves : voltage [V] of the points and charge [mA.h.g-1] of the pairs, a curve each
    width : of the windows [V], whose edges are its multiples
    """
    pairs = [(voltage, charge) for voltage, charge in curves if len(voltage) > 1]
    low = np.concatenate([np.zeros(0), *(np.minimum(v[1:], v[:-1]) for v, _ in pairs)])
    span = np.concatenate([np.zeros(0), *(np.abs(np.diff(v)) for v, _ in pairs)])
    charge = np.concatenate([np.zeros(0), *(q for _, q in pairs)])
    sloped = span > FLAT
    low, span, charge = low[sloped] / width, span[sloped] / width, charge[sloped]
    if not low.size:
        return DifferentialCapacity(np.zeros(0), np.zeros(0))
    high = low + span
    first, last = np.floor(low).astype(int), np.floor(high).astype(int)
    windows = last - first + 1
    pair = np.repeat(np.arange(len(low)), windows)
    # The window of each share of a pair: the pair's first window, and those above it in turn.
    window = first[pair] + np.arange(len(pair)) - np.repeat(np.cumsum(windows) - windows, windows)
    inside = np.clip(np.minimum(high[pair], window + 1) - np.maximum(low[pair], window), 0, None)
    lowest, count = int(first.min()), max(int(np.ceil(high.max())) - int(first.min()), 1)
    passed = np.bincount(window - lowest, charge[pair] * inside / span[pair], count)[:count]
    middles = (np.arange(lowest, lowest + count, dtype=np.float64) + 0.5) * width
    return DifferentialCapacity(middles, passed / width)


def energy(voltage: Array, charge: Array) -> float:
    """The integral of the voltage over the charge, by trapezoids, in volts times the unit of the charge."""
    return float(((voltage[1:] + voltage[:-1]) / 2 * charge).sum())
