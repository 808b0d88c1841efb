"""Excel, BioLogic and Neware binaries, and the Battery Data Format out and in again."""

import datetime
import json
import struct
import sys

import numpy as np
import openpyxl
import pandas as pd
import pytest
from command_line import coreshell
from cyclers import CAPACITY, lines, measurement
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coreshell_model.base.errors import InputError
from coreshell_model.data.bdf import simulated_table, to_bdf
from coreshell_model.data.reading import read_dataset
from coreshell_model.run.simulation import simulate


def frame(first="sodiation"):
    time, voltage, current, cycle, _ = measurement(first)
    return pd.DataFrame(
        {"Time/s": time, "Ewe/V": voltage, "I/mA": -1e3 * current, "cycle number": cycle, "Note": "x"}
    )


def holds_the_measurement(dataset, first="sodiation", digits=12):
    time, voltage, current, _, _ = measurement(first)
    assert dataset.time == pytest.approx(time)
    assert dataset.voltage == pytest.approx(voltage, rel=10.0**-digits)
    assert dataset.current == pytest.approx(current, rel=10.0**-digits)


def test_a_workbook_is_read_from_its_one_worksheet_with_data(tmp_path):
    """Below lines of text, beside a worksheet of settings; rows take the place of lines."""
    path = tmp_path / "cell.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"Cell": ["7"]}).to_excel(book, sheet_name="Info", index=False)
        frame().to_excel(book, sheet_name="Data", index=False, startrow=3)
    dataset = read_dataset(path)
    holds_the_measurement(dataset)
    assert dataset.format == "Excel, worksheet 'Data'"


def test_times_and_dates_of_a_workbook_are_those_of_its_cells(tmp_path):
    """Durations and time stamps are not text there."""
    start = datetime.datetime(2026, 1, 1, 23, 59, 50)
    stamps = [start + datetime.timedelta(seconds=10 * i) for i in range(3)]
    clocks = [datetime.time(0, 0, second) for second in (0, 10, 20)]
    for cells in ([stamp - start for stamp in stamps], stamps, clocks):
        book = openpyxl.Workbook()
        rows = [("Time", "Voltage(V)", "Current(A)"), *((cell, 1 - i / 4, 1) for i, cell in enumerate(cells))]
        for row in rows:
            book.worksheets[0].append(row)
        book.save(tmp_path / "cell.xlsx")
        assert read_dataset(tmp_path / "cell.xlsx").time.tolist() == [0, 10, 20]


def test_a_workbook_with_two_worksheets_of_data_needs_a_choice(tmp_path):
    path = tmp_path / "cell.xlsx"
    with pd.ExcelWriter(path) as book:
        frame().to_excel(book, sheet_name="Channel 1", index=False)
        frame("desodiation").to_excel(book, sheet_name="Channel 2", index=False)
    with pytest.raises(InputError, match="'Channel 1', 'Channel 2'; choose one"):
        read_dataset(path)
    holds_the_measurement(read_dataset(path, worksheet="Channel 2"), "desodiation")
    with pytest.raises(InputError, match="no worksheet 'Channel 3'"):
        read_dataset(path, worksheet="Channel 3")


def test_a_workbook_says_in_which_row_something_is_wrong(tmp_path):
    path = tmp_path / "cell.xlsx"
    broken = frame().astype(object)
    broken.loc[4, "Ewe/V"] = "ERR"
    broken.to_excel(path, index=False)
    with pytest.raises(InputError, match=r"cell\.xlsx: line 6: 'Ewe/V' is 'ERR', not a number"):
        read_dataset(path)


def mpr(first="sodiation"):
    """A .mpr file by hand: settings, and a data module with time, Ewe, current, cycle and step."""
    time, voltage, current, cycle, step = measurement(first)
    points = b"".join(
        struct.pack("<dffdH", t, v, -1e3 * i, n, k - 1)
        for t, v, i, n, k in zip(time, voltage, current, cycle, step, strict=True)
    )
    columns = struct.pack("<5H", 4, 6, 8, 24, 131)
    data = struct.pack("<IB", len(time), 5) + columns
    content = b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + b"\0" * 4
    for short, version, body in (
        (b"VMP Set   ", 0, b"\0" * 8),
        (b"VMP data  ", 2, data.ljust(405, b"\0") + points),
    ):
        head = short + short.ljust(25) + struct.pack("<II", len(body), version) + b"10/31/25"
        content += b"MODULE" + head + body
    return content


