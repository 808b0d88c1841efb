"""A simulation laid over a measurement: residuals, their root mean square, and capacities by half-cycle."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coreshell_model.dataset.drive import measured_times
from coreshell_model.dataset.half_cycles import HalfCycle
from coreshell_model.dataset.record import Dataset
from coreshell_model.errors import InputError


@dataclass(frozen=True)
class Capacities:
    """One half-cycle's capacity [mA.h.g-1], measured and simulated; None where it does not reach."""

    half_cycle: HalfCycle
    measured: float | None
    simulated: float | None

    @property
    def difference(self) -> float | None:
        """Simulated less measured."""
        return None if self.measured is None or self.simulated is None else self.simulated - self.measured


@dataclass(frozen=True)
class Overlay:
    """A measurement and a simulation at the same times.

    Attributes
    ----------
    time : of the measured points that the simulation reaches [s], from 0
    measured, simulated : voltages there [V]
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
        """Simulated less measured voltage [V]."""
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
        """Root of the mean square of the residuals [mV], each point weighted by the time it stands for.

        Cyclers write more points where the voltage moves; time does not depend on that.
        """
        weights = _weights(self.time)
        return 1e3 * float(np.sqrt(np.sum(weights * self.residuals**2) / np.sum(weights)))

    @property
    def rmse_over_points(self) -> float:
        """The same with each point weighted alike [mV], which tells of where the cycler wrote most."""
        return 1e3 * float(np.sqrt(np.mean(self.residuals**2)))

    @property
    def largest_residual(self) -> float:
        """The residual of largest magnitude [mV]."""
        return 1e3 * float(self.residuals[np.abs(self.residuals).argmax()])


def overlay(dataset: Dataset, time: np.ndarray, voltage: np.ndarray, charge: np.ndarray) -> Overlay:
    """Lay a simulation over a measurement.

    Parameters
    ----------
    dataset : the measurement
    time : of the simulation [s], 0 where the measurement begins
    voltage, charge : simulated [V], [mA.h.g-1]; the charge counts upwards while sodium goes in. Linear
        between the points: give them at ``measured_times`` for more than that

    Raises
    ------
    InputError
        The simulation reaches fewer than two of the measured points.
    """
    at = measured_times(dataset)
    reached = at <= time[-1] * (1 + 1e-12) if len(time) else np.zeros(len(at), bool)
    if reached.sum() < 2:
        raise InputError(f"{dataset.source}: the simulation ended before the second measured point")
    there = np.interp(at, time, charge)
    capacities = tuple(
        Capacities(half, half.capacity, _passed(half, there) if reached[half.points.stop - 1] else None)
        for half in dataset.half_cycles()
    )
    return Overlay(
        at[reached],
        dataset.voltage[reached],
        np.interp(at[reached], time, voltage),
        float(at[reached][-1] / at[-1]),
        capacities,
    )


def _passed(half: HalfCycle, charge: np.ndarray) -> float:
    """Charge that passed in a half-cycle, from the last point before it."""
    return abs(float(charge[half.points.stop - 1] - charge[max(half.points.start - 1, 0)]))


def _weights(time: np.ndarray) -> np.ndarray:
    """Half the intervals on both sides of each point."""
    intervals = np.diff(time)
    return np.concatenate([intervals, [0.0]]) / 2 + np.concatenate([[0.0], intervals]) / 2
