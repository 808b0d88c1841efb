"""A run in the formats of other programs: what is read back is the run, and no file of a user is lost."""

import csv
import json
import math
import sys
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from command_line import coreshell

from coreshell_model import simulate, summary, to_excel, to_netcdf, to_origin
from coreshell_model.base.errors import InputError
from coreshell_model.data import exports, workbook
from coreshell_model.data.archive import load, save
from coreshell_model.data.reading import read_dataset
from coreshell_model.inputs.material import entries
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.observe.capacity import OF_THE_CYCLE
from coreshell_model.observe.result_tables import result_tables
from coreshell_model.run.solution import SERIES, Ending

RUN = ("run", "core_shell", "formation_without_hold", "--json")
ALL = ("--format", "xlsx", "--format", "netcdf", "--format", "origin", "--format", "bdf")
EXPORTED = {"run.xlsx", "run.nc", "run.origin.csv", "run.bdf.csv", "run.bdf.csv.metadata.json"}
VOLTAGE = "Voltage [V]"


@pytest.fixture(scope="module")
def run():
    return simulate("core_shell", "formation_without_hold", {"shell.thickness": "12 nm"})


@pytest.fixture(scope="module")
def sheets(run, tmp_path_factory):
    """Every sheet of the workbook as rows."""
    return rows_by_sheet(to_excel(run, tmp_path_factory.mktemp("excel") / "run.xlsx"))


def rows_by_sheet(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def columns(rows):
    return dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))


def points_of(run, cycle):
    steps = run.cycle_steps(cycle)
    return slice(steps[0].points.start, steps[-1].points.stop)


def with_series(run, name, values):
    """The run as one that was loaded, with one series replaced."""
    saved = {each: run[each] for each in run.series} | dict(run.profiles) | {name: values}
    saved |= {"Core radius [m]": run.radii["Core"], "Shell radius [m]": run.radii["Shell"]}
    return replace(run, saved=saved, pybamm=None)


def test_a_workbook_has_a_sheet_for_each_cycle_with_exactly_the_solved_values(run, sheets):
    """Every series, units in the heading, and the capacity from the start of the cycle."""
    names = [name for name in sheets if name.startswith("Cycle ")]
    assert names == [f"Cycle {cycle}" for cycle in range(1, 6)]
    for cycle, name in enumerate(names, start=1):
        read, points = columns(sheets[name]), points_of(run, cycle)
        assert set(SERIES) <= set(read)
        for series in run.series:
            assert read[series] == tuple(run[series][points].tolist()), series
        assert set(read["Cycle"]) == {cycle} and set(read["Step"]) == {1, 2}
        charge = run["Specific capacity [mA.h.g-1]"][points]
        assert read[OF_THE_CYCLE] == tuple((charge - charge[0]).tolist())


def test_a_workbook_has_every_result_with_its_unit_and_what_it_is_of(run, sheets):
    results = summary(run)
    read = {row[0]: row[1:] for row in sheets["Results"][1:]}
    value, unit, scope = read["First-cycle loss"]
    assert (value, unit) == (results["First-cycle loss [mA.h.g-1]"], "mA.h.g-1")
    assert scope == "first sodiation less first desodiation"
    assert read["Polarisation at the end of sodiation: film"][:2] == [
        results["Polarisation at the end of sodiation [mV]"]["film"],
        "mV",
    ]
    by_cycle = columns(sheets["Results by cycle"])
    for name in ("Coulombic efficiency", "Capacity by cycle [mA.h.g-1]"):
        assert list(by_cycle[name]) == results[name]
    found = result_tables(results)
    told = {value.name for value in found.values} | set(found.by_cycle) | set(found.tables)
    assert all(
        any(each.startswith(name.partition(" [")[0]) for each in told) for name in results if results[name]
    )


def test_a_workbook_has_every_number_of_material_and_protocol_with_its_source(run, sheets):
    read = {row[0]: row[1:] for row in sheets["Inputs"][1:]}
    for path, number in entries(run.material).items():
        assert read[path][2] == number.source
    assert read["shell.thickness"] == [12, "nm", "set by the user"]
    assert read["protocol.window.lower"][:2] == [5, "mV"]
    steps = columns(sheets["Steps"])
    assert len(steps["Cycle"]) == len(run.steps) and steps["Asked"][0] == run.steps[0].asked.text


