"""A file that is no carbon half-cell is said to be none, and asked for; a full cell's sign is not guessed."""

import json
from dataclasses import replace

import numpy as np
import pytest
from command_line import coreshell
from cyclers import lines
from synthetic import parameter, problem_file

from coreshell_model.base.errors import InputError
from coreshell_model.data.bdf import to_bdf
from coreshell_model.data.half_cycles import Kind
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.replay import replay
from coreshell_model.data.replay_start import Beginning
from coreshell_model.inputs.protocol import read_protocol

HEADER = "time/s,voltage/V,current/mA"


def cycled(low, high, current=0.1, points=20):
    """Charged from one voltage to another and back, charging positive."""
    up = [(60 * i, float(v), current) for i, v in enumerate(np.linspace(low, high, points))]
    down = [(60 * (points + i), float(v), -current) for i, v in enumerate(np.linspace(high, low, points))]
    return lines(HEADER, up + down)


FULL_CELL, HALF_CELL = cycled(1.5, 3.8), cycled(0.005, 2.0)
UNLIKE = {
    "full cell": (FULL_CELL, "up to 3.8 V", "a full cell, or another electrode"),
    "sodium against a cathode": (cycled(2.0, 4.2), "up to 4.2 V", "another electrode"),
    "full cell of low voltage": (cycled(2.0, 3.1), "of the charge passes above 2 V", "a full cell"),
    "against another reference": (cycled(-2.7, -0.2), "down to -2.7 V", "another reference"),
    "two like electrodes": (cycled(-0.2, 0.1), "passes below 0 V", "two like electrodes"),
    "volts below a header in mV": (
        cycled(0.005, 2.0).replace("voltage/V", "voltage/mV"),
        "stays below 2 mV",
        "volts below a header in mV",
    ),
    "no cell": (
        lines(HEADER, [(60 * i, 1.0, 0.1) for i in range(30)]),
        "is constant at 1 V",
        "without a cell",
    ),
}


def written(folder, text):
    path = folder / "cell.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", UNLIKE)
def test_what_is_no_carbon_against_sodium_is_said_and_asked(tmp_path, kind):
    """With its line, what it looks like, and the option that settles it."""
    text, sight, looks = UNLIKE[kind]
    sign = "sodiation" if kind == "no cell" else None  # which it takes first
    with pytest.raises(InputError) as caught:
        read_dataset(written(tmp_path, text), current_sign=sign)
    line = str(caught.value)
    assert all(words in line for words in ("line ", sight, looks, "--cell half-cell")), line


@pytest.mark.parametrize("kind", UNLIKE)
def test_what_the_user_says_to_be_carbon_against_sodium_is_read_and_stated(tmp_path, kind):
    text, sight, _ = UNLIKE[kind]
    sign = "sodiation" if kind == "no cell" else None
    sign = "desodiation" if kind == "volts below a header in mV" else sign  # a voltage so small tells none
    dataset = read_dataset(written(tmp_path, text), cell="half-cell", current_sign=sign)
    assert dataset.cell == "half-cell" and dataset.half_cycles()
    if kind != "no cell":
        assert any("as said, although" in said and sight in said for said in dataset.statements)


@pytest.mark.parametrize(
    "text",
    [
        HALF_CELL,
        cycled(0.0, 3.0),
        cycled(-0.05, 1.0),
        lines(HEADER, [(0, 2.9, 0), *((60 * i, 2.5 - i / 10, -0.1) for i in range(1, 25))]),
        lines(HEADER, [(60 * i, 0.005 + 1e-5 * (i % 2), -0.1 * 0.8**i) for i in range(30)]),
    ],
)
def test_carbon_against_sodium_is_read_without_a_question(tmp_path, text):
    """Slightly below 0 V, a fresh cell at rest, a hold at 5 mV."""
    dataset = read_dataset(written(tmp_path, text), current_sign="desodiation")
    assert not any("although" in said for said in dataset.statements)


