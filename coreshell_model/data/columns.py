"""The many spellings of a column's header, read as a quantity and a unit.

Names of the Battery Data Format are those of its specification 1.0.0 (Battery Data Alliance), in both
spellings, ``Test Time / s`` and ``test_time_second``; names of vendors are those of its vendor schemas.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import to_si

TIME, VOLTAGE, CURRENT = "Test Time / s", "Voltage / V", "Current / A"
CYCLE, STEP, TEMPERATURE = "Cycle Count / 1", "Step Count / 1", "Ambient Temperature / degC"
REQUIRED = (TIME, VOLTAGE, CURRENT)
"""The columns that every table has, by their names in the Battery Data Format."""


class Measured(Enum):
    """What a column of a cycler's file can be; the value is the word that users give."""

    TEST_TIME = "test time"
    TIME = "time"
    STEP_TIME = "step time"
    DATE = "date"
    VOLTAGE = "voltage"
    CURRENT = "current"
    SPECIFIC_CURRENT = "specific current"
    CHARGE_INCREMENT = "charge increment"
    CHARGE = "charge"
    CYCLE = "cycle"
    STEP = "step"
    STEP_TYPE = "step type"
    TEMPERATURE = "temperature"


CLOCKS = (Measured.TEST_TIME, Measured.TIME, Measured.STEP_TIME, Measured.DATE)
"""Quantities that say when a point was measured."""

CURRENTS = (Measured.CURRENT, Measured.SPECIFIC_CURRENT)

CHARGES = (Measured.CHARGE_INCREMENT, Measured.CHARGE)
"""Quantities from which a current can be computed: the charge since the row before, and the charge in all."""

_SPELLINGS = {
    Measured.TEST_TIME: (
        "test time, testtime, total time, totaltime, elapsed time, run time, runtime, test, "
        "program duration, 总时间, 测试时间"
    ),
    Measured.TIME: "time, t, zeit",
    Measured.STEP_TIME: (
        "step time, steptime, t-step, step duration, relative time, state time, time in step, 时间"
    ),
    Measured.DATE: (
        "date, date time, datetime, absolute time, real time, realtime, system time, systime, sys time, "
        "timestamp, time stamp, dpt time, date time iso string, unix time, 绝对时间, 系统时间"
    ),
    Measured.VOLTAGE: (
        "voltage, v, u, e, ewe, ecell, ewe-ece, volt, volts, mvolts, potential, cell voltage, "
        "cell potential, working electrode potential, spannung, 电压"
    ),
    Measured.CURRENT: "current, i, cur, amps, mamps, strom, cell current, applied current, 电流",
    Measured.SPECIFIC_CURRENT: "specific current, current density, gravimetric current, mass current",
    Measured.CHARGE_INCREMENT: "dq",
    Measured.CHARGE: "(q-qo)",
    Measured.CYCLE: (
        "cycle, cycle number, cycle count, cycle index, cycle id, cycle no, cyc, cyc#, cyc-count, "
        "total cycle, zyklus, 循环号, 循环序号"
    ),
    Measured.STEP: (
        "step, step index, step number, step count, step id, step no, ns, schritt, 工步号, 工步序号"
    ),
    Measured.STEP_TYPE: "step type, step name, status, state, md, command, 工步类型",
    Measured.TEMPERATURE: "temperature, temp, ambient temperature, environment temperature, 温度",
}
_NAMES = {name: quantity for quantity, names in _SPELLINGS.items() for name in re.split(r",\s+", names)}
_UNITS = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "ms": "ms", "millisecond": "ms",
    "min": "min", "mins": "min", "minute": "min", "minutes": "min", "d": "d", "day": "d", "days": "d",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "v": "V", "volt": "V", "volts": "V", "mv": "mV", "millivolt": "mV",
    "a": "A", "amp": "A", "amps": "A", "ampere": "A", "amperes": "A", "ma": "mA", "milliampere": "mA",
    "ua": "uA", "μa": "uA", "na": "nA", "g": "g", "mg": "mg", "kg": "kg",
}  # fmt: skip
_UNIT_IN_NAME = {"amps": "A", "volts": "V", "mamps": "mA", "mvolts": "mV"}
"""Names that contain their unit."""
_CELSIUS = {"c", "°c", "degc", "celsius", "øc", "ºc", "deg c"}
_COUNTED = "dQ"
"""EC-Lab's name of a charge that its techniques count in different ways; it is not read, unlike "dq"."""
LONGEST_NAME = 200
"""Characters of a header at most."""
_VALUE = re.compile(r"[\s\"']*[+-]?[.,]?\d")
"""The beginning of a number; a header never begins so."""
_CLOCK_UNIT = re.compile(r"h+(?:our)?s?:m+(?:in)?:s+(?:ec)?(?:\.m?s+)?", re.IGNORECASE)
_AGAINST = re.compile(r"\s*\b(?:vs\.?|versus)\s*Na(?:\s*/\s*Na\s*\+|\+/Na|\s*metal)?", re.IGNORECASE)
_SI = {
    **dict.fromkeys(CLOCKS, "s"),
    Measured.VOLTAGE: "V",
    Measured.CURRENT: "A",
    Measured.SPECIFIC_CURRENT: "A/kg",
    **dict.fromkeys(CHARGES, "C"),
}