@pytest.mark.parametrize("first", ["sodiation", "desodiation"])
def test_biologic_mpr_is_read_through_galvani(tmp_path, first):
    """Voltages and currents have single precision there."""
    path = tmp_path / "cell.mpr"
    path.write_bytes(mpr(first))
    dataset = read_dataset(path, mass="1 mg")
    holds_the_measurement(dataset, first, digits=6)
    assert dataset.table["Step Count / 1"].tolist() == (measurement(first)[4] - 1).tolist()
    assert [half.capacity for half in dataset.half_cycles()] == pytest.approx([CAPACITY] * 4, rel=1e-6)


ACCESS = b"\0\x01\0\0Standard Jet DB\0"


class ArbinBase:
    """What access-parser makes of Arbin's database: a list a column, rows in any order, days from 1899."""

    tests, mass, first, lost = 1, 0.001, "sodiation", 0

    def __init__(self, path):
        time, voltage, current, cycle, step = measurement(self.first)
        order = np.random.default_rng(1).permutation(len(time))
        order = order[order != self.lost - 1]
        numbers = {
            "Test_ID": np.arange(len(time)) % self.tests + 1,
            "Data_Point": np.arange(len(time)) + 1,
            "Test_Time": time,
            "DateTime": 42587.678 + time / 86400,
            "Step_Index": 2 + (step - 1) % 2,
            "Cycle_Index": cycle,
            "Current": -current,
            "Voltage": voltage,
        }
        self.tables = {
            "Channel_Normal_Table": {name: values[order].tolist() for name, values in numbers.items()},
            "Global_Table": {"Test_ID": [1], "MASS": [self.mass]},
        }

    def parse_table(self, name):
        return self.tables[name]


def arbin_base(tmp_path, monkeypatch, **said):
    """A file that the reader answers for."""
    access_parser = pytest.importorskip("access_parser")
    monkeypatch.setattr(access_parser, "AccessParser", type("Base", (ArbinBase,), said))
    path = tmp_path / "cell.res"
    path.write_bytes(ACCESS)
    return path


@pytest.mark.parametrize("first", ["sodiation", "desodiation"])
def test_arbin_databases_are_read_in_the_order_of_their_points(tmp_path, monkeypatch, first):
    """With the mass that they state, in grams, and the date of their first point."""
    dataset = read_dataset(arbin_base(tmp_path, monkeypatch, first=first))
    holds_the_measurement(dataset, first)
    assert dataset.mass == pytest.approx(1e-6)
    assert f"{dataset.began:%Y-%m-%d %H:%M}" == "2016-08-05 16:16"
    assert [half.capacity for half in dataset.half_cycles()] == pytest.approx([CAPACITY] * 4)


@pytest.mark.parametrize("mass", [0.0, 1.0, None])
def test_a_mass_that_nobody_entered_in_an_arbin_database_is_not_known(tmp_path, monkeypatch, mass):
    assert read_dataset(arbin_base(tmp_path, monkeypatch, mass=mass)).mass is None


def test_several_tests_in_an_arbin_database_are_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="holds 2 tests; export it"):
        read_dataset(arbin_base(tmp_path, monkeypatch, tests=2))


def test_points_that_an_arbin_database_lost_are_said(tmp_path, monkeypatch):
    dataset = read_dataset(arbin_base(tmp_path, monkeypatch, lost=3))
    assert "1 points are missing by their numbers, first after 2" in dataset.statements


@pytest.mark.parametrize("content", [b"Test_Time,Voltage\n", ACCESS, ACCESS + b"\xff" * 9000])
def test_a_res_file_that_is_no_arbin_database_is_refused_with_how_to_export_it(tmp_path, content):
    path = tmp_path / "cell.res"
    path.write_bytes(content)
    outcome = coreshell("data", str(path))
    assert outcome.code == 2 and outcome.err.count("\n") == 1, outcome.err
    assert "mdb-export" in outcome.err and "CSV" in outcome.err


