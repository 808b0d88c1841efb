"""Limits in which the answer is known without the model."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reference_carbon import reference_carbon

from coreshell_model.checks.half_cell import QUIET, solve, values
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import reversible_capacity, sodiation_capacity
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.physics.laws.constants import thermal_voltage
from coreshell_model.physics.laws.isotherm import equilibrium_potential, occupancy_at
from coreshell_model.run.simulation import simulate

HOURS = 3600.0


def through(material, *steps):
    """One cycle of the given steps in the formation's window."""
    data = read_protocol("formation").model_dump() | {"name": "test", "cycles": ({"steps": steps},)}
    return simulate(material, protocol_from_dict(data, "test"))


def number(value, unit):
    return {"value": value, "unit": unit, "source": "test"}


def core_alone():
    """A particle of the reference core's carbon, clusters and all, without a shell."""
    data = reference_carbon().model_dump(exclude_none=True)
    core, _ = data.pop("core"), data.pop("shell")
    return material_from_dict(data | {"name": "core alone", "carbon": core}, "test")


def test_chemical_potentials_are_equal_across_the_interface_after_a_rest():
    """Two carbons with unequal isotherms hold different amounts at the same potential."""
    solution = through(
        "core_shell", "Sodiate at C/20 for 6 hours or until lower cut-off", "Rest for 20000 hours"
    )
    core, shell = (solution.profiles[f"{region} sloping occupancy"][-1] for region in ("Core", "Shell"))
    shape = [
        (solution.parameters[f"{region} sloping potential [V]"],
         solution.parameters[f"{region} sloping interaction [V]"],
         thermal_voltage(298.15),
         solution.parameters[f"{region} strong-site potential [V]"],
         solution.parameters[f"{region} strong-site share"])
        for region in ("Core", "Shell")
    ]  # fmt: skip
    potentials = [
        equilibrium_potential(theta, *numbers) for theta, numbers in zip((core, shell), shape, strict=True)
    ]
    assert np.ptp(np.concatenate(potentials)) < 1e-5
    assert abs(core[-1] - shell[0]) > 0.1


def test_chemical_potentials_at_the_interface_stay_equal_under_current():
    """Extrapolated to the interface from both sides; what differs is the mesh error, and shrinks."""
    steep = {
        "Core diffusivity [m2.s-1]": 2e-17,
        "Shell diffusivity [m2.s-1]": 1e-18,
        "Core sloping potential [V]": 0.74,
        "Core sloping interaction [V]": 0.76,
        "Shell sloping potential [V]": 1.06,
        "Shell sloping interaction [V]": 0.94,
    }
    parameters = values(changes=QUIET | steep)
    scale = thermal_voltage(298.15)
    differences = []
    for cells in ((20, 8), (80, 32)):
        solution = solve(parameters, 2.2e-5, np.array([0.0, 2 * HOURS, 4 * HOURS]), cells)
        position = solution["Radial position [m]"].entries[:, -1]
        radii = {"Core": position[: cells[0]], "Shell": position[cells[0] :]}
        sides = []
        for region, take in (("Core", (-1, -2)), ("Shell", (0, 1))):
            centres = radii[region]
            theta = solution[f"{region} sloping occupancy"].entries[:, -1]
            slope = (theta[take[1]] - theta[take[0]]) / (centres[take[1]] - centres[take[0]])
            at_face = theta[take[0]] + slope * (parameters["Core radius [m]"] - centres[take[0]])
            sides.append(
                equilibrium_potential(
                    at_face,
                    parameters[f"{region} sloping potential [V]"],
                    parameters[f"{region} sloping interaction [V]"],
                    scale,
                )
            )
        differences.append(abs(sides[0] - sides[1]))
    assert differences[0] < 2e-3
    assert differences[1] < differences[0] / 8


def test_a_vanishing_shell_leaves_the_bare_particle():
    """A shell of 0.01 nm, of the core's carbon and without traps, against a particle without one."""
    core = reference_carbon().model_dump()["core"]
    thin = reference_carbon().model_dump(exclude_none=True)
    per_volume = 1 / (1 / 1.8 + 1.18) / 1.8  # the shell has no pores: equal charge per volume, not per gram
    sloping = dict(core["sloping"]) | {
        "capacity": number(core["sloping"]["capacity"]["value"] * per_volume, "mAh/g"),
        "diffusion_length": None,
    }
    thin["shell"] = {
        "thickness": number(0.01, "nm"),
        "skeletal_density": number(1.8, "g/cm3"),
        "sloping": sloping,
    }
    bare = core_alone()
    steps = (
        "Sodiate at C/20 for 80 hours or until lower cut-off",
        "Desodiate at C/20 for 80 hours or until upper cut-off",
    )
    coated, uncoated = (
        through(changed(material, {"particle.radius": "300 nm"}), *steps)
        for material in (material_from_dict(thin, "thin"), bare)
    )
    # The shell is 1e-4 of the particle's volume, and so of its capacity.
    assert sodiation_capacity(coated, 1) == pytest.approx(sodiation_capacity(uncoated, 1), rel=5e-4)
    charge = np.linspace(1, 0.95 * sodiation_capacity(uncoated, 1), 100)
    curves = [
        np.interp(
            charge,
            solution["Specific capacity [mA.h.g-1]"][solution.steps[0].points],
            solution["Voltage [V]"][solution.steps[0].points],
        )
        for solution in (coated, uncoated)
    ]
    assert np.abs(curves[0] - curves[1]).max() < 1e-3


