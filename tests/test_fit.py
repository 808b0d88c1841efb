"""Fits: a known truth found again, what the data leave open said so, nothing lost by a stop or a failure."""

import json
import signal
import subprocess
import sys
import time
import tomllib

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from reference_carbon import NUMBERS, reference_carbon
from synthetic import curve, measured_file, parameter, problem_file, scalar

from coreshell_model import simulate, summary
from coreshell_model.base.errors import InputError
from coreshell_model.infer import runs
from coreshell_model.infer.assemble import covariance
from coreshell_model.infer.curves import AXIS_SD, continued
from coreshell_model.infer.draws import read_posterior
from coreshell_model.infer.fit_report import record
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.misfit import FAILED, Misfit
from coreshell_model.infer.normal_draws import DRAWS
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.protocol import beginning, read_protocol

CORE_SHELL = sources(read_material("core_shell"))
RATE_THERE, CAPACITY_THERE = (
    CORE_SHELL[path].value for path in ("core.clusters.rate", "core.sloping.capacity")
)
"""The truth: 1/s, mAh/g."""

RATE = parameter("core.clusters.rate", RATE_THERE / 5, RATE_THERE * 5, RATE_THERE * 2, "1/s", "log")
CAPACITY = parameter(
    "core.sloping.capacity", 0.75 * CAPACITY_THERE, 1.25 * CAPACITY_THERE, 0.95 * CAPACITY_THERE, "mAh/g"
)
REFERENCE = {
    path: sources(reference_carbon())[path].value for path in ("core.clusters.rate", "core.sloping.capacity")
}
KNOWN = {path: text for path, text in NUMBERS.items() if path not in REFERENCE}
ICE = "Initial coulombic efficiency"
DESODIATION = "First desodiation capacity [mA.h.g-1]"
SEI = "Loss to SEI [mA.h.g-1]"
TRAPPED = "Loss to trapped sodium [mA.h.g-1]"


def first_cycle(**changes):
    return summary(simulate("core_shell", beginning(read_protocol("formation"), 1), changes))


