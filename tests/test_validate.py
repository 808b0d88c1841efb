"""Claims of the literature: their files, their verdicts, and the report that is kept in ``validation/``."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from command_line import coreshell

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.checks import claim_runs as running
from coreshell_model.checks import claims_report as report
from coreshell_model.checks import evaluate as evaluation
from coreshell_model.checks.claim import Role, claims_from_dict, read_claims
from coreshell_model.checks.evaluate import MISSED, ONE, TWO, Result, Runs, evaluate, in_unit_of, verdict
from coreshell_model.checks.posterior_draws import shipped_draws
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.ensemble import assumed_ends
from coreshell_model.inputs.material import read_material
from coreshell_model.run.solution import Ending

FOLDER = library.folder("validation")
FILES = [read_claims(name) for name in library.names("validation")]
SLOW = {"rate_test", "cycle_life"}
SAME = 0.02
"""Of its uncertainty: how far another machine may find a number; the solver's tolerance moves it by less."""


@pytest.fixture(scope="module")
def kept():
    return json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


def claim(**other):
    """A claim of 82 ± 2 % about the ICE that 400 and 89 mA.h.g-1 make, 81.8 %."""
    plain = {
        "name": "a claim",
        "observable": "efficiency of capacity and loss",
        "arguments": {"capacity": "400 mAh/g", "loss": "89 mAh/g"},
        "measured": {"value": 82, "unit": "%", "source": "the text"},
        "uncertainty": {"value": 2, "unit": "%", "source": "the text"},
        "role": "arithmetic",
    } | other
    return {name: value for name, value in plain.items() if value is not None}


def file(*claims):
    data = {"name": "test", "title": "t", "description": "d", "source": "s", "claims": list(claims)}
    return claims_from_dict(data, "test.toml")


