"""Intervals are one thing: equal draws give equal ones whichever command asks, each by its stated width."""

import ast
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coreshell_model
from coreshell_model.base.intervals import as_columns, interval, interval_in_words, levels_of, shown_interval
from coreshell_model.base.tables import markdown_table
from coreshell_model.checks.claim_runs import band_of
from coreshell_model.checks.posterior_draws import drawn
from coreshell_model.design.bands import assumed, bands
from coreshell_model.design.problem import SOLVED, problem
from coreshell_model.design.results import sweep_of
from coreshell_model.design.space import Axis
from coreshell_model.infer.draws import Posterior
from coreshell_model.infer.loss_shares import LossShares
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.prediction import DrawnRun, HalfCycle, Prediction, curve_bands
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.inputs.ensemble import assumed_ends
from coreshell_model.inputs.material import read_material

SEEN = "Initial coulombic efficiency"
PATH = "sei.steps.2.charge"
RNG = np.random.default_rng(7)
VALUES = RNG.uniform(1.0, 5.0, 30)
WEIGHTS = RNG.uniform(0.2, 1.0, 30)
WEIGHTS /= WEIGHTS.sum()


def posterior():
    """Thirty draws of one number, of uneven weights."""
    given = FreeParameter(path=PATH, shared=("core_shell",), unit="mAh/m2", lower=0.5, upper=6)
    free = Free(PATH, ("core_shell",), given, 1.0)
    materials = {"core_shell": read_material("core_shell")}
    return Posterior("one", (free,), materials, VALUES[:, None], WEIGHTS, np.zeros(30), {})


def stated():
    """By command, the intervals that it states of the drawn number itself."""
    table = posterior()
    halves = [(HalfCycle(True, 1.0, np.full(201, value)),) for value in VALUES]
    runs = tuple(DrawnRun({SEEN: value}) for value in VALUES)
    curves = curve_bands(halves, WEIGHTS).iloc[0]
    (parameter,) = table.summary()
    (band,) = bands(
        problem("core_shell", "design", observables=[SEEN]),
        (Axis("thickness", "nm", 2.0, 20.0),),
        pd.DataFrame({"Shell thickness [nm]": [9.0]}),
        table.ensemble("core_shell", 30),
        (),
        the_number_itself,
    )
    claims = drawn(table, 30).alternatives([read_material("core_shell")])
    return {
        "posterior": parameter,
        "predict": Prediction("m", "p", {}, WEIGHTS, runs).band(SEEN),
        "losses": LossShares("m", "p", WEIGHTS, VALUES, {"SEI": VALUES}, 0.0, ()).record()[
            "Shares of the loss"
        ]["SEI"],
        "curves": {
            f"{width} % interval": [curves[f"Voltage, {width} % {side} [V]"] for side in ("from", "to")]
            for width in (68, 95)
        },
        "design": {"95 % interval": list(band.ranges[SEEN])},
        "validate": {"90 % interval": list(band_of(claims, 0.0, claims.values[:, 0].tolist()).ends)},
    }


def the_number_itself(shared, points):
    """A sweep that observes what is drawn."""
    labels = [axis.label for axis in points.axes]
    rows = [
        {"Point": place, **dict(zip(labels, row, strict=True)), "Ending": SOLVED, "Reason": "", SEEN: row[-1]}
        for place, row in enumerate(points.values)
    ]
    return sweep_of(rows, points, {"Observables": [SEEN]})


WHO = {
    68: ("posterior", "predict", "losses", "curves"),
    95: ("posterior", "predict", "losses", "curves", "design"),
    90: ("losses",),
}


@pytest.mark.parametrize("width", WHO)
def test_equal_draws_give_equal_intervals_whichever_command_asks(width):
    """To rounding, under the same name, and as the engine has them; the band of claims is of drawn rows."""
    found = stated()
    for command in WHO[width]:
        ends = found[command][f"{width} % interval"]
        assert ends == pytest.approx(interval(VALUES, WEIGHTS, width), rel=1e-12), command
    claims = drawn(posterior(), 30).alternatives([read_material("core_shell")])
    wanted = interval(claims.values[:, 0], claims.weights, 90)
    assert found["validate"]["90 % interval"] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(("width", "ends"), [(68, (0.16, 0.84)), (90, (0.05, 0.95)), (95, (0.025, 0.975))])
def test_an_interval_is_as_wide_as_it_is_called_and_central(width, ends):
    """Of a thousand equal draws that fill the numbers from 0 to 1."""
    draws = (np.arange(1000) + 0.5) / 1000
    assert levels_of(width) == pytest.approx(ends)
    assert interval(draws, np.ones(1000), width) == pytest.approx(ends)


def test_claims_and_designs_take_draws_by_weight_alike():
    """A draw that has half of the weight is half of the draws of both, and a light one may be missing."""
    table = posterior()
    table.weights[:] = 0.5 / 29
    table.weights[4] = 0.5
    claims = drawn(table, 20).alternatives([read_material("core_shell")])
    for ensemble in (table.ensemble("core_shell", 20), claims):
        heavy = ensemble.values[:, 0] == VALUES[4]
        assert ensemble.weights[heavy].sum() / ensemble.weights.sum() == pytest.approx(0.5, abs=0.05)
        assert len(ensemble) < 20


def test_assumed_ranges_have_the_same_ends_in_a_run_a_claim_and_a_design():
    """Without weights an interval is from end to end, and none where an end gives no number."""
    cracked = read_material("cracked_core_shell")
    ends = assumed_ends([cracked])
    assert assumed(problem("cracked_core_shell", "design"), ()).changes == ends.changes
    assert ends.weights is None and len(ends) == 4
    assert ends.values[[0, -1]].tolist() == [[14.0, 0.2], [50.0, 0.41]]
    assert interval([3.0, 1.0, 2.0]) == band_of(ends, 3.0, [1.0, 2.0]).ends == (1.0, 3.0)
    assert interval([3.0, None, 2.0]) is None and interval([]) is None


def test_how_an_interval_is_written():
    """One text, a dash for an open side; a column an end in CSV; in a sentence with its unit."""
    assert shown_interval((1.23456, None)) == "1.235 to –"
    assert shown_interval(None) == "–"
    row = as_columns({"Median": 2.0, "68 % interval": [1.0, 3.0], "Draws": 4})
    assert row == {"Median": 2.0, "68 % from": 1.0, "68 % to": 3.0, "Draws": 4}
    words = [interval_in_words(ends, "nm") for ends in ((1.0, 2.0), (1.0, None), (None, 2.0), (None, None))]
    assert words == ["1 to 2 nm", "from 1 nm", "up to 2 nm", "open on both sides"]


def test_a_bar_in_a_cell_does_not_break_its_row():
    """As many cells as the head has."""
    assert markdown_table(("a", "b"), [("x|y", 1)]) == ["| a | b |", "|---|---|", "| x,y | 1 |"]


def texts(module):
    """Texts of the code but for docstrings, with parts of f-strings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_no_other_file_names_an_interval_or_rules_a_table():
    """The levels, their names and the lines of Markdown stand once."""
    package = Path(coreshell_model.__file__).parent
    wrong = [
        f"{path.name}: {text!r}"
        for path in package.rglob("*.py")
        for text in texts(path)
        for own, part in (
            ("intervals.py", r"% interval\b"),
            ("intervals.py", " % from"),
            ("tables.py", r"\|---"),
        )
        if re.search(part, text) and path != package / "base" / own
    ]
    assert not wrong
