"""Protocols as data, and what PyBaMM is told."""

import pybamm
import pytest
from reference_carbon import reference_carbon

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import sources
from coreshell_model.inputs.protocol import changed_protocol, protocol_from_dict, read_protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.observe.quantities import summary
from coreshell_model.observe.rates import rate_blocks
from coreshell_model.run.experiment import RateLimit, experiment
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Ending

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
    sodiation, hold, desodiation = cycles[0]
    assert (sodiation.kind, sodiation.rate, sodiation.until_voltage) == (Kind.SODIATE, 0.05, 0.005)
    assert hold.text == "Hold at 0.005 V for 60 hours or until C/100"
    assert (hold.kind, hold.voltage, hold.duration, hold.until_rate) == (Kind.HOLD, 0.005, 216000, 0.01)
    assert (desodiation.kind, desodiation.rate, desodiation.until_voltage) == (Kind.DESODIATE, 0.05, 2.5)


def test_formation_without_hold_differs_in_the_hold_alone():
    """Same rates, window and basis."""
    other = read_protocol("formation_without_hold")
    assert [
        tuple(step for step in steps if step.kind is not Kind.HOLD) for steps in FORMATION.steps_by_cycle()
    ] == list(other.steps_by_cycle())
    assert (other.window.lower.si, other.window.upper.si) == (0.005, 2.5)
    assert (FORMATION.window.lower.si, FORMATION.window.upper.si) == (0.005, 2.5)
    assert other.basis.one_c.si == FORMATION.basis.one_c.si == 400.0


def test_the_window_is_what_the_steps_refer_to():
    """Changing the lower cut-off changes the sodiation and its hold."""
    steps = changed_protocol(FORMATION, {"window.lower": "20 mV"}).steps_by_cycle()[0]
    assert steps[0].until_voltage == 0.02
    assert steps[1].voltage == 0.02


@pytest.mark.parametrize(
    ("written", "direction"), [("Sodiate", "discharge"), ("sodiate", "discharge"), ("Desodiate", "charge")]
)
def test_sodiation_is_pybamms_discharge(written, direction):
    """I > 0 sodiates the carbon and lowers the voltage."""
    (step,) = experiment(with_steps(f"{written} at C/10 for 2 hours").steps_by_cycle()).steps
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
    (step,) = experiment(with_steps(text).steps_by_cycle()).steps
    plain = pybamm.step.string(text)
    assert isinstance(step, type(plain))
    assert step.value == plain.value
    limits = [term for term in step.termination if not isinstance(term, RateLimit)]
    assert [(type(term), term.value) for term in limits] == [
        (type(term), term.value) for term in plain.termination
    ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("Sodiate at C/20 until 5 mV", 80), ("Charge at 2C until 2 V", 2), ("Hold at 1 V until 0.01 mA", 100)],
)
def test_a_step_without_a_time_gets_a_limit(text, hours):
    """Four times that of its C-rate, else 100 h; PyBaMM alone would fail there."""
    (step,) = experiment(with_steps(text).steps_by_cycle()).steps
    assert step.duration == pytest.approx(hours * 3600)
    assert not step.uses_default_duration


def test_a_step_that_the_programs_own_time_limit_ended_is_told():
    """A hold until a current that it never falls to: in ending, words and warnings."""
    run = simulate("core_shell", with_steps("Sodiate at C/20 until 5 mV", "Hold at 5 mV until 1e-9 mA"))
    assert [step.ending for step in run.steps] == [Ending.VOLTAGE, Ending.DEFAULT_TIME]
    told = "cycle 1, step 2 (Hold at 5 mV for 100 hours by default or until 1e-9 mA)"
    assert told in run.explanation and "completed: every step" not in run.explanation
    assert [told in warning for warning in summary(run)["Warnings"]] == [True]


@pytest.mark.parametrize(("word", "sign"), [("Sodiate", 1), ("Desodiate", -1)])
def test_a_run_that_fails_names_the_step_in_the_words_of_its_protocol(word, sign):
    """A current far beyond what the cell carries takes the voltage out of the model's range."""
    run = simulate("core_shell", with_steps(f"{word} at 1 A for 1 hours"))
    assert not run.completed
    assert f"step 1 ({word} at 1 A for 1 hours)" in run.explanation


