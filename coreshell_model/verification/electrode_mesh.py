"""Refining the mesh through separator and coating, where the salt runs low."""

import numpy as np

from coreshell_model.levels import ELECTRODE_CELLS, SEPARATOR_CELLS, ElectrodeLevel
from coreshell_model.verification.check import Bound, Check
from coreshell_model.verification.half_cell import DEFAULT_CELLS, active_mass, solve
from coreshell_model.verification.stock_dfn import THICK, electrolyte_tables
from coreshell_model.verification.stock_spm import EMPTY, ONE_C, limit

TIMES = np.linspace(0, 0.1 * 3600, 101)


def voltage(finer: int) -> np.ndarray:
    """Voltage [V] at 1C, but for the start, on a mesh so many times finer through the cell."""
    parameters = limit(EMPTY, {"cell.active_loading": THICK})
    cells = (*DEFAULT_CELLS, finer * SEPARATOR_CELLS, finer * ELECTRODE_CELLS)
    solution = solve(
        parameters | electrolyte_tables(),
        ONE_C * active_mass(parameters),
        TIMES,
        cells,
        level=ElectrodeLevel.name,
    )
    return solution["Voltage [V]"].entries[1:]


def measure() -> dict[str, float]:
    """Error of the default mesh by Richardson's extrapolation, and the order of the largest differences."""
    default, fine, finest = (voltage(finer) for finer in (1, 2, 4))
    limit_of_mesh = finest + (finest - fine) / 3
    differences = [float(np.abs(pair).max()) for pair in (default - fine, fine - finest)]
    return {
        "voltage, error [mV]": 1e3 * float(np.abs(default - limit_of_mesh).max()),
        "voltage, order": float(np.log2(differences[0] / differences[1])),
    }


CHECK = Check(
    name="electrode_mesh",
    title="Refinement of the mesh through the electrode",
    compared="Voltage on the default mesh of 10 + 20 cells through separator and coating against its limit "
    "for vanishing cells, extrapolated from 20 + 40 and 40 + 80 cells; largest difference, and the order.",
    limit="Sodiation of 10 mg/cm2 at 1C for 6 min, which takes the salt down to half, as in the comparison "
    "with the stock DFN.",
    bounds=(
        Bound("voltage, error [mV]", at_most=1.0),
        Bound("voltage, order", at_least=1.7, at_most=2.3),
    ),
    measure=measure,
)
