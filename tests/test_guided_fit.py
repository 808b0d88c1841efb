"""Guided fits and new samples: a protocol read from a record, a proposed problem, a page; nothing guessed."""

import tomllib

import numpy as np
import pandas as pd
import pytest
import tomli_w
from command_line import coreshell
from pages import words_of_page
from reference_carbon import NUMBERS, reference_carbon
from synthetic import measured_file

from coreshell_model.base.library import folder
from coreshell_model.data.joining import read_datasets
from coreshell_model.data.protocol_of_record import Record, protocol_of_record
from coreshell_model.infer import proposal
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.next_measurements import next_measurements
from coreshell_model.infer.priors import read_priors
from coreshell_model.infer.reading import read_problem
from coreshell_model.infer.result import FittedCurve
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import read_protocol

MASS, CURRENT = 1.1e-6, 2.2e-5
"""kg and A: 20 mA/g, C/20 of formation."""

FAST = 0.09
"""Rate of clusters [1/s], near the upper bound of its prior."""

FITTED = ("core.sloping.capacity", "core.clusters.rate")
SORPTION = str(folder("experiments").parent / "examples" / "sorption_core_shell.csv")


def straight(begin, end, hours, current, points=120):
    """Rows of a step at constant current whose voltage is a line."""
    return pd.DataFrame(
        {"t": np.linspace(0, hours, points), "v": np.linspace(begin, end, points), "i": current}
    )


def held(volts, hours, last, points=120):
    """Rows of a hold whose current falls from the constant one to a share of it."""
    falling = CURRENT * (1 - (1 - last) * np.linspace(0, 1, points))
    return pd.DataFrame({"t": np.linspace(0, hours, points), "v": volts, "i": falling})


def cycle(*sodiation, end=2.5):
    return [*sodiation, straight(0.05, end, 20, -CURRENT)]


def record_file(path, steps, with_steps=False, scatter=0.0, cycles=None):
    """A cycler's file of these steps, one after the other."""
    begin, parts = 0.0, []
    for number, step in enumerate(steps, start=1):
        parts.append(step.assign(t=(step["t"] + begin) * 3600, s=number))
        begin += float(step["t"].iloc[-1]) + 0.01
    table = pd.concat(parts)
    table["v"] += np.random.default_rng(1).normal(0, scatter, len(table))
    table.columns = ["Test Time / s", "Voltage / V", "Current / A", "Step Count / 1"]
    table = table if with_steps else table.drop(columns="Step Count / 1")
    if cycles is not None:
        table["Cycle Count / 1"] = cycles
    table.to_csv(path, index=False)
    return path


def read(path, rate=0.05, first=1):
    """The protocol of a file."""
    terms = read_protocol("formation")
    record = Record(path.name, read_datasets([path], mass="1.1 mg"), first, MASS)
    return protocol_of_record([record], "run", rate, terms.basis.one_c, terms.start.potential)


def words(protocol):
    return [step.words for step in protocol.steps_by_cycle()[0]]


@pytest.mark.parametrize("with_steps", (True, False))
@pytest.mark.parametrize("scatter", (0.0, 2e-3))
def test_the_protocol_of_a_record_has_its_rates_window_and_hold(tmp_path, with_steps, scatter):
    """Whether or not the cycler counts steps, and with noise as large as the tolerance of a hold."""
    steps = cycle(straight(2.5, 0.005, 15, CURRENT), held(0.005, 7.3, 0.2))
    protocol = read(record_file(tmp_path / "a.csv", steps, with_steps, scatter)).protocol
    assert protocol.basis.one_c.si == pytest.approx(400, rel=1e-3)
    assert (protocol.window.lower.si, protocol.window.upper.si) == (0.005, 2.5)
    sodiation, hold, desodiation = words(protocol)
    assert sodiation.startswith("Sodiate at 0.05C") and sodiation.endswith("until 0.005 V")
    assert hold.startswith("Hold at 0.005 V") and hold.endswith("until 0.01C")
    assert desodiation.startswith("Desodiate at 0.05C") and desodiation.endswith("until 2.5 V")
    assert all(
        "read from a.csv" in number.source or "assumed" in number.source
        for number in (protocol.basis.one_c, protocol.window.lower, *protocol.numbers.values())
    )


def test_a_hold_that_takes_a_usual_time_is_ended_by_it(tmp_path):
    steps = cycle(straight(2.5, 0.005, 15, CURRENT), held(0.005, 5.0, 0.2))
    hold = words(read(record_file(tmp_path / "a.csv", steps, with_steps=True)).protocol)[1]
    assert hold == "Hold at 0.005 V for 18000 seconds"


def test_a_half_cycle_without_a_hold_gets_none(tmp_path):
    steps = cycle(straight(2.5, 0.02, 15, CURRENT))
    protocol = read(record_file(tmp_path / "a.csv", steps)).protocol
    assert len(words(protocol)) == 2 and protocol.window.lower.si == 0.02


