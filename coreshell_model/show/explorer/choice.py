"""The controls of the page, and a choice of their values."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief


@dataclass(frozen=True)
class Control:
    """One number of a design.

    Attributes
    ----------
    name : of the field of ``Choice`` that it sets
    label, unit : as the page shows them
    hint : one line of explanation
    stops : the values of the slider, rising; the field takes any number
    """

    name: str
    label: str
    unit: str
    hint: str
    stops: tuple[float, ...]

    def through(self, value: float) -> "Control":
        """Return the same control with a further stop at ``value``."""
        return Control(self.name, self.label, self.unit, self.hint, tuple(sorted({*self.stops, value})))

    def nearest(self, value: float) -> int:
        """Return the index of the stop that is closest to ``value``."""
        return int(np.abs(np.array(self.stops) - value).argmin())


def _steps(*spans: tuple[float, float, float]) -> tuple[float, ...]:
    """Stops from spans of (first, end, step), each without its end."""
    values = [float(value) for span in spans for value in np.arange(*span)]
    return tuple(round(value, 6) for value in values)


THICKNESS = Control(
    "thickness",
    "Shell thickness",
    "nm",
    "Of the CVD carbon around the core",
    _steps((1, 20, 0.5), (20, 40, 1), (40, 62, 2)),
)
AREA = Control(
    "area",
    "External surface area",
    "m²/g",
    "ESA, per gram of coated carbon",
    (1.0, 1.2, 1.5, *_steps((2, 5, 0.5), (5, 20, 1), (20, 50, 2.5), (50, 101, 10))),
)
PORE_VOLUME = Control(
    "pore_volume",
    "Pore volume",
    "cm³/g",
    "Of the uncoated core, per gram of it",
    _steps((0.1, 2.51, 0.05)),
)
RATE = Control(
    "rate",
    "Rate",
    "C",
    "Of all half-cycles; C/20 is 0.05",
    (0.02, 0.033, 0.05, 0.1, 0.2, 0.333, 0.5, 1.0, 2.0, 3.0, 5.0),
)
HOLD = Control(
    "hold",
    "Hold at cut-off",
    "h",
    "Ends each sodiation; C/100 ends it sooner",
    (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 18.0, 24.0, 36.0, 48.0, 60.0),
)

CONTROLS = (THICKNESS, AREA, PORE_VOLUME, RATE, HOLD)
"""In the order of the page."""

AS_GIVEN = "as given"
"""The seal in the material's file, an open fraction or a seal law."""

TIMED = (RATE, HOLD)
"""Controls that are checked here, since the check of a step would not name the control."""

MOST_CHANGES, LONGEST_TEXT = 300, 100
"""Further numbers that a design may change, and characters of the path or the value of one."""


@dataclass(frozen=True)
class Choice:
    """One design and its cycling in the units of the controls; ``hold`` is None without a hold.

    ``changes`` are those of any other numbers, dotted path and text with a unit, in the order of the paths.
    """

    thickness: float
    area: float
    pore_volume: float
    rate: float
    hold: float | None
    seal: str = AS_GIVEN
    changes: tuple[tuple[str, str], ...] = ()

    def at(self, thickness: float, area: float) -> "Choice":
        """Return the choice with another thickness and external area, as at another point of its map."""
        return replace(self, thickness=thickness, area=area)

    def as_data(self) -> dict[str, Any]:
        """Return the choice as the browser keeps it, with False for no hold."""
        hold = False if self.hold is None else self.hold
        return asdict(self) | {"hold": hold, "changes": dict(self.changes)}


def choice_from(data: Mapping[str, Any] | None) -> Choice:
    """Read a choice from the data that a browser sent; a field without a number is refused."""
    if not isinstance(data, Mapping):
        raise InputError("the page sent no design; load it again")
    required = (control for control in CONTROLS if control is not HOLD)
    numbers = {control.name: _number(control, data.get(control.name)) for control in required}
    hold = data.get("hold")
    seal = data.get("seal", AS_GIVEN)
    if not isinstance(seal, str):
        raise InputError(f"Seal: {brief(seal)} is no law; choose one of the list")
    held = None if hold is False else _number(HOLD, hold)
    return Choice(**numbers, hold=held, seal=seal, changes=_changes(data.get("changes", {})))


def _changes(sent: Any) -> tuple[tuple[str, str], ...]:
    """The changes of further numbers, sorted; material and protocol say later whether they are possible."""
    if not isinstance(sent, Mapping) or len(sent) > MOST_CHANGES:
        raise InputError("the page sent changes that are none; load it again")
    for path, text in sent.items():
        if not isinstance(text, str) or max(len(path), len(text)) > LONGEST_TEXT:
            raise InputError(f"{brief(path)}: {brief(text)} is no number with a unit; type a number")
    return tuple(sorted(sent.items()))


def _number(control: Control, entry: Any) -> float:
    if entry is None or entry == "":
        raise InputError(f"{control.label}: the field is empty; type a number of {control.unit}")
    try:
        value = float(entry)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if isinstance(entry, bool) or not math.isfinite(value):
        raise InputError(f"{control.label}: {brief(entry)} is no number; type one of {control.unit}")
    if control in TIMED and value <= 0:
        raise InputError(f"{control.label}: {value:g} {control.unit}; it is above 0")
    return value
