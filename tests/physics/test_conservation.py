"""Sodium counted in the particle, the film and the double layer is the charge that was passed."""

import sys
from pathlib import Path

import numpy as np
import pytest

from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.capacity import first_cycle_loss, sodiation_capacity
from coreshell_model.observe.inventory import loss_split, sodium_balance_error
from coreshell_model.run.simulation import simulate

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import robustness

BALANCE = 1e-8
PROTOCOLS = {
    "formation": None,
    "formation_without_hold": None,
    "desodiated first": (
        "Desodiate at C/20 for 1 hours or until upper cut-off",
        "Sodiate at C/20 for 5 hours",
    ),
    "holds alone": ("Hold at 0.5 V for 5 hours", "Hold at 1.5 V for 5 hours", "Hold at 0.05 V for 5 hours"),
    "power and rest": ("Discharge at 0.00001 W for 5 hours or until 5 mV", "Rest for 10 hours"),
    "fast": ("Sodiate at 20C for 1 hours or until lower cut-off", "Desodiate at 20C until upper cut-off"),
}


def protocol_named(name):
    if PROTOCOLS[name] is None:
        return read_protocol(name)
    cycles = ({"repeat": 2, "steps": PROTOCOLS[name]},)
    return protocol_from_dict(
        read_protocol("formation").model_dump() | {"name": name, "cycles": cycles}, name
    )


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("material", ["core_shell", "shell"])
def test_no_sodium_is_lost_or_made(material, protocol):
    """The charge is the solver's integral of the current, the sodium is counted from profiles."""
    solution = simulate(material, protocol_named(protocol))
    assert solution.completed, solution.explanation
    assert sodium_balance_error(solution) < BALANCE


def test_at_constant_current_the_charge_is_current_times_time():
    """The integral that the balance rests on, against arithmetic."""
    solution = simulate("core_shell", "formation")
    for step in solution.steps:
        if step.asked.kind is Kind.HOLD:
            continue
        time, charge = (solution[name][step.points] for name in ("Time [s]", "Specific capacity [mA.h.g-1]"))
        passed = solution["Specific current [A.kg-1]"][step.points][0] * (time - time[0]) / 3600
        assert charge - charge[0] == pytest.approx(passed, abs=1e-6, rel=1e-9)


@pytest.mark.parametrize("material", ["core_shell", "shell"])
def test_the_parts_of_the_loss_add_up_to_the_loss(material):
    """To 1e-6 of the first sodiation."""
    solution = simulate(material, "formation")
    split = loss_split(solution)
    parts = split.sei + split.trapped + split.left_in_carbon
    assert abs(parts - first_cycle_loss(solution)) < 1e-6 * sodiation_capacity(solution, 1)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_random_materials_solve_and_conserve_sodium(seed):
    """A seeded sample of ``benchmarks/robustness.py``; the command runs 500."""
    rows = robustness.trial(count=12, seed=seed)
    assert [reason for _, reason, _ in rows if reason] == []


def test_random_open_fractions_solve_and_conserve_sodium():
    """The same with pores that electrolyte wets; the command runs 200 with ``--open``."""
    rows = robustness.trial(count=12, seed=21, opened=True)
    assert [reason for _, reason, _ in rows if reason] == []


@pytest.mark.parametrize("opened", [False, True])
def test_random_materials_with_every_law_solve_and_conserve_sodium(opened):
    """Over wide ranges of size, temperature and rate; the command runs 200 with ``--laws``."""
    rows = robustness.trial(count=3, seed=31, opened=opened, laws=True)
    assert [reason for _, reason, _ in rows if reason] == []


def test_a_step_past_its_limit_is_skipped_and_the_run_goes_on():
    """A rate far beyond the kinetics reaches its cut-off at once: capacity 0, not a failure."""
    protocol = protocol_from_dict(
        read_protocol("formation").model_dump()
        | {
            "name": "too fast",
            "cycles": (
                {"steps": ("Sodiate at 20000C until lower cut-off", "Desodiate at C/20 until upper cut-off")},
            ),
        },
        "too fast",
    )
    solution = simulate(read_material("core_shell"), protocol)
    assert solution.completed
    assert solution.steps[0].skipped
    assert sodiation_capacity(solution, 1) == 0
    assert np.isfinite(solution["Voltage [V]"]).all()
