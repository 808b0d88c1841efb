"""A solution on disk is the solution."""

import contextlib
import gc
import json
import sys

import numpy as np
import pandas as pd
import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.data.archive import assumptions, load, save
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate


@pytest.fixture(scope="module")
def run():
    return simulate("core_shell", "formation_without_hold", {"shell.thickness": "12 nm"})


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "out"
    save(run, path)
    return path


def test_a_saved_solution_loads_back_the_same(run, folder):
    """Every result, step, series and profile."""
    again = load(folder / "solution.nc")
    assert summary(again) == summary(run)
    assert again.steps == run.steps
    assert again.material == run.material
    assert again.protocol == run.protocol
    for name, profile in run.profiles.items():
        assert np.array_equal(again.profiles[name], profile)
    for region, radii in run.radii.items():
        assert np.array_equal(again.radii[region], radii)


def test_the_exact_inputs_run_again_to_the_same_results(run, folder):
    """material.toml and protocol.toml are files that the program reads."""
    again = simulate(
        read_material(str(folder / "material.toml")), read_protocol(str(folder / "protocol.toml"))
    )
    results, before = summary(again), summary(run)
    for name in ("Coulombic efficiency", "Capacity by cycle [mA.h.g-1]"):
        assert results.pop(name) == pytest.approx(before.pop(name), rel=1e-9)
    drops = (each.pop("Polarisation at the end of sodiation [mV]") for each in (results, before))
    assert next(drops) == pytest.approx(next(drops), rel=1e-6, abs=1e-9)
    texts = [name for name, value in before.items() if not isinstance(value, float)]
    assert {name: results.pop(name) for name in texts} == {name: before.pop(name) for name in texts}
    results.pop("Solve time [s]"), before.pop("Solve time [s]")
    assert results == pytest.approx(before, rel=1e-9, abs=1e-12)


def test_curves_carry_units_cycles_and_steps(run, folder):
    """One row a point, as many as the solver gave."""
    table = pd.read_csv(folder / "curves.csv")
    assert {"Cycle", "Step", "Time [s]", "Voltage [V]", "Trapped sodium [mA.h.g-1]"} <= set(table.columns)
    assert len(table) == len(run["Time [s]"])
    assert table["Cycle"].max() == 5
    assert set(table["Step"]) == {1, 2}


def test_what_was_not_saved_is_refused_not_empty(folder):
    """A misspelt name, or a variable that only the PyBaMM solution has."""
    with pytest.raises(KeyError, match="was not saved"):
        load(folder / "solution.nc")["SEI resistance [Ohm.m2]"]


def test_results_say_what_was_changed_and_the_geometry_that_followed(run):
    """A changed run can be told from the unchanged one."""
    results = summary(run)
    assert results["Changes"] == {"shell.thickness": "12 nm"}
    assert results["Shell thickness [nm]"] == pytest.approx(12)
    assert results["Particle radius [nm]"] == pytest.approx(304.114 + 12, abs=0.01)
    assert results["External area [m2.g-1]"] < 14


def test_inputs_name_versions_and_parameters(folder):
    """Enough to make the same run elsewhere."""
    record = json.loads((folder / "inputs.json").read_text())
    assert {"coreshell_model", "pybamm", "numpy", "python"} <= set(record["Versions"])
    assert record["Parameters"]["Shell thickness [m]"] == pytest.approx(12e-9)


def test_assumptions_list_every_assumed_number_and_the_basis(run):
    """And none that was measured."""
    text = assumptions(run)
    assert "1C is 400 mA/g of active carbon" in text
    assert "core.sloping.diffusivity" in text
    assert "shell.thickness | 12 nm | set by the user" in text
    assert "sei.resistivity" in text
    assert "particle.external_area" not in text


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 50, b"not netcdf"])
def test_what_is_not_a_solution_is_refused(tmp_path, content):
    """In one line."""
    path = tmp_path / "solution.nc"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not a saved solution"):
        load(path)


def test_nothing_is_printed_of_a_solution_that_is_damaged(tmp_path):
    """h5netcdf complains of each file that it half opened, when it goes."""
    whole = save(simulate("core", beginning(read_protocol("formation_without_hold"), 1)), tmp_path)
    stored = next(path for path in whole if path.name == "solution.nc").read_bytes()
    damaged, heard = tmp_path / "damaged.nc", []
    before, sys.unraisablehook = sys.unraisablehook, lambda unraisable: heard.append(unraisable)
    try:
        for place in range(0, 20_000, 2500):
            damaged.write_bytes(stored[:place] + b"\xff" * 60 + stored[place:])
            with contextlib.suppress(InputError):
                load(damaged)
        gc.collect()
    finally:
        sys.unraisablehook = before
    assert not heard
