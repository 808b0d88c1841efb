"""Ratios, notes and warnings of full cells to which sodium is added."""

from dataclasses import replace

import pytest
from command_line import coreshell

from coreshell_model import simulate
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe import full_cell
from coreshell_model.observe.full_cell import (
    added_sodium_notes,
    np_ratio,
    np_ratio_with_added,
    plating_warning,
)
from coreshell_model.observe.plausibility import VOLTAGE, VOLTAGE_OF_FULL, derived
from coreshell_model.physics.full_cell_values import carbon_capacity_of


def short(changes):
    """A charge and a discharge of minutes."""
    steps = ("Charge at C/5 for 0.2 hours", "Discharge at C/5 for 0.1 hours or until lower cut-off")
    data = read_protocol("full_cell_formation").model_dump() | {"cycles": ({"steps": steps},)}
    return simulate("core_shell", protocol_from_dict(data, "short"), changes)


@pytest.fixture(scope="module")
def added():
    return short(
        {
            "presodiation.capacity": "50 mAh/g",
            "positive.sacrificial_salt.mass_share": "5 %",
            "positive.sacrificial_salt.potential": "4.4 V",
        }
    )


def test_a_second_ratio_counts_the_sodium_that_is_added(added):
    """By hand, in mAh per cm2 of electrode: 400 mAh/g of salt and 50 mAh/g of presodiation."""
    carbon = 1e2 * added.parameters["Active loading [kg.m-2]"]
    positive = 1e2 * added.parameters["Positive active loading [kg.m-2]"]
    holds = carbon * carbon_capacity_of(added.parameters) / 3600
    first_charge = holds / np_ratio(added)
    assert np_ratio(added) == pytest.approx(1.6)
    with_added = holds / (first_charge + 400 * 0.05 * positive + 50 * carbon)
    assert np_ratio_with_added(added) == pytest.approx(with_added)


def test_a_salt_above_the_cut_off_is_named(added):
    """Below it there is no such warning."""
    (warning,) = added_sodium_notes(added)
    assert "positive.sacrificial_salt.potential is 4.4 V, above the upper cut-off, 4.2 V" in warning
    assert not added_sodium_notes(short({"positive.sacrificial_salt.mass_share": "5 %"}))


def test_an_efficiency_above_one_is_explained(added, monkeypatch):
    """By the sodium of the presodiation."""
    monkeypatch.setattr(full_cell, "cell_efficiency", lambda solution: 1.1)
    assert (
        "is 1.1, above 1: the discharge also gives back sodium of the presodiation, 50 mAh/g"
        in (added_sodium_notes(added)[0])
    )


def test_a_carbon_far_below_zero_is_told_in_volts_with_the_cause(added, monkeypatch):
    """Presodiation and salt come before the N/P ratio; without them the ratio is first."""
    for lowest, shown in ((-1.84, "comes to -1.84 V against"), (-0.033, "comes to -33 mV against")):
        monkeypatch.setattr(full_cell, "lowest_carbon_potential", lambda solution, lowest=lowest: lowest)
        (warning,) = plating_warning(added)
        assert shown in warning
        assert "give less presodiation and sacrificial salt, raise the N/P ratio" in warning
    material = short({}).material
    (warning,) = plating_warning(replace(added, material=material))
    assert "does not have; raise the N/P ratio" in warning


def test_a_full_cell_has_usual_voltages_of_its_own(added):
    """Those of a half-cell are against sodium."""
    ranges = [usual for usual, _ in derived(added)]
    assert VOLTAGE_OF_FULL in ranges
    assert VOLTAGE not in ranges


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (("positive=nvp",), 'give --set "protocol.window.upper=3.6 V" (in a fit'),
        (
            ("positive=nvp", "protocol.window.upper=3.74 V", "first_charge_loss=2"),
            "positive.particle.first_charge_loss",
        ),
        (("salt=2000",), "positive.sacrificial_salt.mass_share"),
    ],
)
def test_settings_are_named(changes, expected):
    """In one line; short names stand for first-charge loss and salt."""
    words = [word for change in changes for word in ("--set", change)]
    outcome = coreshell("run", "core_shell", "full_cell_formation", *words)
    assert outcome.code == 2
    assert expected in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
