r"""The distribution of a single parameter by its profile, as its place for a standard normal number.

The signed root of the rise of chi-squared along a profile,

.. math:: r(p) = \pm \sqrt{\Delta\chi^2(p)},

is a standard normal number where the curves respond linearly, and nearly one on any scale of the parameter.
So the place at which it has a value is the quantile of that value: the ends of the intervals are those of
the profile, however lopsided it is. A side that stays open up to its bound has no such quantile; the
parameter then has the density exp(-r²/2) between its bounds.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import norm

from coreshell_model.base.intervals import Array
from coreshell_model.infer.profile import THRESHOLDS

Marginal = Callable[[Array], Array]
"""Places, 0 at the lower bound and 1 at the upper one, for standard normal numbers."""

GRID = 2001
"""Places at which the density of an open parameter is tabulated."""


def normal_marginal(place: float, sd: float) -> Marginal:
    """The normal distribution about a place, of a parameter without a profile."""
    return lambda normal: place + sd * normal


def profile_marginal(place: float, places: Sequence[float], rises: Sequence[float]) -> Marginal | None:
    """The distribution by a profile.

    Parameters
    ----------
    place : of the best fit
    places : of the parameter at the points of the profile, ascending, with that of the best fit
    rises : of chi-squared at these points

    Returns
    -------
    None where the profile has no point beside the best fit.
    """
    at, roots = np.array(places, dtype=float), np.sqrt(np.maximum(rises, 0.0))
    below, roots_below = _side(place, at, roots, -1.0)
    above, roots_above = _side(place, at, roots, 1.0)
    if len(below) == len(above) == 1:
        return None
    where = np.concatenate([below[:0:-1], above])
    signed = np.concatenate([-roots_below[:0:-1], roots_above])
    closed = np.sqrt(THRESHOLDS[-1])
    if min(roots_below[-1], roots_above[-1]) >= closed:
        return lambda normal: _on_line(normal, signed, where)
    grid = np.linspace(0.0, 1.0, GRID)
    root = _on_line(grid, where, signed)
    if roots_below[-1] < closed:  # what the profile did not reach is no less likely than its end
        root[grid < below[-1]] = roots_below[-1]
    if roots_above[-1] < closed:
        root[grid > above[-1]] = roots_above[-1]
    density = np.exp(-0.5 * root**2)
    below_grid = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    return lambda normal: np.interp(norm.cdf(normal), below_grid / below_grid[-1], grid)


def _side(place: float, places: Array, roots: Array, sign: float) -> tuple[Array, Array]:
    """Places of one side from the best fit outwards, and their roots, which never fall."""
    outwards = np.argsort(sign * places)
    outwards = outwards[sign * (places[outwards] - place) > 0]
    where = np.concatenate([[place], places[outwards]])
    return where, np.maximum.accumulate(np.concatenate([[0.0], roots[outwards]]))


def _on_line(x: Array, known: Array, values: Array) -> Array:
    """Values on the lines between known ones, and on the first and the last line beyond them."""
    inside = np.interp(x, known, values)
    for end, inner, is_beyond in ((0, 1, x < known[0]), (-1, -2, x > known[-1])):
        run = known[end] - known[inner]
        slope = (values[end] - values[inner]) / run if run else 0.0
        inside = np.where(is_beyond, values[end] + slope * (x - known[end]), inside)
    return inside