def observed(results, **sds):
    """The scalars of a run with these standard deviations."""
    return [scalar(name, results[name], sd, "mAh/g" if "[" in name else "1") for name, sd in sds.items()]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A first cycle of the reference carbon with 2 mV of noise."""
    return measured_file(tmp_path_factory.mktemp("measured") / "first_cycle.csv", seed=1, **NUMBERS)


@pytest.fixture(scope="module")
def recovered(measured):
    """Two of its numbers from that cycle, the others known."""
    rate, capacity = REFERENCE.values()
    free = [
        parameter("core.clusters.rate", rate / 5, rate * 5, rate * 2, "1/s", "log"),
        parameter("core.sloping.capacity", 0.75 * capacity, 1.25 * capacity, 0.95 * capacity, "mAh/g"),
    ]
    problem = problem_file(measured.parent / "two.toml", free, [curve(measured, changes=KNOWN)])
    return fit(problem, folder=measured.parent / "two")


def test_a_known_truth_is_found_again_within_its_intervals(recovered):
    """2 mV of noise, start far off: the 95 % intervals hold the truth and are narrow, below 2 %.

    The noise is seeded; in one of ten such files one of two intervals would miss the truth.
    """
    for name, truth in REFERENCE.items():
        one = recovered[name]
        low, high = one.interval_95
        assert low < truth < high
        assert high / low < 1.02
        assert low < one.interval_68[0] < one.value < one.interval_68[1] < high
        assert one.verdict == "fixed by the data"


def test_residuals_of_the_right_model_have_the_noise_s_size(recovered):
    """Reduced chi-squared of 198 degrees of freedom lies within 1 +- 0.3 (three standard deviations)."""
    assert recovered.degrees_of_freedom == 198
    assert recovered.reduced_chi_squared == pytest.approx(1.0, abs=0.3)
    assert np.abs(recovered.curves[0].residuals).max() < 4.5
    assert recovered.warnings == ()


def test_the_profile_of_a_nearly_linear_problem_has_the_width_of_the_covariance(recovered):
    """With small noise both are the same to 10 %; on a log scale the deviation is that of the logarithm."""
    rate = recovered["core.clusters.rate"]
    width = np.log(rate.interval_95[1] / rate.interval_95[0])
    assert width == pytest.approx(2 * 1.96 * rate.sd, rel=0.1)


def test_the_fitted_material_runs_and_says_how_well_it_is_known(recovered, measured):
    """The file holds the fitted values; its run misses the measured loss by less than 1 mAh/g."""
    path = measured.parent / "two" / "core_shell_two.toml"
    material = read_material(str(path))
    source = material.core.clusters.rate.source
    assert source.startswith("fitted: two.toml; 95 % interval ")
    assert source.endswith("fixed by the data")
    assert material.core.clusters.rate.si == pytest.approx(recovered["core.clusters.rate"].value, rel=1e-9)
    rate, own = material.shell.trapping.rate, read_material("core_shell").shell.trapping.rate
    assert rate.si == own.si and rate.source == f"from core_shell: {own.source}"
    loss = "First-cycle loss [mA.h.g-1]"
    fitted = summary(simulate(str(path), beginning(read_protocol("formation"), 1), KNOWN))
    assert fitted[loss] == pytest.approx(first_cycle(**NUMBERS)[loss], abs=1.0)


def test_the_folder_holds_the_report_and_every_residual(recovered, measured):
    """JSON without NaN, a row for each datum, the verdicts in the Markdown."""
    folder = measured.parent / "two"
    stored = json.loads((folder / "result.json").read_text())
    assert stored["Parameters"] == record(recovered)["Parameters"]
    table = pd.read_csv(folder / "residuals.csv")
    assert (table["Residual"] ** 2).sum() == pytest.approx(recovered.chi_squared, rel=1e-6)
    assert "fixed by the data" in (folder / "report.md").read_text()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Film growth by its exchange current density and the potential where that is taken: one number."""
    growth = "sei.growth.exchange_current_density"
    known = {path: text for path, text in NUMBERS.items() if path not in (growth, CAPACITY["path"])}
    truth = first_cycle(**known, **{growth: "1e-4 A/m2"})
    free = [
        parameter(growth, 1e-5, 1e-3, 6e-5, "A/m2", "log"),
        parameter("sei.growth.potential", 0.47, 0.53, 0.5, "V"),
        CAPACITY,
    ]
    data = [one | {"changes": known} for one in observed(truth, **{SEI: 0.2, ICE: 0.005, DESODIATION: 2.0})]
    return fit(problem_file(tmp_path_factory.mktemp("pair") / "pair.toml", free, observations=data), starts=1)


def test_two_parameters_of_which_only_the_product_counts_are_known_only_in_combination(pair):
    """The bounds of one end the other's profile, which is not taken for knowledge; the third is fixed."""
    assert [one.verdict for one in pair.parameters] == [
        "only in combination with sei.growth.potential",
        "only in combination with sei.growth.exchange_current_density",
        "fixed by the data",
    ]
    assert abs(pair.correlations[0][1]) > 0.99
    _, shares = pair.weakest[0]
    assert set(shares) == {"sei.growth.exchange_current_density", "sei.growth.potential"}


def test_a_rate_beyond_what_the_data_resolve_is_one_sided(tmp_path):
    """Traps that fill within minutes look the same at any higher rate: a lower end, no upper one."""
    free = [parameter("shell.trapping.rate", 1e-7, 1.0, 1e-4, "1/s", "log"), CAPACITY]
    data = observed(first_cycle(), **{TRAPPED: 2.0, ICE: 0.005, DESODIATION: 2.0})
    result = fit(problem_file(tmp_path / "one.toml", free, observations=data), starts=1)
    rate = result["shell.trapping.rate"]
    assert rate.verdict == "one-sided"
    assert rate.interval_95[1] is None
    assert 1e-6 < rate.interval_95[0] < 1e-3


def test_a_number_that_nothing_responds_to_needs_other_data(tmp_path):
    """The binder's density does nothing at the particle level."""
    free = [parameter("electrode.binder_density", 1.0, 2.0, 1.6, "g/cm3"), CAPACITY]
    data = observed(first_cycle(), **{ICE: 0.005, DESODIATION: 2.0})
    result = fit(problem_file(tmp_path / "none.toml", free, observations=data), starts=1)
    assert result["electrode.binder_density"].verdict == "only in combination with other data"
    assert result["core.sloping.capacity"].verdict == "fixed by the data"


