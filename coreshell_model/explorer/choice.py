"""What the controls of the page say, read from a browser and turned into a material and a protocol."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from coreshell_model.errors import InputError
from coreshell_model.explorer.controls import CONTROLS, HOLD, RATE, Control
from coreshell_model.quantity import brief

AS_GIVEN = "as given"
"""The seal that the material's file states, an open fraction or a law of its own."""

TIMED = (RATE, HOLD)
"""What steps are made of, whose own complaints would show their words instead of the field's name."""


@dataclass(frozen=True)
class Choice:
    """One design and how it is cycled, in the units of the controls; ``hold`` is None where there is none."""

    thickness: float
    area: float
    pore_volume: float
    rate: float
    hold: float | None
    seal: str = AS_GIVEN

    def at(self, thickness: float, area: float) -> "Choice":
        """The same with another thickness and external area: another point of its map."""
        return replace(self, thickness=thickness, area=area)

    def as_data(self) -> dict[str, Any]:
        """What a browser keeps of it: ``hold`` is False where there is none."""
        return asdict(self) | {"hold": False if self.hold is None else self.hold}


def choice_from(data: Mapping[str, Any] | None) -> Choice:
    """What a browser sent as a choice.

    Raises
    ------
    InputError
        A field is empty or holds no number.
    """
    if not isinstance(data, Mapping):
        raise InputError("the page sent no design; load it again")
    always = (control for control in CONTROLS if control is not HOLD)
    numbers = {control.name: _number(control, data.get(control.name)) for control in always}
    hold = data.get("hold")
    seal = data.get("seal", AS_GIVEN)
    if not isinstance(seal, str):
        raise InputError(f"Seal: {brief(seal)} is no law; choose one of the list")
    return Choice(**numbers, hold=None if hold is False else _number(HOLD, hold), seal=seal)


def _number(control: Control, given: Any) -> float:
    if given is None or given == "":
        raise InputError(f"{control.label}: the field is empty; type a number of {control.unit}")
    try:
        value = float(given)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if isinstance(given, bool) or not math.isfinite(value):
        raise InputError(f"{control.label}: {brief(given)} is no number; type one of {control.unit}")
    if control in TIMED and value <= 0:
        raise InputError(f"{control.label}: {value:g} {control.unit}; it is above 0")
    return value