class Heading(NamedTuple):
    """A column's header as read: its quantity, and the unit written there, if any."""

    quantity: Measured | None
    unit: str | None


@lru_cache(maxsize=10_000)
def heading(text: str) -> Heading:
    """Read a header such as ``Ewe/V``, ``Test_Time(s)`` or ``Specific current [mA/g]``."""
    if len(text) > LONGEST_NAME or _VALUE.match(text):
        return Heading(None, None)
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip().strip("~#%\"' \ufeff")
    plain = without_reference(plain)
    for name, unit in splits(plain):
        base = re.sub(r"[_\s.]+", " ", re.sub(r"[<>]", "", name)).strip(" :-").lower()
        quantity = _NAMES.get(base)
        if quantity is not None and name.strip() != _COUNTED:
            return _with_unit(quantity, base, unit.strip(" .<>") if unit else None)
    return Heading(None, None)


def without_reference(text: str) -> str:
    """A header without "vs Na/Na+" and without repeated spaces."""
    return " ".join(_AGAINST.sub("", text).split())


def splits(plain: str):
    """The ways to split a header into a name and a unit."""
    bracket = re.fullmatch(r"(.+?)\s*(?:\[(.*)\]|\((.*)\))", plain)
    if bracket:
        yield bracket[1], (bracket[2] or bracket[3] or "").strip()
    for sign in "/#":
        if sign in plain:
            name, _, unit = plain.partition(sign)
            yield name, unit
    yield plain, None
    tail = re.fullmatch(r"(.+?)(?:[_,]\s*|\s+(?:in\s+)?)([^_,\s]+)", plain)
    if tail and (tail[2].lower() in _UNITS or tail[2].lower() in _CELSIUS):
        yield tail[1], tail[2]


def _with_unit(quantity: Measured, base: str, unit: str | None) -> Heading:
    """The heading of a name with its unit, which decides for ambiguous names: ``T/°C``, ``Step (Sec)``."""
    unit = unit or _UNIT_IN_NAME.get(base)
    low = (unit or "").lower()
    if low in _CELSIUS | {"k"} and base in (
        "t",
        "temp",
        "temperature",
        *_SPELLINGS[Measured.TEMPERATURE].split(", "),
    ):
        return Heading(Measured.TEMPERATURE, unit)
    if quantity is Measured.STEP and _UNITS.get(low) in ("s", "ms", "min", "h", "d"):
        return Heading(Measured.STEP_TIME, unit)
    if quantity in CURRENTS and unit:
        if _is(unit, "A/kg"):
            return Heading(Measured.SPECIFIC_CURRENT, unit)
        if quantity is Measured.SPECIFIC_CURRENT:  # per area
            return Heading(Measured.CURRENT, unit) if _is(unit, "A") else Heading(None, None)
    if base == "test" and not _is(unit or "", "s"):
        return Heading(None, None)
    return Heading(quantity, unit)


def is_clock(unit: str | None) -> bool:
    """Whether a unit stands for hours, minutes and seconds, as ``h:min:s.ms``."""
    return unit is not None and _CLOCK_UNIT.fullmatch(unit.replace(" ", "")) is not None


def is_unit(text: str) -> bool:
    """Whether a cell holds a unit alone, as in a second header line."""
    plain = text.strip().strip("[]()").lower()
    return plain in _UNITS or plain in _CELSIUS or is_clock(plain) or _is(plain, "A/kg")


def factor(unit: str, quantity: Measured) -> float:
    """The factor from ``unit`` to SI.

    Raises
    ------
    InputError
        The unit is unknown, or of another quantity.
    """
    return to_si(1.0, _written(unit), _SI[quantity])


def in_celsius(values, unit: str | None):
    """Temperatures [degC] from a column in degC or K; None for another unit or none."""
    low = (unit or "").lower()
    if low in _CELSIUS:
        return values
    return values - 273.15 if low == "k" else None


def _written(unit: str) -> str:
    """A unit in SI's spelling: cyclers write ma, MA and Sec. for mA and s."""
    return re.sub(r"[A-Za-zμµ]+", lambda word: _UNITS.get(word[0].lower().replace("µ", "μ"), word[0]), unit)


def _is(unit: str, si: str) -> bool:
    try:
        to_si(1.0, _written(unit), si)
    except InputError:
        return False
    return bool(unit)
