"""What each rate of a test delivers over the draws of a posterior: bands of retention and capacity."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.intervals import Array, as_columns, column_of, stated_intervals
from coreshell_model.observe.rates import AtRate

RETENTION, CAPACITY = "Rate retention", "Desodiation capacity [mA.h.g-1]"
"""What has a band at each rate: the last desodiation there over that at the first rate (33), and itself."""


def rate_bands(runs: Sequence[Sequence[AtRate]], weights: Array, withheld: bool = False) -> list[dict]:
    """A record for each block of a rate test in its order, with medians and intervals as JSON has them.

    Parameters
    ----------
    runs : the blocks of each draw; a draw without any is left out
    weights : of the draws
    withheld : state no intervals
    """
    drawn = [(run, weight) for run, weight in zip(runs, weights, strict=True) if run]
    if not drawn:
        return []
    sizes = np.array([weight for _, weight in drawn])
    records = []
    for number, block in enumerate(drawn[0][0]):
        of_draws = [run[number] for run, _ in drawn]
        retention = np.array([each.retention for each in of_draws], float)
        capacity = np.array([each.capacity for each in of_draws], float)
        records.append(
            {
                "Rate": block.label,
                "Cycle": block.cycle,
                RETENTION: _band(retention, sizes, withheld),
                CAPACITY: _band(capacity, sizes, withheld),
                "Draws": int(np.isfinite(capacity).sum()),
            }
        )
    return records


def _band(values: Array, weights: Array, withheld: bool) -> dict[str, Any] | None:
    """Median and intervals over the draws that have the number; None where none has it."""
    present = np.isfinite(values)
    return stated_intervals(values[present], weights[present], withheld) if present.any() else None


def rate_table(records: Sequence[dict]) -> pd.DataFrame:
    """The records as a table, a row for each block, with a column for each median and each end."""
    rows = []
    for record in records:
        row: dict[str, Any] = {}
        for name, value in record.items():
            row |= _columns(name, value) if name in (RETENTION, CAPACITY) else {name: value}
        rows.append(row)
    return pd.DataFrame(rows)


def _columns(name: str, band: dict[str, Any] | None) -> dict[str, Any]:
    """A band as columns; none where there is no band."""
    return {column_of(name, part): value for part, value in as_columns(band or {}).items()}
