"""Draws about a best fit with the widths of its profiles, and the way to a band of a rate test."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import coreshell
from pydantic import ValidationError
from scipy.stats import chi2, spearmanr, truncnorm
from synthetic import scalar

from coreshell_model.base.errors import InputError
from coreshell_model.infer.band_content import band_content
from coreshell_model.infer.draws import read_posterior, write_posterior
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.normal_draws import DRAWS, normal_draws
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import FreeParameter, Prior, ProblemFile
from coreshell_model.infer.reading import problem as read_parts
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.show.cli.predict import _as_typed

CORRELATION = 0.6


def free(path, lower, upper, scale, unit, prior=None):
    section = FreeParameter(
        path=path,
        shared=["core_shell"],
        lower=lower,
        upper=upper,
        scale=scale,
        unit=unit,
        start=None,
        prior=prior,
    )
    return Free(path, ("core_shell",), section, lower)


def fitted(value, sd, section):
    return SimpleNamespace(value=value, sd=sd, scale=section.scale, lower=section.lower, upper=section.upper)


@pytest.fixture
def problem():
    """Two parameters, one of them logarithmic, far from their bounds."""
    parameters = (
        free("core.sloping.capacity", 50.0, 400.0, "linear", "mAh/g"),
        free("core.clusters.rate", 1e-8, 1e-1, "log", "1/s"),
    )
    material = read_material("core_shell")
    return SimpleNamespace(
        name="p",
        parameters=parameters,
        materials={"core_shell": material},
        file=ProblemFile.model_validate(
            {"parameters": [each.section for each in parameters], "observations": [scalar("ICE", 0.8, 0.01)]}
        ),
        data=100,
        curves=(),
        untouched=(),
    )


def result(
    problem, sd=(5.0, 0.5), values=(200.0, 1e-4), withheld=False, correlation=CORRELATION, profiles=()
):
    """A finished fit, with standard deviations in mAh/g and of the logarithm."""
    parameters = [
        fitted(value, width, each.section)
        for value, width, each in zip(values, sd, problem.parameters, strict=True)
    ]
    return SimpleNamespace(
        parameters=tuple(parameters),
        correlations=((1.0, correlation), (correlation, 1.0)),
        profiles=profiles,
        chi_squared=90.0,
        completed=True,
        first=None,
        inflation=1.0,
        quality=SimpleNamespace(withheld=withheld, described=True, noise=Noise(1.0)),
    )


def test_draws_have_values_widths_and_correlation_of_the_fit(problem):
    """Of the logarithm where the parameter is logarithmic."""
    posterior = normal_draws(problem, result(problem), count=20_000, seed=3)
    capacity, rate = posterior.values[:, 0], np.log(posterior.values[:, 1])
    assert capacity.mean() == pytest.approx(200, abs=0.2) and capacity.std() == pytest.approx(5, rel=0.03)
    assert rate.mean() == pytest.approx(np.log(1e-4), abs=0.02) and rate.std() == pytest.approx(0.5, rel=0.03)
    assert np.corrcoef(capacity, rate)[0, 1] == pytest.approx(CORRELATION, abs=0.02)
    assert posterior.chi_squared.mean() == pytest.approx(90 + 2, abs=0.1)


def test_what_the_data_leave_open_is_spread_between_the_bounds(problem):
    """A number without a standard deviation, and one whose best fit is on its bound: never beyond either."""
    posterior = normal_draws(problem, result(problem, sd=(None, 0.5), values=(50.0, 1e-4), correlation=0.0))
    capacity = posterior.values[:, 0]
    assert len(capacity) == DRAWS and capacity.min() >= 50 and capacity.max() <= 400 and capacity.std() > 30


def profile_of(section, values, rises):
    """The points of a profile, as a result has them."""
    return tuple(
        {"Rise of chi-squared": rise, section.name: value} for value, rise in zip(values, rises, strict=True)
    )


ROOT_68, ROOT_95 = np.sqrt(chi2.ppf((0.68, 0.95), 1))


def lopsided(problem):
    """Capacity 200 with ends at 190 and 240 (68 %), 180 and 300 (95 %); a rate that may be higher by far."""
    capacity, rate = problem.parameters
    squares = np.square([2.3, ROOT_95, ROOT_68, 0.0, ROOT_68, ROOT_95, 2.1])
    capacities = profile_of(capacity, [176, 180, 190, 200, 240, 300, 310], squares)
    rates = profile_of(rate, [2e-5, 5e-5, 1e-4, 1e-3, 1e-2], np.square([2.0, ROOT_68, 0.0, ROOT_68, 2.0]))
    return capacities, rates


def test_draws_have_the_lopsided_intervals_of_the_profiles(problem):
    """At the 68 and at the 95 % level, on a linear and on a logarithmic scale; correlated as the fit says."""
    of_profiles = result(problem, sd=(12.0, 0.5), profiles=lopsided(problem))
    posterior = normal_draws(problem, of_profiles, count=20_000, seed=3)
    capacity, rate = posterior.values.T
    ends = np.quantile(capacity, [0.025, 0.16, 0.5, 0.84, 0.975])
    assert ends == pytest.approx([180, 190, 200, 240, 300], rel=0.012)
    logs = np.quantile(np.log10(rate), [0.16, 0.5, 0.84])
    assert logs == pytest.approx([np.log10(5e-5), -4, -3], abs=0.03)
    assert spearmanr(capacity, rate).statistic == pytest.approx(
        6 / np.pi * np.arcsin(CORRELATION / 2), abs=0.02
    )


def test_what_a_profile_leaves_open_is_drawn_up_to_the_bound(problem):
    """Evenly where chi-squared stays low, never beyond a bound; the closed side ends as the profile does."""
    capacity, rate = problem.parameters
    one_sided = profile_of(capacity, [190, 195, 200, 300, 400], [6.0, 1.5, 0.0, 0.0, 0.0])
    at_bound = profile_of(rate, [1e-8, 1e-7, 1e-6], [0.0, 1.0, 4.0])
    posterior = normal_draws(
        problem,
        result(problem, values=(200.0, 1e-8), correlation=0.0, profiles=(one_sided, at_bound)),
        count=20_000,
        seed=3,
    )
    drawn, logs = posterior.values[:, 0], np.log10(posterior.values[:, 1]) + 8
    assert drawn.max() <= 400 and np.mean(drawn < 190) < 0.01
    assert np.mean(drawn > 300) == pytest.approx(np.mean((drawn > 200) & (drawn < 300)), rel=0.05)
    assert logs.min() >= 0 and logs.mean() == pytest.approx(np.sqrt(2 / np.pi), rel=0.03)


def test_a_profile_that_never_leaves_the_best_fit_gives_the_normal_distribution(problem):
    """As where a run fails on both sides."""
    alone = (
        profile_of(problem.parameters[0], [200.0], [0.0]),
        profile_of(problem.parameters[1], [1e-4], [0.0]),
    )
    drawn = normal_draws(problem, result(problem, profiles=alone)).values
    assert np.array_equal(drawn, normal_draws(problem, result(problem)).values)


def test_a_fit_that_describes_nothing_gives_no_draws(problem):
    """Its standard deviations are withheld."""
    with pytest.raises(InputError, match="--discrepancy"):
        normal_draws(problem, result(problem, withheld=True))


def test_the_table_says_what_its_draws_assume(problem, tmp_path):
    """After it was read from its file, as `predict` does."""
    write_posterior(normal_draws(problem, result(problem)), tmp_path / "posterior.csv")
    again = read_posterior(tmp_path)
    assert len(again) == DRAWS and "normal distribution" in again.misfit[0]
    assert np.array_equal(normal_draws(problem, result(problem)).values, again.values)


COUNTER = free(
    "cell.counter_exchange_current_density", 0.01, 100.0, "log", "A/m2", Prior(mean=1.0, factor=4.0)
)
EDGE = free("core.clusters.potential", 0.0, 0.15, "linear", "V", Prior(mean=0.01, sd=0.03))


def test_what_the_data_do_not_touch_has_its_prior_within_the_bounds(problem):
    """On a logarithmic scale, and on a linear one where a bound cuts the prior."""
    problem.untouched = (COUNTER, EDGE)
    posterior = normal_draws(problem, result(problem), count=20_000, seed=3)
    counter, edge = np.log(posterior.values[:, 2]), posterior.values[:, 3]
    assert np.median(counter) == pytest.approx(0, abs=0.03)
    assert counter.std() == pytest.approx(np.log(4), rel=0.03)
    assert edge.min() >= 0
    assert edge.mean() == pytest.approx(truncnorm.mean(-1 / 3, 14 / 3, 0.01, 0.03), rel=0.02)


def test_what_the_data_do_not_touch_leaves_all_other_draws_as_they_are(problem):
    """Its columns come last and are independent of each other and of what was fitted."""
    alone = normal_draws(problem, result(problem), count=20_000, seed=3)
    problem.untouched = (COUNTER, EDGE)
    posterior = normal_draws(problem, result(problem), count=20_000, seed=3)
    assert np.array_equal(posterior.values[:, :2], alone.values)
    assert np.array_equal(posterior.chi_squared, alone.chi_squared)
    logs = np.column_stack([posterior.values[:, 0], *np.log(posterior.values[:, [1, 2]].T)])
    related = np.corrcoef(np.column_stack([logs, posterior.values[:, 3]]).T)
    assert related[0, 1] == pytest.approx(CORRELATION, abs=0.02)
    assert np.abs([*related[2:, :2].ravel(), related[2, 3]]).max() < 0.03


def test_a_table_says_which_numbers_were_drawn_from_their_priors(problem, tmp_path):
    """After it was read from its file; they belong to the material of a draw as all others do."""
    problem.untouched = (COUNTER,)
    write_posterior(normal_draws(problem, result(problem)), tmp_path / "posterior.csv")
    again = read_posterior(tmp_path)
    assert [each.name for each in again.from_priors] == [COUNTER.name]
    assert [each.name for each in again.fitted] == ["core.sloping.capacity", "core.clusters.rate"]
    assert again.independent("core_shell") == {COUNTER.name}
    drawn = again.materials_of(7)["core_shell"].cell.counter_exchange_current_density
    assert drawn.value == pytest.approx(again.values[7, 2], rel=1e-12)


def test_the_bands_say_what_they_hold_and_what_not(problem):
    """Each number of the material once: as the data allow, by its prior, set for the prediction, or kept."""
    problem.untouched = (COUNTER, EDGE)
    posterior = normal_draws(problem, result(problem))
    content = band_content(posterior, "core_shell", {EDGE.name: "0.05 V", "cell.temperature": "303 K"})
    assert set(content.fitted) == {"core.sloping.capacity", "core.clusters.rate"}
    assert content.from_priors == (COUNTER.name,)
    assert set(content.stated) == {EDGE.name, "cell.temperature"}
    every = [*content.fitted, *content.from_priors, *content.stated, *content.kept]
    assert sorted(every) == sorted(sources(posterior.materials["core_shell"]))
    words = content.words("core_shell", "rate_test")
    assert "hold 2 numbers drawn as the data allow, and 1 number drawn from their priors" in words
    assert f"({COUNTER.name})" in words and f"the other {len(content.kept)}," in words
    assert "`coreshell sensitivity core_shell rate_test --vary cell.series_resistance`" in words
    assert "\n" not in words
    options = ' --set "protocol.basis.one_c=300 mA/g"'
    assert f"--vary cell.series_resistance{options}`" in content.words("core_shell", "rate_test", options)


def test_what_a_prediction_does_not_hold_is_weighed_with_the_fitted_material(tmp_path):
    """By its file in the folder of the draws; without one the material itself."""
    assert _as_typed(str(tmp_path / "posterior.csv"), "mine") == "mine"
    (tmp_path / "mine.toml").touch()
    assert _as_typed(str(tmp_path), "mine") == str(tmp_path / "mine.toml")
    (tmp_path / "mine_fitted.toml").touch()
    assert _as_typed(str(tmp_path / "posterior.csv"), "mine") == str(tmp_path / "mine_fitted.toml")


def test_bands_without_numbers_from_priors_do_not_speak_of_them(problem):
    """As those of `coreshell posterior` for a problem of one's own; the counter electrode is then kept."""
    content = band_content(normal_draws(problem, result(problem)), "core_shell", {})
    words = content.words("core_shell", "rate_test")
    assert "prior" not in words and content.record()["Drawn"]["From priors"] == []
    assert f"--vary {COUNTER.name}`" in words and COUNTER.name in content.record()["Kept"]


