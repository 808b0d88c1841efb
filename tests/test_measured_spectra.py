"""Impedance rows inside EC-Lab files: no charge, no gap; listed, written, and handed to a fit."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from eclab_files import FREQUENCIES, TITRATED, impedance, mpr, mpt, titrated

from coreshell_model.base.errors import InputError
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.spectra import read_spectra
from coreshell_model.data.spectrum_table import is_spectrum_table
from coreshell_model.infer.reading import read_problem

PROBLEM = """[[parameters]]
path = "core.clusters.pore_fraction"
shared = ["core_shell"]
lower = 0.1
upper = 0.5

[[spectra]]
material = "core_shell"
sd = 0.02
"""


@pytest.fixture(params=["cell.mpr", "cell.mpt"])
def file(request, tmp_path):
    """A titration with two spectra, binary or text."""
    path = tmp_path / request.param
    path.write_bytes((mpr if path.suffix == ".mpr" else mpt)(titrated()))
    return path


def test_rows_of_a_sweep_are_no_charge_and_no_gap(file):
    """Neither the currents that they show nor their 400 s count, nor does the first point after them."""
    dataset = read_dataset(file, mass="1 mg")
    assert [half.charge / 3.6 for half in dataset.half_cycles()] == pytest.approx([TITRATED], rel=1e-5)
    assert not any("gap" in said for said in dataset.statements)
    rows = titrated()
    assert len(dataset.table) == (rows["freq/Hz"] == 0).sum() + 4
    assert dataset.time[-1] == rows["time/s"][-1]


def test_spectra_are_kept_apart_with_time_and_potential(file):
    first, second = read_dataset(file, mass="1 mg").spectra
    assert [first.number, second.number] == [1, 2]
    assert first.time == pytest.approx(760) and second.time == pytest.approx(1160 + 760)
    assert first.potential == pytest.approx(0.73) and second.potential == pytest.approx(0.33)
    for each in (first, second):
        assert each.frequencies == pytest.approx(FREQUENCIES, rel=1e-6)
        assert each.impedance == pytest.approx(impedance(FREQUENCIES), rel=1e-5)


def test_modulus_and_phase_say_the_same_as_both_parts(tmp_path):
    path = tmp_path / "cell.mpr"
    path.write_bytes(mpr(titrated(modulus=True)))
    assert read_spectra(path)[0].impedance == pytest.approx(impedance(FREQUENCIES), rel=1e-5)


def test_two_sweeps_in_a_row_are_two_spectra(tmp_path):
    """As a loop over a sweep writes them, and nothing else."""
    rows = titrated()
    sweep = {name: values[rows["freq/Hz"] > 0] for name, values in rows.items()}
    path = tmp_path / "peis.mpr"
    path.write_bytes(mpr(sweep))
    dataset = read_dataset(path)
    assert [len(each.frequencies) for each in dataset.spectra] == [len(FREQUENCIES)] * 2
    assert not dataset.flows and dataset.half_cycles() == ()
    assert coreshell("data", str(path)).code == 0


def test_the_command_lists_spectra_and_writes_them(file, tmp_path):
    out = tmp_path / "out.bdf.csv"
    outcome = coreshell("data", str(file), "--mass", "1 mg", "--json", "--out", str(out))
    assert outcome.code == 0 and f"wrote {tmp_path / 'out.spectra.csv'}" in outcome.err
    spectra = json.loads(outcome.out)["Spectra"]
    assert [(each["Spectrum"], each["Points"]) for each in spectra] == [(1, 11), (2, 11)]
    assert spectra[0]["Potential [V]"] == pytest.approx(0.73)
    table = pd.read_csv(tmp_path / "out.spectra.csv")
    assert table["Imaginary impedance [Ohm]"].to_numpy()[:11] == pytest.approx(
        impedance(FREQUENCIES).imag, rel=1e-5
    )
    for written, read in zip(read_spectra(tmp_path / "out.spectra.csv"), read_spectra(file), strict=True):
        assert written.potential == pytest.approx(read.potential)
        assert written.impedance == pytest.approx(read.impedance)
    assert "Spectrum" in coreshell("data", str(file), "--mass", "1 mg").out


def test_a_file_that_has_the_name_of_the_spectra_stays(file, tmp_path):
    (tmp_path / "out.spectra.csv").write_text("mine")
    outcome = coreshell("data", str(file), "--out", str(tmp_path / "out.csv"))
    assert outcome.code == 2 and "another file" in outcome.err
    assert (tmp_path / "out.spectra.csv").read_text() == "mine"


@pytest.mark.parametrize("written", [False, True])
def test_a_fit_takes_a_spectrum_by_its_number(file, tmp_path, written):
    """From the cycler's file, or from what the command wrote; at its potential unless another is given."""
    name = file.name
    if written:
        coreshell("data", str(file), "--mass", "1 mg", "--out", str(tmp_path / "out.csv"))
        name = "out.spectra.csv"
    problem = tmp_path / "fit.toml"
    problem.write_text(f'{PROBLEM}file = "{name}"\nspectrum = 2\n')
    ((_, measured),) = read_problem(problem).spectra
    assert measured.impedance == pytest.approx(impedance(FREQUENCIES), rel=1e-5)
    assert float(measured.potential.removesuffix(" V")) == pytest.approx(0.33, rel=1e-5)
    problem.write_text(f'{PROBLEM}file = "{name}"\nspectrum = 2\npotential = "0.2 V"\n')
    assert read_problem(problem).spectra[0][1].potential == "0.2 V"


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("", "holds 2 spectra: which?; give spectrum = 1 to 2"),
        ("spectrum = 3\n", "holds 2 spectra: spectrum 3?"),
        ("spectrum = 0\n", "spectrum"),
        ('spectrum = 1\ncolumns = { frequency = "f" }\n', "columns: go with a table of one spectrum"),
    ],
)
def test_a_spectrum_that_a_file_has_not_is_refused(tmp_path, entry, said):
    (tmp_path / "cell.mpr").write_bytes(mpr(titrated()))
    problem = tmp_path / "fit.toml"
    problem.write_text(f'{PROBLEM}file = "cell.mpr"\n{entry}')
    with pytest.raises(InputError) as caught:
        read_problem(problem)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_a_table_of_one_spectrum_needs_a_potential(tmp_path):
    z = impedance(FREQUENCIES)
    pd.DataFrame({"freq/Hz": FREQUENCIES, "Re(Z)/Ohm": z.real, "-Im(Z)/Ohm": -z.imag}).to_csv(
        tmp_path / "eis.csv", index=False
    )
    problem = tmp_path / "fit.toml"
    problem.write_text(f'{PROBLEM}file = "eis.csv"\n')
    with pytest.raises(InputError, match="potential is not known"):
        read_problem(problem)


