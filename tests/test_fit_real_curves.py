"""Fits of curves that begin far from the model, that the model cannot meet, or whose profiles find better."""

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from densities import Density
from reference_carbon import NUMBERS
from synthetic import curve, measured_file, parameter, problem_file

from coreshell_model.base.progress import TimeLeft, spoken
from coreshell_model.infer import fitting as run
from coreshell_model.infer.curves import widened
from coreshell_model.infer.fit_report import record, write
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.misfit import Evaluation, Misfit
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.profile import WITHHELD
from coreshell_model.infer.quality import inflation, most_missed, quality
from coreshell_model.infer.reading import read_problem
from coreshell_model.infer.rounds import KnownRegion
from coreshell_model.infer.sampling import StalledError, check_progress
from coreshell_model.infer.search import minimise, minimise_from_afar
from coreshell_model.infer.warnings import headline

PROTOCOL = {"protocol": "formation_without_hold", "cycles": 1}
PORES = parameter("core.clusters.pore_fraction", 0.02, 0.6)
SLOPE = parameter("core.sloping.capacity", 100.0, 900.0, unit="mAh/g")
FREE = ("core.clusters.pore_fraction", "core.sloping.capacity")
KNOWN = {path: text for path, text in NUMBERS.items() if path not in FREE}
STEEP = 13.0
"""Slope [V.mA-1.h.g] of a desodiation just before its cut-off."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("curve")
    return measured_file(folder / "first_cycle.csv", 3, interval=900.0, **PROTOCOL, **NUMBERS)


def given(file, **changes):
    return curve(file, sd=5.0, unit="mV", points=60, **PROTOCOL, changes=KNOWN | changes)


def desodiation(end, points=400):
    """A voltage that rises slowly and, in its last mAh/g, steeply to the cut-off."""
    axis = np.linspace(0.0, end, points)
    return axis, 0.1 + 0.4 * axis / end + STEEP * np.maximum(axis - (end - 0.115), 0.0)


def residuals(end):
    """Of a half-cycle measured to 320 mAh/g and simulated to ``end``."""
    axis, values = desodiation(320.0)
    axis, values = axis[::8], values[::8]
    there = desodiation(end)
    sd = widened((axis, values), np.full(len(axis), 5e-3), 0.1, there)
    slope = (there[1][-1] - there[1][-2]) / (there[0][-1] - there[0][-2])
    simulated = np.interp(axis, *there) + slope * np.maximum(axis - there[0][-1], 0.0)
    return (simulated - values) / sd


def test_a_half_cycle_that_ends_early_is_missed_by_its_missing_capacity():
    """80 mAh/g of 320 that are not reached are some hundred deviations a point, not the thousands of volts
    to which the last slope leads; every step towards the measured end lowers chi-squared."""
    sizes = [float(np.sum(residuals(end) ** 2)) for end in (160.0, 200.0, 240.0, 280.0, 300.0, 319.0, 320.0)]
    assert all(after < before for before, after in pairwise(sizes))
    assert np.abs(residuals(240.0)).max() < 400.0
    assert sizes[-1] == pytest.approx(0.0, abs=1e-12)


def test_where_the_simulation_is_as_steep_as_the_measurement_nothing_is_widened():
    axis, values = desodiation(320.0)
    sd = np.full(len(axis), 5e-3)
    shifted = axis, values + 4e-3
    assert widened((axis, values), sd, 0.1, shifted)[:-60] == pytest.approx(sd[:-60])


@pytest.mark.parametrize("start", [0.03, 0.55], ids=["far too little", "far too much"])
def test_both_directions_of_a_bad_start_reach_the_valley(start, file, tmp_path):
    """A plateau capacity of a seventh, or of more than twice, the true one: the half-cycles end tens of mAh/g
    early or late, and one start finds the truth all the same."""
    sloping = SLOPE | {"start": 300.0 if start > 0.3 else 700.0}
    path = problem_file(
        file.parent / f"from_{start}.toml", [PORES | {"start": start}, sloping], [given(file)]
    )
    result = fit(path, starts=1, folder=tmp_path / "fit")
    assert result["core.clusters.pore_fraction"].value == pytest.approx(0.273, rel=0.02)
    assert result.chi_squared < 1.2 * result.data
    assert result.inflation == 1.0
    assert "No warnings." in (tmp_path / "fit" / "report.md").read_text()


def test_a_model_that_misses_the_data_is_said_first_and_settles_nothing(file, tmp_path):
    """Traps a third of a volt lower than they are: no verdict, no interval, the stretch of the misfit."""
    wrong = given(file, **{"shell.trapping.potential": "0.2 V"})
    path = problem_file(file.parent / "wrong.toml", [PORES | {"start": 0.2}], [wrong])
    result = fit(path, starts=1, folder=tmp_path / "fit")
    assert result.reduced_chi_squared > 4
    assert result.inflation == pytest.approx(np.sqrt(result.reduced_chi_squared), rel=0.05)
    assert result.parameters[0].verdict == WITHHELD
    lines = (tmp_path / "fit" / "report.md").read_text().splitlines()
    reduced = f"{result.reduced_chi_squared:.3g}"
    assert lines[2].startswith(f"**The model does not describe the data: reduced chi-squared is {reduced}, ")
    assert "of it between" in lines[2] and "mAh/g (" in lines[2] and "V) of half-cycle" in lines[2]
    written = record(result)
    assert written["Misfit"] == lines[2].strip("*") == result.misfit
    assert written["Intervals withheld"] and not written["Describes the data"]
    alone = written["Parameters"][0]
    assert [alone[name] for name in ("95 % interval", "68 % interval", "Standard deviation")] == [None] * 3
    (fitted,) = result.materials.values()
    assert fitted.core.clusters.pore_fraction.source.endswith(f"wrong.toml; {WITHHELD}")


def test_a_misfit_is_said_wherever_noise_was_inflated(file):
    """Also where the profiles came to a better fit since, which chance alone would bring."""
    problem = read_problem(problem_file(file.parent / "said.toml", [PORES], [given(file)]))
    best = run.minimise(Misfit(problem), [0.36], most_rounds=1, tolerance=1e9)
    how = replace(quality(problem, best.evaluation, Noise(1.05)), missed=True, described=True, withheld=False)
    said = headline(problem, how)
    assert said.startswith("the data are missed by more than their noise")
    assert "1.05 times the stated one" in said
    assert headline(problem, replace(how, missed=False, noise=Noise())) is None


def test_noise_is_inflated_where_chance_would_not_bring_the_misfit(file):
    problem = read_problem(problem_file(file.parent / "chance.toml", [PORES], [given(file)]))
    freedom = problem.data - 1
    hit = np.zeros(problem.data)
    assert inflation(problem, 1.2 * freedom, hit) == 1.0
    assert inflation(problem, 0.1 * freedom, hit) == 1.0
    assert inflation(problem, 4.0 * freedom, hit) == pytest.approx(2.0)


def test_a_curve_that_is_hit_too_well_does_not_make_up_for_one_that_is_missed(file):
    """Two curves, one missed by twice its noise, one met exactly: the whole is as chance has it."""
    copy = file.with_name("copy.csv")
    copy.write_bytes(file.read_bytes())
    path = problem_file(file.parent / "pooled.toml", [PORES], [given(copy), given(file)])
    problem = read_problem(path)
    points = problem.data // 2
    residuals = np.concatenate([np.zeros(points), np.full(points, 1.41)])
    chi_squared = float(np.square(residuals).sum())
    assert chi_squared < problem.data
    assert most_missed(problem, residuals).name == str(file.name)
    factor = inflation(problem, chi_squared, residuals)
    assert factor == pytest.approx(1.41)
    best = run.minimise(Misfit(problem), [0.36], most_rounds=1, tolerance=1e9)
    how = quality(problem, best.evaluation, Noise(factor))
    how = replace(how, residuals=residuals, reduced=chi_squared / problem.data, missed=True, described=True)
    said = headline(problem, replace(how, withheld=False))
    assert said.startswith("the data are missed by more than their noise: reduced chi-squared of")
    assert f"{file.name} alone is 1.99" in said and "1.41 times the stated one" in said


def test_a_profile_that_comes_to_a_better_fit_is_walked_again_about_it_and_the_others_once(
    file, tmp_path, monkeypatch
):
    """The first search ends beside the minimum; the profiles find it, and verdicts and report are there."""
    path = problem_file(
        file.parent / "two.toml", [PORES | {"start": 0.2}, SLOPE | {"start": 425.0}], [given(file)]
    )
    right = fit(path, starts=1)
    minimise, walk, walked = run.minimise, run.profile_of, []

    def beside(misfit, start, **how):
        there = minimise(misfit, start, **how)
        if how.get("central") and not walked:
            aside = np.array([4.0 / np.linalg.norm(there.jacobian[:, 0]), 0.0])
            there = minimise(misfit, there.places + aside, most_rounds=1, tolerance=1e9)
        return there

    def counted(misfit, item, say):
        walked.append(item[0])
        return walk(misfit, item, say)

    monkeypatch.setattr(run, "minimise", beside)
    monkeypatch.setattr(run, "profile_of", counted)
    result = fit(path, starts=1, folder=tmp_path / "fit")
    assert sorted(walked) == [0, 0, 1]
    assert result.chi_squared == pytest.approx(right.chi_squared, abs=0.3)
    assert all(one.verdict == "fixed by the data" for one in result.parameters)
    assert write(result, tmp_path / "fit")


@pytest.mark.long
def test_a_misfit_of_the_best_point_is_not_taken_for_chance_where_nothing_is_known():
    """A narrow Gaussian beside residuals of 15 that nothing changes: its width comes out."""
    mix = np.random.default_rng(3).normal(size=(7, 3)) * 100.0
    middle = np.linspace(0.4, 0.6, 3)
    density = Density(lambda place: np.concatenate([mix @ (place - middle), np.full(3, 15.0)]), middle)
    found = density.sampled(60, most=1000)
    sd = np.sqrt(np.diag(np.linalg.inv(mix.T @ mix)))
    mean = found.weights @ found.places
    assert np.abs((mean - middle) / sd).max() < 0.6
    assert np.sqrt(found.weights @ (found.places - mean) ** 2) == pytest.approx(sd, rel=0.4)


def test_rounds_that_bring_nothing_end_a_sampling_with_the_reason():
    """Five in a row, each worth one draw; not where one of them brought something."""

    def rounds(*worth):
        return [
            SimpleNamespace(effective=each, keys=[None] * 100, chi_squared_error=3.2e4, residual_error=4.7)
            for each in worth
        ]

    check_progress(rounds(1, 1, 2, 1))
    check_progress(rounds(1, 1, 12, 1, 1))
    with pytest.raises(StalledError, match=r"last 5 rounds was worth at most 5 draws.*3.2e\+04.*--starts"):
        check_progress(rounds(40, 1, 1, 2, 1, 1))


def test_walkers_stay_where_evaluations_are():
    places = np.random.default_rng(1).normal(0.5, 0.01, (200, 8))
    region = KnownRegion(places, np.sum(((places - 0.5) / 0.01) ** 2, axis=1))
    assert region.chi_squared(places).max() == 0.0
    assert region.chi_squared(np.full((1, 8), 0.9))[0] > 100.0


def test_the_time_left_leaves_out_the_start():
    """The clock starts with the first piece, which brings the workers and the model with it."""
    now = [0.0]
    left = TimeLeft(lambda: now[0])
    assert left.measure(1, 10) is None
    now[0] = 2.0
    assert left.measure(2, 10) == pytest.approx(16.0)
    assert [spoken(seconds) for seconds in (40.0, 700.0, 12600.0)] == ["40 s", "12 min", "3.5 h"]


class TwoValleys:
    """Residuals with a valley at 0.85, a plain around it that slopes the other way, and another parameter."""

    problem = SimpleNamespace(data=20)

    def __init__(self):
        self.evaluations = 0

    def __call__(self, places):
        self.evaluations += 1
        x, y = places
        deep = 1 - np.exp(-(((x - 0.85) / 0.1) ** 2))
        residuals = np.array([80.0 * deep, 10.0 * x * deep, 30.0 * (y - 0.4)])
        return Evaluation(residuals, (), (), (), ())


def test_a_search_leaves_a_side_valley_and_does_not_look_further_where_it_fits():
    """From the plain no step leads into the valley; a search that met the data asks for nothing more."""
    alone, far = TwoValleys(), np.array([0.1, 0.9])
    assert minimise(alone, far).chi_squared > 6000
    end = minimise_from_afar(TwoValleys(), far)
    assert end.chi_squared < 0.1  # minima are found to 0.1 at first
    assert end.places == pytest.approx([0.85, 0.4], abs=0.01)
    near, same = TwoValleys(), TwoValleys()
    assert minimise_from_afar(near, np.array([0.8, 0.9])).chi_squared < 0.1
    minimise(same, np.array([0.8, 0.9]))
    assert near.evaluations == same.evaluations


def test_a_model_that_misses_the_data_everywhere_ends_where_it_was():
    """One look beside it, which finds nothing lower."""
    far = TwoValleys()
    far.problem = SimpleNamespace(data=1e-3)
    end = minimise_from_afar(far, np.array([0.85, 0.4]))
    assert end.places == pytest.approx([0.85, 0.4], abs=1e-3)
