"""Reads a cycler's file into a Dataset: everything is converted once, in this module, and stated."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import shown
from coreshell_model.base.paths import user_path
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.data.bdf import read_sidecar
from coreshell_model.data.clock import Points, positive_current, restarted, step_count, without_repeats
from coreshell_model.data.columns import (
    CHARGES,
    CLOCKS,
    CURRENT,
    CURRENTS,
    CYCLE,
    STEP,
    TEMPERATURE,
    TIME,
    VOLTAGE,
    Measured,
)
from coreshell_model.data.curve_description import read_description
from coreshell_model.data.eclab import at_rest, charge_between, counted_charge, current_from_charge
from coreshell_model.data.files import open_sheet
from coreshell_model.data.half_cell import (
    FULL_CELL,
    HALF_CELL,
    check_alive,
    check_cell,
    check_current,
    checked_cell,
    full_cell_sign,
)
from coreshell_model.data.half_cycles import check_gaps
from coreshell_model.data.numbers import checked_decimal
from coreshell_model.data.quantities import Quantities, read_choice
from coreshell_model.data.record import Dataset
from coreshell_model.data.sheet import Sheet
from coreshell_model.data.sweeps import Sweeps, SweptSpectrum, sweeps, sweeps_statement
from coreshell_model.data.without_time import read_curve

MOST_MISSING = 0.05
"""Share of rows that may lack a value before the file is refused."""

HIGHEST_VOLTAGE = 6.0
"""Volts above which a voltage must be in another unit than its header says."""

HEAVY, SLOW = 2e-4, 0.3
"""Mass of carbon [kg] above which, and largest current [A/kg] (C/1000) below which, the user is asked to
check the mass."""

MASS_RANGE = 1e-9, 1.0
"""Least and largest mass of an electrode's carbon [kg]: a microgram and a kilogram."""

OF_MASS = "mass of active carbon"
"""How the statement about the mass begins."""

FLOWS, SAME_RATIO = 0.05, 1e-3
"""Share of the largest current per gram above which points count for the ratio of current to current per
gram, and the largest spread of that ratio, relative to its median."""


def read_dataset(
    path: str | Path,
    *,
    mass: str | None = None,
    current_sign: str | None = None,
    columns: Mapping[str, str] | None = None,
    decimal: str | None = None,
    allow_gaps: bool = False,
    worksheet: str | None = None,
    cell: str | None = None,
    sign_of_other_files: str | None = None,
    curve: Mapping[str, Any] | None = None,
) -> Dataset:
    """Read a cycler's file: CSV in its dialects, Excel, EC-Lab text, .mpr, Neware .nda and .ndax, Arbin .res.

    A table of voltage against capacity, without time, is read where its rate and direction are stated, in
    ``curve`` or in ``NAME.curve.toml`` beside it.

    Parameters
    ----------
    path : the file, which is not changed
    mass : of active carbon (core + shell), as "1.1 mg"; else what the file itself states
    current_sign : what a positive current in the file does, "sodiation" or "desodiation"; else it is taken
        from the voltage
    columns : header and unit of quantities that the header does not name, as ``{"current": "I2 in mA"}``
    decimal : "." or ",", where the file leaves it open
    allow_gaps : take the current to have gone on through gaps in the record
    worksheet : of an Excel workbook with several
    cell : "half-cell", carbon against sodium, or "full-cell"; needed where the voltage is unusual for carbon
    sign_of_other_files : what a positive current does in other files of the cell, used where this file does
        not show it
    curve : what is stated of a table without time, as ``{"rate": "15 mA/g", "direction": "sodiation"}``

    Returns
    -------
    Dataset
        Current above 0 sodiates the carbon; its ``statements`` say what was converted.

    Raises
    ------
    InputError
        The file cannot be read without guessing.
    """
    path = user_path(path)
    mass_by_user = _mass(mass)
    chosen, decimal_sign, cell = read_choice(columns), checked_decimal(decimal), checked_cell(cell)
    description = read_description(path, curve)
    if description is not None:
        _check_options(path, columns, current_sign)
        return read_curve(path, description, mass_by_user, decimal_sign, worksheet, cell)
    sheet = open_sheet(path, chosen, worksheet)
    metadata = read_sidecar(path)
    quantities = Quantities(sheet, chosen, decimal_sign)
    kilograms, mass_note = _known_mass(mass_by_user, metadata.mass, sheet.mass, _mass_by_ratio(quantities))
    swept = sweeps(quantities)
    points, spectra, point_notes = _points(sheet, quantities, kilograms, swept)
    _check_voltage(sheet, points)
    check_current(sheet, points, kilograms)
    current_from_charges = not any(quantity in quantities for quantity in CURRENTS)  # no gap hides a charge
    timed_by_charge = metadata.without_time is not None
    allowed = allow_gaps or metadata.simulated or timed_by_charge or current_from_charges
    charge = counted_charge(quantities)
    gap_note = check_gaps(sheet, points, allowed, charge_between(charge, points.rows))
    cell = cell or metadata.cell
    cell_note = None if metadata.simulated else check_cell(sheet, points, cell)
    by_file = metadata.positive_current or sign_of_other_files
    direction, evidence = _direction(sheet, points, cell, current_sign, by_file)
    table, table_notes = _table(points, direction, quantities)
    statements = (
        *sheet.notes,
        *quantities.summary(),
        *point_notes,
        sweeps_statement(spectra, swept, charge),
        gap_note,
        cell_note,
        _sign_statement(direction, evidence),
        mass_note,
        None if timed_by_charge else _mass_warning(points, kilograms),
        *table_notes,
    )
    return Dataset(
        table,
        path,
        sheet.format,
        tuple(dict.fromkeys(filter(None, statements))),
        kilograms,
        cell=cell or HALF_CELL,
        spectra=spectra,
        began=_began(sheet, quantities, points),
        sources=(path,),
        positive_current=direction if evidence else None,
        without_time=metadata.without_time,
        before=metadata.before,
    )


