"""A step is read once into a value, from which everything else is asked."""

from dataclasses import FrozenInstanceError

import pytest

from coreshell_model import simulate
from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.data import archive
from coreshell_model.inputs import protocol as protocols
from coreshell_model.inputs import steps
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.inputs.steps import Kind, Terms, read_step, step_from_text

TERMS = Terms(lower=0.005, upper=2.5, start=2.5, one_c=400.0)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        (
            "Sodiate at C/20 for 80 hours or until lower cut-off",
            {"kind": Kind.SODIATE, "rate": 0.05, "duration": 288000, "until_voltage": 0.005},
        ),
        ("desodiate at 20 mA/g until 2 V", {"kind": Kind.DESODIATE, "rate": 0.05, "by_default": True}),
        ("Charge at 0.3 mA for 1 min", {"kind": Kind.DESODIATE, "current": 3e-4, "duration": 60}),
        ("Sodiate at 10 mW for 1 h", {"kind": Kind.SODIATE, "power": 0.01, "rate": None}),
        ("Sodiate at 1000 Ohm for 1 h", {"resistance": 1000, "power": None}),
        ("Hold at 9 mV for 1 h or until C/100", {"kind": Kind.HOLD, "voltage": 0.009, "until_rate": 0.01}),
        ("Hold at 1 V until 10 mA/g", {"until_rate": 0.025, "duration": 360000, "by_default": True}),
        ("Hold at 1 V until 2 mA", {"until_current": 0.002, "until_rate": None}),
        ("Rest for 1 h or until > 1 V", {"kind": Kind.REST, "until_voltage": 1, "rising": True}),
        ("Rest for 1 h or until <1 V (1 min period)", {"rising": False, "period": 60}),
        (
            "Sodiate at C/10 until 50 mAh/g",
            {"capacity": 50, "duration": 4500, "by_default": False, "until_voltage": None},
        ),
        ("Sodiate at C/10 for 1 h or until 50 mAh/g", {"capacity": None, "duration": 3600}),
        (
            "Sweep from open circuit to 5 mV at 0.1 mV/s",
            {"kind": Kind.SWEEP, "start": 2.5, "voltage": 0.005, "scan_rate": 1e-4, "period": 9.98},
        ),
        ("Sweep from 1 V to 2 V at 1 V/s (0.1 s period)", {"duration": 1, "period": 0.1}),
    ],
)
def test_what_is_written_is_read_in_si(written, values):
    """Kind, what is prescribed, what ends it, and from its text the same value again."""
    step = read_step(written, TERMS)
    assert {name: getattr(step, name) for name in values} == values
    assert step_from_text(step.text) == step
    with pytest.raises(FrozenInstanceError):
        step.duration = 1.0


@pytest.mark.parametrize("name", library.names("experiments"))
def test_every_shipped_step_comes_back_from_its_text(name):
    for step in {step for cycle in read_protocol(name).steps_by_cycle() for step in cycle}:
        assert step_from_text(step.text, step.of_full_cell) == step


def test_a_step_is_told_in_the_words_of_its_protocol():
    """With and without what its time stands for; PyBaMM reads the latter."""
    step = read_step("Sodiate at C/10 until 50 mAh/g (1 min period)", TERMS)
    assert step.does == "Discharge at C/10"
    assert step.plain == "Discharge at C/10 for 1.25 hours (1 min period)"
    assert step.text == "Discharge at C/10 for 1.25 hours = 50 mAh/g (1 min period)"
    assert step.words == "Sodiate at C/10 for 1.25 hours = 50 mAh/g (1 min period)"
    assert read_step("Rest for 2 h", TERMS).words == "Rest for 2 h"


@pytest.mark.parametrize(
    "text", ["Discharge at C/10 for 5 hours by default", "Discharge at C/10 for 5 hours = 200 mAh/g"]
)
def test_what_the_program_adds_to_a_text_is_no_word_of_a_protocol(text):
    assert step_from_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        read_step(text, TERMS)


@pytest.mark.parametrize(
    "text",
    [
        *("", "in", "Sodiate at C/10 for 5 hours", "Discharge at C/10 until 1 V"),
        *(
            "Discharge at 20 mA/g for 5 hours",
            "Discharge at C/0 for 5 hours",
            "Sweep from 1 V to 1 V at 0 V/s",
        ),
    ],
)
def test_another_text_is_refused(text):
    """A saved text has PyBaMM's words, always a time, and no number that a step cannot have."""
    with pytest.raises(InputError, match="is no step"):
        step_from_text(text)


def test_no_step_is_read_again_by_a_run_and_once_from_a_saved_one(monkeypatch, tmp_path):
    """One protocol of three steps, written and read back."""
    protocol = protocol_from_dict(
        read_protocol("formation_without_hold").model_dump()
        | {
            "cycles": (
                {"steps": ("Sodiate at C/5 until 50 mAh/g", "Rest for 1 h", "Desodiate at 1C for 1 h")},
            )
        },
        "test",
    )

    def read(*_):
        raise AssertionError("read again")

    with monkeypatch.context() as patch:
        for module, name in ((protocols, "read_step"), (steps, "_matched"), (archive, "step_from_text")):
            patch.setattr(module, name, read)
        solution = simulate("core_shell", protocol)
        archive.save(solution, tmp_path)
    assert archive.load(tmp_path / "solution.nc").steps == solution.steps
    assert [step.asked for step in solution.steps] == [*protocol.steps_by_cycle()[0]]
