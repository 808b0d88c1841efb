"""What a command took a number for, how much is left, and that no old file stays beside new results."""

import json

import pytest
from command_line import coreshell

from coreshell_model.base.progress import TimeLeft


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_spectrum_says_what_its_state_was_taken_for(here):
    """ "0.1" is a share of the capacity, "0.1 V" a potential, and both are told apart in words and JSON."""
    share = coreshell("eis", "core_shell", "--at", "0.1")
    assert "at state of sodiation 0.1" in share.err and 'as "0.1 V"' in share.err
    assert (
        json.loads(coreshell("eis", "core_shell", "--at", "0.1 V", "--json").out)["State"]
        == "potential 0.1 V"
    )


def test_a_second_run_into_a_folder_leaves_nothing_of_the_first_but_what_others_wrote(here):
    """Figures carry the changed numbers in their names, so the first run's would stay beside the second's."""
    words = ("run", "core_shell", "formation_without_hold", "--out", "r")
    assert coreshell(*words, "--set", "shell.thickness=12 nm").code == 0
    old = {path.name for path in (here / "r").iterdir()}
    edited = here / "r" / "core_shell_formation_without_hold_shell.thickness=12nm.csv"
    assert edited.name in old
    edited.write_text("mine now", encoding="utf-8")
    (here / "r" / "notes.txt").write_text("mine", encoding="utf-8")
    assert coreshell(*words).code == 0
    new = {path.name for path in (here / "r").iterdir()}
    assert {name for name in new if "thickness" in name} == {edited.name}
    assert (here / "r" / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert edited.read_text(encoding="utf-8") == "mine now"


def test_validate_writes_where_it_is_told_alone(here):
    """A folder for the report where one is given, none otherwise."""
    assert coreshell("validate", "rates_without_2C", "--draws", "0", "--json").code == 0
    assert list(here.iterdir()) == []
    assert coreshell("validate", "rates_without_2C", "--draws", "0", "--out", "kept").code == 0
    assert sorted(path.name for path in here.iterdir()) == ["kept"]


def test_the_first_time_left_is_not_told_before_anything_is_known():
    """Nothing done since the clock began says nothing; a thousand points would be a hundred times off."""
    now = [0.0]
    left = TimeLeft(lambda: now[0])
    assert left.measure(0, 1000) is None
    now[0] = 6.0
    assert left.measure(0, 1000) is None
    now[0] = 10.0
    assert left.measure(100, 1000) == pytest.approx(90.0)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_time_left_of_long_pieces_is_never_off_by_a_factor_of_three(workers):
    """Profiles that take 6 to 25 s, side by side: told from the first one on, until the last is finished."""
    now, told = [0.0], []
    left = TimeLeft(lambda: now[0])
    took = [6, 9, 14, 8, 20, 7, 12, 16, 9, 25, 11]
    assert left.of_pieces(0, len(took), workers) is None
    free, ends = [0.0] * workers, []
    for seconds in took:
        begin = min(free)
        free[free.index(begin)] = begin + seconds
        ends.append(begin + seconds)
    for finished, now[0] in enumerate(sorted(ends), start=1):
        told.append((left.of_pieces(finished, len(took), workers), max(ends) - now[0]))
    *before, last = told
    assert last == (0.0, 0.0)
    assert all(true / 3 < said < 3 * true for said, true in before), before
