"""Work of the page of ``coreshell explore`` beside its clicks: many users, bands, fits, files, exports."""

import io
import json
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coreshell_model.base.library import folder
from coreshell_model.data.reading import read_dataset
from coreshell_model.data.replay import CONTROLS, replay
from coreshell_model.infer.draws import read_posterior
from coreshell_model.infer.prediction import predict
from coreshell_model.observe.quantities import summary
from coreshell_model.run.impedance import spectrum
from coreshell_model.run.simulation import simulate

pytest.importorskip("dash")

from command_line import coreshell
from dropped_files import cycler_csv, sodiation_csv
from eclab_files import mpt, titrated

from coreshell_model.base.errors import InputError
from coreshell_model.infer import sample
from coreshell_model.inputs.material import read_material
from coreshell_model.show.explorer.bands import Band, Bands, BandTask, band, taken
from coreshell_model.show.explorer.fit_panel import first_cycles
from coreshell_model.show.explorer.fits import Fits
from coreshell_model.show.explorer.impedance import ImpedanceTask, overlaid_spectra
from coreshell_model.show.explorer.lanes import Worker
from coreshell_model.show.explorer.measured import LONGEST_NAME, Shelf, Stated, plain_name
from coreshell_model.show.explorer.notebook import notebook_bytes
from coreshell_model.show.explorer.replayed import ReplayTask
from coreshell_model.show.explorer.server import application, listening, server
from coreshell_model.show.explorer.techniques import TechniqueTask

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from explorer_load import NO_MAP, asked_at_once, clicks

START = {"shell.thickness": "9.439 nm", "particle.external_area": "14 m2/g"}
CURVE = Stated("sodiation", "", "C/20")
PATIENCE = 300
"""Seconds after which a machine that is busy with other tests counts as stuck."""


@pytest.fixture
def shelf(lanes, subject):
    return Shelf(lanes, subject)


def test_twenty_users_at_once_get_their_own_answers(lanes, subject):
    """A seeded sample of benchmarks/explorer_load.py: each answer is the Python API's for its design."""
    with listening(0) as port:
        serving = server(application(subject, NO_MAP, lanes=lanes), port)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    plan = clicks(20, 1, seed=3)
    answers = asked_at_once(f"http://127.0.0.1:{serving.port}", plan)
    serving.shutdown()
    serving.server_close()
    assert len(answers) == 20 and len({answer for _, answer, _ in answers}) > 10
    assert [click for click, answer, _ in answers if answer != click.expected()] == []


def test_a_band_is_what_predict_gives_for_the_same_draws(subject):
    """Median and both ends of the efficiency, of four draws; its curves rise in capacity and are ordered."""
    found = band(subject, subject.start, 4)
    posterior = taken(read_posterior(folder("validation") / "posterior"), 4)
    changes = START | {"core.pore_volume": "1.18 cm3/g"}
    numbers = {"rate": "0.05", "longest_hold": "60 h"}
    changes |= {f"protocol.numbers.{name}": text for name, text in numbers.items()}
    expected = predict(posterior, "core_shell", "design", changes=changes).band(
        "Initial coulombic efficiency"
    )
    name, median, low, high = found.rows[0]
    assert name == "Initial coulombic efficiency"
    assert median == pytest.approx(expected["Median"], rel=1e-6)
    assert [low, high] == pytest.approx(expected["95 % interval"], rel=1e-6)
    assert len(found.sodiation) > 50 and all(low <= high for _, low, high in found.sodiation)
    assert found.desodiation[0][0] > found.desodiation[-1][0]


def test_a_band_of_a_number_that_is_drawn_is_refused(subject):
    """As predict refuses it; a seal law too."""
    moved = replace(subject.start, changes=(("core.sloping.capacity", "200 mAh/g"),))
    assert "is drawn from the posterior" in BandTask(moved, 4)(subject, print).reason
    assert "choose that" in BandTask(replace(subject.start, seal="logistic"), 4)(subject, print).reason


