"""Several files of one cell, read as one measurement with its seams stated."""

import json
from datetime import timedelta

import numpy as np
import pytest
from command_line import coreshell
from cyclers import eclab, measurement
from eclab_files import BEGAN, cycled, mpr, mpt, pick, titrated

from coreshell_model.base.errors import InputError
from coreshell_model.data.joining import read_datasets
from coreshell_model.data.reading import read_dataset
from coreshell_model.infer.reading import read_problem

NAMES = ("mode", "Ns", "time/s", "Ewe/V", "dq/mA.h")
CUT = 15
"""Rows of the first of two files: rest, sodiation, hold, and the rest's first row."""


def halves(rows, anew=True):
    """The rows in two files; the clock of the second begins ``anew``, at 0."""
    first = {name: values[:CUT] for name, values in rows.items()}
    second = {name: values[CUT:].copy() for name, values in rows.items()}
    shift = float(first["time/s"][-1])
    if anew:
        second["time/s"] -= shift
    return first, second, shift


def write(folder, **contents):
    paths = []
    for name, content in contents.items():
        suffix = ".mpr" if content.startswith(b"BIO") else ".mpt" if content.startswith(b"EC-Lab") else ".csv"
        path = folder / f"{name}{suffix}"
        path.write_bytes(content)
        paths.append(path)
    return paths


def seams(dataset):
    return [said for said in dataset.statements if said.startswith("seam between")]


@pytest.mark.parametrize("kind", ["binary", "text"])
@pytest.mark.parametrize("anew", [True, False], ids=["clock anew", "clock of the series"])
def test_files_technique_by_technique_are_the_measurement_that_they_part(tmp_path, kind, anew):
    """By the start of the acquisition, whether the second file's time begins anew or goes on."""
    rows = pick(cycled(), *NAMES)
    make = mpr if kind == "binary" else mpt
    first, second, shift = halves(rows, anew)
    began = BEGAN + timedelta(seconds=shift) if anew else BEGAN
    paths = write(tmp_path, a=make(first), b=make(second, began=began), whole=make(rows))
    joined, whole = read_datasets(paths[:2], mass="1 mg"), read_dataset(paths[2], mass="1 mg")
    assert joined.time - joined.time[0] == pytest.approx(whole.time - whole.time[0], abs=2e-3)
    assert joined.voltage == pytest.approx(whole.voltage)
    charges = [half.charge for half in whole.half_cycles()]
    assert [half.charge for half in joined.half_cycles()] == pytest.approx(charges, rel=1e-3)
    assert [half.cycle for half in joined.half_cycles()] == [1, 1]
    assert len(seams(joined)) == 1 and "by the dates in the files" in seams(joined)[0]
    assert [said for said in joined.statements if said.endswith("1 mg, as given")] == [
        "all files: mass of active carbon (core + shell) 1 mg, as given"
    ]


def test_a_pause_between_files_is_a_rest_and_said(tmp_path):
    """Two hours, in which the current of the second file's first point does not flow."""
    time, voltage, current, _, _ = measurement(cycles=1)
    table = {"mode": np.ones(6), "time/s": time[:6], "Ewe/V": voltage[:6], "I/mA": -1e3 * current[:6]}
    later = {**table, "I/mA": 1e3 * current[:6], "Ewe/V": voltage[6:]}
    paths = write(tmp_path, a=mpr(table), b=mpr(later, began=BEGAN + timedelta(seconds=300 + 7200)))
    joined = read_datasets(paths, mass="1 mg")
    parts = [half.charge for path in paths for half in read_dataset(path, mass="1 mg").half_cycles()]
    assert [half.charge for half in joined.half_cycles()] == pytest.approx(parts, rel=1e-6)
    assert joined.time[-1] - joined.time[0] == pytest.approx(600 + 7200, abs=1e-3)
    assert "2 h, by the dates" in seams(joined)[0]


def test_files_given_out_of_order_are_sorted_by_their_dates_and_that_is_said(tmp_path):
    first, second, shift = halves(pick(cycled(), *NAMES))
    paths = write(tmp_path, a=mpr(first), b=mpr(second, began=BEGAN + timedelta(seconds=shift)))
    joined = read_datasets(paths[::-1], mass="1 mg")
    assert joined.table.equals(read_datasets(paths, mass="1 mg").table)
    assert any(said == "files sorted by when they began: a.mpr, b.mpr" for said in joined.statements)


def test_files_that_overlap_in_time_or_are_the_same_are_refused(tmp_path):
    rows = pick(cycled(), *NAMES)
    paths = write(tmp_path, a=mpr(rows), b=mpr(rows, began=BEGAN + timedelta(seconds=600)))
    with pytest.raises(InputError, match=r"b\.mpr: begins 1\.812 h before a\.mpr ends"):
        read_datasets(paths, mass="1 mg")
    with pytest.raises(InputError, match="given twice"):
        read_datasets([paths[0], paths[0]], mass="1 mg")


def test_a_column_of_dates_tells_the_pause_too(tmp_path):
    head = "date,voltage/V,current/mA\n"
    texts = (
        head
        + "".join(f"2025-10-31 {hour}:00:{10 * k:02d},{high - sign * k / 20},{-sign}\n" for k in range(6))
        for hour, high, sign in ((10, 1.0, 1), (13, 0.75, -1))
    )
    joined = read_datasets(write(tmp_path, **dict(zip("ab", (text.encode() for text in texts), strict=True))))
    assert joined.time[-1] == 3 * 3600 + 50 and "2.986 h, by the dates" in seams(joined)[0]


CSV = "time/s,voltage/V,current/mA\n"


