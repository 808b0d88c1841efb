"""The words of one step of a protocol: what a user may write, and what the program makes of it."""

import math
import re
from dataclasses import dataclass
from enum import Enum
from math import isclose

from coreshell_model.base.errors import InputError

SHORTEST, LONGEST = 1e-3, 3.6e8
"""Seconds that a step may be told to take: a millisecond, 100 000 hours."""

MOST_POINTS = 100_000
"""Points in time that a stated period may ask of one step."""

BY_DEFAULT = " by default"
"""Follows the time of a step in its words where the protocol states none."""

_SECONDS = {
    **dict.fromkeys(("second", "seconds", "s", "sec"), 1.0),
    **dict.fromkeys(("minute", "minutes", "m", "min"), 60.0),
    **dict.fromkeys(("hour", "hours", "h", "hr"), 3600.0),
}

NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]-?[0-9]+)?"
TIME = rf"{NUMBER} ?(?:{'|'.join(sorted(_SECONDS, key=len, reverse=True))})"
VOLTAGE = rf"-?{NUMBER} ?m?V"
SCAN_RATE = rf"{NUMBER} ?m?V/s"
PER_MASS = rf"{NUMBER} ?m?A/g"
CAPACITY = rf"{NUMBER} ?m?Ah/g"
RATE = rf"C/{NUMBER}|{NUMBER} ?C|{PER_MASS}"
PERIOD = rf"(?: \((?P<period>{TIME}) period\))?"


@dataclass(frozen=True)
class Terms:
    """What the words of a step refer to: cut-offs and start [V], and the current of 1C [A.kg-1]."""

    lower: float
    upper: float
    start: float
    one_c: float


def split(text: str) -> tuple[float, str]:
    """Number and unit of "80 hours"."""
    number = re.match(rf"-?{NUMBER}", text)
    assert number is not None  # the grammar put one there
    return float(number[0]), text[number.end() :].strip()


def seconds(time: str) -> float:
    """A time in seconds."""
    value, unit = split(time)
    return value * _SECONDS[unit]


def in_si(text: str) -> float:
    """A voltage [V], scan rate [V.s-1], or current or charge per mass [A.kg-1, A.h.kg-1].

    Only the prefix counts, as the grammar has the unit already; per gram and milli cancel.
    """
    value, unit = split(text)
    scale = 1e-3 if unit.startswith("m") else 1.0
    return value * scale * (1e3 if unit.endswith("/g") else 1.0)


def check_electric(text: str | None) -> None:
    """A voltage lies where cells have theirs; whatever else there is lies above 0.

    Raises
    ------
    InputError
        It does not.
    """
    if not text:
        return
    value, unit = split(text.removeprefix("C/").lstrip("<> "))
    if unit.endswith("V"):
        if not -1 <= in_si(text.lstrip("<> ")) <= 5:
            raise InputError(f"has {text}; give a voltage from -1 to 5 V")
    elif not (0 < value < math.inf and 0 < 1 / value < math.inf):
        raise InputError(f"has {text}; give a finite number above 0")


def check_time(duration: float, period: str | None) -> None:
    """A step takes from a millisecond to 100 000 hours [s], its period a part of that.

    Raises
    ------
    InputError
        It does not.
    """
    if not SHORTEST <= duration <= LONGEST:
        raise InputError(
            f"may take {duration / 3600:.4g} hours; "
            f"give a time from 1 millisecond to {LONGEST / 3600:g} hours"
        )
    if period is not None and not duration / MOST_POINTS <= seconds(period) <= duration:
        raise InputError(
            f"has a period of {period} in {duration / 3600:.4g} hours; give one from a {MOST_POINTS}th of "
            "its time up to all of it, or none: the solver keeps its own times"
        )


LONGEST_STEP = 100.0
"""Hours after which a step that states no time ends anyway, unless its C-rate says otherwise."""

SWEEP_POINTS = 2500
"""Points at which a sweep without a period keeps its results: one a millivolt over 2.5 V."""

OPEN_CIRCUIT = "open circuit"
"""Where a protocol's first step may sweep from: the potential at which the cell starts."""

_LONGEST_TEXT = 200  # characters of a step

_WORDS = {
    "sodiate": "Discharge",
    "desodiate": "Charge",
    "discharge": "Discharge",
    "charge": "Charge",
    "hold": "Hold",
    "rest": "Rest",
    "sweep": "Sweep",
}


