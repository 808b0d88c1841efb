r"""How many independent data a curve is worth whose neighbouring residuals are alike.

The correlation :math:`\rho` of neighbouring residuals, in the order of the axis, makes of n points

.. math:: n_\mathrm{eff} = n \frac{1 - \rho}{1 + \rho}

independent ones, exact for the mean of a long first-order autoregressive series; for other combinations of
the points it is an estimate. Source: the effective sample size of an autoregressive series, known from
textbooks; assumed: no one text was at hand. Residuals then fall off along the axis as exp(-d/l), with the
length l = -h/ln(rho) for points that are h apart.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from coreshell_model.base.intervals import Array
from coreshell_model.infer.curves import MeasuredCurve

BY_CHANCE = 1e-4
"""Probability of so large a correlation in white noise below which neighbours count as alike."""

HIGHEST = 0.98
"""Correlation above which a curve is not counted as fewer points still: that of a hundred points to two."""


@dataclass(frozen=True)
class Correlated:
    """Residuals of a curve: correlation of neighbours, its length on the axis, points and effective points.

    Without a correlation beyond chance ``correlation`` and ``length`` are 0 and all points count.
    """

    correlation: float
    length: float
    points: int
    effective: float

    @property
    def thinned(self) -> float:
        """Points by independent ones."""
        return self.points / self.effective


def correlated(curve: MeasuredCurve, residuals: Array) -> Correlated:
    """The correlation of a curve's neighbouring residuals, over all of its half-cycles.

    Parameters
    ----------
    curve : measured
    residuals : of its points, in standard deviations
    """
    begin, products, pairs, spacings = 0, 0.0, 0, []
    mean_square = float(np.mean(residuals**2))
    for piece in curve.pieces:
        inside = residuals[begin : begin + len(piece.axis)]
        begin += len(piece.axis)
        products += float(inside[:-1] @ inside[1:])
        pairs += len(inside) - 1
        spacings += list(np.diff(piece.axis))
    points = len(residuals)
    if pairs < 1 or mean_square == 0:
        return Correlated(0.0, 0.0, points, float(points))
    correlation = products / pairs / mean_square
    if correlation < norm.isf(BY_CHANCE) / np.sqrt(pairs):
        return Correlated(0.0, 0.0, points, float(points))
    correlation = min(correlation, HIGHEST)
    length = -float(np.median(np.abs(spacings))) / float(np.log(correlation))
    return Correlated(correlation, length, points, points * (1 - correlation) / (1 + correlation))
