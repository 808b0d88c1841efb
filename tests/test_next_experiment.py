"""Experiments ranked by what they would tell: the estimator where the answer is known, and the command."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.design.experiments import LOSS, SAME, SEI, SORPTION, experiments
from coreshell_model.design.information import expected_gain, held_out_check, linear_gain
from coreshell_model.design.next_experiment import rank
from coreshell_model.design.next_report import picture, range_advice, records, save
from coreshell_model.design.problem import SOLVED
from coreshell_model.design.results import sweep_of
from coreshell_model.design.space import axis
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.particle import shape_of


def gaussian(count, seed=1):
    """A quantity with spread 1, seen with error 0.5; and noise that has nothing to do with it."""
    rng = np.random.default_rng(seed)
    target, noise = rng.standard_normal(count), rng.standard_normal(count)
    return target, noise, np.full(count, 1 / count)


def test_the_gain_of_a_gaussian_is_the_textbooks():
    """½ ln(1 + var/0.5²) for the quantity itself, 0.805 nat for a variance of 1. Covariances give it exactly,
    for the variance of the draws; 200 effective draws give 0.014 less, for their before²/n, to 0.02."""
    target, _, weights = gaussian(400)
    seen, errors = target[:, None], np.array([0.5])
    exact = 0.5 * np.log(1 + target.var() / 0.5**2)
    assert expected_gain(target, seen, errors, weights).information == pytest.approx(exact - 0.014, abs=0.02)
    assert linear_gain(target, seen, errors, weights) == pytest.approx(exact, rel=1e-9)


def test_a_measurement_of_something_else_tells_nothing():
    """Less than 0.03 nat, which is what chance gives with 400 draws."""
    target, noise, weights = gaussian(400)
    gain = expected_gain(target, noise[:, None], np.array([0.5]), weights)
    assert abs(gain.information) < 0.03


def test_few_draws_do_not_make_up_a_gain():
    """Noise seen far more sharply than its 30 draws lie apart leaves one or two of them: still no gain, to
    0.1 nat."""
    target, noise, weights = gaussian(30)
    gain = expected_gain(target, noise[:, None], np.array([0.02]), weights)
    assert gain.effective < 4
    assert gain.information < 0.1


def test_a_quantity_seen_through_a_fold_is_missed_by_covariances_alone():
    """|x| says much of x² and has no covariance with x; of x² nested Monte Carlo finds it, as it should."""
    target, _, weights = gaussian(400)
    seen = np.abs(target)[:, None]
    gain = expected_gain(target**2, seen, np.array([0.1]), weights)
    assert gain.information > 0.8
    assert linear_gain(target, seen, np.array([0.1]), weights) < 0.1


def test_the_check_gives_the_gain_and_covers_the_truth():
    """Truths of the same population: the same gain within 0.2, and 95 % intervals that hold 32 of 40."""
    target, _, weights = gaussian(400)
    truths = np.random.default_rng(9).standard_normal(40)
    errors = np.array([0.5])
    check = held_out_check(truths, truths[:, None], target, target[:, None], errors, weights)
    assert check.information == pytest.approx(0.805, abs=0.2)
    assert check.covered >= 0.8 and check.truths == 40 and check.effective > 50


def draws(count=48, seed=5):
    """Trapped charge and rate of clusters, evenly."""
    places = np.random.default_rng(seed).random((count, 2))
    members = [
        {
            "shell.trapping.capacity": f"{20 + 200 * one} mAh/g",
            "core.clusters.rate": f"{10 ** (-5 + other)} 1/s",
        }
        for one, other in places.tolist()
    ]
    return Ensemble("draws by hand", tuple((each,) for each in members), np.full(count, 1 / count))


def by_hand(name, own, points):
    """Runs without a solver: trapped sodium and film share a loss of 89, the area of the film decides how the
    efficiency follows; clusters show in rates alone."""
    rows = []
    for number, values in enumerate(points.values):
        trapped, rate = values
        film = 89 - 0.25 * trapped
        larger = "large" in name
        loss = 0.25 * trapped + film / (2 if larger else 1)
        known = {
            SEI: film,
            LOSS: 89.0,
            "Initial coulombic efficiency": 400 / (400 + loss),
            "Reversible capacity [mA.h.g-1]": 400.0,
        }
        row = {"Ending": SOLVED, "Reason": ""}
        row |= {
            n: known.get(n, 100 + 80 * np.log10(1e5 * rate) if "at" in n else 10.0) for n in own.observables
        }
        labels = [each.label for each in points.axes]
        rows.append({"Point": number} | dict(zip(labels, values, strict=True)) | row)
    return sweep_of(rows, points, {"Observables": list(own.observables)})


def test_the_loss_is_settled_by_sorption_and_the_plateau_by_rates():
    """Where the loss is one number however it splits, only Shell's area and another particle size can tell;
    the clusters' rate shows at 1C and 2C alone. The blank is left out with the reason."""
    core_shell = read_material("core_shell")
    found = rank(core_shell, draws(), "SEI share", by_hand)
    names = [each.name for each in found.ranked]
    assert names[0] == SORPTION
    assert names[1] == "particles twice as large, equal shell"
    assert found.ranked[0].check is not None and found.ranked[2].check is None
    assert found.ranked[0].check.effective >= 1 and found.held_out == 12 and found.draws == 36
    assert "electrode.carbon_black_area" in found.data.left_out["blank electrode of carbon black and binder"]
    found = rank(core_shell, draws(), "plateau kinetics", by_hand)
    assert found.ranked[0].name == "capacities at C/5, 1C and 2C"
    json.dumps([each.results() for each in found.ranked], allow_nan=False)


