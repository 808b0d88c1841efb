"""A file that begins with a later cycle is laid against that cycle, or asked for; never against the first."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tomli_w
from command_line import coreshell
from synthetic import MASS, curve, parameter, problem_file

from coreshell_model import simulate
from coreshell_model.base.errors import InputError
from coreshell_model.data import replay as replaying
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.record import Dataset, cycles_held, first_cycle
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.protocol import beginning, read_protocol

PROTOCOL = "formation_without_hold"
FREE = [parameter("core.clusters.pore_fraction", 0.1, 0.4)]
SD = 1.0
"""Noise [mV] that is stated; the files have none."""


@pytest.fixture(scope="module")
def solution():
    return simulate("core_shell", beginning(read_protocol(PROTOCOL), 3))


def cycle_file(path, solution, cycle, counter=None, header="Cycle Index"):
    """One cycle of a solution as a file of its own, with the cycler's own counter where one is given."""
    rows = []
    for number, step in enumerate((one for one in solution.steps if one.cycle == cycle), start=1):
        time = solution["Time [s]"][step.points]
        at = np.append(np.arange(time[0], time[-1], 900.0), time[-1])
        voltage, current = (solution.pybamm[name](t=at) for name in ("Voltage [V]", "Current [A]"))
        rows.append(pd.DataFrame({"Time / s": at, "Voltage / V": voltage, "Current / A": current}))
        rows[-1]["Step Index"] = number
        if counter is not None:
            rows[-1][header] = counter
    table = pd.concat(rows)
    table["Time / s"] -= table["Time / s"].iloc[0]
    table.to_csv(path, index=False)
    return path


def misfit(folder, file, **others):
    usual = {"protocol": PROTOCOL, "cycles": None}
    given = curve(file, sd=SD, unit="mV", points=60, **{**usual, **others})
    problem = read_problem(problem_file(folder / f"{Path(file).stem}.toml", FREE, [given]))
    return problem.curves[0][1], Misfit(problem)(problem.start)


@pytest.mark.parametrize(
    ("counter", "header", "stated"),
    [(3, "Cycle Index", None), (2, "cycle number (Ewe)", None), (None, "", 3), (1, "Cycle Index", 3)],
    ids=["a counter from 1", "EC-Lab's counter from 0", "stated", "stated against the counter"],
)
def test_the_third_cycle_is_met_by_the_third_cycle_of_its_own_model(
    counter, header, stated, solution, tmp_path
):
    """Residuals of the true model below its tolerance; the first cycle is tens of deviations off."""
    columns = {"columns": {"cycle": header}} if header.startswith("cycle") else {}
    if header.startswith("cycle"):
        header = "cycle number (Ewe)"
    file = cycle_file(tmp_path / "third.csv", solution, 3, counter, header or "Cycle Index")
    found, there = misfit(tmp_path, file, **columns, **({"first_cycle": stated} if stated else {}))
    assert found.first_cycle == 3
    assert np.abs(there.residuals).max() < 1.0
    _, first = misfit(tmp_path, file, first_cycle=1, **columns)
    assert np.abs(first.residuals).max() > 20.0


def test_half_cycles_of_a_later_cycle_go_by_the_cell_s_count_or_the_file_s(solution, tmp_path):
    file = cycle_file(tmp_path / "third.csv", solution, 3, 3)
    for numbers in ([6], [2]):
        found, there = misfit(tmp_path, file, half_cycles=numbers)
        assert [piece.sodiation for piece in found.pieces] == [False]
        assert np.abs(there.residuals).max() < 1.0


def test_cycles_count_from_the_first_of_the_file(solution, tmp_path):
    """One cycle from the second on needs two of the protocol's five."""
    file = cycle_file(tmp_path / "second.csv", solution, 2, 2)
    given = curve(file, sd=SD, unit="mV", protocol=PROTOCOL, cycles=1)
    problem = read_problem(problem_file(tmp_path / "second.toml", FREE, [given]))
    assert len(problem.runs[0].protocol.steps_by_cycle()) == 2
    with pytest.raises(InputError, match="cycle 9 is not among its 5"):
        misfit(tmp_path, file, first_cycle=9)


