r"""How far a measured point lies from a simulated curve, also where that is steep or has ended.

The difference of voltages alone says too much beside a steep part of the simulation: a half-cycle that ends
40 mAh/g too early is a volt off just before its end, and hundreds of volts off if its last slope went on. A
point :math:`(q, U)` is therefore a distance :math:`r` away,

.. math::
   r = \frac{U_s(q) - U}{\sqrt{\sigma^2 + a^2 \max(0, s^2 - (3 m)^2)}}, \quad
   s = \frac{U_s(q) - U}{q - q_s(U)}, \quad a = \max(\sigma_q, 10^{-3} Q),

with the simulated curve :math:`U_s(q)`, continued beyond its end at its last slope, the nearest place
:math:`q_s(U)` at which it has the measured voltage, and the slope :math:`m` of the measurement there. Where
the simulation is no more than three times as steep as the measurement, this is the difference in standard
deviations; where it is much steeper, :math:`r` is the difference in capacity, :math:`(q - q_s)/a`, which
stays finite and falls evenly as the ends approach each other. It is the effective-variance residual of a
straight line with noise in both coordinates, without what ``sigma`` has of that already.
"""

import numpy as np
from numpy.typing import NDArray

STEEPER = 3.0
"""Slope of the simulation, in slopes of the measurement, from which the difference in capacity counts."""

LEAST_SHARE = 1e-3
"""Of the measured capacity of a half-cycle: the least unit in which a difference in capacity is counted."""

Array = NDArray[np.float64]


def continued(at: Array, axis: Array, values: Array) -> Array:
    """Values on a growing axis, linear between its points and beyond the last.

    Parameters
    ----------
    at : places on the axis
    axis, values : the curve; the axis never falls
    """
    there = np.interp(at, axis, values)
    before = np.flatnonzero(axis < axis[-1])
    if before.size:
        slope = (values[-1] - values[before[-1]]) / (axis[-1] - axis[before[-1]])
        there += slope * np.maximum(at - axis[-1], 0.0)
    return there


def widened(measured: tuple[Array, Array], sd: Array, axis_sd: float, curve: tuple[Array, Array]) -> Array:
    """Standard deviation of each measured point, widened where the simulated curve is steep.

    Parameters
    ----------
    measured : capacity [mA.h.g-1] and value of each point
    sd : standard deviation of each value
    axis_sd : standard deviation of the capacity [mA.h.g-1]
    curve : capacity, which never falls, and value along the simulation

    Returns
    -------
    array
        As many as there are points; ``sd`` itself where the simulation is not steep.
    """
    axis, values = measured
    off = continued(axis, *curve) - values
    apart = axis - _nearest_crossing(axis, values, _with_continuation(axis, *curve))
    steepness = np.divide(off, apart, out=np.zeros_like(off), where=np.isfinite(apart) & (apart != 0))
    unit = max(axis_sd, LEAST_SHARE * float(np.ptp(axis)))
    excess = np.maximum(steepness**2 - (STEEPER * _slope(axis, values)) ** 2, 0.0)
    return np.sqrt(sd**2 + unit**2 * excess)


def _with_continuation(at: Array, axis: Array, values: Array) -> tuple[Array, Array]:
    """The curve with one more point, at the last place that is asked for, where that lies beyond its end."""
    last = float(at.max())
    if last <= axis[-1]:
        return axis, values
    return np.append(axis, last), np.append(values, continued(np.array([last]), axis, values))


def _nearest_crossing(at: Array, levels: Array, curve: tuple[Array, Array]) -> Array:
    """Where a curve has each level, the place nearest to ``at``; not a number where it never has it."""
    axis, values = curve
    above = values[None, :] >= levels[:, None]
    point, left = np.nonzero(above[:, 1:] != above[:, :-1])
    rise = values[left + 1] - values[left]
    places = axis[left] + (levels[point] - values[left]) / rise * (axis[left + 1] - axis[left])
    nearest = np.full(len(at), np.nan)
    distance = np.abs(places - at[point])
    order = np.argsort(-distance, kind="stable")  # the nearest is written last
    nearest[point[order]] = places[order]
    return nearest


def _slope(axis: Array, values: Array) -> Array:
    """Steepest slope of a measurement next to each point."""
    if len(axis) < 2:
        return np.full(len(axis), np.inf)
    run = np.diff(axis)
    chords = np.divide(np.abs(np.diff(values)), run, out=np.full(len(run), np.inf), where=run > 0)
    return np.maximum(np.append(chords, chords[-1]), np.append(chords[0], chords))
