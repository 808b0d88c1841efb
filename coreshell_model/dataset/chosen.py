"""The columns that are read: the user's choice, else what the header says; two that disagree are refused."""

from collections.abc import Mapping

import numpy as np

from coreshell_model.dataset.columns import Measured, heading
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.table_header import Choice
from coreshell_model.errors import InputError

SAME_VOLTAGE, SAME_SHARE = 1e-3, 1e-3
"""Two columns of one quantity agree within a millivolt, or a thousandth of the largest value."""


def read_choice(columns: Mapping[str, str] | None) -> Choice:
    """``{"current": "I2 in mA"}`` as a choice of columns; the unit may be left out where the header has it.

    Raises
    ------
    InputError
        Not a quantity that a column can be.
    """
    choice = {}
    for word, text in (columns or {}).items():
        what = next((what for what in Measured if what.value == str(word).strip().lower()), None)
        if what is None:
            known = ", ".join(what.value for what in Measured)
            raise InputError(f"columns: {word!r} is not a quantity; choose for {known}")
        if not isinstance(text, str) or not text.strip():
            raise InputError(
                f"columns: the {what.value} is {text!r}; write the header and its unit, as 'I2 in mA'"
            )
        name, _, unit = text.rpartition(" in ")
        choice[what] = (name.strip(), unit.strip()) if name else (text.strip(), None)
    return choice


def candidates(sheet: Sheet, chosen: Choice) -> dict[Measured, list[tuple[int, str | None]]]:
    """The places and units of the columns of each quantity, in the file's order.

    Raises
    ------
    InputError
        A chosen column that is not there, or there twice.
    """
    names = [name.strip() for name in sheet.header]
    found: dict[Measured, list[tuple[int, str | None]]] = {}
    taken = {name for name, _ in chosen.values()}
    for place, name in enumerate(names):
        what, unit = heading(name)
        if what is not None and what not in chosen and name not in taken:
            found.setdefault(what, []).append((place, unit))
    for what, (name, unit) in chosen.items():
        places = [place for place, other in enumerate(names) if other in (name, f"{name} [{unit}]")]
        if len(places) != 1:
            count = "no column is" if not places else f"{len(places)} columns are"
            raise sheet.wrong(f"{count} named {name!r}, chosen for the {what.value}; correct the name")
        found[what] = [(places[0], unit or heading(names[places[0]]).unit)]
    return found


def agreed(
    sheet: Sheet, what: Measured, places: list[int], values: list[np.ndarray]
) -> tuple[np.ndarray, str | None]:
    """One of several columns of the same quantity, and a statement if there were several.

    Raises
    ------
    InputError
        They differ, so that one has to be chosen.
    """
    if len(places) == 1:
        return values[0], None
    first, names = values[0], [sheet.header[place] for place in places]
    scale = (
        SAME_VOLTAGE
        if what is Measured.VOLTAGE
        else SAME_SHARE * float(np.nanmax(np.abs(first), initial=0.0))
    )
    for other, name in zip(values[1:], names[1:], strict=True):
        off = np.abs(first - other)
        if np.nanmax(off, initial=0.0) > scale or (np.isnan(first) != np.isnan(other)).any():
            row = int(np.nanargmax(off)) if np.isfinite(off).any() else 0
            raise sheet.wrong(
                f"{names[0]!r} and {name!r} are both the {what.value} and differ; say which to read, "
                f"as columns={{{what.value!r}: {names[0]!r}}} (--column '{what.value}={names[0]}')",
                row,
            )
    return first, f"{what.value} from {names[0]!r}; the same is in {', '.join(map(repr, names[1:]))}"
