"""The command line: what it prints, what it writes, and the code it leaves with."""

import contextlib
import importlib
import inspect
import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pybamm
import pytest
from command_line import coreshell

from coreshell_model import __version__
from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.data.archive import load
from coreshell_model.data.reading import read_dataset
from coreshell_model.observe.quantities import summary
from coreshell_model.run.cell import Cell
from coreshell_model.show.cli import app

KEYS = (
    "Material",
    "Protocol",
    "Ending",
    "Initial coulombic efficiency",
    "First sodiation capacity [mA.h.g-1]",
    "First desodiation capacity [mA.h.g-1]",
    "Reversible capacity [mA.h.g-1]",
    "First-cycle loss [mA.h.g-1]",
    "Loss to SEI [mA.h.g-1]",
    "Loss to trapped sodium [mA.h.g-1]",
    "Sodium left in carbon [mA.h.g-1]",
    "Plateau capacity [mA.h.g-1]",
    "Sloping capacity [mA.h.g-1]",
    "Capacity below 0.1 V [mA.h.g-1]",
    "Capacity 1.25-1.00 V [mA.h.g-1]",
    "Capacity 1.00-0.65 V [mA.h.g-1]",
    "Capacity 0.65-0.44 V [mA.h.g-1]",
    "Capacity below 0.44 V [mA.h.g-1]",
    "SEI thickness [nm]",
    "Sodium balance error",
    "Coulombic efficiency",
    "Solve time [s]",
)
WRITTEN = {
    "solution.nc",
    "curves.csv",
    "curves.csv.metadata.json",
    "result.json",
    "inputs.json",
    "material.toml",
    "protocol.toml",
    "assumptions.md",
    "files.json",
    "core_shell_formation.csv",
    "core_shell_formation.png",
    "core_shell_formation.pdf",
}
HELP = [
    "",
    "run",
    "compare",
    "eis",
    "figure",
    "sorption",
    "verify",
    "materials",
    "materials show",
    "materials new",
    "protocols",
    "protocols show",
    "posterior",
    "predict",
    "losses",
]
WAYS = (("Sodiate", "lower"), ("Desodiate", "upper"))
PNG = b"\x89PNG"
EXECUTABLE = Path(sys.executable).with_name("coreshell")
SORPTION = Path(__file__).parents[1] / "examples" / "sorption_core_shell.csv"


def one_object(text):
    """The one JSON object that is all of ``text``; NaN and Infinity, which are no JSON, are refused."""
    assert text.count("\n") == 1 and text.endswith("\n")
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def protocol_file(folder, *steps):
    """Formation's basis, window and start with other steps, once, in a file."""
    path = folder / "steps.toml"
    head = (library.folder("experiments") / "formation.toml").read_text().split("[[cycles]]")[0]
    path.write_text(f"{head}[[cycles]]\nsteps = {json.dumps(steps)}\n")
    return str(path)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A run with --json and --out, and the folder it wrote."""
    folder = tmp_path_factory.mktemp("run") / "new" / "out"
    return coreshell("run", "core_shell", "formation", "--json", "--out", str(folder)), folder


@pytest.fixture(scope="module")
def results(written):
    return one_object(written[0].out)


@pytest.fixture
def in_tmp(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_json_is_one_object_with_every_result(written, results):
    """And the exit code is 0 for a run whose every step ended by a condition of the protocol."""
    assert written[0].code == 0
    assert set(KEYS) <= set(results)
    assert results["Material"] == "core_shell"
    assert results["Protocol"] == "formation"
    assert results["Ending"].startswith("completed")
    assert len(results["Coulombic efficiency"]) == 5


def test_the_parts_of_the_loss_add_up_to_the_loss(results):
    """To 1e-6 of the first sodiation, the promised balance; the solver's is far better."""
    parts = (
        results["Loss to SEI [mA.h.g-1]"]
        + results["Loss to trapped sodium [mA.h.g-1]"]
        + results["Sodium left in carbon [mA.h.g-1]"]
    )
    allowed = 1e-6 * results["First sodiation capacity [mA.h.g-1]"]
    assert abs(parts - results["First-cycle loss [mA.h.g-1]"]) < allowed
    assert abs(results["Sodium balance error"]) < 1e-6


def test_out_writes_the_whole_run(written):
    """Each file is there, named on stderr, and nothing else."""
    outcome, folder = written
    assert {path.name for path in folder.iterdir()} == WRITTEN
    assert all(f"wrote {folder / name}\n" in outcome.err for name in WRITTEN)
    assert (folder / "core_shell_formation.png").read_bytes().startswith(PNG)


