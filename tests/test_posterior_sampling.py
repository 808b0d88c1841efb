"""Sampling against known densities: what comes out is the posterior, whatever the surrogate's quality."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from densities import Density, banana, gaussian, on_a_grid

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import effective_draws, mean_and_sd, probability, quantiles
from coreshell_model.infer import surrogate
from coreshell_model.infer.chain import walk
from coreshell_model.infer.posterior_folder import EVALUATIONS, KeptSampling
from coreshell_model.infer.surrogate import Centre, first_points, folded
from coreshell_model.infer.weights import (
    fewest_draws,
    pareto_shape,
    pooled,
    thinned,
)

DRAWS = 1500
"""Of the known densities: a standard error of 0.026 standard deviations in a mean."""


def moments(found):
    mean = found.weights @ found.places
    away = found.places - mean
    return mean, away.T @ (away * found.weights[:, None])


@pytest.mark.long
def test_a_correlated_gaussian_gives_its_mean_covariance_and_quantiles():
    """Four standard errors of 1500 draws: 0.10 sd in a mean, 7 % of a deviation, 0.10 in a correlation."""
    density, covariance = gaussian(5)
    found = density.sampled(DRAWS)
    sd = np.sqrt(np.diag(covariance))
    mean, spread = moments(found)
    assert found.effective >= DRAWS
    assert found.warnings == ()
    assert np.abs((mean - density.best) / sd).max() < 0.10
    assert np.sqrt(np.diag(spread)) == pytest.approx(sd, rel=0.07)
    correlations = covariance / np.outer(sd, sd)
    assert np.abs(spread / np.sqrt(np.outer(np.diag(spread), np.diag(spread))) - correlations).max() < 0.10
    low, high = quantiles(found.places[:, 0], found.weights, (0.025, 0.975))
    assert (low - density.best[0]) / sd[0] == pytest.approx(-1.96, abs=0.28)
    assert (high - density.best[0]) / sd[0] == pytest.approx(1.96, abs=0.28)


@pytest.mark.long
def test_a_bent_density_that_bounds_cut_off_gives_its_quantiles():
    """Against a grid of 1.4 million places; four standard errors of the median are 0.13 sd, 5 %: 0.22 sd."""
    found = Density(banana, [0.15, 0.25]).sampled(DRAWS)
    grid, share = on_a_grid(banana)
    assert found.effective >= DRAWS
    for column in range(2):
        _, sd = mean_and_sd(grid[:, column], share)
        wanted = quantiles(grid[:, column], share, (0.05, 0.5, 0.95))
        drawn = quantiles(found.places[:, column], found.weights, (0.05, 0.5, 0.95))
        assert np.abs(drawn - wanted)[1] < 0.13 * sd
        assert np.abs(drawn - wanted).max() < 0.22 * sd


@pytest.mark.long
def test_a_wrong_surrogate_costs_draws_and_changes_nothing_else(monkeypatch):
    """Made half as sure and shifted, it leaves it to the weights to put the mean and the width right."""
    density, covariance = gaussian(2)
    right = surrogate.Surrogate.chi_squared
    monkeypatch.setattr(
        surrogate.Surrogate, "chi_squared", lambda self, places, each: 0.5 * right(self, places - 0.5 * sd)
    )
    sd = np.sqrt(np.diag(covariance))
    found = density.sampled(DRAWS)
    mean, spread = moments(found)
    assert min(one.effective / len(one.keys) for one in found.rounds) < 0.8
    assert np.abs((mean - density.best) / sd).max() < 0.12
    assert np.sqrt(np.diag(spread)) == pytest.approx(sd, rel=0.08)


@pytest.mark.long
def test_where_runs_fail_there_is_no_posterior():
    """A Gaussian cut off at its mean by failures: mean 0.80 sd below it, sd 0.60; the failures are told."""
    density, covariance = gaussian(2)
    whole, sd = density.residuals, np.sqrt(covariance[0, 0])
    density.residuals = lambda place: whole(place) if place[0] <= density.best[0] + 1e-4 else None
    found = density.sampled(600)
    mean, spread = moments(found)
    assert found.places[:, 0].max() <= density.best[0] + 1e-4
    assert (mean[0] - density.best[0]) / sd == pytest.approx(-np.sqrt(2 / np.pi), abs=0.10)
    assert np.sqrt(spread[0, 0]) / sd == pytest.approx(np.sqrt(1 - 2 / np.pi), rel=0.15)
    assert found.failed > 0
    assert any("count as impossible" in text for text in found.warnings)


def test_a_density_that_fails_everywhere_is_refused():
    """With the reason, and what to do."""
    density, _ = gaussian(2)
    centre = density.centre()
    density.centre, density.residuals = (lambda: centre), (lambda place: None)
    with pytest.raises(InputError, match=r"0 of 41 first evaluations succeeded.*the run failed"):
        density.sampled()


def test_too_few_evaluations_are_told():
    """Of 150 allowed 41 are first points, which leaves a hundred draws, not 400; of 100 nothing is left."""
    density, _ = gaussian(2)
    found = density.sampled(400, most=150)
    assert found.evaluations <= 150 + 30  # the warm points of the last round
    assert any("independent ones, not 400" in text for text in found.warnings)
    with pytest.raises(
        InputError, match="evaluations is 100; 41 first points and some draws need at least 141"
    ):
        density.sampled(400, most=100)


def test_walkers_over_the_whole_box_are_uniform():
    """Each fifth of a box of four dimensions holds a fifth of the draws, to four standard errors, 0.025."""
    begin = np.random.default_rng(0).uniform(0.4, 0.6, (32, 4))
    chain = walk(lambda places: np.zeros(len(places)), begin, 4000, seed=2)
    shares = np.stack([np.histogram(one, np.linspace(0, 1, 6))[0] for one in chain.places.T]) / 4000
    assert chain.converged
    assert np.abs(shares - 0.2).max() < 0.025


def test_walkers_have_the_width_of_a_gaussian_of_twelve_dimensions():
    """4000 draws know a standard deviation to 1.1 %; the snooker move of emcee would be 7 % off, or more."""
    begin = np.random.default_rng(0).uniform(0.4, 0.6, (48, 12))
    chain = walk(lambda places: -0.5 * np.sum(((places - 0.5) / 0.05) ** 2, axis=1), begin, 4000, seed=2)
    assert chain.places.std(axis=0) / 0.05 == pytest.approx(np.ones(12), abs=0.045)
    assert chain.steps >= 50 * chain.autocorrelation_times.max()
    assert 0.1 < chain.acceptance < 0.6


def test_a_chain_that_is_too_short_says_so():
    """A thousand steps of a density of ten dimensions are fewer than 50 autocorrelation times."""
    begin = np.random.default_rng(0).uniform(0.4, 0.6, (40, 10))
    chain = walk(lambda p: -0.5 * np.sum(((p - 0.5) / 0.05) ** 2, axis=1), begin, 10, 2, most_steps=1000)
    assert not chain.converged
    assert chain.steps == 1000


def test_a_surrogate_follows_a_curved_function_and_knows_where_it_does_not():
    """300 points of three residuals, one of them a thousand far off: near them it is right to its own error.

    Between the points the error is some hundredths of a standard deviation; where there are none it grows.
    """
    rng = np.random.default_rng(0)

    def residuals(places):
        x, y = places.T
        return np.stack(
            [10 * (x - 0.5), 8 * (y - 0.5) + 20 * (x - 0.5) ** 2, np.exp(6 * (x + y - 1))], axis=1
        )

    places = rng.uniform(0.3, 0.7, (300, 2))
    places[:10] = rng.uniform(0.9, 1.0, (10, 2))
    known = residuals(places)
    learned = surrogate.surrogate(places, known, np.sum(known**2, axis=1), rng)
    inside, outside = rng.uniform(0.35, 0.65, (200, 2)), np.array([[0.05, 0.95], [0.95, 0.05]])
    found, error = learned.components(inside)
    off = found @ learned.basis.T - residuals(inside)
    assert np.sqrt(np.mean(off**2)) < 0.05
    assert np.sqrt(np.mean(error**2)) < 0.1
    assert learned.components(outside)[1].max() > 3 * error.max()
    assert learned.total_error < 0.2


def test_a_residual_that_is_steep_in_a_few_of_many_parameters_is_followed_along_its_valley():
    """A capacity of 134 +- 1 as a product of three of 18 parameters, which spans 300 deviations over the box.

    Known within 15 of them. In single precision even what was learned would come back 0.3 off.
    """
    rng = np.random.default_rng(2)

    def residuals(places):
        capacity = (100 + 350 * places[:, 0]) * (1 - 0.8 * places[:, 1]) / (1 + 0.6 * places[:, 2])
        return np.stack([capacity - 134, 3 * (places[:, 3] - 0.5)], axis=1)

    box = rng.uniform(size=(60_000, 18))
    places = box[np.abs(residuals(box)[:, 0]) < 15][:1000]
    known = residuals(places)
    learned = surrogate.surrogate(places[:900], known[:900], np.sum(known[:900] ** 2, axis=1), rng)
    off = learned.components(places)[0] @ learned.basis.T - known
    assert np.sqrt(np.mean(off[:900] ** 2)) < 0.05
    assert np.sqrt(np.mean(off[900:] ** 2)) < 0.3


def test_of_too_many_points_some_around_the_posterior_are_learned_and_a_wall_there_is_known(monkeypatch):
    """600 points in the posterior would fill the surrogate; the 60 up a wall beyond are learned still."""
    monkeypatch.setattr(surrogate, "MOST_LEARNED", 400)
    rng = np.random.default_rng(4)
    places = rng.uniform([0.3, 0.3], [0.6, 0.7], (660, 2))
    places[600:, 0] = rng.uniform(0.75, 0.93, 60)

    def residuals(places):
        return np.stack([8 * (places[:, 1] - 0.5), 150 * np.maximum(places[:, 0] - 0.65, 0)], axis=1)

    known = residuals(places)
    learned = surrogate.surrogate(places, known, np.sum(known**2, axis=1), rng)
    assert len(learned.points) == 400
    assert learned.chi_squared(np.array([[0.45, 0.5]]))[0] < 1
    assert learned.chi_squared(np.array([[0.9, 0.5]]))[0] > 300


def test_threads_change_nothing_that_a_surrogate_says():
    rng = np.random.default_rng(5)
    places = rng.uniform(0.3, 0.7, (80, 3))
    known = 10 * (places - 0.5)
    learned = surrogate.surrogate(places, known, np.sum(known**2, axis=1), rng)
    there = rng.uniform(size=(7, 3))
    with ThreadPoolExecutor(2) as threads:
        assert np.array_equal(learned.chi_squared(there, threads.map), learned.chi_squared(there))


def test_first_points_are_as_wide_as_the_derivatives_say_and_stay_in_the_box():
    """Widths are 0.7, 1.2 and 2 in turns: 1.4 on average; nothing known: as wide as a uniform density."""
    jacobian = np.array([[50.0, 0.0], [0.0, 0.0]])
    places = first_points(Centre(np.array([[0.5, 0.5]]), jacobian), np.random.default_rng(0))
    assert places.min() >= 0
    assert places.max() <= 1
    assert places[:, 0].std() == pytest.approx(1.4 / 50, rel=0.2)
    assert places[:, 1].std() == pytest.approx(np.sqrt(1 / 12), rel=0.25)
    assert folded(np.array([-0.1, 0.3, 1.2, 2.1])) == pytest.approx([0.1, 0.3, 0.8, 0.1])


def test_kish_s_effective_draws():
    """n for equal weights, 1 for a single one, 0 for none; (3)²/(1 + 4) for weights 1 and 2."""
    assert effective_draws(np.ones(7)) == pytest.approx(7)
    assert effective_draws(np.array([0.0, 5.0])) == pytest.approx(1)
    assert effective_draws(np.array([1.0, 2.0])) == pytest.approx(9 / 5)
    assert effective_draws(np.zeros(3)) == 0


@pytest.mark.parametrize("shape", [0.2, 0.5, 1.0])
def test_the_pareto_shape_of_pareto_weights_is_found(shape):
    """u^-k of uniform u has the shape k; 4000 of them know it to 0.15 (three standard errors)."""
    weights = np.random.default_rng(4).uniform(size=4000) ** -shape
    assert pareto_shape(weights) == pytest.approx(shape, abs=0.2)
    assert pareto_shape(weights[:20]) is None


def test_thinned_draws_keep_means_and_become_alike():
    """Rejection control: the mean of many weighted draws to 2 %, weights between the cut and the largest."""
    rng = np.random.default_rng(6)
    values, uniform = rng.normal(size=50_000), rng.uniform(size=50_000)
    weights = np.exp(0.5 * values)  # of a normal density about 0.5
    kept, new = thinned(weights, float(np.quantile(weights, 0.99)), uniform)
    assert new @ values[kept] == pytest.approx(0.5, abs=0.03)
    assert effective_draws(new) > 0.99 * len(kept)
    assert effective_draws(weights) < 0.85 * len(weights)


def test_the_fewest_draws_that_are_enough_are_kept():
    """Even weights: all of them at the highest cut. Not enough of any: all with their weights."""
    uniform = np.random.default_rng(0).uniform(size=100)
    kept, weights, quantile = fewest_draws(np.full(100, 0.01), 80, uniform)
    assert (len(kept), quantile) == (100, 1.0)
    uneven = np.arange(1.0, 101.0)
    kept, weights, quantile = fewest_draws(uneven / uneven.sum(), 90, uniform)
    assert (len(kept), quantile) == (100, 0.0)
    assert weights.sum() == pytest.approx(1)


def test_batches_count_by_their_effective_draws():
    """Weights are comparable within a batch only; one of ten effective draws weighs ten times one of one."""
    weights = pooled([np.full(10, 1e-9), np.array([5.0, 0.0])])
    assert weights[:10] == pytest.approx(np.full(10, 1 / 11))
    assert weights[10:] == pytest.approx([1 / 11, 0.0])


def test_weighted_quantiles_are_those_of_repeated_values():
    """A draw of weight 3 is three draws; the median of 1, 2, 3 is 2; rows are taken column by column."""
    rng = np.random.default_rng(1)
    values, weights = rng.normal(size=400), rng.integers(1, 4, 400)
    repeated = np.repeat(values, weights)
    wanted = np.quantile(repeated, [0.16, 0.5, 0.84], method="hazen")
    assert quantiles(values, weights, (0.16, 0.5, 0.84)) == pytest.approx(wanted, abs=0.02)
    assert quantiles(np.array([3.0, 1.0, 2.0]), np.ones(3), (0.5,)) == pytest.approx([2.0])
    table = np.stack([values, 10 * values], axis=1)
    assert quantiles(table, weights, (0.5,))[0, 1] == pytest.approx(
        10 * quantiles(values, weights, (0.5,))[0]
    )
    assert probability(values > 0, weights / weights.sum()) == pytest.approx(np.mean(repeated > 0))


PROGRAM = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from densities import gaussian
from coreshell_model.infer.posterior_folder import KeptSampling
density, _ = gaussian(2)
plain = density.residuals
density.residuals = lambda place: (time.sleep(0.004), plain(place))[1]
kept = KeptSampling(Path(sys.argv[1]))
kept.begin({"Problem": "gaussian"}, resume=False)
density.sampled(100, kept=kept)
"""


