"""A design run in which points fail, one by one or all, says so and never ends in a traceback."""

import json
from contextlib import nullcontext

import pytest
from command_line import coreshell

from coreshell_model.base import scheduler
from coreshell_model.design import advice as cuts
from coreshell_model.design import tradeoffs
from coreshell_model.design.problem import FAILED, IMPOSSIBLE, SOLVED

SMALL = ("--vary", "thickness=6..12 nm, 3 points", "--vary", "external_area=5..15 m2/g, 2 points")
GOALS = ("--goal", "ICE >= 0.1", "--goal", "capacity >= 320")
POINTS = 6


def solved(problem, number, points):
    values = dict.fromkeys(problem.observables, 0.5 + 0.01 * number)
    return {"Ending": SOLVED, "Reason": ""} | values


def unsolved(ending):
    return lambda problem, number, points: {"Ending": ending, "Reason": f"no solution at {number}.5 V"}


def every_other(problem, number, points):
    return (solved if number % 2 else unsolved(FAILED))(problem, number, points)


def without_numbers(problem, number, points):
    return solved(problem, number, points) | dict.fromkeys(problem.observables)


def only_the_map(problem, number, points):
    return (solved if points == POINTS else unsolved(FAILED))(problem, number, points)


@pytest.fixture
def rows(monkeypatch):
    """Points answered in this process by a function of problem, number and how many there are."""
    chosen = {}

    class Pool:
        count = 1

        def run(self, do, items, failed):
            points = list(items)
            yield [(item, chosen["row"](do.problem, item[0], len(points))) for item in points]

    monkeypatch.setattr(scheduler, "pool_for", lambda *_: nullcontext(Pool()))
    monkeypatch.setattr(cuts, "FEWEST", 3)
    monkeypatch.setattr(tradeoffs, "BANDED", 2)
    return lambda row: chosen.update(row=row)


@pytest.mark.parametrize("ending", [FAILED, IMPOSSIBLE])
def test_a_space_without_a_solved_design_is_one_line_with_its_reasons(rows, tmp_path, ending):
    """Exit code 1, and how many ended why, like reasons counted together with the numbers of the first."""
    rows(unsolved(ending))
    found = coreshell("design", "core_shell", *SMALL, *GOALS, "--trials", "4", "--out", str(tmp_path / "d"))
    assert found.code == 1 and found.out == ""
    why = f"6 of 6 points not solved: {ending}: no solution at 0.5 V (first of 6)"
    assert found.err.splitlines()[-1] == f"coreshell: no design of the map was solved: {why}"


@pytest.mark.long
@pytest.mark.parametrize("row", [every_other, without_numbers, only_the_map])
@pytest.mark.parametrize("words", [("--trials", "6"), ("--trials", "0", "--json")])
def test_whatever_fails_the_rest_is_told(rows, row, words):
    """Points that fail here and there, numbers that no run gives, everything but the map: still a report."""
    rows(row)
    found = coreshell("design", "core_shell", *SMALL, *GOALS, *words)
    assert found.code in (0, 1) and found.out and "Traceback" not in found.err, found.err


def test_files_are_written_where_no_design_of_the_search_was_solved(rows, tmp_path):
    """The front is then that of the map's designs."""
    rows(only_the_map)
    found = coreshell("design", "core_shell", *SMALL, *GOALS, "--trials", "4", "--out", str(tmp_path / "d"))
    assert found.code == 0, found.err
    assert (tmp_path / "d" / "design.json").is_file()
    front = json.loads((tmp_path / "d" / "design.json").read_text())["Front"]
    assert front["Designs"]
    assert (tmp_path / "d" / "front.png").is_file()
