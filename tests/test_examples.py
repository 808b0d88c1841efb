"""Each example runs, and its numbers are those the physics expects."""

import runpy
from pathlib import Path

import pytest

from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.reading import read_problem

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_a_reference_electrode_gives_more_capacity_than_polarised_sodium():
    """The counter electrode's overpotential ends the sodiation early, by a few mAh/g."""
    found = runpy.run_path(str(EXAMPLES / "submodels_in_your_own_model.py"))["main"]()
    gain = found["against a reference electrode"] - found["against polarised sodium"]
    assert 1 < gain < 100


def test_a_thicker_shell_traps_more_and_holds_less():
    """Per gram of particle, with trapping as the main loss of the shipped material."""
    found = runpy.run_path(str(EXAMPLES / "shell_thickness.py"))["main"]()
    efficiencies, capacities = zip(*found.values(), strict=True)
    assert list(efficiencies) == sorted(efficiencies, reverse=True)
    assert list(capacities) == sorted(capacities, reverse=True)


def test_the_example_of_a_fit_can_be_evaluated():
    """Its observations are in the reach of its protocols, and no solve fails where it starts."""
    found = Misfit(read_problem(EXAMPLES / "fit_core_shell.toml")).checked()
    assert found.failures == ()
    assert len(found.residuals) == 4
    assert abs(found.residuals).max() < 20


def test_three_materials_that_share_their_carbons_can_be_evaluated_together():
    """Four runs serve 19 observations, no solve fails, and a shared number is where each material has it."""
    misfit = Misfit(read_problem(EXAMPLES / "fit_three_materials.toml"))
    found = misfit.checked()
    assert found.failures == ()
    assert (len(misfit.problem.runs), len(misfit.problem.parameters), len(found.residuals)) == (4, 14, 19)
    assert abs(found.residuals).max() < 20
    parameters = misfit.problem.parameters
    (trapping,) = [free for free in parameters if free.section.path == "shell.trapping.capacity"]
    assert list(trapping.changes("shell", 0.5)) == ["carbon.trapping.capacity"]
    assert trapping.changes("core", 0.5) == {}


def test_pybop_finds_the_numbers_that_made_the_data():
    """By its own problem, cost and optimiser, through the adapter; skipped where PyBOP is not installed."""
    pytest.importorskip("pybop", reason="PyBOP is not installed (extra `pybop`)")
    example = runpy.run_path(str(EXAMPLES / "fit_with_pybop.py"))
    found, truth = example["main"](), example["TRUTH"]
    assert found == pytest.approx(truth, rel=0.02)