@pytest.mark.long
def test_a_sampling_that_was_killed_goes_on_with_every_evaluation_it_had(tmp_path):
    """SIGKILL in the first round: none of those on disk is done again, the draws are the undisturbed ones."""
    tests = str(Path(__file__).parent)
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path), tests])
    path, deadline = tmp_path / EVALUATIONS, time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and path.read_bytes().count(b"\n") > 60:
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with path.open("a") as lines:
        lines.write('{"Round": 1, "Poi')  # as if it was killed while writing
    kept = KeptSampling(tmp_path)
    kept.begin({"Problem": "gaussian"}, resume=True)
    there = set(kept.evaluations)
    assert 60 < len(there) < 171
    density, _ = gaussian(2)
    resumed = density.sampled(100, kept=kept)
    assert not there & set(density.asked)
    again = KeptSampling(tmp_path)
    again.begin({"Problem": "gaussian"}, resume=True)
    assert set(again.evaluations) == set(kept.evaluations)
    undisturbed, _ = gaussian(2)
    whole = undisturbed.sampled(100)
    assert resumed.places == pytest.approx(whole.places, rel=1e-12)
    assert resumed.weights == pytest.approx(whole.weights, rel=1e-9)


def test_draws_worth_all_but_a_thousandth_of_those_wanted_are_enough():
    """A surrogate that is all but exact gives 99.99997 of 100: no second round for the rest, no warning."""
    density = Density(lambda place: np.array([20 * (place[0] - 0.5) + 2 * (place[0] - 0.5) ** 2]), [0.5])
    found = density.sampled(100, most=3000)
    assert 99.9 < found.rounds[0].effective < 100
    assert len(found.rounds) == 1 and found.warnings == ()
