"""Sweeps: every point once, kept as it completes, with the reason where it was not solved."""

import contextlib
import csv
import errno
import io
import json
import os
import signal
import socket
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from command_line import coreshell

from coreshell_model.base import appended
from coreshell_model.base import scheduler as schedulers
from coreshell_model.base.errors import InputError
from coreshell_model.base.keeper import Keeper
from coreshell_model.base.pool import LostWorkersError, Processes
from coreshell_model.design import batches
from coreshell_model.design import sweep as sweeps
from coreshell_model.design.batches import evaluated
from coreshell_model.design.evaluator import Evaluator
from coreshell_model.design.problem import FAILED, IMPOSSIBLE, SOLVED, problem
from coreshell_model.design.reference import without_seal_law
from coreshell_model.design.results import KIND, ROWS, Sweep, read_sweep, sweep_of
from coreshell_model.design.sensitivity import Local, Morris, Sobol, indices
from coreshell_model.design.space import Axis, axis, grid, random, sobol
from coreshell_model.design.sweep import check_points, sweep
from coreshell_model.design.variables import designed
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.run.compiled_code import pays

ICE = "Initial coulombic efficiency"
SPACE = ("thickness=6..14 nm, 2 points", "external_area=10..230 m2/g, 3 points, log")
"""Six designs, of which the last area leaves one shell of two on no core."""


