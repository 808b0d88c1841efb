"""Files as a user drops them on the page: a cycler's CSV and a digitised curve, both of known simulations."""

from functools import lru_cache

import numpy as np

from coreshell_model.inputs.protocol import beginning, read_protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Solution

MASS = 1.1e-6
"""Active carbon in the cell of the file [kg]."""

INTERVAL = 60.0
"""Seconds between the points of the cycler."""


@lru_cache
def measured_cell(changes: tuple[tuple[str, str], ...] = ()) -> Solution:
    """The first cycle of a formation without a hold, of another carbon where numbers are changed."""
    protocol = beginning(read_protocol("formation_without_hold"), 1)
    return simulate("core_shell", protocol, dict(changes))


def cycler_csv(changes: tuple[tuple[str, str], ...] = ()) -> bytes:
    """Time, voltage and current of it, as a cycler writes them; the mass is not in the file."""
    solution = measured_cell(changes)
    lines = ["Time / s,Voltage / V,Current / mA"]
    for step in solution.steps:
        if step.skipped or step.asked.kind is Kind.HOLD:
            continue
        time = solution["Time [s]"][step.points]
        even = np.arange(time[0] + INTERVAL, time[-1], INTERVAL)
        current = np.interp(even, time, solution["Specific current [A.kg-1]"][step.points]) * MASS
        voltage = np.interp(even, time, solution["Voltage [V]"][step.points])
        lines += [f"{t:.3f},{u:.6f},{1e3 * i:.8f}" for t, u, i in zip(even, voltage, current, strict=True)]
    return "\n".join(lines).encode()


def sodiation_csv() -> bytes:
    """Voltage over capacity of its sodiation, as digitised from a figure: 60 points without time."""
    solution = measured_cell()
    step = solution.steps[0].points
    capacity = solution["Specific capacity [mA.h.g-1]"][step]
    even = np.linspace(capacity[0], capacity[-1], 60)
    voltage = np.interp(even, capacity, solution["Voltage [V]"][step])
    lines = ["Capacity / mAh/g,Voltage / V"]
    return "\n".join([*lines, *(f"{q:.3f},{u:.5f}" for q, u in zip(even, voltage, strict=True))]).encode()


def spectrum_csv() -> bytes:
    """Frequency and both parts of an impedance of a resistance and two half circles."""
    frequency = np.geomspace(1e4, 1e-2, 25)
    half_circles = (20 / (1 + 2j * np.pi * frequency * 1e-3), 200 / (1 + 2j * np.pi * frequency * 2))
    impedance = 3 + sum(half_circles)
    rows = zip(frequency, impedance.real, -impedance.imag, strict=True)
    lines = ["freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm"]
    return "\n".join([*lines, *(",".join(f"{value:.6g}" for value in row) for row in rows)]).encode()