def test_a_file_without_a_counter_that_does_not_begin_as_a_fresh_cell_is_asked_for(solution, tmp_path):
    file = cycle_file(tmp_path / "unknown.csv", solution, 3)
    dataset = read_dataset(file, mass=MASS, current_sign="sodiation")
    assert first_cycle(dataset, None, fresh=2.5, upper=2.5) == 1  # begins at 2.5 V, as a fresh cell does
    with pytest.raises(
        InputError, match=r"no cycle counter and begins at 2\.\d+ V, where a fresh cell is at 3"
    ):
        first_cycle(dataset, None, fresh=3.0, upper=2.5)
    table = dataset.table.iloc[dataset.half_cycles()[1].points]
    half = Dataset(table, dataset.source, "table", (), dataset.mass)
    with pytest.raises(InputError, match="begins with a desodiation; say which cycle"):
        first_cycle(half, None, fresh=2.5, upper=2.5)
    assert first_cycle(half, 4, fresh=2.5, upper=2.5) == 4
    assert cycles_held(dataset) is None


def test_data_says_which_cycles_a_file_holds(solution, tmp_path):
    file = cycle_file(tmp_path / "third.csv", solution, 3, 3)
    words = ("data", str(file), "--mass", MASS, "--current-sign", "sodiation")
    assert json.loads(coreshell(*words, "--json").out)["Cycles"] == {"First": 3, "Last": 3}
    assert "cycles 3 to 3 by its own counter" in coreshell(*words).out


def test_a_later_cycle_is_replayed_from_a_stated_state_alone(solution, tmp_path):
    """After the protocol's first two cycles it is the third to a millivolt; from empty carbon refused."""
    file = cycle_file(tmp_path / "third.csv", solution, 3, 3)
    words = ("replay", str(file), "--material", "core_shell", "--mass", MASS, "--current-sign", "sodiation")
    refused = coreshell(*words)
    assert refused.code == 2
    assert "begins with cycle 3" in refused.err and "--after PROTOCOL --cycles 2" in refused.err
    there = coreshell(*words, "--after", PROTOCOL, "--cycles", "2", "--json")
    result = json.loads(there.out)
    assert there.code == 0
    assert result["Start"].startswith(f"after 2 cycles of {PROTOCOL}")
    assert result["RMSE [mV]"] < 1.0
    assert result["Warnings"] == []
    assert coreshell(*words, "--cycles", "2").code == 2
    assert coreshell(*words, "--from", "1.2").err.strip().endswith("a potential is given as '1.2 V'")


def test_a_cell_equilibrated_at_a_potential_begins_there(solution, tmp_path):
    file = cycle_file(tmp_path / "third.csv", solution, 3, 3)
    dataset = read_dataset(file, mass=MASS, current_sign="sodiation")
    replayed = replaying.replay(dataset, "core_shell", begin=replaying.Beginning(0.6))
    assert replayed.overlay.simulated[0] == pytest.approx(0.6, abs=0.02)


def test_a_current_that_the_carbon_cannot_take_is_a_warning_and_no_agreement(solution, tmp_path):
    """Half the sloping sites: the voltage runs below every measured one, and no difference is given."""
    file = cycle_file(tmp_path / "first.csv", solution, 1, 1)
    dataset = read_dataset(file, mass=MASS, current_sign="sodiation")
    less = {"core.sloping.capacity": "100 mAh/g", "core.clusters.pore_fraction": "0.05"}
    result = replaying.results(replaying.replay(dataset, "core_shell", less))
    assert any("below the lowest measured" in text for text in result["Warnings"])
    differences = [one["Difference [mA.h.g-1]"] for one in result["Capacity differences by half-cycle"]]
    assert set(differences) == {None}
    own = replaying.results(replaying.replay(dataset, "core_shell", None, replaying.CONTROLS["voltage"]))
    assert abs(own["Capacity differences by half-cycle"][0]["Difference [mA.h.g-1]"]) < 1.0


@pytest.mark.parametrize(
    ("mass", "said"),
    [("1.1", "'1.1' has no unit; is it '1.1 mg'?"), ("0", "'0' has no unit"), ("2 kg", "active carbon")],
)
def test_a_mass_that_cannot_be_is_refused_with_what_was_meant(mass, said, solution, tmp_path):
    file = cycle_file(tmp_path / "first.csv", solution, 1, 1)
    ended = coreshell("data", str(file), "--mass", mass, "--current-sign", "sodiation")
    assert (ended.code, said in ended.err) == (2, True)


