"""A cycler's file in, a Dataset out: everything is converted here, once, and stated."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
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
from coreshell_model.data.eclab import at_rest, between, counted_charge, current_from_charge
from coreshell_model.data.files import open_sheet
from coreshell_model.data.half_cell import (
    FULL_CELL,
    HALF_CELL,
    check_alive,
    check_cell,
    checked_cell,
    full_cell_sign,
)
from coreshell_model.data.half_cycles import check_gaps
from coreshell_model.data.numbers import checked_decimal
from coreshell_model.data.quantities import Quantities, read_choice
from coreshell_model.data.record import Dataset
from coreshell_model.data.sheet import Sheet
from coreshell_model.data.sweeps import Sweeps, SweptSpectrum, said, sweeps

MOST_MISSING = 0.05
"""Share of rows that may lack a value before the file is refused."""

HIGHEST_VOLTAGE = 6.0
"""Volts beyond which a voltage is in another unit than its header says."""

HIGHEST_SPECIFIC_CURRENT = 1e5
"""A/kg, 250C, beyond which current or mass is in another unit."""

HEAVY, SLOW = 2e-4, 0.3
"""Kilograms of carbon above which, and A/kg (C/1000) below which, the mass is asked to be checked."""

MASS_RANGE = 1e-9, 1.0
"""Kilograms between which the mass of an electrode's carbon lies: a microgram, a kilogram."""

FLOWS, SAME_RATIO = 0.05, 1e-3
"""Share of the largest current per gram from which its ratio to the current tells the mass, and how far these
ratios may lie apart."""


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
    sign_beside: str | None = None,
) -> Dataset:
    """Read a cycler's file: CSV in its dialects, Excel, EC-Lab text, .mpr, Neware .nda and .ndax, Arbin .res.

    Parameters
    ----------
    path : the file, which is not changed
    mass : of active carbon (core + shell), as "1.1 mg"; else what the file itself states
    current_sign : what a positive current in the file does, "sodiation" or "desodiation"; else the voltage
        tells
    columns : which column is what where the header does not tell, as ``{"current": "I2 in mA"}``
    decimal : "." or ",", where the file leaves it open
    allow_gaps : take current to have gone on through gaps in the record
    worksheet : of an Excel workbook with several
    cell : "half-cell", carbon against sodium, or "full-cell", where the voltage makes one ask
    sign_beside : what a positive current does in other files of the cell, where this one does not tell

    Returns
    -------
    Dataset
        Current above 0 sodiates the carbon; its ``statements`` say what was converted.

    Raises
    ------
    InputError
        The file cannot be read without guessing: one line with the place and what to do.
    """
    path = user_path(path)
    given = _mass(mass)
    chosen, sign, cell = read_choice(columns), checked_decimal(decimal), checked_cell(cell)
    sheet = open_sheet(path, chosen, worksheet)
    beside = read_sidecar(path)
    quantities = Quantities(sheet, chosen, sign)
    kilograms, of_mass = _known_mass(given, beside.mass, sheet.mass, _mass_by_ratio(quantities))
    swept = sweeps(quantities)
    points, spectra, of_points = _points(sheet, quantities, kilograms, swept)
    _check_plausible(sheet, points, kilograms)
    of_charge = not any(what in quantities for what in CURRENTS)  # which no gap hides
    allowed = allow_gaps or beside.simulated or of_charge
    charge = counted_charge(quantities)
    of_gaps = check_gaps(sheet, points, allowed, between(charge, points.rows))
    cell = cell or beside.cell
    of_cell = None if beside.simulated else check_cell(sheet, points, cell)
    by_file = beside.positive_current or sign_beside
    if cell == FULL_CELL and points.current.any():
        does, how = full_cell_sign(sheet, points, current_sign or by_file)
    else:
        does, how = positive_current(sheet, points, current_sign, by_file)
        check_alive(sheet, points, cell)
    of_sign = _of_sign(does, how)
    table, of_table = _table(points, does, quantities)
    of_spectra = said(spectra, swept, charge)
    told = (
        *sheet.notes,
        *quantities.summary(),
        *of_points,
        of_spectra,
        of_gaps,
        of_cell,
        of_sign,
        of_mass,
        _of_heavy_mass(points, kilograms),
        *of_table,
    )
    return Dataset(
        table,
        path,
        sheet.format,
        tuple(dict.fromkeys(filter(None, told))),
        kilograms,
        cell=cell or HALF_CELL,
        spectra=spectra,
        began=_began(sheet, quantities, points),
        sources=(path,),
        positive_current=does if how else None,
    )


