"""Protocols as data, and what PyBaMM is told."""

import pybamm
import pytest

from coreshell_model.protocol import changed_protocol, protocol_from_dict, read_protocol
from coreshell_model.simulation import experiment

FORMATION = read_protocol("formation")


def with_steps(*steps):
    return protocol_from_dict(
        FORMATION.model_dump() | {"name": "test", "cycles": ({"repeat": 1, "steps": steps},)}, "test"
    )


def test_formation_is_five_cycles_with_a_hold():
    """C/20 to 5 mV, hold until C/100 or 60 h, C/20 to 2.5 V."""
    cycles = FORMATION.steps_by_cycle()
    assert len(cycles) == 5
    assert cycles[0] == cycles[4]
    assert cycles[0][0].startswith("Discharge at C/20") and cycles[0][0].endswith("until 0.005 V")
    assert cycles[0][1] == "Hold at 0.005 V for 60 hours or until C/100"
    assert cycles[0][2].startswith("Charge at C/20") and cycles[0][2].endswith("until 2.5 V")


def test_formation_without_hold_differs_in_the_hold_alone():
    """Same rates, window and basis."""
    other = read_protocol("formation_without_hold")
    assert [
        tuple(step for step in steps if "Hold" not in step) for steps in FORMATION.steps_by_cycle()
    ] == list(other.steps_by_cycle())
    assert (other.window.lower.si, other.window.upper.si) == (0.005, 2.5)
    assert (FORMATION.window.lower.si, FORMATION.window.upper.si) == (0.005, 2.5)
    assert other.basis.one_c.si == FORMATION.basis.one_c.si == 400.0


def test_the_window_is_what_the_steps_refer_to():
    """Changing the lower cut-off changes the sodiation and its hold."""
    steps = changed_protocol(FORMATION, {"window.lower": "20 mV"}).steps_by_cycle()[0]
    assert steps[0].endswith("until 0.02 V")
    assert steps[1].startswith("Hold at 0.02 V")


@pytest.mark.parametrize(
    ("written", "direction"), [("Sodiate", "discharge"), ("sodiate", "discharge"), ("Desodiate", "charge")]
)
def test_sodiation_is_pybamms_discharge(written, direction):
    """I > 0 sodiates the carbon and lowers the voltage."""
    (step,) = experiment("test", with_steps(f"{written} at C/10 for 2 hours").steps_by_cycle()).steps
    assert step.direction == direction
    assert (step.value > 0) == (direction == "discharge")


@pytest.mark.parametrize(
    "text",
    [
        "Discharge at C/20 for 10 hours",
        "Discharge at 1 mA for 10 minutes or until 0.1 V",
        "Charge at 2C until 2 V",
        "Hold at 1 V for 20 minutes",
        "Hold at 1 V until 0.01 mA",
        "Rest for 10 hours",
        "Discharge at 1 mW for 0.1 hours (1 minute period)",
    ],
)
def test_pybamms_own_step_strings_are_accepted(text):
    """Whatever pybamm.step.string reads is a step, with the same value, duration and ending."""
    (step,) = experiment("test", with_steps(text).steps_by_cycle()).steps
    plain = pybamm.step.string(text)
    assert type(step) is type(plain)
    assert step.value == plain.value
    assert step.termination == plain.termination


@pytest.mark.parametrize(
    ("text", "hours"),
    [("Sodiate at C/20 until 5 mV", 80), ("Charge at 2C until 2 V", 2), ("Hold at 1 V until 0.01 mA", 100)],
)
def test_a_step_without_a_time_gets_a_limit(text, hours):
    """Four times that of its C-rate, else 100 h; PyBaMM alone would fail there."""
    (step,) = experiment("test", with_steps(text).steps_by_cycle()).steps
    assert step.duration == pytest.approx(hours * 3600)
    assert not step.uses_default_duration
