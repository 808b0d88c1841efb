"""The columns of a sheet as quantities in SI units, with statements of what was read from where."""

import re
from datetime import datetime

import numpy as np

from coreshell_model.dataset.chosen import agreed, candidates
from coreshell_model.dataset.columns import CLOCKS, Measured, factor, in_celsius, is_clock
from coreshell_model.dataset.numbers import MISSING, decimal_sign, numbers
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.stamps import clock_seconds, first_stamp, is_stamp, stamp_seconds
from coreshell_model.dataset.table_header import Choice
from coreshell_model.dataset.untold_units import untold_unit
from coreshell_model.errors import InputError

_OUT = re.compile(r"d(?:is)?[\s_-]?ch|放电|^d$", re.IGNORECASE)
"""Words of a step's type that mean discharge: CC_DChg, Discharge, D."""
_IN = re.compile(r"(?<!s)(?<!s[\s_-])(?<!d)(?<!d[\s_-])ch|充电|^c$", re.IGNORECASE)


class Quantities:
    """What a sheet measures; each quantity is converted when it is asked for, and stated."""

    def __init__(self, sheet: Sheet, chosen: Choice, decimal: str | None):
        self.sheet, self.sure = sheet, decimal is not None
        self.found = candidates(sheet, chosen)
        numeric = [
            place
            for what, places in self.found.items()
            if what not in (Measured.DATE, Measured.STEP_TYPE)
            for place, _ in places
        ]
        self.decimal = decimal or decimal_sign(sheet, numeric)
        self.read: dict[int, str] = {}
        self.statements: list[str] = []

    def __contains__(self, what: Measured) -> bool:
        return what in self.found

    def si(self, what: Measured) -> np.ndarray:
        """A quantity in SI units, NaN where a cell is missing.

        Raises
        ------
        InputError
            No unit, a wrong one, a cell that is not a number, or columns that disagree.
        """
        places = [place for place, _ in self.found[what]]
        values = [self._converted(what, place, unit) for place, unit in self.found[what]]
        chosen, statement = agreed(self.sheet, what, places, values)
        self.statements += [statement] if statement else []
        self.read[places[0]] = f"{what.value} from {self.sheet.header[places[0]]!r}"
        return chosen

    def _converted(self, what: Measured, place: int, unit: str | None) -> np.ndarray:
        header = self.sheet.header[place]
        if what in CLOCKS:
            first = next(
                (c for c in self.sheet.columns[place] if str(c or "").strip().lower() not in MISSING), None
            )
            if (is_clock(unit) and not is_stamp(first)) or (":" in str(first) and not is_stamp(first)):
                return clock_seconds(self.sheet, place)
            if is_stamp(first) or (what is Measured.DATE and unit is None):
                return stamp_seconds(self.sheet, place)
        if unit is None:
            unit = self._untold(what, place)
        try:
            scale = factor(unit, what)
        except InputError as error:
            raise self.sheet.wrong(
                f"{header!r}: {error}, or say what to read, as columns={{{what.value!r}: 'HEADER in UNIT'}}"
            ) from None
        return scale * numbers(self.sheet, place, self.decimal, self.sure)

    def _untold(self, what: Measured, place: int) -> str:
        """The unit of a column whose header has none."""
        times = stamps = None
        if what in CLOCKS:
            times = numbers(self.sheet, place, self.decimal, self.sure)
            for dates, _ in self.found.get(Measured.DATE, [])[:1]:
                try:
                    stamps = stamp_seconds(self.sheet, dates)
                except InputError:  # dates that cannot be read tell nothing
                    stamps = None
        unit, how = untold_unit(self.sheet, what, place, times, stamps)
        self.statements.append(how)
        return unit

    def place(self, what: Measured) -> int:
        """The column that a quantity is read from, where several hold it the first."""
        return self.found[what][0][0]

    def first_stamp(self) -> datetime | None:
        """The date of the first row; None without a column of dates, or where they do not tell."""
        if Measured.DATE not in self.found:
            return None
        place = self.place(Measured.DATE)
        first = next((c for c in self.sheet.columns[place] if str(c or "").strip()), None)
        if not is_stamp(first):
            return None
        try:
            return first_stamp(self.sheet, place)
        except InputError:
            return None

    def by_name(self, names: list[str], wanted: str) -> np.ndarray | None:
        """The numbers of the column of this name among the sheet's ``names``; None where there is none."""
        if wanted not in names:
            return None
        place = names.index(wanted)
        self.read[place] = f"{wanted.partition('/')[0]} from {self.sheet.header[place]!r}"
        return numbers(self.sheet, place, self.decimal, self.sure)

    def label(self, what: Measured) -> np.ndarray | None:
        """A number or name that a file gives to steps or cycles; None where it gives none."""
        if what not in self.found:
            return None
        place, _ = self.found[what][0]
        self.read[place] = f"{what.value} from {self.sheet.header[place]!r}"
        try:
            return numbers(self.sheet, place, self.decimal, self.sure)
        except InputError:
            return np.unique([str(cell) for cell in self.sheet.columns[place]], return_inverse=True)[
                1
            ].astype(float)

    def temperature(self) -> np.ndarray | None:
        """Temperature [degC]; None without one, or without a unit that can be read."""
        for place, unit in self.found.get(Measured.TEMPERATURE, [])[:1]:
            values = in_celsius(numbers(self.sheet, place, self.decimal, self.sure), unit)
            if values is not None:
                self.read[place] = f"temperature from {self.sheet.header[place]!r}"
                return values
        return None

    def signed(self, current: np.ndarray) -> np.ndarray:
        """The current, its sign taken from the type of the step where the file writes magnitudes only."""
        if Measured.STEP_TYPE not in self.found or np.nanmin(current, initial=0.0) < 0:
            return current
        place, _ = self.found[Measured.STEP_TYPE][0]
        types = [str(cell) for cell in self.sheet.columns[place]]
        discharges = {text: _OUT.search(text.strip()) is not None for text in set(types)}
        out = np.array([discharges[text] for text in types])
        charging = any(_IN.search(text.strip()) for text in discharges)
        if not out.any() or not charging:
            return current
        self.read[place] = f"step type from {self.sheet.header[place]!r}"
        self.statements.append(
            f"current has no sign in the file; negative where {self.sheet.header[place]!r} says discharge"
        )
        return np.where(out, -current, current)

    def summary(self) -> list[str]:
        """Which columns were read, in what units, and which were not."""
        said = [f"read: {', '.join(self.read.values())}"]
        left = [repr(name) for place, name in enumerate(self.sheet.header) if place not in self.read and name]
        said += [f"not read: {', '.join(left)}"] if left else []
        said += ["decimal comma"] if self.decimal == "," else []
        return said + self.statements
