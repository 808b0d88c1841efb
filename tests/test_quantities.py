"""A quantity is one entry of one table, and every command that names quantities knows it."""

import json

import numpy as np
import pytest
from command_line import coreshell
from synthetic import parameter, problem_file, scalar

from coreshell_model import simulate, summary
from coreshell_model.checks.claim import observable_named
from coreshell_model.design.comparison import chosen
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.reading import read_problem
from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.observe import quantities
from coreshell_model.observe.capacity import in_direction
from coreshell_model.observe.quantities import QUANTITIES, Quantity, names, scope_of

NAME = "Energy efficiency of the first cycle"


def energy_efficiency(solution):
    """Energy that the first desodiation takes over that which the first sodiation gives back [-].

    The cell is charged while the carbon is desodiated, so this is the inverse of a battery's.
    """
    energies = []
    for sign in (1, -1):
        steps = in_direction(solution, 1, sign)
        if not steps:
            return None
        voltage, charge = (solution[name] for name in ("Voltage [V]", "Specific capacity [mA.h.g-1]"))
        parts = [np.trapezoid(voltage[step.points], charge[step.points]) for step in steps]
        energies.append(abs(sum(parts)))
    return energies[1] / energies[0]


@pytest.fixture
def entry(monkeypatch):
    """One more entry of the table."""
    added = Quantity(NAME, energy_efficiency, usual=True, banded=True)
    monkeypatch.setattr(quantities, "QUANTITIES", (*QUANTITIES, added))
    return added


@pytest.fixture(scope="module")
def solution():
    return simulate("core_shell", beginning(read_protocol("formation_without_hold"), 1))


def test_run_and_compare_print_it(entry, solution):
    assert summary(solution)[NAME] == pytest.approx(energy_efficiency(solution))
    assert NAME in coreshell("run", "core_shell", "formation_without_hold").out
    told = json.loads(coreshell("compare", "core_shell", "shell", "formation_without_hold", "--json").out)
    assert all(NAME in each for each in told["Materials"])


def test_a_band_has_it(entry):
    outcome = coreshell("run", "cracked_core_shell", "formation_without_hold", "--band", "--json")
    low, high = json.loads(outcome.out)["Prediction band"][NAME]
    assert low <= high


def test_a_fit_takes_it(entry, solution, tmp_path):
    measured = scalar(NAME, energy_efficiency(solution), 0.01, protocol="formation_without_hold", cycles=1)
    free = [parameter("core.clusters.pore_fraction", 0.1, 0.6)]
    path = problem_file(tmp_path / "own.toml", free, observations=[measured])
    problem = read_problem(path)
    assert np.isfinite(Misfit(problem)(problem.start).chi_squared)


def test_designs_are_compared_by_it(entry, solution):
    protocol = read_protocol("design")
    assert NAME in chosen(protocol)
    assert chosen(protocol, [NAME])[NAME](solution) == pytest.approx(energy_efficiency(solution))


def test_a_claim_may_name_it(entry, solution):
    assert observable_named(NAME).measure(solution) == pytest.approx(energy_efficiency(solution))


def test_the_page_has_a_row_for_it(entry):
    pytest.importorskip("dash")
    from coreshell_model.show.explorer.tables import rows

    assert rows()[-1].key == NAME


def test_the_table_has_each_name_once():
    table = [each.name for each in QUANTITIES]
    assert len(set(table)) == len(table)
    assert set(names()) > set(table)


@pytest.mark.parametrize("name", ["formation", "rate_test", "storage", "gitt", "cyclic_voltammetry"])
def test_every_number_has_a_unit_or_is_called_a_fraction(name):
    """In its name or in its scope, which the printed tables have beside it."""
    short = {"rate_test": {"protocol.numbers.cycles": "2"}, "gitt": {"protocol.numbers.pulses": "3"}}
    results = summary(simulate("core_shell", name, short.get(name, {})))
    for result, value in results.items():
        values = value if isinstance(value, list) else [value]
        bare = any(isinstance(one, float) for one in values)
        if isinstance(value, dict):
            bare = any(isinstance(one, float) and "[" not in key for key, one in value.items())
        if bare and "[" not in result:
            assert "fraction" in scope_of(result), result


@pytest.mark.parametrize("name", names())
def test_every_capacity_says_of_which_half_cycle_it_is(name):
    if "apacity" in name and "bound" not in name:
        assert "odiation" in f"{name} {scope_of(name)}"


def test_printed_tables_say_of_which_half_cycle_a_result_is():
    """Of a run, a comparison, a band and a sweep; JSON keeps its names."""
    words = "first sodiation, hold included"
    run = coreshell("run", "cracked_core_shell", "formation_without_hold", "--band").out
    assert run.count("last desodiation") > 3
    (row,) = [row for row in run.splitlines() if row.strip().startswith("Capacity below 0.44 V")]
    assert words in row
    (row,) = [row for row in run.splitlines() if row.strip().startswith("Capacity below 0.1 V")]
    assert "last desodiation" in row
    compared = coreshell("compare", "core", "shell", "formation_without_hold").out
    assert "last desodiation" in compared
    swept = coreshell("sweep", "core_shell", "design", "--vary", "thickness=9 nm", "--workers", "1").out
    assert "first desodiation / first sodiation" in swept
