"""Bad input to a fit beyond what test_fit.py holds: one line, exit code 2, nothing written, nothing lost."""

import json

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from synthetic import MASS, curve, parameter, problem_file, scalar

from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.material import read_material, sources

THERE = sources(read_material("core_shell"))["core.sloping.capacity"].value
CAPACITY = parameter("core.sloping.capacity", 0.75 * THERE, 1.25 * THERE, None, "mAh/g")
RATE = parameter("core.clusters.rate", 1e-6, 1e-2, None, "1/s", "log")
ICE = scalar("Initial coulombic efficiency", 0.82, 0.02)
WINDOW = scalar("Sodiation in a window [mA.h.g-1]", 90, 18, "mAh/g", window=["0.44 V", "0.65 V"])
SPECTRUM = {"material": "core_shell", "file": "eis.csv", "potential": "0.1 V", "sd": 0.01}


def refused(tmp_path, words, parameters=(CAPACITY,), **observed):
    """The command refuses a problem with these words, and leaves no fit behind."""
    path = problem_file(tmp_path / "bad.toml", parameters, **observed)
    outcome = coreshell("fit", str(path), "--out", str(tmp_path / "out"), "--workers", "1")
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert not (tmp_path / "out" / "fit.json").exists()


SCALARS = {
    "a window where none is asked for": (ICE | {"window": ["0 V", "1 V"]}, "leave it out"),
    "no window where one is": (WINDOW | {"window": None}, "asks for a window"),
    "a window upside down": (WINDOW | {"window": ["0.65 V", "0.44 V"]}, "give the lower potential first"),
    "a window in hours": (WINDOW | {"window": ["1 h", "2 h"]}, "not a potential"),
    "a window of a cycle that is not there": (WINDOW | {"entry": 3}, "that of a cycle, 1 to 1"),
    "an unknown relation": (ICE | {"relation": "about"}, "relation"),
    "an infinite sd": (ICE | {"sd": float("inf")}, "finite"),
    "an entry that is not there": (ICE | {"observable": "Peaks", "entry": [1, "x"]}, "'Peaks'"),
    "a rate that the protocol has not": (
        scalar("Rate retention", 0.5, 0.1, entry="C/2"),
        "has no observable 'Rate retention'",
    ),
    "an observable misspelt": (
        scalar("Reversible capacity", 400, 24, "mAh/g"),
        "no observable 'Reversible capacity'; did you mean 'Reversible capacity [mA.h.g-1]'?",
    ),
    "an observable that is none": (scalar("Beauty", 1, 1), "`coreshell run --json` lists what a run has"),
    "an entry before the first": (
        ICE | {"observable": "Coulombic efficiency", "entry": 0},
        "has no number 0; give as entry one of 1 to 1",
    ),
    "an entry counted from the end": (ICE | {"observable": "Coulombic efficiency", "entry": -1}, "1 to 1"),
    "an entry of one number": (ICE | {"entry": 3}, "without entries; leave out entry 3"),
    "a list that is empty": (ICE | {"observable": "Warnings", "entry": 1}, "leave out entry 1"),
    "an entry in another unit": (
        scalar("Peaks", 1.2, 0.1, "h", entry=[1, "Potential [V]"]),
        "unit 'h' is not a potential",
    ),
    "a change of what is not there": (ICE | {"changes": {"protocol.numbers.pause": "1 h"}}, "not one of its"),
}


@pytest.mark.parametrize("case", SCALARS)
def test_a_number_that_a_run_cannot_give_is_refused(case, tmp_path):
    """Each with what to do about it."""
    given, words = SCALARS[case]
    refused(tmp_path, words, observations=[{k: v for k, v in given.items() if v is not None}])


PARAMETERS = {
    "bounds the wrong way round": ({"lower": 1.25 * THERE, "upper": 0.75 * THERE}, "the other way round"),
    "bounds that are one": ({"lower": THERE, "upper": THERE}, "give a range to search, or leave"),
    "a unit of something else": ({"unit": "kg"}, "unit 'kg' is not a charge per mass"),
    "a start outside its bounds": ({"start": 3 * THERE}, "outside its bounds"),
    "a start that is not a number": ({"start": float("nan")}, "finite"),
    "a bound that no material has": ({"lower": -1.0}, "must be"),
    "no path": ({"paths": {"core_shell": []}}, "paths.core_shell is empty"),
    "a path twice": ({"paths": {"core_shell": ["core.sloping.capacity"] * 2}}, "is there twice"),
    "a number of the protocol": ({"paths": {"core_shell": "protocol.window.lower"}}, "only materials are"),
}


