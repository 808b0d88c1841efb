"""A measurement as the protocol: the drive keeps charge and edges, the overlay counts what differs."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from cyclers import CAPACITY, lines, measurement
from hypothesis import given, settings
from hypothesis import strategies as st

from coreshell_model.base.errors import InputError
from coreshell_model.data import replay as replaying
from coreshell_model.data.bdf import to_bdf
from coreshell_model.data.overlay import (
    EDGE,
    corners,
    current_drive,
    measured_times,
    noise,
    overlay,
    voltage_drive,
    with_charge,
)
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.record import Dataset
from coreshell_model.run.simulation import simulate

MILLIGRAM = 1e-6


def dataset_of(time, voltage, current, mass=MILLIGRAM):
    table = pd.DataFrame({"Test Time / s": time, "Voltage / V": voltage, "Current / A": current})
    return Dataset(table, Path("cell.csv"), "table", (), mass)


def charge_of(time, current):
    return float(np.trapezoid(current, time))


def test_constant_current_becomes_two_points_a_step_and_keeps_its_edges():
    """Four steps of six points: eight points, edges a millisecond wide, 100 A/kg either way."""
    time, voltage, current, _, _ = measurement()
    drive = current_drive(dataset_of(time, voltage, current))
    assert drive.time == pytest.approx([0, 300, 300 + EDGE, 600, 600 + EDGE, 900, 900 + EDGE, 1200], abs=1e-9)
    assert drive.values == pytest.approx([100, 100, -100, -100, 100, 100, -100, -100])


def test_an_interval_between_two_steps_carries_the_later_current():
    """Logged at 0 and 60 s into the carbon, at 120 and 180 s out of it: out from 60 s on."""
    drive = current_drive(dataset_of([0, 60, 120, 180.0], [1, 0.5, 0.7, 0.9], [1e-4, 1e-4, -1e-4, -1e-4]))
    assert np.interp([59, 61, 119], drive.time, drive.values) == pytest.approx([100, -100, -100])


def test_a_decaying_current_loses_no_charge_by_thinning():
    """An exponential with 2000 points becomes fewer than 200, and keeps its charge to round-off."""
    time = np.linspace(0, 50_000, 2000)
    current = 1e-4 * np.exp(-time / 12_000)
    drive = current_drive(dataset_of(time, np.full(2000, 0.005), current))
    assert len(drive.time) < 200
    assert charge_of(drive.time, drive.values) == pytest.approx(
        charge_of(time, current) / MILLIGRAM, rel=1e-12
    )
    there = np.interp(time, drive.time, drive.values) * MILLIGRAM
    assert np.abs(there - current).max() < 2e-4 * current[0]


def test_noise_is_not_driven_but_its_charge_is_kept():
    """0.5 % of noise on 0.1 mA, 5000 points: a few hundred at most, charge to round-off."""
    time = 30.0 * np.arange(5000)
    current = 1e-4 * (1 + 5e-3 * np.random.default_rng(1).normal(size=5000))
    drive = current_drive(dataset_of(time, np.linspace(1, 0.1, 5000), current))
    assert len(drive.time) < 300
    assert charge_of(drive.time, drive.values) == pytest.approx(
        charge_of(time, current) / MILLIGRAM, rel=1e-12
    )
    assert noise(current) == pytest.approx(5e-7, rel=0.05)


def test_the_voltage_s_drive_stays_within_a_tenth_of_a_millivolt():
    """A sodiation curve of 3000 points becomes a few hundred at most."""
    time = np.linspace(0, 72_000, 3000)
    voltage = 0.05 + np.exp(-time / 9000)
    drive = voltage_drive(dataset_of(time, voltage, np.full(3000, 1e-4)))
    assert len(drive.time) < 300
    assert np.abs(np.interp(time, drive.time, drive.values) - voltage).max() <= 1e-4


@settings(deadline=None, derandomize=True, database=None)
@given(
    values=st.lists(st.floats(-1, 1), min_size=2, max_size=40),
    intervals=st.lists(st.floats(0.1, 100), min_size=40, max_size=40),
    tolerance=st.floats(0, 0.5),
)
def test_thinning_keeps_ends_stays_within_its_tolerance_and_keeps_the_charge(values, intervals, tolerance):
    values = np.array(values)
    time = np.cumsum(intervals[: len(values)])
    kept = corners(time, values, tolerance)
    assert kept[0] == 0 and kept[-1] == len(values) - 1
    assert np.abs(np.interp(time, time[kept], values[kept]) - values).max() <= tolerance + 1e-12
    times, currents = with_charge(time, values, kept)
    assert (np.diff(times) > 0).all()
    scale = float(time[-1] - time[0])
    assert charge_of(times, currents) == pytest.approx(charge_of(time, values), abs=1e-12 * scale)


def test_times_of_the_drive_always_grow():
    """Also where the cycler writes edges twice, and faster than a millisecond."""
    dataset = dataset_of([5, 6, 6, 6.0005, 7], [1, 0.9, 1.0, 1.1, 1.2], [1e-4, 1e-4, 0, -1e-4, -1e-4])
    times = measured_times(dataset)
    assert times.tolist() == pytest.approx([0, 1, 1 + EDGE, 1 + 2 * EDGE, 2])
    assert (np.diff(current_drive(dataset).time) > 0).all()


def test_a_drive_by_current_needs_the_mass():
    with pytest.raises(InputError, match="mass of active carbon is not known"):
        current_drive(dataset_of(*measurement()[:3], mass=None))


def test_a_constant_offset_is_the_rmse_whatever_the_points():
    """10 mV everywhere: RMSE 10 mV, largest residual 10 mV, capacities alike."""
    time, voltage, current, _, _ = measurement()
    dataset = dataset_of(time, voltage, current)
    at = measured_times(dataset)
    charge = np.concatenate([[0], np.cumsum(np.diff(time) * current[1:])]) / 3.6 / 1e-3
    laid = overlay(dataset, at, voltage + 0.01, charge)
    assert laid.rmse == pytest.approx(10) and laid.rmse_over_points == pytest.approx(10)
    assert laid.largest_residual == pytest.approx(10)
    assert laid.covered == 1
    assert [one.measured for one in laid.capacities] == pytest.approx([CAPACITY] * 4)
    assert [one.difference for one in laid.capacities] == pytest.approx([0] * 4, abs=1e-9)


def test_the_rmse_weights_time_not_points():
    """100 points in the first second, off by 100 mV, then an hour without a difference: 1.2 mV, not 99."""
    time = np.concatenate([np.linspace(0, 1, 100), [1.01, 3600]])
    voltage = np.linspace(1, 0.5, len(time))
    dataset = dataset_of(time, voltage, np.full(len(time), 1e-4))
    off = np.where(time <= 1, 0.1, 0.0)
    laid = overlay(dataset, time, voltage + off, time)
    assert laid.rmse == pytest.approx(100 * np.sqrt(1.005 / 3600), rel=1e-3)
    assert laid.rmse_over_points > 90


def test_a_simulation_that_ended_early_says_how_far_it_went():
    """Half of the measurement: two half-cycles compared, two not."""
    time, voltage, current, _, _ = measurement()
    dataset = dataset_of(time, voltage, current)
    reached = time <= 600
    laid = overlay(dataset, measured_times(dataset)[reached][:-1], voltage[reached][:-1], time[reached][:-1])
    assert laid.covered == pytest.approx(0.5)
    assert [one.simulated is None for one in laid.capacities] == [False, False, True, True]
    with pytest.raises(InputError, match="ended before the second measured point"):
        overlay(dataset, np.zeros(0), np.zeros(0), np.zeros(0))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run.bdf.csv"
    to_bdf(simulate("core_shell", "formation"), path)
    return path


@pytest.mark.parametrize("control", ["current", "voltage"])
def test_a_simulation_that_goes_out_comes_back_and_is_replayed_is_itself(exported, control):
    """RMSE below 1 mV, capacities to 0.1 %, through five cycles with their holds."""
    replayed = replaying.replay(read_dataset(exported), "core_shell", None, replaying.CONTROLS[control])
    assert replayed.completed
    assert replayed.overlay.covered == 1
    assert replayed.overlay.rmse < 1 and replayed.overlay.rmse_over_points < 1
    for one in replayed.overlay.capacities:
        assert abs(one.difference) < 1e-3 * one.measured


def test_a_voltammogram_is_replayed_by_its_current_alone(tmp_path):
    """Above 1.3 V 2e-4 mAh/g are a millivolt: of three sweeps the current has to carry as much to 5e-7."""
    path = tmp_path / "sweeps.bdf.csv"
    to_bdf(simulate("core_shell", "cyclic_voltammetry"), path)
    replayed = replaying.replay(read_dataset(path), "core_shell")
    assert replayed.completed
    assert replayed.overlay.rmse < 1
    assert all(abs(one.difference) < 1e-3 * one.measured for one in replayed.overlay.capacities)


def test_a_porous_electrode_is_replayed_at_its_own_level(tmp_path):
    """The same round trip: below 1 mV, capacities to 0.1 %."""
    path = tmp_path / "run.bdf.csv"
    to_bdf(simulate("core_shell", "formation_without_hold", level="electrode"), path)
    replayed = replaying.replay(read_dataset(path), "core_shell", level="electrode")
    assert replayed.completed
    assert replayed.overlay.rmse < 1
    assert all(abs(one.difference) < 1e-3 * one.measured for one in replayed.overlay.capacities)


def test_another_material_is_told_from_the_measured_one(exported):
    """A thicker shell: more than a millivolt apart at the same voltage's history, by capacity."""
    dataset = read_dataset(exported)
    other = replaying.replay(
        dataset, "core_shell", {"shell.thickness": "15 nm"}, replaying.CONTROLS["voltage"]
    )
    assert other.completed
    first = other.overlay.capacities[1]
    assert abs(first.difference) > 5


