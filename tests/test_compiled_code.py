"""Compiled models: where they are kept, how they are removed, and what is done without a compiler."""

import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
from command_line import coreshell
from synthetic import parameter, problem_file, scalar

from coreshell_model.base import paths
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.run import compiled_code
from coreshell_model.run.compiled_code import PLACE, can_compile, folder, keep_within, libraries
from coreshell_model.run.simulation import forget_models, simulate

STEPS = ({"steps": ("Sodiate at C/20 for 2 hours or until lower cut-off",)},)
ONCE = protocol_from_dict(read_protocol("formation").model_dump() | {"cycles": STEPS}, "once")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's folder of cached files, nothing in it."""
    monkeypatch.delenv(PLACE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("pybamm.codegen.compilation._CACHE", {})  # what this process has compiled before
    can_compile.cache_clear()
    forget_models()
    yield tmp_path
    os.environ.pop(PLACE, None)
    can_compile.cache_clear()
    forget_models()


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a C compiler")
def test_code_is_the_users_own_kept_for_the_next_process_and_cleared(home):
    """One library for the one kind of step; the same result; another model of the cell compiles nothing."""
    solution = simulate("core_shell", ONCE, compiled=True)
    place = folder()
    assert place is not None and place.is_relative_to(home / "coreshell" / "compiled")
    assert place.stat().st_mode & 0o077 == 0
    ((path, before),) = libraries(place)
    assert path.suffix in (".so", ".dylib")
    forget_models()
    simulate("core_shell", ONCE, {"shell.thickness": "12 nm"}, compiled=True)
    assert [(each, state.st_mtime_ns) for each, state in libraries(place)] == [(path, before.st_mtime_ns)]
    told = json.loads(coreshell("compiled", "--json").out)
    assert (told["Folder"], told["Files"], told["Size [B]"]) == (str(place), 1, before.st_size)
    cleared = coreshell("compiled", "--clear")
    assert (cleared.code, libraries(place)) == (0, [])
    assert cleared.out.startswith("0 compiled models, 0.0 of at most 200 MB") and "1 removed" in cleared.out
    plain = simulate("core_shell", ONCE)
    assert solution["Voltage [V]"][-1] == pytest.approx(plain["Voltage [V]"][-1], abs=1e-5)


def test_what_was_used_longest_ago_goes_first(tmp_path):
    """And what is no library stays."""
    for number in range(4):
        path = tmp_path / f"pybamm_bundle_{number}.so"
        path.write_bytes(bytes(100))
        os.utime(path, (number, number))
    os.utime(tmp_path / "pybamm_bundle_0.so", (9, 0))  # written first, and in use
    (tmp_path / "notes.txt").write_bytes(bytes(1000))
    assert keep_within(tmp_path, 400) == (0, 0)
    assert keep_within(tmp_path, 250) == (2, 200)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "notes.txt",
        "pybamm_bundle_0.so",
        "pybamm_bundle_3.so",
    ]
    assert keep_within(tmp_path / "not there", 0) == (0, 0)


def test_the_folder_is_of_a_machine_and_its_versions(home, monkeypatch):
    """Code of another is not loaded."""
    folders = {folder()}
    for name in ("pybamm", "casadi"):
        with monkeypatch.context() as patch:
            patch.setattr(
                compiled_code, "version", lambda asked, name=name: "0" if asked == name else version(asked)
            )
            folders.add(folder())
    for name in ("node", "machine"):
        with monkeypatch.context() as patch:
            patch.setattr(compiled_code.platform, name, lambda: "another")
            folders.add(folder())
    assert len(folders) == 5


def test_without_a_compiler_all_works_and_is_said_once(home, monkeypatch, capsys):
    monkeypatch.setattr(compiled_code.shutil, "which", lambda name: None)
    ends = []
    for _ in range(2):
        forget_models()
        ends.append(simulate("core_shell", ONCE, compiled=True)["Voltage [V]"][-1])
    assert capsys.readouterr().err == "no C compiler (gcc): solves take about twice the time\n"
    assert not list(Path(home).rglob("pybamm_*"))
    assert np.ptp(ends) == 0


def test_a_user_without_a_home_has_no_folder(monkeypatch):
    monkeypatch.delenv(PLACE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def nowhere(text):
        raise paths.InputError("there is no home")

    monkeypatch.setattr(paths, "user_path", nowhere)
    assert folder() is None
    assert "there is no home folder" in coreshell("compiled", "--clear").out


def test_fits_of_many_parameters_are_compiled_and_small_ones_are_not(tmp_path):
    """By the solves that they take; never at the electrode level."""
    paths = ("core.sloping.capacity", "shell.sloping.capacity", "shell.trapping.capacity")
    free = [parameter(path, 1.0, 900.0, unit="mAh/g") for path in paths]
    free += [
        parameter(f"{carbon}.sloping.{name}", 0.01, 2.5, unit="V")
        for carbon in ("core", "shell")
        for name in ("potential", "interaction")
    ]
    prior = {"mean": 1.0, "sd": 1.0}
    free = [each | {"prior": prior} for each in free]
    data = [scalar("Initial coulombic efficiency", 0.8, 0.02)]
    pays = {
        (count, level): read_problem(
            problem_file(tmp_path / f"{count}{level}.toml", free[:count], observations=data, level=level)
        ).compiling_pays
        for count in (2, 7)
        for level in ("particle", "electrode")
    }
    assert pays == {
        (2, "particle"): False,
        (2, "electrode"): False,
        (7, "particle"): True,
        (7, "electrode"): False,
    }
