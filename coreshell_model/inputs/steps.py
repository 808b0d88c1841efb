"""A step of a protocol: what a user may write, and the `Step` that is read from it, once."""

import math
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from math import isclose
from typing import Any

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief

SHORTEST, LONGEST = 1e-3, 3.6e8
"""Least and largest time of a step [s]: a millisecond and 100 000 hours."""

MOST_POINTS = 100_000
"""Points in time of a step at most, by the period that it states."""

BY_DEFAULT = " by default"
"""Follows the time of a step in its text if the protocol states none."""

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


class Kind(Enum):
    """The kinds of steps; the value is the word that the step's text begins with."""

    SODIATE = "Discharge"
    DESODIATE = "Charge"
    HOLD = "Hold"
    REST = "Rest"
    SWEEP = "Sweep"


_IN_A_PROTOCOL = {Kind.SODIATE: "Sodiate", Kind.DESODIATE: "Desodiate"}
_IN_A_FULL_CELL = {Kind.SODIATE: "Charge", Kind.DESODIATE: "Discharge"}


@dataclass(frozen=True)
class Step:
    """A step as a protocol asks for it, in SI; the limit that is reached first ends it.

    Attributes
    ----------
    text : the step in PyBaMM's words, with a remark behind its time if that stands for a capacity or is the
        program's own
    plain : the same without the remark
    does : the beginning of the text, without what ends the step
    kind : what the step does
    duration : longest time [s], the program's own if ``by_default``
    capacity : that the duration stands for [A.h.kg-1]
    rate, current, power, resistance : at which the step sodiates or desodiates, above 0: multiple of 1C, [A],
        [W], [Ohm]
    voltage : held, or at the end of a sweep [V]
    start, scan_rate : voltage at the start of a sweep [V], and its rate [V.s-1]
    until_rate, until_current, until_voltage : multiple of 1C, [A] or [V] that ends the step
    rising : whether the voltage that ends a rest is reached from below
    against_reference : whether the voltage is the working electrode's against a reference, not the cell's
    of_full_cell : whether the cell is a full one, whose charge sodiates the carbon and raises the voltage
    period : between the points [s]; None for the solver's own times
    """

    text: str
    plain: str
    does: str
    kind: Kind
    duration: float
    by_default: bool = False
    capacity: float | None = None
    rate: float | None = None
    current: float | None = None
    power: float | None = None
    resistance: float | None = None
    voltage: float | None = None
    start: float | None = None
    scan_rate: float | None = None
    until_rate: float | None = None
    until_current: float | None = None
    until_voltage: float | None = None
    rising: bool = False
    against_reference: bool = False
    of_full_cell: bool = False
    period: float | None = None

    @property
    def words(self) -> str:
        """The text in a protocol's words: in a half-cell sodiate and desodiate for discharge and charge."""
        words = _IN_A_FULL_CELL if self.of_full_cell else _IN_A_PROTOCOL
        return words.get(self.kind, self.kind.value) + self.text.removeprefix(self.kind.value)

    @property
    def raises_voltage(self) -> bool:
        """Whether a step at constant current raises the voltage that ends it."""
        return (self.kind is Kind.DESODIATE) != (self.of_full_cell and not self.against_reference)


@dataclass(frozen=True)
class Terms:
    """What a step's text refers to: cut-offs and start [V], the current of 1C [A.kg-1], and the cell."""

    lower: float
    upper: float
    start: float
    one_c: float
    of_full_cell: bool = False


def split(text: str) -> tuple[float, str]:
    """Number and unit of "80 hours"."""
    number = re.match(rf"-?{NUMBER}", text)
    assert number is not None  # by the grammar of steps
    return float(number[0]), text[number.end() :].strip()


def seconds(time: str) -> float:
    """A time in seconds."""
    value, unit = split(time)
    return value * _SECONDS[unit]


