"""The masses of a full cell's stack."""

import pytest
from command_line import coreshell

from coreshell_model import simulate, summary
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.full_cell import cell_specific_energy, discharge_energy, stack_masses


def test_the_masses_add_up_to_that_of_the_specific_energy():
    """A fifth of the cell is packaging."""
    steps = ("Charge at 1C for 0.3 hours", "Discharge at C/2 for 0.1 hours or until lower cut-off")
    data = read_protocol("full_cell_formation").model_dump() | {"cycles": ({"steps": steps},)}
    solution = simulate("core_shell", protocol_from_dict(data, "short"), {"stack.packaging_mass": "20 %"})
    masses, energy = stack_masses(solution), discharge_energy(solution)
    assert masses is not None and energy is not None
    assert masses["packaging"] == pytest.approx(sum(masses.values()) / 5)
    per_kg = energy / 3600 / (sum(masses.values()) / 100)  # 1 mg/cm2 is 0.01 kg/m2
    assert cell_specific_energy(solution) == pytest.approx(per_kg)


@pytest.mark.parametrize("share", ["packaging_mass", "packaging_volume"])
def test_a_cell_of_packaging_alone_is_refused(share):
    """It would have 0 Wh/kg."""
    outcome = coreshell("run", "core_shell", "full_cell_formation", "--set", f"stack.{share}=1")
    assert outcome.code == 2
    assert f"stack.{share}" in outcome.err and "0.9" in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_each_cycle_has_its_energy_and_what_stands_against_the_carbon_is_the_positive_electrode():
    """A discharge of twice the charge gives more energy; the last one is the specific energy."""
    cycles = [
        {
            "steps": (
                "Charge at 1C for 0.3 hours",
                f"Discharge at C/2 for {hours} hours or until lower cut-off",
            )
        }
        for hours in (0.1, 0.2)
    ]
    data = read_protocol("full_cell_formation").model_dump() | {"cycles": tuple(cycles)}
    solution = simulate("core_shell", protocol_from_dict(data, "short"))
    result = summary(solution)
    short, long = result["Specific energy by cycle [W.h.kg-1]"]
    assert long == pytest.approx(result["Specific energy [W.h.kg-1]"])
    assert 2 * short < long < 3 * short  # the second one begins at a higher voltage
    drops = result["Polarisation at the end of sodiation [mV]"]
    assert "positive electrode" in drops and "counter electrode" not in drops
