"""Steps that end, and hold, at the working electrode's potential against a reference (54)."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.data.archive import load, save
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.inputs.steps import Terms, read_step, step_from_text
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Ending
from coreshell_model.show.cli.tables import comparison_table
from coreshell_model.show.figures.voltage import comparison_picture, voltage_picture

TERMS = Terms(0.005, 2.5, 2.5, 400.0)
WORKING, METAL = "Working electrode against a reference [V]", "Counter electrode overpotential [V]"


@pytest.mark.parametrize(
    ("written", "attribute", "value"),
    [
        ("Sodiate at C/20 until lower cut-off against the reference", "until_voltage", 0.005),
        ("Hold at 5 mV against the reference for 2 hours or until C/100", "voltage", 0.005),
        ("Desodiate at C/20 for 3 hours or until 2.5 V against the Reference", "until_voltage", 2.5),
        ("Rest for 5 hours or until > 0.1 V against the reference", "until_voltage", 0.1),
    ],
)
def test_a_step_says_against_what_its_voltage_is(written, attribute, value):
    step = read_step(written, TERMS)
    assert step.against_reference and getattr(step, attribute) == value
    assert step_from_text(step.text) == step
    assert "against the reference" in step.words
    assert not read_step(written.replace(" against the reference", "").replace(" against the Reference", ""),
                         TERMS).against_reference  # fmt: skip


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hold at 5 mV for 2 hours or until C/100 against the reference", "follows a voltage"),
        ("Sodiate at C/20 against the reference until 5 mV", "follows a voltage"),
        ("Sweep from 2.5 V to 5 mV against the reference at 0.1 mV/s", "sweeps the voltage of the cell"),
    ],
)
def test_what_has_no_potential_against_a_reference_is_refused(written, said):
    with pytest.raises(InputError, match=said):
        read_step(written, TERMS)


@pytest.mark.parametrize("level", ["particle", "electrode"])
def test_the_sodium_metal_ends_no_step_of_three_electrodes(level):
    """Steps end and hold where the working electrode is; both voltages are kept, apart by the metal."""
    cell = simulate("core_shell", "formation_three_electrodes", level=level)
    assert cell.completed and sodium_balance_error(cell) < 1e-8
    into, hold, out = cell.steps[:3]
    assert into.ending is Ending.VOLTAGE and out.ending is Ending.VOLTAGE and hold.ending is Ending.CURRENT
    assert cell[WORKING][into.points.stop - 1] == pytest.approx(0.005, abs=1e-5)
    assert cell[WORKING][hold.points][1:] == pytest.approx(0.005, abs=1e-5)
    assert cell[WORKING][out.points.stop - 1] == pytest.approx(2.5, abs=1e-4)
    assert cell["Voltage [V]"] == pytest.approx(cell[WORKING] - cell[METAL], abs=1e-9)
    assert cell["Voltage [V]"][into.points.stop - 1] < 0


def test_metal_that_does_not_polarise_makes_both_cells_the_same():
    fast = {"cell.counter_exchange_current_density": "1e9 A/m2"}
    tight = {"relative_tolerance": 1e-9, "absolute_tolerance": 1e-9}
    two, three = (
        simulate("core_shell", name, fast, **tight) for name in ("formation", "formation_three_electrodes")
    )
    ends = [[cell["Specific capacity [mA.h.g-1]"][step.points.stop - 1] for step in cell.steps]
            for cell in (two, three)]  # fmt: skip
    assert ends[0] == pytest.approx(ends[1], rel=1e-6, abs=1e-4)


def test_at_a_high_rate_the_metal_costs_capacity():
    """79 mV of overpotential at 1C end a sodiation on the plateau."""

    def first(limit):
        steps = ({"steps": (f"Sodiate at 1C until {limit}",)},)
        data = read_protocol("formation").model_dump() | {"cycles": steps}
        return simulate("core_shell", protocol_from_dict(data, "1C"))["Specific capacity [mA.h.g-1]"][-1]

    assert first("5 mV against the reference") > first("5 mV") + 20


def test_a_saved_solution_has_both_voltages_and_its_steps(tmp_path):
    cell = simulate("core_shell", "formation_three_electrodes")
    save(cell, tmp_path)
    again = load(tmp_path / "solution.nc")
    assert again.steps == cell.steps
    assert np.array_equal(again[WORKING], cell[WORKING])


def test_compare_shows_what_the_metal_costs():
    shown = coreshell("compare", "core_shell", "formation", "formation_three_electrodes", "--json")
    assert shown.code == 0
    two, three = json.loads(shown.out)["Materials"]
    assert [two["Protocol"], three["Protocol"]] == ["formation", "formation_three_electrodes"]
    assert three["First sodiation capacity [mA.h.g-1]"] >= two["First sodiation capacity [mA.h.g-1]"] - 0.1
    table = coreshell("compare", "core_shell", "shell", "formation", "formation_three_electrodes")
    assert table.code == 0 and "core_shell," in table.out
    refused = coreshell("compare", "core_shell", "formation")
    assert refused.code == 2 and "a material and several protocols" in refused.err


def test_two_runs_have_their_difference_beside_them():
    """Of numbers alone; three runs have none."""
    names = "First sodiation capacity [mA.h.g-1]", "Initial coulombic efficiency", "Shell thickness [nm]"
    first = {
        "Material": "a",
        names[0]: 480.0,
        names[1]: 0.82,
        names[2]: 9.4,
        "Prediction": False,
        "Ending": "x",
    }
    second = first | {names[0]: 482.5, names[1]: 0.8, "Prediction": True}
    table = comparison_table([first, second], ["two", "three"])
    quantities, differences = ([str(cell) for cell in table.columns[place].cells] for place in (0, 3))
    assert str(table.columns[3].header) == "difference"
    assert dict(zip(quantities, differences, strict=True)) == {
        names[0]: "+2.5", names[1]: "-0.02", names[2]: "0", "Prediction": "", "Ending": "",
    }  # fmt: skip
    assert len(comparison_table([first] * 3, ["a", "b", "c"]).columns) == 5


def test_the_panel_of_a_protocol_with_a_reference_has_the_working_electrode():
    """It ends at 5 mV where the cell's voltage is below zero; the CSV has both."""
    cells = [simulate("core_shell", name) for name in ("formation", "formation_three_electrodes")]
    made = comparison_picture(cells)
    two, three = made.figure.axes
    assert "against the reference" in three.get_title("left").replace("\n", " ")
    assert two.get_title("left") == "formation"
    into = cells[1].steps[0].points
    assert three.lines[0].get_ydata() == pytest.approx(cells[1][WORKING][into])
    assert two.lines[0].get_ydata() == pytest.approx(cells[0]["Voltage [V]"][cells[0].steps[0].points])
    assert {"Voltage [V]", WORKING} <= {*made.numbers.columns}
    assert voltage_picture(cells[1]).figure.axes[0].get_ylabel() == "Potential against the reference / V"
