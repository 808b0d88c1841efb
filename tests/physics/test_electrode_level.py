"""The porous electrode: what it conserves, what it tends to, and what a thick one loses and why."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from reference_carbon import reference_carbon

from coreshell_model import simulate, summary
from coreshell_model.inputs.material import material_from_dict, read_material
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.observe.polarisation import polarisation
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.run.impedance import spectrum
from coreshell_model.run.solution import DROPS

FIRST = "First sodiation capacity [mA.h.g-1]"
MATERIALS = ("core", "shell", "core_shell", "cracked_core_shell")


def cycles(rate, hours, hold=False):
    """Sodiation and desodiation at one rate, in formation's window."""
    steps = [f"Sodiate at {rate} for {hours} hours or until lower cut-off"]
    steps += ["Hold at lower cut-off for 10 hours or until C/50"] if hold else []
    steps += [f"Desodiate at {rate} for {hours} hours or until upper cut-off"]
    data = read_protocol("formation").model_dump() | {"cycles": ({"steps": tuple(steps)},)}
    return protocol_from_dict(data, "test")


@pytest.fixture(scope="module", params=MATERIALS)
def cycled(request):
    """One C/10 cycle with a hold of each shipped material, in a heavy coating."""
    return simulate(
        request.param, cycles("C/10", 40, hold=True), {"cell.active_loading": "5 mg/cm2"}, level="electrode"
    )


def test_sodium_and_salt_are_conserved(cycled):
    """Sodium against the current's integral to 1e-8 of the charge; salt in the pores to 1e-10.

    Both are linear in the states and their fluxes telescope, so that only round-off is left.
    """
    assert cycled.completed
    assert sodium_balance_error(cycled) < 1e-8
    salt = cycled["Mean electrolyte concentration [mol.m-3]"]
    assert salt == pytest.approx(np.full_like(salt, 1000.0), rel=1e-10)


def test_the_drops_add_up_to_the_voltage(cycled):
    """V is the core's mean potential less every drop, at each point.

    To 0.1 mV: the films' drop is linear in an algebraic unknown that the solver knows to its tolerance.
    """
    total = cycled["Core mean potential [V]"] - sum(cycled[name] for name in DROPS)
    assert np.abs(total - cycled["Voltage [V]"]).max() < 1e-4


@pytest.mark.parametrize("name", MATERIALS)
def test_a_thin_electrode_is_one_particle(name):
    """At C/20 and 1.1 mg/cm2 within 2 mV in sodiation and 0.2 % in capacity: resistances differ a little."""
    both = [simulate(name, cycles("C/20", 80), level=level) for level in ("particle", "electrode")]
    curves = [
        (solution["Time [s]"][first], solution["Voltage [V]"][first])
        for solution in both
        for first in (solution.steps[0].points,)
    ]
    times = np.linspace(60, min(time[-1] for time, _ in curves), 200)
    one, many = (np.interp(times, *curve) for curve in curves)
    assert np.abs(one - many).max() < 2e-3
    capacities = [summary(solution)["Reversible capacity [mA.h.g-1]"] for solution in both]
    assert capacities[1] == pytest.approx(capacities[0], rel=2e-3)


@pytest.fixture(scope="module")
def light_and_heavy():
    """A 1C cycle of the reference carbon at 1.1 and at 10 mg/cm2."""
    return at_one_c("1.1 mg/cm2"), at_one_c("10 mg/cm2")


def at_one_c(loading, **changes):
    changes = {"cell.active_loading": loading} | changes
    return simulate(reference_carbon(), cycles("1C", 4), changes, level="electrode")


def test_a_heavy_electrode_delivers_less_at_1c_because_of_its_electrolyte(light_and_heavy):
    """The light one is limited by its particles; in the heavy one salt runs out, and the result says so."""
    light, heavy = (summary(solution) for solution in light_and_heavy)
    assert heavy[FIRST] < 0.8 * light[FIRST]
    assert (light["Sodiation limited by"], heavy["Sodiation limited by"]) == ("particle", "electrolyte")
    assert heavy["Electrolyte concentration range [mol.m-3]"][0] < 50
    drops = [polarisation(solution) for solution in light_and_heavy]
    assert drops[1]["electrolyte"] > 10 * drops[0]["electrolyte"]
    assert drops[1]["particle"] < drops[0]["particle"]
    assert not light["Warnings"]
    assert "beyond its tables" in heavy["Warnings"][0]


