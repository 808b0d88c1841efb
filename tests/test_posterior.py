"""Posteriors of fit problems: tables, materials from draws, predictions, shares of the loss, refusals."""

import csv
import json
import shutil
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from synthetic import parameter, problem_file, scalar

from coreshell_model import simulate, summary
from coreshell_model.base.errors import InputError
from coreshell_model.infer import posterior_run
from coreshell_model.infer.draws import FROM_PRIORS, Posterior, read_posterior, write_posterior
from coreshell_model.infer.loss_shares import (
    ARITHMETIC,
    COUNTED,
    Loss,
    LossArithmetic,
    loss_shares,
    shares_of,
)
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.parameters import free_parameters
from coreshell_model.infer.prediction import DrawnRun, HalfCycle, Prediction, curve_bands, numbers_of, predict
from coreshell_model.infer.prediction_files import prediction_picture, rates_picture
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.infer.rate_bands import rate_bands
from coreshell_model.infer.reading import read_problem
from coreshell_model.infer.target import EvaluatedPoint, ProblemTarget
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.observe.rates import AtRate
from coreshell_model.observe.voltammetry import sweeps
from coreshell_model.show.cli.predict import _usual_protocol

ICE = "Initial coulombic efficiency"
DESODIATION = "First desodiation capacity [mA.h.g-1]"
THERE = sources(read_material("core_shell"))["core.sloping.capacity"].value
CAPACITY = parameter("core.sloping.capacity", 0.7 * THERE, 1.3 * THERE, THERE, "mAh/g")
RATE = parameter("shell.trapping.rate", 1e-7, 1.0, 1e-4, "1/s", "log")
BINDER = {"mean": 1.6, "sd": 0.1}
ONE_CYCLE = beginning(read_protocol("formation"), 1)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """Fifty draws of a capacity that one measured number fixes, and of a density that only its prior does."""
    folder = tmp_path_factory.mktemp("sampled")
    measured = summary(simulate("core_shell", ONE_CYCLE))[DESODIATION]
    free = [CAPACITY, parameter("electrode.binder_density", 1.0, 2.2, 1.5, "g/cm3", prior=BINDER)]
    path = problem_file(folder / "two.toml", free, observations=[scalar(DESODIATION, measured, 8.0, "mAh/g")])
    words = ("--draws", "50", "--starts", "1", "--workers", "1", "--seed", "2", "--json")
    outcome = coreshell("posterior", str(path), "--out", str(folder / "out"), *words)
    assert outcome.code == 0, outcome.err
    return path, folder / "out", json.loads(outcome.out)


@pytest.mark.long
def test_a_posterior_has_the_width_of_data_and_prior(sampled):
    """One number with 8 mAh/g fixes the capacity to 8 mAh/g by its slope; the density keeps its prior, 0.1.

    Standard deviations of 50 draws are known to 10 %: three of these.
    """
    path, folder, record = sampled
    posterior = read_posterior(folder)
    assert posterior.effective >= 0.999 * 50
    assert record["Converged"]
    assert record["Warnings"] == []
    misfit = Misfit(read_problem(path))
    slope = (misfit([0.55, 0.5]).scalars[0] - misfit([0.45, 0.5]).scalars[0]) / (0.1 * 0.6 * THERE)
    capacity, density = record["Parameters"]
    assert capacity["Standard deviation"] == pytest.approx(8.0 / slope, rel=0.3)
    assert density["Standard deviation"] == pytest.approx(0.1, rel=0.3)
    assert density["Mean"] == pytest.approx(1.6, abs=0.045)


