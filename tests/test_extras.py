"""Packages that only some commands need: without them one line says which extra to install."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from command_line import coreshell

from coreshell_model.base.errors import InputError
from coreshell_model.base.extras import EXTRAS, require
from coreshell_model.base.scheduler import pool_for

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OF_DEVELOPERS = {"dev", "docs", "pybop"}

SWEPT = ("core_shell", "design_rates", "--vary", "thickness=5..12 nm, 3 points")
PROBLEM = str(ROOT / "examples" / "fit_core_shell.toml")
NEEDED_BY = {
    "posterior": ("posterior", PROBLEM, "--out", "drawn"),
    "design": ("design", "core_shell"),
    "cluster": ("sweep", *SWEPT, "--scheduler", "tcp://127.0.0.1:1"),
    "slurm": ("sweep", *SWEPT, "--scheduler", "slurm"),
    "web": ("explore", "--no-browser"),
}
"""A command that needs an extra; those of readers of files are in test_dataset_formats.py."""


def without(monkeypatch, extra):
    """As if the packages of an extra were not installed."""
    for module in EXTRAS[extra].modules:
        monkeypatch.setitem(sys.modules, module, None)


def package(requirement):
    return re.match(r"[\w-]+", requirement)[0]


def test_the_table_of_extras_is_that_of_the_project():
    """Every package of an extra, but for extras within extras."""
    stated = PROJECT["optional-dependencies"]
    assert set(EXTRAS) == set(stated) - OF_DEVELOPERS
    for name, extra in EXTRAS.items():
        others = {package(text) for text in stated[name] if not text.startswith("coreshell_model[")}
        assert set(extra.packages) == others, name
    assert not {package(text) for text in PROJECT["dependencies"]} & {
        each for extra in EXTRAS.values() for each in extra.packages
    }


def test_the_page_on_installing_lists_every_extra_once():
    """Each with a task of its own, and no other; those of developers too."""
    page = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
    rows = re.findall(r'(?m)^\| (.*) \| `pip install (?:-e )?"\.\[(\w+)\]"` \|$', page)
    assert sorted(extra for _, extra in rows) == sorted(PROJECT["optional-dependencies"])
    assert len({task for task, _ in rows}) == len(rows)


@pytest.mark.parametrize("extra", NEEDED_BY)
def test_a_command_names_the_extra_that_it_lacks(tmp_path, monkeypatch, extra):
    """In one line, with exit code 2, before it writes anything."""
    monkeypatch.chdir(tmp_path)
    without(monkeypatch, extra)
    outcome = coreshell(*NEEDED_BY[extra])
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith(f'; pip install "coreshell_model[{extra}]"\n'), outcome.err
    assert all(name in outcome.err for name in EXTRAS[extra].packages) and outcome.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_sensitivity_over_a_space_needs_the_extra(monkeypatch, method):
    without(monkeypatch, "design")
    words = ("core_shell", "design", "--vary", "thickness=5..12 nm", "--method", method)
    outcome = coreshell("sensitivity", *words)
    assert outcome.code == 2 and 'pip install "coreshell_model[design]"' in outcome.err


def test_a_missing_package_is_named_alone(monkeypatch):
    """Not those of its extra that are there."""
    monkeypatch.setitem(sys.modules, "corner", None)
    with pytest.raises(InputError, match=r"^pictures need corner; pip install"):
        require("posterior", "pictures need")


def test_without_any_extra_everything_else_works(tmp_path):
    """A first cycle, a sweep over processes and its dataset, in a process that cannot import them."""
    modules = [module for extra in EXTRAS.values() for module in extra.modules]
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({modules!r}))\n"
        "from coreshell_model import simulate, summary\n"
        "from coreshell_model.design.problem import problem\n"
        "from coreshell_model.design.space import axis, grid\n"
        "from coreshell_model.design.sweep import sweep\n"
        "solution = simulate('core_shell', 'formation_without_hold')\n"
        "assert summary(solution)['Initial coulombic efficiency'] > 0\n"
        "swept = sweep(problem('core_shell', 'design'), grid([axis('thickness=8, 9 nm')]), workers=2)\n"
        "assert swept.count('solved') == 2\n"
        "from pathlib import Path; swept.save(Path('sweep.nc'))\n"
    )
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_this_machine_needs_no_cluster(monkeypatch):
    without(monkeypatch, "cluster")
    with pool_for(workers=1) as pool:
        assert pool.count == 1