@pytest.fixture(scope="module")
def ranking():
    return rank(read_material("core_shell"), draws(), "SEI share", by_hand)


def first(ranking, name):
    """The same ranking with a candidate put first."""
    return replace(ranking, ranked=tuple(sorted(ranking.ranked, key=lambda each: each.name != name)))


def test_the_sample_as_it_is_stands_beside_each_candidate_with_the_difference(ranking):
    """Its size, and what would be measured of it; a sample has the numbers that its candidate names."""
    by_name = {each["Experiment"]: each for each in records(ranking)}
    shape = shape_of(ranking.data.material)
    thickness = by_name["shell half as thick"]["Sample"]["Shell thickness [nm]"]
    assert thickness["As it is"] == pytest.approx(1e9 * shape.shell_thickness)
    assert thickness["Advised"] == pytest.approx(thickness["As it is"] / 2)
    assert thickness["Difference"] == pytest.approx(-thickness["As it is"] / 2)
    area = by_name["particles twice as large, equal shell"]["Sample"]["External area [m2.g-1]"]
    assert area["Difference"] == pytest.approx(-area["As it is"] / 2)
    for name in (SAME, SORPTION):
        assert {numbers["Difference"] for numbers in by_name[name]["Sample"].values()} == {0}
    ice = by_name["particles twice as large, equal shell"]["Expected"]["Initial coulombic efficiency"]
    assert ice["Difference"] == pytest.approx(ice["Advised"] - ice["As it is"]) and ice["Difference"] > 0.01
    beyond = "Information beyond that of the same sample [nat]"
    assert by_name[SAME][beyond] == 0
    large = next(each for each in ranking.ranked if "large" in each.name).gain.information
    same = next(each for each in ranking.ranked if each.name == SAME).gain.information
    assert by_name["particles twice as large, equal shell"][beyond] == pytest.approx(large - same)
    json.dumps(records(ranking), allow_nan=False)


def test_the_picture_marks_the_sample_as_it_is_and_the_advised_one(ranking, tmp_path):
    """By the numbers of the table beside it."""
    thin_first = first(ranking, "shell half as thick")
    drawn = picture(thin_first, "core_shell")
    information, samples = drawn.figure.axes
    for panel in (information, samples):
        assert {"as it is", "advised"} <= {line.get_label() for line in panel.lines}
    marked = {line.get_label(): line.get_xydata()[0].tolist() for line in samples.lines}
    row = drawn.numbers.iloc[0]
    assert row["Experiment"] == "shell half as thick"
    for label in ("as it is", "advised"):
        thickness, area = (row[f"{name}, {label} [{unit}]"] for name, unit in (
            ("Shell thickness", "nm"), ("External area", "m2.g-1")))  # fmt: skip
        assert marked[label] == pytest.approx([thickness, area])
    assert row["Shell thickness, difference [nm]"] == pytest.approx(
        row["Shell thickness, advised [nm]"] - row["Shell thickness, as it is [nm]"]
    )
    paths = save(thin_first, {"Experiments": records(thin_first)}, tmp_path)
    assert {path.name for path in paths} == {f"candidates.{end}" for end in ("json", "png", "pdf", "csv")}