def _of_heavy_mass(points: Points, kilograms: float | None) -> str | None:
    """That so much carbon, or so small a current per gram of it, is no electrode's of a test cell."""
    if kilograms is None or not points.current.any():
        return None
    largest = float(np.abs(points.current).max()) / kilograms
    if kilograms <= HEAVY and largest >= SLOW:
        return None
    return (
        f"check the mass: {from_si(kilograms, 'mg'):.6g} mg of carbon, whose largest current is "
        f"{from_si(largest, 'mA/g'):.3g} mA/g; electrodes of test cells hold some mg"
    )


def _of_sign(does: str, how: str) -> str:
    """The statement about the sign of the current."""
    if not how:
        return "no current flows: a rest, without half-cycles"
    turned = "kept" if does == "sodiation" else "turned"
    return f"positive current in the file does {does} ({how}); {turned}, so that I > 0 sodiates the carbon"


def _began(sheet: Sheet, quantities: Quantities, points: Points) -> datetime | None:
    """Date and time of the first point: by the file's dates, or by the start of the acquisition."""
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
    """The mass [kg] by which a file divided its current, where it has the current and that per gram."""
    if not (Measured.CURRENT in quantities and Measured.SPECIFIC_CURRENT in quantities):
        return None
    try:
        current, specific = (quantities.si(w) for w in (Measured.CURRENT, Measured.SPECIFIC_CURRENT))
    except InputError:  # a column without a unit tells no mass
        return None
    flows = np.abs(specific) > FLOWS * np.nanmax(np.abs(specific), initial=0.0)
    ratios = current[flows] / specific[flows]
    if not flows.any() or np.ptp(ratios) > SAME_RATIO * abs(mass := float(np.median(ratios))):
        return None
    return mass if MASS_RANGE[0] <= mass <= MASS_RANGE[1] else None


def _known_mass(
    given: float | None, beside: float | None, inside: float | None, by_ratio: float | None
) -> tuple[float | None, str]:
    """The mass of active carbon [kg], with the statement where it comes from."""
    sources = (
        ("as given", given),
        ("from the metadata", beside),
        ("active material by the file's settings", inside),
        ("from the ratio of current to current per gram in the file", by_ratio),
    )
    for source, mass in sources:
        if mass is not None:
            other = (
                f"; the file's settings say {from_si(inside, 'mg'):.6g} mg"
                if inside not in (None, mass)
                else ""
            )
            return mass, f"mass of active carbon (core + shell) {from_si(mass, 'mg'):.6g} mg, {source}{other}"
    return None, "mass of active carbon not known, so no capacities per gram"


