"""GITT recovers the diffusivity that was put in, where its formula holds."""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

sys.path.insert(0, str(Path(__file__).parents[1]))
from hand_made import SHAPE, solution

from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol
from coreshell_model.observe.quantities import summary
from coreshell_model.observe.titration import titration
from coreshell_model.run.simulation import simulate

RADIUS = SHAPE["Core radius [m]"] + SHAPE["Shell thickness [m]"]
DIFFUSIVITY = 1e-17
DIFFUSION_TIME = RADIUS**2 / DIFFUSIVITY
NOTHING_BUT_DIFFUSION = {
    "carbon.trapping.capacity": "0 mAh/g",
    "sei.steps.1.charge": "0 mAh/m2",
    "sei.steps.2.charge": "0 mAh/m2",
    "sei.steps.3.charge": "0 mAh/m2",
    "sei.growth.exchange_current_density": "0 A/m2",
}


@cache
def roots():
    """tan x = x, of the sphere with a given flux at its surface."""
    return np.array(
        [
            brentq(lambda x: np.tan(x) - x, n * np.pi + 1e-9, n * np.pi + np.pi / 2 - 1e-12)
            for n in range(1, 3000)
        ]
    )


def surface_rise(times):
    """Rise of the concentration at the surface by a unit flux, times D/(N R), exact, times in R^2/D."""
    series = (np.exp(-np.outer(times, roots() ** 2)) / roots() ** 2).sum(axis=1)
    return np.where(times > 0, 3 * times + 0.2 - 2 * series, 0.0)


def exact_pulses(length, count=4):
    """Pulses and endless rests of a sphere whose potential falls with the concentration at its surface.

    ``length`` of a pulse in R^2/D. An ohmic drop of 20 mV goes with the current.
    """
    times = np.r_[0, np.geomspace(1e-4, 1, 80)] * length
    rise, mean = surface_rise(times), 3 * times
    steps, time, voltage, charge = [], [], [], []
    for pulse in range(count):
        steps += [(f"Sodiate at C/20 for {pulse + 1} hours", len(times)), ("Rest for 1 hours", 2)]
        begin = pulse * 100.0
        before = 3 * pulse * length
        time += [(begin + times) * DIFFUSION_TIME, (begin + length + np.array([0, 50.0])) * DIFFUSION_TIME]
        voltage += [1 - 0.02 - 0.1 * (before + rise), 1 - 0.1 * (before + mean[-1] + np.array([0.001, 0.0]))]
        charge += [before + mean, before + mean[-1] + np.zeros(2)]
    return solution(
        [steps],
        **{"Time [s]": time, "Voltage [V]": voltage, "Specific capacity [mA.h.g-1]": charge},
    )


@pytest.mark.parametrize("length", [0.003, 0.03, 0.3, 1.0])
def test_the_diffusivity_of_the_exact_sphere_is_recovered_from_pulses_of_any_length(length):
    """To 6 %, the bias of two terms over 0.03 R^2/D; a longer pulse is fitted at its beginning alone."""
    found = titration(exact_pulses(length))
    assert np.isnan(found.diffusivity[0])  # no rest before it
    assert found.diffusivity[1:] / DIFFUSIVITY == pytest.approx(1, abs=0.06)
    assert found.sodiating.all()
    assert found.potential == pytest.approx(1 - 0.3 * length * np.arange(1, 5))


def test_short_pulses_recover_it_to_a_percent():
    """The classical limit, a pulse much shorter than R^2/D."""
    found = titration(exact_pulses(0.003))
    assert found.diffusivity[1:] / DIFFUSIVITY == pytest.approx(1, abs=0.01)


def pulses(step, rest, changes):
    """Twelve pulses of the shell's carbon, with nothing but diffusion."""
    loop = {"repeat": 12, "steps": (step, rest)}
    words = {"name": "pulses", "cycles": ({"steps": (loop,)},)}
    protocol = protocol_from_dict(read_protocol("formation").model_dump() | words, "pulses")
    return titration(simulate("shell", protocol, NOTHING_BUT_DIFFUSION | changes))


@pytest.mark.parametrize("diffusivity", [1e-17, 5e-17])
def test_the_model_gives_back_the_diffusivity_of_its_carbon(diffusivity):
    """To 20 %: 28 cells resolve the layer of 0.17 R that a fit looks at in five."""
    changes = {"carbon.sloping.diffusivity": f"{diffusivity} m2/s"}
    found = pulses("Sodiate at 20 mA/g until 4 mAh/g", "Rest for 60 hours", changes)
    assert len(found.diffusivity) == 12
    assert found.diffusivity[4:] / diffusivity == pytest.approx(1, abs=0.2)  # the isotherm is curved before


@pytest.mark.parametrize(
    ("material", "open_fraction", "given"),
    [("core", "1", False), ("core", "1e-5", True), ("core_shell", None, True)],
)
def test_carbon_that_fills_through_its_walls_has_no_apparent_diffusivity(material, open_fraction, given):
    """But potentials at rest, and the reason; one open particle in 1e5 moves it by less than its error."""
    loop = {"repeat": 5, "steps": ("Sodiate at 20 mA/g until 10 mAh/g", "Rest for 1 hours")}
    words = {"name": "pulses", "cycles": ({"steps": (loop,)},)}
    protocol = protocol_from_dict(read_protocol("formation").model_dump() | words, "pulses")
    run = simulate(material, protocol, {"pores.open_fraction": open_fraction} if open_fraction else None)
    found = titration(run)
    assert np.isfinite(found.potential).all()
    assert np.isfinite(found.diffusivity[1:]).any() == given
    warned = [
        text for text in summary(run)["Warnings"] if "no apparent diffusivity: 1 of the particles" in text
    ]
    assert len(warned) == (not given)


def test_potentials_at_rest_lie_on_the_isotherm():
    """The pseudo-equilibrium curve of one carbon is U(theta) itself, to a tenth of a millivolt."""
    changes = {"surface.double_layer_capacitance": "1e-6 F/m2"}
    found = pulses("Sodiate at 20 mA/g until 8 mAh/g", "Rest for 200 hours", changes)
    sites = read_material("shell").carbon.sloping
    thermal = 8.314462618 * 298.15 / 96485.33212

    def equilibrium(theta):
        strong = sites.strong_potential.value * (1 - np.tanh(theta / sites.strong_share.value))
        weak = sites.potential.value - sites.interaction.value * theta
        return weak + strong - thermal * np.log(theta / (1 - theta))

    def filled(potential):
        return brentq(lambda theta: equilibrium(theta) - potential, 1e-9, 1 - 1e-9)

    # The sites hold their capacity [mAh/g] at 0 V, and a trace of it at the 2.5 V where the run begins.
    known = equilibrium(filled(2.5) + filled(0.0) * found.charge / sites.capacity.value)
    assert found.potential == pytest.approx(known, abs=1e-4)