@pytest.mark.parametrize("case", PARAMETERS)
def test_a_parameter_that_cannot_be_searched_is_refused(case, tmp_path):
    """Bounds, start and paths are checked before anything is simulated."""
    changed, words = PARAMETERS[case]
    refused(tmp_path, words, [CAPACITY | changed], observations=[ICE])


def test_a_problem_without_parameters_is_refused(tmp_path):
    refused(tmp_path, "has no parameters to fit; add [[parameters]]", [], observations=[ICE])


def measured(tmp_path, rows=40, **columns):
    """A file of a sodiation, its numbers made up."""
    table = {
        "Test Time / s": 600.0 * np.arange(rows),
        "Voltage / V": np.linspace(1.0, 0.1, rows),
        "Current / A": np.full(rows, 2e-5),
    }
    pd.DataFrame(table | columns).to_csv(tmp_path / "curve.csv", index=False)
    return curve("curve.csv", first_cycle=1)


def test_a_curve_shorter_than_the_parameters_is_refused(tmp_path):
    """One point more than the axis needs is less than three parameters ask for."""
    given = measured(tmp_path, rows=2)
    free = [CAPACITY, RATE, parameter("core.clusters.potential", 0.01, 0.3, None, "V")]
    refused(tmp_path, "2 data and 0 priors for 3 parameters", free, curves=[given])


def test_a_constant_curve_is_refused(tmp_path):
    """A voltage that says nothing."""
    given = measured(tmp_path, **{"Voltage / V": np.full(40, 0.5)})
    refused(tmp_path, "is constant", curves=[given])


def test_a_curve_with_missing_numbers_is_refused(tmp_path):
    """Every other voltage is NaN: beyond what is left out of a record with a statement."""
    voltage = np.where(np.arange(40) % 2, np.nan, np.linspace(1.0, 0.1, 40))
    refused(tmp_path, "curve.csv", curves=[measured(tmp_path, **{"Voltage / V": voltage})])


REPLAYS = {
    "of neither protocol nor replay": ({"protocol": None}, "give either protocol, or replay"),
    "of both": ({"replay": "current"}, "give either protocol, or replay"),
    "over capacity": ({"protocol": None, "replay": "current", "over": "capacity"}, "compared over time"),
    "of what it prescribes": ({"protocol": None, "replay": "voltage"}, "which the replay prescribes"),
    "of some cycles": ({"protocol": None, "replay": "current", "cycles": 1}, "leave them out"),
    "without a mass": (
        {"protocol": None, "replay": "current", "cycles": None, "first_cycle": None, "mass": None},
        "not known",
    ),
    "of fitted numbers": (
        {
            "protocol": None,
            "replay": "current",
            "cycles": None,
            "first_cycle": None,
            "changes": {CAPACITY["path"]: "9 mAh/g"},
        },
        "is fitted",
    ),
}


@pytest.mark.parametrize("case", REPLAYS)
def test_a_comparison_that_makes_no_sense_is_refused(case, tmp_path):
    """A replay follows a whole file over time, and compares what it does not prescribe."""
    changed, words = REPLAYS[case]
    given = measured(tmp_path) | {"mass": MASS} | changed
    refused(tmp_path, words, curves=[{k: v for k, v in given.items() if v is not None}])