def in_si(text: str) -> tuple[float, str]:
    """A number in SI and its unit without a prefix: 0.05 and "C" for "C/20", 0.005 and "V" for "5 mV".

    A number per gram is returned per kilogram with the unit per gram: 20 and "A/g" for "20 mA/g".
    """
    if text.startswith("C/"):
        return 1 / float(text[2:]), "C"
    value, unit = split(text)
    if unit.startswith("m"):
        value, unit = value / 1000, unit[1:]
    return value * (1000 if unit.endswith("/g") else 1), unit


def check_electric(text: str | None) -> None:
    """Refuse a voltage that no cell has, and any other number that is not finite and above 0."""
    if not text:
        return
    value, unit = split(text.removeprefix("C/").lstrip("<> "))
    if unit.endswith("V"):
        if not -1 <= in_si(text.lstrip("<> "))[0] <= 5:
            raise InputError(f"has {text}; give a voltage from -1 to 5 V")
    elif not (0 < value < math.inf and 0 < 1 / value < math.inf):
        raise InputError(f"has {text}; give a finite number above 0")


def check_time(duration: float, period: str | None) -> None:
    """Refuse a duration [s] that is too short or too long, and a period that does not fit into it."""
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
"""Hours after which a step ends that states neither a time nor a C-rate."""

SWEEP_POINTS = 2500
"""Points of a sweep that states no period: one for each millivolt over 2.5 V."""

AGAINST_REFERENCE = " against the reference"
"""Follows a voltage that is the working electrode's, measured against a third electrode."""

OPEN_CIRCUIT = "open circuit"
"""The potential at which the cell starts, from which the first step of a protocol may sweep."""

_LONGEST_TEXT = 200  # characters of a step

_WORDS = {kind.value.lower(): kind.value for kind in Kind} | {
    word.lower(): kind.value for kind, word in _IN_A_PROTOCOL.items()
}
_WORDS_OF_FULL_CELL = _WORDS | {word.lower(): kind.value for kind, word in _IN_A_FULL_CELL.items()}


def _form(does: str, ends: str) -> re.Pattern:
    return re.compile(rf"{does}(?: for (?P<time>{TIME}))?(?:(?: or)? until (?P<limit>{ends}))?{PERIOD}")


_CAPACITY_LIMIT = re.compile(rf"(?: or)? until (?P<capacity>{CAPACITY})")
_BELOW_ZERO = re.compile(rf"(?<![^ (])(?:C/-{NUMBER}|-{NUMBER}(?![\d.])(?! ?m?V(?![\w/])) ?[A-Za-z/]+)")
_FORMS = (
    _form(rf"(?:Discharge|Charge) at (?P<value>{RATE}|{NUMBER} ?(?:m?[AW]|Ohm))", VOLTAGE),
    _form(rf"Hold at (?P<value>{VOLTAGE})", rf"{RATE}|{NUMBER} ?m?A"),
    _form("(?P<value>)Rest", rf"[<>] ?{VOLTAGE}"),  # PyBaMM does not know from which side a rest ends
)
_SWEEP = re.compile(
    rf"Sweep from (?P<start>{VOLTAGE}) to (?P<end>{VOLTAGE}) at (?P<value>{SCAN_RATE}){PERIOD}"
)
_EXAMPLES = (
    "'Sodiate at C/20 for 80 hours or until lower cut-off', "
    "'Hold at lower cut-off for 60 hours or until C/100', 'Rest for 10 hours' "
    "or 'Sweep from 2.5 V to 5 mV at 0.1 mV/s'"
)
_REMARK = re.compile(rf"{BY_DEFAULT}| = (?P<capacity>{CAPACITY})")
_PRESCRIBED = {"C": "rate", "A": "current", "W": "power", "Ohm": "resistance", "V": "voltage"}
_UNTIL = {"C": "until_rate", "A": "until_current", "V": "until_voltage"}


