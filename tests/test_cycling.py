"""Long runs: the same numbers as a run in one piece, after any stop; and what is refused."""

import errno
import json
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell

from coreshell_model import simulate
from coreshell_model.base import keeper
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import capacity_by_cycle
from coreshell_model.observe.long_run import ROWS, STATE, cycle
from coreshell_model.run.simulation import forget_models

SHORT = {"protocol.numbers.cycles": "12"}
CAPACITY = "Desodiation capacity [mA.h.g-1]"


def rows_of(folder):
    return pd.read_csv(folder / ROWS).drop(columns="Solve time [s]")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    return cycle("core_shell", "long_cycling", SHORT, folder=folder), folder


def test_cycle_by_cycle_is_the_run_in_one_piece(undisturbed):
    """The same steps from the same states: equal to what the solver's tolerance leaves, 1e-6."""
    run, _ = undisturbed
    whole = simulate("core_shell", "long_cycling", SHORT)
    assert run.completed
    assert run.table[CAPACITY].to_numpy() == pytest.approx(capacity_by_cycle(whole), rel=1e-6)
    assert run.table["Sodium balance error"].max() < 1e-8


def test_a_run_says_that_the_programs_own_time_limit_ended_a_cycle(tmp_path):
    """Also where the cycle was done before the run was resumed."""
    formation = read_protocol("formation").model_dump()
    words = {"cycles": ({"steps": ("Hold at 1 V until 1e-9 mA",)}, {"steps": ("Rest for 1 hours",)})}
    protocol = protocol_from_dict(formation | words, "held")
    first = cycle("core_shell", protocol, folder=tmp_path)
    again = cycle("core_shell", protocol, folder=tmp_path, resume=True)
    for run in (first, again):
        assert run.completed
        assert "the program's own time limit, not the protocol, ended 1 step;" in run.explanation


