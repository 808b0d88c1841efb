"""The keeper of finished work: what it keeps is whole after any kill, and other work's folder is refused."""

import errno
import os
import signal
from itertools import count

import pytest

from coreshell_model.base import files
from coreshell_model.base.errors import InputError
from coreshell_model.base.files import checksum, sealed
from coreshell_model.base.keeper import Keeper

IDENTITY = {"Seed": 1, "Axes": (1, 2)}
COLUMNS = ["Number", "Text"]


def keep_all(folder, resume=False):
    """Three pieces, lines and rows, but for those that are there; the content of every file."""
    keeper = Keeper(folder, "fit")
    lines, table = keeper.lines("done.jsonl"), keeper.table("rows.csv")
    with keeper.held():
        keeper.begin("fit.json", IDENTITY, resume, files={"points.npy": b"12"})
        for number in range(len(lines.read()), 3):
            lines.append({"Number": number})
        for number in range(len(table.read()), 3):
            table.append(COLUMNS, [{"Number": number, "Text": 'a "b", c\nd'}])
        for name in ("starts/1.json", "starts/2.json", "best.json"):
            if keeper.piece(name) is None:
                keeper.keep(name, {"Places": (0.5, None)})
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def killed_at(moment, folder):
    """Do the work in a process of its own that is killed as it syncs for the n-th time; whether it was."""
    child = os.fork()
    if child == 0:
        calls, sync = count(), os.fsync

        def fsync(handle):
            if next(calls) == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            sync(handle)

        os.fsync = fsync
        try:
            keep_all(folder)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_work_that_is_killed_between_any_two_writes_is_resumed_to_the_same_files(tmp_path):
    whole = keep_all(tmp_path / "whole")
    for moment in count():
        folder = tmp_path / str(moment)
        if not killed_at(moment, folder):
            break
        assert keep_all(folder, resume=(folder / "fit.json").exists()) == whole
    assert moment > 15


@pytest.mark.parametrize("name", ["done.jsonl", "rows.csv", "rows.sha256"])
def test_what_a_kill_cut_short_is_done_again(name, tmp_path):
    """Rows that are shorter than their check were not cut by a kill, and are refused."""
    whole = keep_all(tmp_path)
    content = whole[name]
    for length in range(0, len(content), 7):
        (tmp_path / name).write_bytes(content[:length])
        if name == "rows.csv":
            with pytest.raises(InputError, match=r"rows\.csv: is damaged"):
                keep_all(tmp_path, resume=True)
        else:
            assert keep_all(tmp_path, resume=True) == whole
    (tmp_path / name).write_bytes(content + b'{"Number": 3')
    assert len(Keeper(tmp_path, "fit").lines("done.jsonl").read()) == 3
    assert len(Keeper(tmp_path, "fit").table("rows.csv").read()) == 3


def test_a_line_or_a_row_that_was_changed_is_refused(tmp_path):
    keep_all(tmp_path)
    for name, what in (("done.jsonl", "line 2"), ("rows.sha256", "line 2"), ("rows.csv", "is damaged")):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(content.replace(b"1", b"7"))
        with pytest.raises(InputError, match=f"{name}: .*{what}|{name}: line 1: is damaged"):
            keep_all(tmp_path, resume=True)
        (tmp_path / name).write_bytes(content)


def test_rows_come_back_as_they_can(tmp_path):
    """Commas, quotes and breaks of a text on one line; nothing for None and NaN; the first rows alone."""
    table = Keeper(tmp_path, "sweep").table("rows.csv")
    table.append(COLUMNS, [{"Number": 0.1, "Text": 'a "b", c\nd'}])
    table.append(COLUMNS, [{"Number": float("nan")}])
    rows = [{"Number": "0.1", "Text": 'a "b", c d'}, {"Number": "", "Text": ""}]
    assert Keeper(tmp_path, "sweep").table("rows.csv").read() == rows
    assert (tmp_path / "rows.csv").read_text().count("\n") == 3
    table.keep_first(1)
    assert (table.read(), table.count) == (rows[:1], 1)
    table.append(COLUMNS, [{"Number": 2}])
    assert [row["Number"] for row in table.read()] == ["0.1", "2"]


