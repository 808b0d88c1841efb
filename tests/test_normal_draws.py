"""Draws from the normal distribution about a best fit, and the way from a curve to a band of a rate test."""

from types import SimpleNamespace

import numpy as np
import pytest
from synthetic import scalar

from coreshell_model.base.errors import InputError
from coreshell_model.infer.draws import read_posterior, write_posterior
from coreshell_model.infer.noise import Noise
from coreshell_model.infer.normal_draws import DRAWS, normal_draws
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import FreeParameter, ProblemFile
from coreshell_model.inputs.material import read_material

CORRELATION = 0.6


def free(path, lower, upper, scale, unit):
    section = FreeParameter(
        path=path, shared=["core_shell"], lower=lower, upper=upper, scale=scale, unit=unit, start=None
    )
    return Free(path, ("core_shell",), section, lower)


def fitted(value, sd, section):
    return SimpleNamespace(value=value, sd=sd, scale=section.scale, lower=section.lower, upper=section.upper)


@pytest.fixture
def problem():
    """Two parameters, one of them logarithmic, far from their bounds."""
    parameters = (
        free("core.sloping.capacity", 50.0, 400.0, "linear", "mAh/g"),
        free("core.clusters.rate", 1e-8, 1e-1, "log", "1/s"),
    )
    material = read_material("core_shell")
    return SimpleNamespace(
        name="p",
        parameters=parameters,
        materials={"core_shell": material},
        file=ProblemFile.model_validate(
            {"parameters": [each.section for each in parameters], "observations": [scalar("ICE", 0.8, 0.01)]}
        ),
        data=100,
        curves=(),
    )


def result(problem, sd=(5.0, 0.5), values=(200.0, 1e-4), withheld=False, correlation=CORRELATION):
    """A finished fit, with standard deviations in mAh/g and of the logarithm."""
    parameters = [
        fitted(value, width, each.section)
        for value, width, each in zip(values, sd, problem.parameters, strict=True)
    ]
    return SimpleNamespace(
        parameters=tuple(parameters),
        correlations=((1.0, correlation), (correlation, 1.0)),
        chi_squared=90.0,
        completed=True,
        first=None,
        inflation=1.0,
        quality=SimpleNamespace(withheld=withheld, described=True, noise=Noise(1.0)),
    )


def test_draws_have_values_widths_and_correlation_of_the_fit(problem):
    """Of the logarithm where the parameter is logarithmic."""
    posterior = normal_draws(problem, result(problem), count=20_000, seed=3)
    capacity, rate = posterior.values[:, 0], np.log(posterior.values[:, 1])
    assert capacity.mean() == pytest.approx(200, abs=0.2) and capacity.std() == pytest.approx(5, rel=0.03)
    assert rate.mean() == pytest.approx(np.log(1e-4), abs=0.02) and rate.std() == pytest.approx(0.5, rel=0.03)
    assert np.corrcoef(capacity, rate)[0, 1] == pytest.approx(CORRELATION, abs=0.02)
    assert posterior.chi_squared.mean() == pytest.approx(90 + 2, abs=0.1)


def test_what_the_data_leave_open_is_spread_between_the_bounds(problem):
    """A number without a standard deviation, and one whose best fit is on its bound: never beyond either."""
    posterior = normal_draws(problem, result(problem, sd=(None, 0.5), values=(50.0, 1e-4), correlation=0.0))
    capacity = posterior.values[:, 0]
    assert len(capacity) == DRAWS and capacity.min() >= 50 and capacity.max() <= 400 and capacity.std() > 30


def test_a_fit_that_describes_nothing_gives_no_draws(problem):
    """Its standard deviations are withheld."""
    with pytest.raises(InputError, match="--discrepancy"):
        normal_draws(problem, result(problem, withheld=True))


def test_the_table_says_what_its_draws_assume(problem, tmp_path):
    """After it was read from its file, as `predict` does."""
    write_posterior(normal_draws(problem, result(problem)), tmp_path / "posterior.csv")
    again = read_posterior(tmp_path)
    assert len(again) == DRAWS and "normal distribution" in again.misfit[0]
    assert np.array_equal(normal_draws(problem, result(problem)).values, again.values)
