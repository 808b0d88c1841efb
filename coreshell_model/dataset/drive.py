"""The measured current, or voltage, over time as what drives a simulation: few points, every edge kept."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.dataset.record import Dataset
from coreshell_model.errors import InputError

EDGE = 1e-3
"""Seconds within which the drive goes from one step to the next."""

CURRENT_TOLERANCE = 1e-4
"""Share of a step's largest current that a point left out may lie off the line between those kept."""

VOLTAGE_TOLERANCE = 1e-4
"""Volts that a point left out may lie off the line between those kept."""

NOISE = 4.0
"""Standard deviations of the measurement's noise that a point left out may lie off as well."""

LEAST_POINTS = 20
"""Of a step, to tell its noise."""

ROUND_OFF = 1e-12
"""Share of the largest current below which a line's mean is the measured one."""


@dataclass(frozen=True)
class Drive:
    """A quantity over time, linear between its points; time begins at 0 and always grows."""

    time: np.ndarray
    values: np.ndarray

    @property
    def duration(self) -> float:
        """Seconds from the first point to the last."""
        return float(self.time[-1])


class CurrentDrive(Drive):
    """Current per mass of active carbon [A/kg], above 0 into the carbon."""


class VoltageDrive(Drive):
    """Voltage [V]."""


def current_drive(dataset: Dataset) -> CurrentDrive:
    """The measured current per mass of active carbon.

    Where points are left out, one between those kept carries the charge that passed, so that thinning moves
    no capacity: of a decaying current, lines alone would always make too much.

    Raises
    ------
    InputError
        The mass is not known, or the measurement takes no time.
    """
    return CurrentDrive(*_thinned(dataset, dataset.current / dataset.known_mass, relative=CURRENT_TOLERANCE))


def voltage_drive(dataset: Dataset) -> VoltageDrive:
    """The measured voltage.

    Raises
    ------
    InputError
        The measurement takes no time.
    """
    return VoltageDrive(*_thinned(dataset, dataset.voltage, absolute=VOLTAGE_TOLERANCE))


def measured_times(dataset: Dataset) -> np.ndarray:
    """The time of each measured point in its drive [s]: the first of a step comes ``EDGE`` after the edge."""
    time = dataset.time - dataset.time[0]
    for first in np.flatnonzero(dataset.edges())[1:]:
        time[first] = max(time[first], time[first - 1] + EDGE)
    return np.maximum.accumulate(time)


def _thinned(dataset: Dataset, values: np.ndarray, relative: float = 0.0, absolute: float = 0.0):
    """The points kept of each piece; an interval between two steps carries the later one's first value."""
    time, edges = measured_times(dataset), dataset.edges()
    times, kept = [], []
    for piece in dataset.pieces():
        here = slice(piece.points.start, piece.points.stop)
        t, v = time[here], values[here]
        if times and edges[here.start] and t[0] > times[-1][-1] + EDGE:
            t, v = np.append(times[-1][-1] + EDGE, t), np.append(v[0], v)
        points = corners(t, v, max(absolute, relative * np.abs(v).max(), NOISE * noise(v)))
        t, v = with_charge(t, v, points) if relative else (t[points], v[points])
        times.append(t)
        kept.append(v)
    t, v = np.concatenate(times), np.concatenate(kept)
    grows = np.concatenate([[True], np.diff(t) > 0])
    if grows.sum() < 2:
        raise InputError(f"{dataset.source}: the measurement takes no time; give one that does")
    return t[grows], v[grows]


def corners(time: np.ndarray, values: np.ndarray, tolerance: float) -> np.ndarray:
    """The points between which lines stay within ``tolerance`` of all others (Douglas and Peucker's way)."""
    kept = {0, len(time) - 1}
    spans = [(0, len(time) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        inside = slice(first + 1, last)
        line = np.interp(time[inside], time[[first, last]], values[[first, last]])
        off = np.abs(values[inside] - line)
        worst = int(off.argmax())
        if off[worst] > tolerance:
            middle = first + 1 + worst
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    return np.array(sorted(kept))


def noise(values: np.ndarray) -> float:
    """Standard deviation of what changes from point to point without a trend, by second differences."""
    if len(values) < LEAST_POINTS:
        return 0.0
    bends = np.abs(np.diff(values, 2))
    return float(np.median(bends)) / 0.6745 / np.sqrt(6)


def with_charge(time: np.ndarray, current: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The kept points, and one in the middle of each span that left out points, which keeps its charge."""
    passed = np.concatenate([[0.0], np.cumsum(np.diff(time) * (current[1:] + current[:-1]) / 2)])
    t, v = time[kept], current[kept]
    span, line = np.diff(t), (v[1:] + v[:-1]) / 2
    mean = np.divide(np.diff(passed[kept]), span, out=line.copy(), where=span > 0)
    bends = np.abs(mean - line) > ROUND_OFF * np.abs(current).max()
    times = np.concatenate([t, (t[:-1] + span / 2)[bends]])
    values = np.concatenate([v, (2 * mean - line)[bends]])
    order = np.argsort(times, kind="stable")
    return times[order], values[order]
