"""Sodiations that end before their clusters form: the share formed (55), and the warning."""

import json

import numpy as np
import pytest
from command_line import coreshell
from hand_made import solution as hand_made

from coreshell_model.inputs.changes import prepared
from coreshell_model.observe.clusters import clusters_at_equilibrium, late_growth, share_formed
from coreshell_model.observe.equilibrium import isotherm
from coreshell_model.observe.quantities import observable
from coreshell_model.run.simulation import simulate

EARLY = "sodiation ended before clusters formed"
THICK = {"shell.thickness": "13.7 nm", "particle.external_area": "14 m2/g"}


def early(solution):
    """The warnings that clusters did not form."""
    return [text for text in observable(solution, "Warnings") if EARLY in text]


def test_a_hold_that_is_over_before_clusters_form_is_named_with_its_cycles():
    """Below C/100 clusters of fresh carbon form unseen by a thick shell's hold; the second cycle has them."""
    solution = simulate("core_shell", "formation", THICK)
    (text,) = early(solution)
    assert text.startswith("cycle 1:") and "the hold ended at its current" in text
    assert share_formed(solution) < 0.1 < 0.9 < share_formed(solution, 2)
    assert observable(solution, "Initial coulombic efficiency") < 0.65


@pytest.mark.parametrize(("temperature", "cycles"), [("273 K", "cycles 1, 2:"), ("298.15 K", None)])
def test_a_cold_cell_forms_clusters_later(temperature, cycles):
    """And a warm one without a warning."""
    texts = early(simulate("core_shell", "formation", {"cell.temperature": temperature}))
    assert [text.split(" sodiation")[0] for text in texts] == ([cycles] if cycles else [])


def test_a_slow_first_sodiation_without_a_hold_says_so_and_a_material_without_clusters_does_not():
    """Later cycles of a rate test are too fast to form them, as is expected."""
    (text,) = early(simulate("core_shell", "rate_test", {"protocol.numbers.cycles": "1"}))
    assert text.startswith("cycle 1:") and "there is no hold" in text
    bare = simulate("core", "formation")
    assert not early(bare) and share_formed(bare) is None


def test_a_long_run_says_that_clusters_did_not_form_also_when_it_is_resumed(tmp_path):
    """At C/20 without a hold, on stderr and in JSON; not at C/2, where none are expected."""
    words = ("cycle", "core_shell", "long_cycling", "--set", "protocol.numbers.rate=0.05")
    words = (*words, "--out", str(tmp_path / "slow"))
    begun = coreshell(*words, "--cycles", "1")
    assert begun.code == 0 and f"cycle 1: {EARLY}" in begun.err and "there is no hold" in begun.err
    resumed = json.loads(coreshell(*words, "--cycles", "2", "--resume", "--json").out)
    assert resumed["Cycles"] == 2
    (text,) = (text for text in resumed["Warnings"] if EARLY in text)
    assert text.startswith("cycle 1:")
    fast = json.loads(coreshell("cycle", "core_shell", "long_cycling", "--cycles", "1", "--json").out)
    assert not [text for text in fast["Warnings"] if EARLY in text]


@pytest.mark.parametrize(
    ("protocol", "change", "cause"),
    [
        ("rate_test", "protocol.numbers.cycles=1", "there is no hold"),
        ("formation", "shell.thickness=13.7 nm", "the hold ended at its current"),
    ],
)
def test_the_commands_warn_of_clusters_that_did_not_form(protocol, change, cause):
    """In words on stderr, beside the results on stdout."""
    shown = coreshell("run", "core_shell", protocol, "--set", change, "--set", "external_area=14 m2/g")
    assert shown.code == 0 and f"cycle 1: {EARLY}" in shown.err and cause in shown.err


def test_late_growth_is_the_share_of_the_last_third_of_a_hold():
    """Ten of a hundred, from six to nine hours into a hold of nine."""
    run = hand_made(
        [[("Sodiate at C/20 for 1 hours", 2), ("Hold at 5 mV for 9 hours", 4)]],
        **{
            "Time [s]": [np.array([0, 3600.0]), 3600 * np.array([1, 4, 7, 10.0])],
            "Specific capacity [mA.h.g-1]": [np.array([0, 20.0]), np.array([20, 80, 110, 120.0])],
            "Sodium in clusters [mA.h.g-1]": [np.array([0, 5.0]), np.array([5, 65, 95, 105.0])],
        },
    )
    assert late_growth(run, 1) == pytest.approx(0.1)


def test_designs_are_compared_after_their_clusters_formed():
    """One shell is thicker by 0.4 nm; the end of the hold does not decide between the two."""
    efficiencies = [
        observable(
            simulate("core_shell", "design", THICK | {"shell.thickness": thickness}),
            "Initial coulombic efficiency",
        )
        for thickness in ("13.3 nm", "13.7 nm")
    ]
    assert 0 < efficiencies[0] - efficiencies[1] < 0.01


def test_the_clusters_expected_are_those_of_the_isotherm():
    """At the potential of the working electrode where the sodiation ends."""
    solution = simulate("core_shell", "design", {"protocol.numbers.cycles": "1"})
    held = isotherm(prepared("core_shell", "design", {})[0]).places["Sodium in clusters [mA.h.g-1]"]
    assert held[-1] * 0.99 < clusters_at_equilibrium(solution, 1) < held[-1]


def test_a_sweep_says_how_many_designs_lack_their_clusters():
    """One of two areas; of a sweep that does not observe their share nothing is said."""
    words = (
        "sweep",
        "core_shell",
        "design",
        "--vary",
        "external_area=45,50 m2/g",
        "--vary",
        "thickness=9.4 nm",
    )
    warnings = json.loads(coreshell(*words, "--workers", "1", "--json").out)["Warnings"]
    (text,) = (text for text in warnings if "half of the clusters formed" in text)
    assert text.startswith("1 of 2 solved designs: ")
    others = ("--observe", "Initial coulombic efficiency", "--workers", "1", "--json")
    assert "half of the clusters" not in coreshell(*words, *others).out


def test_the_drop_of_the_sodium_metal_limits_no_sodiation_against_a_reference():
    """It does limit that of the cell, at the same current."""
    cell, reference = (simulate("core_shell", name) for name in ("formation", "formation_three_electrodes"))
    assert observable(cell, "Sodiation limited by") == "counter electrode"
    assert observable(reference, "Sodiation limited by") == "particle"
