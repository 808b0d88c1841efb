"""Numbers with units as steps write them, and what they may be."""

import math
import re
from dataclasses import dataclass

from coreshell_model.errors import InputError

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
