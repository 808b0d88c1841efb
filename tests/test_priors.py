"""Priors of a hard carbon from the spread of the literature."""

import re
from pathlib import Path

import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.infer.parameters import check_bounds, free_parameters
from coreshell_model.infer.priors import read_priors
from coreshell_model.inputs.material import material_from_dict, read_material, sources

ROOT = Path(__file__).parents[1]
NUMBER = '{{ value = {}, unit = "{}", source = "assumed: a test" }}'
FILE = """
title = "a test"
description = "one prior"
[[priors]]
path = "carbon.sloping.capacity"
scale = "{scale}"
median = {median}
spread = {spread}
lower = {lower}
upper = {upper}
"""


def written(folder, **changes):
    """A file with one prior, some of whose numbers are changed."""
    numbers = {
        "median": ("150", "mAh/g"),
        "spread": ("1.5", "1"),
        "lower": ("40", "mAh/g"),
        "upper": ("400", "mAh/g"),
    } | changes
    scale = numbers.pop("scale", "log")
    texts = {name: NUMBER.format(*number) for name, number in numbers.items()}
    path = folder / "mine.toml"
    path.write_text(FILE.format(scale=scale, **texts), encoding="utf-8")
    return path


def with_trapping():
    """The measured hard carbon, with traps, so that it has every number of the priors."""
    data = read_material("chayambuka_hard_carbon").model_dump(exclude_none=True, mode="json")
    data["carbon"]["trapping"] = read_material("shell").carbon.trapping.model_dump(mode="json")
    return material_from_dict(data, "a test")


def test_every_file_that_a_prior_cites_is_there():
    """Files of the project; a name without a folder stands in parameters."""
    cited = set()
    for prior in read_priors().priors:
        for number in (prior.median, prior.spread, prior.lower, prior.upper):
            cited |= set(re.findall(r"[\w/]+\.(?:toml|csv|md|py)", number.source))
    assert len(cited) > 5
    for name in cited:
        assert (ROOT / name).is_file() or (ROOT / "parameters" / name).is_file(), name


@pytest.mark.parametrize("prior", read_priors().priors, ids=lambda prior: prior.path)
def test_a_fit_takes_each_prior_as_it_is(prior):
    """As a free parameter of a material; its bounds and its median make possible materials."""
    material = with_trapping()
    (free,) = free_parameters([prior.free(("mine",))], {"mine": material}, "a test")
    check_bounds([free], {"mine": material}, "a test")
    assert free.start == prior.median.value
    assert free.prior_residual(free.place(free.start)) == pytest.approx(0, abs=1e-9)
    assert free.prior_residual(0.0) < 0 < free.prior_residual(1.0)


def test_the_carbons_that_the_priors_come_from_lie_within_three_deviations():
    """Those of Appel et al. and of Chayambuka et al.; the second only assumes a rate of clusters."""
    priors = read_priors()
    for name in ("core", "core_shell", "chayambuka_hard_carbon"):
        material = read_material(name)
        numbers = sources(material)
        for path in priors.by_path:
            inside = path.replace("carbon.", "core.") if name == "core_shell" else path
            if inside in numbers and (name, path) != ("chayambuka_hard_carbon", "carbon.clusters.rate"):
                (free,) = free_parameters([priors.free(inside, name)], {name: material}, "a test")
                assert numbers[inside].unit == free.section.unit
                deviations = free.prior_residual(free.place(numbers[inside].value))
                assert deviations is not None and abs(deviations) < 3, (name, path)


def test_a_core_has_the_priors_of_a_carbon():
    free = read_priors().free("core.clusters.rate", "core_shell", "core_shell_driven")
    assert free.path == "core.clusters.rate" and free.shared == ("core_shell", "core_shell_driven")
    assert free.prior is not None and free.prior.factor == 5 and free.scale == "log"
    assert free.prior.mean == read_priors().prior("carbon.clusters.rate").median.value


def test_a_normal_prior_has_a_standard_deviation():
    prior = read_priors().prior("carbon.clusters.potential")
    free = prior.free(("mine",))
    assert free.prior is not None and (free.prior.mean, free.prior.sd) == (0.06, 0.03)
    assert free.prior.factor is None and free.scale == "linear"


def test_units_of_one_prior_may_differ(tmp_path):
    """All are converted to that of the median."""
    path = written(tmp_path, lower=("144", "C/g"), spread=("150", "%"))
    free = read_priors(path).free("carbon.sloping.capacity", "mine")
    assert free.lower == pytest.approx(40) and free.unit == "mAh/g"
    assert free.prior is not None and free.prior.factor == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lower": ("400", "mAh/g")}, "lower is 400, not below upper"),
        ({"median": ("30", "mAh/g")}, "start is 30, outside its bounds"),
        ({"lower": ("40", "V")}, "mAh/g"),
        ({"spread": ("1.5", "mAh/g")}, "mAh/g"),
        ({"spread": ("0.9", "1")}, "greater than 1"),
        ({"spread": ("0", "mAh/g"), "scale": "linear"}, "greater than 0"),
        ({"lower": ("0", "mAh/g")}, "on a log scale it has to be above 0"),
        ({"scale": "square"}, "scale"),
    ],
)
def test_an_impossible_prior_is_refused_in_one_line(tmp_path, changes, message):
    with pytest.raises(InputError, match=message) as refused:
        read_priors(written(tmp_path, **changes))
    assert "mine.toml" in str(refused.value) and "\n" not in str(refused.value)


def test_a_number_twice_or_unknown_is_named(tmp_path):
    twice = written(tmp_path)
    text = twice.read_text(encoding="utf-8")
    twice.write_text(text + text[text.index("[[priors]]") :], encoding="utf-8")
    with pytest.raises(InputError, match=r"carbon\.sloping\.capacity is there twice"):
        read_priors(twice)
    with pytest.raises(InputError, match=r"no prior for 'carbon\.sloping\.capacit'; did you mean"):
        read_priors().prior("carbon.sloping.capacit")
    with pytest.raises(InputError, match="there is no such file"):
        read_priors(tmp_path / "soft_carbon.toml")