def test_cycles_that_are_not_in_the_data_are_those_before_them_and_that_is_said(tmp_path):
    steps = cycle(straight(2.5, 0.005, 15, CURRENT))
    result = read(record_file(tmp_path / "a.csv", steps), first=3)
    assert len(result.protocol.steps_by_cycle()) == 3
    assert any("cycles 1, 2 are not in the data" in text for text in result.statements)


BAD = {
    "no mass": ((), "--mass"),
    "a rate that contradicts the mass": (
        ("--mass", "1.1 mg", "--rate", "40 mA/g"),
        "correct --mass or --rate",
    ),
    "no rate at all": (("--mass", "1.1 mg", "--rate", "C20"), "C20"),
    "an unknown material": (("--mass", "1.1 mg", "--material", "nix"), "nix"),
    "a sorption file that is none": (("--mass", "1.1 mg", "--areas", "a.csv"), "a.csv"),
    "too many first cycles": (
        ("--mass", "1.1 mg", "--first-cycle", "1", "--first-cycle", "2"),
        "first cycles",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_guided_fit_refuses_in_one_line_and_leaves_nothing_behind(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record_file(tmp_path / "a.csv", cycle(straight(2.5, 0.005, 15, CURRENT)))
    options, text = BAD[case]
    material = () if "--material" in options else ("--material", "core_shell")
    ended = coreshell("fit", "a.csv", *material, *options, "--out", "out")
    assert ended.code == 2 and text in ended.err and ended.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


SHAPES = {
    "desodiation first": ([straight(0.05, 2.5, 20, -CURRENT)], "begins with a desodiation"),
    "a sweep": (
        cycle(straight(2.5, 0.005, 15, CURRENT).assign(i=CURRENT * np.linspace(1, 3, 120))),
        "as in a sweep",
    ),
    "a titration": (
        cycle(*(straight(2.5 - n / 4, 2.3 - n / 4, 1, CURRENT * (1 + n % 2)) for n in range(10))),
        "as in a titration",
    ),
    "a rest": ([straight(2.5, 2.4, 15, 0.0)], "no"),
}


@pytest.mark.parametrize("case", SHAPES)
def test_a_file_that_is_no_half_cycle_is_refused(case, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    steps, text = SHAPES[case]
    record_file(tmp_path / "a.csv", steps, with_steps=True)
    options = ("--mass", "1.1 mg", "--first-cycle", "1", "--current-sign", "sodiation")
    ended = coreshell("fit", "a.csv", "--material", "core_shell", *options)
    assert ended.code == 2 and text in ended.err and ended.err.count("\n") == 1


def test_options_of_measured_files_are_refused_beside_a_problem(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.toml").write_text("")
    record_file(tmp_path / "a.csv", cycle(straight(2.5, 0.005, 15, CURRENT)))
    assert "--mass goes with measured files" in coreshell("fit", "p.toml", "--mass", "1 mg").err
    assert "leave --material out" in coreshell("fit", "p.toml", "--material", "core").err
    assert "--material core_shell" in coreshell("fit", "a.csv").err


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A first cycle of the reference carbon, and its material with both fitted numbers changed."""
    place = tmp_path_factory.mktemp("sample")
    measured_file(place / "first.csv", seed=1, interval=300.0, **NUMBERS)
    content = reference_carbon().model_dump(exclude_none=True, mode="json")
    content["core"]["sloping"]["capacity"]["value"] = 185.0
    content["core"]["clusters"]["rate"]["value"] = 2.5e-5
    (place / "carbon.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    return place


def only(*paths):
    """The candidates of these paths alone."""
    whole = proposal.candidates
    return lambda material: tuple(each for each in whole(material) if each.path in paths)


@pytest.fixture(scope="module")
def guided(sample):
    """The folder of a guided fit of two numbers, and how the command ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sample)
        patch.setattr(proposal, "candidates", only(*FITTED))
        options = ("--mass", "1.1 mg", "--rate", "C/20", "--workers", "1", "--current-sign", "sodiation")
        options += ("--report", "page.pdf")
        ended = coreshell("fit", "first.csv", "--material", "carbon.toml", *options)
    return sample / "carbon_fit", ended


def test_a_guided_fit_equals_the_fit_of_the_problem_that_it_wrote(guided):
    place, ended = guided
    assert ended.code == 0, ended.err
    again = fit(place / "carbon_fit.toml", starts=1)
    values = pd.read_csv(place / "parameters.csv").set_index("Path")["Value"]
    assert {each.path: each.value for each in again.parameters} == pytest.approx(dict(values), rel=1e-9)
    assert again["core.sloping.capacity"].value == pytest.approx(200, rel=0.01)
    fitted = read_material(str(place / "carbon_fitted.toml"))
    assert fitted.name == "carbon_fitted"
    assert fitted.core.sloping.capacity.value == pytest.approx(values["core.sloping.capacity"], rel=1e-9)


def test_the_page_of_a_guided_fit_is_one_file_that_says_what_was_found(guided):
    place, _ = guided
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "data:image/png;base64," in page and "http" not in page
    report = (place / "report.md").read_text(encoding="utf-8")
    for text in ("Initial coulombic efficiency", "What to measure next", "Why these parameters"):
        assert text in page and text in report


def test_the_report_of_a_fit_is_one_page_with_values_intervals_verdicts_and_the_first_cycle(guided):
    place, _ = guided
    words = words_of_page(place.parent / "page.pdf")
    for row in pd.read_csv(place / "parameters.csv").to_dict("records"):
        assert f"{row['Name']} {row['Value']:.4g}" in words
        assert row["Verdict"] in words
    for text in ("95 % interval: ", "First cycle of the fitted model", "RMSE", "seed 0", "pybamm 26"):
        assert text in words


def test_a_guided_fit_goes_into_no_folder_that_holds_one(guided, monkeypatch):
    place, _ = guided
    monkeypatch.chdir(place.parent)
    ended = coreshell("fit", "first.csv", "--material", "carbon.toml", "--mass", "1 mg")
    assert ended.code == 2 and "holds a fit already" in ended.err


def test_a_number_that_is_set_is_none_of_the_fitted_ones_and_in_the_material(sample, monkeypatch, tmp_path):
    """A candidate of a guided fit is then no longer one; a number of the protocol cannot be set."""
    monkeypatch.chdir(sample)
    monkeypatch.setattr(proposal, "candidates", only(*FITTED))
    options = ("first.csv", "--material", "carbon.toml", "--mass", "1.1 mg", "--rate", "C/20")
    options += ("--workers", "1", "--current-sign", "sodiation", "--out", str(tmp_path / "set"))
    refused = coreshell("fit", *options, "--set", "protocol.window.lower=10 mV")
    assert refused.code == 2 and "the protocol of a guided fit is that of the data" in refused.err
    known = read_material("carbon.toml").core.clusters.rate
    ended = coreshell("fit", *options, "--set", f"core.clusters.rate={known.value} {known.unit}")
    assert ended.code == 0, ended.err
    assert "core.clusters.rate (how fast clusters form, which limits the plateau) is " in ended.out
    problem = tomllib.loads((tmp_path / "set" / "carbon_fit.toml").read_text(encoding="utf-8"))
    assert [each["path"] for each in problem["parameters"]] == ["core.sloping.capacity"]
    assert "untouched" not in problem
    rate = read_material(str(tmp_path / "set" / "carbon.toml")).core.clusters.rate
    assert (rate.value, rate.source) == (known.value, "set by the user")


def test_a_number_that_the_data_do_not_touch_is_left_out_and_named(sample, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(proposal, "candidates", only(*FITTED))
    monkeypatch.setattr(proposal, "_responses", lambda *_: [100.0, 0.9 * proposal.TOUCHED])
    options = ("--from", str(sample / "carbon.toml"), "--mass", "1 mg")
    ended = coreshell("materials", "new", "mine", "--data", str(sample / "first.csv"), *options)
    assert "core.clusters.rate" in ended.out and "the data do not touch it" in ended.out
    problem = (tmp_path / "mine_fit.toml").read_text(encoding="utf-8")
    assert "# Not fitted: core.clusters.rate" in problem
    assert [each["path"] for each in tomllib.loads(problem)["parameters"]] == ["core.sloping.capacity"]
    read = read_problem(tmp_path / "mine_fit.toml")
    (untouched,) = read.untouched
    assert untouched.name == "core.clusters.rate" and untouched.start == 2.5e-5
    assert untouched.section.prior == read_priors().free("core.clusters.rate", "mine").prior


def test_a_number_beyond_the_reach_of_the_data_is_fitted_where_they_contradict_its_prior(
    sample, monkeypatch, tmp_path
):
    """Clusters that form within a second leave no trace; those of the prior, of a day, would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(proposal, "candidates", only(*FITTED))
    content = tomllib.loads((sample / "carbon.toml").read_text(encoding="utf-8"))
    content["core"]["clusters"]["rate"]["value"] = FAST
    (tmp_path / "fast.toml").write_text(tomli_w.dumps(content), encoding="utf-8")
    options = ("--from", "fast.toml", "--mass", "1.1 mg", "--rate", "C/20")
    ended = coreshell("materials", "new", "mine", "--data", str(sample / "first.csv"), *options)
    assert ended.code == 0, ended.err
    problem = tomllib.loads((tmp_path / "mine_fit.toml").read_text(encoding="utf-8"))
    assert [each["path"] for each in problem["parameters"]] == list(FITTED)


def test_both_charge_transfers_are_among_what_may_be_fitted():
    """At the carbon and at the sodium metal, of a carbon with and without a coating."""
    for name in ("hard_carbon", "core_shell"):
        paths = {each.path for each in proposal.candidates(read_material(name))}
        assert {"surface.exchange_current_density", "cell.counter_exchange_current_density"} <= paths
        for path in paths & set(read_priors().by_path):
            assert read_priors().free(path, name).prior is not None


def test_the_series_resistance_is_never_fitted_and_is_in_the_draws(sample, monkeypatch, tmp_path):
    """Curves do not tell it from the charge transfer at the sodium metal, however far it moves them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(proposal, "candidates", only(FITTED[0], "cell.series_resistance"))
    options = ("--from", str(sample / "carbon.toml"), "--mass", "1.1 mg", "--rate", "C/20")
    ended = coreshell("materials", "new", "mine", "--data", str(sample / "first.csv"), *options)
    assert "curves do not tell it from the charge transfer at the sodium metal" in ended.out
    read = read_problem(tmp_path / "mine_fit.toml")
    assert [each.name for each in read.parameters] == [FITTED[0]]
    assert [each.name for each in read.untouched] == ["cell.series_resistance"]


def test_a_new_sample_in_one_step_can_be_fitted_as_it_is(sample, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(proposal, "candidates", only(*FITTED))
    data = ("--data", str(sample / "first.csv"), "--rate", "C/20", "--mass", "1.1 mg")
    ended = coreshell("materials", "new", "mine", "--areas", SORPTION, *data)
    assert ended.code == 0, ended.err
    problem = tomllib.loads((tmp_path / "mine_fit.toml").read_text(encoding="utf-8"))
    assert [each["path"] for each in problem["parameters"]] == list(FITTED)
    assert problem["curves"][0]["material"] == "mine"
    material = tomllib.loads((tmp_path / "mine.toml").read_text(encoding="utf-8"))
    assert material["particle"]["external_area"]["source"].startswith("measured: sorption_core_shell.csv")
    assert material["core"]["sloping"]["capacity"]["source"].startswith("from core_shell: ")
    assert read_protocol(str(tmp_path / "mine_protocol.toml")).window.upper.si == 2.5


def test_a_new_sample_without_data_has_no_problem_and_says_so(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    ended = coreshell("materials", "new", "mine", "--areas", SORPTION)
    assert ended.code == 0 and "No --data" in ended.out
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]


def test_numbers_that_were_not_fitted_are_among_what_to_measure_next():
    lines = next_measurements((), ("core.sloping.diffusivity",))
    assert any(line.startswith("core.sloping.diffusivity: a rate test") for line in lines)


def test_the_counter_electrode_is_told_by_another_test_than_the_carbon():
    paths = ("surface.exchange_current_density", "cell.counter_exchange_current_density")
    carbon, metal = (" ".join(next_measurements((), (path,))) for path in paths)
    assert "on the slope" in carbon and "reference electrode" not in carbon
    assert "reference electrode" in metal and "on the slope" not in metal


def fitted_curve(off):
    """A curve of two half-cycles of 100 and 50 mAh/g, each point of which is missed by ``off`` volts."""
    axis, half_cycle = np.append(np.linspace(0, 100, 101), np.linspace(0, 50, 101)), np.repeat([1, 2], 101)
    measured = np.full(202, 0.5)
    rmse = 1e3 * float(np.sqrt(np.mean(off**2)))
    named = ("a.csv", "mine", "run", "capacity", "mV", rmse)
    return FittedCurve(*named, np.full(202, 1e-3), axis, half_cycle, measured, measured + off)


def test_the_misfit_is_told_with_and_without_the_ends_of_half_cycles():
    """Missed by 2 mV, but for the points beyond 98 %, of the second half-cycle too, by 50 mV."""
    off = np.where(np.tile(np.arange(101), 2) > 98, 0.05, 0.002)
    curve = fitted_curve(off)
    assert curve.rmse_but_ends == pytest.approx(2.0)
    assert curve.rmse_in_words == "RMSE 7.31 mV, 2 mV without the last 2 % of each half-cycle"


def test_the_first_line_of_a_guided_fit_is_its_verdict(guided):
    """In the terminal before the table of parameters, and on the page."""
    place, ended = guided
    lines = ended.out.splitlines()
    (first,) = [n for n, text in enumerate(lines) if text.startswith("The model meets the data within")]
    (table,) = [n for n, text in enumerate(lines) if "parameter" in text and "verdict" in text]
    assert first < table
    assert lines[first] in (place / "report.html").read_text(encoding="utf-8")
    assert "without the last 2 % of each half-cycle" in ended.out
