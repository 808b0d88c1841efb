"""The half-cycles of a table of voltage against capacity: their columns, their points, and what was done."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.units import to_si
from coreshell_model.data.curve_description import CurveDescription, HalfCycleColumns
from coreshell_model.data.curve_electrode import (
    Electrode,
    begin_of,
    charge_of,
    electrode_of,
    reference_note,
    stated_current,
    unit_of,
)
from coreshell_model.data.curve_points import (
    CurvePoints,
    beginning,
    counted_up,
    flat_end,
    in_order,
    in_words,
    sodiates,
)
from coreshell_model.data.curve_table import Column, CurveTable, titles
from coreshell_model.data.half_cell import FULL_CELL, HALF_CELL

SLOW = 1000 * 3600.0
"""Seconds that a table at open circuit takes in the record; its current and its time mean nothing."""

HOLD_ENDS = 0.1
"""Share of the stated current to which that in a hold falls (assumed: cyclers end holds at C/50 to C/200)."""


@dataclass(frozen=True)
class HalfCurve:
    """A half-cycle of the table, in the order of its capacity.

    Attributes
    ----------
    stated : what is stated of it
    sodiation : its direction; of a table at open circuit, as its voltage moves
    points : in order
    current : stated [A], above 0; None at open circuit
    """

    stated: HalfCycleColumns
    sodiation: bool
    points: CurvePoints
    current: float | None

    @property
    def currents(self) -> np.ndarray:
        """The current at each point [A], above 0: the stated one, falling in a hold at the end."""
        passed = self.points.passed
        if self.current is None:
            return np.full(len(passed), passed[-1] / SLOW)
        currents = np.full(len(passed), self.current)
        if self.stated.hold == "included" and self.sodiation:
            start = flat_end(self.points)
            held = passed[start:]
            if held.size:
                currents[start:] *= 1 - (1 - HOLD_ENDS) * (held - held[0]) / (held[-1] - held[0])
        return currents

    @property
    def time(self) -> np.ndarray:
        """Seconds since the half-cycle began, so that trapezoids of the current give the charge."""
        currents = self.currents
        means = np.append(currents[0], (currents[1:] + currents[:-1]) / 2)
        return np.cumsum(np.diff(self.points.passed, prepend=0.0) / means)


def half_curves(
    table: CurveTable, description: CurveDescription, mass: float | None, cell: str | None
) -> tuple[list[HalfCurve], Electrode, list[str]]:
    """The half-cycles of a table, the electrode, and what was read and done, in words."""
    where = table.sheet.where
    pairs = [_pair(table, description, number) for number in range(len(description.halves))]
    units = [unit_of(table, description, capacity) for capacity, _ in pairs]
    electrode, notes = electrode_of(description, units, mass, where)
    if cell != FULL_CELL:
        notes.append(reference_note(description))
    halves: list[HalfCurve] = []
    for half, pair, unit in zip(description.halves, pairs, units, strict=True):
        with at(where):
            current, rate = stated_current(half, description, electrode)
        before = halves[-1].points if halves else None
        converted, of_half = _half(table, description, half, pair, unit, electrode, current, cell, before)
        halves.append(converted)
        name = _name(half, converted.sodiation)
        notes += [f"{name}{rate}: {of_half[0]}", *(f"{name}: {text}" for text in of_half[1:])]
    for before, after in pairwise(halves):
        if before.sodiation == after.sodiation:
            raise InputError(
                f"{where}: two half-cycles in a row go the same way, by their voltage; give each as a table "
                "of its own"
            )
    return halves, electrode, notes


def _name(half: HalfCycleColumns, sodiation: bool) -> str:
    direction = half.direction or ("sodiation" if sodiation else "desodiation")
    return direction if half.cycle is None else f"{direction} of cycle {half.cycle}"


def _pair(table: CurveTable, description: CurveDescription, number: int) -> tuple[Column, Column]:
    """The columns of capacity and voltage of a half-cycle.

    Raises
    ------
    InputError
        They are not stated, and the table has other than one pair for each half-cycle.
    """
    half, sheet = description.halves[number], table.sheet
    if half.columns is not None:
        capacity, voltage = (_chosen(table, name) for name in half.columns)
        return capacity, voltage
    filled, count = table.filled, len(description.halves)
    with_lines = any(other.lines for other in description.halves)
    if with_lines and len(filled) == 2:
        return _told_apart(filled[0], filled[1])
    voltages = [column for column in filled if column.kind == "voltage"]
    others = [column for column in filled if column.kind != "voltage"]
    if count > 1 and len(others) == 1 and len(voltages) == count:  # one capacity for all
        return others[0], voltages[number]
    if len(filled) != 2 * count:
        listed = ", ".join(list(titles(filled))[:8])
        raise sheet.wrong(
            f"{len(filled)} columns of numbers, {listed}, for {count} half-cycle{'s' if count > 1 else ''}, "
            "which take two each; say which they are, as columns = [1, 2] (capacity, voltage) for each, or "
            "list every half-cycle in half_cycles"
        )
    return _told_apart(*filled[2 * number : 2 * number + 2])


def _told_apart(first: Column, second: Column) -> tuple[Column, Column]:
    """Capacity and voltage of two columns; without names the first is the capacity, as in x and y."""
    if first.kind == "voltage" and second.kind != "voltage":
        return second, first
    return first, second


def _chosen(table: CurveTable, name: int | str) -> Column:
    """A column by its number, from 1, or by a text above it."""
    if isinstance(name, int):
        if not 1 <= name <= len(table.columns):
            raise table.sheet.wrong(f"columns: {name} is not among the {len(table.columns)} of the table")
        return table.columns[name - 1]
    fitting = [column for column in table.columns if name in column.texts]
    if len(fitting) != 1:
        count = "none" if not fitting else f"{len(fitting)}"
        raise table.sheet.wrong(
            f"columns: {count} of the columns has {name!r} above it; give its number, from 1"
        )
    return fitting[0]


def _half(
    table: CurveTable,
    description: CurveDescription,
    half: HalfCycleColumns,
    pair: tuple[Column, Column],
    unit: tuple[str, str],
    electrode: Electrode,
    current: float | None,
    cell: str | None,
    before: CurvePoints | None,
) -> tuple[HalfCurve, list[str]]:
    """A half-cycle in the order of its capacity, and what was read and done, in words."""
    sheet, (capacity, voltage), (written, si) = table.sheet, pair, unit
    name = _name(half, half.direction != "desodiation") if half.direction else "open circuit"
    q, u = table.values(capacity.place), table.values(voltage.place)
    inside = np.ones(len(q), bool)
    if half.lines is not None:
        inside = (table.lines >= half.lines[0]) & (table.lines <= half.lines[1])
    rows = np.flatnonzero(inside & np.isfinite(q) & np.isfinite(u))
    lacking = np.flatnonzero(inside & (np.isfinite(q) != np.isfinite(u)))
    notes = [
        f"capacity in {written} from column {capacity.place + 1}, voltage from column {voltage.place + 1}"
    ]
    if lacking.size:
        notes.append(f"{len(lacking)} points without capacity or voltage left out: {sheet.named(lacking)}")
    with at(f"{sheet.where}: {name}"):
        charge = charge_of(q[rows], written, si, description, electrode)
        begin = None if half.begin is None else begin_of(half.begin, written, si, description, electrode)
    if len(rows) == 0:
        raise sheet.wrong(f"{name}: no points; choose other columns or lines")
    volts = _volts(table, description, voltage, u[rows])
    kind = cell or HALF_CELL
    sodiation = sodiates(charge, volts, kind) if half.direction is None else half.direction == "sodiation"
    up, how = counted_up(sheet, name, charge, volts, sodiation, half.counted, kind)
    why = ", as stated"
    if begin is None:
        begin, why = beginning(sheet, name, charge, up, before, current is None)
    points = in_order(sheet, name, charge, volts, rows, up, begin)
    way = f"{'up' if up else 'down'} from {in_words(begin, electrode.mass)}{why}"
    notes += [f"capacity counts {way} ({how})", *points.notes]
    if current is not None and sodiation:
        notes.append(_of_hold(half, points, electrode.mass))
    return HalfCurve(half, sodiation, points, current), notes


def _volts(
    table: CurveTable, description: CurveDescription, column: Column, values: np.ndarray
) -> np.ndarray:
    """Voltages against Na/Na+ [V].

    Raises
    ------
    InputError
        The unit is not known, or not that of a voltage.
    """
    unit = description.voltage_unit or column.unit
    if unit is None:
        raise table.sheet.wrong(
            f"column {column.place + 1}: the unit of the voltage is not known; write voltage_unit = "
            '"V" or "mV"'
        )
    try:
        size = to_si(1.0, unit, "V")
    except InputError:
        raise table.sheet.wrong(
            f"column {column.place + 1}: {unit!r} is no unit of a voltage; choose other columns (capacity "
            'first), or write voltage_unit = "V" or "mV"'
        ) from None
    return values * size + description.reference_potential


def _of_hold(half: HalfCycleColumns, points: CurvePoints, mass: float | None) -> str:
    """The statement about a hold at the end of a sodiation, which the table itself does not show."""
    if half.hold == "none":
        return "no hold at its end, as stated"
    if half.hold == "left out":
        return "a hold followed it that is not in the table, as stated: its charge is missing here"
    if half.hold == "included":
        start = flat_end(points)
        if start == len(points.passed):
            return "a hold at its end is stated, but the last points share no voltage: none is taken for it"
        held = in_words(float(points.passed[-1] - points.passed[start]), mass)
        return (
            f"the hold at its end, as stated, is taken for the {held} about its last "
            "voltage; its time is not known: a current that falls evenly along them to a tenth stands for it "
            "(assumed)"
        )
    return (
        'a hold at its end cannot be seen in such a table; if the cell had one, write hold = "included" or '
        '"left out"'
    )