def test_a_full_cell_s_sign_is_asked_and_charging_sodiates_its_carbon(tmp_path):
    """The voltage rises while sodium goes in, the opposite of a half-cell."""
    path = written(tmp_path, FULL_CELL)
    with pytest.raises(InputError, match=r"say what positive current does.*--current-sign sodiation"):
        read_dataset(path, cell="full-cell")
    with pytest.raises(InputError, match="said to do desodiation, but the voltage rises"):
        read_dataset(path, cell="full-cell", current_sign="desodiation")
    dataset = read_dataset(path, cell="full-cell", current_sign="sodiation")
    assert dataset.cell == "full-cell" and dataset.current[0] == pytest.approx(1e-4)
    assert [half.direction for half in dataset.half_cycles()] == [Kind.SODIATION, Kind.DESODIATION]
    assert any("full cell, as said" in said for said in dataset.statements)


@pytest.mark.parametrize("cell", ["half-cell", "full-cell"])
def test_what_was_said_of_the_cell_goes_with_its_table(tmp_path, cell):
    """In the format a positive current charges: out of a half-cell's carbon, into a full cell's."""
    sign = "sodiation" if cell == "full-cell" else None
    dataset = read_dataset(written(tmp_path, FULL_CELL), cell=cell, current_sign=sign)
    table, metadata = to_bdf(dataset, tmp_path / "out.bdf.csv")
    entries = json.loads(metadata.read_text())["coreshell_model"]
    assert entries["Cell"] == cell
    assert entries["Positive current"] == ("sodiation" if cell == "full-cell" else "desodiation")
    assert float(table.read_text().splitlines()[2].split(",")[2]) > 0  # the file begins with a charge
    again = read_dataset(table)
    assert again.cell == cell and np.array_equal(again.current, dataset.current)
    metadata.write_text(json.dumps({"coreshell_model": {"Cell": "pouch"}}))
    with pytest.raises(InputError, match="Cell is 'pouch'"):
        read_dataset(table)


def test_a_full_cell_is_not_laid_over_what_began_as_a_half_cell(tmp_path):
    """Nor a half-cell over the history of a full cell."""
    dataset = read_dataset(
        written(tmp_path, FULL_CELL), cell="full-cell", current_sign="sodiation", mass="1 mg"
    )
    with pytest.raises(InputError, match="is of a full cell, and is said to begin after formation"):
        replay(dataset, "core_shell", begin=Beginning(after=read_protocol("formation")))
    half = replace(dataset, cell="half-cell")
    with pytest.raises(InputError, match="is of a half-cell, and is said to begin after full_cell_formation"):
        replay(half, "core_shell", begin=Beginning(after=read_protocol("full_cell_formation")))


def test_data_replay_and_fit_ask_and_take_the_answer_under_one_name(tmp_path):
    path = written(tmp_path, FULL_CELL)
    for command in (("data", str(path)), ("replay", str(path), "--material", "core_shell", "--mass", "1 mg")):
        outcome = coreshell(*command)
        assert outcome.code == 2 and "--cell half-cell" in outcome.err and outcome.err.count("\n") == 1
    assert coreshell("data", str(path), "--cell", "half-cell").code == 0
    refused = coreshell("data", str(path), "--cell", "pouch")
    assert refused.code == 2 and "cell is 'pouch'; it is one of half-cell, full-cell" in refused.err
    curve = {"material": "core_shell", "file": "cell.csv", "protocol": "formation", "sd": 5, "mass": "1 mg"}
    free = parameter("core.sloping.capacity", 200, 600, None, "mAh/g")
    for answer, said in (
        ({}, 'cell = "half-cell"'),
        ({"cell": "pouch"}, "cell is 'pouch'"),
        ({"cell": "full-cell", "current_sign": "sodiation"}, "give a protocol of a full cell"),
    ):
        problem = problem_file(tmp_path / "problem.toml", [free], curves=[curve | answer])
        outcome = coreshell("fit", str(problem), "--out", str(tmp_path / "out"))
        assert outcome.code == 2 and said in outcome.err, outcome