def test_a_prior_narrows_the_interval_but_settles_nothing(tmp_path):
    """Its 95 % interval is that of the prior, 1.96 sd; the verdict is about the data, which say nothing."""
    prior = {"mean": 1.6, "sd": 0.1}
    free = [parameter("electrode.binder_density", 1.0, 2.2, 1.5, "g/cm3", prior=prior), CAPACITY]
    data = observed(first_cycle(), **{ICE: 0.005, DESODIATION: 2.0})
    result = fit(problem_file(tmp_path / "prior.toml", free, observations=data), starts=1)
    density = result["electrode.binder_density"]
    assert density.value == pytest.approx(1.6, abs=1e-3)
    assert density.interval_95 == pytest.approx((1.6 - 0.196, 1.6 + 0.196), abs=0.01)
    assert density.verdict == "only in combination with other data"


def test_a_best_fit_on_a_bound_is_told(tmp_path):
    """The truth is outside of the bounds."""
    free = [CAPACITY | {"upper": 0.9 * CAPACITY_THERE, "start": 0.8 * CAPACITY_THERE}]
    data = observed(first_cycle(), **{DESODIATION: 2.0})
    result = fit(problem_file(tmp_path / "bound.toml", free, observations=data), starts=1)
    assert result["core.sloping.capacity"].on_bound
    assert result["core.sloping.capacity"].verdict == "one-sided"
    assert any("sits on its upper bound" in text for text in result.warnings)


def test_separate_values_are_fitted_each_and_a_shared_one_once(tmp_path):
    """Two materials, one shared and two separate numbers: three parameters, each with its own path."""
    free = [
        parameter("surface.exchange_current_density", 1e-3, 1.0, unit="A/m2", scale="log"),
        parameter("shell.sloping.capacity", 50.0, 500.0, unit="mAh/g"),
    ]
    del free[0]["shared"], free[1]["shared"]
    free[0]["shared"] = free[1]["separate"] = ["core_shell", "shell"]
    free[1]["paths"] = {"shell": "carbon.sloping.capacity"}
    data = [scalar(ICE, 0.8, 0.02), *(scalar(ICE, 0.7, 0.02, material="shell", cycles=n) for n in (1, 2))]
    problem = read_problem(problem_file(tmp_path / "both.toml", free, observations=data))
    assert [free.name for free in problem.parameters] == [
        "surface.exchange_current_density (core_shell, shell)",
        "shell.sloping.capacity (core_shell)",
        "shell.sloping.capacity (shell)",
    ]
    changes = [free.text(place) for free, place in zip(problem.parameters, problem.start, strict=True)]
    assert changes[1] == f"{CORE_SHELL['shell.sloping.capacity'].value!r} mAh/g"


def failing(monkeypatch, threshold):
    """Every run whose core holds more than a capacity [mAh/g] fails, as the solver might."""
    from coreshell_model.run.solution import Ending

    def sometimes(material, protocol, changes, **options):
        solution = simulate(material, protocol, changes, **options)
        if solution.material.core.sloping.capacity.value > threshold:
            ending = {"ending": Ending.SOLVER, "explanation": "in cycle 1: the solver failed"}
            return type(solution)(**{**vars_of(solution), **ending})
        return solution

    monkeypatch.setattr(runs, "simulate", sometimes)


def vars_of(solution):
    return {name: getattr(solution, name) for name in type(solution).__dataclass_fields__}


def test_failed_solves_are_large_residuals_with_a_reason_and_the_fit_goes_on(tmp_path, monkeypatch):
    """Some percent above the truth every run fails; it is found, and the failures are counted and told."""
    failing(monkeypatch, 1.03 * CAPACITY_THERE)
    data = observed(first_cycle(), **{DESODIATION: 1.0, ICE: 0.005})
    free = [CAPACITY | {"start": 0.8 * CAPACITY_THERE}]
    result = fit(problem_file(tmp_path / "fails.toml", free, observations=data), starts=4, seed=1)
    assert result["core.sloping.capacity"].value == pytest.approx(CAPACITY_THERE, abs=0.5)
    assert result.failed > 0
    assert result.reasons == ("core_shell through formation: in cycle 1: the solver failed",)
    assert any("had a failed run" in text for text in result.warnings)


