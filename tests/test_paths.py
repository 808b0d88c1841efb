"""Paths that a shell left as they were typed: every command puts what it writes where the user meant."""

from pathlib import Path

import pytest
from command_line import coreshell

from coreshell_model import simulate
from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.data.archive import load, save
from coreshell_model.data.reading import read_dataset
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.show.cli.options import check_folder

MAKE_FOLDERS = {
    "run": ("run", "core_shell", "formation", "--out=~/kept"),
    "cycle": ("cycle", "core_shell", "formation", "--out=~/kept/cycle"),
    "figure": ("figure", "~/saved/solution.nc", "overview", "--out=~/kept/overview.png"),
    "data": ("data", "~/saved/curves.csv", "--out=~/kept/table.bdf.csv"),
    "replay": ("replay", "~/saved/curves.csv", "--material=core_shell", "--out=~/kept"),
    "sweep": ("sweep", "core_shell", "formation", "--vary=thickness=9..10 nm", "--out=~/kept", "--points=x"),
    "fit": ("fit", "~/none.toml", "--out=~/kept"),
    "posterior": ("posterior", "~/none.toml", "--out=~/kept"),
    "predict": ("predict", "~/none", "core_shell", "formation", "--out=~/kept"),
    "validate": ("validate", "~/none.toml", "--out=~/kept"),
    "sorption": ("sorption", "~/none.csv"),
    "material": ("run", "~/own.toml", "formation", "--out=~/kept"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home folder with a saved first cycle."""
    home = tmp_path_factory.mktemp("home")
    save(simulate("core_shell", beginning(read_protocol("formation"), 1)), home / "saved")
    return home


@pytest.mark.parametrize("command", MAKE_FOLDERS)
def test_a_command_writes_nothing_into_a_folder_called_tilde(command, home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    (home / "kept").mkdir(exist_ok=True)
    done = coreshell(*MAKE_FOLDERS[command])
    assert not list(tmp_path.iterdir()), done.err
    if "~/none" in " ".join(MAKE_FOLDERS[command]) or command == "material":
        assert done.code == 2
        assert "'~" not in done.err
    elif command in ("run", "figure", "data"):
        assert done.code == 0, done.err
        assert list((home / "kept").iterdir())


def test_paths_given_in_python_are_the_users_too(home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(tmp_path)
    solution = load("~/saved/solution.nc")
    save(solution, "~/again")
    assert (home / "again" / "solution.nc").exists()
    assert len(read_dataset("~/saved/curves.csv").table) > 0
    with pytest.raises(InputError, match=f"{home}/own.toml"):
        read_material("~/own.toml")
    assert not list(tmp_path.iterdir())


def test_a_home_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="no such user's home folder"):
        user_path("~nobody_of_this_name/x")


@pytest.mark.parametrize(
    "words",
    [
        ("next", "core_shell", "--posterior", "9" * 400),
        ("predict", "9" * 400, "core_shell", "formation"),
        ("losses", "9" * 400),
        ("posterior", "x.toml", "--out", "out", "--fit", "9" * 400),
        ("data", "9" * 400),
        ("fit", "9" * 400),
    ],
)
def test_a_name_that_the_system_does_not_take_is_one_line(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = coreshell(*words)
    assert outcome.code == 2 and outcome.err.count("\n") == 1


def test_out_is_tried_where_it_is_to_be_and_nowhere_beside(tmp_path, monkeypatch):
    """Neither in the folder that holds it, nor at the root of all: only what was named is ever made."""
    made = []
    monkeypatch.setattr(Path, "mkdir", lambda self, *_, **__: made.append(self))
    monkeypatch.setattr(Path, "rmdir", lambda self: None)
    monkeypatch.setattr("tempfile.mkdtemp", lambda prefix, dir: made.append(dir) or str(Path(dir) / "x"))
    assert check_folder(str(tmp_path / "new" / "deep")) == tmp_path / "new" / "deep"
    assert check_folder("/no_such_folder_here/deep") == Path("/no_such_folder_here/deep")
    check_folder(str(tmp_path))
    assert made == [tmp_path / "new", Path("/no_such_folder_here"), tmp_path]