def read_step(written: str, terms: Terms) -> Step:
    """Read a step of a protocol; cut-offs and the like become numbers, and every step has a time limit.

    Raises
    ------
    InputError
        The text is not a step, the step never ends, or it cannot have one of its numbers.
    """
    text = " ".join(written.split())
    first, _, rest = text.partition(" ")
    words = _WORDS_OF_FULL_CELL if terms.of_full_cell else _WORDS
    text = f"{words.get(first.lower(), first)} {rest}".strip()
    for name, volts in (
        ("lower cut-off", terms.lower),
        ("upper cut-off", terms.upper),
        (OPEN_CIRCUIT, terms.start),
    ):
        text = re.sub(rf"\b{name}\b", f"{volts:.12g} V", text, flags=re.IGNORECASE)
    if len(text) <= _LONGEST_TEXT:
        text, against = _without_reference(text)
        if swept := _SWEEP.fullmatch(text):
            if against:
                raise InputError("sweeps the voltage of the cell; leave out 'against the reference'")
            return replace(_sweep(swept, terms), of_full_cell=terms.of_full_cell)
        capacity = _CAPACITY_LIMIT.search(text)
        if read := _matched(text.replace(capacity[0], "", 1) if capacity else text):
            limited = _limited(read, capacity["capacity"] if capacity else None, terms, against)
            return replace(limited, of_full_cell=terms.of_full_cell)
    if (negative := _negative(text, terms)) is not None:
        raise InputError(f"has {negative}; give a finite number above 0")
    raise InputError(f"cannot be read; write it like {_EXAMPLES}")


def _negative(text: str, terms: Terms) -> str | None:
    """The first number below 0 of a text that is a step without its sign; None where it is none."""
    match = _BELOW_ZERO.search(text)
    if match is None or len(text) > _LONGEST_TEXT:
        return None
    with suppress(InputError):
        read_step(text.replace(match[0], match[0].replace("-", "", 1), 1), terms)
        return match[0]
    return None


def step_from_text(text: str, of_full_cell: bool = False) -> Step:
    """Read a step from its `Step.text`, as in a saved solution of a half-cell or a full cell."""
    return replace(_step_from_text(text), of_full_cell=of_full_cell)


def _step_from_text(text: str) -> Step:
    text, against = _without_reference(text)
    remark = _REMARK.search(text)
    plain = text.replace(remark[0], "", 1) if remark else text
    with suppress(LookupError, ArithmeticError):  # a current per gram, or an impossible number
        if swept := _SWEEP.fullmatch(plain):
            start, end, speed = (in_si(swept[name])[0] for name in ("start", "end", "value"))
            return _swept(start, end, speed, swept["period"])
        if (read := _matched(plain)) and read["time"]:
            capacity = remark["capacity"] if remark else None
            by_default = remark is not None and capacity is None
            parts = read["value"], read["limit"] or "", read["time"], capacity, by_default
            return _step(read, *parts, against)
    raise InputError(f"{brief(text)} is no step")


def _without_reference(text: str) -> tuple[str, bool]:
    """A step's text without "against the reference", and whether that followed a voltage."""
    plain, times = re.subn(rf"({VOLTAGE}){AGAINST_REFERENCE}", r"\1", text, flags=re.IGNORECASE)
    if AGAINST_REFERENCE.strip() in plain.lower():
        raise InputError(
            "has 'against the reference', which follows a voltage, as '5 mV against the reference'"
        )
    return plain, times > 0


def _matched(text: str) -> re.Match | None:
    """The parts of a step other than a sweep; None if the text is not such a step."""
    return next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)


def _limited(read: re.Match, capacity: str | None, terms: Terms, against: bool) -> Step:
    """Such a step with the time after which it ends at the latest."""
    if read["time"] is None and read["limit"] is None and capacity is None:
        raise InputError("never ends; add a time, like 'for 10 hours', or a limit, like 'or until 5 mV'")
    for name in ("value", "limit"):
        check_electric(read[name])
    value, limit = (_as_c_rate(read[name] or "", terms) for name in ("value", "limit"))
    amount, unit = in_si(value) if value else (0.0, "")
    rate = amount if unit == "C" else 0.0
    hours = seconds(read["time"]) / 3600 if read["time"] else 4 / rate if rate else LONGEST_STEP
    took, by_default = read["time"] or f"{hours:.6g} hours", read["time"] is None
    if capacity is not None:
        reached = _hours_until(capacity, rate * terms.one_c)
        if by_default or reached <= hours:
            hours, took, by_default = reached, f"{reached:.12g} hours", False
        else:
            capacity = None
    check_time(3600 * hours, read["period"])
    return _step(read, value, limit, took, capacity, by_default, against)


