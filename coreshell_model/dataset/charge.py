"""The current of a file that holds none, from the charge that passed: it is the charge over the time.

EC-Lab writes binaries without a current. The charge of a row ("dq") passed since the row before, whatever
step that was in; "(Q-Qo)" counts it on, from anew where a technique begins again.
"""

import numpy as np

from coreshell_model.dataset.columns import CHARGES, Measured
from coreshell_model.dataset.quantities import Quantities
from coreshell_model.dataset.sheet import Sheet

SAME_TIME = 1e-12
"""Relative to the longest time: rows this near are at one time."""

CLEARLY = 3.0
"""Times that a count which begins anew fits the next row better than one that goes on."""

MODE, REST = "mode", 3
"""EC-Lab's column that says what is controlled, and its number for a rest."""


def current_from_charge(quantities: Quantities, time: np.ndarray, labels: list[np.ndarray]) -> np.ndarray:
    """The mean current [A] since the row before, NaN where a cell is missing.

    A row at the time of the row before it begins a step; it has the current of the row after it, as the first
    row of the file has.

    Parameters
    ----------
    quantities : of the file, with a charge
    time : [s], NaN where a cell is missing
    labels : numbers of the steps and cycles, that show where a count may begin anew
    """
    what = next(what for what in CHARGES if what in quantities)
    charge = quantities.si(what)
    there = np.flatnonzero(~(np.isnan(time) | np.isnan(charge)))
    current = np.full(len(time), np.nan)
    if there.size < 2:
        current[there] = 0.0
        return current
    at = time[there]
    if what is Measured.CHARGE:
        new = np.zeros(len(there), bool)
        for label in labels:
            new[1:] |= np.diff(label[there]) != 0
        passed = _increments(at, charge[there], new if labels else ~new)
    else:
        passed = charge[there]
    header = quantities.sheet.header[quantities.place(what)]
    quantities.statements.append(f"current is that of {header!r}, over the time since the row before")
    current[there] = _rates(at, passed)
    return current


def counted_charge(quantities: Quantities) -> np.ndarray | None:
    """The charge [C] that the file counted for each of its rows; None where it gives none row by row."""
    what = Measured.CHARGE_INCREMENT
    return quantities.si(what) if what in quantities else None


def between(charge: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """Of a charge of each row, what passed between some of them."""
    if charge is None:
        return None
    total = np.nancumsum(charge)[rows]
    return np.diff(total, prepend=total[:1])


def _rates(time: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """Charge over time for each row; what rows at one time carry goes to the first that takes time."""
    interval = np.diff(time, prepend=time[0])
    takes = interval > SAME_TIME * np.abs(time).max(initial=0.0)
    back = interval < 0  # a clock that restarts
    total = np.cumsum(np.where(back, 0.0, passed))
    ends = np.flatnonzero(takes)
    rates = np.zeros(len(time))
    if not ends.size:
        return rates
    since = np.concatenate([[total[0]], total[ends[:-1]]])
    rates[ends] = (total[ends] - since) / interval[ends]
    after = np.searchsorted(ends, np.arange(len(time)))
    return rates[ends[np.minimum(after, len(ends) - 1)]]


def _increments(time: np.ndarray, count: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Charge of each row from a count; where it falls back towards 0 and goes on from there, it began anew.

    The row after tells: its rate is that of the row if the count began anew, or else that of the step.
    """
    passed = np.diff(count, prepend=count[0])
    for row in np.flatnonzero(new & (np.abs(count) < np.abs(np.concatenate([count[:1], count[:-1]])))):
        interval = time[row] - time[row - 1]
        following = 0.0
        if row + 1 < len(time) and time[row + 1] > time[row]:
            following = passed[row + 1] / (time[row + 1] - time[row]) * max(interval, 0.0)
        if CLEARLY * abs(count[row] - following) < abs(passed[row] - following):
            passed[row] = count[row]
    return passed


def at_rest(sheet: Sheet, quantities: Quantities, swept: np.ndarray) -> bool:
    """Whether the file itself says that nothing flows, outside its frequency sweeps.

    By EC-Lab's mode of every row, unless a charge passed, or where all that there is are sweeps.
    """
    if swept.all():
        return True
    names, rests = [name.strip().lower() for name in sheet.header], sheet.rests
    if names.count(MODE) == 1:
        modes = np.array([str(mode).strip() for mode in sheet.columns[names.index(MODE)]])[~swept]
        rests = bool((modes == str(REST)).all())
    charges = [what for what in CHARGES if rests and what in quantities]
    return rests and not any(np.ptp(np.nan_to_num(quantities.si(what))) > 0 for what in charges)
