"""A measured impedance spectrum, and its distance from a simulated one."""

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.base.quantity import brief
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.data.spectra import read_spectra
from coreshell_model.infer.observed import Spectrum as Given
from coreshell_model.run.impedance import Spectrum

SPELLINGS = {
    "frequency": ("Frequency [Hz]", "freq/Hz", "Frequency / Hz", "Frequency"),
    "real": ("Real impedance [Ohm]", "Re(Z)/Ohm", "Z' / Ohm", "Z'"),
    "imaginary": ("Imaginary impedance [Ohm]", "-Im(Z)/Ohm", "-Z'' / Ohm", "Z'' / Ohm", "-Z''", "Z''"),
}
"""Columns by what they hold; one whose name begins with a minus holds the opposite."""

LEAST_POINTS = 3

CYCLERS = (".mpr", ".mpt")
"""Files that hold spectra among other rows, or only one."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MeasuredSpectrum:
    """A spectrum per area of electrode.

    Attributes
    ----------
    section : what the problem says
    potential : at which the cell was, as the problem or else the file says
    frequencies : [Hz]
    impedance : [Ohm.m2], or [Ohm] of the simulated cell where ``area`` is None
    area : of the measured electrode [m2]
    """

    section: Given
    potential: str
    frequencies: Array
    impedance: NDArray[np.complex128]
    area: float | None

    @property
    def size(self) -> int:
        """Data."""
        return 2 * len(self.frequencies)

    @property
    def measured(self) -> Array:
        """Real parts in a row, then imaginary ones."""
        return np.concatenate([self.impedance.real, self.impedance.imag])

    @property
    def sd(self) -> Array:
        """Standard deviation of each, a share of the modulus."""
        return np.tile(self.section.sd * np.abs(self.impedance), 2)

    def simulated(self, spectrum: Spectrum) -> Array:
        """The simulation's parts at the measured frequencies."""
        found = spectrum.impedance * (1.0 if self.area is None else spectrum.area)
        return np.concatenate([found.real, found.imag])

    def residuals(self, simulated: Array) -> Array:
        """Differences in standard deviations."""
        return (simulated - self.measured) / self.sd


def measured_spectrum(given: Given, folder: Path) -> MeasuredSpectrum:
    """Read the file of a spectrum.

    Raises
    ------
    InputError
        It is no table of numbers with the three columns, has no such spectrum, or an area that is none.
    """
    if given.spectrum is not None or Path(given.file).suffix.lower() in CYCLERS:
        potential, frequency, real, imaginary = _of_cycler(given, folder)
    else:
        potential, (frequency, real, imaginary) = given.potential, _of_table(given, folder)
    if potential is None:
        raise InputError('the potential is not known; give it, as potential = "0.1 V"')
    if len(frequency) < LEAST_POINTS:
        raise InputError(f"{given.file}: has {len(frequency)} rows; give at least {LEAST_POINTS}")
    if (frequency <= 0).any():
        raise InputError(f"{given.file}: a frequency is {frequency.min():g} Hz; give those above 0")
    impedance = real + 1j * imaginary
    if (np.abs(impedance) == 0).any() or np.ptp(np.abs(impedance)) == 0:
        raise InputError(f"{given.file}: the impedance is zero, or constant; give one that changes")
    if (imaginary > 0).all():
        raise InputError(
            f"{given.file}: every imaginary part is above 0, where a capacitive one is below; if the file "
            "holds their opposites, have its column's name begin with a minus"
        )
    area = None if given.area is None else to_si(*parse_quantity(given.area), "m2")
    if area is not None and area <= 0:
        raise InputError(f"area is {given.area}; give that of the measured electrode, above 0")
    return MeasuredSpectrum(given, potential, frequency, impedance * (area or 1.0), area)


def _of_table(given: Given, folder: Path) -> tuple[Array, ...]:
    """Frequencies and both parts of a CSV file that holds one spectrum."""
    text = library.read_table_text(folder / user_path(given.file))
    try:
        table = pd.read_csv(StringIO(text), sep=None, engine="python")
    except (ValueError, csv.Error) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{given.file}: is no table of numbers ({reason}); give a CSV file") from None
    return tuple(_column(table, given, what) for what in SPELLINGS)


def _of_cycler(given: Given, folder: Path) -> tuple[str | None, Array, Array, Array]:
    """Potential, frequencies and both parts of one of the spectra that a cycler's file holds."""
    if given.columns:
        raise InputError("columns: go with a table of one spectrum; leave them out beside spectrum")
    spectra = read_spectra(folder / user_path(given.file))
    number = given.spectrum
    if number is None and len(spectra) == 1:
        number = 1
    if number is None or number > len(spectra):
        asked = "which" if number is None else f"spectrum {number}"
        remedy = f"; give spectrum = 1 to {len(spectra)}, as coreshell data lists them" if spectra else ""
        raise InputError(f"{given.file}: holds {len(spectra) or 'no'} spectra: {asked}?{remedy}")
    chosen = spectra[number - 1]
    potential = given.potential
    if potential is None and np.isfinite(chosen.potential):
        potential = f"{chosen.potential:.6g} V"
    return potential, chosen.frequencies, np.real(chosen.impedance), np.imag(chosen.impedance)


def _column(table: pd.DataFrame, given: Given, what: str) -> Array:
    """The numbers of a column by its name."""
    if unknown := sorted(set(given.columns) - set(SPELLINGS)):
        raise InputError(f"columns: {unknown[0]!r} is not one of {', '.join(SPELLINGS)}")
    wanted = (given.columns[what],) if what in given.columns else SPELLINGS[what]
    name = next((one for one in wanted if one in table), None)
    if name is None:
        there = ", ".join(brief(str(one)) for one in table.columns[:10])
        raise InputError(
            f"{given.file}: no column for {what} among {there}; name it, as "
            f'columns = {{ {what} = "{SPELLINGS[what][0]}" }}'
        )
    numbers = np.array(pd.to_numeric(table[name], errors="coerce"), dtype=float)
    if not np.isfinite(numbers).all():
        row = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise InputError(
            f"{given.file}: {name}, row {row + 1}: {brief(str(table[name].iloc[row]))} is not a finite number"
        )
    return -numbers if name.startswith("-") else numbers
