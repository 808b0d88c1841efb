"""The printout of a run: groups, no line that says nothing, and the two plateaus side by side."""

import json

from command_line import coreshell

from coreshell_model.observe.groups import GROUPS, OTHERS, grouped
from coreshell_model.observe.of_protocol import OF_PROTOCOL
from coreshell_model.observe.quantities import printed


def test_every_printed_result_has_one_group():
    """A further quantity has to be put into a group."""
    named = [name for names in GROUPS.values() for name in names]
    assert len(named) == len(set(named))
    assert {*printed(), *OF_PROTOCOL, "Solve time [s]"} <= set(named)


def test_what_says_nothing_is_left_out_and_zero_is_not():
    """No result, no prediction and no changes are silent; no irreversible peaks is an answer."""
    silent = {"Prediction": False, "Changes": {}, "Warnings": [], "Recovery": None}
    assert grouped(silent) == {}
    said = {"Prediction": True, "Pore filling": 0.0, "Irreversible peaks": [], "new": 1}
    assert {name for entries in grouped(said).values() for name in entries} == set(said)
    assert grouped(said)[OTHERS] == {"new": 1}


def test_a_run_is_printed_in_groups_with_both_plateaus():
    """The keys of --json stay as they are."""
    text = coreshell("run", "core_shell", "formation").out
    lines = [line.strip() for line in text.splitlines()]
    places = [lines.index(group) for group in GROUPS if group != "full cell"]
    assert places == sorted(places)
    assert "Prediction" not in text
    results = json.loads(coreshell("run", "core_shell", "formation", "--json").out)
    assert results["Prediction"] is False
    low, clusters = (results[f"{name} [mA.h.g-1]"] for name in ("Capacity below 0.1 V", "Plateau capacity"))
    assert f"clusters gave back {clusters:.0f} mAh/g; below 0.1 V pass" in text
    assert f"and {low:.0f} of its desodiation" in text


def test_compare_changes_a_number_in_every_run():
    """As --set of `run`."""
    words = ("compare", "core_shell", "core_shell_driven", "formation", "--set", "shell.thickness=12 nm")
    results = json.loads(coreshell(*words, "--json").out)["Materials"]
    assert [round(row["Shell thickness [nm]"], 6) for row in results] == [12, 12]