def test_a_time_that_the_protocol_states_is_a_condition_of_it():
    """The same hold for a stated time."""
    run = simulate("core_shell", with_steps("Hold at 1 V for 1 hours or until 1e-9 mA"))
    assert [step.ending for step in run.steps] == [Ending.TIME]
    assert run.explanation == Ending.COMPLETED.value
    assert summary(run)["Warnings"] == []


@pytest.mark.parametrize(
    ("text", "hours", "rate"),
    [
        ("Sodiate at C/20 until 100 mAh/g", 5, 0.05),
        ("Desodiate at 20 mA/g until 100 mAh/g or until 2 V", 5, -0.05),
        ("Sodiate at 0.04 A/g for 2 hours or until 100 mAh/g", 2, 0.1),
    ],
)
def test_a_limit_in_capacity_is_the_time_in_which_the_rate_reaches_it(text, hours, rate):
    """100 mAh/g at C/20 of 400 mA/g; a shorter time that is stated comes first."""
    (step,) = experiment(with_steps(text).steps_by_cycle()).steps
    assert step.duration == pytest.approx(3600 * hours, rel=1e-12)
    assert step.value == pytest.approx(rate, rel=1e-12)


def test_a_capacity_ends_a_step_and_counts_from_its_start():
    """Twice 50 mAh/g in, then 30 out."""
    protocol = with_steps(
        "Sodiate at C/10 until 50 mAh/g", "Sodiate at C/5 until 50 mAh/g", "Desodiate at 1C until 30 mAh/g"
    )
    run = simulate(reference_carbon(), protocol)
    ends = [run["Specific capacity [mA.h.g-1]"][step.points.stop - 1] for step in run.steps]
    assert ends == pytest.approx([50, 100, 70], rel=1e-6)  # the solver's tolerance
    assert [step.ending for step in run.steps] == [Ending.CAPACITY] * 3


def test_equal_steps_are_one_model_however_often_a_loop_repeats_them():
    """PyBaMM builds one model for steps that differ in their time alone: two rates, a hold and a rest."""
    steps = read_protocol("gitt").steps_by_cycle()
    built = experiment(steps)
    assert len(built.steps) == 2 * 3 + 4 * 45
    assert len(built.unique_steps) == len({step for cycle in steps for step in cycle}) - 2 == 4


def test_a_loop_repeats_its_steps_within_a_cycle():
    """And loops may stand in loops."""
    inner = {"repeat": 2, "steps": ("Rest for 2 hours",)}
    steps = with_steps(
        {"repeat": 2, "steps": ("Rest for 1 hours", inner)}, "Rest for 3 hours"
    ).steps_by_cycle()
    assert [step.duration / 3600 for step in steps[0]] == [1, 2, 2, 1, 2, 2, 3]


@pytest.mark.parametrize("name", library.names("experiments"))
def test_every_shipped_protocol_says_how_sodiation_ends_and_where_its_numbers_come_from(name):
    """And is read back from what it says."""
    protocol = read_protocol(name)
    assert protocol.end_of_sodiation
    assert all(number.source for number in sources(protocol).values())
    assert protocol_from_dict(protocol.model_dump(), name) == protocol


def test_rate_test_is_five_cycles_at_each_rate_and_back():
    """C/20, C/10, C/5, C/2, 1C, 2C, 5C, C/20."""
    blocks = rate_blocks(read_protocol("rate_test"))
    assert [block.label for block in blocks] == ["C/20", "C/10", "C/5", "C/2", "1C", "2C", "5C", "C/20"]
    assert {len(block.cycles) for block in blocks} == {5}