@pytest.fixture(scope="module")
def scheduler():
    """One worker of another process, as a user's cluster has it."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def shared():
    return problem("core_shell", "design", observables=[ICE, "Capacity at C/20 [mA.h.g-1]"])


@pytest.fixture(scope="module")
def points():
    return grid([axis(text) for text in SPACE])


@pytest.fixture(scope="module")
def undisturbed(shared, points, scheduler, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps") / "undisturbed"
    return sweep(shared, points, folder, scheduler=scheduler), folder


# -- what is varied


def test_an_axis_reads_as_it_is_written():
    """Ends with a unit each or one for both, points, log; or values."""
    assert axis("thickness = 2..20 nm, 40 points") == Axis("thickness", "nm", 2.0, 20.0, 40)
    assert axis("external_area=2 m2/g..0.05 m2/mg, 3 points, log").grid() == pytest.approx(
        np.array([0.002, np.sqrt(0.002 * 0.05), 0.05])
    )
    assert axis("rate=0.05, 1").grid().tolist() == [0.05, 1.0]
    assert axis("cell.series_resistance=1, 10 Ohm.cm2").label == "cell.series_resistance [Ohm.cm2]"
    assert axis("thickness=2..20 nm").label == "Shell thickness [nm]"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("thickness=20..2 nm, 4 points", "has its ends in reverse order: 20 to 2 nm"),
        ("thickness=2..2 nm, 4 points", "is no range"),
        ("thickness=2..20 nm, 1 points", "has 1 points; a range has 2"),
        ("thickness=0..20 nm, 4 points, log", "for log give ends above 0"),
        ("thickness=2..20 nm, 4 point, linear", "'linear' is no option of a range"),
        ("thickness=..20 nm", "does not start with a number"),
        ("thickness=5, 5 nm", "each once"),
        ("thickness=", "is no range"),
        ("=2..20 nm", "is no range"),
        ("thickness", "is no range"),
        ("thickness=2 V..20 nm", "is not a length"),
    ],
)
def test_an_empty_or_reversed_range_is_refused(text, reason):
    """In one line that says which and what to write."""
    with pytest.raises(InputError, match=reason):
        axis(text)


def test_samples_keep_to_the_ends_and_to_their_seed():
    """The same seed gives the same points; a Sobol sequence fills every quarter of each axis alike."""
    axes = [axis("thickness=2..20 nm"), axis("external_area=1..100 m2/g, log")]
    for sample in (random, sobol):
        found = sample(axes, 64, seed=3)
        assert np.array_equal(found.values, sample(axes, 64, seed=3).values)
        assert not np.array_equal(found.values, sample(axes, 64, seed=4).values)
        assert (found.values >= [2, 1]).all() and (found.values <= [20, 100]).all()
    thickness, area = sobol(axes, 64, seed=3).values.T
    assert np.histogram(thickness, bins=4, range=(2, 20))[0].tolist() == [16] * 4
    assert np.histogram(np.log10(area), bins=4, range=(0, 2))[0].tolist() == [16] * 4


def test_a_grid_varies_its_last_axis_fastest():
    """Every value of each with every value of the other, a row each."""
    found = grid([axis("thickness=2, 3 nm"), axis("external_area=1, 5, 9 m2/g")])
    assert found.values.tolist() == [[2, 1], [2, 5], [2, 9], [3, 1], [3, 5], [3, 9]]
    assert found.shape == (2, 3)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: grid([]), "nothing varies"),
        (lambda: grid([axis("thickness=2..20 nm")]), "no number of points"),
        (lambda: grid([axis("thickness=5 nm"), axis("thickness=6 nm")]), "varied twice"),
        (lambda: random([axis("thickness=5 nm")], 4), "has values alone"),
        (lambda: sobol([axis("thickness=2..20 nm")], 0), "whole number from 1 on"),
        (lambda: random([axis("thickness=2..20 nm")], 4, seed=-1), "seed is -1"),
        (
            lambda: grid([axis("thickness=2..20 nm, 9999 points"), axis("radius=2..3 um, 9999 points")]),
            "at most 1000000",
        ),
    ],
)
def test_a_space_without_points_is_refused(make, reason):
    """Before anything is started."""
    with pytest.raises(InputError, match=reason):
        make()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("thicknes=2..20 nm, 2 points", "did you mean 'thickness'"),
        ("thickness=2..20 V, 2 points", "is not a length"),
        ("shell.thicknes=2..20 nm, 2 points", "did you mean 'shell.thickness'"),
        ("roughness=0.2, 0.5", "must be at least 1"),
        ("protocol.window.upper=1.1, 1.25 V", "protocol.start.potential is 2.5 V, not within 1 V"),
    ],
)
def test_a_sweep_without_a_possible_design_is_refused(text, reason):
    """With the reason of the first point; a sweep of nothing but reasons helps nobody."""
    with pytest.raises(InputError, match=f"no point of the sweep is a possible design: .*{reason}"):
        check_points(problem("core_shell", "design"), grid([axis(text)]))


def test_numbers_at_all_points_and_those_that_vary_count_together(shared):
    """A fixed thickness stays while the area varies, as with two --set; alone, the area keeps the gain."""
    fixed = problem("core_shell", "design", {"thickness": "12 nm"})
    material, _ = fixed.point({"external_area": "5 m2/g"})
    assert material == designed(
        read_material("core_shell"), {"thickness": "12 nm", "external_area": "5 m2/g"}
    )
    with pytest.raises(InputError, match="varies and is set"):
        fixed.point({"shell.thickness": "3 nm"})
    assert shared.point({"rate": "0.1"})[1].numbers["rate"].value == 0.1


@pytest.mark.parametrize("ends", ["-10..60 °C, 8 points", "-10 °C, 25, 60 °C"])
def test_an_axis_in_degrees_celsius_is_shown_in_them_and_changes_kelvin(ends):
    """Ends without a unit are degrees too."""
    read = axis(f"cell.temperature={ends}")
    assert read.label == "cell.temperature [°C]" and read.grid()[[0, -1]].tolist() == [-10, 60]
    material, _ = problem("core_shell", "design").point({read.name: read.text(-10)})
    assert material.cell.temperature.si == 263.15 and str(material.cell.temperature) == "-10 °C"


@pytest.mark.parametrize(
    ("ends", "label", "values"),
    [
        ("0.009..0.012 um, 2 points", "Shell thickness [um]", [0.009, 0.012]),
        ("90, 120 Å", "Shell thickness [Å]", [90, 120]),
        ("9000 pm, 12 nm", "Shell thickness [nm]", [9, 12]),
    ],
)
def test_an_axis_keeps_the_unit_that_the_user_wrote(ends, label, values):
    """Of ends in several units, that of the last; the shell is the same."""
    read = axis(f"thickness={ends}")
    assert read.label == label and read.grid() == pytest.approx(values)
    shells = [
        problem("core_shell", "design").point({read.name: read.text(value)})[0].geometry.shell_thickness
        for value in read.grid()
    ]
    assert shells == pytest.approx([9e-9, 12e-9])


def test_a_logarithm_of_degrees_celsius_is_refused():
    """Its even steps would hang on where the scale has its zero; those of kelvin do not."""
    with pytest.raises(InputError, match="for log give kelvin"):
        axis("cell.temperature=10..60 degC, 5 points, log")
    assert axis("cell.temperature=283..333 K, 3 points, log").grid()[1] == pytest.approx((283 * 333) ** 0.5)


def test_a_local_sensitivity_to_a_temperature_takes_a_share_of_kelvin():
    """Of 0 degrees Celsius no share could be taken."""
    shared = problem("core_shell", "design", {"cell.temperature": "0 °C"})
    (one,) = Local(0.01).axes(shared, ["cell.temperature"])
    assert one.unit == "K" and (one.low, one.high) == pytest.approx((270.4185, 275.8815))


# -- what comes of it


def test_every_point_is_a_row_with_its_numbers_or_its_reason(undisturbed, points):
    """Values are those of the evaluator, to the last digit; the impossible designs say why."""
    found, _ = undisturbed
    assert found.table["Point"].tolist() == list(range(6))
    assert [found.count(ending) for ending in (SOLVED, IMPOSSIBLE, FAILED)] == [4, 2, 0]
    impossible = found.table[found.table["Ending"] == IMPOSSIBLE]
    assert "the particle comes to a radius of 7.2" in impossible["Reason"].iloc[0]
    assert "leaves less than 230 m2/g on any core" in impossible["Reason"].iloc[1]
    assert np.isnan(impossible[ICE]).all()
    evaluator = Evaluator("design", observables=[ICE])
    one = designed(read_material("core_shell"), points.changes(1))
    assert found.table[ICE][1] == evaluator.evaluate(one)[ICE]


def test_a_sweep_opens_in_pandas_and_xarray_with_units_versions_and_inputs(undisturbed, tmp_path):
    """A grid is dimensions with coordinates; what was not solved is NaN beside its reason."""
    found, folder = undisturbed
    rows = pd.read_csv(folder / ROWS)
    assert sorted(rows["Point"]) == list(range(6)) and "Shell thickness [nm]" in rows
    saved = found.save(tmp_path / "sweep.nc")
    with xr.open_dataset(saved, engine="h5netcdf") as dataset:
        assert dict(dataset.sizes) == {"thickness": 2, "external_area": 3}
        assert dataset["thickness"].attrs["units"] == "nm"
        capacity = dataset["Capacity at 0.05C [mA.h.g-1]"]
        assert capacity.attrs == {"units": "mA.h.g-1", "long_name": "Capacity at C/20 [mA.h.g-1]"}
        assert float(dataset[ICE][0, 1]) == found.table[ICE][1]
        assert int(dataset[ICE].isnull().sum()) == 2
        record = json.loads(dataset.attrs["inputs"])
        assert record["Material"]["name"] == "core_shell"
        assert {"coreshell_model", "pybamm"} <= set(json.loads(dataset.attrs["versions"]))


def test_a_sweep_in_degrees_celsius_is_in_them_in_every_file_and_in_its_data_frame(tmp_path):
    """A row for each point, whose columns and numbers are those of the folder's CSV and of the figure's."""
    out, drawn = tmp_path / "out", tmp_path / "temperature.svg"
    found = coreshell(
        "sweep", "core_shell", "design", "--vary", "cell.temperature=60, 25, -300 °C", "--set",
        "protocol.numbers.cycles=1", "--observe", "ICE", "--observe", "capacity", "--workers", "1",
        "--out", str(out), "--figure", str(drawn), "--json",
    )  # fmt: skip
    assert found.code == 0, found.err
    temperature, capacity = "cell.temperature [°C]", "Reversible capacity [mA.h.g-1]"
    ice = "Initial coulombic efficiency"
    rows = read_sweep(out).to_dataframe()
    assert list(rows.columns) == ["Point", temperature, "Ending", "Reason", ice, capacity]
    assert rows["Point"].tolist() == [0, 1, 2] and rows[temperature].tolist() == [60, 25, -300]
    assert rows["Ending"].tolist() == [SOLVED, SOLVED, IMPOSSIBLE] and rows[capacity].isna()[2]
    written = pd.read_csv(out / ROWS, keep_default_na=True).sort_values("Point", ignore_index=True)
    pd.testing.assert_frame_equal(rows.replace({"Reason": {"": np.nan}}), written, check_dtype=False)
    pd.testing.assert_frame_equal(
        pd.read_csv(drawn.with_suffix(".csv")), rows.loc[:1, [temperature, ice, capacity]]
    )
    assert json.loads(found.out)["Columns"][temperature] == [60, 25, -300]
    with xr.open_dataset(out / "sweep.nc") as opened:
        assert opened["cell.temperature"].attrs["units"] == "°C"
    assert "Cell temperature / °C" in drawn.read_text(encoding="utf-8")


def test_reasons_say_how_the_points_ended(shared):
    """An impossible design and a failed solve are told apart, and one that gives no reason is counted."""
    points = grid([axis("thickness=6, 7, 8, 9 nm")])
    endings = ["solved", "impossible design", "failed solve", "failed solve"]
    reasons = [None, "a shell of 7 nm", "stuck at 0.3 V", None]
    table = pd.DataFrame({"Point": range(4), "Ending": endings, "Reason": reasons})
    assert Sweep(table, points, {}).reasons() == {
        "impossible design: a shell of # nm": 1,
        "failed solve: stuck at # V": 1,
        "failed solve: for no stated reason": 1,
    }


def test_reasons_are_told_with_the_numbers_of_their_first_point():
    """Not with the marks by which they are counted together; a minus sign is part of a number."""
    points = grid([axis("thickness=-5, 0, 6, 7 nm")])
    reasons = ["is -5 nm; must be above 0 nm", "is 0 nm; must be above 0 nm", None, "C/20 stuck at 1e-3 V"]
    endings = ["impossible design", "impossible design", "solved", "failed solve"]
    found = Sweep(pd.DataFrame({"Point": range(4), "Ending": endings, "Reason": reasons}), points, {})
    assert found.unsolved() == (
        "3 of 4 points not solved: impossible design: is -5 nm; must be above 0 nm (first of 2); "
        "failed solve: C/20 stuck at 1e-3 V"
    )
    assert found.reasons() == {
        "impossible design: is # nm; must be above # nm": 2,
        "failed solve: C/# stuck at # V": 1,
    }
    assert found.examples().keys() == found.reasons().keys()
    assert found.examples()["failed solve: C/# stuck at # V"] == "failed solve: C/20 stuck at 1e-3 V"


def test_samples_open_along_one_dimension(shared, scheduler):
    """Each variable is a coordinate of the points."""
    found = sweep(shared, random([axis("thickness=6..14 nm")], 3), scheduler=scheduler)
    dataset = found.to_xarray()
    assert dict(dataset.sizes) == {"point": 3}
    assert dataset["thickness"].dims == ("point",)
    assert dataset[ICE].values.tolist() == found.table[ICE].tolist()


def test_a_resumed_sweep_does_what_is_left_and_is_the_same(undisturbed, shared, points, scheduler, tmp_path):
    """Killed after three rows, in the middle of the fourth: the cut line is dropped, the others stay."""
    found, folder = undisturbed
    cut = tmp_path / "cut"
    cut.mkdir()
    for name in ("lock", "sweep.json", "points.npy"):
        (cut / name).write_bytes((folder / name).read_bytes())
    lines = (folder / ROWS).read_bytes().splitlines(keepends=True)
    rows = Keeper(folder, KIND).table(ROWS).read()
    Keeper(cut, KIND).table(ROWS).append(list(rows[0]), rows[:3])
    with (cut / ROWS).open("ab") as file:
        file.write(lines[4][:30])
    assert len(read_sweep(cut).table) == len(points) - 3
    told = []
    again = sweep(
        shared, points, cut, resume=True, scheduler=scheduler, progress=lambda *numbers: told.append(numbers)
    )
    assert told[0][:2] == (3, 6) and told[-1][:2] == (6, 6)
    assert again.table.equals(found.table)
    assert (cut / ROWS).read_bytes().startswith(b"".join(lines[:4]))
    whole = sweep(shared, points, cut, resume=True, scheduler=scheduler)  # nothing is left to do
    assert whole.table.equals(found.table)


def test_another_sweep_is_not_resumed(undisturbed, shared, points, tmp_path):
    """Neither other points nor other inputs; nor is a sweep begun over another one."""
    _, folder = undisturbed
    other = grid([axis("thickness=6..13 nm, 2 points"), axis(SPACE[1])])
    with pytest.raises(InputError, match="another axes than this sweep's"):
        sweep(shared, other, folder, resume=True)
    changed = problem("core_shell", "design", {"roughness": "1.5"}, observables=shared.observables)
    with pytest.raises(InputError, match="another changes than this sweep's"):
        sweep(changed, points, folder, resume=True)
    with pytest.raises(InputError, match="holds a sweep already; add --resume"):
        sweep(shared, points, folder)
    with pytest.raises(InputError, match="holds no sweep to resume; leave out --resume"):
        sweep(shared, points, tmp_path / "empty", resume=True)
    (tmp_path / "sweep.json").write_text("{}")
    with pytest.raises(InputError, match=r"sweep.json: is damaged"):
        read_sweep(tmp_path)


def test_two_sweeps_do_not_share_a_folder(shared, points, tmp_path):
    """The second is told so, and the first loses nothing."""
    with Keeper(tmp_path, KIND).held(), pytest.raises(InputError, match="another run is at work there"):
        sweep(shared, points, tmp_path)


def test_a_folder_that_cannot_be_written_is_said_at_once(shared, points):
    """No worker is started for it."""
    with pytest.raises(InputError, match="/proc/sweep: cannot be written"):
        sweep(shared, points, "/proc/sweep")


def test_a_full_disk_costs_no_finished_point(shared, points, scheduler, tmp_path, monkeypatch):
    """The third time that rows are written the disk is full: those before stay, and the sweep goes on."""
    append, calls = appended.append, []

    def until_full(path, content, size):
        calls.append(path.name)
        if calls.count(ROWS) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(path, content, size)

    monkeypatch.setattr(appended, "append", until_full)
    monkeypatch.setattr(sweeps, "UNKEPT", 0.0)
    with pytest.raises(
        InputError, match=r"rows\.csv: cannot be written: No space left on device; make room, then"
    ):
        sweep(shared, points, tmp_path, scheduler=scheduler)
    monkeypatch.undo()
    kept = (tmp_path / ROWS).read_bytes()
    assert len(read_sweep(tmp_path).table) >= 1
    assert len(sweep(shared, points, tmp_path, resume=True, scheduler=scheduler).table) == len(points)
    assert (tmp_path / ROWS).read_bytes().startswith(kept)


@pytest.mark.parametrize(("seconds", "writes"), [(0.0, 1), (0.3, 4)])
def test_fast_points_are_kept_together_and_slow_ones_as_they_complete(
    shared, points, tmp_path, monkeypatch, seconds, writes
):
    """Four points; when the last does not complete, those before it are kept all the same."""
    written = []

    def four(pool, problem, points, numbers):
        for number in numbers[:4]:
            time.sleep(seconds)
            yield [(number, {"Ending": SOLVED, "Reason": ""})]
        raise KeyboardInterrupt

    class Counted(sweeps.Table):
        def append(self, columns, rows):
            if rows:
                written.append(len(rows))
            super().append(columns, rows)

    monkeypatch.setattr(sweeps, "evaluated", four)
    table = Counted(tmp_path / ROWS)
    with pytest.raises(KeyboardInterrupt):
        sweeps._evaluate(contextlib.nullcontext(), shared, points, table, None)
    assert len(written) == writes and len(Counted(tmp_path / ROWS).read()) == 4


def test_a_sweep_that_goes_on_with_other_workers_keeps_its_choice_of_machine_code(
    shared, points, tmp_path, monkeypatch
):
    """Rows with and without it differ in their last digits."""
    compiled = []

    def rows(pool, problem, points, table, progress):
        compiled.append(problem.compiled)
        return []

    monkeypatch.setattr(sweeps, "_evaluate", rows)
    for it_pays in (True, False):
        monkeypatch.setattr(sweeps, "pays", lambda *_, it_pays=it_pays: it_pays)
        again = sweep(shared, points, tmp_path, resume=not it_pays)
        assert again.record["Compiled"]
    assert compiled == [True, True]


def test_the_progress_of_several_sweeps_is_counted_together(shared, points, monkeypatch):
    """Of two and the search between them, with what was not solved."""
    calls = []

    def swept(pool, workers, problem, points, folder, resume, progress):
        progress(len(points), len(points), 2)
        return Sweep(pd.DataFrame({"Ending": [SOLVED] * 4 + [IMPOSSIBLE] * 2}), points, {})

    monkeypatch.setattr(sweeps, "_sweep_by", swept)
    several = sweeps.KeptSweeps(Processes(1), None, False, 20, lambda *numbers: calls.append(numbers))
    several.run("one", shared, points)
    several.searched(4, 8)
    several.searched(8, 8)
    several.run("another", shared, points)
    assert calls == [(6, 20, 2), (10, 20, 2), (14, 20, 2), (20, 20, 4)]


# -- schedulers


def test_a_scheduler_that_does_not_answer_is_said_in_time(shared, points, tmp_path, monkeypatch):
    """A port where nobody listens; one that accepts and is silent; text that is no address.

    The patience is 6 s, here 1 s; the rest of the ten seconds is for what comes before."""
    assert schedulers.PATIENCE < 9
    monkeypatch.setattr(schedulers, "PATIENCE", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        for address in (f"tcp://127.0.0.1:{port}", "tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1"):
            started = time.monotonic()
            with pytest.raises(InputError, match=r"scheduler '.*start one with `dask scheduler`"):
                sweep(shared, points, tmp_path / address.replace("/", ""), scheduler=address)
            assert time.monotonic() - started < 10  # or it would hang for good


def test_a_scheduler_without_workers_says_how_to_start_some(shared, points, monkeypatch):
    """It answers, but nobody works."""
    from distributed import LocalCluster

    monkeypatch.setattr(schedulers, "PATIENCE", 1.0)
    with (
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=":0") as empty,
        pytest.raises(InputError, match="has no workers; start some with `dask worker"),
    ):
        sweep(shared, points, scheduler=empty.scheduler_address)


@pytest.mark.parametrize("here", [True, False])
def test_what_a_worker_does_not_expect_is_a_row_with_its_reason(scheduler, points, here):
    """A problem that cannot be worked on fails at every point, and says with what."""
    with schedulers.pool_for(*((None, 1) if here else (scheduler,))) as pool:
        rows = [row for finished in evaluated(pool, "no problem", points, [0, 1]) for _, row in finished]
    assert [row["Ending"] for row in rows] == [FAILED, FAILED]
    assert all("AttributeError: 'str' object has no attribute 'row'" in row["Reason"] for row in rows)


def test_a_killed_worker_of_this_machine_costs_no_point(shared, points, undisturbed):
    """It is killed as soon as it is there; another does its point, and all is as undisturbed."""
    rows = {}
    with Processes(1) as pool:
        for finished in evaluated(pool, shared, points, range(len(points))):
            if not rows:
                os.kill(pool._workers[0].process.pid, signal.SIGKILL)
            rows.update(finished)
    table = undisturbed[0].table
    assert [rows[number][ICE] for number in range(len(points)) if ICE in rows[number]] == [
        value for value in table[ICE] if not np.isnan(value)
    ]
    assert [rows[number]["Ending"] for number in range(len(points))] == table["Ending"].tolist()


def test_a_row_that_was_lost_with_its_worker_is_made_anew(shared, points):
    """The worker is killed once it holds the row and before it is fetched; its successor does the point."""
    from distributed import Client, LocalCluster, wait

    with (
        LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0") as cluster,
        Client(cluster) as client,
    ):
        point = (0, points.changes(0))
        future = client.submit(schedulers._do, batches._Row(shared), point, pure=False)
        wait(future)
        (worker,) = cluster.workers.values()
        os.kill(worker.pid, signal.SIGKILL)
        while future.status == "finished":  # until the scheduler knows
            time.sleep(0.01)
        assert future.status in schedulers.GONE_AGAIN
        assert schedulers._result(future, None)["Ending"] == SOLVED


def test_a_lost_scheduler_ends_the_sweep_and_keeps_what_is_done(shared, tmp_path):
    """The cluster goes away after the first points; they are in the folder."""
    from distributed import LocalCluster

    many = grid([axis("thickness=6..14 nm, 200 points")])
    local = LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0")
    closing = threading.Thread(target=local.close)

    def close(done, total, unsolved):
        if done and not closing.is_alive():
            with contextlib.suppress(RuntimeError):
                closing.start()

    with pytest.raises(LostWorkersError, match="the scheduler was lost; what is done is kept"):
        sweep(shared, many, tmp_path, scheduler=local.scheduler_address, progress=close)
    closing.join()
    assert 1 <= len(read_sweep(tmp_path).table) < 200


# -- the command line


def test_the_command_sweeps_resumes_and_says_where_the_extremes_are(scheduler, tmp_path):
    """The table names the design of the highest ICE; --resume alone goes on as begun."""
    folder = str(tmp_path / "map")
    words = ["sweep", "core_shell", "design", "--vary", "thickness=6, 14 nm", "--observe", ICE]
    outcome = coreshell(*words, "--out", folder, "--scheduler", scheduler)
    assert outcome.code == 0, outcome.err
    assert "thickness 6 nm" in outcome.out and "2 solved, 0 impossible, 0 failed" in outcome.out
    assert "2 of 2 points, 0 s left" in outcome.err
    again = coreshell("sweep", "--resume", "--out", folder, "--json")
    columns = json.loads(again.out)["Columns"]
    assert columns["Shell thickness [nm]"] == [6, 14] and columns[ICE][0] > columns[ICE][1]
    assert (tmp_path / "map" / "sweep.nc").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "name a material and a protocol"),
        (("core_shell", "design"), "nothing varies"),
        (("core_shell", "design", "--vary", "thickness=20..2 nm, 3 points"), "in reverse order"),
        (("core_shell", "design", "--vary", "thickness=2..20 nm"), "no number of points"),
        (("core_shell", "design", "--vary", "thickness=2..20 nm", "--sample", "sobol"), "add --count"),
        (("core_shell", "design", "--vary", "thickness=2, 3 nm", "--count", "3"), "a grid has the points"),
        (("core_shell", "design", "--vary", "thickness=2, 3 nm", "--sample", "lhs"), "it is one of grid"),
        (("core_shell", "design", "--vary", "thickness=2, 3 nm", "--observe", "beauty"), "is no observable"),
        (
            ("core_shell", "design", "--vary", "thickness=2, 3 nm", "--seal", "wax"),
            "it is one of exponential",
        ),
        (("core_shell", "design", "--vary", "thickness=2, 3 nm", "--workers", "0"), "give at least 1"),
        (("core_shell", "design", "--vary", "thickness=2, 3 nm", "--level", "atom"), "it is one of particle"),
        (("core_shell", "formation", "--vary", "rate=0.05, 1"), "take a protocol that names it"),
        (("--resume",), "needs the folder"),
        (
            ("core_shell", "design", "--vary", "thickness=2, 3 nm", "--out", "/proc/x"),
            "choose another folder",
        ),
    ],
)
def test_bad_input_is_one_line_and_code_2(words, reason):
    """What, where and what to do; no worker is started."""
    outcome = coreshell("sweep", *words)
    assert outcome.code == 2 and outcome.out == ""
    assert reason in outcome.err and outcome.err.count("\n") == 1


# -- sensitivity


def made_up(method, axes, function):
    """What a method says of a function of the variables, without a single run."""
    points = method.points(problem("core_shell", "design"), axes)
    rows = [
        {"Point": number, "Ending": SOLVED, "Reason": "", "y": function(*values)}
        | {axis.label: value for axis, value in zip(axes, values, strict=True)}
        for number, values in enumerate(points.values)
    ]
    found = sweep_of(rows, points, {"Observables": ["y"]})
    return points, indices(found, method).table.set_index("Variable")


def test_local_differences_give_the_elasticities_of_a_power_law():
    """y = t^2/a: 2 % and -1 % for one per cent; central differences of 1 % are good to 1e-4."""
    local = Local()
    axes = local.axes(problem("core_shell", "design"), ["thickness", "external_area"])
    assert axes[1].high == pytest.approx(14 * 1.01)
    hold = local.axes(problem("core_shell", "design"), ["hold"])[0]
    assert [hold.low, hold.high] == pytest.approx([59.4, 60.6]) and hold.unit == "h"
    _, table = made_up(local, axes, lambda t, a: t**2 / a)
    assert table["Elasticity"].tolist() == pytest.approx([2, -1], abs=2e-4)
    assert table["Slope"]["external_area"] == pytest.approx(
        -(axes[0].at(np.array(0.5)) ** 2) / 14**2, rel=2e-4
    )


def test_morris_effects_of_a_straight_plane_are_its_slopes():
    """y = 3 t + 0 a over 10 nm: 30 with no spread, and nothing."""
    axes = [axis("thickness=5..15 nm"), axis("external_area=1..100 m2/g, log")]
    _, table = made_up(Morris(8), axes, lambda t, a: 3 * t)
    assert table["mu"].tolist() == pytest.approx([30, 0], abs=1e-9)
    assert table["sigma"].tolist() == pytest.approx([0, 0], abs=1e-9)


def test_sobol_shares_of_a_sum_are_those_of_the_variances():
    """y = 2 u + v, u and v even from 0 to 1: 4/5 and 1/5, alone and in all; 1024 points give 3 %."""
    axes = [axis("thickness=10..11 nm"), axis("external_area=5..6 m2/g")]
    _, table = made_up(Sobol(256), axes, lambda t, a: 2 * (t - 10) + (a - 5))
    for name in ("First-order", "Total"):
        assert table[name].tolist() == pytest.approx([0.8, 0.2], abs=0.03)


def test_a_failed_point_leaves_out_its_block_and_no_index_is_made_up():
    """Sobol indices of what was solved are the same; with nothing solved there are none."""
    axes = [axis("thickness=10..11 nm"), axis("external_area=5..6 m2/g")]
    method = Sobol(256)
    points = method.points(problem("core_shell", "design"), axes)
    values = 2 * points.values[:, 0] + points.values[:, 1]
    values[[5, 90]] = np.nan
    table = method.indices(points, values)
    assert table["Total"].tolist() == pytest.approx([0.8, 0.2], abs=0.03)
    assert method.indices(points, np.full(len(values), np.nan)).isna().all(axis=None)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "nothing varies"),
        (("--vary", "thickness=2..20 nm"), "local steps about the reference"),
        (("--vary", "core.trapping.rate"), "there is no number"),
        (("--vary", "pores.open_fraction"), "is 0 in core_shell"),
        (("--vary", "thickness", "--step", "0"), "above 0 and up to 0.5"),
        (("--vary", "thickness", "--count", "4"), "--count is for morris and sobol"),
        (("--method", "sobol", "--vary", "thickness=2..20 nm", "--count", "9"), "power of two"),
        (("--method", "morris", "--vary", "thickness=2..20 nm", "--count", "1"), "from 2 to"),
        (("--method", "morris", "--vary", "thickness=2, 20 nm"), "has values alone"),
        (("--method", "fast", "--vary", "thickness=2..20 nm"), "it is one of local"),
    ],
)
def test_bad_input_of_sensitivity_is_one_line_and_code_2(words, reason):
    """What and what to do; no worker is started."""
    outcome = coreshell("sensitivity", "core_shell", "design", *words)
    assert outcome.code == 2 and outcome.out == ""
    assert reason in outcome.err and outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("material", "seal", "axes", "noted"),
    [
        ("core_shell", None, ["thickness=2..20 nm"], True),
        ("core_shell", None, ["shell.thickness=-5..20 nm"], True),
        ("core_shell", None, ["mass_gain=10, 40 %"], True),
        ("core_shell", None, ["external_area=2..50 m2/g"], True),
        ("core_shell", None, [f"{name}={ends}" for name, ends in (
            ("thickness", "2..20 nm"), ("external_area", "5..15 m2/g"), ("pore_volume", "0.3..0.6 cm3/g"),
            ("rate", "0.05..1"), ("hold", "1..60 h"))], True),
        ("core_shell", None, ["thickness=9 nm", "external_area=2..50 m2/g"], False),
        ("core_shell", None, ["rate=0.05, 1"], False),
        ("core_shell", "logistic", ["thickness=2..20 nm"], False),
        ("core", None, ["radius=200..400 nm"], False),
    ],
)  # fmt: skip
def test_a_sweep_says_where_no_seal_law_opens_thin_shells(material, seal, axes, noted):
    """Also where the thickness follows from another variable, and where an end of the range is impossible."""
    notes = without_seal_law(problem(material, "design", seal=seal), [axis(text) for text in axes])
    assert len(notes) == noted
    assert all(
        "add --seal logistic" in note and "open_fraction is 0 for every shell" in note for note in notes
    )


@pytest.mark.parametrize("command", ["sweep", "sensitivity"])
def test_the_commands_tell_that_no_seal_law_is_used(command, scheduler):
    """On stderr and, with --json, among the warnings; with --seal there is nothing to tell."""
    vary = "thickness=8, 10 nm" if command == "sweep" else "thickness"
    words = [command, "core_shell", "design", "--vary", vary, "--observe", "CVD mass gain [%]"]
    words += ["--scheduler", scheduler]
    printed, record = coreshell(*words), json.loads(coreshell(*words, "--json").out)
    assert printed.code == 0 and "warning: no seal law is used" in printed.err
    assert any("no seal law is used" in text for text in record["Warnings"])
    assert "no seal law" not in coreshell(*words, "--seal", "logistic").err


def test_the_command_ranks_the_variables(scheduler, tmp_path):
    """A thicker shell and a larger area cost efficiency at the reference."""
    words = ["sensitivity", "core_shell", "design", "--vary", "thickness", "--vary", "external_area"]
    outcome = coreshell(
        *words, "--observe", ICE, "--scheduler", scheduler, "--out", str(tmp_path / "s"), "--json"
    )
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)["Sensitivity"][ICE]
    assert found["thickness"]["Elasticity"] < 0 and found["external_area"]["Elasticity"] < 0
    table = pd.read_csv(tmp_path / "s" / "sensitivity.csv")
    assert table["Variable"].tolist() == ["thickness", "external_area"]


def test_many_solves_are_compiled_and_few_are_not():
    """A long protocol counts as so many short ones; never at the electrode level."""
    assert pays("particle", 400 / 2)
    assert not pays("particle", 400 / 3)
    assert pays("particle", 100 / 2, cycles=40)
    assert not pays("particle", 20 / 2, cycles=40)
    assert not pays("electrode", 400 / 2)


def test_protocols_of_designs_can_be_read_by_every_variable():
    """Rate and hold are named numbers in both."""
    for name in ("design", "design_rates"):
        assert {"rate", "longest_hold", "cycles"} <= set(read_protocol(name).numbers)


def test_rows_are_plain_csv(undisturbed):
    """The last digit survives: what is read is what was computed."""
    found, folder = undisturbed
    rows = {row["Point"]: row for row in csv.DictReader(io.StringIO((folder / ROWS).read_text()))}
    assert float(rows["1"][ICE]) == found.table[ICE][1]


SBATCH = """#!/bin/bash
cp "$1" "$(dirname "$0")/script"
job=$(cat "$1")  # kept, as SLURM does: the file is removed as soon as this returns
bash -c "$job" > /dev/null 2>&1 &
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/bash
kill "$1"
"""


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """A stand-in for sbatch that runs the job script here; yields where that is kept."""
    pytest.importorskip("dask_jobqueue")
    import dask

    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    job = {"cores": 1, "processes": 1, "memory": "2GB", "interface": "lo", "log-directory": str(tmp_path)}
    with dask.config.set({f"jobqueue.slurm.{name}": value for name, value in job.items()}):
        yield tmp_path / "script"


def test_slurm_jobs_work_as_the_configuration_describes_them(slurm):
    """They do the sweep, and speak TLS with a key that their script does not hold."""
    shared = problem("core_shell", "design", observables=["CVD mass gain [%]"])
    found = sweep(shared, grid([axis("thickness=6, 14 nm")]), scheduler="slurm", workers=1)
    assert found.count(SOLVED) == 2
    script = slurm.read_text()
    assert "tls://" in script and "--tls-key" in script and "tcp://" not in script
    assert "BEGIN" not in script, "a script that others may read holds the key itself"
    assert "--no-dashboard --dashboard-address 127.0.0.1:0" in script


def test_jobs_that_are_not_described_say_where_that_goes(shared, points):
    """The configuration says nothing of them."""
    pytest.importorskip("dask_jobqueue")
    with pytest.raises(InputError, match=r"scheduler slurm: .*describe the jobs in"):
        sweep(shared, points, scheduler="slurm")


# -- who may run code in it


def ran_code(scheduler, **given):
    """What a stranger would do."""
    from distributed import Client

    with Client(scheduler, timeout=3, **given) as client:
        return client.submit(os.getpid).result(timeout=3)


def answered(address, security=None):
    """What a process of a cluster says to whom it lets in."""
    import asyncio

    from distributed.core import rpc

    async def ask():
        given = security.get_connection_args("client") if security else {}
        async with rpc(address, timeout=3, connection_args=given) as process:
            return await process.identity()

    return asyncio.run(ask())["id"]


def listening():
    """Addresses at which this process and its children wait for others."""
    import psutil

    me = psutil.Process()
    every = [
        connection.laddr
        for process in (me, *me.children(recursive=True))
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    return {(address.ip, address.port) for address in every}


def test_nobody_can_reach_a_sweep_of_this_machine(shared, points):
    """Its processes hear the first one alone, by pipes: no port is opened."""
    before = listening()
    with Processes(1) as pool:
        for _ in evaluated(pool, shared, points, [0, 1]):
            assert listening() == before


def test_nobody_without_its_certificate_runs_code_in_a_sweep_of_slurm(slurm):
    """Its own client runs code; without or with another certificate neither scheduler nor workers answer,
    and what the scheduler says to a browser is nothing."""
    import urllib.error
    import urllib.request

    from distributed.security import Security

    before = listening()
    with schedulers.pool_for("slurm", 1) as pool:
        client = pool._client
        client.wait_for_workers(1, timeout=60)
        (worker,) = client.scheduler_info()["workers"]
        ports = listening() - before
        assert client.submit(os.getpid).result(timeout=30) != os.getpid()
        for at in (client.scheduler.address, worker):
            assert at.startswith("tls://127.0.0.1:")
            assert answered(at, client.security)
            for stranger, tried in ((None, at.replace("tls://", "tcp://")), (Security.temporary(), at)):
                with pytest.raises(OSError):
                    answered(tried, stranger)
        with pytest.raises(OSError):
            ran_code(client.scheduler.address, security=Security.temporary())
        assert len(ports) >= 2 and {ip for ip, _ in ports} == {"127.0.0.1"}
        for ip, port in ports:
            for path in ("", "status", "info/main/workers.html", "json/counts.json", "health", "metrics"):
                with pytest.raises((OSError, urllib.error.HTTPError)) as answer:
                    urllib.request.urlopen(f"http://{ip}:{port}/{path}", timeout=3)
                assert getattr(answer.value, "code", 404) == 404


@pytest.mark.long
def test_a_scheduler_with_certificates_takes_those_of_the_dask_configuration(shared, points, tmp_path):
    """With them the sweep runs; without, or with none that can be read, one line says what is missing."""
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    security = Security.temporary()
    tls = {"distributed.comm.tls.ca-file": security.tls_ca_file}
    for part in ("key", "cert"):
        tls[f"distributed.comm.tls.client.{part}"] = getattr(security, f"tls_client_{part}")
    few = grid([axis("thickness=6, 14 nm")])
    with LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", security=security, dashboard_address=":0"
    ) as protected:
        address = protected.scheduler_address
        with dask.config.set(tls):
            assert sweep(shared, few, scheduler=address).count(SOLVED) == 2
        with pytest.raises(InputError, match=r"needs certificates; name them in"):
            sweep(shared, few, scheduler=address)
        with (
            dask.config.set(tls | {"distributed.comm.tls.ca-file": str(tmp_path / "none.pem")}),
            pytest.raises(InputError, match=r"cannot be read \(.*none\.pem\)"),
        ):
            sweep(shared, few, scheduler=address)
