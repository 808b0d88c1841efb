"""Impedance spectra in cyclers' files, read without the other rows, and written as one CSV."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import replace, room_for
from coreshell_model.base.library import read_table_text, shown
from coreshell_model.base.paths import user_path
from coreshell_model.data.columns import CLOCKS, Measured
from coreshell_model.data.files import open_sheet
from coreshell_model.data.quantities import Quantities, read_choice
from coreshell_model.data.spectrum_table import checked_impedance, is_spectrum_table, read_spectrum_table
from coreshell_model.data.sweeps import SweptSpectrum, sweeps

NUMBER, TIME, POTENTIAL = "Spectrum", "Time [s]", "Potential [V]"
FREQUENCY, REAL, IMAGINARY = "Frequency [Hz]", "Real impedance [Ohm]", "Imaginary impedance [Ohm]"
COLUMNS = (NUMBER, TIME, POTENTIAL, FREQUENCY, REAL, IMAGINARY)
"""Columns of the table that ``spectra_to_csv`` writes, with a row for each frequency."""

HEADER = ",".join(COLUMNS)


def read_spectra(path: str | Path) -> tuple[SweptSpectrum, ...]:
    """The impedance spectra of a cycler's file, of a table that ``spectra_to_csv`` wrote, or of one spectrum.

    Neither a mass nor the sign of the current is needed.

    Raises
    ------
    InputError
        The file is none of these, or its spectrum cannot be.
    """
    path = user_path(path)
    if path.suffix.lower() == ".csv" and _is_written_here(path):
        return _of_table(path)
    try:
        sheet = open_sheet(path, read_choice(None), None)
    except InputError:
        if not is_spectrum_table(path):
            raise
        frequency, real, imaginary = read_spectrum_table(path, path.name)
        impedance = checked_impedance(frequency, real, imaginary, path.name)
        return (SweptSpectrum(1, math.nan, math.nan, frequency, impedance),)
    quantities = Quantities(sheet, read_choice(None), None)
    swept = sweeps(quantities)
    clock = next((quantity for quantity in CLOCKS if quantity in quantities), None)
    none = np.full(len(sheet.lines), np.nan)
    time = none if clock is None else quantities.si(clock)
    return swept.spectra(time, quantities.si(Measured.VOLTAGE) if Measured.VOLTAGE in quantities else none)


def spectra_to_csv(spectra: Sequence[SweptSpectrum], table: str | Path) -> Path | None:
    """Write spectra beside a table in Battery Data Format, as ``NAME.spectra.csv``; None without any.

    Raises
    ------
    InputError
        The file cannot be written, or another file has its name.
    """
    if not spectra:
        return None
    table = user_path(table)
    path = table.with_name(f"{table.name.removesuffix('.csv').removesuffix('.bdf')}.spectra.csv")
    rows = pd.concat(
        pd.DataFrame(
            {
                NUMBER: spectrum.number,
                TIME: spectrum.time,
                POTENTIAL: spectrum.potential,
                FREQUENCY: spectrum.frequencies,
                REAL: np.real(spectrum.impedance),
                IMAGINARY: np.imag(spectrum.impedance),
            }
        )
        for spectrum in spectra
    )
    with room_for(shown(path)):
        if path.exists() and not _is_written_here(path):
            raise InputError(f"{shown(path)}: is another file, which stays as it is; choose another --out")
        replace(path, rows.to_csv(index=False, lineterminator="\n"))
    return path


def _is_written_here(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.readline(2 * len(HEADER)).decode("utf-8", "replace").strip() == HEADER
    except OSError:
        return False


def _of_table(path: Path) -> tuple[SweptSpectrum, ...]:
    table = pd.read_csv(io.StringIO(read_table_text(path)))
    try:
        table = table.astype(float)
    except ValueError:
        raise InputError(f"{shown(path)}: holds cells that are no numbers; write it again") from None
    if not np.isfinite(table.drop(columns=[TIME, POTENTIAL]).to_numpy()).all():
        raise InputError(f"{shown(path)}: holds numbers that are not finite; write it again")
    return tuple(
        SweptSpectrum(
            number,
            float(rows[TIME].iloc[0]),
            float(rows[POTENTIAL].iloc[0]),
            rows[FREQUENCY].to_numpy(),
            rows[REAL].to_numpy() + 1j * rows[IMAGINARY].to_numpy(),
        )
        for number, (_, rows) in enumerate(table.groupby(NUMBER, sort=True), start=1)
    )
