"""A measured full cell drives the simulated one: round trips, beginnings, words and refusals."""

import json

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell

from coreshell_model.base.library import folder
from coreshell_model.data.bdf import to_bdf
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.replay import CONTROLS, replay, results
from coreshell_model.data.replay_start import Beginning
from coreshell_model.inputs.protocol import beginning, protocol_from_dict, read_protocol
from coreshell_model.run.simulation import simulate
from coreshell_model.show.figures.picture import CELL_VOLTAGE
from coreshell_model.show.figures.voltage import overlay_picture

FORMATION = read_protocol("full_cell_formation")
CHARGED = protocol_from_dict(
    FORMATION.model_dump() | {"cycles": ({"steps": FORMATION.cycles[0].steps[:3]},)}, "charged"
)
"""The rest, the first charge and its hold."""


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A cell through formation, as `coreshell run core_shell full_cell_formation --bdf` writes it."""
    path = tmp_path_factory.mktemp("run") / "run.bdf.csv"
    to_bdf(simulate("core_shell", FORMATION, {"positive.balance.np_ratio": "1.4"}), path)
    return path


@pytest.mark.parametrize("control", ["current", "voltage"])
def test_a_simulated_full_cell_that_goes_out_comes_back_and_is_replayed_is_itself(exported, control):
    """RMSE below 1 mV, capacities to 0.1 %, through three cycles; another ratio is another voltage."""
    dataset = read_dataset(exported)
    assert dataset.is_full and dataset.positive_current == "sodiation"
    same = {"positive.balance.np_ratio": "1.4"}
    replayed = replay(dataset, "core_shell", same, CONTROLS[control])
    assert replayed.completed and replayed.overlay.covered == 1
    assert replayed.overlay.rmse < 1 and replayed.overlay.rmse_over_points < 1
    for one in replayed.overlay.capacities:
        assert abs(one.difference) < 1e-3 * one.measured
    if control == "current":
        other = replay(dataset, "core_shell", {"positive.balance.np_ratio": "1.6"})
        assert other.overlay is None or other.overlay.rmse > 5


def test_a_porous_full_cell_is_replayed_at_its_own_level(tmp_path):
    """The same round trip through the first cycle."""
    path = tmp_path / "run.bdf.csv"
    to_bdf(simulate("core_shell", beginning(FORMATION, 1), level="electrode"), path)
    replayed = replay(read_dataset(path), "core_shell", level="electrode")
    assert replayed.completed
    assert replayed.overlay.rmse < 1
    assert all(abs(one.difference) < 1e-3 * one.measured for one in replayed.overlay.capacities)


def test_a_discharge_alone_begins_after_the_charge_that_came_before_it(exported, tmp_path):
    """After the same charge it is itself; a charge with a longer hold begins it with more sodium."""
    table = pd.read_csv(exported)
    discharge = table[(table["Cycle Count / 1"] == 1) & (table["Step Count / 1"] == 4)]
    path = tmp_path / "discharge.csv"
    discharge.drop(columns=["Cycle Count / 1"]).to_csv(path, index=False)
    dataset = read_dataset(path, mass="1.1 mg", cell="full-cell", current_sign="sodiation", allow_gaps=True)
    same = {"positive.balance.np_ratio": "1.4"}
    replayed = replay(dataset, "core_shell", same, begin=Beginning(after=CHARGED))
    assert replayed.completed and replayed.overlay.rmse < 1
    longer = replay(dataset, "core_shell", same, begin=Beginning(potential=4.2))
    assert longer.completed and 1 < longer.overlay.rmse < 100
    assert np.mean(longer.overlay.residuals) > 0
    words = ["replay", str(path), "--material", "core_shell", "--mass", "1.1 mg", "--cell", "full-cell"]
    refused = coreshell(*words, "--current-sign", "sodiation")
    assert refused.code == 2 and "which a fresh full cell cannot give" in refused.err


def test_words_figure_and_results_are_of_the_cell(exported, tmp_path):
    """The voltage is not said to be against sodium."""
    dataset = read_dataset(exported)
    replayed = replay(dataset, "core_shell")
    found = results(replayed)
    assert found["Positive electrode"] == "nvpf"
    assert found["Start"].startswith("fresh cell, its empty carbon at 2.5 V against sodium, measured 0.8")
    drawn = overlay_picture(replayed.overlay, "title", replayed.dataset.is_full)
    assert drawn.figure.axes[0].get_ylabel() == CELL_VOLTAGE


def test_a_measured_discharge_of_hard_carbon_against_nvpf_is_replayed(tmp_path):
    """Of validation/chayambuka, from a charged cell of the source's amounts: its voltage takes its capacity.

    Within 3 %, which benchmarks/full_cell_chayambuka.py accepts.
    """
    file = folder("validation") / "chayambuka" / "full_cell_0.1C.csv"
    words = ["replay", str(file), "--material", "chayambuka_hard_carbon", "--cell", "full-cell"]
    words += ["--mass", "15.5 mg", "--curve", "direction=desodiation", "--curve", "rate=16.38 mA/g"]
    amounts = ["positive.particle.as_made=0.9553", "positive.balance.active_loading=11.96 mg/cm2"]
    changes = [word for text in (*amounts, "cell.active_loading=6.104 mg/cm2") for word in ("--set", text)]
    out = ["--json", "--out", str(tmp_path / "out")]
    outcome = coreshell(*words, *changes, "--from", "4.2 V", "--control", "voltage", *out)
    assert outcome.code == 0, outcome.err
    (half,) = json.loads(outcome.out)["Capacity differences by half-cycle"]
    assert half["Simulated [mA.h.g-1]"] == pytest.approx(half["Measured [mA.h.g-1]"], rel=0.03)
    assert (tmp_path / "out" / "full_cell_0.1C_chayambuka_hard_carbon_replay.png").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--after", "formation"], "is of a full cell, and is said to begin after formation"),
        (["--from", "5 V"], "voltage of the full cell is 5 V, outside the window of 2 to 4.2 V"),
        (["--positive", "nvq"], "nvq"),
        (["--cell", "half-cell"], "said by the metadata"),
    ],
)
def test_what_does_not_go_with_a_full_cell_is_refused(exported, words, complaint):
    """One line, exit code 2."""
    outcome = coreshell("replay", str(exported), "--material", "core_shell", *words)
    assert outcome.code == 2
    assert complaint in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_a_half_cell_has_no_positive_electrode_to_replay(tmp_path):
    """And the command says how a file is said to be of a full cell."""
    path = tmp_path / "half.bdf.csv"
    to_bdf(simulate("core_shell", beginning(read_protocol("formation_without_hold"), 1)), path)
    outcome = coreshell("replay", str(path), "--material", "core_shell", "--positive", "nvpf")
    assert outcome.code == 2
    assert "which has no positive; add --cell full-cell" in outcome.err
