"""Voltammograms: sweeps, their peaks, and the irreversible peaks of the first sweep."""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import trapezoid

from coreshell_model.run.solution import Array, Solution

GRID = 1e-3
"""Volts between the points on which peaks are looked for."""

LEAST_PROMINENCE = 0.01
"""Share of the largest current of all sweeps by which a peak has to rise above the higher of its two feet."""


@dataclass(frozen=True)
class Peak:
    """A maximum of the current: where [V], how high [mA.g-1], and its charge above its feet [mA.h.g-1]."""

    cycle: int
    sodiation: bool
    potential: float
    height: float
    area: float


@dataclass(frozen=True)
class Sweep:
    """A sweep on an even grid: rising voltage [V], current in its direction [mA.g-1], speed [V.s-1]."""

    cycle: int
    sodiation: bool
    voltage: Array
    current: Array
    speed: float


def sweeps(solution: Solution) -> list[Sweep]:
    """The sweeps of a run; the current is positive in the direction of its sweep."""
    all_sweeps = []
    for step in solution.steps:
        start, end, speed = step.asked.start, step.asked.voltage, step.asked.scan_rate
        if start is None or end is None or speed is None or step.skipped:
            continue
        down = end < start
        voltage = solution["Voltage [V]"][step.points]
        current = solution["Specific current [A.kg-1]"][step.points]
        order = np.argsort(voltage, kind="stable")
        low, high = float(voltage.min()), float(voltage.max())
        grid = np.linspace(low, high, max(round((high - low) / GRID) + 1, 2))
        even = np.interp(grid, voltage[order], current[order]) * (1 if down else -1)
        all_sweeps.append(Sweep(step.cycle, down, grid, even, speed))
    return all_sweeps


def peaks(solution: Solution) -> list[Peak]:
    """The peaks of every sweep, in the order in which the run passes them (36)."""
    all_sweeps = sweeps(solution)
    least = LEAST_PROMINENCE * max((np.abs(sweep.current).max() for sweep in all_sweeps), default=0.0)
    return [peak for sweep in all_sweeps for peak in _peaks(sweep, sweep.current, least)]


def irreversible_peaks(solution: Solution) -> list[Peak]:
    """The peaks of the first sodiating sweep minus the second (36), which happen only once."""
    down = [sweep for sweep in sweeps(solution) if sweep.sodiation]
    if len(down) < 2:
        return []
    first, second = down[:2]
    extra = first.current - np.interp(first.voltage, second.voltage, second.current)
    return _peaks(first, extra, LEAST_PROMINENCE * np.abs(first.current).max())


def _peaks(swept: Sweep, current: Array, least: float) -> list[Peak]:
    """Maxima by prominence; a foot of a peak is the lowest point up to the next peak or the sweep's end."""
    if least <= 0:
        return []
    from scipy.signal import find_peaks  # takes longer to import than a solve takes

    places, _ = find_peaks(current, prominence=least)
    ends = [0, *places, current.size - 1]
    all_peaks = []
    for before, place, after in zip(ends, ends[1:], ends[2:], strict=False):
        left = before + int(np.argmin(current[before : place + 1]))
        right = place + int(np.argmin(current[place : after + 1]))
        span = slice(left, right + 1)
        feet = np.interp(swept.voltage[span], swept.voltage[[left, right]], current[[left, right]])
        above = np.clip(current[span] - np.maximum(feet, 0), 0, None)
        all_peaks.append(
            Peak(
                swept.cycle,
                swept.sodiation,
                float(swept.voltage[place]),
                float(current[place]),
                float(trapezoid(above, swept.voltage[span])) / swept.speed / 3600,
            )
        )
    return all_peaks[::-1] if swept.sodiation else all_peaks
