"""What is kept is whole or refused, on a full disk too; files of others stay as they are."""

import errno
import os

import pytest
from command_line import coreshell

from coreshell_model import simulate
from coreshell_model.base import files as keeping
from coreshell_model.base.errors import InputError
from coreshell_model.base.files import alone, replace
from coreshell_model.base.keeper import Keeper
from coreshell_model.data.archive import load, save
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.observe.long_run import cycle

SHORT = {"protocol.numbers.cycles": "3"}
OTHERS = (b"", b"{}", b"[]", b"null", b'{"SHA-256": 1}', b"\xff\xfe", b"PK\x03\x04", b"[" * 5000)


@pytest.fixture(scope="module")
def first_cycle():
    return simulate("core_shell", beginning(read_protocol("formation"), 1))


@pytest.fixture
def cycled(tmp_path):
    cycle("core_shell", "long_cycling", SHORT, folder=tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize("content", OTHERS)
def test_a_record_of_another_shape_is_refused_in_words(content, tmp_path):
    path = tmp_path / "record.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"record.json"):
        Keeper(tmp_path, "fit").piece("record.json")


def test_a_record_of_which_any_bit_is_flipped_is_refused(tmp_path):
    path = tmp_path / "record.json"
    Keeper(tmp_path, "fit").keep("record.json", {"Seed": 1, "Best": [0.25]})
    content = path.read_bytes()
    assert Keeper(tmp_path, "fit").piece("record.json") == {"Seed": 1, "Best": [0.25]}
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(InputError, match=r"record.json"):
            Keeper(tmp_path, "fit").piece("record.json")


def test_rows_of_a_run_that_do_not_fit_its_state_are_refused(cycled):
    """Two rows for three cycles, by the checks and by the file, and three of which one is another."""
    rows, checks = cycled / "cycles.csv", cycled / "cycles.sha256"
    content, lines = rows.read_text(), checks.read_text()
    checks.write_text("".join(lines.splitlines(keepends=True)[:-2]))
    with pytest.raises(InputError, match=r"from cycle 3, where cycles.csv holds the rows of 1 cycles"):
        cycle("core_shell", "long_cycling", SHORT, folder=cycled, resume=True)
    checks.write_text(lines)
    for changed in ("".join(content.splitlines(keepends=True)[:-1]), content.swapcase()):
        rows.write_text(changed)
        with pytest.raises(InputError, match=r"cycles.csv: is damaged"):
            cycle("core_shell", "long_cycling", SHORT, folder=cycled, resume=True)


def test_a_state_of_which_a_bit_is_flipped_is_refused(cycled):
    state = cycled / "state.npz"
    content = bytearray(state.read_bytes())
    content[len(content) // 2] ^= 4
    state.write_bytes(content)
    with pytest.raises(InputError, match=r"state.npz"):
        cycle("core_shell", "long_cycling", SHORT, folder=cycled, resume=True)


@pytest.mark.long
def test_a_saved_solution_of_which_any_value_is_changed_is_refused(first_cycle, tmp_path):
    save(first_cycle, tmp_path)
    path = tmp_path / "solution.nc"
    content = path.read_bytes()
    load(path)
    refused = 0
    for place in range(0, len(content), len(content) // 12):
        path.write_bytes(content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :])
        try:
            again = load(path)
        except InputError as error:
            refused += 1
            assert "solution.nc" in str(error)
        else:  # a byte between what the file holds
            assert all((again[name] == first_cycle[name]).all() for name in again.series)
    assert refused


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_a_disk_that_takes_no_more_is_one_line_and_leaves_no_part(number, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(keeping.os, "fsync", full)
    done = coreshell("run", "core_shell", "formation", "--out", str(tmp_path / "new"))
    assert done.code == 2
    assert os.strerror(number) in done.err
    assert done.err.count("coreshell:") == 1
    assert not list((tmp_path / "new").iterdir())


def test_a_file_is_synced_before_it_is_put_in_its_place_and_its_folder_after_that(tmp_path, monkeypatch):
    """So that a loss of power leaves the old file or the new one."""
    path, synced = tmp_path / "record.json", []

    def sync(handle):
        synced.append((os.fstat(handle).st_ino, path.exists()))

    monkeypatch.setattr(keeping.os, "fsync", sync)
    replace(path, "{}")
    assert synced == [(path.stat().st_ino, False), (tmp_path.stat().st_ino, True)]


@pytest.mark.parametrize("content", ["", "my own notes", "sweep and more"])
def test_a_users_own_file_called_lock_stays_as_it_is(content, tmp_path):
    (tmp_path / "lock").write_text(content)
    (tmp_path / "other").write_text("mine")
    with pytest.raises(InputError, match=r"lock: is no file of this program"), alone(tmp_path, "sweep"):
        pass
    assert (tmp_path / "lock").read_text() == content


def test_no_link_is_followed_out_of_the_folder(first_cycle, tmp_path):
    own = tmp_path / "own"
    own.write_text("")
    for name in ("lock", "curves.csv"):
        folder = tmp_path / f"with_{name}"
        folder.mkdir()
        (folder / name).symlink_to(own)
    with pytest.raises(InputError, match=r"lock: is no file"), alone(tmp_path / "with_lock", "fit"):
        pass
    with pytest.raises(InputError, match=r"curves.csv: no run of this program wrote it"):
        save(first_cycle, tmp_path / "with_curves.csv")
    with pytest.raises(InputError, match=r"curves.csv: is no file of this program"):
        replace(tmp_path / "with_curves.csv" / "curves.csv", "mine no more")
    assert own.read_text() == ""


def test_nothing_is_appended_through_a_link(tmp_path):
    own = tmp_path / "own"
    own.write_text("")
    (tmp_path / "done.jsonl").symlink_to(own)
    with pytest.raises(InputError, match=r"done.jsonl: cannot be written"):
        Keeper(tmp_path, "fit").lines("done.jsonl").append({"Number": 1})
    assert own.read_text() == ""


def test_a_users_own_files_are_not_overwritten_by_a_run_and_its_own_are(first_cycle, tmp_path):
    (tmp_path / "material.toml").write_text("mine")
    with pytest.raises(InputError, match=r"material.toml: no run of this program wrote it"):
        save(first_cycle, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["material.toml"]
    (tmp_path / "material.toml").unlink()
    save(first_cycle, tmp_path)
    save(first_cycle, tmp_path)


@pytest.mark.parametrize("damage", ["changed", "removed"])
def test_curves_that_are_not_as_they_were_kept_are_refused(damage, tmp_path):
    """By name; curves that a kill left before their state are written anew."""
    words = ("core_shell", "long_cycling", SHORT)
    cycle(*words, folder=tmp_path, keep_curves=True)
    assert len(cycle(*words, folder=tmp_path, keep_curves=True, resume=True).table) == 3
    curve = tmp_path / "curves" / "cycle_00002.csv"
    content = curve.read_bytes()
    curve.write_bytes(content.replace(b"1", b"2", 1)) if damage == "changed" else curve.unlink()
    with pytest.raises(InputError, match=r"cycle_00002.csv: is not there or not as it was kept"):
        cycle(*words, folder=tmp_path, resume=True)
    curve.write_bytes(content)
    listed = tmp_path / "curves.jsonl"
    listed.write_text("".join(listed.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(InputError, match=r"curves.jsonl: names curves of 2 cycles, where state.npz counts 3"):
        cycle(*words, folder=tmp_path, resume=True)


def test_a_lost_state_is_said_and_not_made_up_for_by_a_run_from_the_start(cycled):
    (cycled / "state.npz").unlink()
    with pytest.raises(InputError, match=r"from cycle 0, where cycles.csv holds the rows of 3 cycles"):
        cycle("core_shell", "long_cycling", SHORT, folder=cycled, resume=True)
