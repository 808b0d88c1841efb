"""The columns of each quantity in a file, and their values in SI."""

import re
from collections.abc import Mapping
from datetime import datetime

import numpy as np

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.data.columns import CLOCKS, Measured, factor, heading, in_celsius, is_clock
from coreshell_model.data.numbers import (
    MISSING,
    clock_seconds,
    decimal_sign,
    first_stamp,
    is_stamp,
    numbers,
    stamp_seconds,
)
from coreshell_model.data.sheet import Choice, Sheet
from coreshell_model.data.vendors import inferred_unit

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
"""EC-Lab's voltages; of several in a file the first in this order is read, which is the half-cell's."""

CURRENTS = {"<i>": "mean since the row before", "i": "at the row"}
"""EC-Lab's currents; the first is read, since it gives the charge."""

MEANINGS = {Measured.VOLTAGE: ELECTRODES, Measured.CURRENT: CURRENTS}


def read_choice(columns: Mapping[str, str] | None) -> Choice:
    """``{"current": "I2 in mA"}`` as a choice of columns; the unit may be left out if the header has it."""
    choice = {}
    for word, text in (columns or {}).items():
        quantity = next(
            (quantity for quantity in Measured if quantity.value == str(word).strip().lower()), None
        )
        if quantity is None:
            names = [quantity.value for quantity in Measured]
            guess = did_you_mean(str(word).lower(), names)
            raise InputError(f"columns: {word!r} is not a quantity; {guess}choose for {', '.join(names)}")
        if not isinstance(text, str) or not text.strip():
            raise InputError(
                f"columns: the {quantity.value} is {text!r}; write the header and its unit, as 'I2 in mA'"
            )
        name, _, unit = text.rpartition(" in ")
        choice[quantity] = (name.strip(), unit.strip()) if name else (text.strip(), None)
    return choice


def candidates(sheet: Sheet, chosen: Choice) -> dict[Measured, list[tuple[int, str | None]]]:
    """The places and units of the columns of each quantity, in the file's order.

    Raises
    ------
    InputError
        A chosen column is not in the file, or twice.
    """
    names = [name.strip() for name in sheet.header]
    columns: dict[Measured, list[tuple[int, str | None]]] = {}
    chosen_names = {name for name, _ in chosen.values()}
    for place, name in enumerate(names):
        quantity, unit = heading(name)
        if quantity is not None and quantity not in chosen and name not in chosen_names:
            columns.setdefault(quantity, []).append((place, unit))
    for quantity, meanings in MEANINGS.items():
        order = list(meanings)
        from_eclab = [_variable(names[place]) in meanings for place, _ in columns.get(quantity, ())]
        if from_eclab and all(from_eclab):
            columns[quantity].sort(key=lambda column: order.index(_variable(names[column[0]])))
    for quantity, (name, unit) in chosen.items():
        places = [place for place, other in enumerate(names) if other in (name, f"{name} [{unit}]")]
        if len(places) != 1:
            count = "no column is" if not places else f"{len(places)} columns are"
            raise sheet.wrong(f"{count} named {name!r}, chosen for the {quantity.value}; correct the name")
        columns[quantity] = [(places[0], unit or heading(names[places[0]]).unit)]
    return columns


def agreed(
    sheet: Sheet, quantity: Measured, places: list[int], values: list[np.ndarray]
) -> tuple[np.ndarray, str | None]:
    """The first of several columns of the same quantity, and a statement if there were several.

    Raises
    ------
    InputError
        The columns differ although they mean the same, so that the user has to choose one.
    """
    if len(places) == 1:
        return values[0], of_electrodes(sheet, quantity, places)
    meanings = MEANINGS.get(quantity, {})
    first, names = values[0], [sheet.header[place] for place in places]
    scale = (
        SAME_VOLTAGE
        if quantity is Measured.VOLTAGE
        else SAME_SHARE * float(np.nanmax(np.abs(first), initial=0.0))
    )
    for other, name in zip(values[1:], names[1:], strict=True):
        difference = np.abs(first - other)
        if np.nanmax(difference, initial=0.0) > scale or (np.isnan(first) != np.isnan(other)).any():
            variables = {_variable(name) for name in names}
            if len(variables) == len(names) and variables <= set(meanings):
                return first, of_electrodes(sheet, quantity, places)
            row = int(np.nanargmax(difference)) if np.isfinite(difference).any() else 0
            raise sheet.wrong(
                f"{names[0]!r} and {name!r} are both the {quantity.value} and differ; say which to read, "
                f"as columns={{{quantity.value!r}: {names[0]!r}}} (--column '{quantity.value}={names[0]}')",
                row,
            )
    return first, f"{quantity.value} from {names[0]!r}; the same is in {', '.join(map(repr, names[1:]))}"


