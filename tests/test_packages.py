"""What is packaged beside the code says the same as pyproject.toml: recipe, citation, licences.

CI reads recipe and citation with the programs that use them.
"""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from coreshell_model import __version__
from coreshell_model.base.extras import EXTRAS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECIPE = ROOT / "recipe" / "recipe.yaml"
IN_CONDA = {"matplotlib": "matplotlib-base"}
"""Names of packages that are others in conda's channels."""

NOT_IN_CONDA = {"datalab-org-galvani", "fastnda", "access-parser"}
"""Readers of cyclers' files, which a recipe leaves to pip."""


def stated(texts):
    """Requirements as pairs of name and versions, without extras of this package's own."""
    requirements = [Requirement(text) for text in texts]
    return {
        (IN_CONDA.get(name := canonicalize_name(each.name), name), str(each.specifier))
        for each in requirements
        if canonicalize_name(each.name) != "coreshell-model"
    }


def of_recipe(texts):
    """The same of a recipe's lines, "numpy >=2.0"."""
    return {
        (name, ",".join(sorted(versions.split(","))))
        for name, _, versions in (text.partition(" ") for text in texts)
    }


def in_order(pairs):
    return {(name, ",".join(sorted(versions.split(",")))) for name, versions in pairs}


@pytest.fixture(scope="module")
def recipe():
    return yaml.safe_load(RECIPE.read_text(encoding="utf-8"))


def test_the_recipe_needs_what_the_project_needs(recipe):
    """Every dependency with its bounds; extras bound what is installed beside it."""
    needs = recipe["requirements"]
    run = [text for text in needs["run"] if not text.startswith("python ")]
    assert of_recipe(run) == in_order(stated(PROJECT["dependencies"]))
    extras = [text for name in EXTRAS for text in PROJECT["optional-dependencies"][name]]
    in_conda = {pair for pair in in_order(stated(extras)) if pair[0] not in NOT_IN_CONDA}
    assert of_recipe(needs["run_constraints"]) == in_conda
    assert f">={recipe['context']['python_min']}" == PROJECT["requires-python"]
    (backend,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert backend in needs["host"]


def test_the_recipe_says_of_the_project_what_it_says_itself(recipe):
    about, context = recipe["about"], recipe["context"]
    assert (context["name"], context["version"]) == (PROJECT["name"], PROJECT["version"])
    assert (about["summary"], about["license"]) == (PROJECT["description"], PROJECT["license"])
    assert (ROOT / about["license_file"]).is_file()
    (entry,) = recipe["build"]["python"]["entry_points"]
    assert PROJECT["scripts"] == dict([entry.split(" = ")])


def test_the_citation_is_of_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (cited["title"], cited["version"]) == (PROJECT["name"], PROJECT["version"])
    assert cited["license"] == PROJECT["license"] and cited["abstract"].startswith(PROJECT["description"])
    assert __version__ == PROJECT["version"] or __version__ == "0+unknown"


def listed():
    """Package, licence and extras of each row of docs/licences.md; no extras in the first table."""
    rows = re.findall(
        r"^\| ([\w.-]+) \| ([^|]+) \|(?: ([^|]+) \|)?$", LICENCES.read_text(encoding="utf-8"), re.M
    )
    return {name: (licence, extras) for name, licence, extras in rows if name != "package"}


LICENCES = ROOT / "docs" / "licences.md"


def test_every_dependency_is_listed_with_its_licence():
    """Those of all installations in the first table, others with their extras."""
    rows = listed()
    for text in PROJECT["dependencies"]:
        assert rows[canonicalize_name(Requirement(text).name)][1] == "", text
    for extra in EXTRAS:
        for name, _ in stated(PROJECT["optional-dependencies"][extra]):
            assert extra in rows[name][1].split(", "), name
    assert not [name for name, (licence, _) in rows.items() if licence == "not stated"]


def test_only_named_extras_bring_the_gpl():
    """That of BioLogic's reader; a library under the LGPL may be used by others."""
    is_gpl = runpy.run_path(str(ROOT / "docs" / "licences.py"), run_name="read")["is_gpl"]
    gpl = {name: extras for name, (licence, extras) in listed().items() if is_gpl(licence)}
    assert gpl == {"datalab-org-galvani": "biologic"}
    assert is_gpl("GNU General Public License v3 or later (GPLv3+)") and is_gpl("AGPL-3.0-only")
    assert not is_gpl("GNU Lesser General Public License v3 or later (LGPLv3+)") and not is_gpl("LGPL-2.1")


def test_the_page_of_licences_is_what_the_command_writes():
    """Of the packages here; versions of others may have other requirements of their own."""
    program = runpy.run_path(str(ROOT / "docs" / "licences.py"), run_name="read")
    written = dict(re.findall(r"^\| ([\w.-]+) \| ([^|]+) \|", program["page"](), re.M))
    direct = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert {name: written[name] for name in direct} == {name: listed()[name][0] for name in direct}
