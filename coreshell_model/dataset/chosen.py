"""The columns that are read: the user's choice, else what the header says; two that disagree are refused."""

from collections.abc import Mapping

import numpy as np

from coreshell_model.dataset.columns import Measured, heading
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.table_header import Choice
from coreshell_model.errors import InputError

SAME_VOLTAGE, SAME_SHARE = 1e-3, 1e-3
"""Two columns of one quantity agree within a millivolt, or a thousandth of the largest value."""


WORKING, COUNTER = "ewe", "ece"
ELECTRODES = {
    WORKING: "working electrode against the reference",
    "<ewe>": "the same, averaged",
    "ewe-ece": "whole cell",
    "ecell": "whole cell",
    COUNTER: "counter electrode against the reference",
}
"""EC-Lab's voltages; of a half-cell the first that is there is asked for."""

CURRENTS = {"<i>": "mean since the row before", "i": "at the row"}
"""EC-Lab's currents; the first carries the charge."""

MEANINGS = {Measured.VOLTAGE: ELECTRODES, Measured.CURRENT: CURRENTS}


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
    for what, meanings in MEANINGS.items():
        order = list(meanings)
        known = [_variable(names[place]) in meanings for place, _ in found.get(what, ())]
        if known and all(known):
            found[what].sort(key=lambda column: order.index(_variable(names[column[0]])))
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
    """The first of several columns of the same quantity, and a statement if there were several.

    Raises
    ------
    InputError
        They differ, and not by what they mean, so that one has to be chosen.
    """
    if len(places) == 1:
        return values[0], of_electrodes(sheet, what, places)
    meanings = MEANINGS.get(what, {})
    first, names = values[0], [sheet.header[place] for place in places]
    scale = (
        SAME_VOLTAGE
        if what is Measured.VOLTAGE
        else SAME_SHARE * float(np.nanmax(np.abs(first), initial=0.0))
    )
    for other, name in zip(values[1:], names[1:], strict=True):
        off = np.abs(first - other)
        if np.nanmax(off, initial=0.0) > scale or (np.isnan(first) != np.isnan(other)).any():
            variables = {_variable(name) for name in names}
            if len(variables) == len(names) and variables <= set(meanings):
                return first, of_electrodes(sheet, what, places)
            row = int(np.nanargmax(off)) if np.isfinite(off).any() else 0
            raise sheet.wrong(
                f"{names[0]!r} and {name!r} are both the {what.value} and differ; say which to read, "
                f"as columns={{{what.value!r}: {names[0]!r}}} (--column '{what.value}={names[0]}')",
                row,
            )
    return first, f"{what.value} from {names[0]!r}; the same is in {', '.join(map(repr, names[1:]))}"


def of_electrodes(sheet: Sheet, what: Measured, places: list[int]) -> str | None:
    """Which of EC-Lab's columns is read, and which are not, where they differ because of what they mean.

    None where there is but one; the counter electrode's counts, which is never read unasked.
    """
    meanings = MEANINGS.get(what, {})
    first = places[0]
    others = [
        place
        for place, name in enumerate(sheet.header)
        if place in places[1:] or (what is Measured.VOLTAGE and _variable(name) == COUNTER)
    ]
    read = _variable(sheet.header[first])
    if not others or read not in (WORKING, "<ewe>", *CURRENTS):
        return None
    names = [sheet.header[place] for place in others]
    named = ", ".join(f"{name!r} ({meanings[_variable(name)]})" for name in names)
    return (
        f"{what.value} from {sheet.header[first]!r} ({meanings[read]}), not from {named}; "
        f"--column '{what.value}=HEADER' reads another"
    )


def _variable(header: str) -> str:
    """EC-Lab's name of a variable without its unit."""
    return header.partition("/")[0].strip().lower()
