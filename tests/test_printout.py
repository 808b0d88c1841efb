"""The printout of a run: groups, no line that says nothing, and the two plateaus side by side."""

import json

from command_line import coreshell

from coreshell_model.observe.groups import GROUPS, OTHERS, grouped
from coreshell_model.observe.of_protocol import OF_PROTOCOL
from coreshell_model.observe.quantities import printed
from coreshell_model.show.cli.run import LONGEST_NAME, figure_name


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


def test_a_full_cell_is_printed_once_and_first():
    """Its efficiency has one line, several numbers of a result have one each, and two say how to read."""
    text = coreshell("run", "core_shell", "full_cell_formation").out
    lines = [line.strip() for line in text.splitlines()]
    assert lines.index("full cell") < lines.index("first cycle")
    assert "Cell first-cycle efficiency" in text
    assert "Initial coulombic efficiency" not in text
    results = json.loads(coreshell("run", "core_shell", "full_cell_formation", "--json").out)
    assert results["Initial coulombic efficiency"] == results["Cell first-cycle efficiency"]
    masses = results["Stack masses [mg.cm-2]"]
    for name, mass in masses.items():
        assert [name, f"{mass:.4g}"] in [line.rsplit(maxsplit=1) for line in lines]
    share = (masses["negative foil"] + masses["positive foil"] + masses["separator"]) / sum(masses.values())
    assert f"foils and separator are {share:.0%} of the mass" in text
    assert any("lower the N/P ratio" in warning for warning in results["Warnings"])


def test_only_the_same_run_has_the_same_figure():
    """A name that is too long is cut, and ends with what tells it from others cut to the same."""
    changes = {f"section.number_{n}": "1.234 nm" for n in range(20)}
    names = {
        figure_name(["core", "formation"], "particle", changes | {"section.number_19": value})
        for value in ("1 nm", "2 nm")
    }
    assert len(names) == 2
    assert all(len(name) == LONGEST_NAME + len(".png") for name in names)