def _form(does: str, ends: str) -> re.Pattern:
    return re.compile(rf"{does}(?: for (?P<time>{TIME}))?(?:(?: or)? until (?P<limit>{ends}))?{PERIOD}")


_CAPACITY_LIMIT = re.compile(rf"(?: or)? until (?P<capacity>{CAPACITY})")
_FORMS = (
    _form(rf"(?:Discharge|Charge) at (?P<value>{RATE}|{NUMBER} ?(?:m?[AW]|Ohm))", VOLTAGE),
    _form(rf"Hold at (?P<value>{VOLTAGE})", rf"{RATE}|{NUMBER} ?m?A"),
    _form("(?P<value>)Rest", rf"[<>] ?{VOLTAGE}"),  # at rest PyBaMM does not know from which side
)
_SWEEP = re.compile(
    rf"Sweep from (?P<start>{VOLTAGE}) to (?P<end>{VOLTAGE}) at (?P<value>{SCAN_RATE}){PERIOD}"
)
_EXAMPLES = (
    "'Sodiate at C/20 for 80 hours or until lower cut-off', "
    "'Hold at lower cut-off for 60 hours or until C/100', 'Rest for 10 hours' "
    "or 'Sweep from 2.5 V to 5 mV at 0.1 mV/s'"
)


def in_pybamm_words(step: str, terms: Terms) -> str:
    """A step in words that PyBaMM reads, with numbers for what they refer to and a time limit.

    Two kinds go beyond PyBaMM's words: "Discharge at C/20 for 5 hours = 100 mAh/g", the time in which a limit
    in capacity is reached, and "Sweep from 2.5 V to 0.005 V at 0.1 mV/s".

    Raises
    ------
    InputError
        Not a step, one that never ends, or a number that a step cannot have.
    """
    text = " ".join(step.split())
    first, _, rest = text.partition(" ")
    text = f"{_WORDS.get(first.lower(), first)} {rest}".strip()
    for words, volts in (
        ("lower cut-off", terms.lower),
        ("upper cut-off", terms.upper),
        (OPEN_CIRCUIT, terms.start),
    ):
        text = re.sub(rf"\b{words}\b", f"{volts:.12g} V", text, flags=re.IGNORECASE)
    if len(text) <= _LONGEST_TEXT:
        if swept := _SWEEP.fullmatch(text):
            return _sweep(swept, terms)
        capacity = _CAPACITY_LIMIT.search(text)
        without = text.replace(capacity[0], "", 1) if capacity else text
        if read := next(filter(None, (form.fullmatch(without) for form in _FORMS)), None):
            return _step(read, capacity["capacity"] if capacity else None, terms)
    raise InputError(f"cannot be read; write it like {_EXAMPLES}")


def _step(read: re.Match, capacity: str | None, terms: Terms) -> str:
    """A step of PyBaMM's four kinds."""
    if read["time"] is None and read["limit"] is None and capacity is None:
        raise InputError("never ends; add a time, like 'for 10 hours', or a limit, like 'or until 5 mV'")
    for name in ("value", "limit"):
        check_electric(read[name])
    value, limit = (_as_c_rate(read[name] or "", terms) for name in ("value", "limit"))
    does = f"{read[0][: read.start('value')]}{value}" if value else "Rest"
    hours = seconds(read["time"]) / 3600 if read["time"] else _hours_allowed(value)
    took = read["time"] or f"{hours:.6g} hours{BY_DEFAULT}"
    if capacity is not None:
        reached = _hours_until(capacity, value, terms)
        if reached <= hours:
            hours, took = reached, f"{reached:.12g} hours = {capacity}"
    check_time(3600 * hours, read["period"])
    return f"{does} for {took}{f' or until {limit}' if limit else ''}{_period(read)}"


def _sweep(read: re.Match, terms: Terms) -> str:
    """A voltage sweep, inside the window but for where it starts."""
    for name in ("start", "end", "value"):
        check_electric(read[name])
    start, end, speed = (in_si(read[name]) for name in ("start", "end", "value"))
    if start == end:
        raise InputError(f"goes nowhere, from {read['start']} to {read['end']}; give two voltages")
    if not terms.lower <= end <= terms.upper:
        raise InputError(
            f"ends at {read['end']}, outside the window of {terms.lower:.6g} to {terms.upper:.6g} V; "
            "end inside it or widen the window"
        )
    duration = abs(end - start) / speed
    check_time(duration, read["period"])
    period = _period(read) or f" ({duration / SWEEP_POINTS:.6g} seconds period)"
    return f"Sweep from {start:.12g} V to {end:.12g} V at {1000 * speed:.12g} mV/s{period}"


