"""The full cell against the half-cell, in the limit of a positive electrode whose potential never changes."""

from typing import Any

import numpy as np

from coreshell_model.checks.check import NOISE, Bound, Check
from coreshell_model.checks.half_cell import DEFAULT_CELLS, active_mass, solve
from coreshell_model.checks.stock_spm import C_OVER_20, ONE_C
from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.levels import ElectrodeLevel, ParticleLevel
from coreshell_model.run.simulation import quiet, set_up

POTENTIAL = 3.5
"""Of the positive electrode [V]."""

RUNS = {"charge at C/20": (C_OVER_20, 16.0), "charge at 1C": (ONE_C, 0.25)}
"""Current per mass and hours of each run, from the empty carbon on."""

METAL = {s.counter_exchange_current_density.name: 1e9}
"""The metal of the half-cell does not polarise."""

STILL: dict[str, Any] = {
    s.POSITIVE_OPEN_CIRCUIT: Tabulated((0.0, 1.0), (POTENTIAL, POTENTIAL)),
    s.POSITIVE_DIFFUSIVITY: Tabulated((0.0, 1.0), (1e-12, 1e-12)),
    s.POSITIVE_EXCHANGE_CURRENT: Tabulated((0.0, 1.0), (1e5, 1e5)),
    s.positive_maximum.name: 1e9,
    s.positive_initial.name: 0.5,
    s.positive_thickness.name: 1e-8,
    s.positive_porosity.name: 0.5,
    s.positive_conductivity.name: 1e6,
}
"""A positive electrode of huge capacity and flat potential, with fast kinetics in a thin coating."""

POINTS = 101
TOLERANCE = 1e-8


def difference(run: str, level: str) -> float:
    """Largest difference [mV] of the full cell's voltage from ``POTENTIAL`` less that of the half-cell.

    Raises
    ------
    ArithmeticError
        One of the two ended before the run did.
    """
    rate, hours = RUNS[run]
    times = np.linspace(0, 3600 * hours, POINTS)
    voltages = []
    for protocol, changes in (("formation", METAL), ("full_cell_formation", STILL)):
        setting = set_up("core_shell", protocol, level=level)
        parameters = {**setting.parameters, **dict(setting.tables), **changes}
        with quiet():
            solution = solve(
                parameters, rate * active_mass(parameters), times, DEFAULT_CELLS, TOLERANCE, level=level
            )
        voltages.append(solution["Voltage [V]"].entries)
    half, full = voltages
    if not half.size == full.size == POINTS:
        raise ArithmeticError(f"{run}: {half.size} and {full.size} of {POINTS} points were solved")
    return 1e3 * float(np.abs(full - (POTENTIAL - half)).max())


def measure() -> dict[str, float]:
    """Differences [mV] by level and run."""
    return {
        f"{level.name} level, {run} [mV]": difference(run, level.name)
        for level in (ParticleLevel, ElectrodeLevel)
        for run in RUNS
    }


CHECK = Check(
    name="counter_limit",
    title="Full cell against half-cell",
    compared=f"Largest difference of a full cell's voltage from {POTENTIAL:g} V less the voltage of the "
    "half-cell, at constant current from the empty carbon on, at both levels.",
    limit="`core_shell` as shipped. The positive electrode has a flat potential, a huge capacity and fast "
    "kinetics in a coating of 10 nm that conducts well; the metal of the half-cell does not polarise.",
    bounds=tuple(
        Bound(f"{level.name} level, {run} [mV]", at_most=0.1, band=NOISE)
        for level in (ParticleLevel, ElectrodeLevel)
        for run in RUNS
    ),
    measure=measure,
)