def test_without_its_electrolyte_and_sodium_metal_a_heavy_electrode_is_as_good_as_a_light_one(
    light_and_heavy,
):
    """Salt that hardly polarises and a fast metal give back what 10 mg/cm2 cost."""
    eased = {
        "cell.counter_exchange_current_density": "100 A/m2",
        "electrode.electrolyte.transference_number": "0.95",
        "electrode.contact_resistance": "0 Ohm.cm2",
    }
    lost = summary(light_and_heavy[0])[FIRST] - summary(light_and_heavy[1])[FIRST]
    still = summary(at_one_c("1.1 mg/cm2", **eased))[FIRST] - summary(at_one_c("10 mg/cm2", **eased))[FIRST]
    assert still < 0.1 * lost


def test_a_resistive_coating_drops_what_a_uniform_reaction_would():
    """i l/(3 sigma) at the end of a C/5 sodiation, within a third: the reaction is nearly uniform."""
    solution = simulate(
        "core_shell", cycles("C/5", 20), {"electrode.conductivity": "0.005 S/m"}, level="electrode"
    )
    current = 400 / 5 * solution.parameters["Active loading [kg.m-2]"]
    uniform = current * solution.parameters["Electrode thickness [m]"] / 3 / 0.005
    assert polarisation(solution)["electronic conduction"] == pytest.approx(1e3 * uniform, rel=1 / 3)


def test_salt_settles_to_the_linear_profile_of_a_steady_separator():
    """At the end of a C/5 sodiation it falls by (1 - t+) i l/(F D_eff) across it, D constant."""
    flat = {"concentration": (1.0, 5000.0), "concentration_unit": "mol/m3", "unit": "m2/s", "source": "test"}
    data = read_material("core_shell").model_dump(exclude_none=True)
    data["electrode"]["electrolyte"]["diffusivity"] = flat | {"values": (3e-11, 3e-11)}
    solution = simulate(material_from_dict(data, "test"), cycles("C/5", 20), level="electrode")
    salt = solution.pybamm["Separator electrolyte concentration [mol.m-3]"].entries
    last = salt[:, solution.steps[0].points.stop - 1]
    current = 80 * solution.parameters["Active loading [kg.m-2]"]
    slope = 0.55 * current / (FARADAY * 3e-11 * 0.55**1.5)
    cells = 25e-6 / len(last)
    assert -np.diff(last) / cells == pytest.approx(np.full(len(last) - 1, slope), rel=2e-3)


def test_carbon_black_takes_its_share_of_the_first_charge():
    """Film per area is the same, so 62 m2/g at 5 wt% add their area's share to the SEI, at either level."""
    area = {"electrode.carbon_black_area": "62 m2/g"}
    for level in ("particle", "electrode"):
        without, added = (
            summary(simulate("core_shell", cycles("C/20", 80), changes, level=level))
            for changes in ({}, area)
        )
        share = 62 * 0.05 / 0.9 / 14
        ratio = added["Loss to SEI [mA.h.g-1]"] / without["Loss to SEI [mA.h.g-1]"]
        assert ratio == pytest.approx(1 + share, rel=5e-3)


def test_a_spectrum_of_a_thin_electrode_is_that_of_one_particle_behind_its_resistances():
    """Below 1 Hz the levels differ by less than 2 % of the largest impedance."""
    frequencies = np.logspace(0, -3, 10)
    one, many = (
        spectrum("core_shell", 0.5, level=level, frequencies=frequencies)
        for level in ("particle", "electrode")
    )
    assert np.abs(one.impedance - many.impedance).max() < 0.02 * np.abs(one.impedance).max()
