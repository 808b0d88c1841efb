"""Refinement of the mesh through separator and coating, at currents that deplete the salt."""

import numpy as np

from coreshell_model.checks.check import Bound, Check
from coreshell_model.checks.half_cell import DEFAULT_CELLS, active_mass, solve
from coreshell_model.checks.stock_dfn import POINTS, RUNS, electrolyte_tables
from coreshell_model.checks.stock_spm import limit
from coreshell_model.physics.levels import ELECTRODE_CELLS, SEPARATOR_CELLS, ElectrodeLevel

DIRECTIONS = ("sodiation", "desodiation")
"""The runs of the comparison with the stock DFN at 10 mg/cm2 and 1C."""


def voltage(direction: str, finer: int) -> np.ndarray:
    """Voltage [V] of such a run without its first point, on a mesh ``finer`` times finer in the cell."""
    loading, rate, occupancy, hours = RUNS[f"10 mg/cm2, {direction} at 1C"]
    parameters = limit(occupancy, {"cell.active_loading": loading})
    cells = (*DEFAULT_CELLS, finer * SEPARATOR_CELLS, finer * ELECTRODE_CELLS)
    solution = solve(
        parameters | electrolyte_tables(),
        rate * active_mass(parameters),
        np.linspace(0, hours * 3600, POINTS),
        cells,
        level=ElectrodeLevel.name,
    )
    return solution["Voltage [V]"].entries[1:]


def measure() -> dict[str, float]:
    """Error of the default mesh by Richardson extrapolation, and the order of the largest differences."""
    numbers: dict[str, float] = {}
    for direction in DIRECTIONS:
        default, fine, finest = (voltage(direction, finer) for finer in (1, 2, 4))
        limit_of_mesh = finest + (finest - fine) / 3
        differences = [float(np.abs(pair).max()) for pair in (default - fine, fine - finest)]
        numbers[f"{direction}, error [mV]"] = 1e3 * float(np.abs(default - limit_of_mesh).max())
        numbers[f"{direction}, order"] = float(np.log2(differences[0] / differences[1]))
    return numbers


CHECK = Check(
    name="electrode_mesh",
    title="Refinement of the mesh through the electrode",
    compared=f"Voltage on the default mesh of {SEPARATOR_CELLS} + {ELECTRODE_CELLS} cells through separator "
    "and coating against its limit for vanishing cells, extrapolated from twice and four times as many; "
    "largest difference, and the order.",
    limit="10 mg/cm2 at 1C, as in the comparison with the stock DFN, whose mesh through the cell is the "
    "same, so that this error does not show there: sodiation for 6 min, which takes the salt down to half, "
    "and desodiation for 2 min.",
    bounds=(
        Bound("sodiation, error [mV]", at_most=1.0),
        Bound("sodiation, order", at_least=1.7, at_most=2.3),
        Bound("desodiation, error [mV]"),
        Bound("desodiation, order", at_least=1.7, at_most=2.3),
    ),
    measure=measure,
)
