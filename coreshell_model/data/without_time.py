"""Curves without time: tables of voltage against capacity as a Dataset, timed by their stated current.

At a constant current I the charge Q has passed after t = Q / I. So a table with a stated rate becomes a
record like a cycler's, and half-cycles, capacities, fits, overlays and exports take it as such. Rests
are not in it, and the time of a hold at the end of a sodiation is assumed.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.data.clock import Points
from coreshell_model.data.columns import CURRENT, CYCLE, STEP, TIME, VOLTAGE
from coreshell_model.data.curve_description import CurveDescription
from coreshell_model.data.curve_halves import HalfCurve, half_curves
from coreshell_model.data.curve_points import in_words
from coreshell_model.data.curve_table import read_table
from coreshell_model.data.half_cell import HALF_CELL, check_cell, check_current
from coreshell_model.data.record import AT_EQUILIBRIUM, CONSTANT_CURRENT, Dataset


def read_curve(
    path: Path,
    description: CurveDescription,
    mass: float | None,
    decimal: str | None,
    worksheet: str | None,
    cell: str | None,
) -> Dataset:
    """A table of voltage against capacity as a Dataset.

    Parameters
    ----------
    path, decimal, worksheet, cell : as for ``read_dataset``
    description : what is stated of the table
    mass : of active carbon [kg], before that of the description

    Raises
    ------
    InputError
        The table cannot be read without guessing.
    """
    table = read_table(path, decimal, worksheet)
    halves, electrode, notes = half_curves(table, description, mass, cell)
    data = _record(halves)
    rows = np.concatenate([half.points.rows for half in halves])
    points = Points(data[TIME], data[VOLTAGE], data[CURRENT], data[STEP], rows)
    check_current(table.sheet, points, electrode.mass)
    cell_note = check_cell(table.sheet, points, cell)
    statements = (*table.sheet.notes, *notes, cell_note, *_of_time(halves, electrode.mass))
    return Dataset(
        pd.DataFrame(data),
        path,
        table.sheet.format,
        tuple(dict.fromkeys(filter(None, statements))),
        electrode.mass,
        cell=cell or HALF_CELL,
        sources=(path,),
        positive_current="sodiation",
        without_time=AT_EQUILIBRIUM if description.open_circuit else CONSTANT_CURRENT,
        before=float(halves[0].points.passed[0]),
    )


def _record(halves: Sequence[HalfCurve]) -> dict[str, np.ndarray]:
    """The columns of a Dataset's table: every half-cycle at its current, one after the other."""
    columns: dict[str, list[np.ndarray]] = {TIME: [], VOLTAGE: [], CURRENT: [], STEP: []}
    cycles, end = [], 0.0
    for number, half in enumerate(halves, start=1):
        count, time, currents = len(half.points.passed), end + half.time, half.currents
        end = float(time[-1])
        columns[TIME].append(time)
        columns[VOLTAGE].append(half.points.voltage)
        columns[CURRENT].append(currents if half.sodiation else -currents)
        columns[STEP].append(np.full(count, number))
        if half.stated.cycle is not None:
            cycles.append(np.full(count, half.stated.cycle))
    data = {name: np.concatenate(parts) for name, parts in columns.items()}
    return {**data, **({CYCLE: np.concatenate(cycles)} if cycles else {})}


def _of_time(halves: Sequence[HalfCurve], mass: float | None) -> list[str]:
    """The statements about what time and current of the record mean."""
    if halves[0].current is None:
        return ["equilibrium potentials: time and current of the record stand for nothing that was measured"]
    first = float(halves[0].points.passed[0])
    late = f"; {in_words(first, mass)} passed before the first point" if first > 0 else ""
    return ["no time in the table: it is the charge over the current; rests are not in it" + late]