def test_a_carbon_that_takes_less_than_was_measured_ends_early_and_says_so(exported):
    """The shell alone, under the core-shell particle's current; code 1, and one line what to do instead."""
    outcome = coreshell("replay", str(exported), "--material", "shell", "--json")
    assert outcome.code == 1
    found = json.loads(outcome.out)
    assert "takes or gives less than was measured" in found["Ending"]
    assert "--control voltage" in found["Ending"]
    assert "V the voltage left the model's range" in found["Ending"]
    assert any("the simulated voltage falls to -" in text for text in found["Warnings"])
    assert 0 < found["Share of the measurement simulated"] < 1
    assert found["Capacity differences by half-cycle"][-1]["Simulated [mA.h.g-1]"] is None


def test_the_command_overlays_and_writes_what_it_shows(exported, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = coreshell("replay", str(exported), "--material", "core_shell", "--json", "--out", "out")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["RMSE [mV]"] < 1
    assert found["Start"].startswith("empty carbon at 2.5 V")
    stem = "run_core_shell_replay"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"{stem}.csv", f"{stem}.json", f"{stem}.pdf", f"{stem}.png",
    ]  # fmt: skip
    table = pd.read_csv(tmp_path / "out" / f"{stem}.csv")
    assert len(table) == len(read_dataset(exported).table)
    assert table["Residual [V]"].to_numpy() == pytest.approx(
        table["Simulated voltage [V]"] - table["Measured voltage [V]"], abs=1e-12
    )
    assert json.loads((tmp_path / "out" / f"{stem}.json").read_text()) == found


