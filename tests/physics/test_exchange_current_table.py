"""The exchange current density by occupancy (56): its limit, its meaning beside the salt, and refusals."""

import numpy as np
import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.physics.coating import exchange_currents
from coreshell_model.physics.symbols import EXCHANGE_CURRENT_FACTOR
from coreshell_model.run.simulation import simulate

SLOW = 0.02
"""j00 [A.m-2] at which charge transfer is most of what lowers the voltage."""


def with_exchange(name, reference, occupancy=None, factor=None):
    """A shipped material with another j00 and, if given, a table of its factors."""
    data = read_material(name).model_dump(exclude_none=True)
    data["surface"]["exchange_current_density"] = {"value": reference, "unit": "A/m2", "source": "test"}
    if occupancy is not None:
        data["surface"]["exchange_current_factor"] = {
            "occupancy": occupancy,
            "factor": factor,
            "source": "test",
        }
    return material_from_dict(data, "test")


def ends(material, level):
    """Capacity [mA.h.g-1] at the end of each step of the formation."""
    solution = simulate(material, "formation", level=level)
    assert sodium_balance_error(solution) < 1e-8
    return [solution["Specific capacity [mA.h.g-1]"][step.points.stop - 1] for step in solution.steps]


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("core_shell", "particle"),
        ("core_shell", "electrode"),
        ("cracked_core_shell", "particle"),
        ("core", "particle"),
    ],
)
def test_a_flat_table_multiplies_the_exchange_current_density(name, level):
    """With salt, in open particles and in one carbon; a factor of 4 on a quarter is the number itself."""
    table = with_exchange(name, SLOW / 4, (0.0, 1.0), (4.0, 4.0))
    plain, slower = with_exchange(name, SLOW), with_exchange(name, SLOW / 4)
    expected = ends(plain, level)
    assert ends(table, level) == pytest.approx(expected, rel=1e-4, abs=0.02)
    assert np.abs(np.subtract(ends(slower, level), expected)).max() > 0.2


def sodiation(material):
    """Occupancy at the surface, capacity [mA.h.g-1] and potential [V] along the first sodiation."""
    solution = simulate(material, "formation")
    points = slice(0, solution.steps[0].points.stop)
    names = ("Surface sloping occupancy", "Specific capacity [mA.h.g-1]", "Electrode potential [V]")
    return [solution[name][points] for name in names]


def test_a_table_slows_only_where_it_is_low():
    """Before its fall the sodiation is that of the whole j00, after it that of a tenth."""
    table = with_exchange("core_shell", SLOW, (0.0, 0.1, 0.2, 1.0), (1.0, 1.0, 0.1, 0.1))
    by_table, whole, tenth = map(
        sodiation, (table, with_exchange("core_shell", SLOW), with_exchange("core_shell", SLOW / 10))
    )
    occupancy, capacity, potential = by_table
    before, after = (occupancy > 0.01) & (occupancy < 0.09), (occupancy > 0.25) & (occupancy < 0.6)
    assert before.sum() > 5 and after.sum() > 5

    def difference(other, points):
        return np.abs(np.interp(capacity, other[1], other[2]) - potential)[points].max()

    assert difference(whole, before) < 2e-3 < 10e-3 < difference(tenth, before)
    assert difference(tenth, after) < 2e-3 < 10e-3 < difference(whole, after)


def test_a_material_without_a_table_has_no_factor():
    assert exchange_currents(read_material("core_shell")) == {}
    table = exchange_currents(with_exchange("core_shell", SLOW, (0.2, 0.6), (2.0, 4.0)))
    assert table[EXCHANGE_CURRENT_FACTOR](0.4) == pytest.approx(3.0)
    assert table[EXCHANGE_CURRENT_FACTOR](0.1) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("occupancy", "factor", "said"),
    [
        ((0.0, 1.0), (1.0,), "give one each"),
        ((0.5, 0.2), (1.0, 1.0), "rising"),
        ((0.0, 1.5), (1.0, 1.0), "from 0 to 1"),
        ((0.0, 1.0), (1.0, 0.0), "above 0"),
    ],
)
def test_tables_that_are_none_are_refused_in_a_line(occupancy, factor, said):
    with pytest.raises(InputError, match=said) as refusal:
        with_exchange("core_shell", SLOW, occupancy, factor)
    assert "\n" not in str(refusal.value)