def written(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


MINE = """title = "t"
description = "d"
source = "s"
[[claims]]
name = "Shell: loss"
observable = "first-cycle loss"
runs = [{ material = "shell", protocol = "formation" }]
measured = { value = 246, unit = "mAh/g", source = "the text" }
uncertainty = { value = 31, unit = "mAh/g", source = "the text" }
role = "calibration"
"""


def test_the_kept_results_were_made_with_the_shipped_claims_and_parameters(kept):
    """A changed claim, parameter, protocol or posterior asks for `coreshell validate --out validation`."""
    assert kept["inputs"] == report.fingerprint(FILES, shipped_draws())


def test_the_kept_page_is_that_of_the_kept_record(kept):
    """Nobody edited it."""
    assert (FOLDER / "RESULTS.md").read_text(encoding="utf-8") == report.markdown(kept)


def test_the_model_of_today_gives_what_the_kept_results_say(kept):
    """Every claim but those of the long tests and of fits to tables, which have a test of their own."""
    quick = [
        (shipped.name, asked)
        for shipped in FILES
        if shipped.name != "hard_carbon_ocv"
        for asked in shipped.claims
        if not {run.protocol for run in asked.runs} & SLOW
    ]
    before = {(old["file"], old["name"]): old for old in kept["claims"]}
    runs = Runs()
    for name, asked in quick:
        old = before[name, report.name_of(asked)]
        now = evaluation.evaluate_claim(asked, name, runs)
        assert now.verdict == old["verdict"]
        assert (now.model is None) == (old["model"] is None)
        if now.model is not None:
            off = abs(in_unit_of(asked, now.model) - old["model"])
            assert off <= SAME * in_unit_of(asked, asked.uncertainty.si), asked.name


def test_the_paper_is_claimed_whole():
    """All calibrated numbers, at least ten predictions, and the paper's own arithmetic."""
    paper = next(each for each in FILES if each.name == "appel_core_shell")
    roles = [asked.role for asked in paper.claims]
    assert roles.count(Role.PREDICTION) >= 10
    assert roles.count(Role.ARITHMETIC) >= 12
    measured = {(asked.measured.value, asked.measured.unit) for asked in paper.claims}
    for number in (636, 246, 89, 134, 127, 400, 770, 373, 489, 406, 177, 130, 240, 90, 6):
        assert (number, "mA.h.g-1") in measured
    for number in (17, 34, 82, 98, 85, 25, 30, 68, 71, 58, 63, 211):
        assert (number, "%") in measured


def test_an_uncertainty_that_the_paper_does_not_give_says_that_it_is_assumed():
    """Or how it follows from those that it gives."""
    follows = ("as stated", "those of", "that of", "the", "rounding", "masses", "a count")
    for shipped in FILES:
        for asked in shipped.claims:
            source = asked.uncertainty.source
            assert source.startswith(("assumed: ", *follows)), (asked.name, source)


@pytest.mark.parametrize(
    ("relation", "model", "expected"),
    [
        ("equal", 0.84, ONE),
        ("equal", 0.79, TWO),
        ("equal", 0.865, MISSED),
        ("at least", 0.99, ONE),
        ("at least", 0.785, TWO),
        ("at least", 0.77, MISSED),
        ("at most", 0.1, ONE),
        ("at most", 0.855, TWO),
        ("at most", 0.9, MISSED),
        ("equal", None, MISSED),
    ],
)
def test_a_verdict_counts_uncertainties_on_the_wrong_side(relation, model, expected):
    """82 ± 2 %: 84 is one away, 79 one and a half, 86.5 over two; bounds count the wrong side."""
    asked = file(claim(relation=relation)).claims[0]
    assert verdict(asked, model) == expected


def test_each_run_is_solved_once(monkeypatch):
    """Three claims about two runs, one of them written with a change that makes it another."""
    solved = []
    right = running.simulate

    def counted(material, protocol, changes):
        solved.append((material, protocol, dict(changes)))
        return right(material, protocol, changes)

    monkeypatch.setattr(running, "simulate", counted)
    run = {"material": "shell", "protocol": "formation"}
    asked = claim(observable="first-cycle loss", arguments=None, runs=[run])
    loss = {"value": 246, "unit": "mAh/g", "source": "s"}
    asked |= {"measured": loss, "uncertainty": loss}
    changed = asked | {"name": "c", "runs": [run | {"changes": {"protocol.window.lower": "10 mV"}}]}
    evaluate([file(asked, asked | {"name": "b"}, changed)])
    assert len(solved) == 2


def test_the_band_of_a_claim_spans_what_its_materials_assume():
    """The open fraction of a cracked carbon, 0.2 to 0.41, sets the pore volume that N2 finds."""
    asked = claim(
        observable="pore volume that a probe reaches",
        arguments={"core_volume": "1.18 cm3/g"},
        runs=[{"material": "cracked_core_shell", "protocol": "formation_without_hold"}],
        measured={"value": 0.38, "unit": "cm3/g", "source": "s"},
        uncertainty={"value": 0.01, "unit": "cm3/g", "source": "s"},
    )
    found = evaluate([file(asked)])[0]
    assert found.band.ends == pytest.approx((0.2 * 1.18e-3 / 1.3, 0.41 * 1.18e-3 / 1.3))


def test_a_material_that_occurs_twice_changes_alike_in_all_of_an_order():
    """Four ends of two ranges, not sixteen; a material without ranges stays as it is."""
    cracked, core = read_material("cracked_core_shell"), read_material("core")
    ends = assumed_ends([core, cracked, cracked])
    assert len(ends) == 4
    assert all(of_core == {} and one == other for of_core, one, other in ends.members)
    assert assumed_ends([core]) is None


def test_a_run_that_fails_is_not_evaluated_and_leaves_with_1(monkeypatch, tmp_path):
    """The report is written all the same and says why."""
    from dataclasses import replace

    right = running.simulate

    def fails(*inputs):
        found = right(*inputs)
        return replace(
            found, ending=Ending.SOLVER, explanation="in cycle 1: it failed", steps=found.steps[:2]
        )

    monkeypatch.setattr(running, "simulate", fails)
    outcome = coreshell("validate", written(tmp_path, MINE), "--out", str(tmp_path / "new"), "--draws", "0")
    assert outcome.code == 1
    assert "not evaluated: Shell: loss: in cycle 1: it failed" in outcome.err
    assert "run failed: in cycle 1" in (tmp_path / "new" / "RESULTS.md").read_text(encoding="utf-8")


def test_validate_prints_the_claims_and_nothing_else(tmp_path):
    """The keys are a contract; a claim of the user's own, by path."""
    outcome = coreshell("validate", written(tmp_path, MINE), "--json", "--draws", "0")
    assert outcome.code == 0
    (only,) = json.loads(outcome.out)["claims"]
    assert list(only) == ["name", "measured", "uncertainty", "model", "band", "used in fit", "verdict"]
    assert only["name"] == "Shell: loss [mAh/g]"
    assert only["used in fit"] is True
    assert only["verdict"] in (ONE, TWO, MISSED)
    assert 150 < only["model"] < 350
    assert only["band"] is None


def test_the_first_line_says_that_no_curve_was_measured():
    """And where there is one, names it."""
    without = file(claim())
    with_curve = without.model_copy(update={"curves": ("a curve",), "name": "other"})
    lines = [
        report.markdown(report.record(files, [Result(f.claims[0], f.name, 0.8) for f in files])).splitlines()[
            0
        ]
        for files in ([without], [with_curve])
    ]
    assert lines[0].startswith("**No measured curve is among the data of test**")
    assert lines[1] == "Measured curves: a curve (other)."


def test_what_is_missed_comes_first_and_calibration_is_apart_from_prediction():
    """Sections in order; a claim outside the model stands last, with the reason."""
    outside = claim(
        name="size", observable="no counterpart", arguments=None, role="outside", remark="pores have no size"
    )
    held = file(claim(role="calibration"), claim(name="missed", role="prediction"), outside)
    models = (0.82, 0.5, None)
    results = [Result(asked, "test", model) for asked, model in zip(held.claims, models, strict=True)]
    page = report.markdown(report.record([held], results))
    places = [
        page.index(text)
        for text in ("## Not reproduced", "| missed ", "## Reproduced", "| a claim ", "| size ")
    ]
    assert places == sorted(places)
    assert page.index("### Prediction") < page.index("| missed ") < page.index("## Reproduced")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"uncertainty": None}, "claims.1.uncertainty: is missing; add it"),
        ({"uncertainty": {"value": 0, "unit": "%", "source": "s"}}, "uncertainty is 0 %; must be above 0"),
        ({"uncertainty": {"value": 2, "unit": "%", "source": ""}}, "uncertainty.source: is empty"),
        (
            {"measured": {"value": 82, "unit": "nm", "source": "s"}},
            "measured: unit 'nm' is not a plain number",
        ),
        ({"observable": "effciency of capacity and loss"}, "did you mean 'efficiency of capacity and loss'?"),
        ({"arguments": {"capacity": "400 mAh/g"}}, "arguments.loss: is missing; add it"),
        (
            {"arguments": {"capacity": "400 V", "loss": "89 mAh/g"}},
            "arguments.capacity: unit 'V' is not a charge per mass",
        ),
        (
            {"runs": [{"material": "core", "protocol": "formation"}]},
            "runs has 1 entries; the observable takes 0",
        ),
        ({"role": "outside"}, "'outside' go together"),
        ({"observable": "no counterpart", "role": "outside", "arguments": None}, "remark is missing"),
        ({"colour": "red"}, "claims.1.colour: is not a known field"),
        ({"relation": "about"}, "relation: is 'about'"),
    ],
)
def test_a_claim_that_cannot_be_evaluated_is_refused_in_one_line(change, complaint):
    """With its place in the file."""
    with pytest.raises(InputError) as refused:
        file(claim(**change))
    text = str(refused.value)
    assert complaint in text
    assert text.startswith("test.toml: claims.1")
    assert "\n" not in text and "more)" not in text  # one thing is wrong


