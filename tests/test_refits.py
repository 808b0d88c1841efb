"""Candidates checked by refitting: their data in the fit, the truth found again, what is kept and refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from command_line import coreshell
from synthetic import parameter, problem_file, scalar

from coreshell_model import simulate, summary
from coreshell_model.base.errors import InputError
from coreshell_model.design import next_experiment as candidate_data
from coreshell_model.design import refit_best
from coreshell_model.design.advice import sealed
from coreshell_model.design.experiments import LOSS, ONE_CYCLE, SEI, Experiment, experiments
from coreshell_model.design.information import Gain
from coreshell_model.design.next_experiment import (
    Candidate,
    CandidateData,
    Ranked,
    Ranking,
    Refits,
    TruthRefit,
)
from coreshell_model.design.problem import problem
from coreshell_model.design.refit_best import best_runs, truths_among
from coreshell_model.design.refit_problem import Refitter, Task, refit_problem
from coreshell_model.infer.draws import Posterior, read_posterior, write_posterior
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.material import material_from_dict, read_material, sources
from coreshell_model.inputs.protocol import beginning, read_protocol

ICE = "Initial coulombic efficiency"
CORE_SHELL = read_material("core_shell")
RATE = sources(CORE_SHELL)["core.clusters.rate"].value
TRAPPED = sources(CORE_SHELL)["shell.trapping.capacity"].value
CURRENT = sources(CORE_SHELL)["sei.growth.exchange_current_density"].value
CAPACITY = "First desodiation capacity [mA.h.g-1]"
FREE = [
    parameter("core.clusters.rate", RATE / 10, 10 * RATE, RATE, "1/s", "log"),
    parameter("shell.trapping.capacity", 0, 2 * TRAPPED, TRAPPED, "mAh/g"),
    parameter("sei.growth.exchange_current_density", CURRENT / 30, 30 * CURRENT, CURRENT, "A/m2", "log"),
]
LARGE = Experiment(
    "particles twice as large",
    "design",
    ONE_CYCLE | {"external_area": "7 m2/g", "thickness": "9.4 nm"},
    {LOSS: 0.5, SEI: 0.5},
)
HALTED = Experiment("hold of 2 h", "design", ONE_CYCLE | {"hold": "2 h"}, {CAPACITY: 2.0})
TRAPPED_LOST = 0.23
"""Loss of Core-Shell for a mAh/g trapped in its shell: the shell's share of the particle."""


@pytest.fixture(scope="module")
def posterior(tmp_path_factory):
    """Sixteen draws by hand that fit one cycle alike: film and trapped sodium make up for each other, and of
    the clusters' rate a long hold says little."""
    folder = tmp_path_factory.mktemp("posterior")
    once = beginning(read_protocol("formation"), 1)
    measured = summary(simulate("core_shell", once))
    data = [
        scalar(ICE, measured[ICE], 0.02),
        scalar(LOSS, measured[LOSS], 3.0, "mAh/g"),
        scalar(CAPACITY, measured[CAPACITY], 24.0, "mAh/g"),
    ]
    read = read_problem(problem_file(folder / "three.toml", FREE, observations=data))
    along = np.linspace(-1, 1, 16)
    # Slower ones would end the hold at once, by its C/100.
    rates = RATE * 10 ** (0.25 * (1 + np.roll(along, 5)))
    values = np.column_stack([rates, np.zeros(16), CURRENT * 10**along])
    for row in values:
        given = {FREE[0]["path"]: f"{row[0]} 1/s", FREE[2]["path"]: f"{row[2]} A/m2"}
        beyond = summary(simulate("core_shell", once, given))[LOSS] - measured[LOSS]
        row[1] = TRAPPED - beyond / TRAPPED_LOST
    misfit = Misfit(read)
    places = [[free.place(x) for free, x in zip(read.parameters, row, strict=True)] for row in values]
    chi_squared = np.array([float(np.square(misfit(row).residuals).sum()) for row in places])
    assert chi_squared.max() < 4
    weights = np.full(16, 1 / 16)
    record = {"Problem file": read.file.model_dump(exclude_none=True, mode="json")}
    found = Posterior("three", read.parameters, read.materials, values, weights, chi_squared, record)
    write_posterior(found, folder / "posterior.csv")
    return read_posterior(folder), folder


