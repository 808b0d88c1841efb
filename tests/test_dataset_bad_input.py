"""A file that cannot be read without guessing is refused: one line with the place and what to do, code 2."""

import json
import random

import pytest
from command_line import coreshell
from cyclers import eclab, lines, neware

from coreshell_model.base.errors import InputError
from coreshell_model.data.reading import read_dataset
from coreshell_model.show.cli.data import parse_columns

HEADER = "time/s,voltage/V,current/mA"
GOOD = [(60 * i, 1 - i / 100, 1) for i in range(60)]
LATER = [(9000 + 60 * i, 0.5 + i / 100, -1) for i in range(60)]
PAUSED = [
    ((0, 1.0, 1), "10:00:00"),
    ((10, 0.5, 1), "10:00:10"),
    ((20, 0.4, 1), "10:00:20"),
    ((0, 0.6, -1), "10:02:00"),
    ((10, 0.9, -1), "10:02:10"),
]
LONGEST = 600


def refused(tmp_path, content, name="cell.csv", **options):
    """The line that refuses this file; nothing beside it has been written."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read_dataset(path, **options)
    line = str(caught.value)
    assert line.isprintable() and len(line) < LONGEST + len(str(tmp_path))
    assert list(tmp_path.iterdir()) == [path]
    return line


def changed(row, cells):
    """A good file with other cells in one row."""
    return lines(HEADER, [*GOOD[:row], cells, *GOOD[row + 1 :]])


def test_the_unchanged_file_is_read(tmp_path):
    """So that each refusal below is for its own reason."""
    (tmp_path / "cell.csv").write_text(lines(HEADER, GOOD))
    assert len(read_dataset(tmp_path / "cell.csv").table) == 60


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ("the file is empty", "give one")),
        ("\n \n", ("the file is empty",)),
        (bytes(range(256)), ("not text", "give CSV, Excel")),
        (b"PK\x03\x04nonsense", ("not an Excel workbook", "save it")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("old Excel workbook", "save it as .xlsx")),
        ("1,2,3\n4,5,6\n", ("no line names the columns", "add a header")),
        ("Lorem ipsum dolor\nsit amet\n", ("no line names the columns",)),
        (HEADER, ("line 1", "no data below the header")),
        (HEADER + "\nCycle 1\nCycle 2\n", ("line 1", "no data below the header")),
        ("time/s,voltage/V\n0,1\n1,2\n", ("line 1: no column for the current among", "current=HEADER in mA")),
        ("a\nb\ntime/s,current/mA\n0,1\n", ("line 3: no column for the voltage",)),
        ("voltage/V,current/mA\n0,1\n", ("line 1: no column for the time", "time=HEADER in s")),
        ("time,voltage,current\n0,1,1\n1,0.5,1\n", ("line 1: 'time' has no unit", "time=time in UNIT")),
        ("time/s,voltage,current/mA\n0,1,1\n", ("line 1: 'voltage' has no unit",)),
        ("time/s,voltage/V,current\n0,1,1\n1,0.5,1\n", ("line 1: 'current' has no unit",)),
        ("time/s,voltage/V,current/foo\n0,1,1\n1,0.5,1\n", ("line 1: 'current/foo'", "unknown", "columns=")),
        ("time/s,voltage/A,current/mA\n0,1,1\n1,0.5,1\n", ("line 1: 'voltage/A'", "not a potential")),
        ("time/s,voltage/V,current density/mA cm-2\n0,1,1\n1,0,1\n", ("no column for the current",)),
        (lines(HEADER, [(0, 1, 1)]), ("one point in time",)),
        (changed(7, (420, "ERR", 1)), ("line 9", "'voltage/V' is 'ERR', not a number", "correct the cell")),
        (changed(7, (420, "0.9 V", 1)), ("line 9", "'0.9 V', not a number")),
        (changed(7, (420, "1_0", 1)), ("line 9", "'1_0', not a number")),
        (changed(7, (420, "inf", 1)), ("line 9", "infinite")),
        (changed(7, (420, 0.9, 1, 4)), ("line 9", "4 cells below 3 columns")),
        (changed(7, (420, 0.9)), ("line 9", "2 cells below 3 columns", "complete the line")),
        (changed(7, (300, 0.93, 1)), ("line 9", "goes back from 360 s to 300 s", "files of their own")),
        (changed(7, (0, 0.93, 1)), ("line 9", "goes back", "within a step")),
        (changed(7, (420, 2500, 1)), ("line 9", "voltage is 2500 V", "in mV?")),
        (
            lines(HEADER, [(t, "" if t % 600 == 0 else v, i) for t, v, i in GOOD]),
            ("6 of 60", "line 2", "fill"),
        ),
        (
            lines(HEADER, [r for r in GOOD if not 10 < r[0] / 60 < 20]),
            ("line 13", "gap of 0.167 h", "--allow"),
        ),
        (
            lines(f"{HEADER},date", [(*row, f"2026-01-01 {stamp}") for row, stamp in PAUSED]),
            ("line 5", "gap of 0.0278 h"),
        ),
        (
            lines(HEADER, GOOD + LATER),
            ("line 62", "gap of 1.52 h", "files of their own"),
        ),
        (
            lines(HEADER, [(t, 1.0, i) for t, _, i in GOOD]),
            ("cannot be told", "hardly moves", "--current-sign"),
        ),
        (
            lines(HEADER, [*GOOD, *((3600 + 60 * k, 0.4 + k / 100, 1) for k in range(60))]),
            ("cannot be told", "rises and falls", "exported without its sign"),
        ),
        ("time/s;voltage/V;current/mA\n0;0,5;0.1\n1;0,4;0.1\n", ("line 2", "decimal comma", "decimal point")),
        ("time/s;voltage/V;current/mA\n1,234;2;1\n2,345;1;1\n", ("line 2: '1,234' may be", "--decimal")),
        ("time/s;voltage/V;current/mA\n1.234;2;1,5\n2.345;1;1,5\n", ("line 2", "'1.234'", "--decimal")),
        ("time/s,voltage/V,current/mA\n0,5,1,2,0,1\n", ("line 2", "6 cells below 3", "decimal comma")),
        (
            "time/s,Ewe/V,U/V,I/mA\n0,1,1,1\n9,0.5,0.6,1\n",
            ("line 3", "'Ewe/V' and 'U/V' are both the voltage and differ", "--column 'voltage=Ewe/V'"),
        ),
        (
            "time/s,time/s,voltage/V,current/mA\n0,0,1,1\n9,8,0.5,1\n",
            ("line 3", "are both the time and differ"),
        ),
        ("time,voltage/V,current/mA\n10:30,1,1\n10:31,0.5,1\n", ("line 2", "'10:30'", "h:min:s")),
        ("date,voltage/V,current/mA\nyesterday,1,1\n", ("line 2", "'yesterday'", "cannot be read as a date")),
        (
            "date,voltage/V,current/mA\n01/02/2026 10:00:00,1,1\n02/03/2026 10:00:00,0.5,1\n",
            ("line 2", "day and month in either order", "2025-12-31 23:59:59"),
        ),
        (
            "time/s,voltage/V,Specific current [mA/g]\n0,1,1\n9,0.5,1\n",
            ("line 1", "per gram", "the mass of active carbon is not known", "--mass"),
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place_and_the_remedy(tmp_path, content, said):
    line = refused(tmp_path, content)
    for text in ("cell.csv: ", *said):
        assert text in line, line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"EC-Lab ASCII FILE\n\nmode\ttime/s\n", ("line 2", "no 'Nb header lines : N'")),
        (b"EC-Lab ASCII FILE\nNb header lines : 99\n", ("line 2", "99 header lines in a file of 3 lines")),
        (
            eclab().replace(b"lines : 15", b"lines : 14"),
            ("line 14", "does not name the columns, as line 2 says"),
        ),
        (eclab().replace(b"Ewe/V", b"other"), ("line 15", "no column for the voltage")),
    ],
)
def test_eclab_text_whose_header_is_not_where_it_says_is_refused(tmp_path, content, said):
    line = refused(tmp_path, content, "cell.mpt")
    assert all(text in line for text in ("cell.mpt: ", *said)), line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"current_sign": "desodiation"}, ("said to do desodiation", "voltage falls", "give 'sodiation'")),
        ({"current_sign": "charge"}, ("'charge'", "'sodiation' or 'desodiation'")),
        ({"mass": "1.1"}, ("mass: ", "has no unit; is it")),
        ({"mass": "-1 mg"}, ("mass is -1 mg",)),
        ({"mass": "1.1 mA"}, ("mass: ", "is not a mass")),
        ({"mass": "1 ug"}, ("A per gram of active carbon", "correct the mass")),
        ({"decimal": ";"}, ("decimal is ';'", "give '.' or ','")),
        ({"columns": {"colour": "x"}}, ("'colour' is not a quantity", "choose for test time")),
        ({"columns": {"voltage": ""}}, ("the voltage is ''", "'I2 in mA'")),
        ({"columns": {"voltage": "Ece/V"}}, ("'Ece/V'", "chosen for the voltage", "correct the name")),
        ({"columns": {"current": "current/mA in V"}}, ("'current/mA'", "not a current")),
        ({"worksheet": "Data"}, ("has no worksheets",)),
    ],
)
def test_a_contradiction_with_what_the_user_says_is_refused(tmp_path, options, said):
    line = refused(tmp_path, lines(HEADER, [(t, v, 100 * i) for t, v, i in GOOD]), **options)
    assert all(text in line for text in said), line


def test_metadata_that_cannot_be_used_are_refused(tmp_path):
    """They decide on mass and sign, so that a wrong one would be a silent error."""
    path = tmp_path / "cell.csv"
    path.write_text(lines(HEADER, GOOD))
    beside = tmp_path / "cell.csv.metadata.json"
    for entries, said in (
        ("{", "not metadata that can be read"),
        ('["coreshell_model"]', "not metadata that can be read"),
        (json.dumps({"coreshell_model": {"Mass of active carbon [kg]": "heavy"}}), "'heavy'"),
        (json.dumps({"coreshell_model": {"Positive current": "up"}}), "'up'"),
        (json.dumps({"coreshell_model": {"Positive current": "desodiation"}}), "said by the metadata"),
    ):
        beside.write_text(entries)
        with pytest.raises(InputError, match=r"cell\.csv") as caught:
            read_dataset(path)
        assert said in str(caught.value)
    beside.write_text(json.dumps({"someone_else": {"Mass": 1}}))
    assert read_dataset(path).mass is None


def test_a_simulation_s_long_steps_are_no_gaps(tmp_path):
    """Its metadata name a protocol; without them, nobody knows what passed."""
    text = lines(HEADER, GOOD + LATER)
    refused(tmp_path, text)
    entries = {"coreshell_model": {"Protocol": "formation"}}
    (tmp_path / "cell.csv.metadata.json").write_text(json.dumps(entries))
    assert len(read_dataset(tmp_path / "cell.csv").table) == 120


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.csv",), ("none.csv", "no such file", "check the path")),
        ((".",), ("this is a folder",)),
        (("a\0b.csv",), ("not a possible path",)),
        (("x" * 5000,), ("too long", "shorten")),
        ((), ("'files'", "coreshell data --help")),
        (("cell.csv", "--column", "current"), ("--column 'current'", 'write --column "current=I2 in mA"')),
        (("cell.csv", "--column", "voltage=a", "--column", "voltage=b"), ("the voltage twice",)),
        (("cell.csv", "--out", "cell.csv"), ("is the measured file", "never changed")),
        (("cell.csv", "--out", "./cell.csv"), ("is the measured file",)),
        (("cell.csv", "--out", "out.txt"), ("out.txt", "let the name end in .csv")),
        (("cell.csv", "--out", "none/out.csv"), ("out.csv", "cannot be written", "choose another folder")),
    ],
)
def test_the_command_line_refuses_in_one_line(tmp_path, monkeypatch, words, said):
    """And writes nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cell.csv").write_text(lines(HEADER, GOOD))
    outcome = coreshell("data", *words)
    assert outcome.code == 2 and outcome.out == "", outcome
    assert outcome.err.count("\n") == 1 and outcome.err.startswith("coreshell: ")
    assert all(text in outcome.err for text in said), outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["cell.csv"]
    assert (tmp_path / "cell.csv").read_text() == lines(HEADER, GOOD)


