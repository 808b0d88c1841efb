"""Vendors by their headers, and the units that their exports leave out.

Each entry says where its convention is known from, or "assumed: why". A unit that differs between files of
one vendor is listed as open: it is taken from the dates in the file, or the user has to say it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from coreshell_model.data.columns import Measured
from coreshell_model.data.sheet import Sheet


@dataclass(frozen=True)
class Vendor:
    """A vendor's export without units.

    Attributes
    ----------
    name : of the export
    marks : headers that it always has, in small letters
    source : where this is known from
    units : of columns without one in the header, by the header in small letters
    open : columns whose unit differs between files, with the units in use
    """

    name: str
    marks: frozenset[str]
    source: str
    units: Mapping[str, str] = field(default_factory=dict)
    open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


VENDORS = (
    Vendor(
        "Maccor's text export",
        frozenset({"step", "testtime", "steptime"}),
        "real files: minutes in one whose dates tell, seconds in others' readers of the same headers",
        open={"testtime": ("s", "min", "h"), "steptime": ("s", "min", "h")},
    ),
    Vendor(
        "Maccor's CSV export",
        frozenset({"dpt time", "test time (sec)", "step", "current", "voltage"}),
        "exports of the vendor that write units have (A) and (V) there, and public readers take it so",
        units={"current": "A", "voltage": "V"},
    ),
    Vendor(
        "Arbin's channel table",
        frozenset(
            {"data_point", "test_time", "step_time", "step_index", "cycle_index", "current", "voltage"}
        ),
        "the vendor's text exports of the same table, which write Test_Time(s), Current(A), Voltage(V)",
        units={"test_time": "s", "step_time": "s", "current": "A", "voltage": "V"},
    ),
    Vendor(
        "Neware's record table",
        frozenset({"datapoint", "step type", "time"}),
        "its times are h:min:s; numbers there have the unit that was set in BTSDA",
        open={"time": ("s", "min", "h"), "total time": ("s", "min", "h")},
    ),
    Vendor(
        "LANDT's table",
        frozenset({"testtime", "steptime", "systime"}),
        "assumed: its times are h:min:s, and numbers there have a unit that was set at the export",
        open={"testtime": ("s", "min", "h"), "steptime": ("s", "min", "h")},
    ),
    Vendor(
        "Digatron's table",
        frozenset({"program duration", "step duration", "voltage", "current"}),
        "the vendor's exports that write the unit write #s, #V and #A there",
        units={"program duration": "s", "step duration": "s", "voltage": "V", "current": "A"},
    ),
)


def vendor_of(header: Sequence[str]) -> Vendor | None:
    """The vendor with these headers; None where none, or more than one, has them."""
    names = {name.strip().strip("\"'").lower() for name in header}
    fitting = [vendor for vendor in VENDORS if vendor.marks <= names]
    most = max((len(vendor.marks) for vendor in fitting), default=0)
    closest = [vendor for vendor in fitting if len(vendor.marks) == most]
    return closest[0] if len(closest) == 1 else None


SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
"""Seconds in each unit that a time without one may have."""

CLOSE = 0.05
"""Relative difference within which the dates have to agree with a unit."""

RESOLVED = 10.0
"""Least seconds between two dates, which are written to a second, for a ratio to the time."""

LEAST_RATIOS = 3


def inferred_unit(
    sheet: Sheet, quantity: Measured, place: int, times: np.ndarray | None, stamps: np.ndarray | None
) -> tuple[str, str]:
    """The unit of a column whose header has none, and the statement how it is known.

    Parameters
    ----------
    times : the column's numbers, where it is a time
    stamps : the file's dates in seconds, where it has any

    Raises
    ------
    InputError
        Neither vendor nor dates give a unit, or they give different ones.
    """
    header = sheet.header[place]
    vendor, name = vendor_of(sheet.header), header.strip().strip("\"'").lower()
    by_vendor = vendor.units.get(name) if vendor is not None else None
    by_dates = None if times is None or stamps is None else unit_by_dates(times, stamps)
    if vendor is not None and by_dates and by_vendor and by_dates != by_vendor:
        raise sheet.wrong(
            f"{header!r} has no unit: {vendor.name} writes it in {by_vendor}, the file's dates say "
            f"{by_dates}; {_advice(quantity, header)}"
        )
    if by_dates:
        return by_dates, f"{header!r} has no unit; in {by_dates}, as the file's dates tell"
    if vendor is not None and by_vendor:
        return (
            by_vendor,
            f"{header!r} has no unit; in {by_vendor}, as {vendor.name} writes it ({vendor.source})",
        )
    raise sheet.wrong(f"{header!r} has no unit; {_units_in_use(vendor, name)}{_advice(quantity, header)}")


def unit_by_dates(times: np.ndarray, stamps: np.ndarray) -> str | None:
    """The unit in which a time agrees with the dates beside it; None where none does."""
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


def _units_in_use(vendor: Vendor | None, name: str) -> str:
    if vendor is None or name not in vendor.open:
        return ""
    *others, last = vendor.open[name]
    return f"{vendor.name} writes it in {', '.join(others)} or {last}; "


def _advice(quantity: Measured, header: str) -> str:
    choice = f"{header} in UNIT"
    return f"say it, as columns={{{quantity.value!r}: '{choice}'}} (--column '{quantity.value}={choice}')"