def test_a_fit_whose_every_run_fails_ends_with_the_reason(tmp_path, monkeypatch):
    """Not completed, no interval, no crash, and residuals that are finite."""
    failing(monkeypatch, 100.0)
    data = observed({DESODIATION: 400.0, ICE: 0.8}, **{DESODIATION: 1.0, ICE: 0.005})
    path = problem_file(tmp_path / "fails.toml", [CAPACITY], observations=data)
    assert Misfit(read_problem(path))([0.5]).residuals.tolist() == [FAILED, FAILED]
    result = fit(path, starts=1, folder=tmp_path / "out")
    assert not result.completed
    assert result.parameters[0].interval_95 == (None, None)
    assert "failed run" in result.warnings[0]


PROGRAM = """
import sys
from coreshell_model import fit
fit(sys.argv[1], folder=sys.argv[2], starts=3, seed=5)
"""


def test_a_fit_that_was_killed_resumes_to_the_same_numbers(tmp_path):
    """SIGKILL after the first start: that one is not done again, and the result is the undisturbed one."""
    data = observed(first_cycle(), **{DESODIATION: 1.0, ICE: 0.005})
    path = problem_file(tmp_path / "kill.toml", [CAPACITY], observations=data)
    folder = tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), str(folder)])
    first, deadline = folder / "starts" / "start_001.json", time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None and not first.exists():
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    stamp = first.stat().st_mtime_ns
    assert not (folder / "result.json").exists()
    resumed = fit(path, folder=folder, resume=True, starts=3, seed=5)
    assert first.stat().st_mtime_ns == stamp
    undisturbed = fit(path, starts=3, seed=5)
    for one, other in zip(resumed.parameters, undisturbed.parameters, strict=True):
        assert one.value == pytest.approx(other.value, rel=1e-9)
        assert one.interval_95 == pytest.approx(other.interval_95, rel=1e-9)


def test_processes_give_the_numbers_of_one(tmp_path):
    """Two workers, each with its own model: equal to 1e-6, what the solver's tolerance leaves."""
    data = observed(first_cycle(), **{DESODIATION: 1.0, ICE: 0.005})
    path = problem_file(tmp_path / "workers.toml", [CAPACITY], observations=data)
    alone = fit(path, starts=2, seed=3)
    outcome = coreshell("fit", str(path), "--starts", "2", "--seed", "3", "--workers", "2", "--json")
    assert outcome.code == 0
    one = json.loads(outcome.out)["Parameters"][0]
    assert one["Value"] == pytest.approx(alone.parameters[0].value, rel=1e-6)
    assert one["95 % interval"] == pytest.approx(alone.parameters[0].interval_95, rel=1e-4)


def test_a_curve_over_time_is_met_by_its_own_model(tmp_path, measured):
    """At the truth the residuals of a curve without noise are those of interpolation, below 0.5 mV.

    The voltage jumps where a step begins; the middle of all residuals says whether the axis is right.
    """
    file = measured_file(tmp_path / "clean.csv", seed=0, noise=0.0)
    path = problem_file(tmp_path / "time.toml", [CAPACITY], [curve(file, over="time")])
    found = Misfit(read_problem(path))([0.5])
    assert np.median(np.abs(found.residuals)) * 2 < 0.5
    assert found.failures == ()


def test_a_voltammogram_is_met_by_its_own_model(tmp_path):
    """The current of a slow sweep over time, in mA/g."""
    protocol = {"protocol": "cyclic_voltammetry", "cycles": 1}
    file = measured_file(tmp_path / "sweep.csv", seed=0, noise=0.0, **protocol, interval=600.0)
    given = curve(file, of="current", over="time", sd=1.0, unit="mA/g", **protocol)
    found = Misfit(read_problem(problem_file(tmp_path / "sweep.toml", [CAPACITY], [given])))([0.5])
    assert np.abs(found.residuals).max() < 0.5
    assert np.abs(found.curves[0].values).max() > 10.0  # A/kg, or mA/g


