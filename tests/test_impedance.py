"""Spectra against an expression, and at the states they are asked for."""

import numpy as np
import pybamm
import pytest
from test_particle import CORE_SHELL

from coreshell_model.base.errors import InputError
from coreshell_model.inputs.particle import changed
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.capacity import CHARGE, in_direction
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.model import CoreShellHalfCell
from coreshell_model.physics.values import parameter_values
from coreshell_model.run.impedance import spectra_along, spectrum
from coreshell_model.run.simulation import Run, set_up
from coreshell_model.run.states import at_potential, at_state

V_T = thermal_voltage(298.15)
FREQUENCIES = np.logspace(4, -4, 33)

FORMATION = read_protocol("formation").steps_by_cycle()


def test_without_gradients_the_spectrum_is_charge_transfer_and_double_layer_over_a_chemical_capacitance():
    """R_s and the sodium metal in series with C_dl parallel to R_ct and the capacitance of the sites.

    Both carbons alike and half full, so that (4) gives dQ/dU in closed form; infinitely fast diffusion; no
    clusters, traps or film. PyBaMM's linearisation then has an exact answer.
    """
    fast = {
        "core.sloping.diffusivity": "1e-9 m2/s",
        "shell.sloping.diffusivity": "1e-9 m2/s",
        "core.sloping.potential": "1 V",
        "shell.sloping.potential": "1 V",
        "core.sloping.interaction": "0.8 V",
        "shell.sloping.interaction": "0.8 V",
        "core.clusters.pore_fraction": "0",
        "shell.trapping.capacity": "0 mAh/g",
        "sei.resistivity": "0 Ohm.m",
        "sei.growth.exchange_current_density": "0 A/m2",
        **{f"sei.steps.{k}.charge": "0 mAh/m2" for k in (1, 2, 3)},
    }
    values = parameter_values(changed(CORE_SHELL, fast), read_protocol("formation"))
    values |= {"Initial core occupancy": 0.5, "Initial shell occupancy": 0.5, "Initial potential [V]": 0.6}
    found = pybamm.EISSimulation(
        CoreShellHalfCell(), parameter_values=pybamm.ParameterValues(values | {"Current function [A]": 0.0})
    ).solve(FREQUENCIES)
    mass = values["Active loading [kg.m-2]"] * values["Electrode area [m2]"]
    wetted = mass * values["External area [m2.kg-1]"]
    omega = 2j * np.pi * FREQUENCIES
    core = (values["Core radius [m]"] / (values["Core radius [m]"] + values["Shell thickness [m]"])) ** 3
    sites = (
        core * values["Core site density [mol.m-3]"] + (1 - core) * values["Shell site density [mol.m-3]"]
    ) / values["Particle density [kg.m-3]"]
    chemical = FARADAY * sites * mass / (0.8 + 4 * V_T)
    transfer = V_T / values["Exchange current density [A.m-2]"] / wetted
    faradaic = transfer + 1 / (omega * chemical)
    surface = 1 / (1 / faradaic + omega * values["Double-layer capacitance [F.m-2]"] * wetted)
    area = values["Electrode area [m2]"]
    series = values["Series resistance [Ohm.m2]"] / area
    counter = V_T / values["Counter electrode exchange current density [A.m-2]"] / area
    expected = series + counter + surface
    assert np.abs(np.asarray(found.impedance) / expected - 1).max() < 1e-4


@pytest.mark.parametrize("potential", [0.05, 0.5])
def test_a_spectrum_is_taken_at_the_potential_asked_for(potential):
    """Held until next to no current flows."""
    found = spectrum("core_shell", potential=potential, frequencies=np.array([1.0]))
    assert found.voltage == pytest.approx(potential, abs=1e-3)


def test_more_sodium_means_a_lower_potential_and_cycling_a_thicker_film():
    """States of sodiation in order; the same state after formation has the film's sodium too."""
    few = np.array([1.0, 0.01])
    a, b = (spectrum("core_shell", at, frequencies=few) for at in (0.2, 0.8))
    assert a.sodium < b.sodium
    assert a.voltage > b.voltage
    cycled = spectrum("core_shell", 0.2, after="formation_without_hold", frequencies=few)
    assert cycled.sodium > a.sodium
    assert (np.imag(cycled.impedance) < 0).all()


