"""Impedance, titration and voltammetry as their fields draw them."""

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.observe.storage import rests
from coreshell_model.observe.titration import fills_through_walls, titration
from coreshell_model.observe.voltammetry import irreversible_peaks, sweeps
from coreshell_model.run.impedance import Spectrum
from coreshell_model.run.solution import Solution
from coreshell_model.show.figures.picture import (
    ONE_COLUMN,
    VOLTAGE,
    Picture,
    gradient,
    new_figure,
    set_title,
    styled,
    title,
)

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


def titration_picture(solution: Solution) -> Picture:
    """Potential at rest (34) above, apparent diffusivity (35) below, both over the charge since the start.

    Raises
    ------
    InputError
        A run without a titration.
    """
    found = titration(solution)
    if found is None:
        raise InputError(f"{solution.protocol.name} has no titration to draw; run a protocol such as gitt")
    numbers = pd.DataFrame(
        {
            "Cycle": found.cycle,
            "Sodiating": found.sodiating,
            "Charge [mA.h.g-1]": found.charge,
            "Potential at rest [V]": found.potential,
            "Apparent diffusivity [m2.s-1]": found.diffusivity,
        }
    )
    known = found.diffusivity[found.diffusivity > 0].size > 0
    with styled():
        figure = new_figure(ONE_COLUMN, 4.0 if known else 2.5)
        panels = figure.subplots(2 if known else 1, 1, sharex=True, squeeze=False)[:, 0]
        _draw(panels[0], numbers, "Potential at rest [V]", VOLTAGE)
        if known:
            _draw(panels[1], numbers, "Apparent diffusivity [m2.s-1]", "D (apparent) / m$^{2}$ s$^{-1}$")
            panels[1].set_yscale("log")
        panels[-1].set_xlabel("Charge since the start / mAh g$^{-1}$")
        heading = title(solution)
        if fills_through_walls(solution):
            heading += "; no diffusivity: open pores fill the carbon through their walls"
        set_title(figure, heading)
        panels[0].legend()
        figure.align_ylabels()
        return Picture(figure, numbers)


def _draw(axes, numbers: pd.DataFrame, column: str, label: str) -> None:
    """One quantity pulse by pulse, the two ways apart."""
    for way, name, marker, colour in ((True, "sodiation", "v", "C0"), (False, "desodiation", "^", "C1")):
        here = numbers[numbers["Sodiating"] == way]
        axes.plot(
            here["Charge [mA.h.g-1]"],
            here[column],
            linestyle="none",
            marker=marker,
            color=colour,
            fillstyle="none",
            label=name,
        )
    axes.set_ylabel(label)


LABEL = 0.15
"""Volts that half a label is wide."""


def voltammogram_picture(solution: Solution) -> Picture:
    """Anodic current upwards; the peaks that the first sodiation alone has are marked with their voltage."""
    with styled():
        figure = new_figure(ONE_COLUMN + 0.9, 2.9)
        axes = figure.subplots()
        every = sweeps(solution)
        numbers = sorted({each.cycle for each in every})
        colours = dict(zip(numbers, gradient(len(numbers)), strict=True))
        rows = []
        for each in every:
            current = -each.current if each.sodiation else each.current
            axes.plot(
                each.voltage,
                current,
                color=colours[each.cycle],
                label=f"cycle {each.cycle}" if each.sodiation else None,
            )
            rows.append(
                pd.DataFrame(
                    {
                        "Cycle": each.cycle,
                        "Sweep": "sodiation" if each.sodiation else "desodiation",
                        "Voltage [V]": each.voltage,
                        "Anodic current [mA.g-1]": current,
                    }
                )
            )
        axes.margins(y=0.1)
        _mark(axes, solution)
        axes.axhline(0, color="black", linewidth=0.6, zorder=0)
        axes.set(xlabel="Voltage against Na / V", ylabel="Current / mA g$^{-1}$ (anodic > 0)")
        axes.legend(loc="lower right")
        speeds = " and ".join(f"{1000 * speed:g}" for speed in sorted({each.speed for each in every}))
        set_title(figure, f"{title(solution)}, {speeds} mV s$^{{-1}}$")
        return Picture(figure, pd.concat(rows, ignore_index=True) if rows else pd.DataFrame())


def _mark(axes, solution: Solution) -> None:
    """Irreversible peaks on the first sodiating sweep: below a minimum, right of the foot of a shoulder."""
    first = next((each for each in sweeps(solution) if each.sodiation), None)
    for peak in irreversible_peaks(solution):
        assert first is not None
        anodic, place = -first.current, abs(first.voltage - peak.potential).argmin()
        before = first.voltage >= peak.potential - LABEL
        shoulder = anodic[before & (first.voltage < peak.potential)].min(initial=0.0) < anodic[place]
        axes.annotate(
            f"{peak.potential:.2f} V",
            (peak.potential, anodic[place]),
            xytext=(3, -3) if shoulder else (0, -4),
            textcoords="offset points",
            ha="left" if shoulder else "center",
            va="top",
            fontsize=7,
        )


def storage_picture(solution: Solution) -> Picture:
    """Charge lost for good during each rest against the root of time.

    Raises
    ------
    InputError
        No rest of a sodiated carbon.
    """
    stored = rests(solution)
    if not stored:
        raise InputError(
            f"{solution.protocol.name} has no rest of a sodiated carbon to draw; run one such as storage"
        )
    with styled():
        figure = new_figure(ONE_COLUMN + 1.6, 2.7)
        axes, rows = figure.subplots(), []
        for each, colour in zip(stored, gradient(len(stored)), strict=True):
            days = each.time / 24
            label = f"{each.sodium:.0f} mAh g$^{{-1}}$ in, {each.start:.3g} V"
            axes.plot(np.sqrt(days), each.lost, color=colour, label=label)
            rows.append(
                pd.DataFrame({"Cycle": each.cycle, "Rest [day]": days, "Charge lost [mA.h.g-1]": each.lost})
            )
        axes.set(xlabel="Root of the time of rest / d$^{1/2}$", ylabel="Charge lost / mAh g$^{-1}$")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, title(solution))
        return Picture(figure, pd.concat(rows, ignore_index=True))
