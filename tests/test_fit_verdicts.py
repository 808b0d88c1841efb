"""What a fit says that its data settle, where priors and bounds help, and what it warns of."""

import json

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from reference_carbon import NUMBERS
from synthetic import curve, measured_file, parameter, problem_file, scalar

from coreshell_model.infer import fitting, search
from coreshell_model.infer.fit_picture import fit_picture
from coreshell_model.infer.fit_report import markdown, record
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.known_to import graded
from coreshell_model.infer.profile import COMBINED, FIXED

LOSS = "First-cycle loss [mA.h.g-1]"
ICE = "Initial coulombic efficiency"
FILM, TRAPS = "sei.steps.2.charge", "shell.trapping.capacity"
TRAPPING = parameter(TRAPS, 0.0, 400.0, 200.0, "mAh/g")
ONE_LOSS = [scalar(LOSS, 89, 10, "mAh/g")]


def film(**others):
    """The film's second step, where the loss responds to it."""
    return parameter(FILM, 1.5, 5.0, 2.5, "mAh/m2", **others)


def test_what_only_the_prior_of_another_parameter_closes_is_not_fixed_by_the_data(tmp_path):
    """One loss, divided between film and traps by the film's prior alone; known beforehand, it is fixed."""
    free = [film(prior={"mean": 2.5, "sd": 0.1}), TRAPPING]
    found = fit(problem_file(tmp_path / "two.toml", free, observations=ONE_LOSS), starts=1)
    low, high = found[TRAPS].interval_95
    assert low is not None and high is not None and high - low < 200  # closed, but not by the data
    assert found[TRAPS].verdict == f"only in combination with {FILM}"
    assert found[FILM].verdict == f"only in combination with {TRAPS}"
    alone = fit(problem_file(tmp_path / "one.toml", [TRAPPING], observations=ONE_LOSS), starts=1)
    assert alone[TRAPS].verdict == "known to a factor of 1.5"


def test_a_prior_that_hardly_helps_leaves_a_parameter_fixed_by_the_data(tmp_path):
    """The film is measured too: its prior, as wide as that, is not what closes the traps' profile."""
    free = [film(prior={"mean": 2.5, "sd": 0.1}), TRAPPING]
    data = [*ONE_LOSS, scalar("Loss to SEI [mA.h.g-1]", 39.0, 1.0, "mAh/g")]
    found = fit(problem_file(tmp_path / "both.toml", free, observations=data), starts=1)
    assert found[TRAPS].verdict == "known to a factor of 1.8"
    assert found[FILM].verdict == "fixed by the data"


def test_what_another_parameters_bound_closes_names_that_parameter(tmp_path):
    """Trapped 55 of a loss of 60: less film than its bound allows, which pulls at the traps on both sides."""
    free = [film(), TRAPPING]
    data = [scalar(LOSS, 60, 4, "mAh/g"), scalar("Loss to trapped sodium [mA.h.g-1]", 55, 2, "mAh/g")]
    found = fit(problem_file(tmp_path / "bound.toml", free, observations=data), starts=1)
    assert found[FILM].on_bound
    assert found[TRAPS].verdict == f"only in combination with {FILM}"


def test_a_resumed_fit_has_the_verdicts_of_its_kept_profiles(tmp_path):
    path = problem_file(
        tmp_path / "two.toml", [film(prior={"mean": 2.5, "sd": 0.1}), TRAPPING], observations=ONE_LOSS
    )
    first = fit(path, folder=tmp_path / "fit", starts=1)
    again = fit(path, folder=tmp_path / "fit", starts=1, resume=True)
    assert [one.verdict for one in again.parameters] == [one.verdict for one in first.parameters]


def test_numbers_that_are_far_off_are_named_without_a_degree_of_freedom(tmp_path):
    """An efficiency of 82, as in per cent with the unit of a fraction."""
    data = [scalar(ICE, 82, 2)]
    found = fit(problem_file(tmp_path / "far.toml", [TRAPPING], observations=data), starts=1)
    assert found.degrees_of_freedom == 0
    assert any(
        f"missed by more than 3 standard deviations: {ICE} of core_shell by 4" in t for t in found.warnings
    )


