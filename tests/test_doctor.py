"""``coreshell doctor``: what works, what is missing, and what does not work."""

import json
import shutil
import sys

import pytest
from command_line import coreshell

from coreshell_model.base.extras import EXTRAS
from coreshell_model.base.pool import cores
from coreshell_model.run import simulation
from coreshell_model.show.cli import doctor


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """A cache folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def without_run(monkeypatch):
    """The other things alone, which take no time."""
    monkeypatch.setattr(doctor, "_run", lambda: ({"Run": None}, [], []))


def test_a_working_installation_is_said_to_work(tmp_path):
    """With exit code 0, and one JSON object of all that was looked at."""
    outcome = coreshell("doctor", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    assert found["Problems"] == []
    assert set(found["Packages"]) >= {"pybamm", "casadi", "numpy", "scipy", "matplotlib"}
    assert all(found["Packages"].values()) and found["Python"].startswith("3.")
    assert found["Cores"] == cores() and set(found["Extras"]) == set(EXTRAS)
    assert found["Cache folder"] == str(tmp_path / "cache" / "coreshell")
    run = found["Run"]
    low, high = run["Expected efficiency"]
    assert low <= run["Initial coulombic efficiency"] <= high and run["Sodium balance error"] < 1e-8
    assert run["Time [s]"] > 0 and run["Ending"].startswith("completed")


def test_a_run_that_misses_what_it_should_give_is_a_problem(monkeypatch):
    """In a line, with exit code 1; so is one that raises, whatever."""
    monkeypatch.setattr(doctor, "EXPECTED", (0.9, 1.0))
    outcome = coreshell("doctor")
    assert outcome.code == 1
    assert "PROBLEM: the run gives an efficiency of 0.82" in outcome.out
    assert outcome.out.endswith("This installation does not work.\n")

    def broken(*_):
        raise ImportError("libsundials.so: no such file")

    monkeypatch.setattr(simulation, "simulate", broken)
    outcome = coreshell("doctor")
    assert (outcome.code, outcome.err) == (1, "")
    assert "PROBLEM: the run of core_shell through formation fails: libsundials.so" in outcome.out


@pytest.mark.usefixtures("without_run")
def test_what_is_missing_is_named_with_what_to_do(monkeypatch):
    """An extra, a compiler and a cache folder are not needed: the exit code stays 0."""
    monkeypatch.setitem(sys.modules, "dash", None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nothing")
    outcome = coreshell("doctor")
    assert outcome.code == 0
    assert 'extra web        pip install "coreshell_model[web]": the page of' in outcome.out
    assert "hint: no C compiler (gcc)" in outcome.out and "C compiler       none" in outcome.out
    assert "hint: the cache folder cannot be written" in outcome.out
    found = json.loads(coreshell("doctor", "--json").out)
    assert (found["Extras"]["web"]["Missing"], found["Compiler"]) == (["dash"], None)
    assert found["Cache folder can be written"] is False and len(found["Hints"]) == 2


@pytest.mark.usefixtures("without_run")
def test_a_missing_package_is_a_problem(monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGES", (*doctor.PACKAGES, "no-such-package"))
    outcome = coreshell("doctor")
    assert outcome.code == 1 and "PROBLEM: no-such-package is not installed" in outcome.out
