"""How much a measurement would tell of a quantity: expected information gain, by re-weighting draws."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.base.intervals import Array, effective_draws, interval, mean_and_sd

REPEATS = 8
"""Noisy measurements that are simulated for each draw taken as the truth."""


@dataclass(frozen=True)
class Gain:
    """What a measurement is expected to tell of a quantity.

    Attributes
    ----------
    information : expected gain [nat]: the mean of ln(sd before / sd after); n effective draws show at most
        ½ ln n of it
    before, after : standard deviation of the quantity now, and the expected one
    linear : the same information for a Gaussian with the draws' means and covariances, as a cross-check
    effective : median number of draws that are left after re-weighting
    """

    information: float
    before: float
    after: float
    linear: float
    effective: float


@dataclass(frozen=True)
class Check:
    """How re-weighting fared with data simulated from draws that were held out.

    Attributes
    ----------
    information : mean of ln(sd before / sd after) [nat]
    covered : share of the truths inside the 95 % interval found
    truths : how many there were
    effective : median number of draws left
    """

    information: float
    covered: float
    truths: int
    effective: float


def expected_gain(target: Array, seen: Array, errors: Array, weights: Array, seed: int = 0) -> Gain:
    """Expected information gain about a quantity by nested Monte Carlo over draws.

    Each draw in turn, by its weight, is the truth; its data with normal errors re-weight all other draws.

    Parameters
    ----------
    target : the quantity, a number a draw
    seen : what the measurement would show, a row a draw
    errors : standard deviation of each column
    weights : of the draws, adding up to 1
    seed : of the errors
    """
    rng = np.random.default_rng(seed)
    before = mean_and_sd(target, weights)[1]
    if before == 0 or not seen.shape[1]:
        return Gain(0.0, before, before, 0.0, effective_draws(weights))
    logs, after, left, share = [], [], [], []
    for truth in range(len(target)):
        others = np.arange(len(target)) != truth
        prior = weights[others] / weights[others].sum()
        own = mean_and_sd(target[others], prior)[1]
        for _ in range(REPEATS):
            data = seen[truth] + errors * rng.standard_normal(len(errors))
            new = reweighted(data, seen[others], errors, prior)
            sd = _spread(target[others], new, own)
            logs.append(np.log(own / sd))
            after.append(sd)
            left.append(effective_draws(new))
            share.append(weights[truth])
    found = np.average(logs, weights=share), np.average(after, weights=share)
    linear = linear_gain(target, seen, errors, weights)
    return Gain(float(found[0]), before, float(found[1]), linear, float(np.median(left)))


def linear_gain(target: Array, seen: Array, errors: Array, weights: Array) -> float:
    """Information [nat] of a Gaussian with the draws' covariances: ½ ln(var before / var after)."""
    mean, centre = weights @ target, weights @ seen
    off, away = target - mean, seen - centre
    cross = (weights * off) @ away
    spread = (away * weights[:, None]).T @ away + np.diag(errors**2)
    before = float(weights @ off**2)
    after = before - float(cross @ np.linalg.solve(spread, cross))
    return float(0.5 * np.log(before / max(after, np.finfo(float).tiny))) if before > 0 else 0.0


def held_out_check(
    truths: Array, data: Array, target: Array, seen: Array, errors: Array, weights: Array, seed: int = 0
) -> Check:
    """Re-weight draws with noisy data of truths that are not among them, and see what comes out.

    Parameters
    ----------
    truths, data : the quantity and what is seen, of the draws held out
    target, seen, errors, weights : as in ``expected_gain``, of all others
    """
    rng = np.random.default_rng(seed)
    before = mean_and_sd(target, weights)[1]
    logs, covered, left = [], [], []
    for truth, shown in zip(truths, data, strict=True):
        new = reweighted(shown + errors * rng.standard_normal(len(errors)), seen, errors, weights)
        sd = _spread(target, new, before)
        logs.append(np.log(before / sd) if before > 0 else 0.0)
        ends = interval(target, new)
        covered.append(ends is not None and ends[0] <= truth <= ends[1])
        left.append(effective_draws(new))
    return Check(float(np.mean(logs)), float(np.mean(covered)), len(truths), float(np.median(left)))


def reweighted(data: Array, seen: Array, errors: Array, weights: Array) -> Array:
    """Weights of draws after a measurement with independent normal errors, adding up to 1."""
    logs = -0.5 * (((seen - data) / errors) ** 2).sum(axis=1)
    new = weights * np.exp(logs - logs[weights > 0].max())
    return new / new.sum()


def _spread(target: Array, weights: Array, before: float) -> float:
    """Standard deviation after re-weighting, before²/n added to the variance for n effective draws.

    Weights that have nothing to do with the quantity leave before² (1 - 1/n) of its variance on average, so
    that a measurement that tells nothing gains nothing however few draws are left.
    """
    return float(np.hypot(mean_and_sd(target, weights)[1], before / np.sqrt(effective_draws(weights))))