def _check_options(path: Path, columns: Mapping[str, str] | None, current_sign: str | None) -> None:
    """Refuse options about a current with a table that has none."""
    for option, value, instead in (
        ("columns (--column)", columns, "columns = [1, 2] of what is stated of it (--curve)"),
        ("current_sign (--current-sign)", current_sign, "direction"),
    ):
        if value:
            raise InputError(
                f"{shown(path)}: is read as a curve without time, of which {option} says nothing; use "
                f"{instead}"
            )


def _direction(
    sheet: Sheet, points: Points, cell: str | None, by_user: str | None, by_file: str | None
) -> tuple[str, str]:
    """What a positive current does, and how that is known."""
    if cell == FULL_CELL and points.current.any():
        return full_cell_sign(sheet, points, by_user or by_file)
    direction_and_evidence = positive_current(sheet, points, by_user, by_file)
    check_alive(sheet, points, cell)
    return direction_and_evidence


def _mass_warning(points: Points, kilograms: float | None) -> str | None:
    """The warning where so much carbon, or so small a current per gram, is unusual for a test cell."""
    if kilograms is None or not points.current.any():
        return None
    largest = float(np.abs(points.current).max()) / kilograms
    if kilograms <= HEAVY and largest >= SLOW:
        return None
    return (
        f"check the mass: {from_si(kilograms, 'mg'):.6g} mg of carbon, whose largest current is "
        f"{from_si(largest, 'mA/g'):.3g} mA/g; electrodes of test cells hold some mg"
    )


def _sign_statement(direction: str, evidence: str) -> str:
    """The statement about the sign of the current."""
    if not evidence:
        return "no current flows: a rest, without half-cycles"
    turned = "kept" if direction == "sodiation" else "turned"
    return (
        f"positive current in the file does {direction} ({evidence}); {turned}, so that I > 0 sodiates the "
        "carbon"
    )


def _began(sheet: Sheet, quantities: Quantities, points: Points) -> datetime | None:
    """Date and time of the first point, by the file's dates or by the start of the acquisition."""
    stamp = quantities.first_stamp()
    if stamp is not None or sheet.began is None:
        return stamp
    return sheet.began + timedelta(seconds=float(points.time[0]))


