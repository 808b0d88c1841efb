"""The words of one step of a protocol: PyBaMM's, or "Sodiate" and "Desodiate" for its two directions.

The grammar is narrower than PyBaMM's reader, which takes "Charge at 5 V" for a hold at -5 V, "Restaurant"
for a rest, and lets "Rest until 1 V" end never.
"""

import math
import re

from coreshell_model.errors import InputError

LONGEST_STEP = 100.0
"""Hours after which a step that states no time ends anyway, unless its C-rate says otherwise."""

SHORTEST, LONGEST = 1e-3, 3.6e8
"""Seconds that a step may be told to take: a millisecond, 100 000 hours."""

MOST_POINTS = 100_000
"""Points in time that a stated period may ask of one step."""

_LONGEST_TEXT = 200  # characters of a step

_WORDS = {
    "sodiate": "Discharge",
    "desodiate": "Charge",
    "discharge": "Discharge",
    "charge": "Charge",
    "hold": "Hold",
    "rest": "Rest",
}
_SECONDS = {
    **dict.fromkeys(("second", "seconds", "s", "sec"), 1.0),
    **dict.fromkeys(("minute", "minutes", "m", "min"), 60.0),
    **dict.fromkeys(("hour", "hours", "h", "hr"), 3600.0),
}

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]-?[0-9]+)?"
_TIME = rf"{_NUMBER} ?(?:{'|'.join(sorted(_SECONDS, key=len, reverse=True))})"
_VOLTAGE = rf"-?{_NUMBER} ?m?V"
_RATE = rf"C/{_NUMBER}|{_NUMBER} ?C"
_FOR = rf"(?: for (?P<time>{_TIME}))?"
_PERIOD = rf"(?: \((?P<period>{_TIME}) period\))?"


def _form(does: str, ends: str) -> re.Pattern:
    return re.compile(rf"{does}{_FOR}(?:(?: or)? until (?P<limit>{ends}))?{_PERIOD}")


_FORMS = (
    _form(rf"(?:Discharge|Charge) at (?P<value>{_RATE}|{_NUMBER} ?(?:m?[AW]|Ohm))", _VOLTAGE),
    _form(rf"Hold at (?P<value>{_VOLTAGE})", rf"{_RATE}|{_NUMBER} ?m?A"),
    _form("(?P<value>)Rest", rf"[<>] ?{_VOLTAGE}"),  # at rest PyBaMM does not know from which side
)
_EXAMPLES = (
    "'Sodiate at C/20 for 80 hours or until lower cut-off', "
    "'Hold at lower cut-off for 60 hours or until C/100' or 'Rest for 10 hours'"
)


def in_pybamm_words(step: str, lower: float, upper: float) -> str:
    """A step as PyBaMM reads it, the cut-offs [V] as numbers, with a time limit if it states none.

    Raises
    ------
    InputError
        Not a step, one that never ends, or a number that a step cannot have.
    """
    text = " ".join(step.split())
    first, _, rest = text.partition(" ")
    text = f"{_WORDS.get(first.lower(), first)} {rest}".strip()
    for side, volts in (("lower", lower), ("upper", upper)):
        text = re.sub(rf"\b{side} cut-off\b", f"{volts:.12g} V", text, flags=re.IGNORECASE)
    forms = _FORMS if len(text) <= _LONGEST_TEXT else ()
    read = next(filter(None, (form.fullmatch(text) for form in forms)), None)
    if read is None:
        raise InputError(f"cannot be read; write it like {_EXAMPLES}")
    if read["time"] is None and read["limit"] is None:
        raise InputError("never ends; add a time, like 'for 10 hours', or a limit, like 'or until 5 mV'")
    for name in ("value", "limit"):
        _check_electric(read[name])
    if read["time"] is None:
        hours = _hours_allowed(read["value"])
        _check_time(3600 * hours, read["period"])
        return text.replace(" or until ", " until ").replace(
            " until ", f" for {hours:.6g} hours or until ", 1
        )
    _check_time(_seconds(read["time"]), read["period"])
    return text


def _split(text: str) -> tuple[float, str]:
    """Number and unit of "80 hours"."""
    number = re.match(rf"-?{_NUMBER}", text)
    assert number is not None  # the grammar put one there
    return float(number[0]), text[number.end() :].strip()


def _seconds(time: str) -> float:
    value, unit = _split(time)
    return value * _SECONDS[unit]


def _check_electric(text: str | None) -> None:
    """A voltage lies where cells have theirs; a rate, current, power or resistance is above 0."""
    if not text:
        return
    value, unit = _split(text.removeprefix("C/").lstrip("<> "))
    if unit.endswith("V"):
        volts = value / 1000 if unit == "mV" else value
        if not -1 <= volts <= 5:
            raise InputError(f"has {text}; give a voltage from -1 to 5 V")
    elif not (0 < value < math.inf and 0 < 1 / value < math.inf):
        raise InputError(f"has {text}; give a finite number above 0")


def _hours_allowed(value: str) -> float:
    """Four times the hours of a C-rate, else ``LONGEST_STEP``."""
    if value.startswith("C/"):
        return 4 * float(value[2:])
    number, unit = _split(value) if value else (0.0, "")
    return 4 / number if unit == "C" else LONGEST_STEP


def _check_time(seconds: float, period: str | None) -> None:
    if not SHORTEST <= seconds <= LONGEST:
        raise InputError(
            f"may take {seconds / 3600:.4g} hours; give a time from 1 millisecond to {LONGEST / 3600:g} hours"
        )
    if period is not None and not seconds / MOST_POINTS <= _seconds(period) <= seconds:
        raise InputError(
            f"has a period of {period} in {seconds / 3600:.4g} hours; give one from a {MOST_POINTS}th of its "
            "time up to all of it, or none: the solver keeps its own times"
        )