def test_a_full_disk_costs_nothing_that_was_kept(tmp_path, monkeypatch):
    """One line says which file, and what to do; once there is room the work goes on."""
    keep_all(tmp_path)
    keeper = Keeper(tmp_path, "fit")
    lines, table = keeper.lines("done.jsonl"), keeper.table("rows.csv")
    before = keep_all(tmp_path, resume=True)

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    for name, keep in (
        ("done.jsonl", lambda: lines.append({"Number": 3})),
        ("rows.csv", lambda: table.append(COLUMNS, [{"Number": 3}])),
        ("more/best.json", lambda: keeper.keep("more/best.json", {})),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(files.os, "fsync", full)
            with pytest.raises(InputError, match=f"{name}: cannot be written: No space.*--resume"):
                keep()
        assert keep_all(tmp_path, resume=True) == before
    assert keeper.piece("more/best.json") is None
    lines.append({"Number": 3})
    table.append(COLUMNS, [{"Number": 3}])
    assert [each["Number"] for each in lines.read()] == [0, 1, 2, 3] and len(table.read()) == 4


def test_rows_whose_check_was_not_kept_are_appended_again(tmp_path, monkeypatch):
    """The disk is full between the rows and their check; the same table goes on."""
    table = Keeper(tmp_path, "fit").table("rows.csv")
    table.append(COLUMNS, [{"Number": 1}])
    calls, sync = count(), os.fsync

    def full(handle):
        if next(calls):
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(InputError, match=r"rows\.sha256: cannot be written"):
            table.append(COLUMNS, [{"Number": 2}])
    table.append(COLUMNS, [{"Number": 3}])
    assert [row["Number"] for row in Keeper(tmp_path, "fit").table("rows.csv").read()] == ["1", "3"]


def test_the_same_work_is_resumed_and_no_other(tmp_path):
    keeper = Keeper(tmp_path, "fit")
    with pytest.raises(InputError, match="holds no fit to resume; leave out --resume"):
        keeper.begin("fit.json", IDENTITY, resume=True)
    assert keeper.begin("fit.json", IDENTITY, resume=False) is None
    assert keeper.begin("fit.json", IDENTITY, resume=True) == {"Seed": 1, "Axes": [1, 2]}
    with pytest.raises(InputError, match="holds a fit already; add --resume"):
        keeper.begin("fit.json", IDENTITY, resume=False)
    other = IDENTITY | {"Seed": 2, "Level": "electrode"}
    with pytest.raises(InputError, match=r"fit\.json: another level than this fit's"):
        keeper.begin("fit.json", other, resume=True)
    with pytest.raises(InputError, match="another seed than this fit's"):
        keeper.begin("fit.json", other, resume=True, may_differ=("Level",))
    with pytest.raises(InputError, match=r"another sha-256 of points\.npy"):
        keeper.begin("fit.json", IDENTITY, resume=True, files={"points.npy": b"1"})


def test_files_of_the_identity_with_other_content_are_other_work(tmp_path):
    Keeper(tmp_path, "fit").begin("fit.json", IDENTITY, resume=False, files={"points.npy": b"1"})
    with pytest.raises(InputError, match=r"another sha-256 of points\.npy"):
        Keeper(tmp_path, "fit").begin("fit.json", IDENTITY, resume=True, files={"points.npy": b"2"})


def test_lines_and_rows_without_the_record_of_their_work_go_as_it_begins(tmp_path):
    whole = keep_all(tmp_path)
    for name in ("fit.json", "starts/1.json", "starts/2.json", "best.json"):
        (tmp_path / name).unlink()
    other = Keeper(tmp_path, "fit")
    for name in ("done.jsonl", "rows.csv", "rows.sha256"):
        (tmp_path / name).unlink()
    other.lines("done.jsonl").append({"Number": 9})
    other.table("rows.csv").append(COLUMNS, [{"Number": 9}])
    assert keep_all(tmp_path) == whole


def test_a_folder_in_an_older_layout_is_refused_in_words(tmp_path):
    (tmp_path / "fit.json").write_text(sealed({"Seed": 1}))
    with pytest.raises(InputError, match="another version of this program began this fit"):
        Keeper(tmp_path, "fit").begin("fit.json", {"Seed": 1}, resume=True)


def test_one_process_at_a_time_and_one_kind_of_work_are_in_a_folder(tmp_path):
    """A folder that cannot be made is one line too."""
    with Keeper(tmp_path, "fit").held(), pytest.raises(InputError, match="another run is at work there"):
        Keeper(tmp_path, "fit").held().__enter__()
    keep_all(tmp_path)
    with pytest.raises(InputError, match="holds a fit, not a sweep"), Keeper(tmp_path, "sweep").held():
        pass
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "fit.json").write_text("{}")
    with pytest.raises(InputError, match=r"holds fit\.json, which is no part of a fit"):
        keep_all(tmp_path / "mine")
    with pytest.raises(InputError, match="/proc/fit: cannot be written"), Keeper("/proc/fit", "fit").held():
        pass


def test_a_file_is_the_one_whose_checksum_is_known(tmp_path):
    keep_all(tmp_path)
    keeper = Keeper(tmp_path, "fit")
    assert keeper.file("points.npy", checksum(b"12")) == b"12"
    for name in ("points.npy", "none.npy"):
        with pytest.raises(InputError, match=f"{name}: is not there or not as it was kept"):
            keeper.file(name, checksum(b"13"))


def test_without_a_folder_the_pieces_of_the_work_are_in_memory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keeper = Keeper(None, "fit")
    with keeper.held(), Keeper(None, "fit").held():
        assert keeper.begin("fit.json", IDENTITY, resume=False) is None
        keeper.keep("best.json", {"Places": (1, 2)})
        keeper.lines("done.jsonl").append({})
        keeper.table("rows.csv").append(COLUMNS, [{}])
    assert keeper.piece("best.json") == {"Places": [1, 2]}
    assert keeper.lines("done.jsonl").read() == keeper.table("rows.csv").read() == []
    assert not list(tmp_path.iterdir())