def neware_frame(first="sodiation"):
    """The table that fastnda makes of a file."""
    polars = pytest.importorskip("polars")
    time, voltage, current, cycle, step = measurement(first)
    return polars.DataFrame(
        {
            "index": range(1, len(time) + 1),
            "voltage_V": voltage.astype(np.float32),
            "current_mA": (-1e3 * current).astype(np.float32),
            "unix_time_s": 1.7e9 + time,
            "step_time_s": np.tile(60.0 * np.arange(6), 4),
            "total_time_s": time,
            "cycle_count": cycle,
            "step_count": step,
            "step_index": (step - 1) % 2 + 1,
            "step_type": ["CC_DChg" if i > 0 else "CC_Chg" for i in current],
        }
    )


@pytest.mark.parametrize("first", ["sodiation", "desodiation"])
@pytest.mark.parametrize("suffix", [".nda", ".ndax"])
def test_neware_binaries_are_read_from_the_table_that_fastnda_makes(tmp_path, monkeypatch, suffix, first):
    """A total time beside that of the step; one count of steps beside their numbers in the schedule."""
    import fastnda

    path = tmp_path / f"cell{suffix}"
    path.write_bytes(b"NEWARE")
    monkeypatch.setattr(fastnda, "read", lambda file, cycle_mode: neware_frame(first))
    dataset = read_dataset(path)
    holds_the_measurement(dataset, first, digits=6)
    assert dataset.table["Step Count / 1"].tolist() == measurement(first)[4].tolist()


@pytest.mark.parametrize(
    ("name", "package", "extra", "content"),
    [
        ("cell.xlsx", "openpyxl", "excel", b"PK\x03\x04"),
        ("cell.mpr", "galvani.BioLogic", "biologic", mpr()),
        ("cell.res", "access_parser", "arbin", ACCESS),
        ("cell.nda", "fastnda", "neware", b"NEWARE"),
        ("cell.ndax", "fastnda", "neware", b"PK\x03\x04"),
    ],
)
def test_without_the_package_one_line_says_how_to_install_it(
    tmp_path, monkeypatch, name, package, extra, content
):
    path = tmp_path / name
    path.write_bytes(content)
    monkeypatch.setitem(sys.modules, package, None)
    outcome = coreshell("data", str(path))
    assert outcome.code == 2
    assert f'pip install "coreshell_model[{extra}]"' in outcome.err


