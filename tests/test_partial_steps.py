"""What a step reached before the solver failed is kept, with its ending; a current has a limit."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import tomli_w
from command_line import coreshell

from coreshell_model import simulate, summary
from coreshell_model.data import archive
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.run.experiment import KeepingSolver
from coreshell_model.run.simulation import forget_models
from coreshell_model.run.solution import Ending
from coreshell_model.run.stepping import StepModel

POWER = "Sodiate at 0.01 mW until lower cut-off"
TOO_MUCH_WORK = -1
"""What IDA returns where it has taken all its steps."""

BACK = "Desodiate at C/20 until upper cut-off"


def protocol(*steps):
    """The shipped formation's basis and window with other steps."""
    data = read_protocol("formation").model_dump()
    words = {"cycles": ({"steps": steps},), "numbers": {}}
    return protocol_from_dict(data | {"name": "other"} | words, "other")


@pytest.fixture(scope="module")
def power():
    return simulate("core_shell", protocol(POWER, BACK))


def test_a_sodiation_at_constant_power_reaches_its_cut_off(power):
    """Near 0.08 V the cell can give no more than 0.01 mW; the current then grows until the cut-off."""
    assert power.completed
    assert [step.ending for step in power.steps] == [Ending.VOLTAGE, Ending.VOLTAGE]
    points = power.steps[0].points
    voltage, current = power["Voltage [V]"][points], power["Current [A]"][points]
    assert voltage[-1] == pytest.approx(0.005, abs=1e-4)
    assert (voltage * current)[len(voltage) // 2] == pytest.approx(1e-5, rel=1e-3)
    assert sodium_balance_error(power) < 1e-8
    assert summary(power)["First sodiation capacity [mA.h.g-1]"] > 200


@pytest.mark.parametrize("step", ["Sodiate at 1 Ohm for 1 hour", "Sodiate at 100 mW for 1 hour"])
def test_a_step_of_power_or_resistance_ends_at_its_limit_of_current(step):
    """2.5 A or 40 mA from a cell whose 1C is 0.4 mA: it ends at 10C, says so, and the run goes on."""
    solution = simulate("core_shell", protocol(step, BACK))
    assert solution.steps[0].ending is Ending.RATE_LIMIT
    assert solution.ending is not Ending.SOLVER
    assert "10C" in solution.steps[0].ending.value


@pytest.fixture(scope="module")
def failed():
    """A sodiation that the solver leaves after 10 of 40 hours."""
    with pytest.MonkeyPatch.context() as patch:
        fail_after(10, patch)
        return simulate("core_shell", protocol("Sodiate at C/20 for 40 hours", BACK))


def fail_after(hours, monkeypatch):
    """Make the solver fail, with the points so far, in every step that goes on for longer."""
    integrate = StepModel.integrate

    def failing(self, times, points, states, stacked):
        end = times[0] + 3600 * hours
        if times[-1] <= end:
            return integrate(self, times, points, states, stacked)
        times = np.append(times[times < end], end)
        if len(points):
            points = np.append(points[points < end], end)
        found = integrate(self, times, points, states, stacked)
        return SimpleNamespace(t=found.t, y=found.y, yp=found.yp, stats=found.stats, flag=TOO_MUCH_WORK)

    monkeypatch.setattr(StepModel, "integrate", failing)


def test_a_step_that_the_solver_leaves_of_itself_is_kept(monkeypatch):
    """With a single iteration a step: its own reason, and the charge that passed until then."""
    begin = KeepingSolver.__init__

    def short(self, **given):
        once = {"max_nonlinear_iterations": 1, "max_convergence_failures": 1}
        begin(self, **{**given, "options": {**given["options"], **once}})

    monkeypatch.setattr(KeepingSolver, "__init__", short)
    forget_models()
    try:
        solution = simulate("core_shell", protocol("Sodiate at C/20 for 12 hours", BACK))
    finally:
        forget_models()
    assert [step.ending for step in solution.steps] == [Ending.SOLVER]
    assert "(IDA_CONV_FAIL: Convergence test failures" in solution.explanation
    assert 0 < summary(solution)["First sodiation capacity [mA.h.g-1]"] < 240
    assert sodium_balance_error(solution) < 1e-8


def test_results_are_of_what_there_is_and_say_so(failed):
    """10 h at C/20 are 200 mAh/g; no efficiency, no reversible capacity."""
    results = summary(failed)
    assert [step.ending for step in failed.steps] == [Ending.SOLVER]
    assert results["First sodiation capacity [mA.h.g-1]"] == pytest.approx(200, rel=1e-3)
    assert results["First desodiation capacity [mA.h.g-1]"] is None
    assert results["Initial coulombic efficiency"] is None
    assert results["Reversible capacity [mA.h.g-1]"] is None
    assert any("not simulated to its end" in text for text in results["Warnings"])
    assert sodium_balance_error(failed) < 1e-8


def test_a_part_of_a_step_is_saved_and_read_back(failed, tmp_path):
    archive.save(failed, tmp_path)
    again = archive.load(tmp_path / "solution.nc")
    assert again.steps == failed.steps
    assert again["Voltage [V]"] == pytest.approx(failed["Voltage [V]"])
    assert (
        summary(again)["First sodiation capacity [mA.h.g-1]"]
        == summary(failed)["First sodiation capacity [mA.h.g-1]"]
    )


@pytest.mark.parametrize("level", ["particle", "electrode"])
@pytest.mark.parametrize(
    "step",
    [
        "Sodiate at C/20 for 12 hours",
        "Hold at 0.5 V for 12 hours",
        "Rest for 12 hours",
        "Sodiate at 0.001 mW for 12 hours",
    ],
    ids=["current", "hold", "rest", "power"],
)
def test_every_kind_of_step_keeps_what_it_reached_at_both_levels(step, level, monkeypatch):
    """The solver is made to fail after 10 of 12 hours of the second step, of which 10 are kept."""
    if level == "electrode" and step.startswith("Rest"):
        pytest.skip("a rest fails alike at both levels")
    fail_after(10, monkeypatch)
    before = "Sodiate at C/20 for 1 hour or until 0.5 V"
    solution = simulate("core_shell", protocol(before, step), level=level)
    assert solution.ending is Ending.SOLVER
    assert "IDA_TOO_MUCH_WORK" in solution.explanation
    last = solution.steps[-1]
    assert last.ending is Ending.SOLVER
    time = solution["Time [s]"][last.points]
    assert (time[-1] - solution["Time [s]"][solution.steps[0].points][-1]) / 3600 == pytest.approx(
        10, rel=1e-3
    )
    assert sodium_balance_error(solution) < 1e-8
    assert np.all(np.diff(time) > 0)


def test_a_long_run_that_fails_says_so_and_has_no_row_of_the_cycle(tmp_path, monkeypatch):
    path = tmp_path / "fails.toml"
    words = protocol("Sodiate at C/20 for 40 hours", BACK).model_dump(exclude_none=True, mode="json")
    path.write_text(tomli_w.dumps(words))
    fail_after(10, monkeypatch)
    ended = coreshell("cycle", "core_shell", str(path), "--out", str(tmp_path / "long"), "--json")
    assert ended.code == 1
    assert "IDA_TOO_MUCH_WORK" in json.loads(ended.out)["Ending"]