def csv(start, high, sign, cycles=""):
    """A hundred seconds in one direction."""
    head = CSV.replace("\n", ",cycle\n") if cycles else CSV
    rows = [f"{start + 10 * k},{high - sign * k / 20},{-sign}{cycles}" for k in range(11)]
    return (head + "\n".join(rows) + "\n").encode()


def test_files_without_dates_are_put_end_to_end_and_that_is_said(tmp_path):
    joined = read_datasets(write(tmp_path, a=csv(0, 1.0, 1), b=csv(0, 0.5, -1)), mass="1 mg")
    assert joined.time[-1] == 200
    assert "the time between is not known; they are put end to end" in seams(joined)[0]


def test_a_clock_that_goes_on_from_the_file_before_tells_the_pause(tmp_path):
    joined = read_datasets(write(tmp_path, a=csv(0, 1.0, 1), b=csv(130, 0.5, -1)), mass="1 mg")
    assert joined.time[-1] == 230 and "30 s, as the second file's time goes on" in seams(joined)[0]


@pytest.mark.parametrize(("second", "counted"), [(2, [1] * 11 + [2] * 11), (1, [1] * 11 + [1] * 11)])
def test_cycles_count_on_through_the_files(tmp_path, second, counted):
    """As the files say, where the second goes on; by half-cycles, where it begins anew."""
    paths = write(tmp_path, a=csv(0, 1.0, 1, ",1"), b=csv(0, 0.5, -1, f",{second}"))
    assert read_datasets(paths).table["Cycle Count / 1"].tolist() == counted
    anew = write(tmp_path, c=csv(0, 1.0, 1, ",1"), d=csv(0, 0.5, -1, ",0"), e=csv(0, 1.0, 1, ",0"))
    joined = read_datasets(anew)
    assert joined.table["Cycle Count / 1"].tolist() == [1] * 22 + [2] * 11
    assert any("begin anew" in said for said in joined.statements)


def test_a_file_whose_sign_cannot_be_told_has_that_of_the_others(tmp_path):
    """As a hold on its own, or a short pulse."""
    hold = (CSV + "".join(f"{10 * k},0.5,{-1 / (k + 1)}\n" for k in range(11))).encode()
    paths = write(tmp_path, a=csv(0, 1.0, 1), b=hold)
    with pytest.raises(InputError, match="cannot be told"):
        read_dataset(paths[1])
    joined = read_datasets(paths)
    assert (joined.current > 0).all()


def test_files_with_different_masses_are_refused_unless_one_is_given(tmp_path):
    paths = write(tmp_path, a=eclab(mass="1.000"), b=eclab(mass="1.200"))
    for path, hour in zip(paths, ("16", "20"), strict=True):
        path.write_bytes(path.read_bytes().replace(b"16:46:48", f"{hour}:46:48".encode()))
    with pytest.raises(
        InputError, match=r"b\.mpt: mass .* is 1\.2 mg, in a\.mpt 1 mg; give files of one cell"
    ):
        read_datasets(paths)
    assert read_datasets(paths, mass="1.1 mg").mass == pytest.approx(1.1e-6)


def test_a_jump_of_the_voltage_at_a_seam_is_said(tmp_path):
    joined = read_datasets(write(tmp_path, a=csv(0, 1.0, 1), b=csv(0, 1.6, 1)))
    assert "jumps by 1.1 V there: are they of one cell?" in seams(joined)[0]


def test_spectra_of_all_files_are_numbered_on(tmp_path):
    rows = titrated()
    paths = write(tmp_path, a=mpr(rows), b=mpr(rows, began=BEGAN + timedelta(hours=5)))
    joined = read_datasets(paths, mass="1 mg")
    assert [each.number for each in joined.spectra] == [1, 2, 3, 4]
    assert joined.spectra[2].time == pytest.approx(5 * 3600 + 760, abs=0.01)


def test_the_command_and_a_fit_take_several_files(tmp_path):
    first, second, shift = halves(pick(cycled(), *NAMES))
    paths = write(tmp_path, a=mpr(first), b=mpr(second, began=BEGAN + timedelta(seconds=shift)))
    words = [str(path) for path in paths]
    outcome = coreshell("data", *words, "--mass", "1 mg", "--json", "--out", str(tmp_path / "o.csv"))
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["Files"] == words
    assert len(json.loads(outcome.out)["Half-cycles"]) == 2
    problem = tmp_path / "fit.toml"
    text = (
        '[[parameters]]\npath = "core.clusters.pore_fraction"\nshared = ["core_shell"]\nlower = 0.1\n'
        'upper = 0.5\n[[curves]]\nmaterial = "core_shell"\nsd = 5.0\n'
        'mass = "1 mg"\nprotocol = "formation"\nfirst_cycle = 1\n'
    )
    problem.write_text(text + 'files = ["a.mpr", "b.mpr"]\n')
    ((_, curve),) = read_problem(problem).curves
    assert [piece.sodiation for piece in curve.pieces] == [True, False]
    for wrong in ("", 'file = "a.mpr"\nfiles = ["b.mpr"]\n'):
        problem.write_text(text + wrong)
        with pytest.raises(InputError, match="give either file"):
            read_problem(problem)


def test_none_of_several_files_is_written_over(tmp_path):
    paths = write(tmp_path, a=csv(0, 1.0, 1), b=csv(0, 0.5, -1))
    outcome = coreshell("data", *map(str, paths), "--out", str(paths[1]))
    assert outcome.code == 2 and "is the measured file" in outcome.err
    assert paths[1].read_bytes() == csv(0, 0.5, -1)