@pytest.mark.parametrize("name", ["cell.xlsx", "cell.mpr", "cell.nda", "cell.ndax"])
@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"NEWARE" + b"\0" * 3000, mpr()[:900], bytes(range(256)) * 20]
)
def test_a_binary_file_that_is_none_is_refused_in_one_line(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    outcome = coreshell("data", str(path))
    assert outcome.code == 2 and outcome.err.count("\n") == 1, outcome


@pytest.fixture(scope="module")
def run():
    return simulate("core_shell", "formation")


def test_a_simulation_goes_out_and_comes_back_digit_for_digit(run, tmp_path):
    """Time, voltage, current, cycles, steps and temperature; mass and sign from the metadata."""
    to_bdf(run, tmp_path / "run.bdf.csv")
    dataset = read_dataset(tmp_path / "run.bdf.csv")
    before = simulated_table(run)
    assert dataset.format == "Battery Data Format CSV"
    assert list(dataset.table) == list(before)
    for name in before:
        assert np.array_equal(dataset.table[name], before[name]), name
    assert dataset.mass == run.material.cell.active_loading.si * run.material.cell.electrode_area.si


def test_the_file_has_the_format_s_names_and_its_sign(run, tmp_path):
    """Positive current charges the cell, so that the first step, a sodiation, is negative."""
    table, metadata = to_bdf(run, tmp_path / "run.bdf.csv")
    written = pd.read_csv(table)
    assert list(written)[:3] == ["Test Time / s", "Voltage / V", "Current / A"]
    assert written["Current / A"][1] < 0 < run["Current [A]"][1]
    entries = json.loads(metadata.read_text())["coreshell_model"]
    assert metadata.name == "run.bdf.csv.metadata.json"
    assert entries["Positive current"] == "desodiation"
    assert entries["Mass basis"] == "active carbon (core + shell)"
    assert entries["1C"] == "400 mA/g of active carbon"
    assert "hold" in entries["End of sodiation"]


def test_half_cycles_of_a_simulation_s_file_have_the_simulation_s_capacities(run, tmp_path):
    """To 0.02 %, the trapezoids' error on the hold's decay."""
    to_bdf(run, tmp_path / "run.bdf.csv")
    found = read_dataset(tmp_path / "run.bdf.csv").half_cycles()
    charge = run["Specific capacity [mA.h.g-1]"]
    ends = [step.points.stop - 1 for step in run.steps]
    starts = [step.points.start for step in run.steps]
    expected = [
        abs(charge[ends[b]] - charge[starts[a]])
        for c in range(5)
        for a, b in ((3 * c, 3 * c + 1), (3 * c + 2, 3 * c + 2))
    ]
    assert [half.capacity for half in found] == pytest.approx(expected, rel=2e-4)


finite = st.floats(-1e3, 1e3, allow_subnormal=False)


@st.composite
def tables(draw):
    """Measurements of a sodiation with any numbers, whose voltage falls."""
    count = draw(st.integers(3, 12))
    intervals = draw(st.lists(st.integers(1, 4), min_size=count, max_size=count))
    voltage = sorted(draw(st.lists(st.floats(0.0, 3.0), min_size=count, max_size=count)), reverse=True)
    voltage[0], voltage[-1] = 3.5, -0.25
    current = draw(st.lists(st.floats(1e-6, 1e-3), min_size=count, max_size=count))
    return np.cumsum(intervals) / 8, np.array(voltage), np.array(current)


@settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=60
)
@given(
    data=tables(),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "latin-1", "utf-16"]),
    header=st.sampled_from(
        ["time/s,Ewe/V,I/A", "Test Time / s,Voltage / V,Current / A", "t [s],U [V],Current (A)"]
    ),
    quoted=st.booleans(),
    before=st.integers(0, 3),
    sign=st.sampled_from([1, -1]),
)
def test_a_measurement_written_in_any_dialect_reads_back_the_same(
    tmp_path_factory, data, separator, decimal, newline, encoding, header, quoted, before, sign
):
    """Digit for digit, whatever the separator, decimal sign, line end, encoding, quotes and lines before."""
    time, voltage, current = data
    quoted = quoted or separator == decimal
    rows = [
        [f'"{cell}"' if quoted else cell for cell in (repr(float(x)).replace(".", decimal) for x in row)]
        for row in zip(time, voltage, sign * current, strict=True)
    ]
    text = "Cell µ7\n" * before + lines(separator.join(header.split(",")), rows, separator)
    path = tmp_path_factory.mktemp("dialect") / "cell.csv"
    path.write_bytes(text.replace("\n", newline).encode(encoding))
    dataset = read_dataset(path, allow_gaps=True, cell="half-cell")
    assert np.array_equal(dataset.time, time)
    assert np.array_equal(dataset.voltage, voltage)
    assert np.array_equal(dataset.current, current)


def test_the_command_shows_what_was_read_and_writes_the_format(tmp_path):
    path, out = tmp_path / "cell.csv", tmp_path / "out.bdf.csv"
    frame().to_csv(path, index=False)
    outcome = coreshell("data", str(path), "--mass", "1 mg", "--json", "--out", str(out))
    assert outcome.code == 0
    results = json.loads(outcome.out)
    assert results["Points"] == 24 and results["Duration [s]"] == 1200
    assert [row["Direction"] for row in results["Half-cycles"]] == ["sodiation", "desodiation"] * 2
    assert [row["Capacity [mA.h.g-1]"] for row in results["Half-cycles"]] == pytest.approx([CAPACITY] * 4)
    holds_the_measurement(read_dataset(out))
    assert read_dataset(out).mass == pytest.approx(1e-6)
    shown = coreshell("data", str(path), "--mass", "1 mg").out
    assert "positive current in the file does desodiation" in shown and "8.333" in shown