def test_one_entry_of_several_can_be_observed(tmp_path):
    """The capacity of the second cycle, by its number."""
    data = [scalar("Capacity by cycle [mA.h.g-1]", 400.0, 5.0, "mAh/g", entry=2, cycles=2)]
    found = Misfit(
        read_problem(problem_file(tmp_path / "entry.toml", [CAPACITY], observations=data))
    ).checked()
    assert 300 < found.scalars[0] < 500


def test_a_shortened_half_cycle_goes_on_at_its_last_slope():
    """A capacity that the simulation does not reach counts the more, the further it lies beyond."""
    assert continued(np.array([0.5, 1.0, 2.0, 3.0]), np.array([0.0, 1.0]), np.array([5.0, 3.0])).tolist() == [
        4.0,
        3.0,
        1.0,
        -1.0,
    ]


def test_a_point_on_a_steep_piece_weighs_less(measured):
    """Next to the cut-off 0.1 mAh/g are tens of millivolts, on the plateau less than the noise of 2 mV."""
    problem = read_problem(problem_file(measured.parent / "steep.toml", [CAPACITY], [curve(measured)]))
    sd = problem.curves[0][1].sd
    assert AXIS_SD["capacity"] == 0.1
    assert np.median(sd) == pytest.approx(2e-3)
    assert sd[-1] > 5e-3


def test_the_covariance_is_that_of_linear_least_squares():
    """J = diag(2, 4): standard deviations 1/2 and 1/4; two equal columns correlate to -1."""
    assert covariance(np.diag([2.0, 4.0])).sd == pytest.approx([0.5, 0.25])
    same = covariance(np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]))
    assert same.correlations[0, 1] == pytest.approx(-1.0, abs=1e-6)


