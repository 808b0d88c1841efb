"""The report of one page: it fits, says what was found and what of, and goes over no other file."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from command_line import coreshell
from pages import words_of_page
from pypdf import PdfReader

from coreshell_model import simulate, summary
from coreshell_model.base.errors import InputError
from coreshell_model.observe.groups import OTHERS, group_of
from coreshell_model.observe.quantities import QUANTITIES
from coreshell_model.run.solution import Ending
from coreshell_model.show.figures.labels import plain_unit
from coreshell_model.show.figures.picture import Picture, new_figure
from coreshell_model.show.reports import page_file
from coreshell_model.show.reports.drawn import HEIGHT, MARGIN, drawn
from coreshell_model.show.reports.page import MORE, Group, Page, Row
from coreshell_model.show.reports.page_file import page_bytes, save_page
from coreshell_model.show.reports.run_page import run_page

RUN = ("run", "core_shell", "formation_without_hold", "--json")


@pytest.fixture(scope="module")
def run():
    return simulate("core_shell", "formation_without_hold", {"shell.thickness": "12 nm"})


def page(rows=3, text="a result", pictures=()):
    group = Group("Results", tuple(Row(f"{text} {number}", "1 V", "first cycle") for number in range(rows)))
    return Page("a title", ("a line",), pictures, (group,), "versions", "result.json")


def lowest(sheet):
    """The lowest text of a page above its foot [inches]."""
    return min(text.get_position()[1] for text in sheet.texts[:-1]) * HEIGHT


def test_the_report_of_a_run_is_one_page_with_results_their_basis_inputs_and_warnings(run, tmp_path):
    results = summary(run)
    words = words_of_page(save_page(run_page(run, results), tmp_path / "run.pdf"))
    efficiency = results["Initial coulombic efficiency"]
    assert f"Initial coulombic efficiency {efficiency:.4g}" in words
    assert "fraction: first desodiation / first sodiation" in words
    assert f"First-cycle loss {results['First-cycle loss [mA.h.g-1]']:.4g} mAh g⁻¹" in words
    assert "shell.thickness 12 nm set by the user" in words
    assert "1C = 400 mA/g" in words and "completed: every step ended" in words
    assert "coreshell_model" in words and "pybamm 26" in words
    for warning in results["Warnings"]:
        assert warning in words
    for label in ("Voltage against Na / V", "Time / h", "cycle 1"):  # the figure's text is text
        assert label in words
    for name, value in results.items():
        if name not in ("Changes", "User defaults", "Warnings") and value not in (None, False):
            assert name.partition(" [")[0] in words or name in ("Material", "Level", "Protocol", "Ending")


def test_a_crowded_report_keeps_what_a_warning_advises(tmp_path):
    """The end of a warning says what to do: other rows, which are in the files too, give way to it."""
    full = simulate("core_shell", "full_cell_formation")
    results = summary(full)
    words = words_of_page(save_page(run_page(full, results), tmp_path / "full.pdf"))
    (warning,) = results["Warnings"]
    assert warning in words and MORE in words
    assert "Specific energy" in words and "Energy density" in words and "Lowest carbon potential" in words


def test_every_result_is_in_a_group_and_most_in_one_of_their_own():
    left = [quantity.name for quantity in QUANTITIES if quantity.number and group_of(quantity.name) == OTHERS]
    assert len(left) < 10 and "Initial coulombic efficiency" not in left


def test_a_run_that_failed_has_a_report_that_says_so(run, tmp_path):
    """Also one without a single point, which has no figure."""
    stopped = replace(run, ending=Ending.SOLVER, explanation="in cycle 1, step 1: the solver failed")
    words = words_of_page(save_page(run_page(stopped, summary(stopped)), tmp_path / "a.pdf"))
    assert "Run in cycle 1, step 1: the solver failed" in words
    empty = replace(stopped, steps=(), saved={}, pybamm=None)
    assert "the solver failed" in words_of_page(
        save_page(run_page(empty, summary(empty)), tmp_path / "b.pdf")
    )


@pytest.mark.long
@pytest.mark.parametrize(
    "text", ["a result", "a long name of a result that needs a second line " * 4, "x" * 300]
)
@pytest.mark.parametrize("rows", [0, 1, 30, 120, 500])
def test_whatever_it_holds_it_is_one_page_and_nothing_is_beyond_its_edges(text, rows, tmp_path):
    """What does not fit is counted, with the place where it is."""
    made = page(rows, text)
    assert lowest(drawn(made)) > MARGIN
    words = words_of_page(save_page(made, tmp_path / "page.pdf"))
    shown = words.count("first cycle")
    if shown < rows:
        assert f"{rows - shown} {MORE}" in words and "all of them: result.json" in words
    else:
        assert MORE not in words


def test_texts_of_formulas_and_of_many_points_are_drawn_as_they_are(tmp_path):
    """A dollar sign starts no formula; a figure with a layer as an image stays small."""
    figure = new_figure(3.0, 2.0)
    axes = figure.subplots()
    axes.plot(np.zeros(300_000), np.random.default_rng(0).random(300_000), rasterized=True)
    made = page(1, "cost $1 and $2_x", (Picture(figure, pd.DataFrame()),))
    path = save_page(made, tmp_path / "page.pdf")
    assert "cost $1 and $2_x" in words_of_page(path)
    assert path.stat().st_size < 500_000


def test_the_same_results_are_the_same_file(run):
    results = summary(run)
    assert page_bytes(run_page(run, results)) == page_bytes(run_page(run, results))


def test_a_report_goes_over_reports_as_this_program_wrote_them_alone(tmp_path):
    path = tmp_path / "run.pdf"
    for rows in (1, 2):
        save_page(page(rows), path)
    assert PdfReader(path).metadata.creator.startswith("report of coreshell_model")
    with path.open("ab") as file:
        file.write(b"% a note\n")
    annotated = path.read_bytes()
    (tmp_path / "mine.pdf").write_bytes(b"%PDF-1.4 mine")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    for name in ("run.pdf", "mine.pdf", "link.pdf"):
        with pytest.raises(InputError, match="is not as this program wrote it; move it") as raised:
            save_page(page(), tmp_path / name)
        assert "\n" not in str(raised.value)
    assert path.read_bytes() == annotated
    assert (tmp_path / "mine.pdf").read_bytes() == b"%PDF-1.4 mine"
    assert not (tmp_path / "elsewhere.pdf").exists()


@pytest.mark.parametrize("command", [RUN, ("fit", "none.toml"), ("design", "core_shell")])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("run.png", "--report run.png: a report is a PDF; let the name end in .pdf"),
        ("none/run.pdf", "--report none/run.pdf: there is no folder 'none'"),
        ("mine.pdf", "--report mine.pdf: is there and is not as this program wrote it"),
        ("", "--report a path is empty; give one"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_any_work(
    command, path, reason, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.pdf").write_text("mine")
    refused = coreshell(*command, "--report", path)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1), refused
    assert reason in refused.err
    assert (tmp_path / "mine.pdf").read_text() == "mine"


def test_a_run_writes_its_report_beside_its_results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        outcome = coreshell(*RUN, "--out", "out", "--report", "run.pdf")
        assert outcome.code == 0 and "wrote run.pdf" in outcome.err, outcome
        assert "Initial coulombic efficiency" in words_of_page(tmp_path / "run.pdf")


def test_units_are_written_as_people_write_them():
    assert plain_unit("mA.h.g-1") == "mAh g⁻¹"
    assert plain_unit("m2.g-1") == "m² g⁻¹"
    assert (plain_unit("1"), plain_unit("V"), plain_unit("%")) == ("", "V", "%")


def test_a_full_disk_is_one_line(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(page_file, "replace", full)
    with pytest.raises(InputError, match=r"run\.pdf: cannot be written: No space left on device; make room"):
        save_page(page(), tmp_path / "run.pdf")
