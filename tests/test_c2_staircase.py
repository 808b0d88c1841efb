"""What falls step by step at C/2, and what cannot; the candidates of ``benchmarks/c2_staircase.py``."""

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import c2_staircase as study
from staircase_mechanisms import competing_rate, rise_rate

from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.physics.storage.clusters import equilibrium_filling

BY_NAME = {each.name: each for each in study.candidates()}
SHIPPED = BY_NAME["shipped"]


@pytest.fixture(scope="module")
def shipped():
    """Rate test and cycle life of the set by hand, without a hold."""
    life = study.charges(SHIPPED, study.cycle_life(SHIPPED))
    return study.measures(SHIPPED, study.charges(SHIPPED, study.rate_test(SHIPPED)), life), life


def test_the_shipped_candidate_runs_the_shipped_protocols():
    """The same steps, so that the study is one of the shipped protocols."""
    for name, steps in (("rate_test", study.rate_test(SHIPPED)), ("cycle_life", study.cycle_life(SHIPPED))):
        shipped = read_protocol(name).steps_by_cycle()
        as_fraction = [[step.text.replace("0.5C", "C/2") for step in cycle] for cycle in shipped]
        assert [[step.text for step in cycle] for cycle in steps.steps_by_cycle()] == as_fraction


@pytest.mark.parametrize("name", [*study.TARGETS])
def test_the_set_by_hand_agrees_with_the_measured_rate_test_and_cycle_life(shipped, name):
    """Appel et al., main text; the settled value, given without an uncertainty, within 16 as the first."""
    value, uncertainty = study.TARGETS[name]
    assert shipped[0][name] == pytest.approx(value, abs=uncertainty)


def test_capacity_falls_cycle_by_cycle_after_a_slow_sodiation(shipped):
    """Clusters filled at C/20 give their sodium back over several C/2 cycles: ever smaller falls."""
    falls = -np.diff(shipped[1][5:12, 1])
    assert (falls > 0).all()
    assert (np.diff(falls) < 0).all()
    assert shipped[0]["steps"] >= 3


def test_more_comes_out_than_goes_in_while_the_capacity_falls(shipped):
    """The signature of this reading: efficiencies above 100 %, which end with the fall."""
    life = shipped[1]
    efficiency = life[6:55, 1] / life[6:55, 0]
    assert efficiency[0] > 1.2
    assert efficiency[-1] == pytest.approx(1, abs=0.005)


@pytest.mark.parametrize("hold", ["no rate", "every rate"])
def test_capacity_does_not_fall_from_an_emptied_particle(hold):
    """A cycle that starts with more sodium everywhere ends with more, so from empty, desodiations only rise.

    1 mAh/g covers what is not ordered: the film grows, and the voltage that ends a step has its drop in it.
    """
    candidate = replace(SHIPPED, hold=hold, half="sodiation")
    cycles = [
        *study.block(candidate, "C/20", 2),
        *study.block(candidate, "C/2", 10),
    ]
    out = study.charges(candidate, study.protocol("emptied", cycles))[2:, 1]
    assert out.min() > out[0] - 1
    assert abs(out[-1] - out[0]) < 0.05 * out[-1]


def documented(label):
    """Columns of a candidate's row in docs/staircase.md, as texts."""
    page = (Path(__file__).parents[1] / "docs" / "staircase.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| {label} |")]
    return [cell.strip() for cell in row.strip("| ").split(" | ")]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("shipped", "**after a C/20 sodiation** (by hand)"),
        ("counter_resistance, held at C/20", "(i) held at C/20"),
        ("slow_clusters", "(ii) slow clusters block fast ones"),
    ],
)
def test_a_candidate_gives_the_numbers_that_the_study_documents(name, label):
    """Capacities within 1 mAh/g and the misfit within 0.1: each set is judged where it was fitted."""
    candidate = BY_NAME[name]
    found = study.measures(candidate, *study.both_tests(candidate))
    row = documented(label)
    for column, place in (("C/20", 2), ("C/2 first", 5), ("C/2 last", 6)):
        assert found[column] == pytest.approx(float(row[place]), abs=1.0)
    assert (study.misses(found) ** 2).sum() == pytest.approx(float(row[10]), abs=0.1)


def test_competing_clusters_rest_where_each_alone_would():
    """Both at rest at the shares exp(-(U - U_k)/w)/(1 + sum), whatever their rates: detailed balance."""
    potential, width, centres = 0.08, 0.02, (0.06, 0.1)
    weights = [np.exp(-(potential - centre) / width) for centre in centres]
    fast, slow = (weight / (1 + sum(weights)) for weight in weights)
    limits = [equilibrium_filling(potential, centre, width) for centre in centres]
    assert competing_rate(fast, slow, limits[0], 1e-3) == pytest.approx(0, abs=1e-18)
    assert competing_rate(slow, fast, limits[1], 1e-5) == pytest.approx(0, abs=1e-20)


def test_a_resistance_rises_a_hundred_times_slower_at_c_over_20_and_ends():
    """The rise goes with the square of the current and stops at its final value."""
    assert rise_rate(0.2, 2.2, 1e4) == pytest.approx(100 * rise_rate(0.2, 0.22, 1e4), rel=1e-12)
    assert rise_rate(1.0, 2.2, 1e4) == 0


@pytest.mark.parametrize(
    ("mechanism", "added"),
    [
        ("RisingSodiumMetal", {"Risen resistance [Ohm.m2]": 0.0, "Rise time [s]": 1e4}),
        ("CompetingClusters", {"Slow cluster rate [s-1]": 1e-20, "Slow cluster potential shift [V]": 0.0}),
        ("ConditionedClusters", {"Conditioning gain": 0.0, "Conditioning time [s]": 1e5}),
    ],
)
def test_a_candidate_without_its_effect_is_the_shipped_model(mechanism, added):
    """No resistance, no slow kind, no gain: the same charges, to the 0.05 mAh/g of the solver."""
    candidate = replace(SHIPPED, mechanism=mechanism, added=added)
    steps = study.protocol("two cycles", study.block(SHIPPED, "C/2", 2, "C/20"))
    assert study.charges(candidate, steps) == pytest.approx(study.charges(SHIPPED, steps), abs=0.05)


@pytest.mark.parametrize(
    ("mechanism", "added"),
    [
        ("CompetingClusters", {"Slow cluster rate [s-1]": 5e-5, "Slow cluster potential shift [V]": 0.1}),
        ("ConditionedClusters", {"Conditioning gain": 10.0, "Conditioning time [s]": 5e4}),
    ],
)
def test_sodium_is_conserved_by_the_candidates(mechanism, added):
    """Charge passed against sodium counted, over two cycles: below 1e-8 of the charge."""
    candidate = replace(SHIPPED, mechanism=mechanism, added=added)
    steps = study.protocol("two cycles", study.block(SHIPPED, "C/2", 2, "C/20"))
    assert sodium_balance_error(study.solved(candidate, steps)) < 1e-8
