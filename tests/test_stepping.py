"""Our loop over the steps against PyBaMM's own: the same numbers, to the last digit where both have the same
functions, and within the stated accuracy where a step's numbers are inputs."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from coreshell_model.base import library
from coreshell_model.inputs.protocol import beginning, protocol_from_dict, read_protocol
from coreshell_model.physics.values import FIXED
from coreshell_model.run import cell, stepping
from coreshell_model.run.experiment import as_pybamm
from coreshell_model.run.simulation import Run, forget_models, set_up, simulate
from coreshell_model.run.solution import Ending

LONGEST = 40
"""Cycles of a protocol that are compared."""


def by_pybamm(patched):
    """From now on runs are solved by PyBaMM's loop."""
    forget_models()
    patched.setattr(cell, "steps_by_itself", lambda: False)


def with_numbers(patched):
    """From now on our loop has the numbers of steps, cut-offs and temperature in its functions."""
    forget_models()
    own = Run.cell.fget

    def fixed(run):
        numbers = tuple((name, run.parameters[name]) for name in FIXED)
        return own(replace(run, tables=run.tables + numbers))

    patched.setattr(Run, "cell", property(fixed))
    patched.setattr(stepping, "kind_of", as_pybamm)
    patched.setattr(stepping, "numbers_of", lambda asked: {})


@pytest.fixture
def solved(monkeypatch):
    """A run under a change of how runs are solved, without the words on PyBaMM's own loop."""

    def run(how, *given, **options):
        with monkeypatch.context() as patched, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            how(patched)
            found = simulate(*given, **options)
        forget_models()
        return found

    return run


@pytest.fixture
def both(solved):
    """A run by our loop and by PyBaMM's, of the same functions."""
    return lambda *given, **options: [solved(how, *given, **options) for how in (with_numbers, by_pybamm)]


def assert_same(ours, pybamms):
    """Every state at every point, and what is told of the steps."""
    assert ours.ending is pybamms.ending
    assert ours.explanation == pybamms.explanation
    assert ours.steps == pybamms.steps
    assert len(ours.pybamm.all_ys) == len(pybamms.pybamm.all_ys)
    for name in ("all_ts", "all_ys", "all_yps"):
        series = [getattr(each.pybamm, name) or [] for each in (ours, pybamms)]
        assert all(np.array_equal(one, other) for one, other in zip(*series, strict=True))
    assert ours.pybamm.termination == pybamms.pybamm.termination
    assert [len(each.steps) for each in ours.pybamm.cycles] == [
        len(each.steps) for each in pybamms.pybamm.cycles
    ]
    assert np.array_equal(ours["Voltage [V]"], pybamms["Voltage [V]"])


@pytest.mark.long
@pytest.mark.parametrize("name", library.names("experiments"))
def test_every_shipped_protocol_gives_the_same_states(name, both):
    protocol = read_protocol(name)
    cycles = min(LONGEST, len(protocol.steps_by_cycle()))
    assert_same(*both("core_shell", beginning(protocol, cycles)))


@pytest.mark.parametrize("material", ["core", "cracked_core_shell"])
def test_open_particles_give_the_same_states(material, both):
    assert_same(*both(material, "formation"))


def test_the_electrode_level_gives_the_same_states(both):
    """Its functions work on vectors, and its tables of the electrolyte can be left."""
    assert_same(*both("core_shell", beginning(read_protocol("formation"), 1), level="electrode"))


def steps(*words):
    data = read_protocol("formation").model_dump() | {"name": "test", "cycles": ({"steps": words},)}
    return protocol_from_dict(data, "test")


def test_steps_past_their_limit_are_skipped_alike(both):
    """Also the first of a run, and two in a row between others."""
    ours, pybamms = both(
        "core_shell",
        steps(
            "Desodiate at C/20 until 1 V",
            "Sodiate at C/20 for 2 hours",
            "Desodiate at C/20 until 0.1 V",
            "Desodiate at C/10 until 0.1 V",
            "Sodiate at C/20 for 1 hours",
        ),
    )
    assert [step.skipped for step in ours.steps] == [True, False, True, True, False]
    assert ours.steps == pybamms.steps
    assert ours.explanation == pybamms.explanation
    # PyBaMM maps the states another way after a skipped step, which rounds otherwise.
    assert np.allclose(ours["Voltage [V]"], pybamms["Voltage [V]"], rtol=0, atol=1e-9)


def test_a_step_that_fails_in_its_middle_is_kept_alike(both):
    """A potential that the film's drop does not let it reach at once."""
    ours, pybamms = both("core_shell", steps("Sodiate at C/5 for 1 hours", "Hold at 4.9 V for 1 hours"))
    assert_same(ours, pybamms)


def test_no_time_is_left_alike(both):
    ours, pybamms = both("core_shell", "formation", longest=0.0)
    assert ours.ending is pybamms.ending is Ending.TIMED_OUT
    assert ours.explanation == pybamms.explanation


