"""Peaks of voltammograms: of curves that are known, and of the model's."""

import numpy as np
import pytest
from hand_made import solution

from coreshell_model.observe.inventory import sodium_balance_error
from coreshell_model.observe.voltammetry import irreversible_peaks, peaks
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


@pytest.mark.parametrize("material", ["core_shell", "core"])
def test_the_first_sweep_reduces_the_electrolyte_and_the_second_does_not(material):
    """Irreversible peaks within 30 mV of those that Appel et al. see, at the protocol's 0.1 mV/s."""
    run = simulate(material, "cyclic_voltammetry")
    once = irreversible_peaks(run)
    expected = {"core_shell": (1.16, 0.65), "core": (1.58, 1.18)}[material]
    for potential in expected:
        first = min(once, key=lambda peak: abs(peak.potential - potential))
        assert (first.cycle, first.sodiation) == (1, True)
        assert abs(first.potential - potential) < 0.03
        again = [peak.potential for peak in peaks(run) if peak.cycle == 2 and peak.sodiation]
        assert all(abs(other - first.potential) > 0.15 for other in again)
    assert sodium_balance_error(run) < 1e-8
