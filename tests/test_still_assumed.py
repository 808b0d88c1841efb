"""What is said of a material once numbers of it are fitted: no longer that it is no measured sample."""

from types import SimpleNamespace

import numpy as np
import pytest
from command_line import coreshell

from coreshell_model.base.quantity import Quantity
from coreshell_model.infer.assemble import fitted_materials
from coreshell_model.infer.draws import Posterior, write_posterior
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.infer.still_assumed import caution_after_fit
from coreshell_model.inputs.copied import copied_material
from coreshell_model.inputs.material import read_material, sources

CAPACITY = "carbon.sloping.capacity"
GENERIC = "no measured sample"


@pytest.fixture
def copy(tmp_path):
    """A copy of the generic hard carbon, as `materials new` writes it."""
    path = tmp_path / "mine.toml"
    path.write_text(copied_material("mine", "hard_carbon"), encoding="utf-8")
    return read_material(str(path))


def named(caution):
    """The numbers that a caution counts: a path is one, a section has its number in brackets."""
    listed = caution.split(" are ", 1)[1].partition(" (`")[0].split(", ")
    return sum(int(each.partition("(")[2].removesuffix(")") or 1) for each in listed)


def test_a_fitted_material_says_which_numbers_are_still_assumed(copy):
    """The number that was fitted is none of them, and nothing is said of the material that it began with."""
    assert GENERIC in copy.caution
    assumed = [path for path, number in sources(copy).items() if "assumed" in number.source]
    anothers = [path for path, n in sources(copy).items() if ": fitted" in n.source]
    before, after = caution_after_fit(copy, {"nothing.fitted"}), caution_after_fit(copy, {CAPACITY})
    assert CAPACITY in assumed and GENERIC not in after and "hard_carbon" not in after
    assert named(before) == len({*assumed, *anothers}) and named(after) == named(before) - 1
    assert after.startswith(
        "after a fit of 1 number, still assumed, or those of another carbon, are particle (2), "
    )
    assert caution_after_fit(copy.model_copy(update={"caution": after}), {CAPACITY}) == after


def test_a_measured_number_is_no_assumed_one(copy):
    """As the external area from sorption; a number alone in its section is named by its path."""
    area = Quantity(value=9.0, unit="m2/g", source="measured: N2 adsorption")
    particle = copy.particle.model_copy(update={"external_area": area})
    after = caution_after_fit(copy.model_copy(update={"particle": particle}), {CAPACITY})
    assert " are particle.roughness, " in after


def test_a_caution_of_ones_own_stays_and_a_material_without_one_gets_none(copy):
    own = copy.model_copy(update={"caution": "the sample was wet"})
    assert caution_after_fit(own, {CAPACITY}).startswith("the sample was wet; after a fit of 1 number, ")
    assert caution_after_fit(read_material("core_shell"), {"core.sloping.capacity"}) is None


def free_capacity():
    """The sloping capacity of the copy as a free parameter."""
    section = FreeParameter(
        path=CAPACITY, shared=("mine",), lower=50.0, upper=400.0, scale="linear", unit="mAh/g", start=None
    )
    return Free(CAPACITY, ("mine",), section, 170.0)


def test_the_file_of_a_fitted_material_has_that_caution(copy):
    """And a number that was fitted is still none of the assumed ones when that file is fitted again."""
    fitted = SimpleNamespace(
        value=180.0, unit="mAh/g", interval_95=(170.0, 190.0), verdict="fixed by the data"
    )
    problem = SimpleNamespace(name="mine_fit", materials={"mine": copy}, parameters=(free_capacity(),))
    (material,) = fitted_materials(problem, (fitted,)).values()
    assert material.caution == caution_after_fit(copy, {CAPACITY})
    assert named(caution_after_fit(material, {"carbon.clusters.rate"})) == named(material.caution) - 1


def test_a_prediction_of_a_fitted_carbon_warns_of_what_is_still_assumed(copy, tmp_path):
    """The draws are of the material as it was before the fit, of which the warning no longer speaks."""
    two = np.array([0.5, 0.5])
    posterior = Posterior("p", (free_capacity(),), {"mine": copy}, np.array([[170.0], [180.0]]), two, two, {})
    write_posterior(posterior, tmp_path / "posterior.csv")
    words = ("predict", str(tmp_path), "mine", "formation", "--cycles", "1", "--workers", "1")
    ended = coreshell(*words, "--set", "cell.series_resistance=12 Ohm.cm2")
    assert ended.code == 0, ended.err
    assert GENERIC not in ended.err and "warning: after a fit of 1 number, still assumed" in ended.err
