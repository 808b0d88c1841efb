"""Hard carbon against NVPF at 0.1C: the measured discharge, this model, and PyBaMM's with the same set."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import full_cell_chayambuka  # pyright: ignore[reportMissingImports]


def test_the_sodium_of_the_cell_is_that_of_the_source():
    """x = 0.930 of 12.20 Ah/m2 and y = 0.217 of 15.36 Ah/m2, all of it in the fresh NVPF."""
    assert full_cell_chayambuka.as_made() == pytest.approx(0.9553, abs=1e-3)
    loading = full_cell_chayambuka.NVPF
    assert loading == pytest.approx(0.1196, rel=1e-3)


def test_the_carbon_of_the_cell_is_not_where_its_open_circuit_curve_puts_it():
    """In a slow discharge its slope was measured more than 0.1 V above the simulated one."""
    parts = {part: (float(seen), float(own)) for part, seen, own in full_cell_chayambuka.carbon_parts()}
    for part in ("1.7 to 2.2", "2.2 to 2.7"):
        seen, own = parts[part]
        assert seen - own > 100.0
    seen, own = parts["0 to 0.6"]
    assert abs(seen - own) < 50.0


@pytest.mark.filterwarnings("ignore:While solving:pybamm.SolverWarning")
def test_the_discharge_at_a_tenth_of_c_is_described_as_stated_and_better_than_by_the_basic_dfn():
    """Capacity within 3 %; the error is 81 mV, not the 25 mV aimed at (validation/chayambuka/README.md)."""
    own = full_cell_chayambuka.compared("0.1C", *full_cell_chayambuka.ours("0.1C"))
    other = full_cell_chayambuka.compared("0.1C", *full_cell_chayambuka.stock("0.1C"))
    assert own.share == pytest.approx(1, abs=0.03)
    assert own.rmse == pytest.approx(80.8, abs=2.0)
    assert other.rmse == pytest.approx(106.4, abs=2.0)