def test_a_long_run_has_one_sheet_for_all_cycles_and_beyond_the_most_points_none(
    run, sheets, tmp_path, monkeypatch
):
    monkeypatch.setattr(workbook, "MOST_SHEETS", 4)
    read = rows_by_sheet(to_excel(run, tmp_path / "one.xlsx"))
    assert [name for name in read if name.startswith("Cycle")] == ["Cycles"]
    assert columns(read["Cycles"])[VOLTAGE] == tuple(run[VOLTAGE].tolist())
    assert set(columns(read["Cycles"])["Cycle"]) == {1, 2, 3, 4, 5}
    monkeypatch.setattr(workbook, "MOST_POINTS", len(run[VOLTAGE]) - 1)
    read = rows_by_sheet(to_excel(run, tmp_path / "none.xlsx"))
    assert not [name for name in read if name.startswith("Cycle")]
    assert dict(row[:2] for row in read["Results"])["Curves"].startswith("left out: ")
    written, notes = exports.write_formats(run, [exports.FORMATS["xlsx"]], tmp_path)
    assert len(written) == 1 and notes[0].startswith("run.xlsx: curves left out: ") and "\n" not in notes[0]
    assert set(read["Results by cycle"][0]) == set(sheets["Results by cycle"][0])


def test_what_does_not_exist_is_an_empty_cell_not_a_number(run, tmp_path):
    voltage = run[VOLTAGE].copy()
    voltage[[2, 3]] = math.nan, math.inf
    odd = with_series(run, VOLTAGE, voltage)
    read = columns(rows_by_sheet(to_excel(odd, tmp_path / "a.xlsx"))["Cycle 1"])[VOLTAGE]
    assert read[2] is None and read[3] is None and read[4] == voltage[4]
    to_origin(odd, tmp_path / "a.csv")
    rows = list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8")))
    assert rows[3 + 2][rows[0].index("Voltage")] == ""


def test_texts_stay_texts_in_a_workbook(run, tmp_path):
    """One that begins as a formula does, and one with a character that no workbook holds."""
    material = run.material.model_copy(update={"title": "=1+1", "name": "a\x01b"})
    read = openpyxl.load_workbook(to_excel(replace(run, material=material), tmp_path / "a.xlsx"))["Inputs"]
    assert read["D2"].value == "=1+1" and read["D2"].data_type == "s"
    assert read["B2"].value == "a\ufffdb"


def test_netcdf_reads_back_as_the_solution_with_cycles_steps_and_radii(run, tmp_path):
    """Also written from a solution that was loaded from a file."""
    folder = tmp_path / "saved"
    save(run, folder)
    for number, solution in enumerate((run, load(folder / "solution.nc"))):
        path = to_netcdf(solution, tmp_path / f"{number}.nc")
        with xr.open_dataset(path, engine="h5netcdf") as stored:
            read = stored.load()
        for name in run.series[1:]:
            assert np.array_equal(read[name], run[name]), name
        assert np.array_equal(read["time"], run["Time [s]"])
        assert read[VOLTAGE].attrs == {"units": "V", "long_name": "Voltage"}
        third = read[VOLTAGE].where(read["cycle"] == 3, drop=True)
        assert np.array_equal(third, run[VOLTAGE][points_of(run, 3)])
        for name, profile in run.profiles.items():
            region = "shell" if name.startswith("Shell") else "core"
            assert read[name].dims == ("step_end", f"{region}_radius")
            assert np.array_equal(read[name], profile)
        assert np.array_equal(read["core_radius"], run.radii["Core"])
        assert read["core_radius"].attrs["units"] == "m"
        last = read.isel(step_end=-1)
        assert (int(last["end_cycle"]), int(last["end_step"])) == (5, 2)
        assert float(last["end_time"]) == run["Time [s]"][-1]
        assert json.loads(read.attrs["inputs"])["Parameters"] == dict(run.parameters)


def test_a_dataset_of_a_porous_electrode_has_profiles_through_it():
    run = simulate("core_shell", beginning(read_protocol("formation_without_hold"), 1), level="electrode")
    read, name = run.to_xarray(), "Electrolyte concentration [mol.m-3]"
    assert read[name].dims == ("step_end", "place_in_electrode")
    assert np.array_equal(read[name], run.electrode_profiles[name])
    places = read["place_in_electrode"].to_numpy()
    assert 0 < places[0] < places[-1] < 1
    assert "Lowest electrolyte concentration [mol.m-3]" in read


def test_a_data_frame_has_the_series_with_cycle_and_step(run):
    table = run.to_dataframe()
    assert list(table.columns) == ["Cycle", "Step", *run.series]
    for name in run.series:
        assert np.array_equal(table[name], run[name])


