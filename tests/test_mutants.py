"""The mistakes that the tests have to notice can all still be made."""

import runpy
import sys
from pathlib import Path

import pytest

TRIAL = Path(__file__).parents[1] / "benchmarks" / "mutants.py"
mutants = runpy.run_path(str(TRIAL))


@pytest.mark.parametrize("mutant", mutants["mutants"](), ids=lambda mutant: mutant.name)
def test_a_mistake_of_the_list_can_be_made(mutant):
    """Its text is in its file once, and the tests that have to see it are there."""
    assert mutants["complaint"](mutant) == ""
    assert mutant.new != mutant.old and mutant.wrong


def test_there_are_forty_and_each_has_a_name_of_its_own():
    names = [mutant.name for mutant in mutants["mutants"]()]
    assert len(set(names)) == len(names) >= 40


def test_a_mistake_that_has_moved_is_named(monkeypatch):
    """The file has changed and the list has not."""
    first = mutants["mutants"]()[0]
    moved = type(first)(**{**vars(first), "old": "what is nowhere"})
    assert "0 times" in mutants["complaint"](moved)


def test_the_check_is_a_command(monkeypatch):
    """Exit code 0 where every mistake can be made; nothing is run."""
    monkeypatch.setattr(sys, "argv", ["mutants.py", "--check"])
    assert mutants["main"]() == 0
