"""The first run says what to try next: once, and to a person at a terminal alone."""

import os
import pty
import subprocess
import sys

import pytest

from coreshell_model.show.cli.first_run import SAID, say_what_next

COMMAND = "from coreshell_model.show.cli import main; main()"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "coreshell"


@pytest.fixture
def at_a_terminal(capsys, monkeypatch):
    """As if both streams were terminals."""
    for stream in (sys.stdout, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)


@pytest.mark.usefixtures("at_a_terminal")
def test_it_is_said_once(capsys, own_cache):
    """With the names of the run, on stderr; a file in the cache folder notes it."""
    say_what_next("core_shell", "formation")
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 2
    assert "coreshell run core_shell formation --out results" in said.err
    assert (own_cache / SAID).exists()
    say_what_next("core_shell", "formation")
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("at_a_terminal")
def test_it_is_not_said_where_that_cannot_be_noted(capsys, own_cache):
    """It would be said for ever."""
    own_cache.parent.write_text("a file in place of the folder")
    say_what_next("core_shell", "formation")
    assert capsys.readouterr().err == ""


def test_it_is_not_said_in_a_pipe(capsys, own_cache):
    """Nor does a pipe use it up."""
    say_what_next("core_shell", "formation")
    assert capsys.readouterr().err == "" and not own_cache.exists()


def test_a_run_in_a_terminal_ends_with_it(tmp_path, own_cache):
    """The command itself, on a terminal of its own; with --json it says nothing, and does not use it up."""
    run = ("run", "core_shell", "formation_without_hold")
    with_json = _shown(tmp_path, *run, "--json")
    assert "Next:" not in with_json and not (own_cache / SAID).exists()
    assert "Next: coreshell run core_shell formation_without_hold --out results" in _shown(tmp_path, *run)


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