def test_the_warning_of_a_beginning_outside_the_measurement_says_what_moves_it(exported, tmp_path):
    """What it says is done, and then the simulation begins within the measured voltages."""
    table = pd.read_csv(exported)
    (voltage,) = [name for name in table if name.startswith("Voltage")]
    file = tmp_path / "narrow.csv"
    inside = (table[voltage] < 1.25).to_numpy()
    first = int(inside.argmax())
    last = first + int((~inside[first:]).argmax())
    table.iloc[first:last].to_csv(file, index=False)
    words = ("replay", str(file), "--material", "core_shell", "--mass", "1 mg", "--json")
    begins = "the simulation begins at"
    (text,) = [text for text in json.loads(coreshell(*words).out)["Warnings"] if text.startswith(begins)]
    change = re.search(r'--set "(protocol.start.potential=1.2\d? V)"$', text)[1]
    again = coreshell(*words, "--set", change)
    assert again.code == 0
    assert not any(begins in text for text in json.loads(again.out)["Warnings"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.csv", "--material", "core_shell"), "no such file"),
        (("cell.csv", "--material", "coer_shell"), "did you mean"),
        (("cell.csv",), "--material"),
        (("cell.csv", "--material", "core_shell"), "mass of active carbon is not known"),
        (("cell.csv", "--material", "core_shell", "--control", "power"), "it is one of current, voltage"),
        (("cell.csv", "--material", "core_shell", "--mass", "1 mg", "--set", "x"), "--set 'x'"),
        (("cell.csv", "--material", "core_shell", "--mass", "1 mg", "--out", "cell.csv"), "is a file"),
        (("cell.csv", "--material", "core_shell", "--current-sign", "sodiation"), "voltage rises"),
    ],
)
def test_a_replay_that_cannot_be_done_is_refused_in_one_line(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    time, voltage, current, _, _ = measurement()
    text = lines("time/s,voltage/V,current/A", zip(time, voltage, -current, strict=True))
    (tmp_path / "cell.csv").write_text(text)
    outcome = coreshell("replay", *words)
    assert outcome.code == 2 and outcome.out == "" and outcome.err.count("\n") == 1, outcome
    assert said in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["cell.csv"]
