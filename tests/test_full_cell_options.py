"""Every command chooses cell and positive electrode alike, and shows what full cells are made of."""

import json

import numpy as np
import pytest
from command_line import coreshell
from test_full_cell_commands import short

from coreshell_model import InputError, simulate
from coreshell_model.observe.clusters import unformed_warning
from coreshell_model.observe.full_cell import LIFE, cycles_to_80, plating_warning
from coreshell_model.observe.groups import compared
from coreshell_model.show.explained.files import explained_file, file_names
from coreshell_model.show.figures.designs import labels_by_point
from coreshell_model.show.figures.voltage import comparison_picture

LOWER = ("--set", "protocol.window.upper=3.6 V", "--set", "protocol.window.lower=2 V")


def words_of(command, protocol):
    """A call of a command with a short protocol of a full cell."""
    further = {
        "compare": ("core_shell", "core_shell_sei", protocol),
        "cycle": ("core_shell", protocol),
        "sweep": ("core_shell", protocol, "--vary", "thickness=8, 10 nm"),
        "sensitivity": ("core_shell", protocol, "--vary", "thickness"),
    }[command]
    return (command, *further, *LOWER, "--json")


@pytest.mark.parametrize("command", ["compare", "cycle", "sweep", "sensitivity"])
def test_cell_and_positive_electrode_are_options(command, tmp_path):
    """The option chooses what --set positive=... does; a protocol of the other cell is refused."""
    words = words_of(command, short(tmp_path))
    by_option = coreshell(*words, "--cell", "full", "--positive", "nvp")
    by_change = coreshell(*words, "--set", "positive=nvp")
    assert by_option.code == 0, by_option.err
    ignored = "Solve time [s]"
    assert without(json.loads(by_option.out), ignored) == without(json.loads(by_change.out), ignored)
    assert without(json.loads(by_option.out), ignored) != without(json.loads(coreshell(*words).out), ignored)
    refused = coreshell(*words, "--cell", "half")
    assert refused.code == 2 and "is of a full cell" in refused.err and refused.err.count("\n") == 1


def without(record, name):
    """A record of JSON without an entry, at whatever depth."""
    if isinstance(record, dict):
        return {key: without(value, name) for key, value in record.items() if key != name}
    return [without(item, name) for item in record] if isinstance(record, list) else record


def test_python_takes_a_positive_electrode():
    """Beside changes, of which none may choose another one."""
    changes = {"protocol.window.upper": "3.6 V", "protocol.numbers.cycles": "1"}
    cell = simulate("core_shell", "full_cell_life", changes, cell="full", positive="nvp")
    assert cell.material.positive.name == "nvp"
    with pytest.raises(InputError, match="choose two positive electrodes"):
        simulate("core_shell", "full_cell_life", {"positive": "nvpf"}, positive="nvp")
    with pytest.raises(InputError, match="half-cell has none"):
        simulate("core_shell", "formation", positive="nvp")


@pytest.fixture(scope="module")
def two_cells():
    """The same carbon in a half-cell and in a full cell."""
    full = simulate("core_shell", "full_cell_life", {"protocol.numbers.cycles": "1"})
    return [simulate("core_shell", "formation_without_hold"), full]


def test_half_and_full_cells_are_compared_on_axes_of_their_own(two_cells):
    """On one axis against sodium a full cell would be cut off."""
    mixed = comparison_picture(two_cells).figure.axes
    assert [axes.get_ylabel() for axes in mixed] == ["Voltage against Na / V", "Cell voltage / V"]
    assert mixed[1].get_ylim()[1] > 4.1 > 3 > mixed[0].get_ylim()[1]
    alike = comparison_picture(two_cells[:1] * 2).figure.axes
    assert alike[0].get_ylim() == alike[1].get_ylim() and not alike[1].get_ylabel()


def test_a_comparison_leaves_out_what_says_nothing_of_any_run():
    """What one of them says stays, also 0; the two names of one number are there once."""
    first = {"Changes": {}, "Prediction": False, "Pore filling": 0.0, "Peaks": []}
    second = {"Changes": {"loading": "8 mg/cm2"}, "Prediction": False, "Pore filling": 0.0, "Peaks": []}
    assert compared([first, first]) == ["Pore filling"]
    assert compared([first, second]) == ["Changes", "Pore filling"]
    efficiency = {"Initial coulombic efficiency": 0.8}
    full = efficiency | {"Cell first-cycle efficiency": 0.8}
    assert compared([full, full]) == ["Cell first-cycle efficiency"]
    assert compared([efficiency, full]) == ["Initial coulombic efficiency", "Cell first-cycle efficiency"]