def changes(table, draw):
    """A draw's numbers."""
    return table.changes_of(draw, "core_shell")


def ranked_by_hand(table, question, *runs, held_out=(2, 12)):
    """A ranking whose first candidate is arithmetic, then the runs, with data for the draws held out."""
    own, count = sealed(CORE_SHELL), len(table)
    gain = Gain(1.0, 0.1, 0.05, 1.0, 5.0)
    as_is = [problem(own, "design", observables=[SEI, LOSS]).row(changes(table, draw)) for draw in held_out]
    target = np.full(count, np.nan)
    for draw, row in zip(held_out, as_is, strict=True):
        rate = np.log10(table.values[draw, 0])
        target[draw] = row[SEI] / row[LOSS] if question == "SEI share" else rate
    candidates = [Candidate("sorption", np.zeros((count, 1)), {"area": 0.1})]
    for given in runs:
        shared = problem(own, given.protocol, given.changes, observables=list(given.errors))
        seen = np.full((count, len(given.errors)), np.nan)
        for draw in held_out:
            row = shared.row(changes(table, draw))
            seen[draw] = [row[name] for name in given.errors]
        candidates.append(Candidate(given.name, seen, given.errors, given))
    solved = np.array(held_out)
    data = CandidateData(own, question, target, table.weights, tuple(candidates), {}, solved)
    kept = np.setdiff1d(np.arange(count), held_out)
    return Ranking(data, tuple(Ranked(each, gain) for each in candidates), kept, np.array(held_out))


@pytest.mark.parametrize("number", [1, 3, 5, 6], ids=lambda number: experiments(9.4, 14.0, 30.0)[number].name)
def test_a_candidate_in_the_fit_is_the_run_that_the_sweep_made(posterior, number):
    """Design, rate, hold and capacities at a rate: the same numbers to ten times the solver's tolerance, and
    no residual where the data are those of the draw, to 1e-3 of a standard deviation."""
    table, _ = posterior
    given = experiments(9.4, 14.0, 30.0)[number]
    own = sealed(CORE_SHELL)
    shared = problem(own, given.protocol, given.changes, observables=list(given.errors))
    row = shared.row(changes(table, 4))
    told = tuple(row[name] for name in given.errors)
    found = refit_problem(table, CORE_SHELL)
    joint = Refitter(found.problem, "core_shell", own, "SEI share").with_data(Task("", (), given, told))
    places = [free.place(x) for free, x in zip(table.parameters, table.values[4], strict=True)]
    there = Misfit(joint)(places)
    assert there.scalars[3:] == pytest.approx(told, rel=1e-5)
    assert there.residuals[3:] == pytest.approx(np.zeros(len(told)), abs=1e-3)
    assert there.residuals[:3] == pytest.approx(Misfit(found.problem)(places).residuals)


