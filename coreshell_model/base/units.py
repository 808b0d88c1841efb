"""Conversion of numbers with units to SI, and back.

The grammar of units is the small one that chemists use ("mAh/g", "mA.h.g-1", "m²/g") and is parsed here. Pint
only gives the value of each unit's name, so that no text reaches pint's expression parser.
"""

import math
import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from coreshell_model.base.errors import InputError

_LONGEST = 60  # characters of a unit
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FACTOR = re.compile(r"([A-Za-zμΩÅ]+|%)(?:\^?([+-]?[1-9]))?")
_CELSIUS = {"°C", "° C", "degC", "deg C", "oC", "celsius", "Celsius"}
_ZERO_CELSIUS = 273.15
_LIKE = "'mA.h.g-1' or 'mAh/g'"
_KINDS = {
    "1": "a plain number", "m": "a length", "m2": "an area", "m3": "a volume", "kg": "a mass", "s": "a time",
    "K": "a temperature", "V": "a potential", "A": "a current", "C": "a charge", "mol": "an amount",
    "1/s": "a rate", "m/s": "a speed", "m2/s": "a diffusivity", "m2/kg": "an area per mass",
    "m3/kg": "a volume per mass", "kg/m3": "a density", "kg/m2": "a mass per area",
    "A/m2": "a current per area", "A/kg": "a current per mass", "C/kg": "a charge per mass",
    "C/m2": "a charge per area", "F/m2": "a capacitance per area", "mol/m3": "a concentration",
    "kg/mol": "a molar mass", "m3/mol": "a molar volume", "J/mol": "an energy per amount",
    "ohm": "a resistance", "ohm.m2": "a resistance times area", "ohm.m": "a resistivity",
    "S/m": "a conductivity", "V/s": "a scan rate", "1/V": "a number per volt", "Pa": "a pressure",
}  # fmt: skip


def to_si(value: float, unit: str, expected: str, example: str | None = None) -> float:
    """Convert `value` in `unit` to the SI base units of `expected`.

    Parameters
    ----------
    value : float
        Finite number.
    unit : str
        Unit of the value, such as "mAh/g"; "1" or "" for a plain number, "%" for hundredths, "°C" or "degC"
        for a temperature.
    expected : str
        Any unit of the expected dimension, such as "C/kg".
    example : str, optional
        What a message about a missing unit shows, such as "298 K"; the value with the expected unit if None.

    Returns
    -------
    float
        The value in kg, m, s, A, mol and K: 1 mAh/g is 3.6 C per 1e-3 kg, 3600; 0 °C is 273.15 K.

    Raises
    ------
    InputError
        The unit is unknown or of another dimension, or the value is not finite, before or after.
    """
    if not same_kind(unit, expected):
        if _plain(unit) == "1":
            shown = f"{_finite(value):g}"
            raise InputError(f"{shown} has no unit; write for example {example or f'{shown} {expected}'}")
        if _plain(expected) == "1":
            raise InputError(f"unit {unit!r} is not a plain number; give a number without a unit, or in %")
        raise InputError(f"unit {unit!r} is not {_kind(expected)}; use one like {_like(expected)}")
    if is_celsius(unit):
        return float(f"{_finite(value) + _ZERO_CELSIUS:.15g}")
    return _finite(_finite(value) * _read(unit)[0], f"{value} {unit} in SI units")


@lru_cache(maxsize=4096)
def same_kind(unit: str, expected: str) -> bool:
    """Whether a unit has the dimension of the ``expected`` one; an InputError for an unknown unit."""
    units = ("K" if is_celsius(text) else text for text in (unit, expected))
    like = _LIKE if _plain(expected) == "1" else _like(expected)
    return len({_read(text, like)[1] for text in units}) == 1


def _like(expected: str) -> str:
    """The expected unit for a message, of a temperature with degrees Celsius beside it."""
    return "'K' or '°C'" if _plain(expected) == "K" else repr(expected)


def is_celsius(unit: str) -> bool:
    """Whether a unit is degrees Celsius, whose zero is not that of the kelvin."""
    return len(unit) <= _LONGEST and _is_plainly_celsius(unit)


@lru_cache(maxsize=1024)
def _is_plainly_celsius(unit: str) -> bool:
    return _plain(unit) in _CELSIUS


