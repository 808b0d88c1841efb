"""What is read off a run, on curves whose answer is known beforehand."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hand_made import SHAPE

from coreshell_model.base import library
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.inputs.steps import step_from_text
from coreshell_model.observe import capacity, inventory, quantities, windows
from coreshell_model.observe.of_protocol import OF_PROTOCOL, of_protocol
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import INVENTORY, PROFILES, SERIES, Ending, Solution, StepTaken

CHARGE = np.array([0.0, 100.0, 400.0, 500.0, 500.0, 300.0, 90.0])
VOLTAGE = np.array([2.5, 1.0, 0.5, 0.005, 0.05, 0.15, 2.5])


def hand_made(charge=CHARGE, voltage=VOLTAGE, ending=Ending.COMPLETED, **inventory):
    """One cycle: four points of sodiation, three of desodiation."""
    protocol = protocol_from_dict(
        read_protocol("formation").model_dump()
        | {"cycles": ({"steps": ("Sodiate at C/20 for 1 hours", "Desodiate at C/20 for 1 hours")},)},
        "test",
    )
    series = {name: np.zeros(len(charge)) for name in (*SERIES, *PROFILES)}
    series |= {"Specific capacity [mA.h.g-1]": charge, "Voltage [V]": voltage}
    steps = (
        StepTaken(1, 1, step_from_text("Discharge at 1C for 1 hours"), Ending.TIME, slice(0, 4)),
        StepTaken(1, 2, step_from_text("Charge at 1C for 1 hours"), Ending.TIME, slice(4, len(charge))),
    )
    return Solution(
        read_material("core_shell"), protocol, SHAPE, steps, ending, "", 0.0, saved=series | inventory
    )


def test_efficiency_and_loss_follow_from_the_two_half_cycles():
    """500 in, 410 out."""
    run = hand_made()
    assert capacity.sodiation_capacity(run, 1) == 500
    assert capacity.desodiation_capacity(run, 1) == 410
    assert capacity.initial_coulombic_efficiency(run) == pytest.approx(0.82)
    assert capacity.first_cycle_loss(run) == 90
    assert capacity.reversible_capacity(run) == 410


def test_windows_take_the_share_of_each_straight_piece():
    """From 1.0 to 0.5 V pass 300 mAh/g: half of them between 0.75 and 0.5 V."""
    run = hand_made()
    assert windows.first_sodiation_window(run, 0.5, 1.0) == pytest.approx(300)
    assert windows.first_sodiation_window(run, 0.5, 0.75) == pytest.approx(150)
    assert windows.first_sodiation_window(run, 1.75, 9.0) == pytest.approx(50)
    assert windows.capacity_at_low_voltage(run) == pytest.approx(100)


def test_windows_that_share_their_bounds_add_up_to_the_sodiation():
    """Nothing is counted twice or left out, a hold at constant voltage included."""
    held = np.r_[CHARGE[:3], 480.0, CHARGE[4:]]
    run = hand_made(charge=held, voltage=np.r_[2.5, 1.0, 0.44, 0.44, 0.05, 0.15, 2.5])
    bounds = (-np.inf, 0.44, 0.65, 1.0, 9.0)
    total = sum(windows.first_sodiation_window(run, *pair) for pair in pairwise(bounds))
    assert total == pytest.approx(capacity.sodiation_capacity(run, 1))


def test_a_hold_at_a_bound_counts_in_the_window_above_it():
    """All 80 mAh/g of it, with the half of 300 between 0.72 and 0.44 V; none below 0.44 V."""
    run = hand_made(
        charge=np.r_[CHARGE[:3], 480.0, CHARGE[4:]], voltage=np.r_[2.5, 1.0, 0.44, 0.44, VOLTAGE[4:]]
    )
    assert windows.first_sodiation_window(run, 0.44, 0.72) == pytest.approx(150 + 80)
    assert windows.first_sodiation_window(run, -np.inf, 0.44) == 0


def test_a_sodiation_starts_after_one_per_cent_and_a_desodiation_ends_before_the_last():
    """5 of 500 lie a twentieth down from 2.5 to 1.0 V; 4.1 of 410 are left shortly below 2.5 V."""
    run = hand_made()
    assert windows.starts_of_sodiation(run) == pytest.approx([2.5 - 1.5 * 0.05])
    assert windows.ends_of_desodiation(run) == pytest.approx([2.5 - 2.35 * 4.1 / 210])


def test_the_plateau_is_what_left_the_clusters():
    """Not what passed below some voltage."""
    filling = np.array([0.0, 10.0, 50.0, 240.0, 240.0, 100.0, 12.0])
    run = hand_made(**{"Sodium in clusters [mA.h.g-1]": filling})
    assert inventory.plateau_capacity(run) == 228
    assert inventory.sloping_capacity(run) == pytest.approx(410 - 228)


def test_the_balance_error_is_charge_less_count_over_the_first_sodiation():
    """1 mAh/g unaccounted of 500."""
    counted = CHARGE.copy()
    counted[2] -= 1.0
    run = hand_made(**{INVENTORY[0]: counted})
    assert inventory.sodium_balance_error(run) == pytest.approx(1 / 500)


def test_the_loss_is_split_by_where_the_sodium_stayed():
    """From start to end of the first cycle, place by place."""
    ends = {"Sodium in SEI [mA.h.g-1]": 30.0, "Trapped sodium [mA.h.g-1]": 50.0, INVENTORY[2]: 10.0}
    run = hand_made(**{name: np.linspace(0, end, len(CHARGE)) for name, end in ends.items()})
    assert inventory.loss_split(run) == inventory.LossSplit(30.0, 50.0, 10.0)


def test_what_a_run_does_not_contain_is_none():
    """A failed run has no reversible capacity, and one without its first cycle no efficiency."""
    run = hand_made(ending=Ending.SOLVER)
    assert capacity.reversible_capacity(run) is None
    assert inventory.plateau_capacity(run) is None
    begun = replace(run, steps=run.steps[:1])
    assert capacity.initial_coulombic_efficiency(begun) is None
    assert inventory.loss_split(begun) is None
    assert capacity.coulombic_efficiencies(begun) == []
    assert quantities.summary(begun)["First-cycle loss [mA.h.g-1]"] is None


def test_an_empty_run_has_zero_capacity_and_no_efficiency():
    """Both steps skipped."""
    steps = tuple(replace(step, ending=Ending.SKIPPED, points=slice(0, 0)) for step in hand_made().steps)
    run = replace(hand_made(charge=np.zeros(0), voltage=np.zeros(0)), steps=steps)
    assert capacity.sodiation_capacity(run, 1) == 0
    assert capacity.initial_coulombic_efficiency(run) is None
    assert inventory.sei_thickness(run) is None
    assert inventory.sodium_balance_error(run) is None


def test_a_cycle_without_desodiation_has_no_efficiency_and_skipped_steps_are_a_warning():
    """Nothing was taken out because nothing tried to: not the same as an efficiency of zero."""
    steps = ("Sodiate at C/5 for 2 hours or until lower cut-off", "Desodiate at C/5 until 0.1 V")

    def through(*chosen):
        data = read_protocol("formation").model_dump() | {"cycles": ({"steps": chosen},)}
        return quantities.summary(simulate("core_shell", protocol_from_dict(data, "test")))

    assert through(steps[0])["Initial coulombic efficiency"] is None
    assert through(*steps)["Warnings"] == ["1 of 2 steps skipped, past their limit when they began"]


@pytest.mark.long
def test_every_name_that_a_protocol_has_results_under_is_known():
    """A fit refuses other names; the shipped protocols together have them all."""
    few = {"protocol.numbers.cycles": "2"}
    given = {
        name: few if name in ("long_cycling", "cycle_life") else {} for name in library.names("experiments")
    }
    found = [of_protocol(simulate("core_shell", name, changes)) for name, changes in given.items()]
    assert set().union(*found) == set(OF_PROTOCOL)
