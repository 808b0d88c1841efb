"""EC-Lab's text files, and the current computed from the charge where a file has only that.

EC-Lab's binaries may have no current. "dq" is the charge since the row before, in whatever step that was;
"(Q-Qo)" is its sum, which begins anew where a technique begins again.

A text export has the lines "EC-Lab ASCII FILE" and "Nb header lines : N", then settings up to line N, which
names the columns. It is tab-separated, in latin-1, with a decimal point or comma.
"""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import shown
from coreshell_model.base.units import to_si
from coreshell_model.data.columns import CHARGES, Measured
from coreshell_model.data.quantities import Quantities
from coreshell_model.data.sheet import Choice, Header, Sheet, is_complete, kinds, no_header
from coreshell_model.data.sweeps import FREQUENCY
from coreshell_model.data.text import decoded_lines, delimited

SAME_TIME = 1e-12
"""Share of the longest time within which two rows are at the same time."""

CLEARLY = 3.0
"""Factor by which a count that begins anew has to fit the next row better than a count that goes on."""

MODE, REST = "mode", 3
"""EC-Lab's column of the control mode, and its number for a rest."""


def current_from_charge(quantities: Quantities, time: np.ndarray, labels: list[np.ndarray]) -> np.ndarray:
    """The mean current [A] since the row before, NaN where a cell is missing.

    The first row of the file, and a row at the time of the row before it, which begins a step, have the
    current of the row after them.

    Parameters
    ----------
    quantities : of the file, with a charge
    time : [s], NaN where a cell is missing
    labels : numbers of steps and cycles, which show where a count may begin anew
    """
    quantity = next(quantity for quantity in CHARGES if quantity in quantities)
    charge = quantities.si(quantity)
    complete = np.flatnonzero(~(np.isnan(time) | np.isnan(charge)))
    current = np.full(len(time), np.nan)
    if complete.size < 2:
        current[complete] = 0.0
        return current
    times = time[complete]
    if quantity is Measured.CHARGE:
        new = np.zeros(len(complete), bool)
        for label in labels:
            new[1:] |= np.diff(label[complete]) != 0
        passed = _increments(times, charge[complete], new if labels else ~new)
    else:
        passed = charge[complete]
    header = quantities.sheet.header[quantities.place(quantity)]
    quantities.statements.append(f"current is that of {header!r}, over the time since the row before")
    current[complete] = _rates(times, passed)
    return current


def counted_charge(quantities: Quantities) -> np.ndarray | None:
    """The charge [C] since the row before, as the file counts it; None where the file has no such column."""
    quantity = Measured.CHARGE_INCREMENT
    return quantities.si(quantity) if quantity in quantities else None


def charge_between(charge: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    """The charge that passed between the selected ``rows``, from the charge of each row of the file."""
    if charge is None:
        return None
    total = np.nancumsum(charge)[rows]
    return np.diff(total, prepend=total[:1])


def _rates(time: np.ndarray, passed: np.ndarray) -> np.ndarray:
    """Charge over time for each row; the charge of rows at the same time goes to the next later row."""
    interval = np.diff(time, prepend=time[0])
    takes = interval > SAME_TIME * np.abs(time).max(initial=0.0)
    back = interval < 0  # the clock restarts
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
    """Charge of each row from a running count, which may fall back towards 0 and begin anew.

    Whether it began anew is seen from the rate of the next row: it fits the row's charge counted from 0 if
    so, and the difference from the row before if not.
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
    """Whether the file itself says that no current flows outside its frequency sweeps.

    It does where the mode of every row, or the technique, is rest and no charge passed, and where all rows
    are of sweeps.
    """
    if swept.all():
        return True
    names, rests = [name.strip().lower() for name in sheet.header], sheet.rests
    if names.count(MODE) == 1:
        modes = np.array([str(mode).strip() for mode in sheet.columns[names.index(MODE)]])[~swept]
        rests = bool((modes == str(REST)).all())
    charges = [quantity for quantity in CHARGES if rests and quantity in quantities]
    return rests and not any(np.ptp(np.nan_to_num(quantities.si(quantity))) > 0 for quantity in charges)


FIRST_LINE = re.compile(rb"(?:\xef\xbb\xbf)?(?:EC|BT)-Lab ASCII FILE")
OPEN_CIRCUIT = "Open Circuit Voltage"
"""The technique in the settings during which no current flows."""
UNSET_MASS = 0.001
"""Milligrams that EC-Lab writes where nobody entered a mass."""


def is_eclab(content: bytes) -> bool:
    """Whether a file begins as EC-Lab's text export does."""
    return FIRST_LINE.match(content) is not None


def eclab_sheet(path: Path, content: bytes, chosen: Choice) -> Sheet:
    """An EC-Lab text file as a sheet, with the mass of active material that its settings state.

    Raises
    ------
    InputError
        The count of header lines is missing or wrong, or a line has the wrong number of cells.
    """
    where = shown(path)
    lines = decoded_lines(where, content, ("utf-8-sig", "latin-1"))
    count = re.fullmatch(r"Nb header lines\s*:\s*(\d+)\s*", lines[1] if len(lines) > 1 else "")
    if count is None:
        raise InputError(f"{where}: line 2: no 'Nb header lines : N'; export the file from EC-Lab again")
    place = int(count[1]) - 1
    if not 2 <= place < len(lines):
        raise InputError(
            f"{where}: line 2: {count[1]} header lines in a file of {len(lines)} lines; export it again"
        )
    names = [name.strip() for name in lines[place].rstrip("\t").split("\t")]
    if not kinds(names, chosen):
        raise InputError(
            f"{where}: line {place + 1}: does not name the columns, as line 2 says; export it again"
        )
    settings = [line.strip() for line in lines[:place]]
    rests = OPEN_CIRCUIT in settings
    silent = rests or not {MODE, FREQUENCY}.isdisjoint(name.lower() for name in names)
    if not is_complete(kinds(names, chosen) | ({Measured.CURRENT} if silent else set())):
        raise no_header(where, [names], chosen, lambda _: place + 1)
    records = delimited(where, lines, "\t", Header(place, tuple(names), 1), chosen)
    sheet = records.sheet("EC-Lab text", _mass(settings))
    return replace(sheet, rests=rests, began=_began(settings))


def _began(settings: list[str]) -> datetime | None:
    """When the acquisition began, as the settings state: month, day, year."""
    for line in settings:
        match = re.fullmatch(r"Acquisition started on\s*:\s*(\S+) (\d+:\d+:\d+)([.,]\d{1,6})?\d*", line)
        if match:
            text = f"{re.sub('[.-]', '/', match[1])} {match[2]}{(match[3] or '.0').replace(',', '.')}"
            try:
                return datetime.strptime(text, "%m/%d/%Y %H:%M:%S.%f")
            except ValueError:
                return None
    return None


def _mass(lines: list[str]) -> float | None:
    """Mass of active material [kg] in the settings; None where it was left at its default."""
    for line in lines:
        match = re.fullmatch(r"Mass of active material\s*:\s*([\d.,]+)\s*(\S+)\s*", line)
        if match:
            value = float(match[1].replace(",", "."))
            return (
                None
                if value == 0 or (value, match[2]) == (UNSET_MASS, "mg")
                else to_si(value, match[2], "kg")
            )
    return None
