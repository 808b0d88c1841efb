"""What a fit can be asked to explain: limits, windows, entries, replays, spectra, ties."""

import numpy as np
import pandas as pd
import pytest
from reference_carbon import NUMBERS, reference_carbon
from synthetic import curve, measured_file, parameter, problem_file, scalar

from coreshell_model import simulate
from coreshell_model.infer.fitting import fit
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.protocol import beginning, changed_protocol, read_protocol
from coreshell_model.observe.rates import rate_retention
from coreshell_model.observe.windows import first_sodiation_window
from coreshell_model.run.impedance import spectrum

CORE_SHELL = sources(read_material("core_shell"))


def free(path, low=0.8, high=1.25, scale="linear", **others):
    """A parameter of ``core_shell`` between shares of the value it has there, which is the start."""
    there = CORE_SHELL[path]
    return parameter(path, low * there.value, high * there.value, None, there.unit, scale, **others)


CAPACITY = free("core.sloping.capacity")
EXCHANGE = free("surface.exchange_current_density", 0.1, 10, "log")


def at_the_start(tmp_path, parameters=(CAPACITY,), **observed):
    """The misfit of a problem and its evaluation at the start, which is the truth."""
    misfit = Misfit(read_problem(problem_file(tmp_path / "problem.toml", parameters, **observed)))
    return misfit, misfit.checked()


def test_a_limit_counts_on_its_wrong_side_alone(tmp_path):
    """An efficiency of about 0.82: at least 0.7 is met, at most 0.7 missed by some standard deviations."""
    name = "Initial coulombic efficiency"
    data = [scalar(name, 0.7, 0.02, relation=how) for how in ("at least", "at most", "equal")]
    _, found = at_the_start(tmp_path, observations=data)
    assert found.residuals[0] == 0.0
    assert found.residuals[1] == found.residuals[2] > 2.0


def test_charge_in_any_window_of_any_cycle_can_be_observed(tmp_path):
    """The first sodiation between two potentials, and the second desodiation over the whole window."""
    data = [
        scalar("Sodiation in a window [mA.h.g-1]", 90, 18, "mAh/g", window=["440 mV", "0.65 V"], cycles=2),
        scalar(
            "Desodiation in a window [mA.h.g-1]", 400, 9, "mAh/g", window=["0 V", "3 V"], entry=2, cycles=2
        ),
        scalar("Capacity by cycle [mA.h.g-1]", 400, 9, "mAh/g", entry=2, cycles=2),
    ]
    misfit, found = at_the_start(tmp_path, observations=data)
    solution = simulate("core_shell", beginning(read_protocol("formation"), 2))
    assert found.scalars[0] == pytest.approx(first_sodiation_window(solution, 0.44, 0.65), rel=1e-6)
    assert found.scalars[1] == pytest.approx(found.scalars[2], rel=1e-9)
    assert misfit.problem.scalars[0][1].name.endswith("440 mV to 0.65 V")


def test_the_retention_at_each_rate_of_a_shortened_test_can_be_observed(tmp_path):
    """The protocol is changed before its first cycles are taken: one cycle at each of four rates."""
    short = {"protocol": "rate_test", "cycles": 4, "changes": {"protocol.numbers.cycles": "1"}}
    data = [scalar("Rate retention", 0.8, 0.05, entry=rate, **short) for rate in ("C/10", "C/2")]
    _, found = at_the_start(tmp_path, observations=data)
    protocol = beginning(changed_protocol(read_protocol("rate_test"), {"numbers.cycles": "1"}), 4)
    there = rate_retention(simulate("core_shell", protocol))
    assert found.scalars == pytest.approx((there["C/10"], there["C/2"]), rel=1e-6)


def test_a_number_deep_in_a_result_can_be_observed(tmp_path):
    """The potential of the first peak of a voltammogram: an entry by number, then by name."""
    data = [
        scalar("Peaks", 1.0, 0.1, "V", entry=[1, "Potential [V]"], protocol="cyclic_voltammetry", cycles=1)
    ]
    _, found = at_the_start(tmp_path, observations=data)
    assert 0 < found.scalars[0] < 2.5


def test_one_value_can_stand_for_several_numbers_of_a_material(tmp_path):
    """Both carbons of ``core_shell`` with one diffusivity, which the fitted material then has twice."""
    both = ["core.sloping.diffusivity", "shell.sloping.diffusivity"]
    tied = free(both[0], 0.1, 10, "log", paths={"core_shell": both})
    result = fit(
        problem_file(
            tmp_path / "tied.toml", [tied], observations=[scalar("Initial coulombic efficiency", 0.82, 0.02)]
        ),
        starts=1,
    )
    (written,) = result.materials.values()
    values = [sources(written)[path] for path in both]
    assert values[0].si == values[1].si == pytest.approx(result.parameters[0].value, rel=1e-9)


