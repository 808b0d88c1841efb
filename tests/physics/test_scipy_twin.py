"""The particle written once more, without PyBaMM, gives the same curves."""

import pytest

from coreshell_model.checks.second_solver import CHECK, differences
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.particle import changed


def slow_rough_and_driven():
    """A rough surface, slow carbons and driven clusters reach terms that the shipped material hardly uses."""
    data = read_material("core_shell").model_dump(exclude_none=True)
    data["core"]["clusters"]["driving_potential"] = {"value": 30, "unit": "mV", "source": "test"}
    return changed(
        material_from_dict(data, "driven"),
        {
            "particle.roughness": "1.4",
            "core.sloping.diffusivity": "2e-18 m2/s",
            "shell.sloping.diffusivity": "5e-19 m2/s",
            "core.clusters.rate": "1e-4 1/s",
            "cell.counter_exchange_current_density": "0.1 A/m2",
            "sei.resistivity": "1e8 Ohm.m",
        },
    )


@pytest.mark.long
@pytest.mark.parametrize(
    ("material", "cycles"),
    [(read_material("core_shell"), 5), (slow_rough_and_driven(), 1)],
    ids=["shipped", "slow, rough and driven"],
)
def test_a_second_solver_on_its_own_equations_agrees_within_a_millivolt(material, cycles):
    """Same mesh, other code, other integrator: what is left is the error of both integrations."""
    found = differences(material, cycles)
    for bound in CHECK.bounds:
        assert bound.accepts(found[bound.quantity]), (bound, found)
