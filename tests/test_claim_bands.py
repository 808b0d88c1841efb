"""Bands of claims from draws of a posterior: which draws, what they change, what is made of their numbers."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import coreshell

from coreshell_model.base import library
from coreshell_model.checks import claim_runs as running
from coreshell_model.checks import claims_report as report
from coreshell_model.checks.claim import claims_from_dict
from coreshell_model.checks.claim_runs import band_of
from coreshell_model.checks.evaluate import evaluate
from coreshell_model.checks.posterior_draws import drawn, shipped_draws
from coreshell_model.infer.draws import Posterior, write_posterior
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.ensemble import Ensemble, assumed_ends
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.physics.values import parameter_values

CAPACITY = "core.sloping.capacity"
AREA = "particle.external_area"
AREAS = np.arange(20.0, 40.0)
"""Drawn areas [m2/g], all above the shipped 14."""


def posterior(weights=None, record=None):
    """Twenty draws of an area and a capacity that ``core_shell`` and ``core`` share."""
    both = ("core_shell", "core")
    free = {
        AREA: {"path": AREA, "unit": "m2/g", "lower": 1, "upper": 100},
        CAPACITY: {
            "path": CAPACITY,
            "paths": {"core": "carbon.sloping.capacity"},
            "unit": "mAh/g",
            "lower": 100,
            "upper": 450,
        },
    }
    parameters = tuple(
        Free(f"{path} (core_shell, core)", both, FreeParameter.model_validate({**given, "shared": both}), 0.0)
        for path, given in free.items()
    )
    values = np.column_stack([AREAS, 380 + AREAS])
    weights = np.full(len(AREAS), 1 / len(AREAS)) if weights is None else np.asarray(weights)
    materials = {name: read_material(name) for name in both}
    carried = {"Problem file": {"carried": {"cracked_core_shell": "core_shell"}}}
    return Posterior("two", parameters, materials, values, weights, AREAS, carried | (record or {}))


def file(*claims):
    number = {"unit": "m2/g", "source": "s"}
    plain = {
        "observable": "external area",
        "measured": {"value": 14} | number,
        "uncertainty": {"value": 1} | number,
        "role": "prediction",
    }
    whole = [{"name": str(place), **plain, **one} for place, one in enumerate(claims)]
    return claims_from_dict(
        {"name": "test", "title": "t", "description": "d", "source": "s", "claims": whole}, "t"
    )


def of(material, **changes):
    """A claim about the external area of a material."""
    run = {"material": material, "protocol": "formation_without_hold", "changes": changes.get("changes", {})}
    return {"runs": [run]}


@pytest.fixture
def unsolved(monkeypatch):
    """Runs that hold their parameters alone, for claims that read no more."""
    done = []

    def parameters_alone(material, protocol, changes):
        found, through = prepared(material, protocol, changes)
        done.append((material, dict(changes)))
        values = parameter_values(found, through)
        return SimpleNamespace(material=found, parameters=values, completed=True)

    monkeypatch.setattr(running, "simulate", parameters_alone)
    return done


def band_with(claim, draws):
    return evaluate([file(claim)], spreads=(draws.alternatives, assumed_ends))[0].band


def band_by_hand(counts, shipped, found):
    return band_of(Ensemble("draws", ((),) * len(counts), np.array(counts, float)), shipped, found)


def test_the_band_is_the_central_90_percent_of_the_draws_and_the_shipped_number_is_not_among_them(unsolved):
    """Areas of 20 to 39 m2/g, each alike: Hazen's 5 and 95 % are 20.5 and 38.5; the shipped one is 14."""
    found = band_with(of("core_shell"), drawn(posterior(), 20))
    assert found.ends == pytest.approx((20.5e3, 38.5e3))
    assert found.note == ""


def test_each_draw_is_run_once_for_all_claims_that_read_it(unsolved):
    """Five draws and the shipped material, for three claims about one run."""
    evaluate([file(*[of("core_shell")] * 3)], spreads=(drawn(posterior(), 5).alternatives,))
    assert len(unsolved) == 6


def test_a_draw_changes_all_materials_together_also_those_that_its_numbers_are_carried_to():
    """Core by its own path, Cracked-Core-Shell as Core-Shell; Shell, which is not drawn, stays."""
    materials = [read_material(name) for name in ("core_shell", "core", "shell", "cracked_core_shell")]
    spread = drawn(posterior(), 20)
    members = spread.alternatives(materials).members
    for row, (coated, core, shell, cracked) in zip(spread.rows, members, strict=True):
        area, capacity = f"{AREAS[row]} m2/g", f"{380 + AREAS[row]} mAh/g"
        assert coated == {AREA: area, CAPACITY: capacity}
        assert core == {AREA: area, "carbon.sloping.capacity": capacity}
        assert shell == {}
        assert cracked == coated | {"pores.open_fraction": cracked["pores.open_fraction"]}