def of_electrodes(sheet: Sheet, quantity: Measured, places: list[int]) -> str | None:
    """The statement which of EC-Lab's columns of a quantity is read, and which others are not.

    None where there is only one. The counter electrode's voltage counts as another, though it is never read
    unless the user chooses it.
    """
    meanings = MEANINGS.get(quantity, {})
    first = places[0]
    others = [
        place
        for place, name in enumerate(sheet.header)
        if place in places[1:] or (quantity is Measured.VOLTAGE and _variable(name) == COUNTER)
    ]
    read = _variable(sheet.header[first])
    if not others or read not in (WORKING, "<ewe>", *CURRENTS):
        return None
    names = [sheet.header[place] for place in others]
    named = ", ".join(f"{name!r} ({meanings[_variable(name)]})" for name in names)
    return (
        f"{quantity.value} from {sheet.header[first]!r} ({meanings[read]}), not from {named}; "
        f"--column '{quantity.value}=HEADER' reads another"
    )


def _variable(header: str) -> str:
    """EC-Lab's name of a variable without its unit."""
    return header.partition("/")[0].strip().lower()


_OUT = re.compile(r"d(?:is)?[\s_-]?ch|放电|^d$", re.IGNORECASE)
"""Words of a step's type that mean discharge: CC_DChg, Discharge, D."""
_IN = re.compile(r"(?<!s)(?<!s[\s_-])(?<!d)(?<!d[\s_-])ch|充电|^c$", re.IGNORECASE)


