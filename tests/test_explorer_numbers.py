"""Every number of a material can be moved on the page of ``coreshell explore``; no browser needed."""

from dataclasses import replace

import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import to_si
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.ranges import limits
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate
from coreshell_model.show.explorer.choice import LONGEST_TEXT, MOST_CHANGES, choice_from
from coreshell_model.show.explorer.numbers import SECTIONS, movable
from coreshell_model.show.explorer.outcome import Outcomes
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.tables import ROWS, numbers, table


@pytest.fixture(scope="module")
def outcomes(lanes, subject):
    return Outcomes(subject, lanes)


@pytest.fixture(scope="module")
def listed(outcomes):
    return {number.path: number for number in movable(outcomes.subject)}


def test_every_number_of_the_material_that_the_particle_level_uses_is_listed(listed):
    """With value, unit and source of its file; those of the electrode level alone are left out."""
    material = read_material("core_shell")
    wanted = {
        path: number for path, number in sources(material).items() if path.partition(".")[0] in SECTIONS
    }
    assert len(wanted) > 70
    for path, number in wanted.items():
        if path.startswith("band."):
            continue
        row = listed[path]
        assert row.value == number.value and row.source == number.source
        assert row.unit == number.unit or (row.unit, number.unit) == ("", "1")
    assert {"protocol.window.lower", "core.clusters.driving_potential"} <= listed.keys()


def test_each_slider_spans_the_usual_range_and_the_value(listed):
    """Its ends are those of inputs.ranges in the unit of the file; a logarithmic one begins above 0."""
    material = read_material("core_shell")
    for path, (quantity, limit) in limits(material).items():
        row = listed.get(path)
        if row is None:
            continue
        assert row.low <= quantity.value <= row.high
        assert not row.logarithmic or row.low > 0
        if limit.usual is not None:
            high = to_si(row.high, quantity.unit, limit.unit)
            assert high >= to_si(limit.usual[1], limit.unit, limit.unit) * (1 - 1e-5)
            assert limit.source in row.usual


def test_a_slider_reaches_a_value_beyond_the_usual_range():
    """The page may open with one: 50 1/s where usual rates end at 10."""
    rows = movable(Subject("core_shell", {"shell.trapping.rate": "50 1/s"}))
    assert next(row for row in rows if row.path == "shell.trapping.rate").high == 50.0


def test_a_moved_number_gives_what_simulate_gives(outcomes):
    """A number of the carbon, one of the film and a cut-off together."""
    changes = {
        "core.sloping.diffusivity": "1e-17 m2/s",
        "sei.steps.2.charge": "2 mAh/m2",
        "protocol.window.lower": "10 mV",
    }
    choice = replace(outcomes.subject.start, changes=tuple(sorted(changes.items())))
    design = {"shell.thickness": f"{choice.thickness!r} nm", "particle.external_area": "14 m2/g"}
    expected = summary(simulate("core_shell", "design", design | changes))
    found = numbers(outcomes.of(choice))
    for row in ROWS:
        if row.key in expected:
            assert found[row.key] == pytest.approx(expected[row.key], rel=1e-6), row.key
    assert found != numbers(outcomes.of(outcomes.subject.start))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"core.sloping.diffusivty": "1e-17 m2/s"}, "did you mean 'core.sloping.diffusivity'"),
        ({"core.sloping.diffusivity": "1e-17 kg"}, "core.sloping.diffusivity"),
        ({"cell.temperature": "5000 K"}, "cell.temperature: is 5000 K; must be at most 400 K"),
        ({"shell.thickness": "3 nm"}, "follows from the sliders"),
        ({"particle.radius": "30 nm"}, "follows from the sliders"),
        ({"protocol.window.lowr": "3 mV"}, "did you mean 'protocol.window.lower'"),
        ({"sei.growth.dissolution_rate": "1e-7 1/s"}, "give both, or neither"),
    ],
)
def test_an_impossible_number_says_why_in_one_line(outcomes, changes, words):
    """Its outcome has the reason, and no solution."""
    outcome = outcomes.of(replace(outcomes.subject.start, changes=tuple(changes.items())))
    assert outcome.solution is None and words in outcome.reason and "\n" not in outcome.reason


@pytest.mark.parametrize(
    "sent",
    [
        3,
        [],
        {"a": 3},
        {"a": "1" * (LONGEST_TEXT + 1)},
        {"a" * (LONGEST_TEXT + 1): "1"},
        {f"a{n}": "1" for n in range(MOST_CHANGES + 1)},
    ],
)
def test_changes_that_are_none_are_refused(outcomes, sent):
    """Whatever a browser may send."""
    with pytest.raises(InputError):
        choice_from(outcomes.subject.start.as_data() | {"changes": sent})


def test_the_numbers_of_a_seal_go_with_their_seal(listed):
    """The page offers the middle of the logistic law with that law alone."""
    assert listed["pores.logistic_seal.middle"].seal == "logistic"
    assert listed["pores.open_fraction"].seal == "as given"
    assert listed["pores.wall_area"].seal == ""


def test_moved_numbers_are_rows_of_the_table(outcomes):
    """For each design; the other one has them as given."""
    start = outcomes.subject.start
    moved = outcomes.of(replace(start, changes=(("surface.exchange_current_density", "0.1 A/m2"),)))
    text = str(table({"A": outcomes.of(start), "B": moved}))
    assert "Surface exchange current density" in text and "0.1 A/m2" in text and "as given" in text