def test_a_state_of_sodiation_is_a_share_of_what_a_sodiation_with_a_hold_puts_in():
    """Into a fresh cell, and into a cycled one, whose charge does not begin at 0."""
    run = set_up("core_shell", "formation")
    whole, first = (run.through(run.cycles[:cycles]) for cycles in (2, 1))
    for before, cycle in ((None, 1), (first, 2)):
        into = in_direction(whole, cycle, 1)
        held = whole[CHARGE][into[-1].points.stop - 1] - whole[CHARGE][into[0].points.start]
        start = 0.0 if before is None else first[CHARGE][-1]
        state = at_state(run, before, 0.5, None)
        assert state[CHARGE][-1] - start == pytest.approx(0.5 * held, abs=0.05)


def test_a_cell_at_a_potential_is_held_there_until_its_current_is_below_c_over_1000():
    state = at_potential(set_up("core_shell", "formation"), None, 0.05)
    time, charge = state["Time [s]"][-2:] / 3600, state[CHARGE][-2:]
    assert 0 < np.diff(charge)[0] / np.diff(time)[0] < 1.1 * 400 / 1000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"at": 1.5}, "state of sodiation is 1.5"),
        ({"at": float("nan")}, "state of sodiation is nan"),
        ({"potential": 3.0}, "outside the window"),
        ({}, "give one of them"),
        ({"at": 0.5, "frequencies": np.array([0.0])}, "above 0 Hz"),
    ],
)
def test_a_state_that_cannot_be_reached_is_refused(arguments, words):
    """In one line, with the reason."""
    with pytest.raises(InputError, match=words):
        spectrum("core_shell", **arguments)


def test_spectra_along_cycling_are_those_after_so_many_cycles():
    """After the first cycle of a protocol, the spectrum is that after a protocol of one such cycle."""
    formation = read_protocol("formation")
    along = spectra_along("core_shell", formation, [1, 3], potential=0.1, frequencies=np.array([1.0, 0.01]))
    once = protocol_from_dict(
        formation.model_dump() | {"cycles": ({"steps": formation.cycles[0].steps},)}, "once"
    )
    alone = spectrum("core_shell", potential=0.1, after=once, frequencies=np.array([1.0, 0.01]))
    assert list(along) == [1, 3]
    assert along[1].impedance == pytest.approx(alone.impedance, rel=1e-9)
    assert abs(along[3].impedance - along[1].impedance).max() > 1e-9 * abs(alone.impedance).max()


def test_a_cycle_that_a_protocol_does_not_have_has_no_spectrum():
    """Counted from 1."""
    for cycle in (0, 6):
        with pytest.raises(InputError, match="is not among its 5"):
            spectra_along("core_shell", "formation", [cycle], potential=0.1)


def test_a_fresh_cell_has_a_spectrum_at_its_own_open_circuit():
    """It is there already, so every step with a limit is skipped; the state is still one to measure in."""
    found = spectrum("core_shell", potential=2.5, frequencies=np.logspace(2, -1, 4))
    assert found.voltage == pytest.approx(2.5, abs=1e-6)
    assert np.isfinite(found.impedance).all()


def test_the_protocol_before_a_spectrum_is_gone_through_once(monkeypatch):
    """Also on the way to several cycles of it, as a run through all of it would: 3 cycles, not 8."""
    gone, through = [], Run.through

    def counted(run, cycles, *others, **named):
        gone.extend(cycle for cycle in cycles if cycle == FORMATION[0])
        return through(run, cycles, *others, **named)

    monkeypatch.setattr(Run, "through", counted)
    few = np.array([1.0])
    spectra_along("core_shell", "formation", [1, 3], 0.5, frequencies=few)
    assert len(gone) == 3
    gone.clear()
    spectrum("core_shell", 0.5, after="formation", frequencies=few)
    assert len(gone) == 5
