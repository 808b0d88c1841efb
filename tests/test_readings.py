"""The other reading of the rates of Core-Shell, shown beside the shipped one; claims that name a file."""

import json
import shutil

import pytest
from command_line import coreshell

from coreshell_model import simulate
from coreshell_model.base import library
from coreshell_model.checks.claim import read_claims
from coreshell_model.checks.claim_runs import Runs
from coreshell_model.inputs.material import read_material, sources
from coreshell_model.inputs.material_text import with_number, written
from coreshell_model.observe.readings import rates_read_otherwise
from coreshell_model.show.cli import design

OTHER = "Other reading of the rates"
FITTED_APART = "core.clusters."


def test_the_other_reading_is_core_shell_but_for_its_clusters_and_the_cores_diffusivity():
    own, other = (sources(read_material(name)) for name in ("core_shell", "core_shell_driven"))
    differing = {path for path in own.keys() | other.keys() if own.get(path) != other.get(path)}
    values = {path for path in differing if path not in own or own[path].si != other[path].si}
    assert {path for path in values if not path.startswith(FITTED_APART)} == {"core.sloping.diffusivity"}
    assert "core.clusters.driving_potential" in values


@pytest.mark.parametrize("protocol", ["rate_test", "cycle_life"])
def test_a_run_at_several_rates_gives_both_readings(protocol):
    run = coreshell("run", "core_shell", protocol, "--json")
    assert run.code == 0, run.err
    results = json.loads(run.out)
    other = results[OTHER]
    assert other["Material"] == "core_shell_driven" and other["Completed"]
    assert other["Rate retention"].keys() == results["Rate retention"].keys()
    assert other["Rate retention"] != results["Rate retention"]


def test_the_other_reading_has_the_same_numbers_changed():
    changed = rates_read_otherwise(simulate("core_shell", "design_rates", {"shell.thickness": "4 nm"}))
    as_it_is = rates_read_otherwise(simulate("core_shell", "design_rates"))
    capacity = "Capacity by cycle [mA.h.g-1]"
    assert changed[capacity][0] > as_it_is[capacity][0] + 5  # less of it is shell, which stores less


@pytest.mark.parametrize(
    ("material", "protocol"),
    [("core_shell", "design"), ("shell", "design_rates")],
    ids=["one rate", "no other"],
)
def test_there_is_no_other_reading_without_rates_or_another_material(material, protocol):
    assert rates_read_otherwise(simulate(material, protocol)) is None


def test_a_file_of_ones_own_under_a_shipped_name_has_no_other_reading(tmp_path):
    text = (library.folder("parameters") / "core_shell.toml").read_text()
    file = tmp_path / "core_shell.toml"
    file.write_text(with_number(text, "shell.mass_gain", written(20.0, "%", "mine")))
    assert rates_read_otherwise(simulate(str(file), "design_rates")) is None


@pytest.mark.parametrize(("of_rates", "driven"), [(True, True), (False, False)])
def test_a_design_for_rates_compares_the_other_reading(of_rates, driven):
    names = [each.name for each in design._readings(None, read_material("core_shell"), None, of_rates)]
    assert ("core_shell_driven" in names) == driven
    assert "core_shell_sei" in names


def test_a_claim_may_name_the_file_of_a_material_beside_it(tmp_path, monkeypatch):
    shutil.copy(library.folder("parameters") / "shell.toml", tmp_path / "mine.toml")
    claims = tmp_path / "claims.toml"
    claims.write_text("""
title = "mine"
description = "of one file"
source = "mine"

[[claims]]
name = "ICE"
observable = "initial coulombic efficiency"
runs = [{ material = "mine.toml", protocol = "design" }]
measured = { value = 34, unit = "%", source = "mine" }
uncertainty = { value = 3, unit = "%", source = "mine" }
role = "prediction"
""")
    monkeypatch.chdir("/")
    run = read_claims(str(claims)).claims[0].runs[0]
    assert Runs().solution(run).material.name == "mine"
