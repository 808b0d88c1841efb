"""Tables without time that cannot be read without guessing are refused in one line that says what to do."""

import re

import numpy as np
import pytest
from command_line import coreshell
from curve_tables import CAPACITY, STATED, desodiation, sodiation, table

from coreshell_model import InputError, read_dataset
from coreshell_model.data.open_circuit_table import read_open_circuit

RATE = {"rate": "15 mA/g"}
HALVES = {"half_cycles": ["1 sodiation", "1 desodiation"]}


def refusal(path, stated, **options):
    """The message, which is one line with the name of the file or of the file beside it."""
    with pytest.raises(InputError) as refused:
        read_dataset(path, curve=stated, **options)
    text = str(refused.value)
    assert "\n" not in text and (path.name in text or f"{path.stem}.curve.toml" in text)
    return text


STATEMENTS = {
    "no rate": ({"direction": "sodiation"}, "the rate is not stated; write rate"),
    "no direction": (RATE, "the direction is not stated; write direction"),
    "no 1C": ({"rate": "C/20", "direction": "sodiation"}, "rate is C/20; say what 1C is, as one_c"),
    "a rate that is none": (STATED | {"rate": "slow"}, "rate is 'slow'; give a current such as 'C/20'"),
    "a rate in volts": (STATED | {"rate": "3 V"}, "rate is 3 V; give a current such as 'C/20'"),
    "a negative rate": (STATED | {"rate": "-15 mA/g"}, "rate is -15 mA/g; give one above 0"),
    "no rate at all": (STATED | {"rate": "0 C", "one_c": "300 mA/g"}, "rate is 0 C; give one above 0"),
    "another direction": (RATE | {"direction": "charge"}, "direction: is 'charge'; give sodiation"),
    "a misspelt field": (STATED | {"hodl": "C/50"}, "hodl: is not a known field; did you mean 'hold'?"),
    "an unknown field": (STATED | {"speed": "C/20"}, "speed: is not a known field; see docs/data.md"),
    "no half-cycle": (RATE | {"half_cycles": "1"}, "'1' is no half-cycle; write it as '1 sodiation'"),
    "half-cycles and a direction": (STATED | HALVES, "direction stands beside half_cycles"),
    "two sodiations": (
        RATE | {"half_cycles": "1 sodiation, 2 sodiation"},
        "two half-cycles in a row are a sod",
    ),
    "cycles that go back": (
        RATE | {"half_cycles": "2 sodiation, 1 desodiation"},
        "cycle 1 stands after cycle 2",
    ),
    "cycles for some": (RATE | {"half_cycles": "1 sodiation, desodiation"}, "number all or none"),
    "electrode without share": (STATED | {"mass_basis": "electrode"}, "say how much of its mass is active"),
    "share without electrode": (
        STATED | {"active_share": 0.9},
        'active_share goes with mass_basis = "electrode"',
    ),
    "a share above 1": (STATED | {"active_share": "1.2"}, "active_share: is 1.2; input should be less"),
    "a mass without unit": (STATED | {"mass": "1.1"}, "mass: 1.1 has no unit; write for example 1.1 mg"),
    "a reference in words": (
        STATED | {"reference": "RHE"},
        "reference is 'RHE'; give \"Na/Na+\", or the pot",
    ),
    "lines the wrong way": (STATED | {"lines": [80, 2]}, "is [80, 2]; give the first and the last line"),
    "one column stated": (STATED | {"columns": "1"}, "columns: is '1'; give two, as [1, 2]"),
    "a column too many": (STATED | {"columns": [1, 3]}, "columns: 3 is not among the 2 of the table"),
    "a column without name": (STATED | {"columns": "Q, U"}, "columns: none of the columns has 'Q' above it"),
    "lines without points": (STATED | {"lines": [900, 990]}, "no points; choose other columns or lines"),
    "open circuit for some": (
        RATE | {"half_cycles": [{"direction": "sodiation", "rate": "open circuit"}]},
        'rate is "open circuit" for some half-cycles alone',
    ),
    "a unit of time": (STATED | {"capacity_unit": "h"}, "'h' is no unit of a capacity; write capacity_unit"),
    "a voltage in mAh": (
        STATED | {"voltage_unit": "mAh"},
        "'mAh' is no unit of a voltage; choose other columns",
    ),
    "per area without area": (
        STATED | {"rate": "0.1 mA/cm2"},
        'state that of the electrode, as area = "1.13',
    ),
    "in mA without mass": (STATED | {"rate": "0.1 mA"}, "so the mass of active carbon is needed; write mass"),
    "stoichiometry of what": (STATED | {"capacity_unit": "1"}, "state the capacity at the stoichiometry 1"),
    "a beginning too late": (
        STATED | {"begin": "20 mAh/g"},
        "before the beginning of the half-cycle; correct",
    ),
    "counted against the voltage": (STATED | {"counted": "down"}, 'counted is "down", but the voltage falls'),
    "columns the wrong way": (STATED | {"columns": [2, 1]}, "column 2: 'V' is no unit of a capacity"),
    "too fast": (STATED | {"rate": "15 A/mg"}, "A per gram of active carbon; correct the mass"),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_what_is_stated_wrong_is_refused(what, tmp_path):
    stated, words = STATEMENTS[what]
    assert words in refusal(table(tmp_path / "a.csv", *sodiation()), stated)


def loop():
    """Sodiation and, counted down again, desodiation in one pair of columns."""
    (q, u), (p, v) = sodiation(), desodiation()
    return np.append(q, CAPACITY - p), np.append(u, v + 0.1)


def cross():
    """The same with the desodiation counted up."""
    (q, u), (p, v) = sodiation(), desodiation()
    return np.append(q, p), np.append(u, v)


Q, U = sodiation()
TABLES = {
    "few points": ((Q[::20], U[::20]), "6 points; a curve needs at least 8"),
    "a negative capacity": ((Q - 12, U), "line 2: sodiation: the capacity lies 4% of the curve before"),
    "a late beginning": ((Q + 50, U), 'lies 17% of the curve after capacity 0; write begin = "0" where'),
    "a voltage in mV": ((Q, 1e3 * U), 'outside -0.5 to 5 V; write voltage_unit = "mV"'),
    "a voltage below": ((Q, U - 1.5), "outside -0.5 to 5 V"),
    "a positive electrode": ((Q, U + 2.6), "it looks like a full cell"),
    "one capacity": ((np.full(len(Q), 3.0), U), "the voltage neither falls nor rises along the capacity"),
    "there and back": (loop(), "two half-cycles stand in one table; give each its own columns"),
    "there and, from 0 on, back": (cross(), "give each half-cycle its own columns"),
    "a desodiation": (
        (Q, U[::-1]),
        "the voltage rises along the capacity, as in a desodiation; write direction",
    ),
    "three columns": ((Q, U, U), "3 columns of numbers, column 1 (capacity in mA.h.g-1), column 2"),
    "one column": ((Q,), "no line holds two numbers; give a table of capacity and voltage"),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_table_that_is_no_half_cycle_is_refused(what, tmp_path):
    columns, words = TABLES[what]
    header = "Capacity [mA.h.g-1],Voltage [V],Voltage [V]"
    assert words in refusal(table(tmp_path / "a.csv", *columns, header=header), STATED)


def test_a_flat_voltage_asks_which_way_the_capacity_counts_and_takes_the_answer(tmp_path):
    """A plateau within its scatter, from which nothing can be told."""
    u = 0.05 + 1e-3 * np.sin(np.arange(len(Q)))
    path = table(tmp_path / "a.csv", Q, u)
    words = 'which way it counts cannot be told; write counted = "up" (what passed) or "down"'
    assert words in refusal(path, RATE | {"direction": "desodiation"})
    down = read_dataset(path, curve=RATE | {"direction": "desodiation", "counted": "down"})
    assert down.voltage == pytest.approx(u[::-1])


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "column 1: the unit of the capacity is not known; write capacity_unit"),
        ("Capacity,Voltage (V)", "column 1: the unit of the capacity is not known"),
        (
            "Capacity (mAh/g),Voltage",
            'column 2: the unit of the voltage is not known; write voltage_unit = "V"',
        ),
    ],
)
def test_a_unit_that_is_not_there_is_asked_for(header, words, tmp_path):
    assert words in refusal(table(tmp_path / "a.csv", *sodiation(), header=header), STATED)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"columns": {"voltage": "E in V"}},
            "of which columns (--column) says nothing; use columns = [1, 2]",
        ),
        ({"current_sign": "sodiation"}, "of which current_sign (--current-sign) says nothing; use direction"),
        ({"worksheet": "1"}, "has no worksheets"),
    ],
)
def test_options_of_a_cyclers_file_are_refused_with_a_table_without_time(options, words, tmp_path):
    assert words in refusal(table(tmp_path / "a.csv", *sodiation()), STATED, **options)