def test_the_written_results_are_the_printed_ones(written, results):
    assert json.loads((written[1] / "result.json").read_text()) == results


def test_the_written_solution_loads_back_with_equal_results(written, results):
    assert json.loads(json.dumps(summary(load(written[1] / "solution.nc")))) == results


def test_the_written_curves_cover_every_cycle_with_units_in_their_names(written):
    curves = pd.read_csv(written[1] / "curves.csv")
    assert {"Time [s]", "Voltage [V]", "Specific capacity [mA.h.g-1]"} <= set(curves.columns)
    assert set(curves["Cycle"]) == {1, 2, 3, 4, 5}
    assert np.isfinite(curves.to_numpy()).all()


def test_without_out_nothing_is_written_or_said(in_tmp):
    outcome = coreshell("run", "core_shell", "formation", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert list(in_tmp.iterdir()) == []


def test_without_json_the_table_has_units_in_its_names():
    """Every result by its full name, then the basis in one line."""
    outcome = coreshell("run", "core_shell", "formation")
    assert outcome.code == 0
    assert all(key in outcome.out for key in KEYS)
    assert "Per gram of active carbon (core + shell); 1C = 400 mA/g" in outcome.out.splitlines()[-1]


def test_figure_writes_the_figure_and_its_numbers_alone(in_tmp):
    assert coreshell("run", "core_shell", "formation", "--json", "--figure").code == 0
    numbers, document, figure = sorted(in_tmp.iterdir())
    assert numbers.name == "core_shell_formation.csv"
    assert (document.name, figure.name) == ("core_shell_formation.pdf", "core_shell_formation.png")
    assert document.read_bytes().startswith(b"%PDF")
    assert figure.read_bytes().startswith(PNG)


def test_set_changes_numbers_of_material_and_protocol(results):
    """A shell three times as thick traps more; a window that ends at 20 mV takes up less."""
    thick = one_object(
        coreshell("run", "core_shell", "formation", "--json", "--set", "shell.thickness=27 nm").out
    )
    short = one_object(
        coreshell("run", "core_shell", "formation", "--json", "--set", "protocol.window.lower=20 mV").out
    )
    trapped, taken = "Loss to trapped sodium [mA.h.g-1]", "First sodiation capacity [mA.h.g-1]"
    assert thick[trapped] > results[trapped]
    assert short[taken] < results[taken]


def test_the_first_sei_step_is_number_one(results):
    """As ``materials show`` lists it."""
    more = one_object(
        coreshell("run", "core_shell", "formation", "--json", "--set", "sei.steps.1.charge=0.5 mAh/m2").out
    )
    assert more["Loss to SEI [mA.h.g-1]"] > results["Loss to SEI [mA.h.g-1]"]


def test_a_solve_that_fails_leaves_one_object_and_exit_code_1(monkeypatch):
    """The solver's reason is in its ending, in one line; what was not simulated is null."""

    def fail(*_, **__):
        raise pybamm.SolverError("it would not\nconverge")

    monkeypatch.setattr(Cell, "solve", fail)
    outcome = coreshell("run", "core_shell", "formation", "--json")
    assert (outcome.code, outcome.err) == (1, "")
    results = one_object(outcome.out)
    assert set(KEYS) <= set(results)
    assert "cycle 1, step 1" in results["Ending"] and "it would not" in results["Ending"]
    assert results["Initial coulombic efficiency"] is None
    assert results["Coulombic efficiency"] == []


def test_a_failed_solve_still_writes_what_there_is(in_tmp, monkeypatch):
    """Without a figure, as there is nothing to draw; and its files load back."""

    def fail(*_, **__):
        raise pybamm.SolverError("it would not converge")

    monkeypatch.setattr(Cell, "solve", fail)
    outcome = coreshell("run", "core_shell", "formation", "--json", "--out", "out")
    assert outcome.code == 1
    assert {path.name for path in (in_tmp / "out").iterdir()} == {
        name for name in WRITTEN if not name.startswith("core_shell_formation")
    }
    assert "no figure: no step was simulated" in outcome.err
    assert summary(load(in_tmp / "out" / "solution.nc")) == one_object(outcome.out)


@pytest.mark.parametrize(
    ("last", "reason"),
    [("Hold at 4.9 V for 1 hours", "the solver failed"), ("Desodiate at C/20 for 800 hours", "1 V beyond")],
)
def test_a_run_that_fails_on_its_way_reports_the_steps_before(tmp_path, last, reason):
    """The place of the failure, the film that has grown until then, and exit code 1."""
    steps = protocol_file(tmp_path, "Sodiate at C/20 for 5 hours", last)
    outcome = coreshell("run", "core_shell", steps, "--json", "--out", str(tmp_path / "out"))
    assert outcome.code == 1
    results = one_object(outcome.out)
    assert results["Ending"].startswith("in cycle 1, step 2 (") and reason in results["Ending"]
    assert len(results["Ending"]) < 400
    assert results["SEI thickness [nm]"] > 0.1
    assert results["Reversible capacity [mA.h.g-1]"] is None
    assert (tmp_path / "out" / "core_shell_steps.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize(
    "change",
    [
        "particle.external_area=0.1 m2/g",
        "particle.radius=10 nm",
        "particle.radius=100 um",
        "cell.series_resistance=1e9 Ohm.cm2",
        "cell.electrode_area=1e6 cm2",
        "core.sloping.capacity=4400 mAh/g",
        "surface.double_layer_capacitance=1e-9 F/m2",
        "shell.trapping.rate=1e6 1/s",
        "protocol.basis.one_c=4400 mA/g",
        "protocol.start.potential=3.4 V",
    ],
)
def test_a_number_beyond_any_carbon_still_comes_back_with_an_ending(change):
    """As results of numbers or null, never NaN, and a code that agrees with the ending."""
    outcome = coreshell("run", "core_shell", "formation", "--json", "--set", change)
    results = one_object(outcome.out)
    assert outcome.err == ""
    assert outcome.code == (0 if results["Ending"].startswith("completed") else 1)


def test_interrupting_leaves_with_130_and_no_traceback(monkeypatch):
    """The code of a program that control-C ended."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Cell, "solve", interrupt)
    outcome = coreshell("run", "core_shell", "formation", "--json")
    assert (outcome.code, outcome.out) == (130, "")
    assert outcome.err == "coreshell: interrupted\n"


def test_an_interrupt_before_the_commands_are_there_is_one_line():
    """While they are imported, in the first tenths of a second."""
    program = (
        "import sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "from coreshell_model.show.cli import main; main()"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (found.returncode, found.stdout, found.stderr) == (130, "", "coreshell: interrupted\n")


@pytest.mark.parametrize("turned_into", [None, AttributeError, pybamm.SolverError])
def test_an_interrupt_that_the_solver_swallows_is_heard(turned_into, monkeypatch):
    """CasADi's wrappers drop it, or hand back None, on which the next line fails."""

    def swallow(*_, **__):
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        if turned_into is not None:
            raise turned_into("of an interrupt")
        return None

    monkeypatch.setattr(Cell, "solve", swallow)
    outcome = coreshell("run", "core_shell", "formation", "--json")
    assert (outcome.code, outcome.out) == (130, "")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(
    ("word", "kind"),
    [("materials", "parameters"), ("protocols", "experiments")],
    ids=["materials", "protocols"],
)
def test_the_shipped_files_are_listed_with_their_titles(word, kind):
    outcome = coreshell(word)
    assert (outcome.code, outcome.err) == (0, "")
    first, *further = outcome.out.split("\n\n")
    lines = first.splitlines()
    assert [line.split()[0] for line in lines] == library.names(kind)
    assert all(len(line.split()) > 3 for line in lines)
    headings = [text.partition(":")[0] for text in further]
    of_full_cell = ["positive electrodes of full cells", "stacks of full cells"]
    assert headings == (of_full_cell if word == "materials" else [])


def test_materials_show_lists_every_number_with_its_source():
    outcome = coreshell("materials", "show", "core_shell")
    assert outcome.code == 0
    for text in ("shell.mass_gain", "30 %", "sei.steps.3.charge", "0.1 mAh/m2", "30 % weight increase"):
        assert text in outcome.out
    assert "particle radius 313.6 nm" in outcome.out


def test_materials_new_writes_a_file_that_runs(in_tmp):
    """The copy gives what the original gives, under its own name."""
    outcome = coreshell("materials", "new", "mine", "--from", "core_shell")
    assert (outcome.code, outcome.err) == (0, "")
    assert "coreshell run mine.toml formation" in outcome.out
    run = one_object(coreshell("run", "mine.toml", "formation", "--json").out)
    original = one_object(coreshell("run", "core_shell", "formation", "--json").out)
    assert run["Material"] == "mine"
    assert run["Reversible capacity [mA.h.g-1]"] == original["Reversible capacity [mA.h.g-1]"]


def test_materials_new_says_that_it_is_a_copy(in_tmp):
    """Title and description are its own; every source says whose the number was, once; all else stays."""
    assert coreshell("materials", "new", "mine", "--from", "shell").code == 0
    assert coreshell("materials", "new", "mine_too", "--from", "mine.toml").code == 0
    original = (library.folder("parameters") / "shell.toml").read_text(encoding="utf-8").splitlines()
    copies = [(in_tmp / f"{name}.toml").read_text(encoding="utf-8") for name in ("mine", "mine_too")]
    for copy, title in zip(copies, ("mine, from shell", "mine_too, from mine"), strict=True):
        lines = copy.splitlines()
        assert lines[0] == f'title = "{title}"'
        assert lines[1].startswith('description = "A copy of ') and "to edit" in lines[1]
        assert [line.replace('source = "from shell: ', 'source = "') for line in lines[2:]] == original[2:]
        assert copy.count("source = ") == copy.count('source = "from shell: ')


def test_materials_new_never_overwrites(in_tmp):
    (in_tmp / "mine.toml").write_text("precious")
    outcome = coreshell("materials", "new", "mine")
    assert outcome.code == 2
    assert "mine.toml exists already" in outcome.err
    assert (in_tmp / "mine.toml").read_text() == "precious"


def test_protocols_show_lists_steps_basis_and_source():
    outcome = coreshell("protocols", "show", "formation")
    assert outcome.code == 0
    for text in (
        "5 x",
        "Sodiate at C/20 for 80 hours",
        "protocol.basis.one_c",
        "400 mA/g",
        "Source: Appel et al.",
    ):
        assert text in outcome.out


def test_protocols_show_lists_loops_and_named_numbers():
    """The pulses of a titration, indented, and what can be set."""
    outcome = coreshell("protocols", "show", "gitt")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert "    {pulses} x" in lines and "        Rest for {rest_time}" in lines
    assert any(line.startswith("protocol.numbers.pulse_current ") for line in lines)


def test_sorption_prints_the_geometry_of_the_paper():
    """Appel et al.: 314 nm and 9 nm; every check has a sentence."""
    outcome = coreshell("sorption", str(SORPTION))
    assert (outcome.code, outcome.err) == (0, "")
    numbers = dict(line.rsplit(maxsplit=1) for line in outcome.out.split("\n\n")[0].splitlines())
    assert round(float(numbers["Particle radius [nm]"])) == 314
    assert round(float(numbers["Shell thickness [nm]"])) == 9
    assert any(line.startswith("ok") for line in outcome.out.splitlines())


def test_sorption_with_json_is_one_object():
    """The geometry by names with units, and each check with its verdict."""
    outcome = coreshell("sorption", str(SORPTION), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = one_object(outcome.out)
    assert round(found["Particle radius [nm]"]) == 314
    assert found["External area [m2.g-1]"] == pytest.approx(14)
    assert len(found["Checks"]) == 6
    assert all(set(check) == {"name", "passed", "sentence"} for check in found["Checks"])
    assert all(check["passed"] is True for check in found["Checks"])


def test_sorption_says_what_to_check_and_when_there_is_no_shell(in_tmp):
    table = SORPTION.read_text(encoding="utf-8")
    (gain,) = [line for line in table.splitlines() if line.startswith("mass gain,")]
    for percent, words in (
        ("0", "There is no shell: the mass gain is 0,"),
        ("250", "check  The mass gain is"),
    ):
        row = f"mass gain,{percent},%,measured: here"
        (in_tmp / "mine.csv").write_text(table.replace(gain, row), encoding="utf-8")
        outcome = coreshell("sorption", "mine.csv")
        assert outcome.code == 0
        assert any(line.startswith(words) for line in outcome.out.splitlines())
        assert ("A shell of" in outcome.out) == (percent != "0")


@pytest.mark.parametrize("command", HELP)
def test_every_command_helps(command):
    """Usage on stdout, exit code 0."""
    outcome = coreshell(*command.split(), "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert f"Usage: coreshell {command}".strip() in outcome.out


def test_no_words_at_all_are_answered_with_help():
    outcome = coreshell()
    assert (outcome.code, outcome.err) == (0, "")
    assert "Usage: coreshell" in outcome.out and "materials" in outcome.out


def test_version_is_the_packages():
    assert coreshell("--version") == (0, f"{__version__}\n", "")


def test_the_installed_command_keeps_stdout_for_the_json(tmp_path):
    """From a shell: one object on stdout, in a folder that stays empty."""
    words = [EXECUTABLE, "run", "core_shell", "formation", "--json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert one_object(done.stdout)["Ending"].startswith("completed")
    assert list(tmp_path.iterdir()) == []


def test_the_installed_command_refuses_in_one_line(tmp_path):
    words = [EXECUTABLE, "run", "core_shel", "formation", "--json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("coreshell: unknown material 'core_shel': did you mean 'core_shell'?")
    assert done.stderr.count("\n") == 1


def test_a_full_disk_is_one_line_and_leaves_no_broken_file(in_tmp):
    """A limit on the size of files stands for it; in a process of its own, as HDF5 writes to stderr."""
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); "
        "sys.argv = ['coreshell', 'run', 'core_shell', 'formation_without_hold', '--json', '--out', 'out']; "
        "from coreshell_model.show.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "out: cannot be written: File too large; make room" in done.stderr
    assert list((in_tmp / "out").iterdir()) == []


def test_a_run_goes_out_as_battery_data_format_and_both_tables_read_back(in_tmp):
    """Where the solver's points are far apart there is no gap: the metadata say that it is a simulation."""
    steps = [f"{way} at {rate} until {end} cut-off" for rate in ("C/5", "20C") for way, end in WAYS]
    plan = protocol_file(in_tmp, *steps)
    outcome = coreshell("run", "core_shell", plan, "--json", "--bdf", "--out", "out")
    assert outcome.code == 0
    assert {f"wrote {Path('out') / 'run.bdf.csv'}{end}" for end in ("", ".metadata.json")} <= set(
        outcome.err.splitlines()
    )
    by_curves, by_bdf = (read_dataset(f"out/{name}") for name in ("curves.csv", "run.bdf.csv"))
    assert by_curves.mass == by_bdf.mass == pytest.approx(1.1e-6)
    capacities = [[half.capacity for half in each.half_cycles()] for each in (by_curves, by_bdf)]
    assert capacities[0] == pytest.approx(capacities[1], rel=1e-4)
    lines = Path("out/curves.csv").read_text().splitlines(keepends=True)
    Path("out/curves.csv").write_text("".join(lines[:100] + lines[200:]))
    assert len(read_dataset("out/curves.csv").half_cycles()) == len(capacities[0])
    Path("out/curves.csv.metadata.json").unlink()
    with pytest.raises(InputError, match="a gap of"):  # without them it is a table like any other
        read_dataset("out/curves.csv")
    assert coreshell("run", "core_shell", plan, "--bdf").code == 2


def test_compare_says_in_which_numbers_the_materials_differ():
    """The two readings of the rate test differ in clusters; others in too many numbers to print."""
    words = ("compare", "core_shell", "core_shell_driven", "formation_without_hold")
    differing = json.loads(coreshell(*words, "--json").out)["Differing numbers"]
    assert differing["core.clusters.driving_potential"] == {
        "core_shell": None,
        "core_shell_driven": "0.2002 V",
    }
    assert all(len(set(values.values())) == 2 for values in differing.values())
    printed = coreshell(*words).out
    assert all(path in printed for path in differing) and "0.2002 V" in printed
    assert "particle.external_area" not in printed
    other = coreshell("compare", "core_shell", "shell", "formation_without_hold").out
    assert "core_shell, shell differ in 62 numbers, which --json gives" in other


def test_compare_puts_materials_side_by_side(tmp_path, monkeypatch):
    """One object a material, and one figure."""
    monkeypatch.chdir(tmp_path)
    outcome = coreshell("compare", "core_shell", "shell", "formation_without_hold", "--json", "--figure")
    assert outcome.code == 0
    names = [result["Material"] for result in json.loads(outcome.out)["Materials"]]
    assert names == ["core_shell", "shell"]
    assert (tmp_path / "compare_core_shell_shell_formation_without_hold.png").stat().st_size > 10_000
    assert coreshell("compare", "core_shell", "formation").code == 2


def test_eis_prints_a_spectrum_and_draws_it(tmp_path, monkeypatch):
    """Frequencies, real and imaginary parts; the imaginary one capacitive."""
    monkeypatch.chdir(tmp_path)
    outcome = coreshell("eis", "core_shell", "--at", "0.1 V", "--json", "--figure")
    assert outcome.code == 0
    found = json.loads(outcome.out)
    assert found["Voltage [V]"] == pytest.approx(0.1, abs=1e-3)
    assert len(found["Frequency [Hz]"]) == len(found["Real impedance [Ohm]"]) > 20
    assert max(found["Imaginary impedance [Ohm]"]) < 0
    drawn = tmp_path / "core_shell_eis_0.1V.png"
    assert drawn.stat().st_size > 10_000 and drawn.with_suffix(".pdf").exists()
    plotted = pd.read_csv(drawn.with_suffix(".csv"))
    assert found["Electrode area [cm2]"] == pytest.approx(1)
    for part in ("Real impedance [Ohm]", "Imaginary impedance [Ohm]"):
        assert plotted[part].to_numpy() == pytest.approx(found[part])  # one unit for both
    for bad in ("2", "9 V", "5 nm", "x"):
        assert coreshell("eis", "core_shell", "--at", bad).code == 2


def test_figures_of_different_questions_do_not_overwrite_one_another(in_tmp):
    """Of eis as of run: state, history, changes and level are in the name; the same question has the same."""
    eis = ("eis", "core_shell", "--json", "--figure")
    for words in (
        ("--at", "2.5 V"),
        ("--at", "2 V"),
        ("--at", "2.5 V", "--set", "shell.thickness=12 nm"),
        ("--at", "2.5 V", "--level", "electrode"),
        ("--at", "2.5 V"),
    ):
        assert coreshell(*eis, *words).code == 0
    assert {path.name for path in in_tmp.glob("*.png")} == {
        "core_shell_eis_2.5V.png",
        "core_shell_eis_2V.png",
        "core_shell_eis_2.5V_shell.thickness=12nm.png",
        "core_shell_eis_2.5V_electrode.png",
    }


def test_each_spectrum_in_a_figure_names_its_potential(in_tmp):
    """States of sodiation have other potentials after more cycles."""
    words = ("--at", "0.5", "--after", "formation", "--cycles", "1,2", "--json", "--figure")
    outcome = coreshell("eis", "core_shell", *words)
    spectra = json.loads(outcome.out)["Spectra"]
    drawn = pd.read_csv(in_tmp / "core_shell_eis_0.5_after_formation_cycles1-2.csv")
    assert list(drawn["Spectrum"].unique()) == [
        f"{name}, {each['Voltage [V]']:.3g} V" for name, each in spectra.items()
    ]


def test_eis_after_chosen_cycles_gives_each_its_spectrum(in_tmp):
    """Under its name; cycles without a protocol, or that it does not have, are refused."""
    outcome = coreshell(
        "eis", "core_shell", "--at", "0.1 V", "--after", "formation", "--cycles", "5,1", "--json"
    )
    assert outcome.code == 0
    spectra = json.loads(outcome.out)["Spectra"]
    assert list(spectra) == ["after cycle 1", "after cycle 5"]
    assert all(each["Voltage [V]"] == pytest.approx(0.1, abs=1e-3) for each in spectra.values())
    for words in (
        ("--cycles", "1"),
        ("--after", "formation", "--cycles", "6"),
        ("--after", "formation", "--cycles", "x"),
    ):
        outcome = coreshell("eis", "core_shell", *words)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1)


def test_a_figure_that_cannot_be_written_is_one_line(in_tmp, monkeypatch):
    """A folder stands where the picture should go."""
    (in_tmp / "core_shell_eis_1V.png").mkdir()
    outcome = coreshell("eis", "core_shell", "--at", "1 V", "--json", "--figure")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "core_shell_eis_1V.png: is there and was not drawn by this program" in outcome.err


def test_the_list_of_commands_imports_none_of_them_and_says_what_each_says_of_itself():
    """A command is one file and one line of a table."""
    listing = (
        "import sys; sys.argv = ['coreshell', '--help']\n"
        "from coreshell_model.show.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "loaded = [name for name in sys.modules if name.startswith('coreshell_model.show.cli.')]\n"
        "assert loaded == ['coreshell_model.show.cli.app'], loaded\n"
        "assert not {'pybamm', 'numpy', 'pandas', 'pydantic'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name, (place, said) in app.COMMANDS.items():
        module, _, function = place.partition(".")
        found = getattr(importlib.import_module(f"coreshell_model.show.cli.{module}"), function)
        own = found.info.help if function == "app" else inspect.getdoc(found).split("\n\n")[0]
        assert said == " ".join(own.split()), name
    outcome = coreshell("nothing")
    assert outcome.code == 2 and "no such command 'nothing'" in outcome.err
