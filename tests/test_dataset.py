"""Cyclers' files are read right: the same measurement from every layout."""

import hashlib

import numpy as np
import pytest
from cyclers import CAPACITY, LAYOUTS, arbin, clock, eclab, lines, measurement

from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.reading import read_dataset


def written(tmp_path, content, name="cell.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(tmp_path, content, name="cell.csv", **options):
    return read_dataset(written(tmp_path, content, name), **options)


def said(dataset, *words):
    return any(all(word in statement for word in words) for statement in dataset.statements)


@pytest.mark.parametrize("first", ["sodiation", "desodiation"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_holds_the_same_measurement_whichever_half_cycle_comes_first(tmp_path, layout, first):
    """Current above 0 sodiates; times to a microsecond, because hours have few digits."""
    make, suffix = LAYOUTS[layout]
    dataset = read(tmp_path, make(first), f"cell{suffix}", mass="1 mg")
    time, voltage, current, _, _ = measurement(first)
    assert dataset.time == pytest.approx(time, abs=1e-6)
    assert dataset.voltage == pytest.approx(voltage, abs=1e-12)
    assert dataset.current == pytest.approx(current, rel=1e-12)


@pytest.mark.parametrize("first", ["sodiation", "desodiation"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_half_cycles_alternate_and_hold_the_charge_that_passed(tmp_path, layout, first):
    """0.1 mA for 300 s in 1 mg, 8.33 mAh/g, four times."""
    make, suffix = LAYOUTS[layout]
    found = read(tmp_path, make(first), f"cell{suffix}", mass="1 mg").half_cycles()
    second = Kind.DESODIATION if first == "sodiation" else Kind.SODIATION
    assert [half.direction for half in found] == [Kind(first), second] * 2
    assert [half.cycle for half in found] == [1, 1, 2, 2]
    assert [half.capacity for half in found] == pytest.approx([CAPACITY] * 4, rel=1e-6)


def test_a_half_cycle_without_points_at_its_edges_carries_the_later_current(tmp_path):
    """Arbin logs a step's last point at its end, so the interval after it belongs to the next step.

    0.1 mA for 60 s into the carbon, then 60 s and 60 s out of it.
    """
    text = "time/s,voltage/V,current/mA\n0,1,-0.1\n60,0.5,-0.1\n120,0.7,0.1\n180,0.9,0.1\n"
    sodiation, desodiation = read(tmp_path, text).half_cycles()
    assert sodiation.charge == pytest.approx(0.006)
    assert desodiation.charge == pytest.approx(0.012)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("decimal", [".", ","])
def test_eclab_text_is_read_with_either_decimal_sign_and_either_sign_of_current(tmp_path, decimal, sign):
    dataset = read(tmp_path, eclab(decimal=decimal, sign=sign), "cell.mpt")
    time, voltage, current, cycle, _ = measurement()
    assert np.array_equal(dataset.time, time)
    assert dataset.voltage == pytest.approx(voltage, rel=1e-7)
    assert dataset.current == pytest.approx(current, rel=1e-12)
    assert np.array_equal(dataset.table["Cycle Count / 1"], cycle)
    assert (dataset.table["Ambient Temperature / degC"] == 25.5).all()
    assert dataset.mass == pytest.approx(1e-6)
    assert dataset.format == "EC-Lab text"
    does = "desodiation (voltage rises" if sign < 0 else "sodiation (voltage falls"
    assert said(dataset, f"positive current in the file does {does}")


def test_the_mass_that_eclab_writes_when_nobody_enters_one_is_none(tmp_path):
    """0.001 mg; a mass that the user gives wins over the file's, and both are stated."""
    assert read(tmp_path, eclab(mass="0.001"), "cell.mpt").mass is None
    dataset = read(tmp_path, eclab(mass="2.000"), "cell.mpt", mass="1 mg")
    assert dataset.mass == pytest.approx(1e-6)
    assert said(dataset, "1 mg, as given", "settings say 2 mg")


def test_current_beside_current_per_gram_tells_the_mass(tmp_path):
    """2 mg by the ratio, which is stated; a mass that is given wins; a ratio that changes tells nothing."""
    head = "time/s,voltage/V,Current [mA],Specific current [A.kg-1]"
    rows = [(60 * i, 1 - 0.1 * i, 0.1, 50.0) for i in range(5)]
    dataset = read(tmp_path, lines(head, rows))
    assert dataset.mass == pytest.approx(2e-6, rel=1e-9)
    assert said(dataset, "2 mg, from the ratio of current to current per gram in the file")
    assert read(tmp_path, lines(head, rows), mass="1 mg").mass == pytest.approx(1e-6)
    changing = [(*row[:3], 50.0 + i) for i, row in enumerate(rows)]
    assert read(tmp_path, lines(head, changing)).mass is None


def test_what_the_user_says_of_the_sign_is_taken_where_the_voltage_is_silent(tmp_path):
    """A hold, at which the voltage stays: current decays into the carbon."""
    text = lines("time/s,voltage/V,current/mA", [(60 * i, 0.005, -0.1 * 0.8**i) for i in range(9)])
    dataset = read(tmp_path, text, current_sign="desodiation")
    assert dataset.current[0] == pytest.approx(1e-4)
    assert said(dataset, "as said; the voltage does not tell")
    assert [piece.kind for piece in dataset.pieces()] == [Kind.HOLD]


def test_the_file_stays_as_it_was(tmp_path):
    """Bytes and time of change."""
    path = written(tmp_path, arbin())
    before = hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns
    dataset = read_dataset(path)
    dataset.table["Voltage / V"] = 0.0
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) == before
    assert sorted(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "header",
    [
        "time/s,Ewe/V,I/mA",
        "Time (s),Voltage (V),Current (mA)",
        "Time(s),Voltage(V),Current(mA)",
        "Test_Time(s),Voltage(V),Current(mA)",
        "Test Time / s,Voltage / V,Current / mA",
        "t [s],U [V],I [mA]",
        "t/s,E/V,I/mA",
        "Elapsed time [sec],Ecell [Volts],I [MA]",
        "Time s,Potential V,Current mA",
        "total_time_s,voltage_V,current_mA",
        '\ufeff"time/s","<Ewe>/V","<I>/mA"',
        "# time/s,E vs. Na/Na+ (V),I (mA)",
        "Time,Voltage,Current\ns,V,mA",
        "zeit in s,spannung in V,strom in mA",
        "总时间(s),电压(V),电流(mA)",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_headers_are_understood_in_their_many_spellings(tmp_path, header, encoding):
    rows = [(0, 1.0, 0.1), (10, 0.75, 0.1), (20, 0.5, 0.1)]
    text = lines(header, rows)
    if encoding != "utf-8":
        text = text.replace("\ufeff", "")
    dataset = read(tmp_path, text.encode(encoding))
    assert dataset.table.to_numpy()[:, :3].tolist() == [[0, 1.0, 1e-4], [10, 0.75, 1e-4], [20, 0.5, 1e-4]]


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("time/h,voltage/mV,current/A", (0.5, 1500, 0.002), (1800, 1.5, 0.002)),
        ("time/min,voltage/V,current/uA", (0.5, 1.5, 2), (30, 1.5, 2e-6)),
        ("time/ms,voltage/V,current/µA", (0.5, 1.5, 2), (5e-4, 1.5, 2e-6)),
        ("time/d,voltage/V,Specific current / mA g-1", (1, 1.5, 200), (86400, 1.5, 4e-4)),
        ("time/s,voltage/V,Current [A/g]", (1, 1.5, 0.2), (1, 1.5, 4e-4)),
        ("time/s,voltage/V,current density (mA·g⁻¹)", (1, 1.5, 200), (1, 1.5, 4e-4)),
    ],
)
def test_units_are_converted_once_to_seconds_volts_and_amperes(tmp_path, header, cells, expected):
    """Per gram of the 2 mg of active carbon where the current is per gram."""
    text = lines(header, [(0, cells[1] * 1.25, cells[2]), cells])
    dataset = read(tmp_path, text, mass="2 mg")
    assert dataset.table.to_numpy()[1, :3] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("0:00:00", "0:01:30.5", "25:00:00"), (0, 90.5, 90000)),
        (("00:00:00,5", "00:00:01,5", "1d 00:00:00"), (0.5, 1.5, 86400)),
        (("2025-12-31 23:59:50", "2026-01-01 00:00:00", "2026-01-01 00:00:10.25"), (0, 10, 20.25)),
        (("2025-12-31T23:59:50Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z"), (0, 10, 20)),
        (("31.12.2025 23:59:50", "01.01.2026 00:00:00", "01.01.2026 00:00:10"), (0, 10, 20)),
        (("12/31/2025 11:59:50 PM", "01/01/2026 12:00:00 AM", "01/01/2026 12:00:10 AM"), (0, 10, 20)),
        (("01/02/2026 10:00:00", "01/02/2026 10:00:10", "01/02/2026 10:00:20"), (0, 10, 20)),
        (("31/01/2026 23:59:50", "01/02/2026 00:00:00", "01/02/2026 00:00:10"), (0, 10, 20)),
    ],
)
def test_clock_times_and_dates_become_seconds(tmp_path, cells, expected):
    """Day and month in either order, as long as one order alone makes sense."""
    rows = [(cell, 1 - 0.1 * i, 0.1) for i, cell in enumerate(cells)]
    dataset = read(tmp_path, lines("time;voltage/V;current/mA", rows, ";"), allow_gaps=True)
    assert dataset.time == pytest.approx(expected, abs=1e-6)


def test_thousands_separators_are_not_decimal_signs(tmp_path):
    """1,234.5 and 1.234,5 are one number; so is 1 234,5."""
    for rows in (
        ['"999.5",0.5,0.1', '"1,234.5",0.4,0.1'],
        ["999,5;0,5;0,1", "1.234,5;0,4;0,1"],
        ["999,5;0,5;0,1", "1 234,5;0,4;0,1"],
    ):
        separator = ";" if ";" in rows[0] else ","
        text = "\n".join([separator.join(("time/s", "voltage/V", "current/mA")), *rows])
        dataset = read(tmp_path, text)
        assert dataset.time.tolist() == [999.5, 1234.5]
        assert dataset.voltage.tolist() == [0.5, 0.4]
        assert dataset.current.tolist() == [1e-4, 1e-4]


def test_a_decimal_sign_that_the_user_gives_settles_what_the_file_leaves_open(tmp_path):
    """1,234 s is 1.234 s to one and 1234 s to the other."""
    text = "time/s;voltage/V;current/mA\n1,234;2;1\n2,345;1;1\n"
    assert read(tmp_path, text, decimal=",").time.tolist() == [1.234, 2.345]
    assert read(tmp_path, text, decimal=".").time.tolist() == [1234, 2345]


def test_lines_that_are_not_data_are_left_out_and_named(tmp_path):
    """A title, a header again, a remark, an empty line, and a last line cut off."""
    header = "time/s,voltage/V,current/mA"
    text = f"Cell 7\n{header}\n0,1,1\n# cycle 2\n\n{header}\n10,0.5,1\n20,0."
    dataset = read(tmp_path, text)
    assert dataset.time.tolist() == [0, 10]
    assert said(dataset, "header repeated: line 6")
    assert said(dataset, "text left out: line 4")
    assert said(dataset, "cut off, left out: line 8")
    assert said(dataset, "1 lines before the header")


def test_rows_without_a_value_are_left_out_and_named(tmp_path):
    """One voltage in forty, two spellings of nothing."""
    rows = [[i, 1 - i / 100, 1] for i in range(40)]
    for missing in ("", "NaN"):
        rows[7][1] = missing
        dataset = read(tmp_path, lines("time/s,voltage/V,current/mA", rows))
        assert len(dataset.table) == 39
        assert said(dataset, "1 rows without", "line 9")


def test_time_that_restarts_with_each_step_is_added_up(tmp_path):
    """End to end, or by the dates: here a pause of 100 s lies between the steps."""
    rows = [(0, 1.0, 1), (10, 0.5, 1), (0, 0.6, -1), (10, 0.9, -1)]
    text = lines("time/s,voltage/V,current/mA", rows)
    dataset = read(tmp_path, text)
    assert dataset.time.tolist() == [0, 10, 10, 20]
    assert dataset.table["Step Count / 1"].tolist() == [1, 1, 2, 2]
    assert said(dataset, "restarts 1 times", "end to end")
    stamps = ["2026-01-01 10:00:00", "2026-01-01 10:00:10", "2026-01-01 10:01:50", "2026-01-01 10:02:00"]
    dated = [(*row, stamp) for row, stamp in zip(rows, stamps, strict=True)]
    dataset = read(tmp_path, lines("time/s,voltage/V,current/mA,date", dated), allow_gaps=True)
    assert dataset.time.tolist() == [0, 10, 110, 120]
    assert said(dataset, "by their dates")


def test_a_step_shorter_than_the_next_one_s_first_interval_restarts_time_too(tmp_path):
    """Step time 0, 1 | 5, 10: the second step began at 1 s although 5 is beyond 1."""
    rows = [(0, 1, 1.0, 1), (1, 1, 0.9, 1), (5, 2, 0.8, 2), (10, 2, 0.5, 2), (0, 3, 0.6, -1), (9, 3, 0.9, -1)]
    dataset = read(tmp_path, lines("Step Time (s),Step,voltage/V,current/mA", rows))
    assert dataset.time.tolist() == [0, 1, 6, 11, 11, 20]


def test_points_at_the_same_time_are_an_edge_where_the_current_changes_else_their_mean(tmp_path):
    """10 s twice with 1 and -1 mA stays; 5 s twice with 1 mA becomes one point."""
    rows = [(0, 1.0, 1), (5, 0.9, 1), (5, 0.8, 1), (10, 0.5, 1), (10, 0.6, -1), (20, 0.9, -1)]
    dataset = read(tmp_path, lines("time/s,voltage/V,current/mA", rows))
    assert dataset.time.tolist() == [0, 5, 10, 10, 20]
    assert dataset.voltage[1] == pytest.approx(0.85)
    assert said(dataset, "1 points at the time of the point before", "line 4")


def test_two_columns_that_say_the_same_are_one(tmp_path):
    """The second is named; another choice is the user's."""
    text = lines("time/s,Ewe/V,Ecell/V,I/mA", [(0, 1.0, 1.0, 1), (9, 0.5, 0.5, 1)])
    assert said(read(tmp_path, text), "voltage from 'Ewe/V'", "'Ecell/V'")
    text = lines("time/s,Ewe/V,Ecell/V,I/mA", [(0, 1.0, 2.0, 1), (9, 0.5, 1.5, 1)])
    assert read(tmp_path, text, columns={"voltage": "Ecell/V"}).voltage.tolist() == [2.0, 1.5]


def test_columns_without_unit_or_with_names_of_their_own_are_read_as_the_user_says(tmp_path):
    text = lines("x,volts against sodium,y", [(0, 1000, 1), (1, 500, 1)])
    chosen = {"time": "x in min", "voltage": "volts against sodium in mV", "current": "y in mA"}
    assert read(tmp_path, text, columns=chosen).table.to_numpy().tolist() == [[0, 1.0, 1e-3], [60, 0.5, 1e-3]]


def test_a_gap_that_the_user_knows_of_is_taken_as_if_the_current_went_on(tmp_path):
    """Ten minutes missing of an hour logged each minute."""
    rows = [(60 * i, 1 - i / 100, 1) for i in range(60) if not 20 < i < 30]
    dataset = read(tmp_path, lines("time/s,voltage/V,current/mA", rows), allow_gaps=True)
    assert dataset.half_cycles()[0].charge == pytest.approx(59 * 60 * 1e-3)
    assert said(dataset, "1 gaps", "before line 23")


def test_current_without_a_sign_takes_it_from_the_type_of_the_step(tmp_path):
    """Magnitudes beside CC_DChg and CC_Chg."""
    rows = [(0, 1.0, 1, "CC_DChg"), (9, 0.5, 1, "CC_DChg"), (9, 0.6, 1, "CC_Chg"), (18, 1.0, 1, "CC_Chg")]
    dataset = read(tmp_path, lines("time/s,voltage/V,current/mA,Step Type", rows))
    assert dataset.current.tolist() == [1e-3, 1e-3, -1e-3, -1e-3]
    assert said(dataset, "no sign in the file", "'Step Type'")


def test_a_constant_current_with_a_hold_and_a_rest_falls_into_three_pieces(tmp_path):
    """The hold counts to the half-cycle, the rest passes nothing."""
    ramp = [(60 * i, 1 - 0.1 * i, -1) for i in range(10)]
    hold = [(600 + 60 * i, 0.005, -(0.5**i)) for i in range(6)]
    rest = [(960 + 60 * i, 0.1 + 0.01 * i, 0) for i in range(5)]
    dataset = read(tmp_path, lines("time/s,voltage/V,current/mA", ramp + hold + rest), mass="1 mg")
    (half,) = dataset.half_cycles()
    assert [piece.kind for piece in half.pieces] == [Kind.SODIATION, Kind.HOLD, Kind.REST]
    expected = np.trapezoid([1] * 10 + [0.5**i for i in range(6)], [r[0] for r in ramp + hold]) * 1e-3
    assert half.charge == pytest.approx(expected)
    assert half.capacity == pytest.approx(expected / 3.6 / 1e-3)


def test_pulses_with_rests_are_one_half_cycle(tmp_path):
    """GITT: ten pulses into the carbon, ten out."""
    rows, t, v = [], 0, 1.0
    for pulse in range(20):
        sign = -1 if pulse < 10 else 1
        for _ in range(4):
            rows.append((t, round(v, 4), sign))
            t, v = t + 60, v + 0.02 * sign
        for _ in range(4):
            rows.append((t, round(v, 4), 0))
            t += 60
    found = read(tmp_path, lines("time/s,voltage/V,current/mA", rows)).half_cycles()
    assert [half.direction for half in found] == [Kind.SODIATION, Kind.DESODIATION]
    assert len(found[0].pieces) == 20


def test_a_blip_of_the_wrong_sign_is_no_half_cycle(tmp_path):
    """One point in a hold whose current went through zero."""
    rows = [(60 * i, 1 - 0.01 * i, -1) for i in range(100)]
    rows[50] = (3000, 0.5, 0.01)
    assert len(read(tmp_path, lines("time/s,voltage/V,current/mA", rows)).half_cycles()) == 1


def test_a_voltammogram_is_read_with_its_sign(tmp_path):
    """The current follows the sweep with a delay, so that it still flows in when the voltage rises."""
    time = np.arange(0, 2000, 10.0)
    voltage = 1.0 + np.where(time < 1000, -time, time - 2000) / 1000
    current = 1e-3 * np.where(time < 1200, 1, -1)
    rows = zip(time, voltage, -current * 1e3, strict=True)
    dataset = read(tmp_path, lines("time/s,voltage/V,current/mA", rows))
    assert dataset.current == pytest.approx(current)


def test_clock_helper_writes_what_it_should():
    assert clock(3661.5) == "01:01:01.500"
