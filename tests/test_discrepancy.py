"""A discrepancy of the model along a curve, residuals that are alike, what a fit says of a wrong model."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from reference_carbon import NUMBERS
from synthetic import curve, measured_file, parameter, problem_file, scalar

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import wrong_physics

from coreshell_model.base.intervals import MEDIAN, interval_name
from coreshell_model.infer.correlation import correlated
from coreshell_model.infer.discrepancy import discrepancies
from coreshell_model.infer.draws import Posterior
from coreshell_model.infer.fit_report import record
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.misfit_place import stretch
from coreshell_model.infer.noise import CurveNoise, Noise, Points, covariance
from coreshell_model.infer.observed import Curve, Discrepancy
from coreshell_model.infer.prediction import HalfCycle, curve_bands
from coreshell_model.infer.profile import WITHHELD
from coreshell_model.infer.reading import read_problem
from coreshell_model.infer.search import minimise
from coreshell_model.infer.target import ProblemTarget, centre

AXIS = np.linspace(0.0, 300.0, 120)
SD = np.full(len(AXIS), 2e-3)
PROTOCOL = {"protocol": "formation_without_hold", "cycles": 1}
PORES = parameter("core.clusters.pore_fraction", 0.02, 0.6, 0.2)
WRONG = {path: text for path, text in NUMBERS.items() if path != PORES["path"]} | {
    "shell.trapping.potential": "0.45 V"
}


def off_by(sd, length, seed):
    """Residuals, in standard deviations, of a model that is off by a smooth function, with white noise."""
    factor = np.linalg.cholesky(covariance(AXIS, sd / SD, length))
    return factor @ np.random.default_rng(seed).normal(size=len(AXIS))


def test_whitened_residuals_have_unit_covariance_and_are_turned_back():
    """Also where the standard deviation differs from point to point, with inflation and thinning on top."""
    points = Points(AXIS, SD * np.linspace(1.0, 50.0, len(AXIS)))
    noise = Noise(1.5, (CurveNoise(5e-3, 20.0, 4.0),))
    whitening = noise.whitened(0, [points], np.eye(len(AXIS)))
    scatter = 1.5**2 * 4.0 * covariance(AXIS, 5e-3 / points.sd, 20.0)
    assert whitening @ scatter @ whitening.T == pytest.approx(np.eye(len(AXIS)), abs=1e-9)
    beside = 2.5 * np.exp(-0.5)  # a length apart, discrepancies of 2.5 and 1 standard deviations
    expected = np.array([[1 + 2.5**2, beside], [beside, 2.0]])
    assert covariance(np.array([0.0, 20.0]), np.array([2.5, 1.0]), 20.0) == pytest.approx(expected)
    residuals = np.random.default_rng(1).normal(size=len(AXIS))
    assert noise.stated(0, [points], noise.whitened(0, [points], residuals)) == pytest.approx(residuals)


def estimated(residuals, slopes, stated=None):
    """The discrepancy of one curve whose residuals respond to two parameters."""
    section = Curve(material="core_shell", file="c.csv", protocol="formation", sd=2.0)
    section = section.model_copy(update={"discrepancy": stated or Discrepancy()})
    measured = SimpleNamespace(section=section, sd=SD, size=len(AXIS))
    problem = SimpleNamespace(scalars=(), curves=((0, measured),))
    table = np.column_stack([slopes, residuals])
    return discrepancies(problem, table, [[Points(AXIS, SD)]])[0]


SLOPES = np.column_stack([100.0 * np.sin(AXIS / 60.0), 80.0 * AXIS / 300.0])


def test_a_discrepancy_is_estimated_although_parameters_have_taken_up_some_of_it():
    """8 mV over 15 mAh/g, from residuals that are left after least squares; the mean of ten."""
    sizes, lengths = [], []
    for seed in range(10):
        residuals = off_by(8e-3, 15.0, seed)
        left = residuals - SLOPES @ np.linalg.lstsq(SLOPES, residuals, rcond=None)[0]
        noise = estimated(left, SLOPES)
        sizes.append(noise.sd)
        lengths.append(noise.length)
    assert np.mean(sizes) == pytest.approx(8e-3, rel=0.15)
    assert np.mean(lengths) == pytest.approx(15.0, rel=0.15)


def test_white_noise_has_no_discrepancy_and_a_stated_one_stays():
    white = np.random.default_rng(4).normal(size=len(AXIS))
    assert estimated(white, SLOPES).sd == 0.0
    stated = estimated(white, SLOPES, Discrepancy(scale="5 mV", length="20 mA.h.g-1"))
    assert (stated.sd, stated.length) == (pytest.approx(5e-3), pytest.approx(20.0))


def test_alike_residuals_count_as_fewer_points_and_white_ones_as_all():
    """A correlation of 0.8 between neighbours makes nine points worth one."""
    draw = np.random.default_rng(2)
    axis = np.arange(2000.0)
    measured = SimpleNamespace(pieces=[SimpleNamespace(axis=axis)])
    white = draw.normal(size=len(axis))
    assert correlated(measured, white).effective == len(axis)
    alike = np.zeros(len(axis))
    for n in range(1, len(axis)):
        alike[n] = 0.8 * alike[n - 1] + 0.6 * white[n]
    result = correlated(measured, alike)
    assert result.thinned == pytest.approx(9.0, rel=0.15)
    assert result.length == pytest.approx(-1 / np.log(0.8), rel=0.25)


def test_the_stretch_of_the_largest_misfit_is_that_of_the_largest_sum():
    excess = np.array([-1.0, 5.0, -2.0, 4.0, -1.0, -1.0, 3.0, -1.0])
    sums = {(i, j): excess[i : j + 1].sum() for i in range(8) for j in range(i, 8)}
    assert stretch(excess) == max(sums, key=sums.get)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("curve")
    return measured_file(folder / "cycle.csv", 3, interval=600.0, **PROTOCOL, **NUMBERS)


def wrong(file, name, **others):
    """The curve fitted with traps a tenth of a volt lower than they are."""
    measured = curve(file, points=80, **PROTOCOL, changes=WRONG)
    return problem_file(file.parent / f"{name}.toml", [PORES], [measured], **others)


def test_a_wrong_model_has_intervals_only_with_a_discrepancy(file, tmp_path):
    """The first line says both; the command's option, and the problem's section, do the same."""
    path = str(wrong(file, "plain"))
    words = ("--starts", "1", "--workers", "1", "--json")
    plain = json.loads(coreshell("fit", path, *words).out)
    assert plain["Misfit"].startswith("The model does not describe the data: reduced chi-squared is ")
    assert plain["Parameters"][0]["Verdict"] == WITHHELD
    assert plain["Parameters"][0]["95 % interval"] is None
    given = json.loads(coreshell("fit", path, *words, "--discrepancy", "--out", str(tmp_path / "fit")).out)
    assert given["Misfit"].startswith("The model does not describe the data: reduced chi-squared is ")
    assert "; intervals hold with a discrepancy of " in given["Misfit"] and " mV over " in given["Misfit"]
    low, high = given["Parameters"][0]["95 % interval"]
    assert low < given["Parameters"][0]["Value"] < high
    assert given["Parameters"][0]["Verdict"] == "fixed by the data"
    assert given["Curves"][0]["Discrepancy [mV]"] > 2
    report = (tmp_path / "fit" / "report.md").read_text().splitlines()
    assert report[2] == f"**{given['Misfit']}**"
    again = fit(wrong(file, "section", discrepancy={}), starts=1)
    assert record(again)["Misfit"] == given["Misfit"].replace("plain", "section")
    assert again[PORES["path"]].interval_95 == pytest.approx((low, high))


def test_a_fit_with_a_discrepancy_is_resumed(file, tmp_path):
    path = wrong(file, "resumed", discrepancy={"scale": "6 mV", "length": "30 mA.h.g-1"})
    first = fit(path, folder=tmp_path / "fit", starts=1)
    again = fit(path, folder=tmp_path / "fit", starts=1, resume=True)
    assert again[PORES["path"]].interval_95 == first[PORES["path"]].interval_95
    assert again.evaluations < 2 * first.evaluations
    assert "with a discrepancy of 6 mV over 30 mAh/g" in first.misfit


@pytest.mark.parametrize(
    "section, words",
    [
        ({"scale": "0 mV"}, "discrepancy.scale: is 0 mV; give a number above 0"),
        ({"scale": "5 s"}, "discrepancy.scale: "),
        ({"length": "2 h"}, "discrepancy.length: "),
        ({"width": "5 mV"}, "width"),
    ],
)
def test_a_discrepancy_that_cannot_be_is_refused_in_one_line(section, words, file):
    outcome = coreshell("fit", str(wrong(file, "refused", discrepancy=section)))
    assert outcome.code == 2 and outcome.err.count("\n") == 1 and words in outcome.err


def test_correlated_noise_widens_intervals_and_is_said(file, tmp_path):
    """Right physics, noise of the stated size but alike over 20 mAh/g: a warning, and wider intervals."""
    table = pd.read_csv(file)
    exact = measured_file(tmp_path / "exact.csv", 3, noise=0.0, interval=600.0, **PROTOCOL, **NUMBERS)
    smooth = pd.read_csv(exact)
    draw, noise = np.random.default_rng(5), np.zeros(len(smooth))
    for n in range(1, len(noise)):
        noise[n] = 0.85 * noise[n - 1] + np.sqrt(1 - 0.85**2) * draw.normal(0, 2e-3)
    smooth["Voltage / V"] += noise
    smooth.to_csv(tmp_path / "alike.csv", index=False)
    assert len(table) == len(smooth)
    known = {path: text for path, text in NUMBERS.items() if path != PORES["path"]}
    widths = {}
    for name, measured in (("white", file), ("alike", tmp_path / "alike.csv")):
        (tmp_path / f"{name}_copy.csv").write_bytes(Path(measured).read_bytes())
        one = curve(tmp_path / f"{name}_copy.csv", points=80, **PROTOCOL, changes=known)
        result = fit(problem_file(tmp_path / f"{name}.toml", [PORES], [one]), starts=1)
        low, high = result[PORES["path"]].interval_95
        widths[name] = high - low
        effective = record(result)["Effective data"]
        assert (effective == result.data) == (name == "white")
        assert any("are alike" in text for text in result.warnings) == (name == "alike")
        thinned = result.data / effective
    assert widths["alike"] == pytest.approx(widths["white"] * np.sqrt(thinned), rel=0.3)


def test_numbers_that_contradict_one_another_withhold_intervals_until_their_noise_may_be_larger(tmp_path):
    """All of a loss of 70 trapped, beside a film of 35: the first line names one of the two numbers."""
    data = [
        scalar("First-cycle loss [mA.h.g-1]", 70, 4, "mAh/g"),
        scalar("Loss to trapped sodium [mA.h.g-1]", 70, 3, "mAh/g"),
    ]
    traps = parameter("shell.trapping.capacity", 0.0, 600.0, 200.0, "mAh/g")
    path = problem_file(tmp_path / "numbers.toml", [traps], observations=data)
    plain = fit(path, starts=1)
    assert plain.parameters[0].verdict == WITHHELD and plain.parameters[0].interval_95 is None
    assert "of it in First-cycle loss [mA.h.g-1] of core_shell" in plain.misfit
    larger = fit(read_problem(path, discrepancy=True), starts=1)
    assert larger.parameters[0].interval_95[0] < larger.parameters[0].value
    assert f"intervals hold for noise {larger.inflation:.3g} times the stated one" in larger.misfit


def test_a_posterior_is_that_with_the_discrepancy(file):
    """The density's residuals are whitened with what is estimated at the best fit."""
    problem = read_problem(wrong(file, "posterior"), discrepancy=True)
    misfit = Misfit(problem)
    begin = centre(misfit, [minimise(misfit, np.array(problem.start)).places])
    assert begin.noise.has_discrepancy
    evaluated = []
    target = ProblemTarget(problem, 1, begin.noise)
    target.evaluate([((0, 0), begin.places[0])], lambda key, point: evaluated.append(point))
    assert 0.5 < evaluated[0].chi_squared / problem.data < 1.5
    assert Misfit(problem)(begin.places[0]).chi_squared > 3 * problem.data


