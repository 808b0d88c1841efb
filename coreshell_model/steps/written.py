"""What the words of a step say, for those who draw or evaluate it: its kind, rate and limits."""

import re
from enum import Enum
from math import isclose

from coreshell_model.steps.tokens import BY_DEFAULT, NUMBER, VOLTAGE, in_si


class Kind(Enum):
    """What a step does; the value is the word it begins with."""

    SODIATE = "Discharge"
    DESODIATE = "Charge"
    HOLD = "Hold"
    REST = "Rest"
    SWEEP = "Sweep"


_SWEEP = re.compile(rf"Sweep from (-?{NUMBER}) V to (-?{NUMBER}) V at ({NUMBER}) mV/s")
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
    found = _SWEEP.match(text)
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