ONE = [scalar(ICE, 0.82, 0.02), scalar(DESODIATION, 400.0, 24.0, "mAh/g")]
REFUSED = {
    "bounds the wrong way round": ([CAPACITY | {"lower": 1e3}], ONE, "give the bounds the other way round"),
    "start outside": ([CAPACITY | {"start": 10.0}], ONE, "outside its bounds"),
    "log scale from 0": ([RATE | {"lower": 0.0}], ONE, "above 0"),
    "NaN": ([CAPACITY], [ONE[0] | {"value": float("nan")}], "finite"),
    "unit that does not fit": ([CAPACITY | {"unit": "V"}], ONE, "not a charge per mass"),
    "unit of a datum": ([CAPACITY], [ONE[1] | {"unit": "V"}], "unit 'V' is not"),
    "negative sd": ([CAPACITY], [ONE[0] | {"sd": -1.0}], "greater than 0"),
    "unknown path": ([CAPACITY | {"path": "core.sloping.capacit"}], ONE, "did you mean 'core.sloping.cap"),
    "unknown material": ([CAPACITY], [ONE[0] | {"material": "cores"}], "unknown material 'cores'"),
    "material without data": ([CAPACITY | {"shared": ["shell"]}], ONE, "has no observation"),
    "unknown protocol": ([CAPACITY], [ONE[0] | {"protocol": "formations"}], "unknown protocol 'formations'"),
    "fewer data than parameters": ([CAPACITY, RATE], ONE[:1], "1 data and 0 priors for 2 parameters"),
    "unknown observable": ([CAPACITY], [ONE[0] | {"observable": "ICE"}], "no observable 'ICE'"),
    "recovery of a formation": ([CAPACITY], [ONE[0] | {"observable": "Recovery"}], "observable 'Recovery'"),
    "text observed": ([CAPACITY], [ONE[0] | {"observable": "Ending"}], "not a number; observe another"),
    "one of several": ([CAPACITY], [ONE[0] | {"observable": "Coulombic efficiency"}], "one of 1 to 1"),
    "no observation": ([CAPACITY], [], "has no observations"),
    "no parameter": ([], ONE, "parameters"),
    "twice": ([CAPACITY, CAPACITY], ONE, "is there twice"),
    "unknown field": ([CAPACITY | {"guess": 1.0}], ONE, "is not a known field; see docs/fitting.md"),
    "prior without width": ([CAPACITY | {"prior": {"mean": 300.0}}], ONE, "give mean and sd"),
    "fitted and changed": ([CAPACITY], [ONE[0] | {"changes": {CAPACITY["path"]: "1 mAh/g"}}], "is fitted"),
    "impossible bound": ([CAPACITY | {"lower": -5.0}], ONE, "must be"),
    "protocol's number": ([CAPACITY | {"path": "protocol.window.lower"}], ONE, "only materials are fitted"),
    "cycles beyond": ([CAPACITY], [ONE[0] | {"cycles": 9}], "cycle 9 is not among its 5"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_problem_that_cannot_be_fitted_is_refused_in_one_line(case, tmp_path):
    """Exit code 2, one line that names the trouble, nothing written."""
    parameters, observations, words = REFUSED[case]
    path = problem_file(tmp_path / "bad.toml", parameters, observations=observations)
    outcome = coreshell("fit", str(path), "--out", str(tmp_path / "out"), "--workers", "1")
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert not (tmp_path / "out" / "fit.json").exists()


def refused_curve(tmp_path, table, words, **others):
    file = tmp_path / "bad.csv"
    table.to_csv(file, index=False)
    path = problem_file(tmp_path / "bad.toml", [CAPACITY], [curve(file, **{"first_cycle": 1, **others})])
    outcome = coreshell("fit", str(path), "--workers", "1")
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_curves_that_tell_nothing_are_refused_in_one_line(tmp_path, measured):
    """Constant, without a mass, with a missing half-cycle, in the wrong unit, absent, the wrong way round."""
    table = pd.read_csv(measured)
    refused_curve(tmp_path, table.assign(**{"Voltage / V": 0.5}), "is constant")
    refused_curve(tmp_path, table, "not known", mass=None)
    refused_curve(tmp_path, table, "half_cycles: 7 is not among the 2", half_cycles=[7])
    refused_curve(tmp_path, table, "unit 'mAh/g' is not a potential", unit="mAh/g")
    refused_curve(tmp_path, table[table["Step Count / 1"] == 3], "half-cycle 1 is a desodiation")
    path = problem_file(tmp_path / "absent.toml", [CAPACITY], [curve("absent.csv")])
    outcome = coreshell("fit", str(path))
    assert outcome.code == 2
    assert "absent.csv" in outcome.err


def test_a_folder_in_use_or_of_another_fit_is_refused(recovered, measured, tmp_path):
    """Each with what to do about it."""
    used = str(measured.parent / "two")
    path = str(measured.parent / "two.toml")
    assert "add --resume" in coreshell("fit", path, "--out", used).err
    assert coreshell("fit", path, "--out", used, "--resume", "--seed", "9").code == 2
    assert "holds no fit to resume" in coreshell("fit", path, "--out", str(tmp_path), "--resume").err
    assert "--resume needs the folder" in coreshell("fit", path, "--resume").err
    from coreshell_model.base.files import alone

    with alone(tmp_path / "busy", "fit"), pytest.raises(InputError, match="another run is at work"):
        fit(path, folder=tmp_path / "busy")
    for option in ("--starts", "--workers"):
        assert f"{option[2:]} is 0" in coreshell("fit", path, option, "0").err


def test_the_command_prints_one_json_object_or_a_table(recovered, measured):
    """A finished fit resumed costs one look: the same result, in both ways of telling it."""
    used, path = str(measured.parent / "two"), str(measured.parent / "two.toml")
    told = coreshell("fit", path, "--out", used, "--resume", "--workers", "1", "--json")
    assert told.code == 0
    assert json.loads(told.out)["Chi-squared"] == pytest.approx(recovered.chi_squared, rel=1e-6)
    assert len(read_posterior(used)) == DRAWS
    table = coreshell("fit", path, "--out", used, "--resume", "--workers", "1").out
    assert "core.clusters.rate" in table and "fixed by the data" in table
    assert (
        tomllib.loads((measured.parent / "two" / "core_shell_two.toml").read_text())["name"]
        == "core_shell_two"
    )
