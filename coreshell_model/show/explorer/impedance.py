"""The impedance of a design at a potential, with measured spectra over it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import Say
from coreshell_model.run.impedance import FREQUENCIES, Spectrum, spectrum
from coreshell_model.run.solution import Array
from coreshell_model.show.explorer.choice import Choice
from coreshell_model.show.explorer.measured import Measured
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.techniques import Tested, drawn
from coreshell_model.show.figures.techniques import MeasuredImpedance, nyquist_picture

MOST_SPECTRA = 6
"""Measured spectra that are drawn, the first ones of the files."""


@dataclass(frozen=True)
class Overlaid:
    """A measured spectrum, and the area of its electrode [m2] where it is stated."""

    spectrum: MeasuredImpedance
    area: float | None

    def on(self, area: float) -> MeasuredImpedance:
        """The spectrum as of an electrode with an area [m2]; as measured where its own is not stated."""
        scale = 1.0 if self.area is None else self.area / area
        own = self.spectrum
        return MeasuredImpedance(own.name, own.place, own.frequencies, own.impedance * scale)


def overlaid_spectra(files: Sequence[Measured]) -> tuple[Overlaid, ...]:
    """The spectra of the files on a page, with the number and the potential of each where there are some."""
    found = []
    for place, file in enumerate(files):
        for each in file.spectra:
            name = file.name if len(file.spectra) == 1 else f"{file.name}, {each.number}"
            name += "" if np.isnan(each.potential) else f", {each.potential:.3g} V"
            measured = MeasuredImpedance(name, place, each.frequencies, each.impedance)
            found.append(Overlaid(measured, file.stated.electrode_area))
    return tuple(found)


@dataclass(frozen=True)
class ImpedanceTask:
    """Take the spectrum of a design, fresh, at a potential [V], and draw measured ones over it."""

    choice: Choice
    potential: float
    measured: tuple[Overlaid, ...] = ()

    def __call__(self, subject: Subject, say: Say) -> Tested:
        """Solve and draw it; over measured spectra it has their range of frequencies."""
        shown = [each.spectrum for each in self.measured[:MOST_SPECTRA]]
        frequencies = _of_range(shown)
        try:
            material = subject.material(self.choice)
            asked = np.unique(np.concatenate([frequencies, *(each.frequencies for each in shown)]))[::-1]
            found = spectrum(material, potential=self.potential, frequencies=asked)
        except InputError as error:
            return Tested(reason=str(error))
        scaled = [each.on(found.area) for each in self.measured[:MOST_SPECTRA]]
        curve = _at(found, frequencies)
        picture = nyquist_picture({"": curve}, f"{material.name} at {self.potential:g} V", scaled)
        rows = (
            ("Voltage of the rested cell", found.voltage, "V"),
            ("Sodium in the carbon", found.sodium, "mA.h.g-1"),
            ("Real impedance at the highest frequency", float(curve.impedance.real[0]), "Ohm"),
            ("Real impedance at the lowest frequency", float(curve.impedance.real[-1]), "Ohm"),
            ("Imaginary impedance at the lowest frequency", float(curve.impedance.imag[-1]), "Ohm"),
            *((f"Deviation from {each.name}, RMS of the modulus", _off(found, each), "%") for each in scaled),
        )
        return Tested((drawn("nyquist", picture),), rows, tuple(_warnings(self.measured)))


def _of_range(measured: Sequence[MeasuredImpedance]) -> Array:
    """The usual frequencies, or as many in the range of the measured ones [Hz], from high to low."""
    if not measured:
        return FREQUENCIES
    high = max(float(each.frequencies.max()) for each in measured)
    low = min(float(each.frequencies.min()) for each in measured)
    return np.geomspace(high, low, FREQUENCIES.size)


def _at(found: Spectrum, frequencies: Array) -> Spectrum:
    """The part of a spectrum at some of its frequencies."""
    places = np.searchsorted(-found.frequencies, -frequencies)
    return Spectrum(frequencies, found.impedance[places], found.area, found.voltage, found.sodium)


def _off(found: Spectrum, measured: MeasuredImpedance) -> float:
    """Root mean square of the distance from a measured spectrum as a share of its modulus [%]."""
    simulated = _at(found, measured.frequencies).impedance
    share = np.abs(simulated - measured.impedance) / np.abs(measured.impedance)
    return 100 * float(np.sqrt(np.mean(share**2)))


def _warnings(measured: Sequence[Overlaid]) -> list[str]:
    """What to know of the spectra that are drawn."""
    lines = []
    if any(each.area is None for each in measured):
        lines.append(
            "Measured impedance is that of its own electrode, the simulated one that of the electrode named "
            "at the axis; state the measured electrode's area with the file to have both for the same one."
        )
    if len(measured) > MOST_SPECTRA:
        lines.append(f"Of {len(measured)} measured spectra the first {MOST_SPECTRA} are drawn.")
    return lines
