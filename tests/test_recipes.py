"""The recipes run, hold their outputs, and neither they nor their data say anything about a machine."""

import re
import runpy
import shutil
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "docs" / "recipes"
DATA = ROOT / "examples" / "data"
NAMES = sorted(path.name for path in RECIPES.glob("*.ipynb"))

MACHINE = re.compile(r"(?<![\w.])/(home|Users|root|tmp|usr|opt|work|mnt|var|private)/|[A-Z]:\\\\|File \"")
"""Absolute paths, with the backslashes of JSON, and lines of a traceback."""

LARGEST = 200_000
"""Bytes of the largest file of data."""


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The recipes and what they read, elsewhere, in the same places to each other."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("docs/recipes", "examples/data", "validation/chayambuka"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "examples" / "sorption_core_shell.csv", root / "examples")
    return root / "docs" / "recipes"


@cache
def execute():
    """The function that executes a recipe."""
    return runpy.run_path(str(RECIPES / "execute.py"))["executed"]


def code(notebook):
    """The cells with code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shapes(notebook):
    """The kinds of the outputs of each cell; texts of one stream may come in pieces."""
    return [list(dict.fromkeys(output.output_type for output in cell.outputs)) for cell in code(notebook)]


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_runs_and_gives_outputs_as_it_stores_them(name, copies):
    """A cell that fails raises; what a cell shows is of the stored kind, and nothing goes to stderr."""
    notebook, stored = execute()(copies / name), nbformat.read(RECIPES / name, as_version=4)
    assert shapes(notebook) == shapes(stored)
    streams = [output for cell in code(notebook) for output in cell.outputs if output.output_type == "stream"]
    assert [output.text for output in streams if output.name == "stderr"] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_stored_executed_with_pictures_and_without_paths_of_a_machine(name):
    """Cells were executed in order, from the first on."""
    notebook = nbformat.read(RECIPES / name, as_version=4)
    nbformat.validate(notebook)
    cells = code(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not any(output.output_type == "error" for output in outputs)
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 1
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(cell.metadata == {} for cell in notebook.cells)
    assert not MACHINE.search((RECIPES / name).read_text(encoding="utf-8"))


def test_the_list_of_recipes_names_each_once():
    """In docs/recipes/README.md, to which README.md points."""
    listed = re.findall(r"\]\((\w+\.ipynb)\)", (RECIPES / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == NAMES
    assert "docs/recipes/README.md" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_data_of_the_recipes_are_small_and_come_from_the_script_that_makes_them(tmp_path):
    """Means and scatters of all columns are those of the committed files; a solver's points may differ."""
    made = runpy.run_path(str(DATA / "make.py"))
    made["main"].__globals__["HERE"] = tmp_path
    made["main"]()
    files = sorted(path.name for path in DATA.glob("*.csv"))
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == files
    for name in files:
        written, committed = (pd.read_csv(folder / name) for folder in (tmp_path, DATA))
        assert list(written) == list(committed), name
        within = 0.005 * (committed.max() - committed.min())
        assert ((written.mean() - committed.mean()).abs() <= within).all(), name
        assert ((written.std() - committed.std()).abs() <= within).all(), name
        assert (DATA / name).stat().st_size < LARGEST, name