def test_a_curve_that_its_axis_lets_off_is_warned_of(tmp_path):
    """Hours for seconds: all of it lies within the axis' noise, so 1.4 V of misfit hardly count."""
    path = measured_file(tmp_path / "hours.csv", seed=1, **NUMBERS)
    table = pd.read_csv(path)
    table["Test Time / s"] /= 3600
    table.to_csv(path, index=False)
    known = {name: text for name, text in NUMBERS.items() if name != TRAPS}
    given = curve(path, changes=known, half_cycles=[1])
    found = fit(problem_file(tmp_path / "hours.toml", [TRAPPING], curves=[given]), starts=1)
    assert found.curves[0].rmse > 500
    assert any("hours.csv: the noise of its axis outweighs" in text for text in found.warnings)


def test_a_parameter_that_nothing_responds_to_has_no_standard_deviation(tmp_path):
    """Not 4e5 of a fraction; null in JSON."""
    free = [TRAPPING, parameter("electrode.binder_density", 1.0, 2.0, 1.6, "g/cm3")]
    data = [*ONE_LOSS, scalar(ICE, 0.82, 0.02)]
    found = fit(problem_file(tmp_path / "none.toml", free, observations=data), starts=1)
    rows = {row["Name"]: row for row in record(found)["Parameters"]}
    assert rows["electrode.binder_density"]["Standard deviation"] is None
    assert 0 < rows[TRAPS]["Standard deviation"] < 400


def test_a_curve_with_a_gap_is_fitted_where_the_file_says_that_current_went_on(tmp_path):
    """And refused, with how to say so, where it does not."""
    path = measured_file(tmp_path / "gap.csv", seed=1, interval=600.0, **NUMBERS)
    table = pd.read_csv(path)
    table[(table.index < 20) | (table.index > 60)].to_csv(path, index=False)
    given = curve(path, changes={name: text for name, text in NUMBERS.items() if name != TRAPS})
    words = ("--starts", "1", "--workers", "1")
    refused = coreshell("fit", str(problem_file(tmp_path / "no.toml", [TRAPPING], curves=[given])), *words)
    assert refused.code == 2 and "in a fit's file, allow_gaps = true" in refused.err
    allowed = problem_file(tmp_path / "yes.toml", [TRAPPING], curves=[given | {"allow_gaps": True}])
    outcome = coreshell("fit", str(allowed), *words, "--json")
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize("content", ["", "\n\n", "Frequency [Hz],Real impedance [Ohm]\n"])
def test_a_spectrum_without_rows_is_refused_in_one_line(content, tmp_path):
    (tmp_path / "empty.csv").write_text(content)
    spectrum = {"material": "core_shell", "file": "empty.csv", "potential": "0.1 V", "sd": 0.01}
    outcome = coreshell("fit", str(problem_file(tmp_path / "e.toml", [TRAPPING], spectra=[spectrum])))
    assert outcome.code == 2 and outcome.err.count("\n") == 1 and "empty.csv" in outcome.err


@pytest.mark.parametrize("window", [["3 V", "4 V"], ["-2 V", "-1 V"]])
def test_a_window_that_no_run_passes_is_refused(window, tmp_path):
    """One that lies in part within the cut-offs is not."""
    asked = scalar("Sodiation in a window [mA.h.g-1]", 90, 18, "mAh/g", window=window)
    outcome = coreshell("fit", str(problem_file(tmp_path / "w.toml", [TRAPPING], observations=[asked])))
    assert outcome.code == 2 and "outside the cut-offs of 5 mV to 2.5 V" in outcome.err


def test_a_text_in_place_of_a_list_says_how_to_write_one(tmp_path):
    free = TRAPPING | {"shared": "core_shell"}
    outcome = coreshell("fit", str(problem_file(tmp_path / "t.toml", [free], observations=ONE_LOSS)))
    assert outcome.code == 2 and "write a list, as ['core_shell']" in outcome.err


def test_nothing_is_resumed_where_nothing_is(tmp_path):
    """Nor is a folder made for it."""
    path = str(problem_file(tmp_path / "p.toml", [TRAPPING], observations=ONE_LOSS))
    outcome = coreshell("fit", path, "--out", str(tmp_path / "new"), "--resume")
    assert outcome.code == 2 and "is not there to resume" in outcome.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("kept", [(), ("fit.json",)])
