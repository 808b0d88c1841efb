"""Measured impedance spectra, and their residuals from simulated ones."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array
from coreshell_model.base.paths import user_path
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.data.spectra import read_spectra
from coreshell_model.data.spectrum_table import checked_impedance, read_spectrum_table
from coreshell_model.infer.observed import Spectrum as SpectrumSection
from coreshell_model.run.impedance import Spectrum

CYCLERS = (".mpr", ".mpt")
"""Suffixes of files that hold one spectrum or several, among other rows."""


@dataclass(frozen=True)
class MeasuredSpectrum:
    """A spectrum per area of electrode.

    Attributes
    ----------
    section : of the problem's file
    potential : of the cell, by the problem or else by the measured file
    frequencies : [Hz]
    impedance : [Ohm.m2]; [Ohm] of the cell where ``area`` is None
    area : of the measured electrode [m2]
    """

    section: SpectrumSection
    potential: str
    frequencies: Array
    impedance: NDArray[np.complex128]
    area: float | None

    @property
    def size(self) -> int:
        """Number of data."""
        return 2 * len(self.frequencies)

    @property
    def measured(self) -> Array:
        """All real parts, then all imaginary parts."""
        return np.concatenate([self.impedance.real, self.impedance.imag])

    @property
    def sd(self) -> Array:
        """Standard deviation of each datum, a share of the modulus."""
        return np.tile(self.section.sd * np.abs(self.impedance), 2)

    def simulated(self, spectrum: Spectrum) -> Array:
        """The simulation's parts at the measured frequencies."""
        impedance = spectrum.impedance * (1.0 if self.area is None else spectrum.area)
        return np.concatenate([impedance.real, impedance.imag])

    def residuals(self, simulated: Array) -> Array:
        """Differences in standard deviations."""
        return (simulated - self.measured) / self.sd


def measured_spectrum(section: SpectrumSection, folder: Path) -> MeasuredSpectrum:
    """Read the file of a spectrum.

    Raises
    ------
    InputError
        The file is no table of numbers with the three columns, has no such spectrum or one that cannot be,
        or the potential or a positive area is missing.
    """
    if section.spectrum is not None or Path(section.file).suffix.lower() in CYCLERS:
        potential, frequency, real, imaginary = _of_cycler(section, folder)
    else:
        path = folder / user_path(section.file)
        potential = section.potential
        frequency, real, imaginary = read_spectrum_table(path, section.file, section.columns)
    if potential is None:
        raise InputError('the potential is not known; give it, as potential = "0.1 V"')
    impedance = checked_impedance(frequency, real, imaginary, section.file)
    area = None if section.area is None else to_si(*parse_quantity(section.area), "m2")
    if area is not None and area <= 0:
        raise InputError(f"area is {section.area}; give that of the measured electrode, above 0")
    return MeasuredSpectrum(section, potential, frequency, impedance * (area or 1.0), area)


def _of_cycler(section: SpectrumSection, folder: Path) -> tuple[str | None, Array, Array, Array]:
    """Potential, frequencies, real and imaginary parts of a spectrum in a cycler's file."""
    if section.columns:
        raise InputError("columns: go with a table of one spectrum; leave them out beside spectrum")
    spectra = read_spectra(folder / user_path(section.file))
    number = section.spectrum
    if number is None and len(spectra) == 1:
        number = 1
    if number is None or number > len(spectra):
        question = "which" if number is None else f"spectrum {number}"
        remedy = f"; give spectrum = 1 to {len(spectra)}, as coreshell data lists them" if spectra else ""
        raise InputError(f"{section.file}: holds {len(spectra) or 'no'} spectra: {question}?{remedy}")
    chosen = spectra[number - 1]
    potential = section.potential
    if potential is None and np.isfinite(chosen.potential):
        potential = f"{chosen.potential:.6g} V"
    return potential, chosen.frequencies, np.real(chosen.impedance), np.imag(chosen.impedance)
