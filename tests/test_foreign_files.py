"""Nothing that the program did not write is overwritten, or followed out of the folder it writes into."""

import json

import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import alone
from coreshell_model.base.written import Written
from coreshell_model.checks import claims_report as validation
from coreshell_model.checks import verification_report as verification

BANDED = "cracked_core_shell"
RUN = ("run", "core_shell", "formation_without_hold", "--json", "--out")


def contents(folder):
    """Every file of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The folder of a run."""
    folder = tmp_path_factory.mktemp("ran")
    assert coreshell(*RUN, str(folder / "out")).code == 0
    return folder / "out"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("name", "further"),
    [
        ("result.json", ()),
        ("curves.csv.metadata.json", ()),
        ("band.json", ("--band",)),
        ("run.bdf.csv", ("--bdf",)),
        ("core_shell_formation_without_hold.pdf", ()),
        ("core_shell_formation_without_hold.csv", ()),
    ],
)
def test_results_do_not_go_over_a_users_file_and_nothing_is_written_beside_it(name, further, tmp_path):
    (tmp_path / name).write_text("mine")
    words = [word if word != "core_shell" or not name.startswith("band") else BANDED for word in RUN]
    outcome = coreshell(*words, str(tmp_path), *further)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1), outcome
    assert name in outcome.err
    assert contents(tmp_path) == {name: b"mine"}


def test_the_same_run_goes_into_its_folder_again_but_not_over_what_was_changed(tmp_path):
    """A user's file beside it stays."""
    words = (*RUN, str(tmp_path), "--bdf")
    assert coreshell(*words).code == 0
    (tmp_path / "notes.txt").write_text("mine")
    assert coreshell(*words).code == 0
    with (tmp_path / "run.bdf.csv").open("a") as file:
        file.write("a remark\n")
    before = contents(tmp_path)
    outcome = coreshell(*words)
    assert outcome.code == 2 and "run.bdf.csv" in outcome.err
    assert contents(tmp_path) == before and "notes.txt" in before


def test_a_picture_goes_over_pictures_of_this_program_alone(ran, tmp_path):
    """Not over the curves of the run that it is drawn from, whose name it was given."""
    draw = ("figure", str(ran / "solution.nc"), "voltage", "--out")
    before = contents(ran)
    refused = coreshell(*draw, str(ran / "curves.png"))
    assert refused.code == 2 and "curves.csv: is there and belongs to no picture" in refused.err
    assert contents(ran) == before
    for name in ("mine.png", "mine.pdf", "mine.svg"):
        for _ in range(2):
            assert coreshell(*draw, name).code == 0
    (tmp_path / "photo.png").write_bytes(b"a photograph")
    refused = coreshell(*draw, "photo.png")
    assert refused.code == 2 and "photo.png: is there and was not drawn by this program" in refused.err
    assert (tmp_path / "photo.png").read_bytes() == b"a photograph"
    (tmp_path / "link.png").symlink_to(tmp_path / "mine.png")
    assert coreshell(*draw, "link.png").code == 2


def test_a_table_goes_over_tables_as_this_program_wrote_them_alone(ran, tmp_path):
    """Also not through a link, and not over a table that was changed since."""
    words = ("data", str(ran / "curves.csv"), "--json", "--out")
    for _ in range(2):
        assert coreshell(*words, "table.bdf.csv").code == 0
    (tmp_path / "mine.csv").write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    with (tmp_path / "table.bdf.csv").open("a") as file:
        file.write("a remark\n")
    (tmp_path / "other.csv.metadata.json").write_text("{}")
    before = contents(tmp_path)
    for name in ("mine.csv", "link.csv", "table.bdf.csv", "other.csv"):
        refused = coreshell(*words, name)
        assert refused.code == 2 and name in refused.err and "move it" in refused.err, refused
    assert contents(tmp_path) == before and not (tmp_path / "elsewhere.csv").exists()


def test_a_replay_leaves_a_users_results_and_pictures(ran, tmp_path):
    name = "curves_core_shell_replay"
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f"{name}.json").write_text("mine")
    refused = coreshell("replay", str(ran / "curves.csv"), "--material", "core_shell", "--out", "out")
    assert refused.code == 2 and f"{name}.json: is there and belongs to no picture" in refused.err
    assert contents(tmp_path / "out") == {f"{name}.json": b"mine"}