def test_refits_find_the_share_that_the_data_were_made_with(posterior, tmp_path, monkeypatch):
    """Film and trapped sodium of one loss are told apart where film and loss of another area are seen to 0.5
    mAh/g: the share is found to 0.05, three times closer than without. Sorption is named as what it is; with
    the folder nothing is fitted again."""
    table, _ = posterior
    ranking = ranked_by_hand(table, "SEI share", LARGE)
    found = refit_problem(table, CORE_SHELL)
    told = refit_best.refit_best(ranking, found, 2, folder=tmp_path)
    sorption, large = told.ranked
    assert sorption.refits is None
    assert "arithmetic" in told.not_refitted["sorption"]
    assert large.refits.failed == 0
    assert large.refits.error < 0.05
    assert large.refits.error_without > 3 * large.refits.error
    assert large.refits.typical == pytest.approx(large.refits.error_without)  # both draws are truths here
    assert len(list((tmp_path / "refits").iterdir())) == 3

    def never(*_):
        raise AssertionError("fitted again")

    monkeypatch.setattr(Refitter, "__call__", never)
    again = refit_best.refit_best(ranking, found, 2, folder=tmp_path)
    assert again.ranked[1].refits == large.refits
    with pytest.raises(AssertionError, match="fitted again"):
        refit_best.refit_best(ranking, found, 2, seed=1, folder=tmp_path)
    json.dumps([each.results() for each in told.ranked], allow_nan=False)


def test_refits_find_the_rate_of_the_clusters(posterior):
    """What forms in a hold of 2 h follows the rate: within a tenth of a decade, three times closer than
    the fit to a long hold alone."""
    table, _ = posterior
    ranking = ranked_by_hand(table, "plateau kinetics", HALTED)
    told = refit_best.refit_best(ranking, refit_problem(table, CORE_SHELL), 2).ranked[1].refits
    assert told.error < 0.1
    assert told.error_without > 3 * told.error


def test_the_best_two_runs_are_refitted_whatever_stands_among_them():
    """Sorption second: the first and the third, and sorption is named; third, it is nobody's matter."""
    gain = Gain(1.0, 0.1, 0.05, 1.0, 5.0)
    seen = np.zeros((4, 1))
    sorption = Ranked(Candidate("sorption", seen, {"area": 0.1}), gain)
    runs = [Ranked(Candidate(name, seen, HALTED.errors, HALTED), gain) for name in ("one", "two", "three")]
    places = np.arange(2)
    data = CandidateData(CORE_SHELL, "SEI share", seen[:, 0], np.full(4, 0.25), (), {}, np.arange(4))
    second = Ranking(data, (runs[0], sorption, *runs[1:]), places, places)
    chosen, reasons = best_runs(second)
    assert [each.name for each in chosen] == ["one", "two"] and list(reasons) == ["sorption"]
    chosen, reasons = best_runs(replace(second, ranked=(*runs[:2], sorption, runs[2])))
    assert [each.name for each in chosen] == ["one", "two"] and not reasons


def test_truths_are_held_out_and_more_of_them_are_the_same_and_others():
    """Each once, by weight; with five asked for, the first three are those of three."""
    data = CandidateData(
        CORE_SHELL, "SEI share", np.zeros(9), np.array([0.0, *[0.125] * 8]), (), {}, np.arange(9)
    )
    ranking = Ranking(data, (), np.array([6, 7, 8]), np.arange(6))
    five = truths_among(ranking, 5, seed=3)
    assert sorted(five) == [1, 2, 3, 4, 5]  # the draw without weight is no truth
    assert list(truths_among(ranking, 3, seed=3)) == list(five[:3])
    assert len(truths_among(ranking, 50, seed=3)) == 5


def test_errors_are_of_the_refits_that_have_an_answer():
    """Answers 0.4 and 0.3 of truths 0.3 and 0.3, the third failed: 0.1/√2 rms, and of 0.6 without, 0.3."""
    told = Refits(
        0.6,
        (
            TruthRefit(0.3, 0.4, 1.0, True),
            TruthRefit(0.3, 0.3, 1.0, False),
            TruthRefit(9.0, None, 1e8, True, "no solve"),
        ),
        0.2,
    )
    assert told.error == pytest.approx(0.1 / np.sqrt(2)) and told.error_without == pytest.approx(0.3)
    results = told.results()
    assert (results["Truths"], results["Failed"], results["Out of steps"]) == (3, 1, 1)
    nothing = Refits(0.6, told.fits[2:], 0.2)
    assert nothing.error is None and nothing.error_without is None


