"""What a shell offers after typed words: names and paths as commands take them, without importing these."""

import json
import subprocess
import sys

import pytest
from command_line import coreshell

from coreshell_model.base import library
from coreshell_model.inputs.changes import prepared
from coreshell_model.observe.quantities import names
from coreshell_model.show.cli import completion
from coreshell_model.show.cli.app import COMMANDS, COMPLETING, command_of


@pytest.fixture(autouse=True)
def remembered(tmp_path, monkeypatch):
    """A cache folder and a working folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "cache" / "coreshell" / "completion"


@pytest.fixture
def offered(monkeypatch):
    """What bash is offered for words, of which the last is being typed."""

    def ask(*words):
        monkeypatch.setenv(COMPLETING, "complete_bash")
        monkeypatch.setenv("COMP_WORDS", " ".join(("coreshell", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        outcome = coreshell()
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.out.split("\n")[:-1] if outcome.out.strip() else []

    return ask


def test_commands_are_offered(offered):
    """All of them, those that begin so, and those within a command."""
    assert offered("") == list(COMMANDS)
    assert offered("se") == ["sensitivity"]
    assert offered("materials", "n") == ["new"]


def test_shipped_names_and_files_of_the_folder_are_offered(offered, tmp_path):
    """Where a command takes a material or a protocol; nothing elsewhere, so that a shell offers files."""
    (tmp_path / "work" / "mine.toml").touch()
    shipped = library.names("parameters")
    assert offered("run", "") == [*shipped, "mine.toml"]
    assert offered("run", "cracked") == ["cracked_core_shell"]
    assert offered("run", "core_shell", "format") == [
        "formation",
        "formation_three_electrodes",
        "formation_without_hold",
    ]
    assert offered("run", "--level", "particle", "core_shell", "gi") == ["gitt"]
    assert offered("materials", "show", "cracked") == ["cracked_core_shell"]
    assert offered("protocols", "show", "gi") == ["gitt"]
    assert set(offered("compare", "core_shell", "")) > {"shell", "formation"}
    assert offered("run", "core_shell", "formation", "") == []
    assert offered("data", "") == offered("data", "one.csv", "") == []


def test_paths_of_numbers_are_offered_and_are_taken(offered):
    """Every one that is offered for --set is a number that can be set or that a message names."""
    assert offered("run", "core_shell", "formation", "--set", "core.clusters.ra") == ["core.clusters.rate="]
    assert offered("sweep", "core_shell", "design", "--vary", "thick") == ["thickness="]
    assert "protocol.numbers.scan_rate=" in offered("run", "core", "gitt", "--set", "protocol.numbers.")
    paths = offered("run", "core_shell", "formation", "--set", "")
    assert len(paths) > 120 and all(path.endswith("=") for path in paths)
    material, _ = prepared("core_shell", "formation", {"shell.sloping.diffusivity": "1e-18 m2/s"})
    assert "shell.sloping.diffusivity=" in paths and material.shell.sloping.diffusivity.si == 1e-18


def test_values_of_options_are_offered(offered):
    """Of a list in the help, and of results, whose blanks bash has to see quoted; "--level=" too."""
    assert offered("run", "core_shell", "formation", "--level", "") == ["particle", "electrode"]
    assert offered("run", "core_shell", "formation", "--level", "=", "p") == ["particle"]
    assert offered("sweep", "core_shell", "design", "--observe", "Init") == [
        "Initial\\ coulombic\\ efficiency"
    ]
    assert offered("figure", "solution.nc", "dq") == ["dqdv"]
    assert offered("run", "--time-limit", "") == []
    every = completion._beginning("", names())
    assert [offer.value for offer in every] == [completion._quoted(name) for name in names()]


@pytest.mark.parametrize("name", COMMANDS)
def test_options_are_those_of_the_command(offered, name):
    """With --help, and without those within it."""
    command = command_of(name)
    own = {text for parameter in command.params for text in parameter.opts if text.startswith("--")}
    if not getattr(command, "commands", {}):
        assert {*own, "--help"} <= set(offered(name, "--"))


def test_other_shells_are_offered_help_too(monkeypatch):
    """zsh shows it beside a command; quoting is left to the shell."""
    monkeypatch.setenv(COMPLETING, "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "coreshell ru")
    assert '"run":"Simulate a material through a protocol' in coreshell().out
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "coreshell sweep core_shell design --observe Init")
    assert '"Initial coulombic efficiency"' in coreshell().out


def test_a_press_of_the_key_imports_no_command(offered, remembered):
    """Once what it takes is remembered; so it is as fast as the list of commands."""
    words = ("run", "core_shell", "formation", "--set", "core.clusters.r")
    offered(*words)
    assert {path.stem for path in remembered.iterdir()} == {"command_run", "numbers"}
    asked = {COMPLETING: "complete_bash", "COMP_CWORD": "5", "COMP_WORDS": " ".join(("coreshell", *words))}
    program = (
        f"import os, sys; os.environ.update({asked!r}); sys.argv = ['coreshell']\n"
        "from coreshell_model.show.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*{'pybamm', 'numpy', 'pandas', 'pint'} & set(sys.modules))\n"
        "print(*(name for name in sys.modules if name.startswith('coreshell_model.show.cli.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "core.clusters.rate=",
        "",
        "coreshell_model.show.cli.app coreshell_model.show.cli.completion",
    ]


def test_everything_is_remembered_when_it_is_installed(remembered):
    """Every command, numbers, results and figures, so that no press of the key has to ask."""
    completion.remember_all()
    asked = {f"command_{name}" for name in COMMANDS} | {"numbers", "results", "figures"}
    assert {path.stem for path in remembered.iterdir()} == asked


def test_what_is_remembered_is_asked_anew_when_the_program_changes(offered, remembered):
    """Or when the file is damaged; and nothing depends on being able to keep it."""
    assert offered("run", "core_shell", "formation", "--b") == ["--bdf", "--band"]
    path = remembered / "command_run.json"
    kept = json.loads(path.read_text())
    for damaged in (json.dumps(kept | {"of": ["0"], "holds": {}}), "{", "[1]"):
        path.write_text(damaged)
        assert offered("run", "core_shell", "formation", "--b") == ["--bdf", "--band"]
        assert json.loads(path.read_text()) == kept
    path.write_text(json.dumps(kept | {"holds": kept["holds"] | {"options": {"--made-up": {"help": ""}}}}))
    assert offered("run", "--m") == ["--made-up"]  # it is read
    path.unlink()
    path.parent.chmod(0o500)
    path.parent.rename(path.parent.with_name("elsewhere"))
    path.parent.write_text("a file in place of the folder")
    assert offered("run", "core_shell", "formation", "--b") == ["--bdf", "--band"]


def test_the_program_offers_to_install_it():
    """In the list of options alone, not in commands."""
    assert "--install-completion" in coreshell("--help").out
    assert "completion" not in coreshell("materials", "--help").out
