"""Numbers that a protocol names, so that its steps can refer to them and users can change them."""

import re
from collections.abc import Iterable, Mapping

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import Quantity, brief
from coreshell_model.base.units import same_kind, to_si

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REFERENCE = re.compile(r"\{([^{}]*)\}")
_AS_WRITTEN_IN_STEPS = {
    "V": (1.0, " V"),
    "V/s": (1e3, " mV/s"),
    "A": (1.0, " A"),
    "A/kg": (1.0, " mA/g"),
    "C/kg": (1 / 3600, " mAh/g"),
    "s": (1.0, " seconds"),
    "1": (1.0, ""),
}
"""Factor from SI, and the unit as written, of each kind of number that a step can hold."""


def words(name: str, number: Quantity) -> str:
    """A number as it is written in a step: "6 mV/min" as "0.1 mV/s".

    Raises
    ------
    InputError
        The name cannot stand in a step, or no step has a number of this kind.
    """
    if not _NAME.fullmatch(name):
        raise InputError("is no name for a number; use small letters, digits and _, beginning with a letter")
    for unit, (factor, shown) in _AS_WRITTEN_IN_STEPS.items():
        if same_kind(number.unit, unit):
            return f"{factor * to_si(number.value, number.unit, unit):.12g}{shown}"
    raise InputError(f"is {number}; steps have voltages, scan rates, currents, capacities, times and counts")


def references(text: str) -> set[str]:
    """The names in braces in a text."""
    return set(_REFERENCE.findall(text))


def alone(text: str) -> str | None:
    """The name in braces that is all of a text; None where there is more, or none."""
    match = _REFERENCE.fullmatch(text)
    return match[1] if match else None


def filled(text: str, numbers: Mapping[str, str]) -> str:
    """A text with the names in braces replaced by their numbers."""
    for name in sorted(references(text) - set(numbers)):
        names = ", ".join(numbers) or "none"
        raise InputError(f"names {brief(name)}, which is not among the protocol's numbers; they are {names}")
    return _REFERENCE.sub(lambda match: numbers[match[1]], text)


def count(text: str) -> int:
    """A number of repetitions from its text, which has to be a whole number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if value < 1 or not value.is_integer():
        raise InputError(f"is {text}; give a whole number above 0")
    return int(value)


def unused(numbers: Iterable[str], texts: Iterable[str]) -> str | None:
    """The first number that no text names."""
    named = set().union(*map(references, texts))
    return next((name for name in numbers if name not in named), None)