@pytest.mark.parametrize(
    ("observable", "arguments", "complaint"),
    [
        ("mean capacity", {"first": 2, "last": 9}, "last is 9; formation has the cycles 1 to 5"),
        ("capacity", {"cycle": 0}, "cycle is 0; formation has the cycles 1 to 5"),
        ("rate retention", {"rate": 2}, "rate is 2C; formation has none"),
    ],
)
def test_a_claim_that_its_run_cannot_answer_is_refused(observable, arguments, complaint):
    """A mistake in the file does not count against the model."""
    run = {"material": "core_shell", "protocol": "formation"}
    unit = "1" if observable == "rate retention" else "mAh/g"
    number = {"value": 1.0, "unit": unit, "source": "s"}
    given = claim(observable=observable, runs=[run], arguments=arguments, measured=number, uncertainty=number)
    with pytest.raises(InputError, match=complaint):
        evaluate([file(given)])


def test_a_name_is_given_to_one_claim():
    """Names are how results are found again."""
    with pytest.raises(InputError, match="is the name of two claims"):
        file(claim(), claim())


@pytest.mark.parametrize(
    ("observable", "arguments", "complaint"),
    [
        (
            "desodiation window",
            {"cycle": 1, "lower": "1 V", "upper": "0.5 V"},
            "lower is 1 V, not below upper",
        ),
        ("mean capacity", {"first": 2, "last": 1}, "first is 2, after last, 1"),
        ("rate retention", {"rate": 0}, "rate is 0.0"),
        ("start of sodiation", {"cycle": 1, "share": 3}, "share is 3.0"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_with_the_claims_name(observable, arguments, complaint):
    """Not answered by a silent 0."""
    run = {"material": "shell", "protocol": "formation_without_hold"}
    units = {"rate retention": "1", "start of sodiation": "V"}
    number = {"value": 1, "unit": units.get(observable, "mAh/g"), "source": "s"}
    asked = claim(observable=observable, arguments=arguments, runs=[run], measured=number, uncertainty=number)
    with pytest.raises(InputError, match=f"'a claim': {complaint}"):
        evaluate([file(asked)])


def test_a_number_that_the_run_does_not_contain_is_not_reproduced():
    """Formation returns to no first rate; the run was whole, so the claim was evaluated."""
    run = {"material": "shell", "protocol": "formation_without_hold"}
    number = {"value": 0.9, "unit": "1", "source": "s"}
    given = claim(observable="recovery", arguments={}, runs=[run], measured=number, uncertainty=number)
    held = file(given)
    found = evaluate([held])[0]
    assert found.model is None
    assert found.evaluated
    assert found.verdict == MISSED
    assert "the run does not contain it" in report.markdown(report.record([held], [found]))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"shell"', '"shel"', "unknown material 'shel': did you mean 'shell'?"),
        ('"formation"', '"formatoin"', "unknown protocol 'formatoin'"),
        ('protocol = "formation"', 'protocol = "formation", changes = { x = "1 nm" }', "x"),
        ("uncertainty =", "# uncertainty =", "mine.toml: claims.1.uncertainty: is missing"),
        ('role = "calibration"', 'role = "calibration', "mine.toml: line 10"),
    ],
)
def test_validate_refuses_in_one_line_before_any_run(monkeypatch, tmp_path, old, new, complaint):
    """Exit code 2, nothing on stdout."""
    monkeypatch.setattr(running, "simulate", lambda *_: pytest.fail("a run was started"))
    outcome = coreshell("validate", written(tmp_path, MINE.replace(old, new)))
    assert outcome.code == 2
    assert complaint in outcome.err
    assert outcome.err.count("\n") == 1
    assert not outcome.out


def test_2c_is_predicted_with_the_numbers_at_which_the_fit_without_it_ended():
    """Its chi-squared there is the 8.61 that the file states, and of rates it knows no 2C.

    The two numbers of carbon black, which no claim asks for, are where that fit begins.
    """
    problem = read_problem(FOLDER / "fits" / "joint_without_2C.toml")
    asked = read_claims("rates_without_2C").claims
    (changes,) = {tuple(sorted(run.changes.items())) for one in asked for run in one.runs}
    values = {path: float(text.split()[0]) for path, text in changes}
    own = [free for free in problem.parameters if "core_shell" in free.materials]
    assert set(values) == {free.section.path for free in own}
    found = Misfit(problem)(
        np.array(
            [
                free.place(values[free.section.path] if free in own else free.start)
                for free in problem.parameters
            ]
        )
    )
    assert found.residuals @ found.residuals == pytest.approx(8.61, abs=0.03)
    kept = [one.entry for one in problem.file.observations if one.observable == "Rate retention"]
    assert kept == ["C/10"]


def test_validate_knows_the_shipped_files():
    """By name, with a guess."""
    outcome = coreshell("validate", "apel_core_shell")
    assert outcome.code == 2
    assert "did you mean 'appel_core_shell'?" in outcome.err


def test_the_paper_cites_places_of_its_text():
    """No figure, no supporting information: they were not at hand."""
    text = (FOLDER / "appel_core_shell.toml").read_text(encoding="utf-8")
    for asked in tomllib.loads(text)["claims"]:
        assert not any(word in asked["measured"]["source"] for word in ("Figure", "Table S", "SI"))
