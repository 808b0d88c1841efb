"""Impedance spectra."""

import numpy as np
import pandas as pd

from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import ONE_COLUMN, gradient, new_figure, set_title, styled
from coreshell_model.impedance import Spectrum

AHEAD = 3
"""Frequencies further on at which a spectrum is compared to see whether it rises."""


def nyquist_picture(spectra: dict[str, Spectrum], title: str) -> Picture:
    """-Z'' over Z' of the whole cell, the electrode's area beside it; a single spectrum has decades."""
    with styled():
        figure = new_figure(ONE_COLUMN, 3.3)
        axes = figure.subplots()
        rows = []
        for (name, spectrum), colour in zip(spectra.items(), gradient(len(spectra)), strict=True):
            impedance = spectrum.impedance
            axes.plot(impedance.real, -impedance.imag, ".-", color=colour, label=name)
            if len(spectra) == 1:
                _mark_decades(axes, spectrum.frequencies, impedance)
            rows.append(
                pd.DataFrame(
                    {
                        "Spectrum": name,
                        "Frequency [Hz]": spectrum.frequencies,
                        "Real impedance [Ohm]": impedance.real,
                        "Imaginary impedance [Ohm]": impedance.imag,
                    }
                )
            )
        area = 1e4 * next(iter(spectra.values())).area
        axes.set_aspect("equal", adjustable="datalim")
        axes.set(xlabel=f"Z' / \u03a9   (electrode of {area:.4g} cm\u00b2)", ylabel="\u2212Z'' / \u03a9")
        set_title(figure, title)
        if len(spectra) > 1:
            axes.legend()
        return Picture(figure, pd.concat(rows, ignore_index=True))


def _mark_decades(axes, frequencies, impedance) -> None:
    """Right of the curve: above it where it falls, below where it rises; the last one on its left."""
    decades = np.log10(frequencies)
    for place in np.flatnonzero(np.isclose(decades, np.round(decades), atol=1e-9) & (decades <= 0)):
        last = place == frequencies.size - 1
        rises = impedance[min(place + AHEAD, frequencies.size - 1)].imag < impedance[place].imag
        axes.annotate(
            f"{frequencies[place]:g} Hz",
            (impedance[place].real, -impedance[place].imag),
            textcoords="offset points",
            xytext=(-6, 0) if last else (5, -6) if rises else (5, 5),
            ha="right" if last else "left",
            va="center",
            fontsize=7,
        )