GOOD = {
    "Frequency [Hz]": [100.0, 1.0, 0.01],
    "Real impedance [Ohm]": [10.0, 20.0, 30.0],
    "Imaginary impedance [Ohm]": [-1.0, -5.0, -20.0],
}
SPECTRA = {
    "a number that is missing": (GOOD | {"Real impedance [Ohm]": [10.0, None, 30.0]}, {}, "not a finite"),
    "a frequency of zero": (GOOD | {"Frequency [Hz]": [100.0, 1.0, 0.0]}, {}, "give those above 0"),
    "a turned sign": (GOOD | {"Imaginary impedance [Ohm]": [1.0, 5.0, 20.0]}, {}, "begin with a minus"),
    "two rows": ({name: column[:2] for name, column in GOOD.items()}, {}, "at least 3"),
    "a constant": (GOOD | {name: [1.0] * 3 for name in list(GOOD)[1:]}, {}, "constant"),
    "no column of that name": (GOOD, {"columns": {"real": "R"}}, "no column for real"),
    "an unknown kind of column": (GOOD, {"columns": {"phase": "P"}}, "'phase' is not one of"),
    "an area in metres": (GOOD, {"area": "1 m"}, "not an area"),
    "a potential outside of the window": (GOOD, {"potential": "4 V"}, "outside the window"),
    "cycles of nothing": (GOOD, {"cycles": 2}, "name it as after"),
    "an sd above 1": (GOOD, {"sd": 2.0}, "less than 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPECTRA)
def test_a_spectrum_that_cannot_be_compared_is_refused(case, tmp_path):
    """The file, the state and the columns are checked before the fit begins."""
    table, changed, words = SPECTRA[case]
    pd.DataFrame(table).to_csv(tmp_path / "eis.csv", index=False)
    refused(tmp_path, words, spectra=[SPECTRUM | changed])


def test_a_refused_change_of_a_fit_loses_nothing_of_it(tmp_path):
    """Another datum under a folder that holds a fit: refused, and each file stays byte for byte."""
    path = problem_file(tmp_path / "one.toml", [CAPACITY], observations=[ICE])
    out = tmp_path / "out"
    assert coreshell("fit", str(path), "--out", str(out), "--starts", "1", "--workers", "1").code == 0
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    problem_file(path, [CAPACITY], observations=[ICE | {"value": 0.5}])
    outcome = coreshell("fit", str(path), "--out", str(out), "--resume", "--workers", "1")
    assert outcome.code == 2
    assert "another problem than this fit's" in outcome.err
    assert {file: file.read_bytes() for file in out.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("place", ["a file", "an empty folder"])
def test_where_fitted_numbers_cannot_go_is_refused_before_the_fit(tmp_path, place):
    """After it the result would be lost."""
    path = problem_file(tmp_path / "good.toml", (CAPACITY,), observations=[ICE])
    into = path if place == "a file" else tmp_path
    words = ("--out", str(tmp_path / "out"), "--workers", "1", "--into", str(into))
    outcome = coreshell("fit", str(path), *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "core_shell.toml: cannot be read" in outcome.err and outcome.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "core.sloping.capacity=200 mAh/g",
            "--set: core.sloping.capacity is fitted, or drawn from its prior",
        ),
        ("protocol.window.lower=10 mV", "--set: protocol.window.lower is a number of a protocol"),
        ("cell.series_resistence=12 Ohm.cm2", "did you mean 'cell.series_resistance'"),
        ("cell.series_resistance=12 V", "--set: core_shell: cell.series_resistance"),
        ("cell.series_resistance", "has no number to change"),
    ],
)
@pytest.mark.parametrize("command", ["fit", "posterior"])
def test_a_number_that_cannot_be_set_for_a_fit_is_refused(command, change, words, tmp_path):
    """One that is free is one of them; draws of the same problem refuse it too."""
    path = problem_file(tmp_path / "set.toml", [CAPACITY], observations=[ICE])
    outcome = coreshell(command, str(path), "--set", change, "--out", str(tmp_path / "out"))
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err and outcome.err.count("\n") == 1
    assert not (tmp_path / "out" / "fit.json").exists()


def test_a_number_that_is_set_holds_for_the_fit_and_in_the_fitted_material(tmp_path):
    """It is that of every run, by path or by the name of a design variable; another one is not resumed."""
    path = problem_file(tmp_path / "set.toml", [CAPACITY], observations=[ICE])
    words = ("fit", str(path), "--out", str(tmp_path / "out"), "--starts", "1", "--workers", "1", "--json")
    outcome = coreshell(*words, "--set", "cell.series_resistance=12 Ohm.cm2", "--set", "loading=2 mg/cm2")
    assert outcome.code == 0, outcome.err
    told = json.loads(outcome.out)
    assert told["Changes"] == {"cell.series_resistance": "12 Ohm.cm2", "loading": "2 mg/cm2"}
    cell = read_material(str(tmp_path / "out" / "core_shell_set.toml")).cell
    assert (cell.series_resistance.value, cell.active_loading.value) == (12, 2)
    assert cell.series_resistance.source.endswith("set by the user")
    read = read_problem(path, numbers={"cell.series_resistance": "12 Ohm.cm2"})
    assert [run.material.cell.series_resistance.value for run in read.runs] == [12]
    other = coreshell(*words, "--set", "cell.series_resistance=13 Ohm.cm2", "--resume")
    assert other.code == 2 and "another" in other.err