def test_columns_on_the_command_line_are_those_of_the_function():
    assert parse_columns(["current=I=2 in mA", "time = t"]) == {"current": "I=2 in mA", "time": "t"}


def test_whatever_happens_to_a_file_it_is_read_or_refused_in_one_line(tmp_path):
    """300 files with a few bytes changed, removed or repeated at random: never another error, never a NaN."""
    chance = random.Random(4)
    path = tmp_path / "cell.csv"
    outcomes = {True: 0, False: 0}
    for number in range(300):
        content = bytearray((eclab(), neware())[number % 2])
        for _ in range(chance.randint(1, 2)):
            place, length = chance.randrange(len(content)), chance.randint(1, 6)
            change = chance.choice(("drop", "repeat", "noise"))
            piece = bytes(content[place : place + length])
            other = {
                "drop": b"",
                "repeat": piece + piece,
                "noise": bytes(chance.choices(b"0,.;\t\n-Ex", k=3)),
            }
            content[place : place + length] = other[change]
        path.write_bytes(content)
        try:
            dataset = read_dataset(path)
        except InputError as error:
            outcomes[False] += 1
            assert str(error).isprintable()
            continue
        outcomes[True] += 1
        assert not dataset.table.isna().to_numpy().any()
        assert (dataset.time[1:] >= dataset.time[:-1]).all()
        assert dataset.statements
    assert min(outcomes.values()) > 20, outcomes