def with_record(table, **others):
    return replace(table, record={**table.record, **others})


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda table: replace(table, record={}), "does not hold the fit problem"),
        (lambda table: replace(table, chi_squared=table.chi_squared + 1), "chi-squared is"),
        (lambda table: replace(table, parameters=table.parameters[::-1]), "other parameters"),
        (lambda table: with_record(table, **{"Problem file": {"title": "none"}}), "parameters"),
    ],
    ids=["no problem", "another model", "other parameters", "no problem file"],
)
def test_a_posterior_of_something_else_is_refused(posterior, spoil, reason):
    """In one line."""
    with pytest.raises(InputError, match=reason) as told:
        refit_problem(spoil(posterior[0]), CORE_SHELL)
    assert "\n" not in str(told.value)


def test_another_material_or_problem_is_refused(posterior, tmp_path):
    """A number that is not drawn differs: it is named. A file with another measured value is not the
    posterior's; the file itself is."""
    table, folder = posterior
    other = CORE_SHELL.model_dump(exclude_none=True, mode="json")
    other["core"]["pore_volume"]["value"] *= 1.01
    with pytest.raises(InputError, match=r"core_shell: core\.pore_volume is not what the posterior three"):
        refit_problem(table, material_from_dict(other, "core_shell"))
    assert (
        refit_problem(table, CORE_SHELL, folder / "three.toml").best == refit_problem(table, CORE_SHELL).best
    )
    text = (folder / "three.toml").read_text().replace("sd = 24.0", "sd = 12.0")
    (tmp_path / "three.toml").write_text(text)
    with pytest.raises(InputError, match="other observations"):
        refit_problem(table, CORE_SHELL, tmp_path / "three.toml")


def test_the_command_refits_and_says_so(posterior, monkeypatch, tmp_path):
    """Two cheap candidates, one truth: its line, its JSON, and the reason where the table does not hold its
    problem."""
    _, folder = posterior
    monkeypatch.setattr(candidate_data, "experiments", lambda *_: (LARGE, HALTED))
    words = (
        "next",
        "core_shell",
        "--posterior",
        str(folder),
        "--workers",
        "1",
        "--out",
        str(tmp_path / "out"),
    )
    told = coreshell(*words, "--refits", "1", "--json")
    assert told.code == 0, told.err
    found = {each["Experiment"]: each for each in json.loads(told.out)["Experiments"]}
    for given in (LARGE, HALTED):
        assert found[given.name]["Refit"]["Truths"] == 1
        assert found[given.name]["Refit"]["Error refitted"] >= 0
    assert found["DEC sorption on Shell"]["Refit"] is None
    told = coreshell(*words, "--refits", "1", "--resume")
    assert told.code == 0 and told.out.count("Refitted with data of 1 truths") == 2
    told = coreshell(*words, "--resume", "--seed", "5")
    assert told.code == 2 and "another seed than this ranking's" in told.err
    bare = replace(posterior[0], record={})
    (tmp_path / "bare").mkdir()
    write_posterior(bare, tmp_path / "bare" / "posterior.csv")
    words = ("next", "core_shell", "--posterior", str(tmp_path / "bare"), "--workers", "1", *words[6:])
    told = coreshell(*words, "--resume")
    assert told.code == 0, told.err
    assert told.out.count("does not hold the fit problem that it was drawn from") == 2


def test_refits_that_cannot_be_are_refused(posterior):
    """Negative numbers, and a problem file that is not there."""
    _, folder = posterior
    refused = {
        "refits": ("--refits", "-1"),
        "seed": ("--seed", "-1"),
        "nowhere.toml": ("--problem", "nowhere.toml"),
    }
    for reason, words in refused.items():
        told = coreshell("next", "core_shell", "--posterior", str(folder), *words)
        assert told.code == 2 and told.err.count("\n") == 1 and reason in told.err
