"""Numbers and curves of full cells in fits, alone and beside those of half-cells."""

import json

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from synthetic import MASS, curve, measured_file, parameter, problem_file, scalar

from coreshell_model import InputError, simulate
from coreshell_model.infer.assemble import covariance
from coreshell_model.infer.draws import read_posterior
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.normal_draws import normal_draws
from coreshell_model.infer.prediction import predict
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.observe.quantities import summary
from coreshell_model.run.impedance import spectrum

RATIO, CAPACITY = "positive.balance.np_ratio", "core.sloping.capacity"
LOADING = "positive.balance.active_loading"
TRUTH = {RATIO: 1.35, CAPACITY: 260.0}
CHANGES = {RATIO: "1.35", CAPACITY: "260 mAh/g"}
FREE = (
    parameter(RATIO, 1.0, 2.0, start=1.6),
    parameter(CAPACITY, 200.0, 320.0, start=220.0, unit="mAh/g"),
)
FULL = {"protocol": "full_cell_formation", "cycles": 1}
NUMBERS = {
    "Cell first-cycle efficiency": (0.002, "1"),
    "Initial coulombic efficiency": (0.002, "1"),
    "First sodiation capacity [mA.h.g-1]": (1.0, "mAh/g"),
    "First desodiation capacity [mA.h.g-1]": (1.0, "mAh/g"),
}
TRAPPING = parameter("shell.trapping.capacity", 100.0, 400.0, start=150.0, unit="mAh/g")
SHIPPED = 249.3
"""Trapping capacity of the shell of core_shell [mA.h.g-1]."""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A cycler's file of a full cell: rest, first charge with its hold, discharge, 2 mV of noise."""
    path = tmp_path_factory.mktemp("full") / "full.csv"
    return measured_file(path, 4, interval=600.0, **FULL, **CHANGES)


def numbers_of(protocol):
    """The numbers of a first cycle with the true parameters, as observations."""
    changes = CHANGES if protocol.startswith("full") else {CAPACITY: CHANGES[CAPACITY]}
    found = summary(simulate("core_shell", beginning(read_protocol(protocol), 1), changes))
    return [
        scalar(name, found[name], sd, unit, protocol=protocol)
        for name, (sd, unit) in NUMBERS.items()
        if found.get(name) is not None
    ]


def test_numbers_of_a_first_charge_and_discharge_give_the_ratio_and_what_the_carbon_traps(tmp_path):
    """Exact numbers: the first charge gives the ratio, its efficiency the traps. Both are the truth."""
    numbers = [
        {**number, "changes": {CAPACITY: CHANGES[CAPACITY]}} for number in numbers_of("full_cell_formation")
    ]
    path = problem_file(tmp_path / "numbers.toml", (FREE[0], TRAPPING), observations=numbers)
    result = fit(path, starts=1)
    assert result.chi_squared < 0.1
    for fitted, truth in zip(result.parameters, (TRUTH[RATIO], SHIPPED), strict=True):
        assert fitted.interval_95[0] < truth < fitted.interval_95[1]
        assert fitted.value == pytest.approx(truth, rel=0.01)
        assert fitted.verdict == "fixed by the data"


def test_the_curve_of_a_full_cell_gives_its_ratio_and_a_number_of_its_carbon(file):
    """Both 95 % intervals hold the truth and are narrow; residuals have the size of the noise.

    The file says neither its cycle nor that it is of a full cell: the first follows from its first voltage.
    The fitted material can be run as it is, with its positive electrode, and draws about the fit predict
    half-cells as well as full cells. A ratio that is drawn is of its electrode: neither a loading nor another
    electrode goes with it.
    """
    full = curve(file, cell="full-cell", points=150, **FULL)
    path = problem_file(file.parent / "curve.toml", FREE, [full])
    result = fit(path, starts=1)
    for fitted, width in zip(result.parameters, (0.02, 3.0), strict=True):
        low, high = fitted.interval_95
        assert low < TRUTH[fitted.path] < high
        assert high - low < width
        assert fitted.verdict == "fixed by the data"
    assert result.reduced_chi_squared == pytest.approx(1.0, abs=0.35)  # three of its standard deviations
    (material,) = result.materials.values()
    assert material.positive.balance.np_ratio.si == pytest.approx(result.parameters[0].value)
    assert "fitted" in material.positive.balance.np_ratio.source
    drawn = normal_draws(read_problem(path), result, count=2)
    for protocol in ("formation_without_hold", "full_cell_formation"):
        assert not predict(drawn, "core_shell", protocol, cycles=1).failures
    for changes, complaint in (
        ({LOADING: "3 mg/cm2"}, f"{LOADING} says the same as {RATIO}, which is drawn"),
        ({"positive": "nvp", "protocol.window.upper": "3.6 V"}, f"{RATIO} is drawn for nvpf"),
        ({RATIO: "1.2"}, f"{RATIO} is drawn from the posterior; leave it out"),
    ):
        with pytest.raises(InputError, match=complaint):
            predict(drawn, "core_shell", "full_cell_formation", changes=changes)
    with pytest.raises(InputError, match="is a result of full cells alone"):
        predict(drawn, "core_shell", "formation", observables=["Cell first-cycle efficiency"])