def _period(read: re.Match) -> str:
    return f" ({read['period']} period)" if read["period"] else ""


def _as_c_rate(text: str, terms: Terms) -> str:
    """A current per gram as a multiple of 1C; any other text as it is."""
    return f"{in_si(text) / terms.one_c:.12g}C" if text.endswith("A/g") else text


def _c_rate(value: str) -> float | None:
    """The multiple of 1C, where the value is one."""
    if value.startswith("C/"):
        return 1 / float(value[2:])
    number, unit = split(value) if re.match(NUMBER, value) else (0.0, "")
    return number if unit == "C" else None


def _hours_allowed(value: str) -> float:
    """Four times the hours of a C-rate, else ``LONGEST_STEP``."""
    rate = _c_rate(value)
    return 4 / rate if rate else LONGEST_STEP


def _hours_until(capacity: str, value: str, terms: Terms) -> float:
    """Hours in which a constant current passes a capacity, counted from the start of the step."""
    check_electric(capacity)
    rate = _c_rate(value)
    if not rate:
        raise InputError(
            f"ends at {capacity} at no C-rate; a limit in capacity goes with a rate, as 'Sodiate at C/20' or "
            "'at 20 mA/g', at which it is a time"
        )
    return in_si(capacity) / (rate * terms.one_c)


class Kind(Enum):
    """What a step does; the value is the word it begins with."""

    SODIATE = "Discharge"
    DESODIATE = "Charge"
    HOLD = "Hold"
    REST = "Rest"
    SWEEP = "Sweep"


_SWEEP_WRITTEN = re.compile(rf"Sweep from (-?{NUMBER}) V to (-?{NUMBER}) V at ({NUMBER}) mV/s")
_RATE = re.compile(rf"(?:Discharge|Charge) at (?:C/({NUMBER})|({NUMBER}) ?C)\b")


_TOLD = {Kind.SODIATE.value: "Sodiate", Kind.DESODIATE.value: "Desodiate"}
_KINDS = {each.value: each for each in Kind}


def kind(text: str) -> Kind | None:
    """The kind of a step, from its words as ``in_pybamm_words`` gives them; None for other words."""
    return _KINDS.get(text.partition(" ")[0])


def rate(text: str) -> float | None:
    """The multiple of 1C at which a step sodiates or desodiates; None for other steps."""
    found = _RATE.match(text)
    if found is None:
        return None
    return 1 / float(found[1]) if found[1] else float(found[2])


def rate_label(rate: float) -> str:
    """A multiple of 1C as the field writes it: "C/20", "2C"."""
    inverse = 1 / rate
    if rate < 1 and isclose(inverse, round(inverse, 2), rel_tol=1e-6):
        return f"C/{round(inverse, 2):g}"
    return f"{rate:g}C"


def sweep(text: str) -> tuple[float, float, float] | None:
    """Start [V], end [V] and speed [V.s-1] of a sweep; None for other steps."""
    found = _SWEEP_WRITTEN.match(text)
    return (float(found[1]), float(found[2]), float(found[3]) / 1000) if found else None


def held(text: str) -> float | None:
    """The voltage [V] of a hold; None for other steps."""
    found = re.match(rf"Hold at ({VOLTAGE})", text)
    return in_si(found[1]) if found else None


def capacity_limit(text: str) -> str | None:
    """The limit in capacity that a step's time stands for, as it was written."""
    found = re.search(r" = (\S+ ?\S*Ah/g)", text)
    return found[1] if found else None


def prescribes_power(text: str) -> bool:
    """Whether a step sodiates or desodiates at a constant power."""
    return re.match(rf"(?:Discharge|Charge) at {NUMBER} ?m?W\b", text) is not None


def by_default(text: str) -> bool:
    """Whether the time of a step is the program's own, as the protocol states none."""
    return BY_DEFAULT in text


def told(text: str) -> str:
    """The words of a step as a protocol writes them: sodiate and desodiate for discharge and charge."""
    first, _, rest = text.partition(" ")
    return f"{_TOLD.get(first, first)} {rest}".strip()


def without_remarks(text: str) -> str:
    """The words of a step without what PyBaMM does not read: what its time stands for."""
    capacity = capacity_limit(text)
    return text.replace(f" = {capacity}" if capacity else BY_DEFAULT, "", 1)
