"""Charge by voltage: in windows, and as a density dQ/dV."""

import numpy as np

from coreshell_model.observe.by_voltage import (
    SMOOTHING,
    DifferentialCapacity,
    charge_in_window,
    density,
    energy,
)
from coreshell_model.observe.capacity import CHARGE, in_direction
from coreshell_model.observe.inventory import CLUSTERS, given_back
from coreshell_model.run.solution import Solution, StepTaken

VOLTAGE = "Voltage [V]"

FIRST_SODIATION_WINDOWS = {
    "Capacity 1.25-1.00 V [mA.h.g-1]": (1.00, 1.25),
    "Capacity 1.00-0.65 V [mA.h.g-1]": (0.65, 1.00),
    "Capacity 0.65-0.44 V [mA.h.g-1]": (0.44, 0.65),
    "Capacity below 0.44 V [mA.h.g-1]": (-np.inf, 0.44),
}
"""The windows in which Appel et al. report the first sodiation of Core-Shell."""

PLATEAU_VOLTAGE = 0.1
"""Upper end [V] of what is counted as capacity at low voltage."""


def capacity_in_window(solution: Solution, steps: list[StepTaken], lower: float, upper: float) -> float:
    """Charge passed, either way, while the voltage was between ``lower`` and ``upper`` [V].

    ``charge_in_window`` says how a pair of points counts.
    """
    curves = (
        (solution[VOLTAGE][step.points], np.abs(np.diff(solution[CHARGE][step.points]))) for step in steps
    )
    return sum((charge_in_window(*curve, lower, upper) for curve in curves), 0.0)


def first_sodiation_window(solution: Solution, lower: float, upper: float) -> float | None:
    """Charge of the first sodiation, holds included, between two voltages."""
    if 1 not in solution.cycles:
        return None
    return capacity_in_window(solution, in_direction(solution, 1, 1), lower, upper)


def capacity_at_low_voltage(solution: Solution) -> float | None:
    """Charge that the last desodiation delivers below 0.1 V."""
    if not solution.completed:
        return None
    steps = in_direction(solution, solution.cycles[-1], -1)
    return capacity_in_window(solution, steps, -np.inf, PLATEAU_VOLTAGE)


def two_plateaus(solution: Solution) -> str:
    """The plateau by clusters and by voltage, side by side, and why they differ; "" where there is none."""
    clusters = given_back(solution, CLUSTERS) if solution.completed else None
    sodiation = in_direction(solution, solution.cycles[-1], 1) if solution.completed else []
    desodiated = capacity_at_low_voltage(solution)
    if not clusters or not sodiation or desodiated is None:
        return ""
    sodiated = capacity_in_window(solution, sodiation, -np.inf, PLATEAU_VOLTAGE)
    return (
        f"Plateau of the last cycle: clusters gave back {clusters:.0f} mAh/g; below {PLATEAU_VOLTAGE:g} V "
        f"pass {sodiated:.0f} mAh/g of its sodiation and {desodiated:.0f} of its desodiation. They differ, "
        "since sloping sites fill below that voltage too, and polarisation shifts clusters across it."
    )


def differential_capacity(
    solution: Solution, steps: list[StepTaken], smoothing: float = SMOOTHING
) -> DifferentialCapacity:
    """Charge that passed in each window of width ``smoothing`` [V], over that width (31)."""
    curves = (
        (solution[VOLTAGE][step.points], np.abs(np.diff(solution[CHARGE][step.points]))) for step in steps
    )
    return density(curves, smoothing)


START = 0.01
"""Share of a half-cycle's charge that defines its start, and that is left at its end."""


def potential_of_share(solution: Solution, cycle: int, share: float, sign: int) -> float | None:
    """Voltage [V] at which this share of a cycle's sodiation (sign 1) or desodiation (sign -1) has passed."""
    steps = in_direction(solution, cycle, sign) if cycle in solution.cycles else []
    if not steps:
        return None
    passed = np.concatenate(
        [np.abs(np.diff(solution[CHARGE][step.points], prepend=np.nan)) for step in steps]
    )
    charge = np.cumsum(np.nan_to_num(passed))
    voltage = np.concatenate([solution[VOLTAGE][step.points] for step in steps])
    return float(np.interp(share * charge[-1], charge, voltage))


def starts_of_sodiation(solution: Solution) -> list[float | None]:
    """Voltage [V] at which 1 % of each cycle's sodiation has passed."""
    return [potential_of_share(solution, cycle, START, 1) for cycle in solution.cycles]


def ends_of_desodiation(solution: Solution) -> list[float | None]:
    """Voltage [V] at which all but 1 % of each cycle's desodiation has passed."""
    return [potential_of_share(solution, cycle, 1 - START, -1) for cycle in solution.cycles]


def hysteresis(solution: Solution, cycle: int) -> float | None:
    """Mean voltage [V] of a cycle's desodiation minus that of its sodiation, holds included (32)."""
    if cycle not in solution.cycles:
        return None
    into, out = (_mean_voltage(solution, in_direction(solution, cycle, sign)) for sign in (1, -1))
    return None if into is None or out is None else out - into


def _mean_voltage(solution: Solution, steps: list[StepTaken]) -> float | None:
    """Mean voltage weighted by charge; None without a charge."""
    work = charge = 0.0
    for step in steps:
        passed = np.diff(solution[CHARGE][step.points])
        work += energy(solution[VOLTAGE][step.points], passed)
        charge += float(passed.sum())
    return work / charge if charge else None
