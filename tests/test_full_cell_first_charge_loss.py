"""The share of the positive electrode's first charge that does not go back in."""

import pytest

from coreshell_model import simulate
from coreshell_model.checks.full_cell_balance import first_cycle
from coreshell_model.inputs.full_cell import read_section
from coreshell_model.inputs.positive import Positive
from coreshell_model.observe.capacity import coulombic_efficiency
from coreshell_model.observe.inventory import sodium_balance_error


def most(lost: float) -> float:
    """Largest efficiency: the kept sites, made at 0.99 and charged to 0.2167, fill up to 1."""
    positive = read_section("positive", "nvpf")
    assert isinstance(positive, Positive)
    made, charged = positive.particle.as_made.si, positive.particle.charged.si
    return (1 - lost) * (1 - charged) / (made - charged)


@pytest.mark.parametrize(("lost", "share"), [(0.5, 0.9), (0.99, 0.1)])
def test_what_is_lost_does_not_come_back(lost, share):
    """The discharge is what the kept sites take.

    The last of them fill too slowly for C/20, the more so where a hundredth of them takes all of the current.
    """
    solution = simulate("core_shell", first_cycle(), {"positive.particle.first_charge_loss": lost})
    assert solution.completed
    efficiency = coulombic_efficiency(solution, 1)
    assert efficiency is not None
    assert share * most(lost) <= efficiency <= most(lost)
    found = sodium_balance_error(solution)
    assert found is not None and found < 1e-8


def test_a_loss_below_that_of_the_carbon_is_hidden_by_it():
    """The carbon keeps more of the first charge, for which the positive electrode needs no sites."""
    efficiencies = [
        coulombic_efficiency(
            simulate("core_shell", first_cycle(), {"positive.particle.first_charge_loss": lost}), 1
        )
        for lost in (0.0, 0.1)
    ]
    assert efficiencies[0] is not None
    assert efficiencies[0] < 0.85
    assert efficiencies[1] == pytest.approx(efficiencies[0], abs=0.01)