def _mass(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value, unit = parse_quantity(text)
        if unit == "1":
            raise InputError(f"{text!r} has no unit; is it '{value:g} mg'?")
        kilograms = to_si(value, unit, "kg")
    except InputError as error:
        raise InputError(f"mass: {error}") from None
    if not MASS_RANGE[0] <= kilograms <= MASS_RANGE[1]:
        raise InputError(f"mass is {text}; give that of the active carbon in the electrode, as '1.1 mg'")
    return kilograms


def _mass_by_ratio(quantities: Quantities) -> float | None:
    """The mass [kg] by which a file divided its current, if it has both the current and that per gram."""
    if not (Measured.CURRENT in quantities and Measured.SPECIFIC_CURRENT in quantities):
        return None
    try:
        current, specific = (quantities.si(w) for w in (Measured.CURRENT, Measured.SPECIFIC_CURRENT))
    except InputError:  # a column without a unit gives no mass
        return None
    flows = np.abs(specific) > FLOWS * np.nanmax(np.abs(specific), initial=0.0)
    ratios = current[flows] / specific[flows]
    if not flows.any() or np.ptp(ratios) > SAME_RATIO * abs(mass := float(np.median(ratios))):
        return None
    return mass if MASS_RANGE[0] <= mass <= MASS_RANGE[1] else None


def _known_mass(
    by_user: float | None, by_metadata: float | None, by_settings: float | None, by_ratio: float | None
) -> tuple[float | None, str]:
    """The mass of active carbon [kg] from the first source that has it, with the statement about that."""
    sources = (
        ("as given", "", by_user),
        ("from the metadata", "the metadata say", by_metadata),
        ("active material by the file's settings", "the file's settings say", by_settings),
        (
            "from the ratio of current to current per gram in the file",
            "the ratio of current to current per gram in the file says",
            by_ratio,
        ),
    )
    known = [(source, says, mass) for source, says, mass in sources if mass is not None]
    if known:
        (source, _, mass), *others = known
        differing = [
            f"; {says} {from_si(other, 'mg'):.6g} mg"
            for _, says, other in others
            if abs(other / mass - 1) > SAME_RATIO
        ]
        shown = f"{OF_MASS} (core + shell) {from_si(mass, 'mg'):.6g} mg, {source}"
        return mass, "".join([shown, *differing[:1]])
    return None, f"{OF_MASS} not known, so no capacities per gram"


def _points(
    sheet: Sheet, quantities: Quantities, mass: float | None, swept: Sweeps
) -> tuple[Points, tuple[SweptSpectrum, ...], list[str]]:
    """The points of every complete row, in the order of time, the spectra, and the statements about both.

    The first and last row of a frequency sweep stay among the points, as a rest.
    """
    clock = next((quantity for quantity in CLOCKS if quantity in quantities), None)
    if clock is None or Measured.VOLTAGE not in quantities:
        raise sheet.wrong("no time or no voltage among the columns; say which they are, as columns={...}")
    time, voltage = quantities.si(clock), quantities.si(Measured.VOLTAGE)
    labels = [
        label
        for quantity in (Measured.STEP, Measured.CYCLE)
        if (label := quantities.label(quantity)) is not None
    ]
    current = quantities.signed(_current(sheet, quantities, mass, time, labels, swept))
    current[swept.rows] = 0.0
    of_step = clock in (Measured.TIME, Measured.STEP_TIME)
    stamps = quantities.si(Measured.DATE) if of_step and Measured.DATE in quantities else None
    incomplete = np.isnan(time) | np.isnan(voltage) | np.isnan(current)
    notes = [_incomplete_rows(sheet, incomplete)]
    rows = np.flatnonzero(~incomplete & (~swept.rows | swept.ends()))
    step = step_count([label[rows] for label in labels]) if labels else np.ones(len(rows), int)
    points = Points(time[rows], voltage[rows], current[rows], step, rows)
    if stamps is not None and np.isnan(stamps[rows]).any():
        stamps = None
    points, of_restart = restarted(
        sheet, points, None if stamps is None else stamps[rows], clock is Measured.STEP_TIME
    )
    spectra = swept.spectra(_time_of_rows(points, len(time)), voltage)
    points, of_repeats = without_repeats(sheet, points)
    if len(points.time) < 2:
        raise sheet.wrong("there is one point in time; give a file with data over time")
    return points, spectra, list(filter(None, (*notes, of_restart, of_repeats)))


def _time_of_rows(points: Points, count: int) -> np.ndarray:
    """The time [s] of each row of the sheet; of a row that is no point, the time of the next point."""
    after = np.searchsorted(points.rows, np.arange(count))
    return points.time[np.minimum(after, len(points.time) - 1)]


def _incomplete_rows(sheet: Sheet, incomplete: np.ndarray) -> str | None:
    """The statement about rows without a time, a voltage or a current."""
    if not incomplete.any():
        return None
    rows = np.flatnonzero(incomplete)
    if len(rows) > MOST_MISSING * len(incomplete):
        raise sheet.wrong(
            f"no time, voltage or current in {len(rows)} of {len(incomplete)} rows, here first; "
            "fill the cells or remove the rows",
            int(rows[0]),
        )
    return f"{len(rows)} rows without a time, voltage or current left out: {sheet.named(rows)}"


def _current(
    sheet: Sheet,
    quantities: Quantities,
    mass: float | None,
    time: np.ndarray,
    labels: list[np.ndarray],
    swept: Sweeps,
) -> np.ndarray:
    """Current [A] with the file's sign."""
    if at_rest(sheet, quantities, swept.rows):
        return np.zeros(len(time))
    if Measured.CURRENT in quantities:
        return quantities.si(Measured.CURRENT)
    if Measured.SPECIFIC_CURRENT not in quantities:
        if any(quantity in quantities for quantity in CHARGES):
            return current_from_charge(quantities, time, labels)
        raise sheet.wrong(
            "no column for the current, nor for the charge (dq, Q-Qo), and the file does not say that it "
            "rests; say which it is, as columns={'current': 'HEADER in mA'} (--column 'current=HEADER in mA')"
        )
    specific = quantities.si(Measured.SPECIFIC_CURRENT)
    if mass is None:
        raise sheet.wrong(
            "the current is per gram and the mass of active carbon is not known; give it, as mass='1.1 mg' "
            '(--mass "1.1 mg"); capacities per gram do not depend on it'
        )
    quantities.statements.append("current in A is that per gram times the mass of active carbon")
    return specific * mass


def _check_voltage(sheet: Sheet, points: Points) -> None:
    highest = int(np.argmax(np.abs(points.voltage)))
    if abs(points.voltage[highest]) > HIGHEST_VOLTAGE:
        raise sheet.wrong(
            f"voltage is {points.voltage[highest]:g} V; is it in mV? say so, as "
            "columns={'voltage': 'HEADER in mV'} (--column 'voltage=HEADER in mV')",
            int(points.rows[highest]),
        )


def _table(points: Points, direction: str, quantities: Quantities) -> tuple[pd.DataFrame, list[str]]:
    """The table, with I > 0 into the carbon, and the statements about what was left out of it."""
    current = points.current if direction == "sodiation" else -points.current
    data: dict[str, np.ndarray] = {TIME: points.time, VOLTAGE: points.voltage, CURRENT: current + 0.0}
    notes = []
    cycle, step = quantities.label(Measured.CYCLE), quantities.label(Measured.STEP)
    if cycle is not None:
        cycle = cycle[points.rows]
        if np.isnan(cycle).any() or (cycle != np.round(cycle)).any() or (np.diff(cycle) < 0).any():
            notes.append("cycle numbers left out: they are not whole numbers that never fall")
        else:
            data[CYCLE] = cycle.astype(int)
    if step is not None or points.step[-1] > 1:
        counted = step[points.rows] if step is not None else points.step.astype(float)
        if not np.array_equal(np.diff(counted) > 0, np.diff(points.step) > 0) or (np.diff(counted) < 0).any():
            notes.append("step numbers of the file recur; steps are counted from 1 instead")
            counted = points.step.astype(float)
        data[STEP] = counted.astype(int) if (counted == np.round(counted)).all() else counted
    temperature = quantities.temperature()
    if temperature is not None and not np.isnan(temperature[points.rows]).any():
        data[TEMPERATURE] = temperature[points.rows]
    return pd.DataFrame(data), notes