def test_a_charge_that_the_file_counts_in_a_sweep_is_said(tmp_path):
    """As where a potential is held that is not that of rest."""
    rows = titrated()
    counted = np.where(rows["freq/Hz"] > 0, -0.001, np.where(rows["I/mA"] < 0, -0.1 / 60, 0.0))
    path = tmp_path / "cell.mpr"
    path.write_bytes(mpr({**rows, "dq/mA.h": counted}))
    dataset = read_dataset(path, mass="1 mg")
    assert any("without the charge of -0.022 mA.h" in said for said in dataset.statements)
    assert not any("without the charge" in said for said in read_dataset(_plain(tmp_path)).statements)


def _plain(folder):
    path = folder / "plain.mpr"
    path.write_bytes(mpr(titrated()))
    return path


def test_frequencies_without_an_impedance_are_said_and_no_charge(tmp_path):
    rows = titrated()
    path = tmp_path / "cell.mpr"
    path.write_bytes(mpr({name: rows[name] for name in ("mode", "Ns", "time/s", "Ewe/V", "I/mA", "freq/Hz")}))
    dataset = read_dataset(path, mass="1 mg")
    assert dataset.spectra == () and any("no impedance" in said for said in dataset.statements)
    assert np.sum([half.charge for half in dataset.half_cycles()]) / 3.6 == pytest.approx(TITRATED, rel=1e-5)


def test_a_table_of_one_spectrum_is_read_alone(tmp_path):
    """Whichever sign its imaginary part is written with; a file that names no frequency is none."""
    path = tmp_path / "eis.csv"
    frequency = [100.0, 10.0, 1.0]
    for name, sign in (("-Im(Z)/Ohm", 1), ("Imaginary impedance [Ohm]", -1)):
        rows = [f"{f:g};{2 * n};{sign * 3 * n}" for n, f in enumerate(frequency, start=1)]
        path.write_text("\n".join([f"freq/Hz;Re(Z)/Ohm;{name}", *rows]))
        [spectrum] = read_spectra(path)
        assert spectrum.frequencies == pytest.approx(frequency)
        assert spectrum.impedance == pytest.approx([2 - 3j, 4 - 6j, 6 - 9j])
        assert math.isnan(spectrum.potential)
    path.write_text("a;b\n1;2\n")
    assert not is_spectrum_table(path)
    with pytest.raises(InputError):
        read_spectra(path)
    path.write_text("freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm\n1,2,3\n")
    assert not is_spectrum_table(path)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("1,1,1\n2,2,2", "has 2 rows"),
        ("0,1,1\n1,1,1\n2,2,2", "a frequency is 0 Hz"),
        ("1,1,-1\n2,2,-2\n3,3,-3", "every imaginary part is above 0"),
        ("1,1,x\n2,2,2\n3,3,3", "row 1: 'x' is not a finite number"),
    ],
)
def test_a_spectrum_that_cannot_be_is_refused(tmp_path, rows, words):
    path = tmp_path / "eis.csv"
    path.write_text(f"freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n{rows}\n")
    with pytest.raises(InputError, match=words) as refused:
        read_spectra(path)
    assert "\n" not in str(refused.value)
