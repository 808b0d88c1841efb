"""Impedance among the rows of a file: a frequency sweep becomes a spectrum, and neither a charge nor a gap.

EC-Lab writes the rows of a sweep among all others, with the frequency in a column that is 0 in other rows.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from coreshell_model.data.columns import Measured
from coreshell_model.data.quantities import Quantities

FREQUENCY = "freq/hz"
ELECTRODES = {"ewe-ece": "we-ce", "ece": "ce"}
"""What EC-Lab adds to the impedance's name if it is not the working electrode's, by the voltage read."""

BACK = 3.0
"""Ratio of two consecutive frequencies, against the sweep's direction, above which another sweep begins."""

STATED = 1e-3
"""Share of a file's charge in its sweeps above which that charge is stated."""

MOST_NAMED = 3
"""Spectra that a statement describes; further spectra are only counted."""


@dataclass(frozen=True)
class SweptSpectrum:
    """An impedance spectrum that a cycler measured among other steps.

    Attributes
    ----------
    number : from 1, in the order of the file
    time : of its first point [s], on the clock of the dataset
    potential : of the electrode during the sweep, its median [V]; NaN where the file has none
    frequencies : [Hz], in the order of the file
    impedance : [Ohm]
    """

    number: int
    time: float
    potential: float
    frequencies: np.ndarray
    impedance: np.ndarray

    def described(self) -> str:
        """Time, potential and frequencies in words."""
        first, last = self.frequencies[0], self.frequencies[-1]
        return (
            f"{self.number} at {self.time / 3600:.4g} h and {self.potential:.4g} V, {len(self.frequencies)} "
            f"points from {first:.4g} to {last:.4g} Hz"
        )


@dataclass(frozen=True)
class Sweeps:
    """The frequency sweeps of a file.

    Attributes
    ----------
    number : of the sweep that each row belongs to; 0 for all other rows
    frequencies, impedance : of each row [Hz], [Ohm]; NaN where there is none
    """

    number: np.ndarray
    frequencies: np.ndarray
    impedance: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """True at the rows of sweeps."""
        return self.number > 0

    def ends(self) -> np.ndarray:
        """True at the first and last row of each sweep."""
        before = np.concatenate([[0], self.number[:-1]])
        after = np.concatenate([self.number[1:], [0]])
        return self.rows & ((self.number != before) | (self.number != after))

    def spectra(self, time: np.ndarray, voltage: np.ndarray) -> tuple[SweptSpectrum, ...]:
        """The spectra, by the time [s] and voltage [V] of each row; those without an impedance left out."""
        spectra: list[SweptSpectrum] = []
        for number in range(1, int(self.number.max(initial=0)) + 1):
            rows = np.flatnonzero(self.number == number)
            kept = rows[np.isfinite(self.impedance[rows]) & (self.impedance[rows] != 0)]
            potentials = voltage[rows][np.isfinite(voltage[rows])]
            if kept.size:
                potential = float(np.median(potentials)) if potentials.size else np.nan
                numbers = len(spectra) + 1, float(time[rows[0]]), potential
                spectra.append(SweptSpectrum(*numbers, self.frequencies[kept], self.impedance[kept]))
        return tuple(spectra)


def sweeps(quantities: Quantities) -> Sweeps:
    """The frequency sweeps among the rows of a file; none in most files."""
    names = [_plain(name) for name in quantities.sheet.header]
    count = len(quantities.sheet.lines)
    none = np.full(count, np.nan)
    frequency = quantities.by_name(names, FREQUENCY)
    if frequency is None or not (frequency > 0).any():
        return Sweeps(np.zeros(count, int), none, none.astype(complex))
    return Sweeps(_numbered(frequency), frequency, _impedance(quantities, names, none))


def _impedance(quantities: Quantities, names: list[str], none: np.ndarray) -> np.ndarray:
    """The impedance [Ohm] of the electrode whose voltage is read, by its parts or by modulus and phase."""
    electrode = ""
    if Measured.VOLTAGE in quantities:
        header = quantities.sheet.header[quantities.place(Measured.VOLTAGE)]
        electrode = ELECTRODES.get(re.sub(r"[<>]", "", _plain(header)).partition("/")[0], "")
    real, opposite = (quantities.by_name(names, f"{part}(z{electrode})/ohm") for part in ("re", "-im"))
    if real is not None and opposite is not None:
        return real - 1j * opposite
    modulus, phase = (
        quantities.by_name(names, name) for name in (f"|z{electrode}|/ohm", f"phase(z{electrode})/deg")
    )
    if modulus is None or phase is None:
        return none.astype(complex)
    return modulus * np.exp(1j * np.deg2rad(phase))


def _plain(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name).replace("−", "-")).lower()


def _numbered(frequency: np.ndarray) -> np.ndarray:
    """The number of the sweep that each row belongs to, 0 for other rows."""
    swept = frequency > 0
    number, last = np.zeros(len(frequency), int), 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], swept, [False]]).astype(int)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        steps = np.diff(np.log(frequency[start:stop]))
        way = np.sign(np.median(np.sign(steps))) if steps.size else 0.0
        begins = np.concatenate([[True], -way * steps > np.log(BACK)])
        number[start:stop] = last + np.cumsum(begins)
        last = int(number[stop - 1])
    return number


def sweeps_statement(
    spectra: tuple[SweptSpectrum, ...], swept: Sweeps, charge: np.ndarray | None
) -> str | None:
    """The statement about the sweeps of a file; ``charge`` is that of each row [C], if the file counts it."""
    if not swept.rows.any():
        return None
    count = int(swept.number.max())
    head = f"{count} frequency sweep{'s' if count > 1 else ''} kept apart, taken as rest"
    if charge is not None:
        charge_left_out, total = float(np.nansum(charge[swept.rows])), float(np.nansum(np.abs(charge)))
        if abs(charge_left_out) > STATED * total:
            head += f", without the charge of {charge_left_out / 3.6:.4g} mA.h that the file counts in them"
    if not spectra:
        return f"{head}; the file has no impedance beside the frequency"
    more = f"; and {len(spectra) - MOST_NAMED} more" if len(spectra) > MOST_NAMED else ""
    return f"{head}: spectrum {'; '.join(spectrum.described() for spectrum in spectra[:MOST_NAMED])}{more}"