def test_at_the_truth_half_cell_full_cell_and_replay_of_one_carbon_have_no_misfit(file, tmp_path):
    """The ratio reaches the full cells alone, and the measured current drives the full cell."""
    replayed = curve(file, cell="full-cell", replay="current", protocol=None, cycles=None, points=100)
    observations = [*numbers_of("full_cell_formation"), *numbers_of("formation")]
    path = problem_file(file.parent / "all.toml", FREE, [replayed], observations)
    problem = read_problem(path)
    places = [free.place(TRUTH[free.section.path]) for free in problem.parameters]
    found = Misfit(problem)(places)
    assert not found.failures
    assert abs(found.residuals[: len(observations)]).max() < 0.5
    of_curve = found.residuals[len(observations) :]
    assert float(of_curve @ of_curve) / len(of_curve) == pytest.approx(1.0, abs=0.45)


@pytest.mark.parametrize(
    ("others", "complaint"),
    [
        ({"cell": None}, "looks like a full cell"),
        ({"protocol": "formation"}, "give a protocol of a full cell, as full_cell_formation"),
        ({"cell": "half-cell", "current_sign": "desodiation"}, 'add cell = "full-cell"'),
        (
            {"protocol": None, "cycles": 1, "replay": "current", "after": "formation"},
            "is of a full cell, and is said to begin after formation",
        ),
        ({"changes": {RATIO: "1.2"}}, f"{RATIO} is fitted"),
        ({"changes": {"positive": "nvq"}}, "nvq"),
    ],
)
def test_a_curve_of_another_cell_than_its_simulation_is_refused(file, others, complaint):
    """In one line with exit code 2."""
    section = curve(file, **{"cell": "full-cell", **FULL, **others})
    path = problem_file(file.parent / "refused.toml", FREE, [section])
    with pytest.raises(InputError, match=complaint):
        read_problem(path)
    outcome = coreshell("fit", str(path))
    assert outcome.code == 2
    assert len(outcome.err.strip().splitlines()) == 1


def test_a_file_that_begins_at_the_voltage_of_a_cycled_cell_needs_its_cycle(tmp_path):
    """Without a counter a full cell that begins above its lower cut-off is not taken for a fresh one."""
    file = measured_file(tmp_path / "later.csv", 5, interval=1800.0, protocol="full_cell_formation", cycles=1)
    rows = file.read_text().splitlines()
    charging = [row for row in rows[1:] if float(row.split(",")[2]) > 0 and float(row.split(",")[1]) > 2.5]
    file.write_text("\n".join([rows[0], *charging]))
    path = problem_file(tmp_path / "later.toml", FREE, [curve(file, cell="full-cell", **FULL)])
    with pytest.raises(InputError, match="first_cycle = 1"):
        read_problem(path)


def test_fitted_numbers_of_two_positive_electrodes_are_not_one(tmp_path):
    """A ratio is fitted to cells of two electrodes under one name of the carbon: refused."""
    observed = numbers_of("full_cell_formation")
    observed[1]["changes"] = {"positive": "nvp", "protocol.window.upper": "3.7 V"}
    path = problem_file(tmp_path / "two.toml", FREE, observations=observed)
    with pytest.raises(InputError, match="two positive electrodes"):
        read_problem(path)
    read_problem(problem_file(tmp_path / "carbon.toml", FREE[1:], observations=observed))


def test_a_guided_fit_of_a_full_cell_says_what_can_be_done_instead(file):
    """One line, exit code 2."""
    words = ["--material", "core_shell", "--mass", MASS, "--cell", "full-cell", "--current-sign", "sodiation"]
    outcome = coreshell("fit", str(file), *words)
    assert outcome.code == 2
    assert "coreshell replay" in outcome.err and "problem's file" in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


EXCHANGE = parameter("positive.particle.exchange_current_density", 0.002, 0.2, unit="A/m2", scale="log")
VOLTAGE, WINDOW = "3.2 V", {"positive": "nvp", "protocol.window.upper": "3.6 V"}


@pytest.fixture(scope="module")
def spectrum_file(tmp_path_factory):
    """A spectrum of a fresh full cell with the shipped nvp, without noise."""
    material, protocol = prepared("core_shell", "full_cell_formation", WINDOW)
    found = spectrum(material, potential=3.2, fresh=protocol, frequencies=np.logspace(3, -1, 9))
    path = tmp_path_factory.mktemp("eis") / "eis.csv"
    parts = {"Re(Z)/Ohm": found.impedance.real, "-Im(Z)/Ohm": -found.impedance.imag}
    pd.DataFrame({"freq/Hz": found.frequencies, **parts}).to_csv(path, index=False)
    return path


def spectrum_problem(file, **others):
    """A problem of this spectrum, of a full cell unless others say else."""
    section = {"material": "core_shell", "file": file.name, "potential": VOLTAGE, "sd": 0.01, "cell": "full"}
    section |= {"changes": WINDOW} | others
    spectra = [{name: value for name, value in section.items() if value is not None}]
    return problem_file(file.parent / "eis.toml", [EXCHANGE | {"start": 0.05}], spectra=spectra)