def from_si(value: float, unit: str) -> float:
    """Express the SI `value` in `unit`; the inverse of `to_si`.

    Raises
    ------
    InputError
        The unit is unknown, or the value is not finite, before or after.
    """
    if is_celsius(unit):
        return float(f"{_finite(value) - _ZERO_CELSIUS:.15g}")
    return _finite(_finite(value) / _read(unit)[0], f"{value} (SI) in {unit}")


def parse_quantity(text: str) -> tuple[float, str]:
    """Split "12 nm" into (12.0, "nm"); the unit of a bare number is "1".

    Raises
    ------
    InputError
        There is no finite number at the start, or it has a decimal comma. The unit is read by `to_si`.
    """
    stripped = text.strip()
    number = _NUMBER.match(stripped)
    if number is None:
        raise InputError(f"{text!r} does not start with a number; write a number and a unit, like '12 nm'")
    after_number = stripped[number.end() :]
    if re.match(r",[0-9]", after_number):
        raise InputError(f"{text!r} has a comma in its number; use a point for decimals, none for thousands")
    if re.match(r"[0-9.,+_-]", after_number):
        raise InputError(f"{text!r} is not one number and a unit; write it like '12 nm'")
    return _finite(float(number.group()), repr(text)), after_number.strip() or "1"


def _finite(value: float, what: str = "") -> float:
    try:
        number = float(value)
    except OverflowError:  # an integer of more than 308 digits, which TOML allows
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{what or number} is not a finite number; give one")
    return number


def _kind(unit: str) -> str:
    dimension = _read(unit)[1]
    same = (words for sample, words in _KINDS.items() if _read(sample)[1] == dimension)
    return next(same, f"of the same dimension as {unit!r}")


def _plain(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).replace("−", "-").replace("**", "^").strip() or "1"


@lru_cache(maxsize=1024)
def _read(unit: str, like: str = _LIKE) -> tuple[float, Any]:
    """Return the factor to SI and the dimension of a unit's text; ``like`` are examples for a message."""
    if len(unit) > _LONGEST:  # pint would try for minutes
        raise InputError(f"unit {unit[:_LONGEST]!r}... is too long; write it like {like}")
    plain = _plain(unit)
    product, *divisors = plain.split("/")
    factors = [(text, 1) for text in re.split(r"\s*[.*·]\s*|\s+", product.strip())]
    factors += [(text.strip(), -1) for text in divisors]
    size, dimension = 1.0, _registry().Unit("").dimensionality
    try:
        for text, sign in factors:
            name, power = _factor(text, unit, sign, like)
            base_size, base_dimension = _named(name, unit, like)
            size, dimension = size * base_size**power, dimension * base_dimension**power
    except OverflowError:
        size = math.inf
    if size == 0 or not math.isfinite(size):
        raise InputError(f"unit {unit!r} is too far from SI units to compute with; use a smaller prefix")
    return float(f"{size:.15g}"), dimension  # 0.01**3 in floats is not 1e-6; 1.8 g/cm3 should be 1800


def _factor(text: str, unit: str, sign: int, like: str) -> tuple[str, int]:
    """Split "m2" into ("m", 2)."""
    if text == "1":
        return "", 1
    match = _FACTOR.fullmatch(text)
    if match is None and sign < 0 and re.search(r"[.*·\s]", text):  # unclear whether 'A/m2.s' divides by s
        raise InputError(f"unit {unit!r} has a product after '/'; write like 'A/m2/s' or 'A.m-2.s-1'")
    if match is None:
        raise InputError(f"unit {unit!r} cannot be read; write it like {like}")
    return match[1].replace("%", "percent"), sign * int(match[2] or 1)


def _named(name: str, unit: str, like: str) -> tuple[float, Any]:
    """Return the factor to SI and the dimension of one unit name."""
    import pint

    try:
        zero, unity = (_registry().Quantity(number, name).to_base_units() for number in (0.0, 1.0))
    except (pint.PintError, ValueError):  # pint reads "NaN" as a number
        raise InputError(f"unit {unit!r} is unknown at {name!r}; write it like {like}") from None
    if zero.magnitude != 0:  # degrees Fahrenheit, decibels, degrees Celsius within a product
        raise InputError(f"unit {unit!r} is not a multiple of an SI unit; write it like {like}")
    return unity.magnitude, unity.dimensionality


@cache
def _registry() -> Any:
    """Build pint's unit registry, at first use: importing pint takes longer than most conversions."""
    import pint

    registry = pint.UnitRegistry()
    registry.define("@alias ohm = Ohm")
    return registry
