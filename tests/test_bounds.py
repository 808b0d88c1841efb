"""A number at the ends of its bounds and of its usual range."""

import pytest

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import Quantity, within


def test_a_number_is_taken_at_its_least_and_refused_at_what_it_has_to_be_above():
    """Both lower bounds are the number itself."""
    number = Quantity(value=2.0, unit="V", source="test")
    assert within("V", at_least=2.0).checked(number).si == 2.0
    with pytest.raises(InputError, match="is 2 V; must be above 2 V"):
        within("V", above=2.0).checked(number)


def test_a_usual_range_has_its_ends():
    limit = within("mV", usual=(100, 300))
    assert [limit.is_usual(si) for si in (0.0999, 0.1, 0.3, 0.3001)] == [False, True, True, False]


def test_a_check_gives_a_copy_that_knows_its_value_in_si():
    """What was checked stays as it was."""
    number = Quantity(value=2.0, unit="mV", source="test")
    assert within("V").checked(number).si == 2e-3
    assert number.si == 0.0
