"""Units that a vendor's exports leave out, known by the headers that stand together in them.

Each entry says where its convention is known from, or "assumed: why". A unit that differs between files of
one vendor is listed as open: the dates of the file tell it, or the user.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vendor:
    """A vendor's export without units.

    Attributes
    ----------
    name : of the export
    marks : headers that it always has, in small letters
    units : of columns whose header has none, by their header in small letters
    open : columns whose unit differs between its files, with the units in use
    known : where this is known from
    """

    name: str
    marks: frozenset[str]
    known: str
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
    """The vendor whose headers these are; None where none's are, or more than one's."""
    names = {name.strip().strip("\"'").lower() for name in header}
    fitting = [vendor for vendor in VENDORS if vendor.marks <= names]
    most = max((len(vendor.marks) for vendor in fitting), default=0)
    closest = [vendor for vendor in fitting if len(vendor.marks) == most]
    return closest[0] if len(closest) == 1 else None