def test_cycle_life_is_fifty_cycles_between_five_and_five():
    """C/20, C/2, C/20; how many follow the first at C/2 is a number of the protocol."""
    protocol = read_protocol("cycle_life")
    assert [(block.label, len(block.cycles)) for block in rate_blocks(protocol)] == [
        ("C/20", 5),
        ("C/2", 50),
        ("C/20", 5),
    ]
    longer = changed_protocol(protocol, {"numbers.cycles": "499", "numbers.rate": "1"})
    assert [(block.label, len(block.cycles)) for block in rate_blocks(longer)] == [
        ("C/20", 5),
        ("1C", 500),
        ("C/20", 5),
    ]


def test_a_number_is_written_in_the_steps_that_name_it():
    """6 mV/min is 0.1 mV/s."""
    protocol = read_protocol("cyclic_voltammetry")
    assert (
        changed_protocol(protocol, {"numbers.scan_rate": "6 mV/min"}).steps_by_cycle()
        == protocol.steps_by_cycle()
    )
    down, up = changed_protocol(
        protocol, {"numbers.scan_rate": "1 mV/s", "start.potential": "2 V"}
    ).steps_by_cycle()[0]
    assert (down.start, down.voltage, down.scan_rate) == (2, 0.005, 0.001)
    assert (up.start, up.voltage, up.scan_rate) == (0.005, 2.5, 0.001)


REST, HELD = "Rest for 1 hours", ("Hold at 1 V for 1 hours", "Desodiate at C/20 until upper cut-off")
INTO = "Sodiate at C/20 until lower cut-off"


@pytest.mark.parametrize(
    ("lower", "upper", "start", "steps", "allowed"),
    [
        (0.005, 1.25, 2.24, (INTO,), True),
        (0.005, 1.25, 2.25, (REST,), False),
        (0.005, 1.25, 2.5, (INTO,), False),
        (0.005, 1.25, 2.5, HELD, True),
        (0.005, 1.25, 2.5, ("Desodiate at C/20 until upper cut-off", REST), False),
        (1.25, 2.0, 0.26, (REST,), True),
        (1.25, 2.0, 0.25, (REST,), False),
        (1.25, 2.0, 0.1, (INTO, "Hold at lower cut-off for 1 hours"), True),
        (1.25, 2.0, 0.1, (INTO, "Desodiate at C/20 until upper cut-off"), False),
    ],
)
def test_a_cell_starts_less_than_a_volt_beyond_its_window_unless_a_hold_brings_it_there(
    lower, upper, start, steps, allowed
):
    """What is allowed begins; a step that is skipped does not count."""
    numbers = {"lower": lower, "upper": upper}
    window = {name: {"value": value, "unit": "V", "source": "x"} for name, value in numbers.items()}
    data = FORMATION.model_dump() | {
        "window": window,
        "start": {"potential": {"value": start, "unit": "V", "source": "x"}},
        "cycles": ({"repeat": 1, "steps": steps},),
    }
    if not allowed:
        end = "upper" if start > upper else "lower"
        with pytest.raises(InputError, match=rf"start.potential is .* not within 1 V of window.{end}"):
            protocol_from_dict(data, "test")
        return
    run = simulate(reference_carbon(), protocol_from_dict(data, "test"))
    assert "non-positive" not in run.explanation


@pytest.mark.parametrize("material", ["core_shell", "core"])
def test_a_sweep_starts_at_open_circuit_without_current_and_follows_its_ramp(material):
    """0.1 mV/s down and up; the double layer is charged by the sweep, not by a jump at its start."""
    run = simulate(material, "cyclic_voltammetry", {"protocol.numbers.later_cycles": "1"})
    time, voltage = run["Time [s]"], run["Voltage [V]"]
    assert voltage[0] == pytest.approx(2.5, abs=1e-9)
    assert abs(run["Specific current [A.kg-1]"][0]) < 1e-9
    assert [step.ending for step in run.steps] == [Ending.SWEPT] * 4
    for step, slope, start in zip(run.steps, (-1e-4, 1e-4) * 2, (2.5, 0.005) * 2, strict=True):
        since = time[step.points] - time[step.points][0]
        assert voltage[step.points] == pytest.approx(start + slope * since, abs=1e-5)  # interpolated
    assert sodium_balance_error(run) < 1e-8