def test_a_run_killed_at_a_random_moment_resumes_to_the_same_numbers(undisturbed, tmp_path):
    """SIGKILL somewhere in the run: rows and final state agree with the undisturbed run to 1e-9.

    They are equal in fact: a cycle starts from the same numbers, whether from memory or from the file.
    """
    program = (
        "from coreshell_model import cycle; "
        f"cycle('core_shell', 'long_cycling', {SHORT!r}, folder={str(tmp_path / 'run')!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    rows = tmp_path / "run" / ROWS
    wanted = np.random.default_rng(int(time.time())).integers(1, 6)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if rows.exists() and len(rows.read_text().splitlines()) > wanted:
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(rows_of(tmp_path / "run"))
    done = []
    resumed = cycle(
        "core_shell",
        "long_cycling",
        SHORT,
        folder=tmp_path / "run",
        resume=True,
        progress=lambda number, total: done.append(number),
    )
    assert before - 1 <= 12 - len(done) <= before
    run, folder = undisturbed
    pd.testing.assert_frame_equal(rows_of(tmp_path / "run"), rows_of(folder), rtol=1e-9, atol=1e-12)
    assert resumed.state.values == pytest.approx(run.state.values, rel=1e-9, abs=1e-12)


def test_a_run_is_resumed_behind_a_step_that_this_process_has_not_taken(undisturbed, tmp_path):
    """As another process does: the model of the step before is built, but no step was taken with it."""

    def stop(number, total):
        if number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cycle("core_shell", "long_cycling", SHORT, folder=tmp_path, progress=stop)
    forget_models()
    cycle("core_shell", "long_cycling", SHORT, folder=tmp_path, resume=True)
    _, folder = undisturbed
    pd.testing.assert_frame_equal(rows_of(tmp_path), rows_of(folder), rtol=1e-9, atol=1e-12)


def test_a_finished_run_goes_on_to_more_cycles_as_one_that_was_begun_with_them(undisturbed, tmp_path):
    """Equal to the undisturbed run of all cycles, also in its last state; then it is a run of so many."""
    run, folder = undisturbed
    first = cycle(
        "core_shell", "long_cycling", {"protocol.numbers.cycles": "5"}, folder=tmp_path, keep_curves=True
    )
    finished = []
    again = cycle(
        "core_shell",
        "long_cycling",
        SHORT,
        folder=tmp_path,
        resume=True,
        keep_curves=True,
        progress=lambda number, total: finished.append((number, total)),
    )
    assert first.completed and again.completed
    assert finished == [(number, 12) for number in range(6, 13)]
    pd.testing.assert_frame_equal(rows_of(tmp_path), rows_of(folder), rtol=1e-9, atol=1e-12)
    assert again.state.values == pytest.approx(run.state.values, rel=1e-9, abs=1e-12)
    assert len(list((tmp_path / "curves").iterdir())) == 12
    assert len(cycle("core_shell", "long_cycling", SHORT, folder=tmp_path, resume=True).table) == 12


def test_a_run_goes_on_where_its_finished_cycles_are_the_first_of_the_new_protocol(tmp_path):
    """Three at C/20 before those at C/2 are none of a protocol that has one there."""
    formation = read_protocol("long_cycling").model_dump()

    def blocks(slow):
        steps = formation["cycles"][0]["steps"]
        slowly = {"repeat": slow, "steps": [step.replace("{rate}C", "C/20") for step in steps]}
        return protocol_from_dict(formation | {"cycles": (slowly, *formation["cycles"])}, "blocks")

    few = {"protocol.numbers.cycles": "1"}
    cycle("core_shell", blocks(1), few, folder=tmp_path)
    with pytest.raises(InputError, match="the 2 cycles that are done are not the first of this protocol"):
        cycle("core_shell", blocks(3), few, folder=tmp_path, resume=True)
    more = {"protocol.numbers.cycles": "2"}
    assert len(cycle("core_shell", blocks(1), more, folder=tmp_path, resume=True).table) == 3


def test_a_row_without_its_state_is_done_again(undisturbed, tmp_path):
    """Killed between the two: the row goes, the cycle is repeated, no cycle is there twice."""
    cycle("core_shell", "long_cycling", {"protocol.numbers.cycles": "3"}, folder=tmp_path)
    text = (tmp_path / ROWS).read_text()
    (tmp_path / ROWS).write_text(text + text.splitlines()[-1].replace("3,", "4,", 1) + "\n")
    again = cycle(
        "core_shell", "long_cycling", {"protocol.numbers.cycles": "3"}, folder=tmp_path, resume=True
    )
    assert rows_of(tmp_path)["Cycle"].tolist() == [1, 2, 3]
    assert again.table["Cycle"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("row_written", [False, True])
def test_a_run_begun_without_a_finished_cycle_starts_over(row_written, tmp_path):
    """A record and no state: nothing is lost, since nothing was done; a row without its state is not kept."""
    few = {"protocol.numbers.cycles": "1"}
    cycle("core_shell", "long_cycling", few, folder=tmp_path)
    (tmp_path / STATE).unlink()
    if not row_written:
        (tmp_path / ROWS).unlink()
    assert len(cycle("core_shell", "long_cycling", few, folder=tmp_path, resume=True).table) == 1
    assert rows_of(tmp_path)["Cycle"].tolist() == [1]


def test_a_row_that_a_kill_cut_within_its_number_is_not_kept(tmp_path):
    """Cycle 2 written as far as "1", say of 12: the rows go as far as the state does."""
    few = {"protocol.numbers.cycles": "2"}
    cycle("core_shell", "long_cycling", few, folder=tmp_path)
    with (tmp_path / ROWS).open("a") as rows:
        rows.write("1")
    again = cycle("core_shell", "long_cycling", few, folder=tmp_path, resume=True)
    assert again.table["Cycle"].tolist() == rows_of(tmp_path)["Cycle"].tolist() == [1, 2]


def test_cycles_of_different_steps_follow_one_another():
    """From C/20 to C/2 and back: a block goes on from the state of another."""
    run = cycle("core_shell", "cycle_life", {"protocol.numbers.cycles": "2"})
    whole = simulate("core_shell", "cycle_life", {"protocol.numbers.cycles": "2"})
    assert run.table[CAPACITY].to_numpy() == pytest.approx(capacity_by_cycle(whole), rel=1e-6)


def test_curves_are_kept_where_asked_for(tmp_path):
    """A table a cycle, whose charge is that of the row."""
    few = {"protocol.numbers.cycles": "2"}
    run = cycle("core_shell", "long_cycling", few, folder=tmp_path, keep_curves=True)
    curve = pd.read_csv(tmp_path / "curves" / "cycle_00002.csv")
    charge = curve["Specific capacity [mA.h.g-1]"]
    assert charge.max() - charge.iloc[-1] == pytest.approx(run.table[CAPACITY].iloc[-1], rel=1e-9)


def test_the_electrode_level_cycles_too():
    """Salt and sodium of every place go from cycle to cycle."""
    run = cycle("core_shell", "long_cycling", {"protocol.numbers.cycles": "2"}, level="electrode")
    assert run.completed
    assert run.table["Sodium balance error"].max() < 1e-8


def test_a_folder_that_holds_a_run_is_not_written_over(undisturbed):
    """It is resumed on request, and only with what began it."""
    _, folder = undisturbed
    with pytest.raises(InputError, match="add --resume"):
        cycle("core_shell", "long_cycling", SHORT, folder=folder)
    with pytest.raises(InputError, match="another material than this run's"):
        cycle("shell", "long_cycling", SHORT, folder=folder, resume=True)
    with pytest.raises(InputError, match="another protocol than this run's"):
        cycle(
            "core_shell", "long_cycling", SHORT | {"protocol.numbers.rate": "1"}, folder=folder, resume=True
        )
    with pytest.raises(
        InputError, match="12 cycles are done, and the protocol has 3; resume with at least 12"
    ):
        cycle("core_shell", "long_cycling", {"protocol.numbers.cycles": "3"}, folder=folder, resume=True)


def test_nothing_to_resume_is_said(tmp_path):
    """Rather than begun anew under a wrong name."""
    with pytest.raises(InputError, match="holds no run to resume"):
        cycle("core_shell", "long_cycling", SHORT, folder=tmp_path, resume=True)


def test_two_runs_do_not_share_a_folder(tmp_path):
    """The second is refused while the first is at work."""
    few = {"protocol.numbers.cycles": "1"}

    def second(number, total):
        with pytest.raises(InputError, match="another run is at work"):
            cycle("core_shell", "long_cycling", few, folder=tmp_path, resume=True)
        second.tried = True

    cycle("core_shell", "long_cycling", few, folder=tmp_path, progress=second)
    assert second.tried


def test_the_command_prints_capacities_and_resumes(tmp_path):
    """One JSON object; a finished run resumes to itself."""
    command = ("cycle", "core_shell", "long_cycling", "--set", "protocol.numbers.cycles=2", "--json")
    first = json.loads(coreshell(*command, "--out", str(tmp_path / "run")).out)
    again = json.loads(coreshell(*command, "--out", str(tmp_path / "run"), "--resume").out)
    assert len(first["Capacity by cycle [mA.h.g-1]"]) == 2
    assert again == first
    refused = coreshell(*command, "--out", str(tmp_path / "run"))
    assert refused.code == 2
    assert "add --resume" in refused.err
    assert coreshell(*command, "--resume").code == 2


def test_cycles_are_an_option_of_the_command_that_goes_on_to_more(tmp_path):
    """The same as the number of the protocol; a finished run of two goes on to three."""
    command = ("cycle", "core_shell", "long_cycling", "--json", "--out", str(tmp_path / "run"))
    first = json.loads(coreshell(*command, "--cycles", "2").out)
    more = json.loads(coreshell(*command, "--cycles", "3", "--resume").out)
    assert (first["Cycles"], more["Cycles"]) == (2, 3)
    by_cycle = "Capacity by cycle [mA.h.g-1]"
    assert more[by_cycle][:2] == first[by_cycle]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("long_cycling", "--cycles", "0"), "--cycles 0: give a whole number from 1 to 10000"),
        (("long_cycling", "--cycles", "10001"), "--cycles 10001: give a whole number"),
        (("formation", "--cycles", "3"), "--cycles 3: formation has no protocol.numbers.cycles; leave"),
        (
            ("long_cycling", "--cycles", "3", "--set", "protocol.numbers.cycles=4"),
            "--cycles 3: protocol.numbers.cycles is set too",
        ),
        (
            ("long_cycling", "--set", "protocol.numbers.cycles=0"),
            "long_cycling: protocol.numbers.cycles: is 0; give a whole number above 0",
        ),
        (("long_cycling", "--set", "protocol.numbers.cycles=99999"), "protocol.numbers.cycles: is 99999; at"),
        (("gitt", "--set", "protocol.numbers.pulses=1.5"), "gitt: protocol.numbers.pulses: is 1.5; give a"),
        (("long_cycling", "--set", "rate=0"), "has 0C; give a finite number above 0 (with rate='0')"),
    ],
)
def test_a_refused_number_of_a_protocol_is_named_as_it_was_typed(words, said):
    """Not by the place in the protocol's file where it ends up."""
    outcome = coreshell("cycle", "core_shell", *words)
    assert outcome.code == 2 and said in outcome.err and outcome.err.count("\n") == 1