class Quantities:
    """The quantities of a sheet; each is converted, and stated as read, when it is asked for."""

    def __init__(self, sheet: Sheet, chosen: Choice, decimal: str | None):
        self.sheet, self.decimal_by_user = sheet, decimal is not None
        self.columns = candidates(sheet, chosen)
        numeric = [
            place
            for quantity, places in self.columns.items()
            if quantity not in (Measured.DATE, Measured.STEP_TYPE)
            for place, _ in places
        ]
        self.decimal = decimal or decimal_sign(sheet, numeric)
        self.columns_read: dict[int, str] = {}
        self.statements: list[str] = []

    def __contains__(self, quantity: Measured) -> bool:
        return quantity in self.columns

    def si(self, quantity: Measured) -> np.ndarray:
        """A quantity in SI units, NaN where a cell is missing.

        Raises
        ------
        InputError
            The unit is missing or wrong, a cell is not a number, or columns disagree.
        """
        places = [place for place, _ in self.columns[quantity]]
        values = [self._converted(quantity, place, unit) for place, unit in self.columns[quantity]]
        chosen, statement = agreed(self.sheet, quantity, places, values)
        self.statements += [statement] if statement else []
        self.columns_read[places[0]] = f"{quantity.value} from {self.sheet.header[places[0]]!r}"
        return chosen

    def _converted(self, quantity: Measured, place: int, unit: str | None) -> np.ndarray:
        header = self.sheet.header[place]
        if quantity in CLOCKS:
            first = next(
                (c for c in self.sheet.columns[place] if str(c or "").strip().lower() not in MISSING), None
            )
            if (is_clock(unit) and not is_stamp(first)) or (":" in str(first) and not is_stamp(first)):
                return clock_seconds(self.sheet, place)
            if is_stamp(first) or (quantity is Measured.DATE and unit is None):
                return stamp_seconds(self.sheet, place)
        if unit is None:
            unit = self._inferred_unit(quantity, place)
        try:
            scale = factor(unit, quantity)
        except InputError as error:
            raise self.sheet.wrong(
                f"{header!r}: {error}, or say what to read, as "
                f"columns={{{quantity.value!r}: 'HEADER in UNIT'}}"
            ) from None
        return scale * numbers(self.sheet, place, self.decimal, self.decimal_by_user)

    def _inferred_unit(self, quantity: Measured, place: int) -> str:
        """The unit of a column whose header has none."""
        times = stamps = None
        if quantity in CLOCKS:
            times = numbers(self.sheet, place, self.decimal, self.decimal_by_user)
            for dates, _ in self.columns.get(Measured.DATE, [])[:1]:
                try:
                    stamps = stamp_seconds(self.sheet, dates)
                except InputError:  # dates that cannot be read are no help
                    stamps = None
        unit, how = inferred_unit(self.sheet, quantity, place, times, stamps)
        self.statements.append(how)
        return unit

    def place(self, quantity: Measured) -> int:
        """The column that a quantity is read from: the first that holds it."""
        return self.columns[quantity][0][0]

    def first_stamp(self) -> datetime | None:
        """The date of the first row; None without a column of dates, or if they can be read in two ways."""
        if Measured.DATE not in self.columns:
            return None
        place = self.place(Measured.DATE)
        first = next((c for c in self.sheet.columns[place] if str(c or "").strip()), None)
        if not is_stamp(first):
            return None
        try:
            return first_stamp(self.sheet, place)
        except InputError:
            return None

    def by_name(self, names: list[str], name: str) -> np.ndarray | None:
        """The numbers of the column ``name`` among the sheet's ``names``; None where there is none."""
        if name not in names:
            return None
        place = names.index(name)
        self.columns_read[place] = f"{name.partition('/')[0]} from {self.sheet.header[place]!r}"
        return numbers(self.sheet, place, self.decimal, self.decimal_by_user)

    def label(self, quantity: Measured) -> np.ndarray | None:
        """The numbers of steps or cycles, names replaced by numbers; None where the file has none."""
        if quantity not in self.columns:
            return None
        place, _ = self.columns[quantity][0]
        self.columns_read[place] = f"{quantity.value} from {self.sheet.header[place]!r}"
        try:
            return numbers(self.sheet, place, self.decimal, self.decimal_by_user)
        except InputError:
            return np.unique([str(cell) for cell in self.sheet.columns[place]], return_inverse=True)[
                1
            ].astype(float)

    def temperature(self) -> np.ndarray | None:
        """Temperature [degC]; None without a column, or without a unit that can be read."""
        for place, unit in self.columns.get(Measured.TEMPERATURE, [])[:1]:
            values = in_celsius(numbers(self.sheet, place, self.decimal, self.decimal_by_user), unit)
            if values is not None:
                self.columns_read[place] = f"temperature from {self.sheet.header[place]!r}"
                return values
        return None

    def signed(self, current: np.ndarray) -> np.ndarray:
        """The current with a sign: that of the step's type where the file has magnitudes only."""
        if Measured.STEP_TYPE not in self.columns or np.nanmin(current, initial=0.0) < 0:
            return current
        place, _ = self.columns[Measured.STEP_TYPE][0]
        types = [str(cell) for cell in self.sheet.columns[place]]
        discharges = {text: _OUT.search(text.strip()) is not None for text in set(types)}
        out = np.array([discharges[text] for text in types])
        charging = any(_IN.search(text.strip()) for text in discharges)
        if not out.any() or not charging:
            return current
        self.columns_read[place] = f"step type from {self.sheet.header[place]!r}"
        self.statements.append(
            f"current has no sign in the file; negative where {self.sheet.header[place]!r} says discharge"
        )
        return np.where(out, -current, current)

    def summary(self) -> list[str]:
        """The statements: which columns were read, which were not, and what was converted."""
        lines = [f"read: {', '.join(self.columns_read.values())}"]
        unread = [
            repr(name)
            for place, name in enumerate(self.sheet.header)
            if place not in self.columns_read and name
        ]
        lines += [f"not read: {', '.join(unread)}"] if unread else []
        lines += ["decimal comma"] if self.decimal == "," else []
        return lines + self.statements
