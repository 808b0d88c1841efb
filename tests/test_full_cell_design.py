"""Designs of full cells: the N/P ratio of each, what the command writes, and what it refuses."""

import json

import numpy as np
import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.design.balance import balanced
from coreshell_model.inputs.changes import prepared
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate

LOADING = {"cell.active_loading": "8 mg/cm2"}
SMALL = (
    *("design", "core_shell", "--cell", "full"),
    *("--vary", "thickness=6..12 nm, 2 points", "--vary", "external_area=6..14 m2/g, 2 points"),
)


def full_cell(**changes):
    """The shipped carbon in a full cell, balanced, and what a formation gives of it."""
    material, protocol = prepared("core_shell", "full_cell_formation", LOADING | changes)
    chosen = balanced(material, protocol)
    return chosen, summary(simulate(chosen, protocol))


def test_a_balanced_cell_neither_plates_nor_leaves_the_carbon_far_above_zero():
    """The positive electrode gives what the carbon takes up at C/20 above 0 V."""
    chosen, results = full_cell()
    assert chosen.positive.balance.np_ratio.si == pytest.approx(results["N/P ratio"])
    assert 0 <= results["Lowest carbon potential [V]"] < 0.01
    assert not [text for text in results["Warnings"] if "sodium metal may deposit" in text]


def test_presodiation_replaces_sodium_of_the_positive_electrode():
    """The carbon takes up the same, so that the positive electrode shrinks by what it is given before."""
    _, without = full_cell()
    material, protocol = prepared(
        "core_shell", "full_cell_formation", LOADING | {"presodiation.capacity": "40 mAh/g"}
    )
    chosen = balanced(material, protocol)
    saved = 1 / without["N/P ratio"] - 1 / chosen.positive.balance.np_ratio.si
    held = (1 / without["N/P ratio"] - saved) * without["N/P ratio"]
    assert saved > 0
    assert 0.8 < held < 0.95
    given = summary(simulate(chosen, protocol))
    assert given["Cell first-cycle efficiency"] > without["Cell first-cycle efficiency"] + 0.05
    assert given["Sodium balance error"] < 1e-8


def test_presodiation_that_leaves_nothing_to_the_positive_electrode_is_refused():
    """In one line, with the number."""
    material, protocol = prepared("core_shell", "full_cell_formation", {"presodiation.capacity": "300 mAh/g"})
    with pytest.raises(InputError, match=r"presodiation\.capacity is 300 mAh/g, next to all"):
        balanced(material, protocol)


@pytest.mark.long
def test_the_command_writes_maps_and_the_price_of_a_point_and_is_resumed(tmp_path):
    """Every design is solved; what is printed as JSON is what is written, also when it is resumed."""
    folder = tmp_path / "cells"
    told = json.loads(coreshell(*SMALL, "--out", str(folder), "--json").out)
    assert told["Map"] == {"Designs": 4, "Solved": 4, "Solved in a half-cell": 4}
    assert told["Active loading"] == "8 mg/cm2"
    rate = told["Exchange rate"]
    low, high = rate["Band [W.h.kg-1]"]
    assert low <= rate["One point of first-cycle efficiency [W.h.kg-1]"] <= high
    reference = told["Reference"]["Cell first-cycle efficiency"]
    assert rate["One point of first-cycle efficiency [% of the positive electrode]"] == pytest.approx(
        1 / reference
    )
    amounts = [row["Presodiation [mA.h.g-1]"] for row in told["Presodiation"]["Rows"]]
    assert amounts[0] == 0 and np.all(np.diff(amounts) > 0)
    best = told["Best designs"]
    most = best["Specific energy [W.h.kg-1]"]["Specific energy [W.h.kg-1]"]
    assert all(other["Specific energy [W.h.kg-1]"] <= most for other in best.values())
    specific = "Specific energy [W.h.kg-1]"
    beside = told["Beside the material as it is"][specific][specific]
    assert (beside["As it is"], beside["Advised"]) == (told["Reference"][specific], most)
    assert beside["Difference"] == most - told["Reference"][specific]
    assert any("extend the range" in text and specific in text for text in told["Ends of ranges"])
    page = (folder / "full_cell_design.md").read_text(encoding="utf-8")
    assert "the material as it is |" in page and f"{most - told['Reference'][specific]:+.3g}" in page
    names = {path.name for path in folder.iterdir()}
    assert {
        "full_cell_design.md",
        "full_cell_map.csv",
        "map_specific_energy.png",
        "presodiation.png",
    } <= names
    again = json.loads(coreshell(*SMALL, "--out", str(folder), "--resume", "--json").out)
    assert again == told


@pytest.mark.parametrize(
    ("further", "expected"),
    [
        (("--goal", "ICE >= 0.9"), "--goal is of half-cells"),
        (("--rates",), "--rates is of half-cells"),
        (("--trials", "0"), "--trials is of half-cells"),
        (("--sampler", "nsga2"), "--sampler is of half-cells"),
        (("--seed", "0"), "--seed is of half-cells"),
        (("--set", "presodiation.capacity=3 mAh"), "presodiation.capacity"),
        (("--positive", "nvpx"), "unknown positive electrode 'nvpx': did you mean 'nvp"),
        (("--vary", "np_ratio=1..2, 3 points"), "a map of full cells takes two variables"),
    ],
)
def test_what_it_cannot_do_is_said_in_one_line(further, expected):
    """With exit code 2."""
    told = coreshell(*SMALL, *further)
    assert told.code == 2
    assert expected in told.err and told.err.count("\n") == 1
