"""Voltage over capacity, half-cycle by half-cycle, as a band over draws."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.fit.curves import SERIES, fine, half_cycles
from coreshell_model.posterior.intervals import LEVELS, quantiles
from coreshell_model.solution import Solution
from coreshell_model.steps import Kind, kind

POINTS = 201
"""Of a half-cycle, evenly over its capacity."""

COLUMNS = ("95 % from", "68 % from", "Median", "68 % to", "95 % to")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HalfCycle:
    """One run in one direction.

    Attributes
    ----------
    sodiation : its direction
    capacity : that passed, mAh/g
    voltage : at ``POINTS`` even shares of it [V]
    """

    sodiation: bool
    capacity: float
    voltage: Array

    def at(self, capacity: Array) -> Array:
        """Voltage at capacities from its beginning; beyond its end the last one."""
        return np.interp(capacity, np.linspace(0.0, self.capacity, len(self.voltage)), self.voltage)


def half_cycles_of(solution: Solution) -> tuple[HalfCycle, ...]:
    """Every half-cycle of a run; none where a sweep prescribes the voltage, or nothing was simulated."""
    if solution.pybamm is None or any(kind(step.text) is Kind.SWEEP for step in solution.steps):
        return ()
    _, charge, voltage, step = fine(solution, SERIES["voltage"])
    found = []
    for sodiation, points in half_cycles(charge, step):
        passed = np.maximum.accumulate(np.abs(charge[points] - charge[points][0]))
        shares = np.linspace(0.0, passed[-1], POINTS)
        found.append(HalfCycle(sodiation, float(passed[-1]), np.interp(shares, passed, voltage[points])))
    return tuple(found)


def curve_bands(runs: Sequence[Sequence[HalfCycle]], weights: Array) -> pd.DataFrame:
    """Quantiles of the voltage at even capacities of each half-cycle.

    A draw that ended before a capacity counts with its last voltage; how many got there is a column of its
    own. The capacities end where the longest draw does.

    Parameters
    ----------
    runs : the half-cycles of each draw; a draw without any is left out
    weights : of the draws
    """
    tables = []
    known = [(run, weight) for run, weight in zip(runs, weights, strict=True) if len(run)]
    count = max((len(run) for run, _ in known), default=0)
    for number in range(count):
        own = [(run[number], weight) for run, weight in known if len(run) > number]
        halves, sizes = [half for half, _ in own], np.array([weight for _, weight in own])
        ends = np.array([half.capacity for half in halves])
        capacity = np.linspace(0.0, ends.max(), POINTS)
        band = quantiles(np.array([half.at(capacity) for half in halves]), sizes, LEVELS)
        reached = np.array([sizes[ends >= one * (1 - 1e-12)].sum() for one in capacity]) / sizes.sum()
        tables.append(
            pd.DataFrame(
                {
                    "Half-cycle": number + 1,
                    "Direction": "sodiation" if halves[0].sodiation else "desodiation",
                    "Capacity [mA.h.g-1]": capacity,
                    **{f"Voltage, {name} [V]": row for name, row in zip(COLUMNS, band, strict=True)},
                    "Share of draws that get there": reached,
                }
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
