"""The knee of dQ/dV: the voltage between the slope and the plateau of hard carbon."""

import math
from dataclasses import dataclass

import numpy as np

from coreshell_model.data.half_cycle_curve import HalfCycleCurve
from coreshell_model.observe.by_voltage import SMOOTHING, DifferentialCapacity, density

PLATEAU = 0.25
"""Volts below which the peak of the plateau lies (assumed: hard carbon's lies below 0.15 V either way)."""

SLOPE = 0.3, 1.0
"""Volts between which the level of the slope is the median of dQ/dV (assumed: above every plateau)."""

EDGE = 1.5
"""Windows from the lowest voltage of a curve within which a maximum of dQ/dV is no peak."""

LEAST_SHARE = 0.5
"""Share of the slope's voltages that a curve has to pass."""

LEAST_RATIO = 5.0
"""Least height of the peak over the level of the slope (assumed: a slope alone rises threefold)."""


@dataclass(frozen=True)
class Knee:
    """The knee of a half-cycle [V], or None and the reason why there is none."""

    voltage: float | None
    reason: str = ""


def differential(curve: HalfCycleCurve) -> DifferentialCapacity:
    """dQ/dV of a half-cycle (31), its holds left out [mA.h.g-1.V-1]."""
    return density([(curve.voltage, curve.passed_without_holds)])


def knee(curve: HalfCycleCurve) -> Knee:
    """The voltage above the plateau's peak at which dQ/dV is the geometric mean of peak and slope.

    The peak is the largest dQ/dV below ``PLATEAU``, the slope's level the median between the voltages of
    ``SLOPE``. On a logarithmic scale the knee lies half-way between the two.
    """
    derivative = differential(curve)
    voltage, capacity = derivative.voltage, derivative.capacity
    sloping = (voltage > SLOPE[0]) & (voltage < SLOPE[1]) & (capacity > 0)
    if sloping.sum() < LEAST_SHARE * (SLOPE[1] - SLOPE[0]) / SMOOTHING:
        return Knee(
            None,
            f"no knee: the curve has less than half of {SLOPE[0]:g} to {SLOPE[1]:g} V, where the slope's "
            "level is taken",
        )
    low = voltage < PLATEAU
    if not low.any():
        return Knee(None, f"no knee: the curve does not go below {PLATEAU:g} V")
    lowest = float(voltage[capacity > 0][0])
    peak = int(np.argmax(np.where(low, capacity, -np.inf)))
    if voltage[peak] < lowest + EDGE * SMOOTHING:
        return Knee(
            None,
            f"no knee: dQ/dV is largest where the curve ends, at {voltage[peak]:.3g} V, so that the peak of "
            "the plateau is not in it",
        )
    level = float(np.median(capacity[sloping]))
    ratio = float(capacity[peak]) / level
    if ratio < LEAST_RATIO:
        return Knee(
            None, f"no knee: dQ/dV below {PLATEAU:g} V is at most {ratio:.3g} times that of the slope, below "
            f"{LEAST_RATIO:g}"
        )  # fmt: skip
    threshold = math.sqrt(capacity[peak] * level)
    beyond = peak + int(np.argmax(capacity[peak:] < threshold))
    if not voltage[beyond] < SLOPE[0]:
        return Knee(None, f"no knee: dQ/dV does not fall to the slope's level below {SLOPE[0]:g} V")
    # A straight line of log dQ/dV between the windows on both sides; an empty window has no logarithm.
    inner, outer = (math.log(max(capacity[place], 1e-3 * level)) for place in (beyond - 1, beyond))
    share = (inner - math.log(threshold)) / (inner - outer)
    return Knee(float(voltage[beyond - 1] + share * (voltage[beyond] - voltage[beyond - 1])))