def test_a_band_is_computed_in_the_background(lanes, subject):
    """Begun twice it is computed once; meanwhile it says how far it is."""
    bands, task = Bands(lanes), BandTask(subject.start, 3)
    assert bands.state(task) == ""
    bands.begin(task)
    bands.begin(task)
    said = set()
    deadline = time.monotonic() + PATIENCE
    while isinstance(state := bands.state(task), str):
        said.add(state)
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert isinstance(state, Band) and state.reason == "" and len(state.rows) >= 3
    assert said


def ended(fits, token):
    """The state of a fit once it has ended."""
    deadline = time.monotonic() + PATIENCE
    while (state := fits.state(token)).running:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return state


def test_a_fit_that_cannot_be_ends_in_one_line(shelf, subject):
    """A desodiation alone says no first cycle: the reason is the command's."""
    content = b"\n".join(
        [b"Capacity / mAh/g,Voltage / V", *(f"{10 * n},{0.1 + 0.05 * n}".encode() for n in range(20))]
    )
    fits = Fits()
    state = ended(
        fits, fits.start([shelf.take("out.csv", content, Stated("desodiation", "", "C/20"))], subject.base)
    )
    assert state.report == "" and "\n" not in state.error and "begins with a desodiation" in state.error
    fits.close()


def test_a_fit_is_stopped(shelf, subject):
    """And its process with it."""
    fits = Fits()
    token = fits.start([shelf.take("curve.csv", sodiation_csv(), CURVE)], subject.base)
    while not fits._fits[token].lines[1:]:
        time.sleep(0.1)
    fits.stop(token)
    assert ended(fits, token).error == "Stopped."
    assert fits._fits[token].process.returncode == -signal.SIGKILL
    assert "no longer kept" in fits.state("0").error and "no longer kept" in fits.state({}).error


def test_a_fit_of_several_files_is_that_of_the_command(shelf, subject, monkeypatch):
    """The page's process is told what ``coreshell fit A B --material NAME`` is: the command reads both files
    with what is stated of them and the cycle with which each begins, and says so in its first line."""
    content = cycler_csv()
    files = [shelf.take(name, content, Stated(mass="1.1 mg", rate="C/20")) for name in ("a.csv", "b.csv")]
    again = shelf.take("a.csv", content, Stated(mass="1.10 mg", rate="C/20"))
    fits = Fits()
    monkeypatch.setattr(Fits, "_run", lambda self, fit: None)
    token = fits.start(files, subject.base, (1, 2))
    fit = fits._fits[token]
    read = []

    def stop_there(name, folder, material, copy, areas, data, conditions):
        read.append((material, data, [Path(file).read_bytes() for file in data.files]))
        raise InputError("far enough")

    monkeypatch.setattr(sample, "sample_files", stop_there)
    assert coreshell(*fit.words).err == "coreshell: far enough\n"
    [(material, data, contents)] = read
    assert read_material(material) == subject.base
    assert [Path(file).name for file in data.files] == ["a.csv", "b.csv"] and contents == [content] * 2
    assert (data.mass, data.rate, data.first_cycles) == ("1.1 mg", "C/20", (1, 2))
    said = "coreshell fit a.csv b.csv --material core_shell.toml --mass '1.1 mg' --rate C/20"
    assert fits.state(token).lines[-1] == f"{said} --first-cycle 1 --first-cycle 2"
    with pytest.raises(InputError, match=r"a\.csv: what is stated of it is not what is stated of b\.csv"):
        fits.start([files[1], again], subject.base)
    token = fits.start([files[0], files[0]], subject.base)
    assert fits.state(token).lines[-1].startswith("coreshell fit a.csv a_2.csv ")
    fits.close()


@pytest.mark.parametrize(
    ("text", "cycles"), [("", ()), (None, ()), ("1, 3", (1, 3)), ("x", None), ("0", None), ("1;2", None)]
)
def test_first_cycles_are_read_as_they_are_typed(text, cycles):
    if cycles is not None:
        assert first_cycles(text) == cycles
    else:
        with pytest.raises(InputError, match='as "1, 2"'):
            first_cycles(text)


