"""Current over voltage, sweep by sweep, as a band over draws."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.observables import Sweep
from coreshell_model.posterior.curve_bands import COLUMNS
from coreshell_model.posterior.intervals import LEVELS, quantiles

VOLTAGE = "Voltage [V]"


def sweep_bands(runs: Sequence[Sequence[Sweep]], weights: NDArray[np.float64]) -> pd.DataFrame:
    """Quantiles of the current at even voltages of each sweep; desodiation counts positive.

    Parameters
    ----------
    runs : the sweeps of each draw; a draw without any is left out
    weights : of the draws
    """
    tables = []
    known = [(run, weight) for run, weight in zip(runs, weights, strict=True) if len(run)]
    for number in range(max((len(run) for run, _ in known), default=0)):
        own = [(run[number], weight) for run, weight in known if len(run) > number]
        first, sizes = own[0][0], np.array([weight for _, weight in own])
        sign = -1.0 if first.sodiation else 1.0
        currents = np.array([sign * np.interp(first.voltage, one.voltage, one.current) for one, _ in own])
        band = zip(COLUMNS, quantiles(currents, sizes, LEVELS), strict=True)
        tables.append(
            pd.DataFrame(
                {
                    "Sweep": number + 1,
                    "Cycle": first.cycle,
                    "Direction": "sodiation" if first.sodiation else "desodiation",
                    VOLTAGE: first.voltage,
                    **{f"Anodic current, {name} [mA.g-1]": row for name, row in band},
                }
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