@pytest.mark.parametrize(
    ("best", "said"),
    [
        (
            "shell half as thick",
            r"Shell thickness \(thickness\) is at the low end .*extend the range below 4",
        ),
        (
            "mass gain twice as high, equal area",
            "CVD mass gain .* high end .*: extend the range above 60 %",
        ),
        ("slow first cycle, C/100", r"C-rate \(rate\) is at the low end .*: extend the range below 0.01"),
        ("fast first cycle, C/2 without hold", "C-rate .* at the high end .*: extend the range above 0.5"),
        (SAME, None),
        (SORPTION, None),
        ("voltammogram at 0.1 mV/s", None),
    ],
)
def test_advice_at_an_end_of_what_was_tried_names_the_number_and_the_end(ranking, best, said):
    """Of the most informative candidate alone."""
    sentences = range_advice(first(ranking, best))
    assert len(sentences) == (said is not None)
    if said is not None:
        assert re.match(said, sentences[0]) and best in sentences[0]


def test_further_samples_extend_the_range_and_the_advice_moves_to_its_new_end():
    """Half of 14 m2/g is an end no longer where 3 and 5 are tried too; 3 is the new one."""
    wider = rank(
        read_material("core_shell"), draws(), "SEI share", by_hand, further=[axis("external_area=3, 5 m2/g")]
    )
    assert {"External area 3 m2/g", "External area 5 m2/g"} <= {each.name for each in wider.ranked}
    assert range_advice(first(wider, "particles twice as large, equal shell")) == []
    (sentence,) = range_advice(first(wider, "External area 3 m2/g"))
    assert "extend the range below 3 m2/g" in sentence


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("thickness=-1 nm", "must be above 0"),
        ("core.clusters.rate=1e-5 1/s", "leave one out"),
        ("happiness=3", "is no design variable"),
    ],
)
def test_a_further_sample_that_cannot_be_is_refused_before_any_run(text, reason):
    def never(name, own, points):
        raise AssertionError("a run was begun")

    with pytest.raises(InputError, match=reason):
        rank(read_material("core_shell"), draws(), "SEI share", never, further=[axis(text)])


def test_what_cannot_be_weighed_is_refused():
    """Too few draws, a question that the draws say nothing of, a particle without a shell."""
    core_shell, few = read_material("core_shell"), draws(5)
    with pytest.raises(InputError, match="5 draws are too few"):
        rank(core_shell, few, "SEI share", by_hand)
    whole = draws()
    alone = tuple(({path: each[path] for path in whole.paths[:1]},) for each in whole.changes)
    trapped = Ensemble("draws", alone, whole.weights)
    with pytest.raises(InputError, match=r"no draws of core\.clusters\.rate"):
        rank(core_shell, trapped, "plateau kinetics", by_hand)
    with pytest.raises(InputError, match="has no shell"):
        rank(read_material("core"), whole, "SEI share", by_hand)


def test_candidates_are_possible_particles():
    """Each is a design of Core-Shell in a protocol that gives what it is to show."""
    from coreshell_model.design.problem import problem

    for each in experiments(9.4, 14.0, 30.0):
        shared = problem("core_shell", each.protocol, each.changes, observables=list(each.errors))
        shared.point({})  # refuses an impossible one
        assert tuple(shared.observables) == tuple(each.errors)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "--posterior"),
        (("--posterior", "nowhere.csv"), "nowhere.csv: is not there"),
        (("--posterior", "nowhere.csv", "--about", "happiness"), "it is one of SEI share, plateau kinetics"),
        (("--posterior", "nowhere.csv", "--resume"), "--resume needs the folder"),
        (("--posterior", "nowhere.csv", "--vary", "thickness=2..4 nm"), "has no number of points"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words, reason):
    """Refused before any worker starts."""
    found = coreshell("next", "core_shell", *words)
    assert found.code == 2 and found.out == ""
    assert reason in found.err and found.err.count("\n") == 1