def test_infinite_diffusivity_leaves_no_gradients():
    """Each carbon is uniform, whatever the current."""
    solution = through(
        changed(
            read_material("core_shell"),
            {"core.sloping.diffusivity": "1e-9 m2/s", "shell.sloping.diffusivity": "1e-9 m2/s"},
        ),
        "Sodiate at 1C for 0.2 hours or until lower cut-off",
    )
    for region in ("Core", "Shell"):
        profile = solution.profiles[f"{region} sloping occupancy"][-1]
        assert profile.min() > 0.05
        assert np.ptp(profile) < 1e-6


def test_a_vanishing_rate_follows_the_isotherms():
    """At C/20000 the voltage is that at which both carbons together hold the charge passed."""
    parameters = values(changes=QUIET)
    current = 2.2e-5 / 1000
    times = np.linspace(0, 1000 * 7 * HOURS, 8)
    solution = solve(parameters, current, times)
    mass, material = 1.1e-6, read_material("core_shell")
    core, shell = (carbon.sloping.capacity.value / 1.3 for carbon in (material.core, material.shell))

    def held_at(region, voltage):
        """The share of what the region's sites hold at 0 V that they hold at this voltage."""
        numbers = (
            parameters[f"{region} sloping potential [V]"],
            parameters[f"{region} sloping interaction [V]"],
            thermal_voltage(298.15),
            parameters[f"{region} strong-site potential [V]"],
            parameters[f"{region} strong-site share"],
        )
        return occupancy_at(voltage, *numbers) / occupancy_at(0.0, *numbers)

    held = [solution[f"Sodium in {region} sloping sites [mA.h.g-1]"].entries for region in ("core", "shell")]
    for index in range(1, len(times)):
        voltage = solution["Voltage [V]"].entries[index]
        expected = [
            capacity * held_at(region, voltage)
            for region, capacity in (("Core", core), ("Shell", 0.3 * shell))
        ]
        assert [part[index] for part in held] == pytest.approx(expected, abs=0.05)
        double_layer = solution["Charge in double layer [mA.h.g-1]"].entries[index]
        passed = current * times[index] / 3600 / mass
        assert sum(expected) + double_layer == pytest.approx(passed, abs=0.1)


def test_a_particle_of_one_carbon_is_two_equal_regions():
    """Where the two regions meet makes no difference, also when the particle starts empty."""
    shell = values("shell")
    radius = shell["Core radius [m]"] + shell["Shell thickness [m]"]
    moved = shell | {"Core radius [m]": 0.5 * radius, "Shell thickness [m]": 0.5 * radius}
    times = np.linspace(0, 15 * HOURS, 31)
    curves = [
        solve(parameters, 2.2e-5, times, cells)["Voltage [V]"].entries
        for parameters, cells in ((shell, (80, 32)), (moved, (56, 56)))
    ]
    assert np.abs(curves[0] - curves[1]).max() < 1e-3


def test_an_empty_core_fills_through_a_full_shell():
    """Regression: a flux proportional to the core's own occupancy left a core of 1e-30 empty for good."""
    solution = through(
        changed(
            reference_carbon(),
            {
                "particle.external_area": "45 m2/g",
                "sei.steps.2.rate": "0.00015 1/s",
                "core.sloping.diffusivity": "8e-15 m2/s",
                "shell.sloping.diffusivity": "1.4e-18 m2/s",
            },
        ),
        "Sodiate at C/20 for 4 hours or until lower cut-off",
    )
    assert solution["Sodium in core sloping sites [mA.h.g-1]"][-1] > 20


def test_traps_keep_their_sodium():
    """Trapped sodium and the film's thickness never decrease, at a tolerance far below what they grow by."""
    solution = simulate("core_shell", "formation", relative_tolerance=1e-9, absolute_tolerance=1e-10)
    for name in ("Trapped sodium [mA.h.g-1]", "SEI thickness [m]"):
        series = solution[name]
        assert (np.diff(series) >= -1e-7 * series[-1]).all()
    assert reversible_capacity(solution) is not None
    assert sodium_balance_error(solution) < 1e-8


def test_compiled_functions_change_the_speed_and_nothing_else():
    """The same equations as machine code, to the rounding of a different order of operations."""
    steps = ("Sodiate at C/20 for 3 hours or until lower cut-off",)
    data = read_protocol("formation").model_dump() | {"name": "compiled", "cycles": ({"steps": steps},)}
    protocol = protocol_from_dict(data, "compiled")
    plain, compiled = (simulate("core_shell", protocol, compiled=each) for each in (False, True))
    assert compiled["Voltage [V]"][-1] == pytest.approx(plain["Voltage [V]"][-1], abs=1e-6)
    assert sodium_balance_error(compiled) < 1e-8
