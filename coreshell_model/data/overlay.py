"""A measurement as the drive of a simulation, and the two compared at the same times."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.data.half_cycles import HalfCycle
from coreshell_model.data.record import Dataset

EDGE = 1e-3
"""Seconds within which the drive goes from one step to the next."""

CURRENT_TOLERANCE = 1e-4
"""Distance of a point that is left out from the line between those kept, over the step's largest current."""

VOLTAGE_TOLERANCE = 1e-4
"""Distance [V] of a point that is left out from the line between those kept."""

NOISE = 4.0
"""The same distance in standard deviations of the measurement's noise, where that is more."""

LEAST_POINTS = 20
"""Points that a step needs for an estimate of its noise."""

ROUND_OFF = 1e-12
"""Share of the largest current below which the mean of a line equals the measured mean."""


@dataclass(frozen=True)
class Drive:
    """A quantity over time, linear between its points; time begins at 0 and grows from point to point."""

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

    Where points are left out, a point between those kept corrects the charge, so that thinning changes no
    capacity. Without it straight lines would make too much charge of every decaying current.

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
    """The time of each measured point in the drive [s]; a step begins at least ``EDGE`` after the last.

    The drive begins with the half-cycle, which may be before the first point of a table without time.
    """
    time = dataset.time - dataset.time[0] + dataset.lead
    for first in np.flatnonzero(dataset.edges())[1:]:
        time[first] = max(time[first], time[first - 1] + EDGE)
    return np.maximum.accumulate(time)


def _thinned(dataset: Dataset, values: np.ndarray, relative: float = 0.0, absolute: float = 0.0):
    """The points that are kept; an interval between two steps has the first value of the later one."""
    time, edges = measured_times(dataset), dataset.edges()
    times, kept = [], []
    for piece in dataset.pieces():
        part = slice(piece.points.start, piece.points.stop)
        t, v = time[part], values[part]
        if times and edges[part.start] and t[0] > times[-1][-1] + EDGE:
            t, v = np.append(times[-1][-1] + EDGE, t), np.append(v[0], v)
        points = corners(t, v, max(absolute, relative * np.abs(v).max(), NOISE * noise(v)))
        t, v = with_charge(t, v, points) if relative else (t[points], v[points])
        times.append(t)
        kept.append(v)
    t, v = np.concatenate(times), np.concatenate(kept)
    if t[0] > 0:
        t, v = np.append(0.0, t), np.append(v[0], v)
    grows = np.concatenate([[True], np.diff(t) > 0])
    if grows.sum() < 2:
        raise InputError(f"{dataset.source}: the measurement takes no time; give one that does")
    return t[grows], v[grows]


def corners(time: np.ndarray, values: np.ndarray, tolerance: float) -> np.ndarray:
    """The points between which lines stay within ``tolerance`` of all others (Douglas and Peucker)."""
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
    """Standard deviation of the noise from point to point, by second differences."""
    if len(values) < LEAST_POINTS:
        return 0.0
    bends = np.abs(np.diff(values, 2))
    return float(np.median(bends)) / 0.6745 / np.sqrt(6)


def with_charge(time: np.ndarray, current: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The kept points, and in the middle of each span without its points one that corrects the charge."""
    passed = np.concatenate([[0.0], np.cumsum(np.diff(time) * (current[1:] + current[:-1]) / 2)])
    t, v = time[kept], current[kept]
    span, line = np.diff(t), (v[1:] + v[:-1]) / 2
    mean = np.divide(np.diff(passed[kept]), span, out=line.copy(), where=span > 0)
    bends = np.abs(mean - line) > ROUND_OFF * np.abs(current).max()
    times = np.concatenate([t, (t[:-1] + span / 2)[bends]])
    values = np.concatenate([v, (2 * mean - line)[bends]])
    order = np.argsort(times, kind="stable")
    return times[order], values[order]


@dataclass(frozen=True)
class Capacities:
    """Capacity of a half-cycle [mA.h.g-1], measured and simulated; None where the simulation ended before."""

    half_cycle: HalfCycle
    measured: float | None
    simulated: float | None

    @property
    def difference(self) -> float | None:
        """Simulated minus measured."""
        return None if self.measured is None or self.simulated is None else self.simulated - self.measured


@dataclass(frozen=True)
class Overlay:
    """A measurement and a simulation at the same times.

    Attributes
    ----------
    time : of the measured points that the simulation reaches [s], from 0
    measured, simulated : voltages at these times [V]
    covered : share of the measurement's duration that the simulation reaches
    capacities : of every half-cycle
    """

    time: np.ndarray
    measured: np.ndarray
    simulated: np.ndarray
    covered: float
    capacities: tuple[Capacities, ...]

    @property
    def residuals(self) -> np.ndarray:
        """Simulated minus measured voltage [V]."""
        return self.simulated - self.measured

    def table(self) -> pd.DataFrame:
        """The points, as columns."""
        return pd.DataFrame(
            {
                "Time [s]": self.time,
                "Measured voltage [V]": self.measured,
                "Simulated voltage [V]": self.simulated,
                "Residual [V]": self.residuals,
            }
        )

    @property
    def rmse(self) -> float:
        """Root mean square of the residuals [mV], each point weighted by the time around it.

        So it does not matter that cyclers write more points where the voltage moves.
        """
        weights = _weights(self.time)
        return 1e3 * float(np.sqrt(np.sum(weights * self.residuals**2) / np.sum(weights)))

    @property
    def rmse_over_points(self) -> float:
        """Root mean square of the residuals [mV], all points weighted alike."""
        return 1e3 * float(np.sqrt(np.mean(self.residuals**2)))

    @property
    def largest_residual(self) -> float:
        """The residual of largest magnitude [mV]."""
        return 1e3 * float(self.residuals[np.abs(self.residuals).argmax()])


def overlay(dataset: Dataset, time: np.ndarray, voltage: np.ndarray, charge: np.ndarray) -> Overlay:
    """Compare a simulation with a measurement.

    Parameters
    ----------
    dataset : the measurement
    time : of the simulation [s], 0 where the measurement begins
    voltage, charge : simulated [V], [mA.h.g-1]; the charge grows while sodium goes in. Between the points
        they are interpolated linearly, unless given at ``measured_times``

    Raises
    ------
    InputError
        The simulation reaches fewer than two of the measured points.
    """
    times = measured_times(dataset)
    reached = times <= time[-1] * (1 + 1e-12) if len(time) else np.zeros(len(times), bool)
    if reached.sum() < 2:
        raise InputError(f"{dataset.source}: the simulation ended before the second measured point")
    charge_at = np.interp(times, time, charge)
    capacities = tuple(
        Capacities(
            half,
            half.capacity,
            _passed(half, charge_at, float(charge[0])) if reached[half.points.stop - 1] else None,
        )
        for half in dataset.half_cycles()
    )
    return Overlay(
        times[reached],
        dataset.voltage[reached],
        np.interp(times[reached], time, voltage),
        float(times[reached][-1] / times[-1]),
        capacities,
    )


def _passed(half: HalfCycle, charge: np.ndarray, begin: float) -> float:
    """Charge that passed in a half-cycle, counted from the last point before it, in the first from the
    beginning.
    """
    before = charge[half.points.start - 1] if half.points.start else begin
    return abs(float(charge[half.points.stop - 1] - before))


def _weights(time: np.ndarray) -> np.ndarray:
    """For each point half of the intervals on both sides."""
    intervals = np.diff(time)
    return np.concatenate([intervals, [0.0]]) / 2 + np.concatenate([[0.0], intervals]) / 2
