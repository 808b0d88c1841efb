"""Cells as numbers: decimal signs, durations and dates.

A file has one decimal sign. ``1,234`` alone may be 1.234 or 1234, so it is read only where another cell of
the file shows what the comma means, or where the user says it.
"""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.data.sheet import Sheet, TableColumn, parted

MISSING = {"", "nan", "-nan", "nan(ind)", "n/a", "na", "#n/a", "null", "none", "-", "--", "nat"}
_GROUPS = " \u00a0\u202f'’"
"""Separators of thousands that are never decimal signs."""
_TWO_SIGNS = re.compile(r"[.,][^\n.,]*+[.,]")
_CLOCKS = re.compile(r"(?:[^\n:]*+:[^\n]*+(?:\n|\Z)|\n)*+")
"""Joined cells that are all empty or have a colon."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def is_number(text: str) -> bool:
    """Whether a cell begins like a number in any spelling, a time or a date."""
    return re.match(r"\s*[+−-]?[.,]?\d", text) is not None


def decimal_sign(sheet: Sheet, places: Sequence[int]) -> str:
    """The decimal sign of the columns at ``places``: "." or ",".

    Raises
    ------
    InputError
        Both are in use, or no cell shows which it is.
    """
    plain = _decimal_sign_at_once([sheet.columns[place] for place in places])
    if plain is not None:
        return plain
    points, commas, open_cell = None, None, None
    for place in places:
        cells = sheet.columns[place]
        for row, cell in enumerate(cells):
            if not isinstance(cell, str) or ("," not in cell and "." not in cell) or ":" in cell:
                continue
            sign = _sign(cell)
            if sign == ".":
                points = points or (row, cell)
            elif sign == ",":
                commas = commas or (row, cell)
            elif re.fullmatch(r"\s*[+−-]?\d+,\d+\s*", cell):
                open_cell = open_cell or (row, cell)
    if points and commas:
        (row, cell), (other, point_cell) = commas, points
        raise sheet.wrong(
            f"{cell!r} has a decimal comma, {point_cell!r} in line {sheet.lines[other]} a decimal point; "
            "write all numbers alike",
            row,
        )
    if open_cell and not commas and not points:
        row, cell = open_cell
        raise sheet.wrong(
            f"{cell!r} may be a decimal comma or a thousands separator; say which, as decimal=',' "
            "(--decimal ,) or decimal='.' (--decimal .)",
            row,
        )
    return "," if commas else "."


def _decimal_sign_at_once(columns: Sequence[Sequence[Any]]) -> str | None:
    """The decimal sign of plainly written columns; None where each cell has to be looked at."""
    commas = points = False
    for cells in columns:
        if not isinstance(cells, TableColumn):
            return None
        for text in cells.pieces():
            if not isinstance(text, str):
                return None
            if ":" in text and _CLOCKS.fullmatch(text):
                continue
            if ":" in text or _TWO_SIGNS.search(text):
                return None
            commas, points = commas or "," in text, points or "." in text
            if commas and points:
                return None
    if not commas:
        return "."
    shows = any(_sign(cell) == "," for cells in columns for cell in cells if "," in cell and ":" not in cell)
    return "," if shows else None


def _sign(cell: str) -> str | None:
    """The decimal sign that a cell shows without doubt."""
    plain = cell.strip().lstrip("+-−")
    if not re.fullmatch(r"[\d.,\s'’]+(?:[eE][+-]?\d+)?", plain):
        return None
    last = "," if plain.rfind(",") > plain.rfind(".") else "."
    other = "." if last == "," else ","
    if plain.count(last) > 1:  # 1,234,567: thousands
        return other if other in plain or last == "," else ","
    if other in plain:
        return last
    head, _, tail = plain.partition(last)
    if re.fullmatch(r"[1-9]\d{0,2}", head) and re.fullmatch(r"\d{3}", tail):
        return None
    return last


def numbers(sheet: Sheet, place: int, decimal: str, by_user: bool) -> np.ndarray:
    """A column as numbers, NaN where a cell is missing.

    Parameters
    ----------
    decimal : the file's decimal sign
    by_user : whether the user gave it, so that the other sign can only separate thousands

    Raises
    ------
    InputError
        A cell is not a number.
    """
    cells = sheet.columns[place]
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "iufb":
        return _finite(sheet, place, cells.astype(float))
    thousands = "," if decimal == "." else "."
    pieces = list(cells.pieces()) if isinstance(cells, TableColumn) else [list(cells)]
    plain = [_plainly(piece, decimal) for piece in pieces]
    ready = [values for values in plain if values is not None]
    if len(ready) == len(plain):
        return _finite(sheet, place, np.concatenate(ready))
    grouped = by_user or any(_groups(cell, thousands, decimal) for cell in cells)
    parsed, row = [], 0
    for piece, values in zip(pieces, plain, strict=True):
        if values is None:
            values = np.empty(len(parted(piece)))
            for i, cell in enumerate(parted(piece)):
                value = _number(cell, decimal, thousands, grouped)
                if value is None:
                    raise sheet.wrong(_complaint(sheet.header[place], cell, thousands), row + i)
                values[i] = value
        parsed.append(values)
        row += len(values)
    return _finite(sheet, place, np.concatenate(parsed))


def _plainly(piece: Any, decimal: str) -> np.ndarray | None:
    """Cells as numbers, all at once; None unless each is a plainly written number or missing."""
    if isinstance(piece, str):
        if "_" in piece or (decimal == "," and ("." in piece or _TWO_SIGNS.search(piece))):
            return None
        cells = parted(piece.replace(",", ".") if decimal == "," else piece)
    elif all(isinstance(cell, str) and "_" not in cell for cell in piece) and decimal == ".":
        cells = list(piece)
    else:
        return None
    try:
        return np.array(list(map(float, cells)))
    except ValueError:
        pass
    try:
        return np.array([np.nan if cell.strip().lower() in MISSING else float(cell) for cell in cells])
    except ValueError:
        return None


def _groups(cell: Any, thousands: str, decimal: str) -> bool:
    """Whether a cell shows without doubt that ``thousands`` separates them: 1,234.5 or 1,234,567."""
    return isinstance(cell, str) and thousands in cell and (decimal in cell or cell.count(thousands) > 1)


def _number(cell: Any, decimal: str, thousands: str, grouped: bool) -> float | None:
    if cell is None:
        return np.nan
    if not isinstance(cell, str):
        return float(cell) if isinstance(cell, int | float | np.number) else None
    text = cell.strip().replace("−", "-")
    if text.lower() in MISSING:
        return np.nan
    whole = re.sub(rf"\{decimal}.*", "", text)
    separators = {c for c in whole if c in _GROUPS} | ({thousands} if thousands in whole else set())
    if len(separators) > 1 or (thousands in separators and not grouped):
        return None
    for separator in separators:
        if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(separator)}\d{{3}})+", whole):
            return None
        text = text.replace(separator, "")
    text = text.replace(decimal, ".")
    return float(text) if _NUMBER.fullmatch(text) else None


def _complaint(header: str, cell: Any, thousands: str) -> str:
    if isinstance(cell, str) and re.fullmatch(rf"[+-]?\d{{1,3}}\{thousands}\d{{3}}", cell.strip()):
        word = "comma" if thousands == "," else "point"
        return (
            f"{header!r} is {cell!r}, where the {word} may part thousands or decimals; say which sign is "
            "decimal, as decimal=',' (--decimal ,) or decimal='.' (--decimal .)"
        )
    return f"{header!r} is {str(cell)[:40]!r}, not a number; correct the cell or remove the line"


def _finite(sheet: Sheet, place: int, values: np.ndarray) -> np.ndarray:
    endless = np.flatnonzero(np.isinf(values))
    if endless.size:
        raise sheet.wrong(
            f"{sheet.header[place]!r} is infinite; correct the cell or remove the line", endless[0]
        )
    return values


def checked_decimal(decimal: str | None) -> str | None:
    """The decimal sign as the user gave it, which has to be a point or a comma."""
    if decimal not in (None, ".", ","):
        raise InputError(f"decimal is {decimal!r}; give '.' or ','")
    return decimal


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
    """A column of dates as seconds after the first of them; NaN where a date is missing."""
    return _after_first(_stamps(sheet, place))


def first_stamp(sheet: Sheet, place: int) -> datetime | None:
    """The first date of a column, without its time zone; None where day and month cannot be told apart."""
    stamps, cells = _stamps(sheet, place), sheet.columns[place]
    others = [
        reading
        for form in _FORMATS
        if (reading := _read(cells, form)) is not None and _alike(reading, stamps)
    ]
    firsts = {reading.min() for reading in (stamps, *others)}
    return stamps.min().tz_localize(None).to_pydatetime() if len(firsts) == 1 else None


def _stamps(sheet: Sheet, place: int) -> pd.Series:
    """A column of dates.

    Where day and month cannot be told apart, the reading in which time never goes back is taken, if only one
    is such.

    Raises
    ------
    InputError
        The dates cannot be read, or can be read in two ways.
    """
    cells = [None if str(cell).strip().lower() in MISSING else cell for cell in sheet.columns[place]]
    present = [row for row, cell in enumerate(cells) if cell is not None]
    if not present:
        raise sheet.wrong(f"{sheet.header[place]!r} has no dates")
    if not all(isinstance(cells[row], str) for row in present):
        return pd.to_datetime(pd.Series(cells), errors="coerce", utc=True)
    readings: list[pd.Series] = []
    for form in _FORMATS:
        reading = _read(cells, form)
        if reading is not None and not any(_alike(reading, other) for other in readings):
            readings.append(reading)
    forward = [reading for reading in readings if (np.diff(_after_first(reading)[present]) >= 0).all()]
    if len(forward) == 1 or len(readings) == 1:
        return (forward or readings)[0]
    row = present[0]
    if not readings:
        row = next((r for r in present if all(_read([cells[r]], form) is None for form in _FORMATS)), row)
    problem = "may have day and month in either order" if readings else "cannot be read as a date"
    raise sheet.wrong(
        f"{sheet.header[place]!r} is {str(cells[row])[:40]!r}, which {problem}; write 2025-12-31 23:59:59",
        row,
    )


def _alike(stamps: pd.Series, others: pd.Series) -> bool:
    """Whether two readings of the same cells have the same intervals between dates."""
    return np.allclose(_after_first(stamps), _after_first(others), equal_nan=True)


def _read(cells: Sequence[Any], form: str) -> pd.Series | None:
    try:
        return pd.to_datetime(pd.Series(cells, dtype=object), format=form, utc=True)
    except (ValueError, TypeError, OverflowError):
        return None


def _after_first(stamps: pd.Series) -> np.ndarray:
    return (stamps - stamps.min()).dt.total_seconds().to_numpy(float)