def test_a_run_goes_on_from_the_end_of_another_cell():
    """Its last states are mapped to the models of the second, which has another list of mechanisms."""
    run = set_up("core_shell", "formation")
    whole = run.through(run.cycles[:2])
    first = run.through(run.cycles[:1])
    forget_models()
    second = run.through(run.cycles[1:2], 2, first.pybamm.last_state)
    assert second["Voltage [V]"][-1] == pytest.approx(whole["Voltage [V]"][-1], abs=1e-6)
    charge = "Specific capacity [mA.h.g-1]"
    assert second[charge][-1] == pytest.approx(whole[charge][-1], abs=1e-3)


def test_the_loop_of_pybamm_goes_on_from_a_state_and_may_have_nothing_to_do(monkeypatch):
    """An hour after another; and a step that is past its limit as the run begins."""
    charge = "Specific capacity [mA.h.g-1]"
    with monkeypatch.context() as patched, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        by_pybamm(patched)
        run = set_up("core_shell", steps("Sodiate at C/20 for 1 hours"))
        first = run.through(run.cycles)
        second = run.through(run.cycles, 2, first.pybamm.last_state)
        skipped = simulate("core_shell", steps("Desodiate at C/20 until 1 V"))
    forget_models()
    assert second[charge][-1] == pytest.approx(2 * first[charge][-1], rel=1e-6)
    assert skipped.pybamm is None and [step.skipped for step in skipped.steps] == [True]


@pytest.mark.long
@pytest.mark.parametrize("name", library.names("experiments"))
def test_numbers_of_steps_as_inputs_keep_the_stated_accuracy(name, solved):
    """Voltage within 0.5 mV along the curve, capacities within 0.05 mAh/g, at a fine tolerance."""
    protocol = beginning(read_protocol(name), min(4, len(read_protocol(name).steps_by_cycle())))
    fine = {"relative_tolerance": 1e-8, "absolute_tolerance": 1e-8}
    inputs = simulate("core_shell", protocol, **fine)
    numbers = solved(with_numbers, "core_shell", protocol, **fine)
    charge = "Specific capacity [mA.h.g-1]"
    assert [step.ending for step in inputs.steps] == [step.ending for step in numbers.steps]
    for one, other in zip(inputs.steps, numbers.steps, strict=True):
        if one.skipped:
            continue
        times = [run["Time [s]"][step.points] for run, step in ((inputs, one), (numbers, other))]
        into = np.linspace(0.01, 0.99, 99) * min(np.ptp(each) for each in times)
        curves = [
            run.pybamm["Voltage [V]"](time[0] + into)
            for run, time in zip((inputs, numbers), times, strict=True)
        ]
        assert np.abs(curves[0] - curves[1]).max() < 5e-4
        ends = inputs[charge][one.points][-1], numbers[charge][other.points][-1]
        assert ends[0] == pytest.approx(ends[1], abs=0.05)


def test_steps_that_differ_in_their_numbers_share_a_model():
    """A rate test has three kinds of step; other rates, another window and another temperature none more."""
    run = set_up("core_shell", "rate_test")
    run.through(run.cycles[:1])
    models = run.cell.stepping._models
    before = len(models)
    changes = {"protocol.window.lower": "20 mV", "cell.temperature": "310 K"}
    other = set_up("core_shell", "rate_test", changes)
    other.through(other.cycles)
    assert other.cell is run.cell
    assert len(models) == before <= 3


def test_two_holds_against_a_reference_are_held_at_their_own_potentials():
    """Regression: they were one step to PyBaMM, and both were held at the first potential."""
    run = simulate(
        "core_shell",
        steps(
            "Sodiate at C/20 until 0.5 V",
            "Hold at 0.5 V against the reference for 1 hours",
            "Hold at 0.3 V against the reference for 1 hours",
        ),
    )
    held = [run["Working electrode against a reference [V]"][step.points][-1] for step in run.steps[1:]]
    assert held == pytest.approx([0.5, 0.3], abs=1e-4)


def test_another_version_of_pybamm_is_solved_by_its_own_loop_and_said(monkeypatch):
    """Where private parts are elsewhere; the same results."""
    once = beginning(read_protocol("formation"), 1)
    expected = simulate("core_shell", once)
    forget_models()
    monkeypatch.delattr("pybamm.BaseModel.build_initial_state_mapper")
    assert not cell.steps_by_itself()
    monkeypatch.undo()
    by_pybamm(monkeypatch)
    with pytest.warns(UserWarning, match="whose own loop is used"):
        found = simulate("core_shell", once)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        simulate("core_shell", once, {"shell.thickness": "12 nm"})
    forget_models()
    charge = "Specific capacity [mA.h.g-1]"
    assert found[charge][-1] == pytest.approx(expected[charge][-1], abs=0.05)
