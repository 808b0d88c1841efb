"""A solve has a limit of wall time: the steps until then are kept, and the ending says so."""

import json

import pytest
from command_line import coreshell

from coreshell_model import cycle, simulate, summary
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.run import experiment
from coreshell_model.run.solution import Ending


@pytest.fixture
def hurried(monkeypatch):
    """A clock on which every look at it takes a minute."""
    minutes = iter(range(10**6))
    monkeypatch.setattr(experiment.time, "monotonic", lambda: 60.0 * next(minutes))


def test_the_steps_until_the_limit_are_kept(hurried):
    solution = simulate("core_shell", "formation", longest=270.0)
    assert solution.ending is Ending.TIMED_OUT and not solution.completed
    assert len(solution.steps) == 4
    assert solution.explanation.startswith("before cycle 2, step 2 (")
    assert "--time-limit" in solution.explanation
    assert summary(solution)["First desodiation capacity [mA.h.g-1]"] > 300
    assert sodium_balance_error(solution) < 1e-8


def test_no_time_at_all_is_an_ending_too(hurried):
    solution = simulate("core_shell", "formation", longest=30.0)
    assert solution.ending is Ending.TIMED_OUT and solution.steps == ()


def test_the_usual_limit_is_ten_minutes_and_does_not_outlast_its_solve(hurried):
    assert experiment.LONGEST_SOLVE == 600
    assert simulate("core_shell", "formation").ending is Ending.TIMED_OUT
    assert simulate("core_shell", "formation", longest=1e6).completed


def test_a_long_run_ends_in_the_cycle_whose_time_is_out(hurried, tmp_path):
    """The cycles before it are kept; with more time it goes on."""
    short = {"protocol.numbers.cycles": "2"}
    run = cycle("core_shell", "long_cycling", short, folder=tmp_path, longest=90.0)
    assert run.ending is Ending.TIMED_OUT and len(run.table) == 0
    assert (
        len(cycle("core_shell", "long_cycling", short, folder=tmp_path, resume=True, longest=1e6).table) == 2
    )


def test_the_command_leaves_with_1_and_says_it(hurried):
    outcome = coreshell("run", "core_shell", "formation", "--time-limit", "4 min", "--json")
    assert outcome.code == 1
    assert "time limit of the solve" in json.loads(outcome.out)["Ending"]


@pytest.mark.parametrize(
    ("given", "said"),
    [("0 s", "above 0"), ("much", "--time-limit"), ("3 V", "--time-limit"), ("-1 h", "above 0")],
)
def test_a_limit_that_is_none_is_refused(given, said):
    outcome = coreshell("run", "core_shell", "formation", "--time-limit", given)
    assert outcome.code == 2 and said in outcome.err and outcome.err.count("\n") == 1
