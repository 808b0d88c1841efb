"""A full cell with the shipped numbers."""

import pytest

from coreshell_model import simulate
from coreshell_model.checks.full_cell_balance import first_cycle
from coreshell_model.observe.full_cell import lowest_carbon_potential


@pytest.mark.parametrize(("positive", "upper"), [("nvpf", "4.2 V"), ("nvp", "3.7 V")])
def test_no_sodium_deposits_in_a_first_cycle(positive, upper):
    """The N/P ratio of the file keeps the carbon above 0 V; at 1.1 it came to -33 and -221 mV."""
    solution = simulate("core_shell", first_cycle(), {"positive": positive, "protocol.window.upper": upper})
    assert solution.completed
    lowest = lowest_carbon_potential(solution)
    assert lowest is not None
    assert 0 < lowest < 0.1
