"""The full cell against PyBaMM's DFN and the half-cell, and its sodium: quick parts of the checks."""

import pytest

from coreshell_model.checks import counter_limit, full_cell_balance, stock_full_cell
from coreshell_model.physics.submodels import positive_current
from coreshell_model.physics.submodels.positive_particle import PositiveParticle
from coreshell_model.run.simulation import forget_models

LEVELS = ("particle", "electrode")


def test_the_full_cell_agrees_with_the_sodium_ion_dfn_at_1c():
    """A charge within 2 mV, as the check asks."""
    assert stock_full_cell.difference("charge at 1C") < 2.0


def test_the_sodium_ion_dfn_sees_a_wrong_potential_of_the_salt(monkeypatch):
    """A fifth of it is more than 2 mV."""
    right = positive_current.diffusion_potential
    monkeypatch.setattr(positive_current, "diffusion_potential", lambda *numbers: 0.8 * right(*numbers))
    assert stock_full_cell.difference("charge at 1C") > 2.0


@pytest.mark.parametrize("level", LEVELS)
def test_a_positive_electrode_that_holds_still_leaves_the_half_cell(level):
    """Its potential less the half-cell's voltage is the full cell's voltage, within 0.1 mV."""
    assert counter_limit.difference("charge at 1C", level) < 0.1


def test_a_positive_electrode_that_moves_is_seen(monkeypatch):
    """With a thousandth of the exchange current it polarises."""
    slow = {counter_limit.s.POSITIVE_EXCHANGE_CURRENT: counter_limit.Tabulated((0.0, 1.0), (1e-3, 1e-3))}
    monkeypatch.setattr(counter_limit, "STILL", counter_limit.STILL | slow)
    assert counter_limit.difference("charge at 1C", "particle") > 0.1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("source", full_cell_balance.SOURCES)
def test_sodium_of_the_whole_cell_is_conserved(source, level):
    """Every source of sodium, at both levels."""
    assert full_cell_balance.error("core_shell", source, level) < 1e-8


def test_a_millionth_of_the_positive_sodium_that_is_not_counted_is_seen(monkeypatch):
    """The balance counts what is in the particles, whatever the current was."""
    right = PositiveParticle.get_fundamental_variables
    counted = "Sodium in positive particles [C.kg-1]"

    def miscounted(self):
        variables = right(self)
        return variables | {counted: variables[counted] * (1 - 1e-6)}

    forget_models()
    monkeypatch.setattr(PositiveParticle, "get_fundamental_variables", miscounted)
    found = full_cell_balance.error("core_shell", "as made", "particle")
    forget_models()
    assert found > 1e-8
