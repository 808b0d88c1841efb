"""The particle written once more, without PyBaMM, gives the same curves."""

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator
from scipy_twin import run

from coreshell_model.material import material_from_dict, read_material
from coreshell_model.particle import changed
from coreshell_model.simulation import simulate

CYCLE = [
    ("current", 20.0, 0.005, 80 * 3600),
    ("hold", 0.005, 4.0, 60 * 3600),
    ("current", -20.0, 2.5, 80 * 3600),
]


def worst_differences(material, cycles):
    """Largest difference of voltage [V] at constant current and of charge [mAh/g] at the ends of steps."""
    solution = simulate(material, "formation", relative_tolerance=1e-8, absolute_tolerance=1e-8)
    twin = run(dict(solution.parameters), CYCLE * cycles)
    time, voltage, charge = (
        solution[name] for name in ("Time [s]", "Voltage [V]", "Specific capacity [mA.h.g-1]")
    )
    in_voltage, in_charge = [], []
    for step, other in zip(solution.steps, twin, strict=False):
        in_charge.append(abs(charge[step.points.stop - 1] - other.charge[-1]))
        own = time[step.points] - time[step.points.start]
        if "Hold" in step.text:
            continue
        shared = own <= other.time[-1] - other.time[0]
        expected = PchipInterpolator(other.time - other.time[0], other.voltage)(own[shared])
        in_voltage.append(np.abs(voltage[step.points][shared] - expected).max())
    return max(in_voltage), max(in_charge)


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


@pytest.mark.parametrize(
    ("material", "cycles"),
    [(read_material("core_shell"), 5), (slow_rough_and_driven(), 1)],
    ids=["shipped", "slow, rough and driven"],
)
def test_a_second_solver_on_its_own_equations_agrees_within_a_millivolt(material, cycles):
    """Same mesh, other code, other integrator: what is left is the error of both integrations."""
    in_voltage, in_charge = worst_differences(material, cycles)
    assert in_voltage < 1e-3
    assert in_charge < 1e-2
