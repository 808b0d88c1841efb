"""A seeded sample of ``benchmarks/recovery.py``."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import recovery

from coreshell_model.infer.fitting import fit

SOME = ("core.clusters.rate", "core.sloping.diffusivity", "shell.trapping.capacity")


@pytest.mark.parametrize("trial", [0, 1])
def test_intervals_from_two_days_at_fixed_times_hold_the_truth(trial, tmp_path):
    """2 mV of noise, three of the eight parameters: of six 95 % intervals in two seeded files all hold it.

    One of six would miss in a quarter of such samples; these files are two that were drawn first. The
    residuals have the noise's size: 1 +- 0.21 are three standard deviations of reduced chi-squared.
    """
    path, truth = recovery.identifiable(np.random.default_rng([1, trial]), tmp_path, SOME)
    result = fit(path, starts=1)
    assert [recovery.holds(one.interval_95, truth[one.path]) for one in result.parameters] == [True] * 3
    assert {one.verdict for one in result.parameters} == {"fixed by the data"}
    assert result.reduced_chi_squared == pytest.approx(1.0, abs=0.21)