def test_a_spectrum_of_a_fresh_full_cell_is_that_of_the_command_and_tells_its_exchange_current(spectrum_file):
    """`coreshell eis --cell full` has the same; a tenth off, the number is seen to be off."""
    problem = read_problem(spectrum_problem(spectrum_file))
    assert problem.runs[0].is_full and "fresh full cell at 3.2 V" in problem.runs[0].through
    misfit, free = Misfit(problem), problem.parameters[0]
    assert abs(misfit([free.place(0.017)]).residuals).max() < 1e-3
    assert misfit([free.place(1.1 * 0.017)]).chi_squared > 4


def test_a_fresh_cell_has_the_window_of_its_changes(spectrum_file):
    """1C and window of a fresh cell are those that its observation changes; the run has them."""
    (run,) = read_problem(spectrum_problem(spectrum_file)).runs
    assert run.protocol.window.upper.si == 3.6


@pytest.mark.parametrize(
    ("others", "complaint"),
    [
        ({"cell": "ful"}, "cell is 'ful'; did you mean 'full'? it is one of half, full"),
        ({"cell": "full-cell"}, "cell is 'full-cell'; did you mean 'full'?"),
        ({"after": "formation"}, "protocol formation is of a half-cell"),
        ({"cell": "half", "after": "full_cell_formation"}, "is of a full cell, whose voltages a half-cell"),
        ({"cell": None}, 'add cell = "full"'),
        ({"cell": "half", "changes": {}}, "outside the window of"),
        ({"potential": "4 V"}, "potential is 4 V, outside the window of"),
    ],
)
def test_a_spectrum_of_another_cell_than_it_says_is_refused(spectrum_file, others, complaint):
    """In one line with exit code 2, which names the spectrum."""
    path = spectrum_problem(spectrum_file, **others)
    outcome = coreshell("fit", str(path))
    assert outcome.code == 2
    assert complaint in outcome.err and "spectra.1" in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("parameters", "protocol", "complaint"),
    [
        (
            (FREE[0], parameter(LOADING, 1.0, 5.0, start=2.0, unit="mg/cm2")),
            "full_cell_formation",
            f"parameters.2: {LOADING} and {RATIO} say the same thing in two ways",
        ),
        (FREE[1:], "formation", "'Cell first-cycle efficiency' is a result of full cells alone"),
        (
            (parameter("positive.balance.np_ration", 1.0, 2.0),),
            "full_cell_formation",
            f"did you mean '{RATIO}'",
        ),
    ],
)
def test_a_problem_of_full_cells_that_cannot_be_fitted_is_refused(tmp_path, parameters, protocol, complaint):
    """In one line that names the place, before anything is solved."""
    observed = [
        scalar(name, 0.6, 0.1, protocol=protocol)
        for name in ("Cell first-cycle efficiency", "Initial coulombic efficiency")
    ]
    path = problem_file(tmp_path / "refused.toml", parameters, observations=observed)
    with pytest.raises(InputError) as caught:
        read_problem(path)
    assert complaint in str(caught.value) and "refused.toml: " in str(caught.value)


@pytest.mark.long
def test_draws_of_a_full_cell_are_of_its_posterior_and_predict_its_cell_alone(file, tmp_path):
    """Numbers and a curve: the draws are as wide as the fit says, hold the truth, and predict full cells."""
    pytest.importorskip("emcee")
    full = curve(file, cell="full-cell", points=12, **FULL)
    path = problem_file(file.parent / "drawn.toml", FREE, [full], numbers_of("full_cell_formation")[:2])
    drawn = tmp_path / "drawn"
    numbers = {"starts": 1, "draws": 50, "evaluations": 400, "seed": 1, "workers": 1}
    words = [word for name, number in numbers.items() for word in (f"--{name}", str(number))]
    outcome = coreshell("posterior", str(path), "--out", str(drawn), *words, "--json")
    assert outcome.code == 0, outcome.err
    record = json.loads(outcome.out)
    posterior = read_posterior(drawn)
    problem = read_problem(path)
    true = np.array([free.place(TRUTH[free.section.path]) for free in problem.parameters])
    misfit, step = Misfit(problem), 0.003
    moved = [misfit(list(true + step * unit)).residuals for unit in np.eye(2)]
    expected = covariance((np.array(moved) - misfit(list(true)).residuals).T / step).sd
    for free, values, sd in zip(problem.parameters, posterior.values.T, expected, strict=True):
        places = np.array([free.place(value) for value in values])
        assert abs(places.mean() - free.place(TRUTH[free.section.path])) < 3 * sd
        assert places.std() == pytest.approx(sd, rel=0.4)  # four standard deviations of that of 50 draws
    assert record["Failed evaluations"] == 0 and record["Converged"]
    name = "Cell first-cycle efficiency"
    found = predict(posterior, "core_shell", "full_cell_formation", cycles=1, observables=[name])
    assert not found.failures and 0 < found.values(name).std() < 0.002
