r"""Estimates the model's discrepancy along each curve by its marginal likelihood.

About a best fit the residuals are linear in the parameters, :math:`r + J \delta`. With a normal distribution
of the places :math:`\delta` that is as wide as the bounds, precision :math:`\Lambda`, and the covariance
:math:`C(s, l)` of the residuals (``noise``), the parameters are integrated out:

.. math::
   -2 \ln L(s, l) = \ln|C| + \ln|A| + r^T C^{-1} r - b^T A^{-1} b, \quad
   A = J^T C^{-1} J + \Lambda, \quad b = J^T C^{-1} r,

the restricted likelihood of linear models. What the parameters have taken up of the misfit is not mistaken
for agreement, so that an estimate from the residuals of an ordinary fit is not too small. Source: the
marginal likelihood of Gaussian processes with a linear mean, known from textbooks; assumed: no one text was
at hand.
"""

from collections.abc import Sequence

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize

from coreshell_model.base.intervals import Array
from coreshell_model.infer.curves import MeasuredCurve
from coreshell_model.infer.noise import CurveNoise, Points, covariance
from coreshell_model.infer.reading import Problem

PRECISION = 12.0
"""1/variance of a place that is uniform between its bounds."""

MOST_POINTS = 150
"""Points of a half-cycle for an estimate; longer ones are thinned for it."""

SIZES = (0.03, 1e3)
"""Least and largest discrepancy that is looked for, in median standard deviations of the curve's points."""

SHORTEST = 2.0
"""Least length, in distances between points: a shorter discrepancy would be noise."""

LONGEST = 0.5
"""Largest length as a share of the longest half-cycle: a longer discrepancy is the same at all points."""

GRID = 9, 7
"""Sizes and lengths from the best of which the likelihood is maximised."""

WORTH = 2.0
"""Fall of -2 ln L, about that of a parameter that explains chance alone (Akaike's two), from which there is
a discrepancy."""

PASSES = 2
"""Times that each of several curves is estimated, given the discrepancies of the others."""


def has_discrepancy(problem: Problem) -> bool:
    """True where the problem lets the model be off: along its curves, else by noise that is inflated."""
    of_a_curve = any(curve.section.discrepancy for _, curve in problem.curves)
    return problem.file.discrepancy is not None or of_a_curve


def discrepancies(
    problem: Problem, table: Array, points: Sequence[Sequence[Points]]
) -> tuple[CurveNoise, ...]:
    """The discrepancy of each curve by the residuals of a best fit.

    Parameters
    ----------
    problem : what was fitted
    table : derivatives of the residuals of data and priors by the places and, in the last column, these
        residuals, in stated standard deviations
    points : of each curve, by half-cycle
    """
    noises = [CurveNoise()] * len(problem.curves)
    places, blocks = _blocks(problem, table, points)
    with_one = [n for n, (_, curve) in enumerate(problem.curves) if curve.section.discrepancy]
    for _ in range(PASSES if len(with_one) > 1 else 1):
        for number in with_one:
            rest = places + sum(
                (_products(block, noises[other])[1] for other, block in blocks.items() if other != number),
                np.zeros_like(places),
            )
            noises[number] = _estimated(problem.curves[number][1], blocks[number], rest)
    return tuple(noises)


Block = Sequence[tuple[Points, Array]]
"""Half-cycles of a curve, each with its rows of the table."""


def _blocks(
    problem: Problem, table: Array, points: Sequence[Sequence[Points]]
) -> tuple[Array, dict[int, Block]]:
    """Products of the columns over all but the curves, with the precision of the bounds; blocks of curves."""
    begin, blocks = len(problem.scalars), {}
    others = [table[:begin]]
    for number, of_curve in enumerate(points):
        block = []
        for inside in of_curve:
            count = len(inside.axis)
            kept = slice(None, None, -(-count // MOST_POINTS))
            block.append((Points(inside.axis[kept], inside.sd[kept]), table[begin : begin + count][kept]))
            begin += count
        blocks[number] = block
    others.append(table[begin:])
    rows = np.vstack(others)
    bounds = PRECISION * np.eye(table.shape[1])
    bounds[-1, -1] = 0.0
    return rows.T @ rows + bounds, blocks


def _products(block: Block, noise: CurveNoise) -> tuple[float, Array]:
    """ln|C| of a curve, and the products of its whitened columns."""
    log_determinant, products = 0.0, 0.0
    for points, table in block:
        factor = cholesky(covariance(points.axis, noise.sd / points.sd, noise.length), lower=True)
        white = solve_triangular(factor, table, lower=True, check_finite=False)
        log_determinant += 2.0 * float(np.log(np.diag(factor)).sum())
        products = products + white.T @ white
    return log_determinant, np.asarray(products)


def _estimated(curve: MeasuredCurve, block: Block, rest: Array) -> CurveNoise:
    """The discrepancy of greatest marginal likelihood; what the problem states stays as it is."""
    scale, length = curve.section.stated_discrepancy
    unit = float(np.median(curve.sd))
    longest = max(float(np.ptp(points.axis)) for points, _ in block)
    spacing = max(float(np.median(np.diff(points.axis))) for points, _ in block if len(points.axis) > 1)
    bounds = [
        _bounds(scale, SIZES[0] * unit, SIZES[1] * unit),
        _bounds(length, SHORTEST * spacing, max(LONGEST * longest, 2 * SHORTEST * spacing)),
    ]

    def deviance(logs: Array) -> float:
        return _deviance(block, rest, *map(float, np.exp(logs)))

    grids = [
        np.linspace(low, high, count if high > low else 1)
        for (low, high), count in zip(bounds, GRID, strict=True)
    ]
    points = [np.array([size, length]) for size in grids[0] for length in grids[1]]
    start = min(points, key=deviance)
    best = minimize(deviance, start, method="L-BFGS-B", bounds=bounds)
    logs = best.x if best.fun <= deviance(start) else start
    if scale is None and deviance(logs) > _deviance(block, rest, 0.0, 1.0) - WORTH:
        return CurveNoise()
    return CurveNoise(*map(float, np.exp(logs)))


def _bounds(stated: float | None, low: float, high: float) -> tuple[float, float]:
    low, high = (low, high) if stated is None else (stated, stated)
    return float(np.log(low)), float(np.log(high))


def _deviance(block: Block, rest: Array, sd: float, length: float) -> float:
    """-2 ln L but for a constant."""
    log_determinant, products = _products(block, CurveNoise(sd, length))
    products = products + rest
    factor = cholesky(products[:-1, :-1], lower=True)
    projected = solve_triangular(factor, products[:-1, -1], lower=True)
    log_places = 2.0 * float(np.log(np.diag(factor)).sum())
    return log_determinant + log_places + float(products[-1, -1] - projected @ projected)