def test_a_stop_says_whether_there_is_anything_to_go_on_with(kept, tmp_path, monkeypatch):
    path = str(problem_file(tmp_path / "p.toml", [TRAPPING], observations=ONE_LOSS))
    out = tmp_path / "out"

    def stopped(*_, **__):
        out.mkdir()
        for name in ("lock", *kept):
            (out / name).touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("coreshell_model.infer.fitting.fit", stopped)
    outcome = coreshell("fit", path, "--out", str(out), "--workers", "1")
    assert outcome.code == 130
    assert ("add --resume to go on" in outcome.err) == bool(kept)
    assert ("before anything was finished" in outcome.err) != bool(kept)


def test_a_fit_is_drawn_with_every_kind_of_datum(tmp_path):
    """Bars of the numbers, a panel for the curve and one for the spectrum; the table has every datum."""
    path = measured_file(tmp_path / "c.csv", seed=1, **NUMBERS)
    known = {name: text for name, text in NUMBERS.items() if name != TRAPS}
    frequencies = [100.0, 1.0, 0.01]
    table = {"Frequency [Hz]": frequencies, "Z'": [280.0, 300.0, 320.0], "Z''": [-1.0, -5.0, -20.0]}
    pd.DataFrame(table).to_csv(tmp_path / "eis.csv", index=False)
    spectrum = {"material": "core_shell", "file": "eis.csv", "potential": "0.1 V", "sd": 0.01}
    observed = {"observations": ONE_LOSS, "curves": [curve(path, changes=known)], "spectra": [spectrum]}
    found = fit(
        problem_file(tmp_path / "all.toml", [TRAPPING], **observed), starts=1, folder=tmp_path / "out"
    )
    every = pd.read_csv(tmp_path / "out" / "residuals.csv")
    assert len(every) == found.data
    assert (tmp_path / "out" / "residuals.png").stat().st_size > 10_000
    panels = fit_picture(found, every).figure.axes
    bars, over_capacity, below, nyquist = panels
    assert bars.patches[0].get_width() == pytest.approx(-found.scalars[0].residual)
    assert below.get_xlabel() == "Capacity / mAh g$^{-1}$"
    assert below.get_ylabel() == "Measured \u2212 fitted\n/ mV (grey: 2 sd)"
    fitted_curve = found.curves[0]
    shown = np.concatenate([line.get_ydata() for line in below.lines[:-1]])
    assert shown == pytest.approx(1e3 * (fitted_curve.measured - fitted_curve.simulated))
    of_curve = every[every["Observation"] == fitted_curve.name]
    assert of_curve["Measured less fitted"].to_numpy() * 1e3 == pytest.approx(shown)
    beyond = int(np.sum(np.abs(shown) > below.get_ylim()[1]))
    assert [text.get_text().split(" beyond")[0] for text in below.texts] == (
        [f"{beyond} point{'s' if beyond > 1 else ''}"] if beyond else []
    )
    drawn = sum(len(line.get_xdata()) for line in over_capacity.lines[::2])
    assert drawn == len(found.curves[0].axis)
    assert nyquist.lines[0].get_ydata() == pytest.approx([1.0, 5.0, 20.0])


@pytest.mark.parametrize(
    ("free", "data", "number", "ends"),
    [
        ([TRAPPING], ONE_LOSS, TRAPS, ("data", "data")),
        ([film(prior={"mean": 2.5, "sd": 0.1}), TRAPPING], ONE_LOSS, TRAPS, (f"prior of {FILM}",) * 2),
        ([film(prior={"mean": 2.5, "sd": 0.1}), TRAPPING], ONE_LOSS, FILM, ("its prior",) * 2),
        (
            [film(), TRAPPING],
            [scalar(LOSS, 60, 4, "mAh/g"), scalar("Loss to trapped sodium [mA.h.g-1]", 55, 2, "mAh/g")],
            TRAPS,
            (f"bound of {FILM}",) * 2,
        ),
    ],
)
def test_each_end_of_an_interval_says_what_sets_it(free, data, number, ends, tmp_path):
    """And the verdict counts the ends that the data set, in the result, the report and the printed table."""
    result = fit(problem_file(tmp_path / "ends.toml", free, observations=data), starts=1)
    parameter_there = result[number]
    assert parameter_there.ends == ends
    assert all(end is not None for end in parameter_there.interval_95)
    assert (parameter_there.verdict == "known to a factor of 1.5") == (ends == ("data", "data"))
    row = next(row for row in record(result)["Parameters"] if row["Name"] == number)
    assert row["Ends of the 95 % interval set by"] == list(ends)
    assert f"| {ends[0]} |" in markdown(result)


