"""Weights of draws by importance sampling: their Pareto shape, pooling and thinning."""

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.intervals import Array, effective_draws

RELIABLE = 0.7
"""Pareto shape up to which a weighted mean is trusted: assumed, the usual limit."""

LEAST_TAIL = 10
"""Least number of weights in the tail for a Pareto shape."""

CUTS = (1.0, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2)
"""Quantiles of the weights that are tried as the cut below which draws are thinned, highest first."""


def normalised(log_weights: Array) -> Array:
    """Weights that add up to 1; all 0 where every logarithm is minus infinity."""
    highest = np.max(log_weights, initial=-np.inf)
    if not np.isfinite(highest):
        return np.zeros(len(log_weights))
    weights = np.exp(log_weights - highest)
    return weights / weights.sum()


def pareto_shape(weights: Array) -> float | None:
    """Shape k of the generalised Pareto law of the largest weights; above 0.7 a few weights decide.

    The tail is the largest min(n/5, 3 sqrt n) of n weights; None where that is fewer than ten.
    """
    tail = int(min(len(weights) / 5, 3 * np.sqrt(len(weights))))
    ordered = np.sort(weights)
    if tail < LEAST_TAIL or ordered[-tail] <= 0:
        return None
    excess = ordered[-tail:] - ordered[-tail - 1]
    return _shape(excess[excess > 0])


def _shape(excess: Array) -> float | None:
    """Shape of the generalised Pareto law of ascending numbers above 0.

    Zhang and Stephens' estimate, a posterior mean over the law's rate, pulled towards 0.5 with the weight of
    ten observations. The formulas are those of the ArviZ library (assumed from its code; the papers were not
    at hand).
    """
    count = len(excess)
    if count < LEAST_TAIL:
        return None
    grid = 30 + int(np.sqrt(count))
    rates = 1.0 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))
    rates = rates / (3.0 * excess[int(count / 4 + 0.5) - 1]) + 1.0 / excess[-1]
    shapes = np.mean(np.log1p(-rates[:, None] * excess), axis=1)
    likelihood = count * (np.log(-rates / shapes) - shapes - 1.0)
    rate = float(normalised(likelihood) @ rates)
    shape = float(np.mean(np.log1p(-rate * excess)))
    return (count * shape + 10 * 0.5) / (count + 10)


def pooled(batches: list[Array]) -> Array:
    """Weights of several batches as one set that adds up to 1; a batch counts by its effective draws.

    Each batch was drawn from another density, known up to a factor, so that only weights within a batch can
    be compared.
    """
    worth = np.array([effective_draws(batch) for batch in batches])
    if worth.sum() == 0:
        return np.concatenate(batches) if batches else np.array([])
    shares = worth / worth.sum()
    parts = [
        share * batch / max(batch.sum(), np.finfo(float).tiny)
        for share, batch in zip(shares, batches, strict=True)
    ]
    return np.concatenate(parts)


def thinned(weights: Array, cut: float, uniform: Array) -> tuple[NDArray[np.intp], Array]:
    """Rejection control: a draw lighter than ``cut`` is kept with probability weight/cut and gets ``cut``.

    Expected means stay the same, and fewer draws of nearly equal weight are left.

    Parameters
    ----------
    weights : of the draws
    cut : the weight below which they are thinned, above 0
    uniform : a random number from 0 to 1 for each

    Returns
    -------
    The rows that are kept, and their weights, which add up to 1.
    """
    kept = np.flatnonzero(uniform * cut < weights)
    new = np.maximum(weights[kept], cut)
    return kept, new / new.sum() if len(new) else new


def fewest_draws(weights: Array, effective: float, uniform: Array) -> tuple[NDArray[np.intp], Array, float]:
    """Thin to the fewest draws that are worth ``effective`` independent ones; all with a weight if none are.

    Returns
    -------
    The rows that are kept, their weights, and the quantile of the weights at the cut, 0 for no thinning.
    """
    for quantile in CUTS:
        cut = float(np.quantile(weights, quantile)) if len(weights) else 0.0
        if cut <= 0:
            break
        kept, new = thinned(weights, cut, uniform)
        if effective_draws(new) >= effective:
            return kept, new, quantile
    kept = np.flatnonzero(weights > 0)
    total = weights[kept].sum()
    return kept, weights[kept] / total if len(kept) else weights[kept], 0.0