def test_a_run_of_which_no_parameter_changed_is_not_simulated_again(tmp_path, monkeypatch):
    """Three sets of places: the number of ``shell`` differs in all, that of ``core_shell`` in two."""
    name = "Initial coulombic efficiency"
    there = sources(read_material("shell"))["carbon.sloping.capacity"]
    other = parameter("carbon.sloping.capacity", 0.5 * there.value, 2 * there.value, None, there.unit)
    data = [scalar(name, 0.82, 0.02), scalar(name, 0.34, 0.02, material="shell")]
    path = problem_file(tmp_path / "two.toml", [CAPACITY, other | {"shared": ["shell"]}], observations=data)
    misfit, simulated = Misfit(read_problem(path)), []
    whole = Misfit._simulated
    monkeypatch.setattr(Misfit, "_simulated", lambda self, *a: simulated.append(a[0]) or whole(self, *a))
    for places in ([0.5, 0.2], [0.5, 0.3], [0.6, 0.4]):
        misfit(places)
    assert sorted(simulated) == [0, 0, 1, 1, 1]


def test_a_measured_current_is_replayed_through_one_built_model(tmp_path):
    """At the truth the replay meets the file within its noise; 5 points in 4 sd are less likely than 1e-3."""
    file = measured_file(tmp_path / "measured.csv", seed=4)
    given = curve(file, protocol=None, cycles=None, replay="current", points=100)
    misfit, found = at_the_start(tmp_path, [CAPACITY, EXCHANGE], curves=[given])
    assert np.sqrt(np.mean(found.residuals**2)) == pytest.approx(1.0, abs=0.3)
    misfit([0.5, 0.6])
    (run,) = misfit.problem.runs
    assert [len(replayer._built) for replayer in run._replayers.values()] == [1]
    assert found.failures == ()


def test_a_replay_that_leaves_the_model_s_voltages_is_a_large_misfit_and_no_failure(tmp_path):
    """A third of the sites cannot take the measured charge: residuals that grow with what is missing."""
    file = measured_file(tmp_path / "measured.csv", seed=4)
    given = curve(file, protocol=None, cycles=None, replay="current", points=50)
    lack = free("core.sloping.capacity", 0.2, 1.25)
    misfit, there = at_the_start(tmp_path, [lack], curves=[given])
    worse, worst = (misfit([place]) for place in (0.3, 0.0))
    assert worse.failures == worst.failures == ()
    assert worst.chi_squared > worse.chi_squared > 10 * there.chi_squared


def impedance_file(path, noise=0.01, seed=2, material="core_shell"):
    """A spectrum at 0.1 V with noise in each part, as EC-Lab names its columns."""
    truth = spectrum(material, potential=0.1, frequencies=np.logspace(4, -2, 25))
    size = noise * np.abs(truth.impedance)
    parts = np.random.default_rng(seed).normal(0, 1, (2, len(size))) * size
    table = {
        "freq/Hz": truth.frequencies,
        "Re(Z)/Ohm": truth.impedance.real + parts[0],
        "-Im(Z)/Ohm": -truth.impedance.imag - parts[1],
    }
    pd.DataFrame(table).to_csv(path, index=False)
    return path


def impedance(file, **others):
    """A spectrum of the problem."""
    given = {"material": "core_shell", "file": file.name, "potential": "0.1 V", "sd": 0.01}
    return given | others


def test_the_exchange_current_density_is_found_again_from_a_spectrum(tmp_path):
    """1 % of noise, start threefold off: the 95 % interval holds the truth and is below a tenth of it wide.

    The noise is seeded; one in twenty such files would miss.
    """
    file = impedance_file(tmp_path / "eis.csv", material=reference_carbon())
    known = {path: text for path, text in NUMBERS.items() if path != EXCHANGE["path"]}
    truth = sources(reference_carbon())[EXCHANGE["path"]].value
    path = problem_file(
        tmp_path / "eis.toml", [EXCHANGE | {"start": 3 * truth}], spectra=[impedance(file, changes=known)]
    )
    result = fit(path, starts=1, folder=tmp_path / "out")
    (found,) = result.parameters
    low, high = found.interval_95
    assert low < truth < high < 1.1 * low
    assert result.spectra[0].rms == pytest.approx(1.0, abs=0.3)
    assert "RMS, % of modulus" in (tmp_path / "out" / "report.md").read_text()
    assert len(pd.read_csv(tmp_path / "out" / "residuals.csv")) == 50


def test_a_spectrum_of_a_cell_of_another_area_is_compared_per_area(tmp_path):
    """Half of the impedance on twice the area is the same material; without the areas it is not."""
    table = pd.read_csv(impedance_file(tmp_path / "eis.csv", noise=0.0))
    table[table.columns[1:]] /= 2
    table.to_csv(tmp_path / "large.csv", index=False)
    area = 2 * CORE_SHELL["cell.electrode_area"].value
    per_area = impedance(tmp_path / "large.csv", area=f"{area} {CORE_SHELL['cell.electrode_area'].unit}")
    _, same = at_the_start(tmp_path, [EXCHANGE], spectra=[per_area])
    _, other = at_the_start(tmp_path, [EXCHANGE], spectra=[impedance(tmp_path / "large.csv")])
    assert np.abs(same.residuals).max() < 1e-3
    assert np.abs(other.residuals).max() > 10