@pytest.mark.parametrize(
    ("value", "interval", "unit", "words"),
    [
        (200.0, (180.0, 230.0), "mAh/g", "fixed by the data"),
        (200.0, (180.0, 245.0), "mAh/g", "known to a factor of 1.3"),
        (200.0, (150.0, 230.0), "mAh/g", "known to a factor of 1.4"),
        (1e-16, (4e-17, 3e-16), "m2/s", "known to a factor of 3"),
        (1e-16, (1e-18, 3e-16), "m2/s", "known to a factor of 100"),
        (0.5, (0.45, 0.58), "V", "fixed by the data"),
        (0.05, (0.03, 0.06), "V", "known to ± 0.02 V"),
        (-0.5, (-0.55, -0.45), "1", "fixed by the data"),
        (0.1, (-0.05, 0.3), "1", "known to ± 0.2"),
        (10.0, (0.0, 31.3), "mAh/g", "known to ± 22 mAh/g"),
        (10.0, (None, 11.0), "mAh/g", "one-sided"),
    ],
)
def test_a_number_is_fixed_by_the_data_only_where_its_interval_is_narrow(value, interval, unit, words):
    """Both ends within a factor of 1.2; else the words say how well it is known."""
    assert graded(FIXED, value, interval, unit) == words
    assert graded(f"{COMBINED} b", value, interval, unit) == "only in combination with b"


def test_a_one_sided_verdict_comes_with_one_end_by_the_data(tmp_path):
    """A bound closes the other end of the traps' interval: less film than none cannot be."""
    free = [film(), TRAPPING]
    data = [scalar(LOSS, 75, 4, "mAh/g"), scalar("Loss to trapped sodium [mA.h.g-1]", 55, 20, "mAh/g")]
    result = fit(problem_file(tmp_path / "side.toml", free, observations=data), starts=1)
    assert result[TRAPS].verdict == "one-sided"
    assert sorted(end == "data" for end in result[TRAPS].ends) == [False, True]


def test_a_profile_that_comes_to_a_better_fit_starts_the_fit_anew(tmp_path, monkeypatch):
    """Searches from the start are stuck where they begin: the result is that of a good search."""
    data = [*ONE_LOSS, scalar("Loss to SEI [mA.h.g-1]", 39.0, 4.0, "mAh/g")]
    free = [parameter(FILM, 1.5, 5.0, 4.5, "mAh/m2"), TRAPPING]
    path = problem_file(tmp_path / "stuck.toml", free, observations=data)
    good = fit(path, starts=1)
    assert not any("began anew" in text for text in good.warnings)
    searches = []

    def stuck(misfit, places, **options):
        searches.append(places)
        if len(searches) == 1:
            return search.minimise(misfit, places, most_rounds=1, tolerance=1e9)
        return search.minimise(misfit, places, **options)

    def begin(misfit, item, say):
        return search.minimise(misfit, np.array(item[1]), most_rounds=1, tolerance=1e9)

    monkeypatch.setattr(fitting, "minimise", stuck)
    monkeypatch.setattr(fitting, "fit_from", begin)
    said = []
    result = fit(path, starts=1, folder=tmp_path / "fit", say=said.append)
    again = said.index("a better fit was found: profiles begin again from it, their time is counted anew")
    counted = [text for text in said[again:] if text.startswith("profile of ") and " done" in text]
    assert [text.split(" done, ")[1].split(";")[0] for text in counted] == [
        "1 of 2 profiles",
        "2 of 2 profiles",
    ]
    assert result.starts[0]["Chi-squared"] > result.chi_squared + 3
    assert result.chi_squared == pytest.approx(good.chi_squared, abs=0.05)
    assert any("from which the fit began anew and ended at" in text for text in result.warnings)
    for name in (FILM, TRAPS):
        assert result[name].value == pytest.approx(good[name].value, rel=0.02)
        assert result[name].interval_95 == pytest.approx(good[name].interval_95, rel=0.02)
    for kept in (tmp_path / "fit" / "profiles").iterdir():
        assert json.loads(kept.read_text())["Best chi-squared"] < result.chi_squared + 1