def test_the_replay_of_a_file_is_that_of_the_python_api(shelf, subject, tmp_path):
    """RMSE and largest residual under the current, capacities under the voltage."""
    measured = shelf.take("cell.csv", cycler_csv(), Stated(mass="1.1 mg"))
    found = dict(
        row[:2]
        for row in ReplayTask(subject.start, measured.token, measured.dataset, "current")(subject, print).rows
    )
    (tmp_path / "cell.csv").write_bytes(cycler_csv())
    expected = replay(read_dataset(tmp_path / "cell.csv", mass="1.1 mg"), "core_shell", START).overlay
    assert found["RMSE"] == pytest.approx(expected.rmse, rel=1e-6)
    assert found["Largest residual"] == pytest.approx(expected.largest_residual, rel=1e-6)
    driven = ReplayTask(subject.start, measured.token, measured.dataset, "voltage")(subject, print)
    found = dict(row[:2] for row in driven.rows)
    dataset = read_dataset(tmp_path / "cell.csv", mass="1.1 mg")
    half = replay(dataset, "core_shell", START, CONTROLS["voltage"]).overlay.capacities[0]
    assert found["Half-cycle 1: sodiation, simulated"] == pytest.approx(half.simulated, rel=1e-5)


def test_the_tabs_give_what_the_python_api_gives(subject):
    """Retention of the rate test, a peak of the voltammetry, the impedance at a potential."""
    rate = dict(row[:2] for row in TechniqueTask(subject.start, "rate_test")(subject, print).rows)
    expected = summary(simulate("core_shell", "rate_test", START))
    assert rate["Rate retention, 1C"] == pytest.approx(expected["Rate retention"]["1C"], rel=1e-5)
    sweep = dict(row[:2] for row in TechniqueTask(subject.start, "voltammetry")(subject, print).rows)
    peak = summary(simulate("core_shell", "cyclic_voltammetry", START))["Peaks"][0]["Potential [V]"]
    assert sweep["Peaks, cycle 1, sodiation, 1"] == pytest.approx(peak, abs=1e-3)
    eis = dict(row[:2] for row in ImpedanceTask(subject.start, 0.2)(subject, print).rows)
    found = spectrum(subject.material(subject.start), potential=0.2)
    assert eis["Real impedance at the lowest frequency"] == pytest.approx(found.impedance.real[-1], rel=1e-4)


def spectrum_csv(found):
    """A spectrum as an instrument writes it."""
    lines = ["freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm"]
    rows = zip(found.frequencies, found.impedance.real, -found.impedance.imag, strict=True)
    return "\n".join([*lines, *(",".join(f"{value:.8g}" for value in row) for row in rows)]).encode()


def test_a_dropped_spectrum_lies_over_that_of_the_design(shelf, subject):
    """The design's own spectrum deviates from it by nothing; that of an electrode twice as large by all of
    its modulus, and with its area by nothing again. Its points are among the numbers of the picture."""
    found = spectrum(subject.material(subject.start), potential=0.2, frequencies=np.geomspace(1e4, 1e-1, 12))
    large = replace(found, impedance=found.impedance / 2)
    area = f"{2e4 * found.area} cm2"
    for each, stated, off in ((found, "", 0.0), (large, "", 100.0), (large, area, 0.0)):
        file = shelf.take("eis.csv", spectrum_csv(each), Stated(area=stated))
        assert file.dataset is None and len(file.spectra) == 1
        task = ImpedanceTask(subject.start, 0.2, overlaid_spectra([file]))
        tested = task(subject, print)
        name = "Deviation from eis.csv, RMS of the modulus"
        assert dict(row[:2] for row in tested.rows)[name] == pytest.approx(off, abs=1e-3)
        table = pd.read_csv(io.BytesIO(tested.pictures[0].csv))
        assert set(table["Spectrum"]) == {"simulated", "eis.csv"}
        measured = table[table["Spectrum"] == "eis.csv"]
        scale = 2.0 if stated else 1.0
        assert measured["Real impedance [Ohm]"].to_numpy() == pytest.approx(
            scale * each.impedance.real, rel=1e-6
        )
        simulated = table[table["Spectrum"] == "simulated"]["Frequency [Hz]"]
        assert (simulated.max(), simulated.min()) == pytest.approx((1e4, 1e-1))
        assert bool(tested.warnings) == (not stated)