def test_life_by_hand():
    """Of a fifth of the second discharge, 20, 6 are gone after six cycles: 14 more at 1 a cycle."""
    capacities, lost = np.array([90.0, 100, 99, 98, 97, 96]), np.array([50.0, 52, 54, 56, 57, 58])
    assert cycles_to_80(capacities, lost) == pytest.approx(6 + 14)
    assert cycles_to_80(capacities[:5], lost[:5]) is None
    assert cycles_to_80(capacities, np.full(6, 50.0)) is None
    assert cycles_to_80(capacities, np.array([50.0, 50, 55, 60, 71, 80])) == 5


def test_a_long_run_says_its_life_as_a_run_does():
    """The name, and the number."""
    words = ("core_shell", "full_cell_life", "--set", "protocol.numbers.cycles=6", "--json")
    cycled, run = (json.loads(coreshell(command, *words).out)[LIFE] for command in ("cycle", "run"))
    assert cycled == pytest.approx(run, rel=1e-4)
    assert run > 20


def test_the_table_of_a_long_run_is_in_groups():
    """As that of a run: what says nothing is left out, the positive electrode's sodium is with the other."""
    table = coreshell("cycle", "core_shell", "full_cell_life", "--cycles", "1").out
    assert "Prediction" not in table and "further results" not in table
    assert table.index("where the sodium is") < table.index("Sodium in positive electrode")


def test_marks_at_one_place_share_a_name():
    """One would hide the other."""
    marks = {"as it is": (9.4, 14.0), "best": (3.0, 2.0), "half-cell": (3.0, 2.0)}
    assert labels_by_point(marks) == {(9.4, 14.0): "as it is", (3.0, 2.0): "best; half-cell"}


def test_shipped_files_are_explained_and_shown():
    """Positive electrodes and stacks too, which `coreshell materials` lists."""
    assert {"nvpf", "pouch", "core_shell", "full_cell_life"} <= set(file_names())
    assert all(explained_file(name)["Meaning"] for name in file_names())
    assert "NVPF" in coreshell("explain", "nvpf").out
    assert "full_cell" in coreshell("explain", "full cell").err
    listed = coreshell("materials").out
    assert "nvpf" in listed and "pouch" in listed
    shown = coreshell("materials", "show", "nvpf").out
    assert "particle.maximum_concentration" in shown and "balance.np_ratio" in shown
    refused = coreshell("materials", "show", "pouch", "--out", "pouch.png")
    assert refused.code == 2 and "pouch is a stack" in refused.err


def test_a_sweep_warns_of_deposits_and_does_not_advise_more_of_them(tmp_path):
    """The lowest potential is among the panels, and the first efficiency has one name."""
    drawn = ("--figure", str(tmp_path / "f.png"), "--json")
    words = ("sweep", "core_shell", "full_cell_formation", "--vary", "np_ratio=1.2, 1.6")
    swept = json.loads(coreshell(*words, *drawn).out)
    lowest = swept["Columns"]["Lowest carbon potential [V]"]
    (warning,) = [text for text in swept["Warnings"] if "may deposit" in text]
    assert warning.startswith("1 of 2 solved designs") and f"{1e3 * min(lowest):.3g} mV" in warning
    assert min(lowest) < 0 < max(lowest)
    (unformed,) = [text for text in swept["Warnings"] if "clusters" in text]
    assert "where the carbon stays above 0 V, lower the N/P ratio" in unformed
    assert "Initial coulombic efficiency" not in swept["Columns"]
    assert "Cell first-cycle efficiency" in swept["Columns"]


@pytest.mark.parametrize(("ratio", "deposits"), [("1.2", True), ("1.6", False)])
def test_a_lower_ratio_is_advised_only_where_no_sodium_deposits(ratio, deposits):
    """Clusters hardly form in either cell, and in one of them the carbon comes below 0 V."""
    run = simulate("core_shell", "full_cell_formation", {"np_ratio": ratio})
    (unformed,) = unformed_warning(run)
    assert ("lower the N/P ratio" in unformed) is not deposits
    assert bool(plating_warning(run)) is deposits


def test_results_that_are_the_same_in_every_design_are_said_once():
    """A number without a unit has none in the table of a sweep."""
    words = ("sweep", "core_shell", "full_cell_formation", "--vary", "np_ratio=1.5, 1.6")
    lines = coreshell(*words).out.splitlines()
    (gain,) = [line for line in lines if line.lstrip().startswith("CVD mass gain")]
    assert "every design" in gain
    (energy,) = [line for line in lines if line.lstrip().startswith("Specific energy [")]
    assert "np_ratio 1.5 " in energy and "np_ratio 1.5 1" not in energy


def test_a_single_design_has_its_setting_beside_each_result():
    """That of one design is not "every design"."""
    words = ("sweep", "core_shell", "full_cell_formation", "--vary", "np_ratio=1.6")
    out = coreshell(*words).out
    assert "every design" not in out and "np_ratio 1.6" in out
