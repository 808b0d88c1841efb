"""Clock times (h:min:s) and date stamps to seconds."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.dataset.numbers import MISSING
from coreshell_model.dataset.sheet import Sheet

_CLOCK = re.compile(r"(?:(\d+)\s*d?[\s.,]\s*)?(\d+):(\d{1,2}):(\d{1,2}(?:[.,]\d*)?)")
_FORMATS = (
    "ISO8601",
    *(
        f"{date} {clock}"
        for date in (
            "%m/%d/%Y",
            "%d/%m/%Y",
            "%d.%m.%Y",
            "%Y/%m/%d",
            "%d-%b-%Y",
            "%d-%b-%y",
            "%m/%d/%y",
            "%d/%m/%y",
        )
        for clock in ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S.%f %p", "%I:%M:%S %p")
    ),
)


def is_stamp(cell: Any) -> bool:
    """Whether a cell looks like a date."""
    if isinstance(cell, str):
        return re.match(r"\s*\d{1,4}[-/.]\w{1,3}[-/.]\d{2,4}(?:$|[ T])", cell) is not None
    return isinstance(cell, datetime | np.datetime64)


def clock_seconds(sheet: Sheet, place: int) -> np.ndarray:
    """A column of durations [s]; NaN where a cell is missing.

    Raises
    ------
    InputError
        A cell that is not hours, minutes and seconds.
    """
    return np.array([_seconds(sheet, place, row, cell) for row, cell in enumerate(sheet.columns[place])])


def _seconds(sheet: Sheet, place: int, row: int, cell: Any) -> float:
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, time):
        return 3600.0 * cell.hour + 60 * cell.minute + cell.second + cell.microsecond / 1e6
    text = str(cell or "").strip()
    if text.lower() in MISSING:
        return np.nan
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[3]) > 59 or float(match[4].replace(",", ".")) >= 61:
        raise sheet.wrong(
            f"{sheet.header[place]!r} is {text[:40]!r}; write times as h:min:s or in one unit", row
        )
    days = int(match[1] or 0)
    return 86400.0 * days + 3600 * int(match[2]) + 60 * int(match[3]) + float(match[4].replace(",", "."))


def stamp_seconds(sheet: Sheet, place: int) -> np.ndarray:
    """A column of dates as seconds after the first, as ``_stamps`` reads them; NaN where one is missing."""
    return _after_first(_stamps(sheet, place))


def first_stamp(sheet: Sheet, place: int) -> datetime | None:
    """The first of a column of dates, without its time zone; None where day and month could be either."""
    stamps, cells = _stamps(sheet, place), sheet.columns[place]
    others = [read for form in _FORMATS if (read := _read(cells, form)) is not None and _alike(read, stamps)]
    firsts = {read.min() for read in (stamps, *others)}
    return stamps.min().tz_localize(None).to_pydatetime() if len(firsts) == 1 else None


def _stamps(sheet: Sheet, place: int) -> pd.Series:
    """A column of dates.

    Where day and month cannot be told apart, the reading in which time never goes back is taken, if there is
    one only.

    Raises
    ------
    InputError
        Dates that cannot be read, or can be read in two ways.
    """
    cells = [None if str(cell).strip().lower() in MISSING else cell for cell in sheet.columns[place]]
    present = [row for row, cell in enumerate(cells) if cell is not None]
    if not present:
        raise sheet.wrong(f"{sheet.header[place]!r} has no dates")
    if not all(isinstance(cells[row], str) for row in present):
        return pd.to_datetime(pd.Series(cells), errors="coerce", utc=True)
    readings: list[pd.Series] = []
    for form in _FORMATS:
        read = _read(cells, form)
        if read is not None and not any(_alike(read, other) for other in readings):
            readings.append(read)
    forward = [read for read in readings if (np.diff(_after_first(read)[present]) >= 0).all()]
    if len(forward) == 1 or len(readings) == 1:
        return (forward or readings)[0]
    row = present[0]
    if not readings:
        row = next((r for r in present if all(_read([cells[r]], form) is None for form in _FORMATS)), row)
    what = "may have day and month in either order" if readings else "cannot be read as a date"
    raise sheet.wrong(
        f"{sheet.header[place]!r} is {str(cells[row])[:40]!r}, which {what}; write 2025-12-31 23:59:59", row
    )


def _alike(stamps: pd.Series, others: pd.Series) -> bool:
    """Whether two readings of the same cells put them equally far apart."""
    return np.allclose(_after_first(stamps), _after_first(others), equal_nan=True)


def _read(cells: Sequence[Any], form: str) -> pd.Series | None:
    try:
        return pd.to_datetime(pd.Series(cells, dtype=object), format=form, utc=True)
    except (ValueError, TypeError, OverflowError):
        return None


def _after_first(stamps: pd.Series) -> np.ndarray:
    return (stamps - stamps.min()).dt.total_seconds().to_numpy(float)
