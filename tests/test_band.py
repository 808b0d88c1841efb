"""The band of a prediction: what its material only assumes, from end to end."""

import json

import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.ranges import assumed_ranges, combinations
from coreshell_model.observe.band import is_whole, prediction_band
from coreshell_model.observe.capacity import initial_coulombic_efficiency
from coreshell_model.observe.quantities import banded
from coreshell_model.run.simulation import simulate

CRACKED = "cracked_core_shell"
AREA, OPEN = "particle.external_area", "pores.open_fraction"


@pytest.fixture(scope="module")
def solution():
    return simulate(CRACKED, "formation")


@pytest.fixture(scope="module")
def band(solution):
    return prediction_band(solution)


def number(value, unit):
    return {"value": value, "unit": unit, "source": "test"}


def with_ranges(*ranges):
    """The cracked material with other assumed ranges: path, low, high and their unit."""
    entries = [
        {"path": path, "low": number(low, unit), "high": number(high, unit)}
        for path, low, high, unit in ranges
    ]
    data = read_material(CRACKED).model_dump(exclude_none=True)
    return material_from_dict(data | {"band": entries}, "test")


def test_the_cracked_coating_lies_between_core_and_core_shell_whatever_is_assumed(band):
    """Appel et al.: 17 and 82 %; the band's ends are those of external area and open fraction."""
    core, sealed = (
        initial_coulombic_efficiency(simulate(name, "formation")) for name in ("core", "core_shell")
    )
    lowest, highest = band["Initial coulombic efficiency"]
    assert core < lowest < highest < sealed


def test_the_band_holds_the_material_as_shipped_and_every_end(band, solution):
    """Two ranges have four combinations of ends."""
    assert band["Varied"] == {AREA: ["14 m2/g", "50 m2/g"], OPEN: ["0.2", "0.41"]}
    assert len(band["Runs"]) == 4
    for name in banded():
        lowest, highest = band[name]
        assert sorted(run[name] for run in band["Runs"])[0] == lowest
        assert sorted(run[name] for run in band["Runs"])[-1] == highest
    lowest, highest = band["Initial coulombic efficiency"]
    assert lowest < initial_coulombic_efficiency(solution) < highest


def test_more_wetted_area_lowers_the_efficiency(band):
    """Both assumptions act in the same direction, so that the ends are corners."""
    found = {tuple(run["Changes"].values()): run["Initial coulombic efficiency"] for run in band["Runs"]}
    assert found["14 m2/g", "0.2"] > found["14 m2/g", "0.41"] > found["50 m2/g", "0.41"]
    assert found["14 m2/g", "0.2"] > found["50 m2/g", "0.2"] > found["50 m2/g", "0.41"]


@pytest.mark.parametrize("changes", [{AREA: "20 m2/g"}, {"particle.radius": "200 nm"}])
def test_a_number_that_the_run_sets_is_no_longer_assumed(changes):
    """Nor is the area once the radius is given, which says the same."""
    material, _ = prepared(CRACKED, "formation", changes)
    assert [each.path for each in assumed_ranges(material)] == [OPEN]


def test_the_ends_of_a_range_can_be_changed_like_any_number():
    """They are numbers of the material."""
    material, _ = prepared(CRACKED, "formation", {"band.1.high": "30 m2/g"})
    assert {ends[AREA] for ends in combinations(assumed_ranges(material))} == {"14 m2/g", "30 m2/g"}


def test_a_run_that_fails_leaves_no_band(solution, monkeypatch):
    """Half of a band would be taken for the whole."""
    from dataclasses import replace

    from coreshell_model.observe import band as module
    from coreshell_model.run.solution import Ending

    failed = replace(solution, steps=(), ending=Ending.SOLVER, explanation="in cycle 1: failed")
    monkeypatch.setattr(module, "simulate", lambda *inputs, **options: failed)
    found = prediction_band(solution)
    assert all(found[name] is None for name in banded())
    assert found["Runs"][0]["Ending"] == "in cycle 1: failed"
    assert not is_whole(found)


def test_a_range_whose_end_the_material_cannot_have_is_refused_when_it_is_run(solution):
    """With path and remedy, as any other number."""
    from dataclasses import replace

    wrong = replace(solution, material=with_ranges((OPEN, 0.2, 1.2, "1")))
    with pytest.raises(InputError, match=r"open_fraction: is 1\.2; must be at most 1"):
        prediction_band(wrong)


CHARGES = [f"{film}.steps.{step}.charge" for film in ("sei", "pores") for step in (1, 2, 3)]


@pytest.mark.parametrize(
    ("ranges", "complaint"),
    [
        ([("pores.opening", 0, 1, "1")], "band.1.path: 'pores.opening' is not one of its numbers"),
        ([("band.1.low", 0, 1, "1")], "band.1.path: 'band.1.low' is not one of its numbers"),
        ([(OPEN, 0.4, 0.2, "1")], "low is 0.4, not below high, 0.2"),
        ([(OPEN, 0.1, 0.2, "1"), (OPEN, 0.2, 0.3, "1")], "band.2.path: 'pores.open_fraction' has a range"),
        ([(AREA, 1, 2, "m/g")], "unit 'm/g' is not an area per mass"),
        ([*((path, 1, 2, "mAh/m2") for path in CHARGES), (OPEN, 0, 1, "1")], "at most 6"),
    ],
)
def test_a_wrong_range_is_refused_in_one_line(ranges, complaint):
    """What, where, which value, what to do."""
    with pytest.raises(InputError) as refused:
        with_ranges(*ranges)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_ends_in_different_units_are_compared_by_their_size():
    """0.2 is below 41 %."""
    data = read_material(CRACKED).model_dump(exclude_none=True)
    entry = {"path": OPEN, "low": number(0.2, "1"), "high": number(41, "%")}
    material = material_from_dict(data | {"band": [entry]}, "test")
    assert combinations(assumed_ranges(material)) == [{OPEN: "0.2"}, {OPEN: "41 %"}]


def test_run_with_band_adds_it_to_the_object_and_the_folder(band, tmp_path):
    """Under one key, and in a file of its own."""
    outcome = coreshell("run", CRACKED, "formation", "--band", "--json", "--out", str(tmp_path))
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["Prediction"] is True
    assert found["Prediction band"] == json.loads((tmp_path / "band.json").read_text()) == band


def test_run_with_band_prints_the_ends():
    """As a second table."""
    outcome = coreshell("run", CRACKED, "formation", "--band")
    assert outcome.code == 0
    assert "14 m2/g" in outcome.out and "50 m2/g" in outcome.out


def test_a_material_without_ranges_has_no_band():
    """Said at once, in one line."""
    outcome = coreshell("run", "core_shell", "formation", "--band")
    assert outcome.code == 2
    assert "core_shell: has no assumed ranges" in outcome.err
    assert outcome.err.count("\n") == 1


def test_compare_gives_a_band_where_there_is_one(band):
    """None beside the others."""
    outcome = coreshell("compare", "core_shell", CRACKED, "formation", "--band", "--json")
    assert [row["Prediction band"] for row in json.loads(outcome.out)["Materials"]] == [None, band]


def test_without_the_option_nothing_is_said_of_a_band():
    """It costs further runs."""
    for words in (("run", CRACKED, "formation"), ("compare", "core", CRACKED, "formation")):
        assert "Prediction band" not in coreshell(*words, "--json").out
