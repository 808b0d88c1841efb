"""Peaks of voltammograms: of curves that are known, and of the model's."""

import numpy as np
import pytest
from hand_made import solution

from coreshell_model.base.errors import InputError
from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.observe.voltammetry import irreversible_peaks, peak_near, peaks, scan_rate_exponent
from coreshell_model.run.simulation import simulate

SPEED = 1e-4
POINTS = 2496


def bell(voltage, centre, height, width=0.05):
    return height * np.exp(-(((voltage - centre) / width) ** 2))


def two_cycles(first, second, back):
    """Two cycles between 2.5 V and 5 mV at 0.1 mV/s with these currents."""
    down = np.linspace(2.5, 0.005, POINTS)
    words = ("Sweep from 2.5 V to 5 mV at 0.1 mV/s", "Sweep from 5 mV to 2.5 V at 0.1 mV/s")
    up = down[::-1]
    cycle = [(text, POINTS) for text in words]
    return solution(
        [cycle, cycle],
        **{
            "Voltage [V]": [down, up, down, up],
            "Specific current [A.kg-1]": [first(down), -back(up), second(down), -back(up)],
        },
    )


def test_position_height_and_area_of_a_bell_are_its_own():
    """Area: height x width x sqrt(pi) over the scan rate."""
    run = two_cycles(
        lambda v: bell(v, 1.2, 40) + bell(v, 0.6, 100),
        lambda v: bell(v, 0.6, 100),
        lambda v: bell(v, 0.8, 90),
    )
    found = peaks(run)
    assert [(peak.cycle, peak.sodiation) for peak in found] == [
        (1, True), (1, True), (1, False), (2, True), (2, False),
    ]  # fmt: skip
    assert [peak.potential for peak in found] == pytest.approx([1.2, 0.6, 0.8, 0.6, 0.8], abs=1e-3)
    assert [peak.height for peak in found] == pytest.approx([40, 100, 90, 100, 90], rel=1e-3)
    area = 0.05 * np.sqrt(np.pi) / SPEED / 3600
    assert [peak.area for peak in found] == pytest.approx(
        [height * area for height in (40, 100, 90, 100, 90)], rel=1e-3
    )
    assert peak_near(found, 1.0, 1, True) in found[:2]
    assert peak_near(found, 1.0, 3, True) is None


def test_what_only_the_first_sweep_does_is_irreversible():
    """A peak hidden on the flank of a larger one that returns."""
    run = two_cycles(
        lambda v: bell(v, 0.65, 30) + bell(v, 0.45, 200, 0.2),
        lambda v: bell(v, 0.45, 200, 0.2),
        lambda v: bell(v, 0.8, 90),
    )
    (peak,) = irreversible_peaks(run)
    assert (peak.potential, peak.height) == pytest.approx((0.65, 30), abs=0.05)


def test_a_ripple_is_no_peak():
    """Half a per cent of the largest current."""
    run = two_cycles(
        lambda v: bell(v, 0.6, 100) + 0.2 * np.sin(60 * v),
        lambda v: 0 * v,
        lambda v: 0 * v,
    )
    assert [peak.potential for peak in peaks(run)] == pytest.approx([0.6], abs=2e-3)


def test_a_run_without_sweeps_or_current_has_no_peaks():
    """Nothing to find, and nothing to divide by."""
    assert peaks(two_cycles(*[lambda v: 0 * v] * 3)) == []
    assert peaks(solution([[("Rest for 1 hours", 3)]])) == []
    assert irreversible_peaks(solution([[("Rest for 1 hours", 3)]])) == []


@pytest.mark.parametrize("exponent", [0.5, 1.0])
def test_the_exponent_of_a_power_law_is_found(exponent):
    """i = 3 v^b."""
    speeds = [1e-5, 1e-4, 1e-3]
    assert scan_rate_exponent(speeds, [3 * v**exponent for v in speeds]) == pytest.approx(exponent)


@pytest.mark.parametrize(
    ("speeds", "heights"), [([1e-4], [1]), ([1e-4, 1e-4], [1, 1]), ([1e-4, 1e-3], [1, 0])]
)
def test_an_exponent_needs_two_scan_rates_and_currents(speeds, heights):
    """In one line."""
    with pytest.raises(InputError, match="two scan rates"):
        scan_rate_exponent(speeds, heights)


def test_a_double_layer_alone_has_the_exponent_of_a_surface():
    """At 2 V nothing but the double layer of shell takes up charge: i = C v, from 0.1 to 1 mV/s."""
    currents = []
    for speed in (0.1, 1):
        run = simulate("shell", "cyclic_voltammetry", {"protocol.numbers.scan_rate": f"{speed} mV/s"})
        step = run.steps[0]
        voltage, current = run["Voltage [V]"][step.points], run["Specific current [A.kg-1]"][step.points]
        currents.append(np.interp(-2.0, -voltage, current))
    assert currents[0] == pytest.approx(2.7 * 0.05 * 1e-4 * 1e3, rel=1e-3)  # m2/g, F/m2, V/s; mA/g
    assert scan_rate_exponent([1e-4, 1e-3], currents) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("material", ["core_shell", "core"])
def test_the_first_sweep_reduces_the_electrolyte_and_the_second_does_not(material):
    """Irreversible peaks within 30 mV of those that Appel et al. see, at the protocol's 0.1 mV/s."""
    run = simulate(material, "cyclic_voltammetry")
    once = irreversible_peaks(run)
    expected = {"core_shell": (1.16, 0.65), "core": (1.58, 1.18)}[material]
    for potential in expected:
        first = peak_near(once, potential, 1, True)
        assert first is not None and abs(first.potential - potential) < 0.03
        again = peak_near([p for p in peaks(run) if p.cycle == 2], first.potential, 2, True)
        assert again is None or abs(again.potential - first.potential) > 0.15
    assert sodium_balance_error(run) < 1e-8
