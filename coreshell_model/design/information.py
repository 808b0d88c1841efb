"""Expected information gain: how much a measurement would narrow a quantity, by re-weighting draws."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.base.intervals import Array, effective_draws, interval, mean_and_sd

REPEATS = 8
"""Noisy measurements simulated for each draw that is taken as the truth."""


@dataclass(frozen=True)
class Gain:
    """The expected gain of a measurement about a quantity.

    Attributes
    ----------
    information : expected gain [nat]: the mean of ln(sd before / sd after); n effective draws show at most
        ½ ln n
    before, after : standard deviation of the quantity now, and the expected one after the measurement
    linear : the same information for a Gaussian with the draws' means and covariances, as a cross-check
    effective : median number of effective draws after re-weighting
    """

    information: float
    before: float
    after: float
    linear: float
    effective: float


@dataclass(frozen=True)
class Check:
    """How well re-weighting recovers truths, from simulated data of draws that were held out.

    Attributes
    ----------
    information : mean of ln(sd before / sd after) [nat]
    covered : share of the truths inside the 95 % interval after re-weighting
    truths : number of truths
    effective : median number of effective draws after re-weighting
    """

    information: float
    covered: float
    truths: int
    effective: float


def expected_gain(target: Array, predictions: Array, errors: Array, weights: Array, seed: int = 0) -> Gain:
    """Expected information gain about a quantity by nested Monte Carlo over draws.

    Each draw in turn is taken as the truth; its data with normal errors re-weight all other draws. The means
    over the truths are weighted by the weights of the draws.

    Parameters
    ----------
    target : the quantity, a value for each draw
    predictions : what the measurement would give, a row for each draw
    errors : standard deviation of each column
    weights : of the draws, adding up to 1
    seed : of the errors
    """
    rng = np.random.default_rng(seed)
    before = mean_and_sd(target, weights)[1]
    if before == 0 or not predictions.shape[1]:
        return Gain(0.0, before, before, 0.0, effective_draws(weights))
    gains, sds, effective, truth_weights = [], [], [], []
    for truth in range(len(target)):
        others = np.arange(len(target)) != truth
        prior = weights[others] / weights[others].sum()
        sd_before = mean_and_sd(target[others], prior)[1]
        for _ in range(REPEATS):
            data = predictions[truth] + errors * rng.standard_normal(len(errors))
            updated = reweighted(data, predictions[others], errors, prior)
            sd = _spread(target[others], updated, sd_before)
            gains.append(np.log(sd_before / sd))
            sds.append(sd)
            effective.append(effective_draws(updated))
            truth_weights.append(weights[truth])
    information, after = (float(np.average(values, weights=truth_weights)) for values in (gains, sds))
    linear = linear_gain(target, predictions, errors, weights)
    return Gain(information, before, after, linear, float(np.median(effective)))


def linear_gain(target: Array, predictions: Array, errors: Array, weights: Array) -> float:
    """Information [nat] of a Gaussian with the draws' covariances: ½ ln(var before / var after)."""
    mean, centre = weights @ target, weights @ predictions
    target_offset, offsets = target - mean, predictions - centre
    cross = (weights * target_offset) @ offsets
    spread = (offsets * weights[:, None]).T @ offsets + np.diag(errors**2)
    before = float(weights @ target_offset**2)
    after = before - float(cross @ np.linalg.solve(spread, cross))
    return float(0.5 * np.log(before / max(after, np.finfo(float).tiny))) if before > 0 else 0.0


def held_out_check(
    truths: Array,
    data: Array,
    target: Array,
    predictions: Array,
    errors: Array,
    weights: Array,
    seed: int = 0,
) -> Check:
    """Re-weight draws with noisy data of truths that are not among them, and compare with the truths.

    Parameters
    ----------
    truths, data : the quantity and the noiseless data of the draws held out
    target, predictions, errors, weights : as in ``expected_gain``, of all other draws
    """
    rng = np.random.default_rng(seed)
    before = mean_and_sd(target, weights)[1]
    gains, covered, effective = [], [], []
    for truth, prediction in zip(truths, data, strict=True):
        noisy = prediction + errors * rng.standard_normal(len(errors))
        updated = reweighted(noisy, predictions, errors, weights)
        sd = _spread(target, updated, before)
        gains.append(np.log(before / sd) if before > 0 else 0.0)
        ends = interval(target, updated)
        covered.append(ends is not None and ends[0] <= truth <= ends[1])
        effective.append(effective_draws(updated))
    return Check(float(np.mean(gains)), float(np.mean(covered)), len(truths), float(np.median(effective)))


def reweighted(data: Array, predictions: Array, errors: Array, weights: Array) -> Array:
    """Weights of draws after a measurement with independent normal errors, adding up to 1."""
    logs = -0.5 * (((predictions - data) / errors) ** 2).sum(axis=1)
    new = weights * np.exp(logs - logs[weights > 0].max())
    return new / new.sum()


def _spread(target: Array, weights: Array, before: float) -> float:
    """Standard deviation after re-weighting, with before²/n added to the variance for n effective draws.

    Weights that have nothing to do with the quantity leave a variance of before² (1 - 1/n) on average. With
    the added term a measurement that says nothing has no gain, however few draws are effective.
    """
    return float(np.hypot(mean_and_sd(target, weights)[1], before / np.sqrt(effective_draws(weights))))
