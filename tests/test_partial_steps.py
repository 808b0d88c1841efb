"""What a step reached before the solver failed is kept, with its ending; a current has a limit."""

import json

import numpy as np
import pybamm
import pytest
from command_line import coreshell

from coreshell_model import archive, simulate, summary
from coreshell_model.observables import sodium_balance_error
from coreshell_model.protocol import protocol_from_dict, read_protocol
from coreshell_model.solution import Ending

POWER = "Sodiate at 0.01 mW until lower cut-off"
BACK = "Desodiate at C/20 until upper cut-off"


def protocol(*steps):
    """The shipped formation's basis and window with other steps."""
    data = read_protocol("formation").model_dump()
    words = {"cycles": ({"steps": steps},), "numbers": {}}
    return protocol_from_dict(data | {"name": "other"} | words, "other")


@pytest.fixture(scope="module")
def power():
    return simulate("core_shell", protocol(POWER, BACK))


def test_a_sodiation_at_constant_power_keeps_what_it_reached(power):
    """The cell gives less than 0.01 mW below 0.08 V: 230 mAh/g are in by then, and no sodium is lost."""
    assert power.ending is Ending.SOLVER
    assert [step.ending for step in power.steps] == [Ending.SOLVER]
    voltage, charge = power["Voltage [V]"], power["Specific capacity [mA.h.g-1]"]
    assert voltage[-1] < 0.1
    assert charge[-1] > 200
    assert voltage * power["Current [A]"] == pytest.approx(1e-5, rel=2e-3)
    assert sodium_balance_error(power) < 1e-8
    results = summary(power)
    assert results["First sodiation capacity [mA.h.g-1]"] == pytest.approx(charge[-1])
    assert results["Initial coulombic efficiency"] is None
    assert results["Reversible capacity [mA.h.g-1]"] is None
    assert any("not simulated to its end" in text for text in results["Warnings"])
    assert "only so much power" in results["Ending"]


def test_a_part_of_a_step_is_saved_and_read_back(power, tmp_path):
    archive.save(power, tmp_path)
    again = archive.load(tmp_path / "solution.nc")
    assert again.steps == power.steps
    assert again["Voltage [V]"] == pytest.approx(power["Voltage [V]"])
    assert (
        summary(again)["First sodiation capacity [mA.h.g-1]"]
        == summary(power)["First sodiation capacity [mA.h.g-1]"]
    )


def test_a_step_of_constant_resistance_ends_at_its_limit_of_current():
    """1 Ohm on a fresh cell would draw 2.5 A, 5000 C: the step is past its limit and skipped, not failed."""
    solution = simulate("core_shell", protocol("Sodiate at 1 Ohm for 1 hour", BACK))
    assert solution.steps[0].ending is Ending.SKIPPED
    assert solution.ending is not Ending.SOLVER


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
    solve = pybamm.IDAKLUSolver.step

    def failing(self, old_solution, model, dt, t_eval=None, **others):
        if dt > 10 * 3600:
            raise pybamm.SolverError("made to fail")
        return solve(self, old_solution, model, dt, t_eval, **others)

    monkeypatch.setattr(pybamm.IDAKLUSolver, "step", failing)
    before = "Sodiate at C/20 for 1 hour or until 0.5 V"
    solution = simulate("core_shell", protocol(before, step), level=level)
    assert solution.ending is Ending.SOLVER
    assert "made to fail" in solution.explanation
    last = solution.steps[-1]
    assert last.ending is Ending.SOLVER
    time = solution["Time [s]"][last.points]
    assert (time[-1] - solution["Time [s]"][solution.steps[0].points][-1]) / 3600 == pytest.approx(
        10, rel=1e-3
    )
    assert sodium_balance_error(solution) < 1e-8
    assert np.all(np.diff(time) > 0)


def test_a_long_run_goes_on_from_its_last_whole_cycle(tmp_path):
    """The command leaves with 1, and the cycle that failed is no row."""
    data = protocol(POWER, BACK)
    path = tmp_path / "power.toml"
    import tomli_w

    path.write_text(tomli_w.dumps(data.model_dump(exclude_none=True, mode="json")))
    ended = coreshell("cycle", "core_shell", str(path), "--out", str(tmp_path / "long"), "--json")
    assert ended.code == 1
    assert "solver failed" in json.loads(ended.out)["Ending"]
