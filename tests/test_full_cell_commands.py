"""Sweeps and long runs of full cells."""

import json

import pandas as pd
import pytest
from command_line import coreshell

PROTOCOL = """\
title = "Short charges and discharges"
description = "Of a full cell."
source = "this test"
end_of_sodiation = "after hours"
cell = "full"

[basis]
one_c = { value = 400, unit = "mA/g", source = "this test" }

[window]
lower = { value = 1.0, unit = "V", source = "this test" }
upper = { value = 4.2, unit = "V", source = "this test" }

[start]
potential = { value = 2.5, unit = "V", source = "this test" }

[numbers]
cycles = { value = 3, unit = "1", source = "this test" }

[[cycles]]
repeat = "{cycles}"
steps = ["Charge at 1C for 0.4 hours or until upper cut-off", "Discharge at C/2 for 0.1 hours"]
"""


def short(folder):
    """The path of the protocol."""
    path = folder / "short.toml"
    path.write_text(PROTOCOL)
    return str(path)


def test_a_ratio_that_varies_is_left_out_of_the_usual_results(tmp_path):
    """A sweep over the N/P ratio works as it is, with a figure; asked for as a result it is refused."""
    words = ["sweep", "core_shell", short(tmp_path), "--vary", "np_ratio=1.2,1.8"]
    drawn = coreshell(*words, "--figure", str(tmp_path / "ratio.png"), "--json")
    assert drawn.code == 0, drawn.err
    assert (tmp_path / "ratio.png").exists()
    assert json.loads(drawn.out)["Solved"] == 2
    table = pd.read_csv(tmp_path / "ratio.csv")
    assert list(table["N/P ratio"]) == [1.2, 1.8]
    refused = coreshell(*words, "--observe", "N/P ratio")
    assert refused.code == 2
    assert "varies in this sweep" in refused.err


def test_a_long_run_has_the_sodium_of_both_electrodes_and_warns_once(tmp_path):
    """Also where the run is resumed; what is in both electrodes and the film adds up."""
    words = ["cycle", "core_shell", short(tmp_path), "--set", "np_ratio=0.3", "--out", str(tmp_path / "run")]
    results = json.loads(coreshell(*words, "--json").out)
    again = json.loads(coreshell(*words, "--json", "--resume").out)
    for found in (results, again):
        assert sum("sodium metal may deposit" in warning for warning in found["Warnings"]) == 1
        assert found["N/P ratio"] == 0.3
        assert found["Specific energy [W.h.kg-1]"] > 0
    table = pd.read_csv(tmp_path / "run" / "cycles.csv")
    held = table.filter(regex=r"^(Sodium in|Sodium for|Trapped|Charge in)").sum(axis=1)
    assert held.max() - held.min() < 1e-6
    assert table["Lowest carbon potential [V]"].min() < 0
    assert results["Lowest carbon potential [V]"] == table["Lowest carbon potential [V]"].iloc[-1]
    assert "Sodium in positive electrode [mA.h.g-1]" in table


def test_a_long_run_has_the_lowest_potential_of_all_its_cycles():
    """The first charge, with its hold, goes deepest: the result is the lowest of all, as of ``run``."""
    words = ("full_cell_life", "--set", "np_ratio=1.3", "--set", "protocol.numbers.cycles=2", "--json")
    cycled = json.loads(coreshell("cycle", "core_shell", *words).out)
    run = json.loads(coreshell("run", "core_shell", *words).out)
    name = "Lowest carbon potential [V]"
    assert cycled[name] == pytest.approx(run[name], abs=1e-5)
    assert cycled[name] < 0


def test_a_carbon_that_never_comes_to_its_clusters_is_warned_of():
    """A large N/P ratio leaves all of the plateau unused, which no share of clusters shows."""
    words = ("run", "core_shell", "full_cell_formation", "--set", "np_ratio=2.0", "--json")
    results = json.loads(coreshell(*words).out)
    assert results["Share of clusters formed in the first sodiation"] is None
    assert any("lack the plateau; lower the N/P ratio" in warning for warning in results["Warnings"])


def test_a_misspelt_number_of_a_full_cell_is_answered_with_a_near_one():
    """Not with the advice to take a full cell, which is there."""
    words = ("run", "core_shell", "full_cell_formation", "--set", "positive.sacrificial_salt.share=2")
    assert "did you mean 'positive.sacrificial_salt.mass_share'?" in coreshell(*words).err