def test_a_record_with_time_keeps_its_time(tmp_path):
    path = table(tmp_path / "a.csv", Q, U, Q, header="Test Time / s,Voltage / V,Current / A")
    assert "so it is read as a cycler's file; leave out what is stated" in refusal(path, STATED)


def test_a_cell_that_is_no_number_is_named_with_its_line(tmp_path):
    path = table(tmp_path / "a.csv", Q, U)
    lines = path.read_text().splitlines()
    lines[9] = "22.7,0.8o1"
    path.write_text("\n".join(lines))
    assert re.search(r"line 10: 'column 2' is '0.8o1', not a number", refusal(path, STATED))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rate = C/20\n", "line 1"),
        ("", "the file is empty"),
        ("direction = 3\n", "direction: is 3; give sodiation"),
    ],
)
def test_a_side_file_that_cannot_be_used_is_refused(text, words, tmp_path):
    path = table(tmp_path / "a.csv", Q, U)
    (tmp_path / "a.curve.toml").write_text(text)
    assert words in refusal(path, None)


def test_a_table_of_which_nothing_is_stated_asks_for_rate_and_direction(tmp_path):
    """With a header that has neither time nor current, and with none."""
    for header in ("Capacity [mA.h.g-1],Voltage [V]", ""):
        text = refusal(table(tmp_path / "a.csv", Q, U, header=header), None)
        assert "for a curve of voltage against capacity without time, state its rate and direction" in text


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (
            {"counted": "up", "direction": "desodiation"},
            "state the sodium in it at the beginning, as sodiated",
        ),
        ({"sodiated": "200 mAh/g"}, "sodiated is 200 mAh/g, less than the 300 mAh/g that come out"),
        (
            {"rate": "C/20", "one_c": "300 mA/g", "direction": "desodiation"},
            'that of this table is "open circuit"',
        ),
    ],
)
def test_an_open_circuit_table_that_does_not_tell_the_sodium_held_is_refused(stated, words, tmp_path):
    path = table(tmp_path / "a.csv", Q, U[::-1])
    with pytest.raises(InputError, match=re.escape(words)):
        read_open_circuit(path, stated)


def test_open_circuit_voltages_are_not_replayed(tmp_path):
    path = table(tmp_path / "a.csv", Q, U)
    left = coreshell("replay", str(path), "--material", "core_shell", "--curve", "rate=open circuit")
    assert left.code == 2 and "are compared with the isotherm" in left.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["rate"], "--curve 'rate' states nothing; write --curve \"rate=C/20\""),
        (["rate=C/20", "rate=C/10"], "--curve states the rate twice; give it once"),
        (["direction=sodiation"], "the rate is not stated"),
    ],
)
def test_the_command_line_refuses_in_one_line(options, words, tmp_path):
    path = table(tmp_path / "a.csv", Q, U)
    left = coreshell("data", str(path), *[word for text in options for word in ("--curve", text)])
    assert left.code == 2 and left.out == "" and words in left.err and left.err.count("\n") == 1
