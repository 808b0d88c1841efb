"""docs/add-a-mechanism.md done: its file and line in a copy of the package, and what follows from them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from coreshell_model import simulate, summary

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "add-a-mechanism.md").read_text(encoding="utf-8")
PLACE, RETURNED = "Sodium in second sites [mA.h.g-1]", "Second-site capacity [mA.h.g-1]"
IMPORT = "from coreshell_model.physics.storage.second_sites import SecondSites\n"


def blocks(language):
    """The blocks of code of the page in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A folder with the package and what the page adds, and materials that have it."""
    folder = tmp_path_factory.mktemp("extended")
    for name in ("coreshell_model", "parameters", "experiments", "validation"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    file, line = blocks("python")
    (folder / "coreshell_model" / "physics" / "storage" / "second_sites.py").write_text(
        file, encoding="utf-8"
    )
    sections = folder / "coreshell_model" / "inputs" / "sections.py"
    text = sections.read_text(encoding="utf-8")
    last = "    clusters: Clusters | None = None\n"
    assert text.count(last) == 1
    text = text.replace(last, last + line).replace("\nAnyUnit", IMPORT + "\nAnyUnit", 1)
    sections.write_text(text, encoding="utf-8")
    (section,) = blocks("toml")
    for name in ("core_shell", "core"):
        material = (ROOT / "parameters" / f"{name}.toml").read_text(encoding="utf-8")
        carbon = "carbon" if "[carbon]" in material else "core"
        own = material + "\n" + section.replace("[core.", f"[{carbon}.")
        (folder / f"my_{name}.toml").write_text(own, encoding="utf-8")
    return folder


def python(folder, *words):
    """Python with the extended package; its standard output."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def coreshell(folder, *words):
    """A command of it."""
    return python(folder, "-c", "from coreshell_model.show.cli.app import main; main()", *words)


BALANCES = """
import json, sys
import coreshell_model
from coreshell_model import simulate, summary
results = {}
for name, carbon in (("core_shell", "core"), ("core", "carbon")):
    for level in ("particle", "electrode"):
        whole = {f"{carbon}.second_sites.capacity": "0 mAh/g"}
        for changes in ({}, whole if level == "particle" else {}):
            run = simulate(f"my_{name}.toml", "formation", changes, level=level)
            key = f"{name} {level} {'without' if changes else 'with'}"
            states = run.pybamm.all_ys[0].shape[0]
            results[key] = summary(run) | {"counted": float(run[PLACE].max()), "states": states}
json.dump({"package": coreshell_model.__file__, "results": results}, sys.stdout)
"""


@pytest.fixture(scope="module")
def summaries(extended):
    """Results of both materials, at both levels, with and without the sites."""
    told = json.loads(python(extended, "-c", f"PLACE = {PLACE!r}\n{BALANCES}"))
    assert str(extended) in told["package"]
    return told["results"]


@pytest.mark.long
@pytest.mark.parametrize("material", ["core_shell", "core"])
@pytest.mark.parametrize("level", ["particle", "electrode"])
def test_it_stores_sodium_and_conserves_it(summaries, material, level):
    """In sealed and in open particles; the most that 80 mAh/g of core can hold is not passed."""
    results = summaries[f"{material} {level} with"]
    assert results["Sodium balance error"] < 1e-8
    share = 1 / 1.3 if material == "core_shell" else 1
    assert 0.8 * 80 * share < results["counted"] < 80 * share
    assert results[RETURNED] > 0.8 * results["counted"]


def test_a_material_without_it_pays_nothing(summaries):
    """No states, and the numbers of the shipped package."""
    for material, cells in (("core_shell", 20), ("core", 1)):
        without = summaries[f"{material} particle without"]
        assert without["counted"] == 0
        assert summaries[f"{material} particle with"]["states"] >= without["states"] + cells
        shipped = summary(simulate(material, "formation"))["Reversible capacity [mA.h.g-1]"]
        assert without["Reversible capacity [mA.h.g-1]"] == pytest.approx(shipped, abs=1e-3)


@pytest.mark.long
def test_it_is_in_results_figures_and_archive(extended):
    """By the names that the page gives."""
    results = json.loads(
        coreshell(extended, "run", "my_core_shell.toml", "formation", "--json", "--out", "results")
    )
    folder = extended / "results"
    table = pd.read_csv(next(folder.glob("*curves.csv")))
    assert results[RETURNED] == pytest.approx(table[PLACE].max(), abs=5)
    coreshell(extended, "figure", "results/solution.nc", "inventory", "--out", "inventory.png")
    assert PLACE in pd.read_csv(extended / "inventory.csv").columns
    coreshell(extended, "figure", "results/solution.nc", "profiles", "--out", "profiles.png")
    profiles = pd.read_csv(extended / "profiles.csv")
    occupied = profiles[profiles["Profile"] == "Core second-site occupancy"]["Value"]
    assert 0.9 < occupied.max() < 1


PROBLEM = """title = "Second sites"

[[parameters]]
path = "core.second_sites.capacity"
shared = ["my_core_shell.toml"]
unit = "mAh/g"
lower = 20
upper = 200

[[observations]]
material = "my_core_shell.toml"
protocol = "formation"
cycles = 1
observable = "Second-site capacity [mA.h.g-1]"
value = 60
sd = 1
unit = "mAh/g"
source = "made up: the test's own"
"""


@pytest.mark.long
def test_it_is_swept_and_fitted(extended):
    """By the path of its capacity, over and to the result that it declares."""
    coreshell(
        extended,
        "sweep",
        "my_core_shell.toml",
        "formation",
        "--vary",
        "core.second_sites.capacity=20, 100 mAh/g",
        "--observe",
        RETURNED,
        "--out",
        "swept",
        "--workers",
        "1",
    )
    rows = pd.read_csv(extended / "swept" / "rows.csv")
    low, high = rows[RETURNED]
    assert high == pytest.approx(5 * low, rel=0.05)
    (extended / "problem.toml").write_text(PROBLEM, encoding="utf-8")
    fitted = json.loads(
        coreshell(extended, "fit", "problem.toml", "--starts", "1", "--json", "--workers", "1")
    )
    (parameter,) = fitted["Parameters"]
    assert parameter["Value"] == pytest.approx(60 / low * 20, rel=0.05)
    assert parameter["Verdict"] == "fixed by the data"
