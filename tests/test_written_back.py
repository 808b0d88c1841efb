"""Fitted numbers in the files of their materials."""

import tomllib
from dataclasses import replace

import pytest

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.infer.assemble import source
from coreshell_model.infer.problem_file import ProblemFile
from coreshell_model.infer.reading import problem
from coreshell_model.infer.result import FittedParameter
from coreshell_model.infer.written_back import write_back

GIVEN = {
    "carried": {"cracked_core_shell": "core_shell"},
    "parameters": [
        {
            "path": "sei.steps.2.charge",
            "shared": ["core_shell", "core"],
            "unit": "mAh/m2",
            "lower": 0.1,
            "upper": 9,
        },
        {
            "path": "core.sloping.capacity",
            "paths": {"core": "carbon.sloping.capacity"},
            "shared": ["core_shell", "core"],
            "unit": "mAh/g",
            "lower": 1,
            "upper": 900,
        },
    ],
    "observations": [
        {
            "material": name,
            "protocol": "formation",
            "observable": "Initial coulombic efficiency",
            "value": 0.5,
            "sd": 0.1,
        }
        for name in ("core_shell", "core")
    ],
}
MATERIALS = ("core_shell", "core", "cracked_core_shell")


def fitted(path, unit, value):
    interval = (value / 2, value * 2)
    return FittedParameter(
        path,
        path,
        ("core_shell", "core"),
        unit,
        "linear",
        0.1,
        900,
        value,
        1.0,
        interval,
        interval,
        "fixed by the data",
        False,
    )


FOUND = (fitted("sei.steps.2.charge", "mAh/m2", 1.23456), fitted("core.sloping.capacity", "mAh/g", 321.987))


@pytest.fixture
def folder(tmp_path):
    for name in MATERIALS:
        (tmp_path / f"{name}.toml").write_text(library.find("parameters", name).read_text())
    return tmp_path


def read(folder, name):
    return tomllib.loads((folder / f"{name}.toml").read_text())


def test_fitted_numbers_stand_in_every_material_that_shares_them_and_nothing_else_changes(folder):
    """Four digits, interval and verdict; the second step of the film, not the first or the pores'."""
    before = {name: read(folder, name) for name in MATERIALS}
    asked = problem(ProblemFile.model_validate(GIVEN), "joint", folder, "joint.toml")
    assert {path.stem for path in write_back(asked, FOUND, folder)} == set(MATERIALS)
    for name in MATERIALS:
        now, then = read(folder, name), before[name]
        place = now["carbon" if name == "core" else "core"]["sloping"]
        assert place["capacity"]["value"] == 322.0
        assert now["sei"]["steps"][1]["charge"]["value"] == 1.235
        said = now["sei"]["steps"][1]["charge"]["source"]
        assert said == "fitted: joint.toml; 95 % interval 0.6173 to 2.469 mAh/m2; fixed by the data"
        then["carbon" if name == "core" else "core"]["sloping"]["capacity"] = place["capacity"]
        then["sei"]["steps"][1]["charge"] = now["sei"]["steps"][1]["charge"]
        assert now == then


@pytest.mark.parametrize(
    ("ends", "unit", "said"),
    [
        ((0.1, 0.25), "1", "95 % interval 0.1 to 0.25; "),
        ((None, 3.14), "mAh/m2", "95 % interval up to 3.14 mAh/m2; "),
        ((2e-17, None), "m2/s", "95 % interval from 2e-17 m2/s; "),
        ((None, None), "V", "95 % interval open on both sides; "),
    ],
)
def test_a_source_says_how_well_its_number_is_known(ends, unit, said):
    one = replace(fitted("core.sloping.capacity", unit, 1.0), interval_95=ends)
    assert source("joint", one) == f"fitted: joint.toml; {said}fixed by the data"


def test_no_file_is_written_where_one_cannot_be(folder):
    """The last file lacks the number: the first stays as it was."""
    asked = problem(ProblemFile.model_validate(GIVEN), "joint", folder, "joint.toml")
    path = folder / "cracked_core_shell.toml"
    path.write_text(path.read_text().replace("[core.sloping]", "[core.slope]"))
    kept = (folder / "core_shell.toml").read_text()
    with pytest.raises(InputError, match=r"has no number core\.sloping\.capacity on a line"):
        write_back(asked, FOUND, folder)
    assert (folder / "core_shell.toml").read_text() == kept


@pytest.mark.parametrize(
    ("carried", "said"),
    [
        ({"cracked_core_shell": "shell"}, "'shell' is not fitted"),
        ({"core": "core_shell"}, "is fitted itself"),
    ],
)
def test_numbers_are_carried_from_a_fitted_material_to_one_that_is_not(tmp_path, carried, said):
    with pytest.raises(InputError, match=said):
        problem(ProblemFile.model_validate(GIVEN | {"carried": carried}), "joint", tmp_path, "joint.toml")