@pytest.mark.parametrize("kind", ["run", "sweep", "fit", "posterior", "search", "ranking", "prediction"])
def test_a_kept_run_begins_in_an_empty_folder_and_follows_no_link(kind, tmp_path):
    """Whose names it then may take; a hidden file of the system does not count."""
    (tmp_path / "cycles.csv").write_text("mine")
    with pytest.raises(InputError, match=r"holds cycles\.csv, which is no part"), alone(tmp_path, kind):
        pass
    assert contents(tmp_path) == {"cycles.csv": b"mine"}
    (tmp_path / "cycles.csv").unlink()
    (tmp_path / ".DS_Store").write_text("")
    with alone(tmp_path, kind):
        (tmp_path / "rounds").symlink_to(tmp_path.parent)
    with pytest.raises(InputError, match="rounds: is no file of this program"), alone(tmp_path, kind):
        pass


@pytest.mark.parametrize(
    ("report", "name"),
    [(validation, "RESULTS.md"), (validation, "results.json"), (verification, "verification.csv")],
)
def test_reports_do_not_go_over_a_users_file(report, name, tmp_path, monkeypatch):
    for module in (validation, verification):
        monkeypatch.setattr(module, "markdown", lambda found: "# report")
    monkeypatch.setattr(verification, "table", lambda found: "")
    record = {"versions": {"coreshell_model": "1"}}
    (tmp_path / name).write_text("[1]")
    with pytest.raises(InputError, match=name):
        report.write(record, tmp_path)
    assert contents(tmp_path) == {name: b"[1]"}
    (tmp_path / name).unlink()
    for _ in range(2):
        assert report.write(record, tmp_path)


def test_a_list_that_is_damaged_owns_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("ours")
    listed = Written(tmp_path, "core").keep_list([tmp_path / "a.csv"])
    Written(tmp_path, "core").check(["a.csv", "b.csv"])
    with pytest.raises(InputError, match="holds results of core, not of shell"):
        Written(tmp_path, "shell").check(["b.csv"])
    listed.write_text(json.dumps({"Of": "core", "Files": {"a.csv": "0"}}))
    with pytest.raises(InputError, match=r"a\.csv: is not as a run"):
        Written(tmp_path, "core").check(["a.csv"])


@pytest.mark.parametrize("name", ["assumptions.md", "solution.nc", "core_shell_formation_without_hold.csv"])
def test_a_run_that_is_refused_takes_nothing_of_the_earlier_one_away(name, tmp_path):
    """Whichever of its files was changed."""
    assert coreshell(*RUN, str(tmp_path)).code == 0
    with (tmp_path / name).open("ab") as file:
        file.write(b"a note")
    before = contents(tmp_path)
    refused = coreshell(*RUN, str(tmp_path))
    assert refused.code == 2 and f"{name}: is not as a run of this program wrote it" in refused.err
    assert contents(tmp_path) == before


def test_another_material_does_not_take_the_place_of_the_first(tmp_path):
    assert coreshell(*RUN, str(tmp_path)).code == 0
    before = contents(tmp_path)
    refused = coreshell("run", "shell", *RUN[2:], str(tmp_path))
    assert refused.code == 2 and "holds results of core_shell through formation_without_hold" in refused.err
    assert contents(tmp_path) == before
    again = coreshell(*RUN, str(tmp_path), "--set", "shell.thickness=12 nm")
    assert again.code == 0 and "replaces the earlier results of core_shell" in again.err


def test_a_users_table_beside_a_picture_stays(ran, tmp_path):
    """Though the picture of that name is this program's: the picture knows its own numbers."""
    draw = ("figure", str(ran / "solution.nc"), "voltage", "--out", "own.png")
    assert coreshell(*draw).code == 0
    (tmp_path / "own.csv").write_text("mine")
    refused = coreshell(*draw)
    assert refused.code == 2 and "own.csv: is there and belongs to no picture" in refused.err
    assert (tmp_path / "own.csv").read_text() == "mine"