def test_the_csv_for_origin_has_three_label_rows_above_exact_numbers(run, tmp_path):
    """Long name, units, comments; the comment tells the run, with what was changed."""
    path = to_origin(run, tmp_path / "run.csv")
    names, units, comments, first, *_ = csv.reader(path.open(encoding="utf-8", newline=""))
    at = names.index("Voltage")
    assert units[at] == "V" and units[names.index("Specific capacity")] == "mA.h.g-1"
    assert units[names.index("Cycle")] == ""
    assert set(comments) == {"core_shell through formation_without_hold; shell.thickness = 12 nm"}
    assert float(first[at]) == run[VOLTAGE][0]
    table = pd.read_csv(path, skiprows=3, header=None)
    for name in run.series:
        assert np.array_equal(table[names.index(name.partition(" [")[0])], run[name]), name


@pytest.mark.long
def test_a_run_writes_every_format_into_its_folder_and_replaces_it_the_next_time(tmp_path):
    out = tmp_path / "out"
    for _ in range(2):
        outcome = coreshell(*RUN, "--out", str(out), *ALL)
        assert outcome.code == 0, outcome.err
        assert {path.name for path in out.iterdir()} >= EXPORTED
        assert set(json.loads((out / "files.json").read_text())["Files"]) >= EXPORTED
    assert json.loads(outcome.out) == json.loads((out / "result.json").read_text()) | {
        name: value for name, value in json.loads(outcome.out).items() if name.startswith("Other reading")
    }
    assert read_dataset(out / "run.bdf.csv").mass is not None
    assert coreshell(*RUN, "--out", str(out)).code == 0
    assert not EXPORTED & {path.name for path in out.iterdir()}


@pytest.mark.parametrize("name", sorted(EXPORTED))
def test_a_format_does_not_go_over_a_users_file(name, tmp_path):
    """Refused before anything is solved or written."""
    (tmp_path / name).write_text("mine")
    refused = coreshell(*RUN, "--out", str(tmp_path), *ALL)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1), refused
    assert name in refused.err
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_workbook_that_was_worked_on_stays(tmp_path):
    words = (*RUN, "--out", str(tmp_path), "--format", "xlsx")
    assert coreshell(*words).code == 0
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    book["Results"]["F1"] = "a note"
    book.save(tmp_path / "run.xlsx")
    before = (tmp_path / "run.xlsx").read_bytes()
    refused = coreshell(*words)
    assert refused.code == 2 and "run.xlsx: is not as a run of this program wrote it" in refused.err
    assert (tmp_path / "run.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--out", "x", "--format", "xls"), "--format 'xls': did you mean 'xlsx'? there are xlsx, netcdf"),
        (("--out", "x", "--format", ""), "--format '': there are"),
        (("--format", "netcdf"), "--format netcdf has no folder to write run.nc into; add --out FOLDER"),
        (("--bdf",), "--bdf has no folder to write run.bdf.csv into; add --out FOLDER"),
    ],
)
def test_a_format_that_cannot_be_written_is_refused_in_one_line(words, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = coreshell(*RUN, *words)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert reason in refused.err
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named_with_its_extra_before_anything_is_solved(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    refused = coreshell(*RUN, "--out", str(tmp_path / "out"), "--format", "xlsx")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert 'needs openpyxl; pip install "coreshell_model[excel]"' in refused.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("write", [to_excel, to_netcdf, to_origin])
def test_a_path_that_cannot_be_written_is_refused_in_one_line(run, write, tmp_path):
    ending = {to_excel: ".xlsx", to_netcdf: ".nc", to_origin: ".csv"}[write]
    (tmp_path / f"mine{ending}").write_text("mine")
    for path, reason in (
        ("run.txt", f"let the name end in {ending}"),
        (f"none/run{ending}", "there is no folder"),
        (f"mine{ending}", "is there already"),
    ):
        with pytest.raises(InputError, match=reason) as raised:
            write(run, tmp_path / path)
        assert "\n" not in str(raised.value)
    assert (tmp_path / f"mine{ending}").read_text() == "mine"


def test_a_run_without_a_point_still_has_its_results_and_inputs(run, tmp_path):
    """All formats but Battery Data Format, which says why there is none."""
    empty = replace(run, steps=(), saved={}, pybamm=None, ending=Ending.SOLVER)
    written, notes = exports.write_formats(empty, list(exports.FORMATS.values()), tmp_path)
    assert {path.name for path in written} == {"run.xlsx", "run.nc", "run.origin.csv"}
    assert notes == ["no run.bdf.csv: the simulation has no points in time"]
    assert "Inputs" in rows_by_sheet(tmp_path / "run.xlsx")
    assert empty.to_dataframe().empty