def test_a_full_disk_is_said_in_one_line_and_costs_no_finished_cycle(tmp_path, monkeypatch):
    """The third cycle cannot be kept: the first two stay, and the run goes on from them."""
    few = {"protocol.numbers.cycles": "3"}
    replace, kept = keeper.replace, []

    def until_full(path, content):
        if path.name == STATE and len(kept) == 2:
            kept.append(3)
            raise OSError(errno.ENOSPC, "No space left on device")
        kept.extend([path.name] if path.name == STATE else [])
        replace(path, content)

    monkeypatch.setattr(keeper, "replace", until_full)
    with pytest.raises(
        InputError, match=r"state\.npz: cannot be written: No space left on device; make room"
    ):
        cycle("core_shell", "long_cycling", few, folder=tmp_path)
    assert len(cycle("core_shell", "long_cycling", few, folder=tmp_path, resume=True).table) == 3
    assert rows_of(tmp_path)["Cycle"].tolist() == [1, 2, 3]


def test_a_run_whose_steps_are_all_past_their_limit_has_rows_without_charge():
    """A resistance that no current overcomes: nothing is simulated, nothing is invented."""
    blocked = {"protocol.numbers.cycles": "2", "cell.series_resistance": "1e6 Ohm.cm2"}
    run = cycle("core_shell", "long_cycling", blocked)
    assert run.table[CAPACITY].tolist() == [0, 0]
    assert run.table["Coulombic efficiency"].isna().all()
