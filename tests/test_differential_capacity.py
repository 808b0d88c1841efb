"""dQ/dV on curves whose density is known, and what its smoothing does."""

import numpy as np
import pytest
from hand_made import solution

from coreshell_model.observe.capacity import sodiation_capacity
from coreshell_model.observe.windows import differential_capacity, hysteresis
from coreshell_model.run.simulation import simulate

CENTRE, WIDTH, AMOUNT = 0.4, 0.05, 300.0


def filled(voltage):
    """Charge of a logistic step, as of sites with one potential."""
    return AMOUNT / (1 + np.exp((voltage - CENTRE) / WIDTH))


def one_half_cycle(points=2001, held=0):
    """A sodiation along ``filled`` from 1.5 V to 0.005 V, with a hold's points after it."""
    voltage = np.linspace(1.5, 0.005, points)
    charge = filled(voltage)
    steps = [("Sodiate at C/20 for 1 hours", points)]
    charges, voltages = [charge], [voltage]
    if held:
        steps.append(("Hold at 5 mV for 1 hours", held))
        charges.append(charge[-1] + np.linspace(0, 50, held))
        voltages.append(np.full(held, 0.005))
    return solution([steps], **{"Specific capacity [mA.h.g-1]": charges, "Voltage [V]": voltages})


@pytest.mark.parametrize("smoothing", [0.005, 0.02])
def test_the_density_of_a_logistic_step_is_its_derivative(smoothing):
    """A mean over dV differs from the value at its middle by dV^2/24 of the second derivative."""
    run = one_half_cycle()
    found = differential_capacity(run, run.cycle_steps(1), smoothing)
    x = 1 / (1 + np.exp((found.voltage - CENTRE) / WIDTH))
    known = AMOUNT / WIDTH * x * (1 - x)
    curvature = AMOUNT / WIDTH**3 / 8  # the largest second derivative, at the centre
    inside = (found.voltage > 0.02) & (found.voltage < 1.48)
    assert found.capacity[inside] == pytest.approx(known[inside], abs=1.1 * curvature * smoothing**2 / 24)
    assert found.voltage[np.argmax(found.capacity)] == pytest.approx(CENTRE, abs=0.51 * smoothing)


def test_the_density_adds_up_to_the_charge_without_the_hold():
    """Nothing is lost by the windows, and the 50 mAh/g at 5 mV have no density."""
    run = one_half_cycle(held=7)
    found = differential_capacity(run, run.cycle_steps(1))
    swept = filled(0.005) - filled(1.5)
    assert found.capacity.sum() * 0.005 == pytest.approx(swept, rel=1e-12)
    assert sodiation_capacity(run, 1) == pytest.approx(swept + 50)


def test_points_in_other_places_give_the_same_density():
    """Uneven and repeated points are as good as even ones."""
    even = one_half_cycle()
    voltage = 0.005 + 1.495 * np.linspace(1, 0, 1500) ** 1.3
    voltage = np.sort(np.r_[voltage, voltage[::7]])[::-1]
    uneven = solution(
        [[("Sodiate at C/20 for 1 hours", len(voltage))]],
        **{"Specific capacity [mA.h.g-1]": [filled(voltage)], "Voltage [V]": [voltage]},
    )
    found, other = (differential_capacity(run, run.cycle_steps(1), 0.01) for run in (even, uneven))
    assert other.voltage == pytest.approx(found.voltage)
    assert other.capacity == pytest.approx(found.capacity, abs=2e-3 * found.capacity.max())


def test_without_points_there_is_no_density():
    """An empty list of steps."""
    assert differential_capacity(one_half_cycle(), []).voltage.size == 0


def test_hysteresis_is_the_distance_of_two_parallel_lines():
    """Desodiation 0.2 V above sodiation at every charge."""
    charge, voltage = np.linspace(0, 300, 50), np.linspace(1.0, 0.1, 50)
    run = solution(
        [[("Sodiate at C/20 for 1 hours", 50), ("Desodiate at C/20 for 1 hours", 50)]],
        **{
            "Specific capacity [mA.h.g-1]": [charge, charge[::-1]],
            "Voltage [V]": [voltage, voltage[::-1] + 0.2],
        },
    )
    assert hysteresis(run, 1) == pytest.approx(0.2)


def test_slower_cycles_have_less_hysteresis():
    """C/100 against C/5 of the shell, where clusters play no part."""
    found = []
    for rate in ("C/100", "C/5"):
        run = simulate("shell", _two_cycles(rate))
        found.append(hysteresis(run, 2))
    assert 0 < found[0] < found[1]


def _two_cycles(rate):
    from coreshell_model.inputs.protocol import protocol_from_dict, read_protocol

    steps = (f"Sodiate at {rate} until lower cut-off", f"Desodiate at {rate} until upper cut-off")
    cycles = ({"repeat": 2, "steps": steps},)
    return protocol_from_dict(read_protocol("formation").model_dump() | {"cycles": cycles}, "two cycles")