def _step(
    read: re.Match,
    value: str,
    limit: str,
    took: str,
    capacity: str | None,
    by_default: bool,
    against_reference: bool,
) -> Step:
    """The `Step` of the parts of a text."""
    written = value, limit
    if against_reference:
        value, limit = (text + AGAINST_REFERENCE if text.endswith("V") else text for text in written)
    does = f"{read[0][: read.start('value')]}{value}" if value else Kind.REST.value
    remark = f" = {capacity}" if capacity else BY_DEFAULT if by_default else ""
    period = read["period"]
    ends = (f" or until {limit}" if limit else "") + (f" ({period} period)" if period else "")
    amounts: dict[str, Any] = {}
    for text, attributes in ((written[0], _PRESCRIBED), (written[1].lstrip("<> "), _UNTIL)):
        if text:
            amount, unit = in_si(text)
            amounts[attributes[unit]] = amount
    return Step(
        text=f"{does} for {took}{remark}{ends}",
        plain=f"{does} for {took}{ends}",
        does=does,
        kind=Kind(does.partition(" ")[0]),
        duration=seconds(took),
        by_default=by_default,
        capacity=in_si(capacity)[0] if capacity else None,
        rising=limit.startswith(">"),
        against_reference=against_reference,
        period=seconds(period) if period else None,
        **amounts,
    )


def _sweep(read: re.Match, terms: Terms) -> Step:
    """A voltage sweep, which has to end inside the window."""
    for name in ("start", "end", "value"):
        check_electric(read[name])
    start, end, speed = (in_si(read[name])[0] for name in ("start", "end", "value"))
    if start == end:
        raise InputError(f"goes nowhere, from {read['start']} to {read['end']}; give two voltages")
    if not terms.lower <= end <= terms.upper:
        raise InputError(
            f"ends at {read['end']}, outside the window of {terms.lower:.6g} to {terms.upper:.6g} V; "
            "end inside it or widen the window"
        )
    check_time(abs(end - start) / speed, read["period"])
    return _swept(start, end, speed, read["period"])


def _swept(start: float, end: float, speed: float, period: str | None) -> Step:
    """The `Step` of a sweep, with its numbers rounded as in its text."""
    written = f"{start:.12g} V", f"{end:.12g} V", f"{1000 * speed:.12g} mV/s"
    start, end, speed = (in_si(number)[0] for number in written)
    duration = abs(end - start) / speed
    period = period or f"{duration / SWEEP_POINTS:.6g} seconds"
    does = "Sweep from {} to {} at {}".format(*written)
    text = f"{does} ({period} period)"
    numbers: dict[str, Any] = {"voltage": end, "start": start, "scan_rate": speed, "period": seconds(period)}
    return Step(
        text,
        text,
        does,
        Kind.SWEEP,
        duration,
        by_default=False,
        rising=False,
        against_reference=False,
        **numbers,
    )


def _as_c_rate(text: str, terms: Terms) -> str:
    """A current per gram as a multiple of 1C; any other text unchanged."""
    return f"{in_si(text)[0] / terms.one_c:.12g}C".replace("e+", "e") if text.endswith("A/g") else text


def _hours_until(capacity: str, current: float) -> float:
    """Hours from the start of the step in which a constant current [A.kg-1] passes a capacity."""
    check_electric(capacity)
    if not current:
        raise InputError(
            f"ends at {capacity} at no C-rate; a limit in capacity goes with a rate, as 'Sodiate at C/20' or "
            "'at 20 mA/g', at which it is a time"
        )
    return in_si(capacity)[0] / current


def rate_label(rate: float) -> str:
    """A multiple of 1C as the field writes it: "C/20", "2C"."""
    inverse = 1 / rate
    if rate < 1 and isclose(inverse, round(inverse, 2), rel_tol=1e-6):
        return f"C/{round(inverse, 2):g}"
    return f"{rate:g}C"