def test_the_table_holds_a_row_a_draw_with_units_and_says_what_made_it(sampled):
    """Weights add up to 1, the misfit is the one that the fit has there, seed and versions are beside."""
    path, folder, _ = sampled
    posterior, problem = read_posterior(folder / "posterior.csv"), read_problem(path)
    with (folder / "posterior.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    names = ["core.sloping.capacity [mAh/g]", "electrode.binder_density [g/cm3]"]
    assert list(rows[0]) == ["Draw", "Weight", *names, "Chi-squared"]
    assert sum(float(row["Weight"]) for row in rows) == pytest.approx(1)
    places = [free.place(value) for free, value in zip(problem.parameters, posterior.values[3], strict=True)]
    found = Misfit(problem)(places)
    assert posterior.chi_squared[3] == pytest.approx(found.residuals[0] ** 2, abs=1e-3)
    observed = pd.read_csv(folder / "observations.csv")
    assert observed[f"core_shell, formation: {DESODIATION}"][3] == pytest.approx(found.scalars[0], abs=1e-3)
    about = json.loads((folder / "posterior.json").read_text())
    assert (about["Seed"], about["Problem"]) == (2, "two")
    assert set(about["Versions"]) >= {"coreshell_model", "pybamm"}
    for name in ("corner.png", "convergence.pdf", "report.md"):
        assert (folder / name).stat().st_size > 0


def test_a_table_alone_gives_its_materials_again(sampled, tmp_path):
    """Copied elsewhere, without the problem: a draw's numbers are in its material, others as they were."""
    _, folder, _ = sampled
    for name in ("posterior.csv", "posterior.json"):
        shutil.copy(folder / name, tmp_path / name)
    posterior = read_posterior(tmp_path)
    material = posterior.materials_of(4)["core_shell"]
    assert material.core.sloping.capacity.value == pytest.approx(posterior.values[4, 0], rel=1e-12)
    assert material.electrode.binder_density.value == pytest.approx(posterior.values[4, 1], rel=1e-12)
    assert material.shell.trapping == read_material("core_shell").shell.trapping
    weights = [weight for weight, _ in posterior.draws()]
    assert weights == pytest.approx(posterior.weights)
    write_posterior(posterior, tmp_path / "again.csv")
    assert read_posterior(tmp_path / "again.csv").values == pytest.approx(posterior.values, rel=1e-12)


def test_more_draws_can_be_had_of_the_same_sampling(sampled, tmp_path):
    """With --resume and nothing new to do, no evaluation is added; other seeds and problems are refused."""
    path, folder, record = sampled
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    words = ("posterior", str(path), "--out", str(copy), "--starts", "1", "--workers", "1")
    again = coreshell(*words, "--draws", "50", "--seed", "2", "--resume", "--json")
    assert again.code == 0
    assert json.loads(again.out)["Evaluations"] == record["Evaluations"]
    assert read_posterior(copy).values == pytest.approx(read_posterior(folder).values, rel=1e-9)
    for refused, reason in (
        (coreshell(*words), "add --resume"),
        (coreshell(*words, "--seed", "3", "--resume"), "another seed"),
    ):
        assert refused.code == 2
        assert reason in refused.err
    other = problem_file(
        tmp_path / "two.toml", [CAPACITY], observations=[scalar(DESODIATION, 390.0, 8.0, "mAh/g")]
    )
    refused = coreshell(
        "posterior", str(other), "--out", str(copy), "--resume", "--workers", "1", "--seed", "2"
    )
    assert refused.code == 2
    assert "another problem" in refused.err


def three(sampled):
    """The posterior with its first three draws alone, weights 1, 2 and 1."""
    whole = read_posterior(sampled[1])
    weights = np.array([0.25, 0.5, 0.25])
    return Posterior(
        whole.name, whole.parameters, whole.materials, whole.values[:3], weights, whole.chi_squared[:3], {}
    )


def test_predictions_are_the_runs_of_the_draws(sampled):
    """Three draws: each number is that of a run with these parameters; a design goes into the changes."""
    posterior = three(sampled)
    thin = {"shell.thickness": "5 nm"}
    found = predict(posterior, "core_shell", "formation", cycles=1, changes=thin)
    for draw in (0, 2):
        run = simulate("core_shell", ONE_CYCLE, posterior.changes_of(draw, "core_shell") | thin)
        assert found.values(ICE)[draw] == pytest.approx(summary(run)[ICE], rel=1e-6)
    assert found.failures == ()
    assert found.band(ICE)["Median"] == pytest.approx(np.median(found.values(ICE)), abs=0.01)
    first = found.runs[1].half_cycles
    assert [half.sodiation for half in first] == [True, False]
    assert first[0].capacity == pytest.approx(
        found.values("First sodiation capacity [mA.h.g-1]")[1], rel=1e-3
    )


def test_a_sampled_posterior_has_what_the_data_do_not_touch_by_its_prior(sampled, monkeypatch):
    """After the columns that were sampled, which stay as they are; its pictures are those of the chain."""
    path, _, _ = sampled
    prior = {"mean": 1.0, "factor": 4.0}
    name = "cell.counter_exchange_current_density"
    free = parameter(name, 0.01, 100.0, 1.0, "A/m2", "log", prior=prior)
    read = read_problem(path)
    problem = replace(read, untouched=free_parameters([FreeParameter(**free)], read.materials, "two"))
    monkeypatch.setattr(posterior_run, "sampling_record", lambda sample: {"Warnings": []})
    places = np.array([[0.5, 0.5], [0.45, 0.4]])
    found = [Misfit(problem)(row) for row in places]
    drawn = tuple(
        EvaluatedPoint(row, each.residuals[: problem.data], each.scalars)
        for row, each in zip(places, found, strict=True)
    )
    sample = SimpleNamespace(places=places, drawn=drawn, weights=np.array([0.5, 0.5]))
    posterior = posterior_run._posterior(problem, sample, Noise(), 3)
    assert [each.name for each in posterior.parameters[:2]] == [each.name for each in problem.parameters]
    assert posterior.fitted == problem.parameters and [each.name for each in posterior.from_priors] == [name]
    assert posterior.values[0, 1] == pytest.approx(problem.parameters[1].value(0.5))
    counter = posterior.values[:, 2]
    assert 0.01 < counter.min() < counter.max() < 100


def test_a_number_that_is_drawn_from_its_prior_can_be_set(sampled):
    """It is independent of all others: every draw then has this value, and its own of what was fitted."""
    posterior = replace(three(sampled), record={FROM_PRIORS: ["electrode.binder_density"]})
    stated = {"electrode.binder_density": "1.3 g/cm3"}
    found = predict(posterior, "core_shell", ONE_CYCLE, changes=stated, level="electrode")
    changes = posterior.changes_of(2, "core_shell") | stated
    run = simulate("core_shell", ONE_CYCLE, changes, level="electrode")
    assert found.values(ICE)[2] == pytest.approx(summary(run)[ICE], rel=1e-6)
    assert found.changes == stated


def test_predictions_that_cannot_be_made_are_refused_in_one_line(sampled, tmp_path):
    """An unknown material, a drawn number changed, an unknown result, no posterior: exit code 2."""
    _, folder, _ = sampled
    posterior = three(sampled)
    with pytest.raises(InputError, match=r"has no material 'shell'; it has core_shell"):
        predict(posterior, "shell", "formation")
    with pytest.raises(InputError, match="is drawn from the posterior; leave it out"):
        predict(posterior, "core_shell", "formation", changes={"core.sloping.capacity": "100 mAh/g"})
    free = replace(posterior, record={FROM_PRIORS: ["electrode.binder_density"]})
    with pytest.raises(InputError, match=r"core\.sloping\.capacity is drawn from the posterior"):
        predict(free, "core_shell", "formation", changes={"core.sloping.capacity": "100 mAh/g"})
    with pytest.raises(InputError, match="cycle 9 is not among its 5"):
        predict(posterior, "core_shell", "formation", cycles=9)
    with pytest.raises(InputError, match="no draw gives 'ICE'; there are First-cycle loss"):
        hand_made(np.ones(3)).band("ICE")
    refused = {
        ("predict", str(tmp_path), "core_shell", "formation"): "posterior.csv: is not there",
        ("predict", str(folder), "core_shell", "formations"): "unknown protocol",
        (
            "predict",
            str(folder),
            "core_shell",
            "formation",
            "--set",
            "shell.thickness=1 V",
        ): "shell.thickness",
        ("losses", str(folder), "--material", "core"): "has no material 'core'",
        ("losses", ""): "no posterior is named",
        ("losses", "/nowhere"): "/nowhere: is not there",
    }
    for words, reason in refused.items():
        outcome = coreshell(*words, "--workers", "1")
        assert (outcome.code, outcome.out) == (2, "")
        assert reason in outcome.err
        assert len(outcome.err.strip().splitlines()) == 1


def test_a_table_that_is_none_is_refused(sampled, tmp_path):
    """No file beside it, a column missing, a word for a number: one line each."""
    _, folder, _ = sampled
    text = (folder / "posterior.csv").read_text()
    (tmp_path / "posterior.csv").write_text(text)
    with pytest.raises(InputError, match="is not a posterior"):
        read_posterior(tmp_path)
    shutil.copy(folder / "posterior.json", tmp_path)
    for bad in (text.replace("Weight", "Wait"), text.replace("\n1,", "\n1,x", 1), text.splitlines()[0]):
        (tmp_path / "posterior.csv").write_text(bad)
        with pytest.raises(InputError, match=r"is not a posterior|holds no draws"):
            read_posterior(tmp_path)


@pytest.mark.parametrize(
    ("place", "number", "said"),
    [
        (1, "nan", "draw 1 has the weight nan"),
        (1, "-0.1", "draw 1 has the weight -0.1"),
        (2, "-3.5", "is -3.5 .*, outside the bounds"),
        (2, "nan", "is nan .*, outside the bounds"),
    ],
)
def test_a_draw_that_can_be_none_of_the_problems_is_refused_with_its_number(
    sampled, tmp_path, place, number, said
):
    """As after a change by hand."""
    _, folder, _ = sampled
    shutil.copy(folder / "posterior.json", tmp_path)
    with (folder / "posterior.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    rows[1][place] = number
    with (tmp_path / "posterior.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(InputError, match=said):
        read_posterior(tmp_path)


@pytest.mark.parametrize(("old", "new"), [("\n1,", "\n1,0.5,"), (",Chi-squared\n1,", ",Chi-squared\n")])
def test_a_row_with_more_or_fewer_cells_than_the_header_is_refused(sampled, tmp_path, old, new):
    _, folder, _ = sampled
    shutil.copy(folder / "posterior.json", tmp_path)
    text = (folder / "posterior.csv").read_text()
    (tmp_path / "posterior.csv").write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match="draw 1 has not as many cells as the header"):
        read_posterior(tmp_path)


def test_a_cell_that_is_no_number_is_refused_with_its_place(sampled, tmp_path):
    _, folder, _ = sampled
    shutil.copy(folder / "posterior.json", tmp_path)
    lines = (folder / "posterior.csv").read_text().splitlines()
    lines[2] = lines[2].rpartition(",")[0] + ","
    (tmp_path / "posterior.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match="draw 2: Chi-squared is '', no number"):
        read_posterior(tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Initial efficiency", "did you mean 'Initial coulombic efficiency'?"),
        ("Beauty", "there are Particle radius [nm]"),
    ],
)
def test_predict_refuses_an_observable_before_the_draws(sampled, name, said, monkeypatch):
    def never(*_, **__):
        raise AssertionError("the draws were run")

    monkeypatch.setattr(sys.modules["coreshell_model.infer.prediction"], "side_by_side", never)
    words = ("--workers", "1", "--cycles", "1", "--observable", name)
    outcome = coreshell("predict", str(sampled[1]), "core_shell", "formation", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"formation: no result '{name}'; {said}" in outcome.err and outcome.err.count("\n") == 1


def test_predict_refuses_a_level_before_any_run(sampled):
    _, folder, _ = sampled
    outcome = coreshell("predict", str(folder), "core_shell", "formation", "--level", "foo")
    assert (outcome.code, outcome.out) == (2, "")
    assert "one of particle, electrode" in outcome.err and outcome.err.count("\n") == 1


REFUSED = {
    "few draws": (("--draws", "3"), "draws is 3; give a whole number from 50"),
    "no evaluation": (("--evaluations", "0"), "evaluations is 0"),
    "seed": (("--seed", "-1"), "seed is -1"),
    "no fit there": (("--fit", "nowhere"), "is not the result of a fit"),
    "nothing to resume": (("--resume",), "is not there to resume"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_sampling_that_cannot_be_is_refused_in_one_line(case, tmp_path, monkeypatch):
    """Exit code 2, one line, and nothing sampled."""
    monkeypatch.chdir(tmp_path)
    words, reason = REFUSED[case]
    path = problem_file(tmp_path / "one.toml", [CAPACITY], observations=[scalar(ICE, 0.82, 0.02)])
    outcome = coreshell("posterior", str(path), "--out", "out", "--workers", "1", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert reason in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert not (tmp_path / "out" / "evaluations.jsonl").exists()
    assert not (tmp_path / "out" / "sampling.json").exists()  # the right command may go into the same folder


def test_a_number_that_is_set_makes_it_another_posterior(sampled):
    """Its draws go on only with the number that they were begun with."""
    path, folder, _ = sampled
    words = ("--draws", "50", "--starts", "1", "--workers", "1", "--seed", "2", "--resume")
    outcome = coreshell("posterior", str(path), "--out", str(folder), "--set", "loading=2 mg/cm2", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "another" in outcome.err and outcome.err.count("\n") == 1


def test_a_problem_without_observations_has_no_posterior(tmp_path):
    """As it has no fit."""
    path = problem_file(tmp_path / "none.toml", [CAPACITY])
    outcome = coreshell("posterior", str(path), "--out", str(tmp_path / "out"))
    assert outcome.code == 2
    assert "has no observations" in outcome.err


def test_priors_are_linear_in_the_places(tmp_path):
    """The same residuals as the fit's, on a linear and on a logarithmic scale, to rounding."""
    free = [
        CAPACITY,
        RATE | {"prior": {"mean": 1e-3, "factor": 5.0}},
        parameter("electrode.binder_density", 1.0, 2.2, 1.5, "g/cm3", prior=BINDER),
    ]
    problem = read_problem(problem_file(tmp_path / "p.toml", free, observations=[scalar(ICE, 0.8, 0.1)]))
    places = np.array([[0.2, 0.3, 0.9], [0.0, 1.0, 0.4]])
    wanted = [Misfit(problem).priors(row) for row in places]
    assert ProblemTarget(problem).prior_residuals(places) == pytest.approx(np.array(wanted), abs=1e-9)


def hand_made(loss):
    """Runs of three draws with these losses; the SEI takes 10, 30 and 50 mAh/g, a fourth run failed."""
    runs = [
        DrawnRun(
            {
                "First-cycle loss [mA.h.g-1]": one,
                "Loss to SEI [mA.h.g-1]": sei,
                "Loss to trapped sodium [mA.h.g-1]": one - sei,
                "Sodium left in carbon [mA.h.g-1]": 0.0,
            },
            (),
        )
        for one, sei in zip(loss, (10.0, 30.0, 50.0), strict=True)
    ]
    return Prediction(
        "core_shell", "formation", {}, np.array([0.1, 0.5, 0.1, 0.3]), (*runs, DrawnRun(failure="failed"))
    )


def test_shares_of_a_loss_are_those_of_the_draws_that_have_one():
    """10, 30 and 50 of 100 mAh/g; the failed draw's weight, 0.3, is told; shares add up to 1."""
    found = shares_of(hand_made(np.full(3, 100.0)))
    assert found.shares["SEI"] == pytest.approx([0.1, 0.3, 0.5])
    assert sum(found.shares.values()) == pytest.approx(np.ones(3))
    record = found.record()
    assert record["Shares of the loss"]["SEI"]["Median"] == pytest.approx(0.3)
    assert record["Share of draws without a loss"] == pytest.approx(0.3)
    assert record["Failed draws"] == 1
    assert record["SEI's share by arithmetic"] == {}
    of_the_paper = replace(found, arithmetic=ARITHMETIC).record()
    assert len(of_the_paper["SEI's share by arithmetic"]) == 2


def test_the_losses_of_a_run_add_up(sampled):
    """SEI, trapped and left sodium are the whole loss of each draw, to 1e-6."""
    found = loss_shares(three(sampled))
    assert "no number of the SEI or trapping of core_shell is among the draws" in found.warnings[0]
    assert found.record()["Warnings"] == list(found.warnings)
    assert sum(found.shares.values()) == pytest.approx(np.ones(3), abs=1e-6)
    assert found.loss.min() > 10


@pytest.mark.parametrize(("sd", "interval"), [(30.0, (0.09, 0.65)), (12.0, (0.15, 0.56))])
def test_the_arithmetic_of_two_losses(sd, interval):
    """q_SEI = 2.4 +- 2.3 mAh/m2; the share by a million random pairs too."""
    found = LossArithmetic(Loss(246.0, 31.0, 2.7), Loss(89.0, sd, 14.0), 0.3)
    assert found.sei_by_area[0] == pytest.approx(2.41, abs=0.005)
    assert found.sei_share == pytest.approx(2.41 * 14 / 89, abs=0.001)
    if sd == 30.0:
        assert found.sei_by_area[1] == pytest.approx(2.3, abs=0.05)
    assert found.sei_share_quantiles((0.05, 0.95)) == pytest.approx(interval, abs=0.005)
    rng = np.random.default_rng(0)
    coating, coated = rng.normal(246, 31, 10**6), rng.normal(89, sd, 10**6)
    q = (coated - 0.3 / 1.3 * coating) / (14 - 0.3 / 1.3 * 2.7)
    share = (q * 14 / coated)[(q >= 0) & (coated > 0)]
    wanted = np.quantile(share, [0.05, 0.5, 0.95])
    assert found.sei_share_quantiles((0.05, 0.5, 0.95)) == pytest.approx(wanted, abs=0.002)


def test_losses_that_arithmetic_cannot_divide_are_refused():
    """As much area by coating in both, or an area of nothing."""
    with pytest.raises(InputError, match="no more area by coating"):
        LossArithmetic(Loss(246.0, 31.0, 14.0), Loss(89.0, 30.0, 3.0), 0.3)
    with pytest.raises(InputError, match="give numbers above 0"):
        LossArithmetic(Loss(246.0, 31.0, 0.0), Loss(89.0, 30.0, 14.0), 0.3)


def test_curve_bands_lie_on_the_curves():
    """Lines from 1 V to 0 over 90, 100 and 110 mAh/g: the median is the middle one, the ends are the others.

    Beyond its end a draw stays at its last voltage, and the share of draws that get there falls.
    """
    line = np.linspace(1.0, 0.0, 201)
    runs = [(HalfCycle(True, capacity, line),) for capacity in (90.0, 100.0, 110.0)]
    table = curve_bands(runs, np.array([0.2, 0.6, 0.2]))
    at = table[np.isclose(table["Capacity [mA.h.g-1]"], 55.0)].iloc[0]
    assert at["Voltage, Median [V]"] == pytest.approx(1 - 55 / 100, abs=1e-6)
    assert at["Voltage, 95 % from [V]"] == pytest.approx(1 - 55 / 90, abs=1e-6)
    assert at["Voltage, 95 % to [V]"] == pytest.approx(1 - 55 / 110, abs=1e-6)
    assert table["Capacity [mA.h.g-1]"].max() == 110.0
    assert table["Share of draws that get there"].iloc[[0, -1]].tolist() == pytest.approx([1.0, 0.2])
    assert table["Voltage, Median [V]"].iloc[-1] == pytest.approx(0.0)


def test_drawn_bands_end_with_the_draws_that_bound_them():
    """Not at a voltage that ended draws stay at, which would look like a plateau: of draws of 90, 100 and 110
    mAh/g the median ends at 100, the bands at 110."""
    line = np.linspace(1.0, 0.1, 201)
    runs = tuple(DrawnRun({}, (HalfCycle(True, capacity, line),)) for capacity in (90.0, 100.0, 110.0))
    found = Prediction("core_shell", "made up", {}, np.array([0.2, 0.4, 0.4]), runs)
    panel = prediction_picture(found).figure.axes[0]
    (median,) = panel.lines
    assert np.max(median.get_xdata()) == pytest.approx(100, abs=0.6)
    for band in panel.collections:
        assert band.get_paths()[0].vertices[:, 0].max() == pytest.approx(110)
    tail = replace(found, weights=np.array([0.5, 0.4, 0.1]))  # the last tenth bounds the 95 % alone
    bands = prediction_picture(tail).figure.axes[0].collections
    wide, narrow = (band.get_paths()[0].vertices[:, 0].max() for band in bands)
    assert wide == pytest.approx(110) and narrow == pytest.approx(100, abs=0.6)


def test_a_voltammogram_is_predicted_as_current_over_voltage(sampled):
    """Each sweep's median is the current of the middle draw, anodic upwards; no half-cycles over capacity."""
    posterior = three(sampled)
    found = predict(posterior, "core_shell", "cyclic_voltammetry", cycles=1)
    assert not any(run.half_cycles for run in found.runs)
    drawn = prediction_picture(found)
    table = drawn.numbers
    assert table.groupby("Sweep")["Direction"].first().tolist() == ["sodiation", "desodiation"]
    for number, own in enumerate(
        sweeps(
            simulate(
                "core_shell",
                beginning(read_protocol("cyclic_voltammetry"), 1),
                posterior.changes_of(1, "core_shell"),
            )
        )
    ):
        part = table[table["Sweep"] == number + 1]
        low, high = (part[f"Anodic current, 95 % {side} [mA.g-1]"].to_numpy() for side in ("from", "to"))
        anodic = (-1 if own.sodiation else 1) * np.interp(part["Voltage [V]"], own.voltage, own.current)
        assert ((low - 1e-6 <= anodic) & (anodic <= high + 1e-6)).mean() > 0.99
    first = table[table["Sweep"] == 1]["Anodic current, Median [mA.g-1]"]
    assert first.min() < -10 and first.max() < 1
    assert [panel.get_xlabel() for panel in drawn.figure.axes] == ["Voltage against Na / V"] * 2


def made_up_rates(*capacities):
    """The blocks of a rate test that returns to its first rate, by a draw with these capacities."""
    labels = ("C/20", "1C", "C/20")
    return tuple(
        AtRate(label, 5 * number, capacity, None if capacity is None else capacity / capacities[0])
        for number, (label, capacity) in enumerate(zip(labels, capacities, strict=True), start=1)
    )


RATES = ((400.0, 200.0, 390.0), (300.0, 120.0, 300.0), (200.0, 40.0, None))


def test_each_rate_has_its_intervals_over_the_draws_that_reach_it():
    """In the order of the test, the return to the first rate apart; a draw without a block does not count."""
    runs = [made_up_rates(*capacities) for capacities in RATES]
    weights = np.array([0.2, 0.6, 0.2])
    first, fast, back = rate_bands(runs, weights)
    assert [each["Rate"] for each in (first, fast, back)] == ["C/20", "1C", "C/20"]
    assert fast["Rate retention"]["Median"] == pytest.approx(0.4)
    assert fast["Rate retention"]["95 % interval"] == pytest.approx([0.2, 0.5])
    assert fast["Desodiation capacity [mA.h.g-1]"]["95 % interval"] == pytest.approx([40, 200])
    assert first["Rate retention"]["95 % interval"] == [1, 1]
    assert back["Draws"] == 2 and back["Rate retention"]["95 % interval"] == pytest.approx([0.975, 1])
    assert rate_bands([(), ()], np.array([0.5, 0.5])) == []
    withheld = rate_bands(runs, weights, withheld=True)[1]["Rate retention"]
    assert withheld == {"Median": pytest.approx(0.4), "68 % interval": None, "95 % interval": None}


def test_the_picture_of_rates_has_the_numbers_of_its_table():
    """A bar for each interval of each rate, at its height; medians alone where no interval is stated."""
    runs = tuple(DrawnRun({}, rates=made_up_rates(*capacities)) for capacities in RATES)
    found = Prediction("core_shell", "made up", {}, np.array([0.2, 0.6, 0.2]), runs)
    drawn = rates_picture(found)
    retention, capacity = drawn.figure.axes
    assert [text.get_text() for text in retention.get_xticklabels()] == ["C/20", "1C", "C/20"]
    for panel, name in ((retention, "Rate retention"), (capacity, "Desodiation capacity [mA.h.g-1]")):
        (medians,) = panel.lines
        assert medians.get_ydata().tolist() == pytest.approx([each[name]["Median"] for each in found.rates()])
        for bars, width in zip(panel.collections, ("95 %", "68 %"), strict=True):
            ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
            assert ends == [pytest.approx(each[name][f"{width} interval"]) for each in found.rates()]
    assert drawn.numbers["Rate retention, 68 % from"].tolist() == pytest.approx(
        [each["Rate retention"]["68 % interval"][0] for each in found.rates()]
    )
    assert "Desodiation capacity, 95 % to [mA.h.g-1]" in drawn.numbers
    no_intervals = rates_picture(replace(found, withheld=True))
    assert not no_intervals.figure.axes[0].collections and len(no_intervals.figure.axes[0].lines) == 1


def test_a_rate_test_is_predicted_with_its_retention_in_table_json_csv_and_picture(sampled, tmp_path):
    """From the command line, over a table of three draws; each number is that of a run."""
    posterior, out = three(sampled), tmp_path / "out"
    posterior = replace(posterior, record={FROM_PRIORS: ["electrode.binder_density"]})
    write_posterior(posterior, tmp_path / "posterior.csv")
    words = ("predict", str(tmp_path), "core_shell", "design_rates", "--set", "protocol.numbers.cycles=1")
    words = (*words, "--workers", "1", "--observable", "Rate retention, 1C", "--observable", "1C")
    outcome = coreshell(*words, "--out", str(out), "--json")
    assert outcome.code == 0, outcome.err
    assert "3 draws through design_rates: 1C 400 mA/g, from 2.5 V, to 5 mV" in outcome.err
    told = json.loads(outcome.out)
    at = {each["Rate"]: each for each in told["Rates"][1:]}
    assert [each["Observable"] for each in told["Bands"]] == [
        "Rate retention, 1C",
        "Capacity at 1C [mA.h.g-1]",
    ]
    retention, capacity = told["Bands"]
    assert at["1C"]["Rate retention"]["95 % interval"] == retention["95 % interval"]
    assert at["1C"]["Desodiation capacity [mA.h.g-1]"]["Median"] == capacity["Median"]
    middle = simulate(
        "core_shell",
        "design_rates",
        posterior.changes_of(1, "core_shell") | {"protocol.numbers.cycles": "1"},
    )
    low, high = retention["95 % interval"]
    assert low - 1e-3 <= summary(middle)["Rate retention"]["1C"] <= high + 1e-3
    table = pd.read_csv(out / "rate_bands.csv")
    assert table["Rate"].tolist() == [each["Rate"] for each in told["Rates"]]
    assert table["Rate retention, Median"].tolist() == pytest.approx(
        [each["Rate retention"]["Median"] for each in told["Rates"]]
    )
    for suffix in (".png", ".pdf"):
        assert (out / f"rate_bands{suffix}").stat().st_size > 5000
    assert told["Drawn"] == {"Fitted": ["core.sloping.capacity"], "From priors": ["electrode.binder_density"]}
    assert "cell.counter_exchange_current_density" in told["Kept"]
    assert not {"core.sloping.capacity", "electrode.binder_density"} & set(told["Kept"])
    shown = coreshell(*words).out
    assert "rate_bands.csv" in outcome.err
    assert (
        shown.index("Rate retention, 95 %")
        < shown.index("The bands hold")
        < shown.index("Rate retention, 1C")
    )
    line = next(text for text in shown.splitlines() if text.startswith("The bands hold"))
    assert "1 number drawn as the data allow, and 1 number drawn from their priors" in line
    assert f"the other {len(told['Kept'])}," in line


def test_results_of_single_cycles_are_not_in_the_printed_table(sampled, tmp_path):
    """A rate test has hundreds; the line below the table says where they are."""
    write_posterior(three(sampled), tmp_path / "posterior.csv")
    words = ("predict", str(tmp_path), "core_shell", "formation", "--cycles", "1", "--workers", "1")
    shown = coreshell(*words).out
    assert "Coulombic efficiency, 1" not in shown and "Initial coulombic efficiency" in shown
    assert "results of single cycles are in --json" in shown
    assert "Coulombic efficiency, 1" in coreshell(*words, "--observable", "Coulombic efficiency, 1").out


def test_a_draw_whose_run_was_over_as_it_began_has_numbers_and_no_curve(sampled):
    """Through 1 MOhm cm2 every step ends at once."""
    stopped = {"cell.series_resistance": "1e6 Ohm.cm2"}
    found = predict(three(sampled), "core_shell", "formation", cycles=1, changes=stopped)
    assert all(run.numbers and not run.half_cycles for run in found.runs)
    assert len(prediction_picture(found).numbers) == 0


def test_every_number_of_a_run_is_found_by_its_name():
    """Entries of lists from 1, of tables by name; words, flags and what is missing are left out."""
    found = numbers_of(
        {"a": 1, "b": [2.0, None], "c": {"2C": 0.3}, "d": "text", "e": True, "f": None, "g": float("nan")}
    )
    assert found == {"a": 1.0, "b, 1": 2.0, "c, 2C": 0.3}


def test_predictions_are_written_with_their_figure(sampled, tmp_path):
    """From the command line, over a table of three draws: bands, curve bands, a row a draw."""
    write_posterior(three(sampled), tmp_path / "posterior.csv")
    words = ("predict", str(tmp_path), "core_shell", "formation", "--cycles", "1", "--workers", "1")
    outcome = coreshell(*words, "--out", str(tmp_path / "out"), "--observable", ICE, "--json")
    assert outcome.code == 0
    band = json.loads(outcome.out)["Bands"][0]
    assert band["68 % interval"][0] <= band["Median"] <= band["68 % interval"][1]
    draws = pd.read_csv(tmp_path / "out" / "draws.csv")
    assert draws["Weight"].tolist() == pytest.approx([0.25, 0.5, 0.25])
    assert ICE in pd.read_csv(tmp_path / "out" / "bands.csv")["Observable"].tolist()
    curves = pd.read_csv(tmp_path / "out" / "curve_bands.csv")
    assert set(curves["Half-cycle"]) == {1, 2}
    assert (tmp_path / "out" / "curve_bands.pdf").stat().st_size > 0
    bands = pd.read_csv(tmp_path / "out" / "bands.csv")
    assert bands["Share of draws without it"].min() >= 0
    assert "Solve time [s]" not in bands["Observable"].tolist()
    assert json.loads((tmp_path / "out" / "prediction.json").read_text())["Cycles"] == 1
    before = (tmp_path / "out" / "bands.csv").read_bytes()
    other = coreshell(*words, "--out", str(tmp_path / "out"), "--set", "shell.thickness=5 nm")
    assert other.code == 2 and "another changes than this prediction's" in other.err
    assert (tmp_path / "out" / "bands.csv").read_bytes() == before
    assert coreshell(*words, "--out", str(tmp_path / "out")).code == 0  # the same again


def test_predictions_do_not_go_beside_what_a_run_keeps(sampled):
    _, folder, _ = sampled
    words = ("predict", str(folder), "core_shell", "formation", "--cycles", "1", "--workers", "1")
    outcome = coreshell(*words, "--out", str(folder))
    assert outcome.code == 2 and "holds a posterior, beside which predictions cannot go" in outcome.err


@pytest.mark.parametrize(
    ("protocols", "run"),
    [
        (("formation_without_hold", "formation_without_hold"), "formation_without_hold"),
        (("formation_without_hold", "rate_test"), "formation"),
        (("own.toml",), "formation"),
        ((), "formation"),
    ],
    ids=["one shipped", "several", "a file of one's own", "none told"],
)
def test_losses_are_of_the_protocol_of_the_data_where_they_have_one(protocols, run, sampled):
    """A loss in a hold that was never measured would be another one."""
    given = [{"observable": "x", "protocol": name} for name in protocols]
    posterior = replace(read_posterior(sampled[1]), record={"Problem file": {"observations": given}})
    assert _usual_protocol(posterior) == run


def test_the_parts_of_a_loss_add_up_by_hand_and_those_of_the_file_are_what_a_run_prints(sampled):
    """The draws as means; each part says what it counts, in the printed table too."""
    record = loss_shares(three(sampled)).record()
    run = summary(simulate("core_shell", ONE_CYCLE))
    for column in ("Mean loss [mA.h.g-1]", "Loss with the numbers of the file [mA.h.g-1]"):
        *parts, whole = record[column].values()
        assert sum(parts) == pytest.approx(whole, rel=1e-6)
    assert whole == pytest.approx(run["First-cycle loss [mA.h.g-1]"])
    printed = coreshell("losses", str(sampled[1]), "--workers", "1")
    assert printed.code == 0, printed.err
    assert all(words in printed.out for words in COUNTED.values())
    assert f"{whole:.4g}" in printed.out and "Sodiation ends with a hold" in printed.out