def _points(
    sheet: Sheet, quantities: Quantities, mass: float | None, swept: Sweeps
) -> tuple[Points, tuple[SweptSpectrum, ...], list[str]]:
    """Time, voltage, current and steps of every complete row, in the order of time; spectra beside them.

    Of a frequency sweep the first and last row stay, as a rest.
    """
    clock = next((what for what in CLOCKS if what in quantities), None)
    if clock is None or Measured.VOLTAGE not in quantities:
        raise sheet.wrong("no time or no voltage among the columns; say which they are, as columns={...}")
    time, voltage = quantities.si(clock), quantities.si(Measured.VOLTAGE)
    labels = [
        label for what in (Measured.STEP, Measured.CYCLE) if (label := quantities.label(what)) is not None
    ]
    current = quantities.signed(_current(sheet, quantities, mass, time, labels, swept))
    current[swept.rows] = 0.0
    of_step = clock in (Measured.TIME, Measured.STEP_TIME)
    stamps = quantities.si(Measured.DATE) if of_step and Measured.DATE in quantities else None
    lacking = np.isnan(time) | np.isnan(voltage) | np.isnan(current)
    notes = [_without_gaps_in_rows(sheet, lacking)]
    rows = np.flatnonzero(~lacking & (~swept.rows | swept.ends()))
    step = step_count([label[rows] for label in labels]) if labels else np.ones(len(rows), int)
    points = Points(time[rows], voltage[rows], current[rows], step, rows)
    if stamps is not None and np.isnan(stamps[rows]).any():
        stamps = None
    points, of_restart = restarted(
        sheet, points, None if stamps is None else stamps[rows], clock is Measured.STEP_TIME
    )
    spectra = swept.spectra(_anywhere(points, len(time)), voltage)
    points, of_repeats = without_repeats(sheet, points)
    if len(points.time) < 2:
        raise sheet.wrong("there is one point in time; give a file with data over time")
    return points, spectra, list(filter(None, (*notes, of_restart, of_repeats)))


def _anywhere(points: Points, count: int) -> np.ndarray:
    """The time of each of the sheet's rows, of those that are no points that of the next one [s]."""
    after = np.searchsorted(points.rows, np.arange(count))
    return points.time[np.minimum(after, len(points.time) - 1)]


def _without_gaps_in_rows(sheet: Sheet, lacking: np.ndarray) -> str | None:
    """The statement about rows without a time, a voltage or a current."""
    if not lacking.any():
        return None
    rows = np.flatnonzero(lacking)
    if len(rows) > MOST_MISSING * len(lacking):
        raise sheet.wrong(
            f"no time, voltage or current in {len(rows)} of {len(lacking)} rows, here first; "
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
        if any(what in quantities for what in CHARGES):
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


def _check_plausible(sheet: Sheet, points: Points, mass: float | None) -> None:
    highest = int(np.argmax(np.abs(points.voltage)))
    if abs(points.voltage[highest]) > HIGHEST_VOLTAGE:
        raise sheet.wrong(
            f"voltage is {points.voltage[highest]:g} V; is it in mV? say so, as "
            "columns={'voltage': 'HEADER in mV'} (--column 'voltage=HEADER in mV')",
            int(points.rows[highest]),
        )
    largest = int(np.argmax(np.abs(points.current)))
    if mass is not None and abs(points.current[largest]) / mass > HIGHEST_SPECIFIC_CURRENT:
        raise sheet.wrong(
            f"current is {abs(points.current[largest]) / mass / 1e3:.3g} A per gram of active carbon; "
            "correct the mass, or say the current's unit",
            int(points.rows[largest]),
        )


def _table(points: Points, does: str, quantities: Quantities) -> tuple[pd.DataFrame, list[str]]:
    """The table, I > 0 into the carbon, with what was left out of it."""
    current = points.current if does == "sodiation" else -points.current
    data: dict[str, np.ndarray] = {TIME: points.time, VOLTAGE: points.voltage, CURRENT: current + 0.0}
    said = []
    cycle, step = quantities.label(Measured.CYCLE), quantities.label(Measured.STEP)
    if cycle is not None:
        cycle = cycle[points.rows]
        if np.isnan(cycle).any() or (cycle != np.round(cycle)).any() or (np.diff(cycle) < 0).any():
            said.append("cycle numbers left out: they are not whole numbers that never fall")
        else:
            data[CYCLE] = cycle.astype(int)
    if step is not None or points.step[-1] > 1:
        counted = step[points.rows] if step is not None else points.step.astype(float)
        if not np.array_equal(np.diff(counted) > 0, np.diff(points.step) > 0) or (np.diff(counted) < 0).any():
            said.append("step numbers of the file recur; steps are counted from 1 instead")
            counted = points.step.astype(float)
        data[STEP] = counted.astype(int) if (counted == np.round(counted)).all() else counted
    temperature = quantities.temperature()
    if temperature is not None and not np.isnan(temperature[points.rows]).any():
        data[TEMPERATURE] = temperature[points.rows]
    return pd.DataFrame(data), said