def test_an_untouched_number_needs_a_prior_and_is_not_fitted_too(problem):
    """Both are refused with the file."""
    file = {
        "observations": [scalar("Initial coulombic efficiency", 0.8, 0.01)],
        "parameters": [problem.parameters[0].section],
    }
    without = COUNTER.section.model_copy(update={"prior": None})
    with pytest.raises(ValidationError, match="counter_exchange_current_density has no prior"):
        ProblemFile.model_validate(file | {"untouched": [without]})
    with_prior = problem.parameters[0].section.model_copy(update={"prior": Prior(mean=200.0, sd=9.0)})
    twice = ProblemFile.model_validate(file | {"untouched": [with_prior]})
    with pytest.raises(InputError, match=r"core\.sloping\.capacity of core_shell is there twice"):
        read_parts(twice, "p", Path(), "p.toml")


def test_a_rate_test_is_predicted_at_rates_of_ones_own(problem, tmp_path):
    """In the order given; retention is over the first, and what is no rate is refused before any run."""
    write_posterior(normal_draws(problem, result(problem), count=2), tmp_path / "posterior.csv")
    words = ("predict", str(tmp_path), "core_shell", "rate_test", "--set", "protocol.numbers.cycles=1")
    words = (*words, "--workers", "1", "--json")
    outcome = coreshell(*words, "--rates", "C/2, 1C")
    assert outcome.code == 0, outcome.err
    assert "2 draws through rate_test: 1C 400 mA/g, from 2.5 V, to 5 mV, at C/2, 1C" in outcome.err
    first, second = json.loads(outcome.out)["Rates"]
    assert (first["Rate"], second["Rate"]) == ("C/2", "1C")
    assert first["Rate retention"]["Median"] == 1 > second["Rate retention"]["Median"] > 0
    refused = coreshell(*words, "--rates", "C/2, soon")
    assert refused.code == 2 and refused.err.count("\n") == 1
    assert "--rates: 'soon' is no rate" in refused.err