@pytest.mark.parametrize(("mass", "checked"), [("1.1 mg", False), ("1.37 g", True), ("150 mg", True)])
def test_a_mass_that_no_test_cell_has_is_to_be_checked(mass, checked, solution, tmp_path):
    file = cycle_file(tmp_path / "first.csv", solution, 1, 1)
    statements = read_dataset(file, mass=mass, current_sign="sodiation").statements
    assert any(text.startswith("check the mass") for text in statements) is checked


def test_cycles_that_joined_files_leave_out_are_said_and_fitted_to_no_place(solution, tmp_path):
    """Cycle 1 and cycle 3: the table has their own numbers, and a fit refuses what follows the gap."""
    files = [str(cycle_file(tmp_path / f"c{n}.csv", solution, n, counter=n)) for n in (1, 3)]
    outcome = coreshell("data", *files, "--mass", MASS, "--json")
    told = json.loads(outcome.out)
    assert told["Cycles left out"] == "2" and told["Cycles"] == {"First": 1, "Last": 3}
    assert [row["Cycle"] for row in told["Half-cycles"]] == [1, 1, 3, 3]
    assert "without 2" in coreshell("data", *files, "--mass", MASS).out
    given = curve(files[0], sd=SD, unit="mV", protocol=PROTOCOL, points=60, cycles=None)
    given = {**{key: value for key, value in given.items() if key != "file"}, "files": files}
    with pytest.raises(InputError, match="its own counter leaves out cycle 2"):
        read_problem(problem_file(tmp_path / "gap.toml", FREE, [given]))


def test_a_replay_says_other_cycles_and_another_window_before_it(solution, tmp_path):
    """One cycle too many before a file that begins with cycle 3, charged further than the file goes."""
    file = cycle_file(tmp_path / "c3.csv", solution, 3, counter=3)
    table = pd.read_csv(file)
    table[table["Voltage / V"] < 2.0].to_csv(file, index=False)
    words = (
        "replay",
        str(file),
        "--mass",
        MASS,
        "--material",
        "core_shell",
        "--after",
        PROTOCOL,
    )
    told = json.loads(coreshell(*words, "--cycles", "3", "--json").out)["Warnings"]
    assert any("begins with cycle 3 by its own counter, and 3 cycles" in text for text in told)
    assert any('--set "protocol.window.upper=' in text for text in told)
    assert not any("first after 0 h" in text for text in told)
    (window,) = [text for text in told if "what comes before it has another window" in text]
    changes = [word for change in re.findall(r'--set "([^"]+)"', window) for word in ("--set", change)]
    assert [change.partition("=")[0] for change in changes[1::2]] == [
        "protocol.window.upper", "protocol.start.potential",
    ]  # fmt: skip
    done = json.loads(coreshell(*words, *changes, "--cycles", "3", "--json").out)["Warnings"]
    assert not any("the simulation begins at" in text for text in done)
    told = json.loads(coreshell(*words, "--cycles", "2", "--json").out)["Warnings"]
    assert not any("by its own counter" in text for text in told)


def test_a_short_reversal_parts_neither_the_record_nor_its_simulation(tmp_path):
    """18 s of the other direction amid a sodiation: two half-cycles in each, and the fit meets itself."""
    steps = [
        "Sodiate at C/20 for 5 hours",
        "Desodiate at C/20 for 18 seconds",
        "Sodiate at C/20 for 80 hours or until lower cut-off",
        "Desodiate at C/20 for 80 hours or until upper cut-off",
    ]
    content = read_protocol(PROTOCOL).model_dump(mode="json", exclude_none=True)
    content |= {"name": "reversal", "cycles": [{"repeat": 1, "steps": steps}]}
    (tmp_path / "reversal.toml").write_text(tomli_w.dumps(content))
    solution = simulate("core_shell", str(tmp_path / "reversal.toml"))
    file = cycle_file(tmp_path / "blip.csv", solution, 1)
    assert len(read_dataset(file, mass=MASS, current_sign="sodiation").half_cycles()) == 2
    own = {"protocol": "reversal.toml", "current_sign": "sodiation", "allow_gaps": True}
    measured, there = misfit(tmp_path, file, **own)
    assert there.chi_squared < 0.1 * measured.size
