"""What a user may write as a step, read into words that say everything and refer to nothing."""

import re

from coreshell_model.errors import InputError
from coreshell_model.steps import tokens
from coreshell_model.steps.tokens import (
    BY_DEFAULT,
    CAPACITY,
    NUMBER,
    PERIOD,
    RATE,
    SCAN_RATE,
    TIME,
    VOLTAGE,
    Terms,
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
        tokens.check_electric(read[name])
    value, limit = (_as_c_rate(read[name] or "", terms) for name in ("value", "limit"))
    does = f"{read[0][: read.start('value')]}{value}" if value else "Rest"
    hours = tokens.seconds(read["time"]) / 3600 if read["time"] else _hours_allowed(value)
    took = read["time"] or f"{hours:.6g} hours{BY_DEFAULT}"
    if capacity is not None:
        reached = _hours_until(capacity, value, terms)
        if reached <= hours:
            hours, took = reached, f"{reached:.12g} hours = {capacity}"
    tokens.check_time(3600 * hours, read["period"])
    return f"{does} for {took}{f' or until {limit}' if limit else ''}{_period(read)}"


def _sweep(read: re.Match, terms: Terms) -> str:
    """A voltage sweep, inside the window but for where it starts."""
    for name in ("start", "end", "value"):
        tokens.check_electric(read[name])
    start, end, speed = (tokens.in_si(read[name]) for name in ("start", "end", "value"))
    if start == end:
        raise InputError(f"goes nowhere, from {read['start']} to {read['end']}; give two voltages")
    if not terms.lower <= end <= terms.upper:
        raise InputError(
            f"ends at {read['end']}, outside the window of {terms.lower:.6g} to {terms.upper:.6g} V; "
            "end inside it or widen the window"
        )
    duration = abs(end - start) / speed
    tokens.check_time(duration, read["period"])
    period = _period(read) or f" ({duration / SWEEP_POINTS:.6g} seconds period)"
    return f"Sweep from {start:.12g} V to {end:.12g} V at {1000 * speed:.12g} mV/s{period}"


def _period(read: re.Match) -> str:
    return f" ({read['period']} period)" if read["period"] else ""


def _as_c_rate(text: str, terms: Terms) -> str:
    """A current per gram as a multiple of 1C; any other text as it is."""
    return f"{tokens.in_si(text) / terms.one_c:.12g}C" if text.endswith("A/g") else text


def _c_rate(value: str) -> float | None:
    """The multiple of 1C, where the value is one."""
    if value.startswith("C/"):
        return 1 / float(value[2:])
    number, unit = tokens.split(value) if re.match(NUMBER, value) else (0.0, "")
    return number if unit == "C" else None


def _hours_allowed(value: str) -> float:
    """Four times the hours of a C-rate, else ``LONGEST_STEP``."""
    rate = _c_rate(value)
    return 4 / rate if rate else LONGEST_STEP


def _hours_until(capacity: str, value: str, terms: Terms) -> float:
    """Hours in which a constant current passes a capacity, counted from the start of the step."""
    tokens.check_electric(capacity)
    rate = _c_rate(value)
    if not rate:
        raise InputError(
            f"ends at {capacity} at no C-rate; a limit in capacity goes with a rate, as 'Sodiate at C/20' or "
            "'at 20 mA/g', at which it is a time"
        )
    return tokens.in_si(capacity) / (rate * terms.one_c)