def test_a_number_that_a_claim_sets_itself_is_not_drawn():
    """Nor one that says the same in another way, as the radius does of the area."""
    core = read_material("core")
    for own in ({AREA: "62 m2/g"}, {"particle.radius": "100 nm"}):
        assert drawn(posterior(), 5).alternatives([changed(core, own)]).paths == ("carbon.sloping.capacity",)
    settled = changed(core, {AREA: "62 m2/g", "carbon.sloping.capacity": "1 mAh/g"})
    assert drawn(posterior(), 5).alternatives([settled]) is None


def test_draws_are_taken_by_weight_and_seeded():
    """Of weights 1/2, 1/4, 1/4 and none, eight draws are four, two, two and none; few draws are few rows."""
    uneven = posterior(np.array([4, 2, 2] + [0] * 17) / 8)
    spread = drawn(uneven, 8)
    assert dict(zip(spread.rows, spread.counts, strict=True)) == {0: 4, 1: 2, 2: 2}
    assert spread.draws == 8
    few = drawn(posterior(), 6)
    assert len(set(few.rows)) == few.draws == 6
    assert few.rows == drawn(posterior(), 6).rows != drawn(posterior(), 6, seed=1).rows
    assert few.rows != tuple(sorted(few.rows))  # the ends of ranges go round with them


def test_a_row_that_was_drawn_often_counts_as_often():
    """Two draws of 1 and 38 of 5: the middles of their weights lie at 2.5 and 52.5 %, 5 % a twentieth on."""
    assert band_by_hand([2, 38], 0.0, [1.0, 5.0]).ends == pytest.approx((1.0 + 4.0 / 20, 5.0))


def test_a_draw_without_the_number_is_left_out_up_to_a_tenth_of_them():
    """Of twenty, two may be missing; with three there is no band. The remark counts them either way."""
    even, numbers = [1] * 20, [float(number) for number in range(18)]
    some = band_by_hand(even, 0.0, [*numbers, "it failed", "it failed"])
    assert some.ends == pytest.approx((0.4, 16.6))
    assert some.note == "2 of 20 draws give no number: it failed"
    none = band_by_hand(even, 0.0, [*numbers[:17], "it failed", "so did it", "and it"])
    assert none.ends is None
    assert none.note == "3 of 20 draws give no number: it failed"


def test_a_number_that_no_draw_moves_has_no_band_and_says_so(unsolved):
    """The mass gain is not among what is drawn; a band of no width would look like knowledge."""
    gain = {"value": 30, "unit": "%", "source": "s"}
    claim = of("core_shell") | {"observable": "mass gain", "measured": gain, "uncertainty": gain}
    found = band_with(claim, drawn(posterior(), 5))
    assert (found.ends, found.note) == (None, "no draw moves it")
    some = band_by_hand([1] * 20, 1.0, [1.0] * 19 + ["it failed"])
    assert (some.ends, some.note) == (None, "1 of 20 draws give no number: it failed; no other moves it")


def test_a_draw_that_makes_no_material_or_no_whole_run_counts_as_missing(unsolved, monkeypatch):
    """An area that leaves no core, and a run that stopped, each with its reason."""
    wrong = posterior()
    wrong.values[:, 0] = 1e9
    refused = band_with(of("core_shell"), drawn(wrong, 5))
    assert refused.ends is None
    assert refused.note.startswith("5 of 5 draws give no number: core_shell")
    right = running.simulate

    def stops(material, protocol, changes):
        found = right(material, protocol, changes)
        return found if not changes else SimpleNamespace(completed=False, explanation="in cycle 2: it failed")

    monkeypatch.setattr(running, "simulate", stops)
    stopped = band_with(of("core_shell"), drawn(posterior(), 5))
    assert stopped.note == "5 of 5 draws give no number: in cycle 2: it failed"


def test_assumed_ranges_are_at_their_ends_in_turn_and_both_ends_are_in_the_band(unsolved):
    """The open fraction of the cracked carbon, 0.2 or 0.41; its area is drawn, and is not also a range."""
    volume = {"value": 0.38, "unit": "cm3/g", "source": "s"}
    claim = of("cracked_core_shell") | {
        "observable": "pore volume that a probe reaches",
        "arguments": {"core_volume": "1.18 cm3/g"},
        "measured": volume,
        "uncertainty": volume,
    }
    found = band_with(claim, drawn(posterior(), 20))
    assert found.ends == pytest.approx((0.2 * 1.18e-3 / 1.3, 0.41 * 1.18e-3 / 1.3))
    areas = {changes[AREA] for _, changes in unsolved if changes}
    assert areas == {f"{area} m2/g" for area in AREAS}


