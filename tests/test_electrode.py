"""The electrode section: geometry of the coating, tables of the electrolyte, and what is refused."""

import numpy as np
import pytest

from coreshell_model import simulate
from coreshell_model.base.errors import InputError
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.values import parameter_values

CORE_SHELL = read_material("core_shell")
FORMATION = read_protocol("formation")


def with_table(**fields):
    data = CORE_SHELL.model_dump(exclude_none=True)
    data["electrode"]["electrolyte"]["conductivity"] |= fields
    return data


def test_thickness_and_porosity_say_the_same_thing():
    """(27): the thickness that a porosity gives, given instead, leads back to that porosity."""
    values = parameter_values(changed(CORE_SHELL, {"electrode.porosity": "0.3"}), FORMATION)
    solids = 1.1e-2 * (1 / values["Particle density [kg.m-3]"] + (1 / 1900 + 1 / 1600) * 0.05 / 0.9)
    assert values["Electrode thickness [m]"] == pytest.approx(solids / 0.7, rel=1e-12)
    thickness = values["Electrode thickness [m]"]
    again = parameter_values(
        changed(CORE_SHELL, {"electrode.thickness": f"{thickness * 1e6!r} um"}), FORMATION
    )
    assert again["Electrode porosity"] == pytest.approx(0.3, rel=1e-12)


def test_a_heavier_coating_is_thicker_in_proportion():
    """At the same porosity."""
    light, heavy = (
        parameter_values(changed(CORE_SHELL, {"cell.active_loading": loading}), FORMATION)
        for loading in ("1 mg/cm2", "10 mg/cm2")
    )
    assert heavy["Electrode thickness [m]"] == pytest.approx(10 * light["Electrode thickness [m]"])


def test_a_table_is_straight_between_its_points_and_holds_its_ends():
    """As numpy.interp; a conductivity falls to zero with the salt."""
    points, values = (100.0, 500.0, 1500.0), (0.4, 0.9, 0.6)
    inside = np.linspace(100, 1500, 57)
    assert Tabulated(points, values)(inside) == pytest.approx(np.interp(inside, points, values), rel=1e-12)
    assert Tabulated(points, values)(np.array([1.0, 9000.0])) == pytest.approx([0.4, 0.6])
    assert Tabulated(points, values, from_zero=True)(50.0) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"values": (0.4, 0.7)}, "has 5 concentrations and 2 values"),
        ({"concentration": (150, 500, 400, 1500, 2000)}, "rising and above 0"),
        ({"concentration": (150, 500, 500, 1500, 2000)}, "rising and above 0"),
        ({"concentration": (0, 500, 1000, 1500, 2000)}, "rising and above 0"),
        ({"values": (0.4, 0.7, -0.9, 0.8, 0.7)}, "values are above 0"),
        ({"unit": "m2/s"}, "unit"),
        ({"concentration_unit": "V"}, "unit"),
        ({"concentration": (1100, 1200, 1300, 1500, 2000)}, "outside the table of its conductivity"),
        ({"source": ""}, "is empty"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(fields, complaint):
    """Where, what and what to do."""
    with pytest.raises(InputError, match=complaint) as caught:
        material_from_dict(with_table(**fields), "mine")
    assert "electrode.electrolyte" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"cell.active_loading": "0 mg/cm2"}, "must be at least 0.001 mg/cm2"),
        ({"electrode.porosity": "1"}, "at most 0.95"),
        ({"electrode.thickness": "3 um"}, "leaves a porosity of -"),
        ({"electrode.thickness": "1 um", "electrode.porosity": "0.5"}, "say the same thing in two ways"),
        ({"electrode.electrolyte.concentration": "3 mol/L"}, "outside the table of its conductivity"),
        ({"electrode.binder_fraction": "60 %", "electrode.carbon_black_fraction": "39 %"}, "less than 5 %"),
        ({"electrode.conductivity": "0 S/m"}, "must be above 0"),
        ({"electrode.electrolyte.conductivity": "1 S/m"}, "is not one of its numbers"),
    ],
)
def test_a_coating_that_cannot_be_is_refused_in_one_line(changes, complaint):
    """Before anything is solved."""
    with pytest.raises(InputError, match=complaint):
        simulate("core_shell", "formation", changes, level="electrode")


def test_a_material_without_the_section_runs_at_the_particle_level_alone():
    """And says what is missing at the other."""
    data = CORE_SHELL.model_dump(exclude_none=True)
    del data["electrode"]
    with pytest.raises(InputError, match="has no electrode section"):
        simulate(material_from_dict(data, "mine"), FORMATION, level="electrode")
    assert simulate(material_from_dict(data, "mine"), FORMATION).completed


def test_an_unknown_level_is_refused():
    """With those there are."""
    with pytest.raises(InputError, match="it is one of particle, electrode"):
        simulate("core_shell", "formation", level="cell")