@pytest.mark.parametrize("area", ["-1 cm2", "1 mg", "large"])
def test_an_area_that_is_none_is_refused(shelf, area):
    """In one line."""
    content = b"freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm\n10,1,1\n1,2,2\n0.1,3,3\n"
    with pytest.raises(InputError) as refused:
        shelf.take("eis.csv", content, Stated(area=area))
    assert "\n" not in str(refused.value)


def test_spectra_among_the_rows_of_a_cyclers_file_are_overlaid_too(shelf, tmp_path):
    """Each with its number and potential, beside the half-cycles of the file."""
    file = shelf.take("cell.mpt", mpt(titrated()), Stated(mass="1 mg"))
    assert file.dataset is not None and file.dataset.half_cycles()
    names = [each.spectrum.name for each in overlaid_spectra([file])]
    assert names == ["cell.mpt, 1, 0.73 V", "cell.mpt, 2, 0.33 V"]


def test_moved_cut_offs_hold_in_every_tab(subject):
    """The window of the design is that of the rate test."""
    moved = replace(subject.start, changes=(("protocol.window.lower", "20 mV"),))
    assert subject.test(moved, "rate_test").window.lower.si == pytest.approx(0.02)
    assert subject.test(subject.start, "rate_test").window.lower.si == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\a.csv", "a.csv"),
        ("a\n<b>.csv", "ab.csv"),
        ("", "data.csv"),
        ("..", "data.csv"),
        ("x" * 300 + ".csv", ("x" * 300 + ".csv")[-LONGEST_NAME:]),
    ],
)
def test_a_files_name_leads_nowhere(name, plain):
    """No folder, no sign that a name cannot have."""
    assert plain_name(name) == plain


def test_files_are_kept_by_content_and_statements(shelf):
    """The same file with another mass is another one."""
    first = shelf.take("cell.csv", cycler_csv(), Stated(mass="1.1 mg"))
    assert shelf.take("cell.csv", cycler_csv(), Stated(mass="1.1 mg")) is first
    assert shelf.take("cell.csv", cycler_csv(), Stated(mass="2.2 mg")).token != first.token
    assert shelf.find(first.token) is first and shelf.find("0") is None and shelf.find([]) is None
    with pytest.raises(InputError, match="is empty"):
        shelf.take("cell.csv", b"", Stated())


def test_the_notebook_gives_the_numbers_of_the_page(subject, tmp_path, monkeypatch):
    """Its code, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    choice = subject.start.at(12.0, 8.0)
    notebook = json.loads(notebook_bytes(subject.material(choice), subject.protocol(choice)))
    names: dict = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    changes = {"shell.thickness": "12 nm", "particle.external_area": "8 m2/g"}
    expected = summary(simulate("core_shell", "design", changes))
    for name in ("Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]"):
        assert names["results"][name] == pytest.approx(expected[name], rel=1e-6)


def test_a_worker_has_its_models_before_the_first_click(subject):
    """What the fork server prepares is what the first design needs."""
    from coreshell_model.run import simulation

    Worker(subject).prepare()
    assert simulation._cell.cache_info().currsize >= 1


def test_the_full_cell_of_a_design_is_that_of_a_run_and_keeps_its_own_cut_offs(subject):
    """The tab gives the numbers of the Python API; cut-offs of the half-cell are not those of the cell."""
    moved = replace(subject.start, changes=(("protocol.window.lower", "20 mV"),))
    tested = TechniqueTask(moved, "full_cell")(subject, print)
    rows = dict(row[:2] for row in tested.rows)
    expected = summary(simulate("core_shell", "full_cell_formation", START))
    assert rows["Specific energy"] == pytest.approx(expected["Specific energy [W.h.kg-1]"], rel=1e-9)
    assert rows["Cell first-cycle efficiency"] == pytest.approx(
        expected["Cell first-cycle efficiency"], rel=1e-9
    )
    assert subject.test(moved, "full_cell_formation").window.lower.si == pytest.approx(2.0)
    assert "electrodes" in [picture.name for picture in tested.pictures]
