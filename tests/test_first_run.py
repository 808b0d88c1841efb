"""The first run says what to try next: once, and to a person at a terminal alone."""

import io
import json
import os
import pty
import subprocess
import sys

import pytest

from coreshell_model.inputs.copied import copied_material
from coreshell_model.show.cli.first_run import SAID, say_what_next

COMMAND = "from coreshell_model.show.cli import main; main()"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "coreshell"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


def said_at_a_terminal(monkeypatch):
    """What is said on stderr where both streams are terminals, which pytest's own are not."""
    streams = {name: Terminal() for name in ("stdout", "stderr")}
    with monkeypatch.context() as patch:
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        say_what_next("core_shell", "formation")
    assert streams["stdout"].getvalue() == ""
    return streams["stderr"].getvalue()


def test_it_is_said_once(monkeypatch, own_cache):
    """With the names of the run, on stderr; a file in the cache folder notes it."""
    said = said_at_a_terminal(monkeypatch)
    assert said.count("\n") == 3 and "coreshell run core_shell formation --out results" in said
    assert (own_cache / SAID).exists()
    assert said_at_a_terminal(monkeypatch) == ""


def test_it_is_not_said_where_that_cannot_be_noted(monkeypatch, own_cache):
    """It would be said for ever."""
    own_cache.parent.write_text("a file in place of the folder")
    assert said_at_a_terminal(monkeypatch) == ""


def test_it_is_not_said_in_a_pipe(capsys, own_cache):
    """Nor does a pipe use it up."""
    say_what_next("core_shell", "formation")
    assert capsys.readouterr().err == "" and not own_cache.exists()


def test_a_run_in_a_terminal_ends_with_it(tmp_path, own_cache):
    """The command itself, on a terminal of its own; with --json it says nothing, and does not use it up."""
    run = ("run", "core_shell", "formation_without_hold")
    with_json = _shown(tmp_path, *run, "--json")
    assert "Next:" not in with_json and not (own_cache / SAID).exists()
    assert "coreshell run core_shell formation_without_hold --out results" in _shown(tmp_path, *run)


@pytest.mark.long
@pytest.mark.parametrize("material", ["core_shell", "my carbons/mine.toml"])
def test_each_line_works_as_it_is_typed(tmp_path, monkeypatch, material):
    """In a shell, with the comment behind it; of a file in a folder with a space, and with options too."""
    monkeypatch.chdir(tmp_path)
    if material.endswith(".toml"):
        folder = tmp_path / "my carbons"
        folder.mkdir()
        (folder / "mine.toml").write_text(copied_material("mine", "core_shell"), encoding="utf-8")
    command = tmp_path / "coreshell"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{COMMAND}' \"$@\"\n", encoding="utf-8")
    command.chmod(0o755)
    run = ("run", material, "formation_without_hold", "--set", "thickness=8 nm")
    shown = _shown(tmp_path, *run, "--set", "protocol.window.lower=10 mV")
    lines = [line.strip() for line in shown.splitlines() if line.strip().startswith("coreshell ")]
    assert len(lines) == 2
    outputs = [
        subprocess.run(
            ["sh", "-c", line],
            env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for line in lines
    ]
    assert "Initial coulombic efficiency" in outputs[1]
    assert (tmp_path / "results" / "solution.nc").exists()
    told = json.loads((tmp_path / "results" / "result.json").read_text(encoding="utf-8"))
    assert told["Changes"] == {"shell.thickness": "8 nm", "protocol.window.lower": "10 mV"}


def _shown(folder, *words):
    """What a terminal of the command's own shows."""
    terminal, end = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words], cwd=folder, stdin=end, stdout=end, stderr=end, close_fds=True
    )
    os.close(end)
    shown = b""
    try:
        while part := os.read(terminal, 65536):
            shown += part
    except OSError:  # the end of what a terminal of Linux shows
        pass
    finally:
        os.close(terminal)
    assert done.wait() == 0, shown
    return shown.decode(errors="replace")