def test_a_material_without_a_posterior_keeps_the_band_of_its_assumed_ranges(unsolved):
    """Nothing is carried to Cracked-Core-Shell: its area is 14 to 50 m2/g; Shell assumes none."""
    alone = posterior(record={"Problem file": {}})
    results = evaluate(
        [file(of("cracked_core_shell"), of("shell"))], spreads=(drawn(alone, 5).alternatives, assumed_ends)
    )
    assert results[0].band.ends == pytest.approx((14e3, 50e3))
    assert results[1].band.ends is None


def test_the_report_says_in_its_head_how_many_draws_of_which_table_its_bands_are_from(unsolved):
    """With what the sampling warned of; without draws it says what the bands are then."""
    claims, spread = [file(of("core_shell"))], drawn(posterior(record={"Warnings": ["few draws"]}), 20)
    results = evaluate(claims, spreads=(spread.alternatives,))
    head, *_ = report.markdown(report.record(claims, results, spread)).split("| file |")
    assert "5 to 95 % quantiles of what 20 draws of the posterior 'two' give" in head
    assert "a table of 20 (worth 20 independent ones" in head
    assert "warned: few draws." in head
    assert "changed since" not in head
    without, *_ = report.markdown(report.record(claims, evaluate(claims))).split("| file |")
    assert "Bands: the lowest to the highest number" in without


def test_a_number_that_is_not_drawn_and_changed_since_the_sampling_is_named():
    """A thicker film to begin with in Core; a drawn number may be any."""
    found = posterior()
    found.materials["core"] = changed(found.materials["core"], {"sei.initial_thickness": "0.2 nm"})
    found.materials["core_shell"] = changed(found.materials["core_shell"], {CAPACITY: "200 mAh/g"})
    assert drawn(found, 5).record()["changed since"] == ["core: sei.initial_thickness"]


def test_other_draws_are_other_inputs_of_the_kept_report():
    """Another number of them, another table, or none; the same ones are the same."""
    claims, other = [file(of("core_shell"))], posterior()
    other.values[3, 1] += 0.1
    spreads = (None, drawn(posterior(), 5), drawn(posterior(), 6), drawn(other, 5))
    assert len({report.fingerprint(claims, spread) for spread in spreads}) == 4
    assert report.fingerprint(claims, drawn(posterior(), 5)) == report.fingerprint(claims, spreads[1])


def test_a_shipped_posterior_is_found_beside_the_claims_and_is_none_of_them(tmp_path, monkeypatch):
    """In its own folder; where there is none, there are no draws."""
    folders = {"validation": tmp_path, "parameters": library.folder("parameters")}
    monkeypatch.setattr(library, "folder", folders.get)
    (tmp_path / "claims.toml").touch()
    assert shipped_draws() is None
    (tmp_path / "posterior").mkdir()
    write_posterior(posterior(), tmp_path / "posterior" / "posterior.csv")
    assert len(shipped_draws(7).rows) == 7
    assert library.names("validation") == ["claims"]


CLAIM = """title = "t"
description = "d"
source = "s"
[[claims]]
name = "Core-Shell: loss"
observable = "first-cycle loss"
runs = [{ material = "core_shell", protocol = "formation_without_hold" }]
measured = { value = 89, unit = "mAh/g", source = "s" }
uncertainty = { value = 30, unit = "mAh/g", source = "s" }
role = "prediction"
"""


def test_validate_solves_the_draws_of_a_table_in_other_processes(tmp_path):
    """Two draws of larger areas, in two processes: both losses, so the band, exceed that of the shipped."""
    write_posterior(posterior(), tmp_path / "posterior.csv")
    (tmp_path / "mine.toml").write_text(CLAIM, encoding="utf-8")
    words = ("--posterior", str(tmp_path), "--draws", "2", "--workers", "2")
    outcome = coreshell("validate", str(tmp_path / "mine.toml"), *words, "--json")
    assert outcome.code == 0, outcome.err
    (only,) = json.loads(outcome.out)["claims"]
    assert list(only) == ["name", "measured", "uncertainty", "model", "band", "used in fit", "verdict"]
    assert only["model"] < only["band"][0] < only["band"][1]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--draws", "-1"), "--draws is -1; give a whole number from 0"),
        (("--draws", "0", "--posterior", "x"), "--draws 0 takes none of the --posterior"),
        (("--posterior", "nowhere"), "nowhere: is not there"),
        (("--workers", "0"), "--workers is 0"),
        (("--draws", "5"), "no posterior is shipped; add --posterior TABLE"),
    ],
)
def test_draws_that_cannot_be_had_are_refused_before_any_run(tmp_path, monkeypatch, words, complaint):
    """Exit code 2 and one line."""
    monkeypatch.setattr(running, "simulate", lambda *_: pytest.fail("a run was started"))
    monkeypatch.setattr("coreshell_model.checks.posterior_draws.shipped_draws", lambda draws: None)
    (tmp_path / "mine.toml").write_text(CLAIM, encoding="utf-8")
    outcome = coreshell("validate", str(tmp_path / "mine.toml"), *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert complaint in outcome.err
    assert outcome.err.count("\n") == 1
