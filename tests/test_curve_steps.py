"""A simulation is read at the steps of a measured curve alone, with the values of the whole run."""

import numpy as np
import pytest

from coreshell_model import simulate
from coreshell_model.infer import curves
from coreshell_model.infer.curves import MeasuredCurve, Piece
from coreshell_model.infer.problem_file import Curve


@pytest.fixture(scope="module")
def run():
    """Five cycles with holds."""
    return simulate("core_shell", "formation")


def curve_of(run, over, cycle, halves):
    """A measured curve of some half-cycles of a cycle, a little longer than the simulated ones."""
    shared = {"material": "core_shell", "protocol": "formation", "of": "voltage", "over": over}
    section = Curve.model_construct(**shared, points=60, noise=0.01, axis_noise=0.1, replay=None)
    if over == "time":
        axis = np.linspace(0.0, 30 * 3600.0 * halves, 40)
        return MeasuredCurve(section, (Piece(None, None, axis, axis * 0 + 1.0, axis * 0 + 0.01),), cycle)
    pieces = [
        Piece(half, half % 2 == 1, axis, axis * 0 + 1.0, axis * 0 + 0.01)
        for half in range(1, halves + 1)
        for axis in [np.linspace(0.0, 430.0, 30)]
    ]
    return MeasuredCurve(section, tuple(pieces), cycle)


@pytest.mark.parametrize("over", ["capacity", "time"])
@pytest.mark.parametrize(("cycle", "halves"), [(1, 1), (1, 2), (2, 2), (2, 3), (4, 1), (5, 2)])
def test_the_values_are_those_of_the_whole_run(run, over, cycle, halves, monkeypatch):
    """To the rounding of a sum of times; fewer steps are read wherever fewer are needed."""
    curve, read = curve_of(run, over, cycle, halves), []
    monkeypatch.setattr(curves, "refined", watched(curves.refined, read))
    found = curve.simulated(run)
    rest = range(curve._first_step(run), len(run.steps))
    monkeypatch.setattr(MeasuredCurve, "_steps", lambda self, solution, halves: rest)
    whole = curve.simulated(run)
    np.testing.assert_allclose(found.values, whole.values, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.sd, whole.sd, rtol=1e-9)
    few, all_of_them = read
    assert few.start == all_of_them.start
    assert len(few) < len(all_of_them) or cycle == 5


def watched(function, calls):
    """The function, which keeps the steps that it is asked for."""

    def call(solution, name, steps):
        calls.append(steps)
        return function(solution, name, steps)

    return call