def test_draws_of_a_wrong_model_have_no_intervals():
    problem = SimpleNamespace(
        name="free", section=SimpleNamespace(unit="1", scale="linear", lower=0, upper=1)
    )
    values, weights = np.linspace(0, 1, 20)[:, None], np.full(20, 0.05)
    draws = Posterior("p", (problem,), {}, values, weights, weights, {"Intervals withheld": True})
    (row,) = draws.summary()
    assert row[interval_name(95)] is None and row["Standard deviation"] is None
    assert row[MEDIAN] == pytest.approx(0.5)
    (row,) = replace(draws, record={}).summary()
    assert row[interval_name(95)][0] < row[MEDIAN]


def test_bands_of_predicted_voltages_are_wider_by_the_discrepancy():
    """Equal draws, off by 10 mV: the band is that of the discrepancy alone."""
    half = HalfCycle(True, 300.0, np.linspace(1.0, 0.0, 201))
    band = curve_bands([[half], [half]], np.array([0.5, 0.5]), 10e-3).iloc[100]
    assert band["Voltage, 95 % to [V]"] - band["Voltage, Median [V]"] == pytest.approx(19.6e-3, rel=1e-3)
    assert band["Voltage, Median [V]"] - band["Voltage, 68 % from [V]"] == pytest.approx(9.94e-3, rel=1e-2)


@pytest.mark.long
def test_curves_of_a_mechanism_that_the_model_lacks_are_said_not_to_be_described(tmp_path):
    """A trial of ``benchmarks/wrong_physics.py``, with its three intervals by a discrepancy."""
    honest, held, line = wrong_physics.trial(tmp_path, 1, 1, 1)
    assert honest, line
    assert all(held), line
