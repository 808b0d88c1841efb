"""The unit of a column whose header has none: by the file's dates, or by its vendor's convention."""

import numpy as np

from coreshell_model.dataset.columns import Measured
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.vendors import Vendor, vendor_of

SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
"""In each unit that a time without one may have."""

CLOSE = 0.05
"""Relative to it: how close the dates have to come to a unit to tell it."""

RESOLVED = 10.0
"""Seconds between two dates, written to a second, from which their difference is good for a ratio."""

LEAST_RATIOS = 3


def untold_unit(
    sheet: Sheet, what: Measured, place: int, times: np.ndarray | None, stamps: np.ndarray | None
) -> tuple[str, str]:
    """The unit of a column, and the statement how it is known.

    Parameters
    ----------
    times : the column's numbers, where it is a time
    stamps : the file's dates in seconds, where it has any

    Raises
    ------
    InputError
        Nothing tells the unit, or two things tell different ones.
    """
    header = sheet.header[place]
    vendor, name = vendor_of(sheet.header), header.strip().strip("\"'").lower()
    by_vendor = vendor.units.get(name) if vendor is not None else None
    by_dates = None if times is None or stamps is None else unit_by_dates(times, stamps)
    if vendor is not None and by_dates and by_vendor and by_dates != by_vendor:
        raise sheet.wrong(
            f"{header!r} has no unit: {vendor.name} writes it in {by_vendor}, the file's dates say "
            f"{by_dates}; {_say(what, header)}"
        )
    if by_dates:
        return by_dates, f"{header!r} has no unit; in {by_dates}, as the file's dates tell"
    if vendor is not None and by_vendor:
        return (
            by_vendor,
            f"{header!r} has no unit; in {by_vendor}, as {vendor.name} writes it ({vendor.known})",
        )
    raise sheet.wrong(f"{header!r} has no unit; {_either(vendor, name)}{_say(what, header)}")


def unit_by_dates(times: np.ndarray, stamps: np.ndarray) -> str | None:
    """The unit in which a time runs as the dates beside it do; None where none fits."""
    passed, counted = np.diff(stamps), np.diff(times)
    sound = (passed >= RESOLVED) & (counted > 0)
    if sound.sum() >= LEAST_RATIOS:
        ratio = float(np.median(passed[sound] / counted[sound]))
    else:
        forward = (counted > 0) & (passed >= 0)
        if passed[forward].sum() < RESOLVED:
            return None
        ratio = float(passed[forward].sum() / counted[forward].sum())
    return next((unit for unit, seconds in SECONDS.items() if abs(ratio / seconds - 1) < CLOSE), None)


def _either(vendor: Vendor | None, name: str) -> str:
    if vendor is None or name not in vendor.open:
        return ""
    *others, last = vendor.open[name]
    return f"{vendor.name} writes it in {', '.join(others)} or {last}; "


def _say(what: Measured, header: str) -> str:
    choice = f"{header} in UNIT"
    return f"say it, as columns={{{what.value!r}: '{choice}'}} (--column '{what.value}={choice}')"
