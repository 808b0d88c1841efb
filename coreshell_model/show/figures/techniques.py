"""Pictures of impedance, titration, voltammetry and storage, drawn as is usual for each technique."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.observe.storage import rests
from coreshell_model.observe.titration import fills_through_walls, titration
from coreshell_model.observe.voltammetry import irreversible_peaks, sweeps
from coreshell_model.run.impedance import Spectrum
from coreshell_model.run.solution import Array, Solution
from coreshell_model.show.figures.labels import ordinal
from coreshell_model.show.figures.palette import BLUE, FILES, VERMILION, ordered_lines, ordered_points
from coreshell_model.show.figures.picture import (
    ONE_COLUMN,
    VOLTAGE,
    Picture,
    new_figure,
    set_title,
    stacked,
    styled,
    title,
)

AHEAD = 3
"""Points between the two that are compared to see whether a spectrum rises."""


@dataclass(frozen=True)
class MeasuredImpedance:
    """A measured spectrum beside simulated ones.

    Attributes
    ----------
    name : in the legend
    place : among the measured files, which have a colour and a marker each
    frequencies, impedance : [Hz], [Ohm]
    """

    name: str
    place: int
    frequencies: Array
    impedance: NDArray[np.complex128]


def nyquist_picture(
    spectra: dict[str, Spectrum], title: str, measured: Sequence[MeasuredImpedance] = ()
) -> Picture:
    """-Z'' over Z' of the whole cell, measured spectra as points over it.

    A single spectrum with nothing measured is marked with decades of its frequency.
    """
    with styled():
        figure = new_figure(ONE_COLUMN, 3.3)
        axes = figure.subplots()
        rows = []
        beside = bool(measured)
        styles: list[dict[str, Any]] = (
            [{"color": BLUE, "marker": ""}] if beside else ordered_points(len(spectra))
        )
        for (name, spectrum), style in zip(spectra.items(), styles, strict=True):
            impedance = spectrum.impedance
            label = "simulated" if beside else name
            axes.plot(impedance.real, -impedance.imag, "-", markersize=2.5, label=label, **style)
            if len(spectra) == 1 and not beside:
                _mark_decades(axes, spectrum.frequencies, impedance)
            rows.append(_impedance_rows(label, spectrum.frequencies, impedance))
        for each in measured:
            colour, _, marker = FILES[each.place % len(FILES)]
            axes.plot(
                each.impedance.real,
                -each.impedance.imag,
                color=colour,
                label=each.name,
                linestyle="none",
                marker=marker,
                fillstyle="none",
                markeredgewidth=0.8,
            )
            rows.append(_impedance_rows(each.name, each.frequencies, each.impedance))
        area = 1e4 * next(iter(spectra.values())).area
        axes.set_aspect("equal", adjustable="datalim")
        axes.set(xlabel=f"Z' / \u03a9   (electrode of {area:.4g} cm\u00b2)", ylabel="\u2212Z'' / \u03a9")
        set_title(figure, title)
        if len(spectra) > 1 or beside:
            axes.legend()
        return Picture(figure, stacked(rows))


def _impedance_rows(name: str, frequencies: Array, impedance: NDArray[np.complex128]) -> dict[str, object]:
    return {
        "Spectrum": name,
        "Frequency [Hz]": frequencies,
        "Real impedance [Ohm]": impedance.real,
        "Imaginary impedance [Ohm]": impedance.imag,
    }


def _mark_decades(axes, frequencies, impedance) -> None:
    """Label decades of frequency right of the curve, above it where it falls; the last one on its left."""
    decades = np.log10(frequencies)
    for index in np.flatnonzero(np.isclose(decades, np.round(decades), atol=1e-9) & (decades <= 0)):
        last = index == frequencies.size - 1
        rises = impedance[min(index + AHEAD, frequencies.size - 1)].imag < impedance[index].imag
        axes.annotate(
            f"{frequencies[index]:g} Hz",
            (impedance[index].real, -impedance[index].imag),
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
    pulses = titration(solution)
    if pulses is None:
        raise InputError(f"{solution.protocol.name} has no titration to draw; run a protocol such as gitt")
    numbers = pd.DataFrame(
        {
            "Cycle": pulses.cycle,
            "Sodiating": pulses.sodiating,
            "Charge [mA.h.g-1]": pulses.charge,
            "Potential at rest [V]": pulses.potential,
            "Apparent diffusivity [m2.s-1]": pulses.diffusivity,
        }
    )
    has_diffusivity = bool((pulses.diffusivity > 0).any())
    with styled():
        figure = new_figure(ONE_COLUMN, 4.0 if has_diffusivity else 2.5)
        panels = figure.subplots(2 if has_diffusivity else 1, 1, sharex=True, squeeze=False)[:, 0]
        _draw_pulses(panels[0], numbers, "Potential at rest [V]", VOLTAGE)
        if has_diffusivity:
            label = "D (apparent) / m$^{2}$ s$^{-1}$"
            _draw_pulses(panels[1], numbers, "Apparent diffusivity [m2.s-1]", label)
            panels[1].set_yscale("log")
        panels[-1].set_xlabel("Charge since the start / mAh g$^{-1}$")
        heading = title(solution)
        if fills_through_walls(solution):
            heading += "; no diffusivity: open pores fill the carbon through their walls"
        set_title(figure, heading)
        panels[0].legend()
        figure.align_ylabels()
        return Picture(figure, numbers)


def _draw_pulses(axes, numbers: pd.DataFrame, column: str, label: str) -> None:
    """Draw one quantity at each pulse; sodiation and desodiation have markers of their own."""
    for sodiating, name, marker, colour in (
        (True, "sodiation", "v", BLUE),
        (False, "desodiation", "^", VERMILION),
    ):
        pulses = numbers[numbers["Sodiating"] == sodiating]
        style = {"linestyle": "none", "marker": marker, "color": colour, "fillstyle": "none"}
        axes.plot(pulses["Charge [mA.h.g-1]"], pulses[column], label=name, **style)
    axes.set_ylabel(label)


HALF_LABEL = 0.15
"""Half the width of a label [V]."""


def voltammogram_picture(solution: Solution) -> Picture:
    """Current against voltage, anodic upwards; peaks of the first sodiation alone have their voltage."""
    with styled():
        figure = new_figure(ONE_COLUMN + 0.9, 2.9)
        axes = figure.subplots()
        all_sweeps = sweeps(solution)
        cycles = sorted({sweep.cycle for sweep in all_sweeps})
        styles = dict(zip(cycles, ordered_lines(len(cycles)), strict=True))
        rows = []
        for sweep in all_sweeps:
            current = -sweep.current if sweep.sodiation else sweep.current
            label = f"cycle {sweep.cycle}" if sweep.sodiation else None
            axes.plot(sweep.voltage, current, **styles[sweep.cycle], label=label)
            rows.append(
                {
                    "Cycle": sweep.cycle,
                    "Sweep": "sodiation" if sweep.sodiation else "desodiation",
                    "Voltage [V]": sweep.voltage,
                    "Anodic current [mA.g-1]": current,
                }
            )
        axes.margins(y=0.1)
        _mark_peaks(axes, solution)
        axes.axhline(0, color="black", linewidth=0.6, zorder=0)
        axes.set(xlabel="Voltage against Na / V", ylabel="Current / mA g$^{-1}$ (anodic > 0)")
        axes.legend(loc="lower right")
        speeds = " and ".join(f"{1000 * speed:g}" for speed in sorted({sweep.speed for sweep in all_sweeps}))
        set_title(figure, f"{title(solution)}, {speeds} mV s$^{{-1}}$")
        return Picture(figure, stacked(rows))


def _mark_peaks(axes, solution: Solution) -> None:
    """Label irreversible peaks of the first sodiation below a minimum, or right of the foot of a shoulder."""
    first = next((sweep for sweep in sweeps(solution) if sweep.sodiation), None)
    for peak in irreversible_peaks(solution):
        assert first is not None
        anodic, index = -first.current, abs(first.voltage - peak.potential).argmin()
        beside = (first.voltage >= peak.potential - HALF_LABEL) & (first.voltage < peak.potential)
        shoulder = anodic[beside].min(initial=0.0) < anodic[index]
        axes.annotate(
            f"{peak.potential:.2f} V",
            (peak.potential, anodic[index]),
            xytext=(3, -3) if shoulder else (0, -4),
            textcoords="offset points",
            ha="left" if shoulder else "center",
            va="top",
            fontsize=7,
        )


def storage_picture(solution: Solution) -> Picture:
    """Charge lost for good during each rest against the square root of time.

    Raises
    ------
    InputError
        No rest of a sodiated carbon.
    """
    all_rests = rests(solution)
    if not all_rests:
        raise InputError(
            f"{solution.protocol.name} has no rest of a sodiated carbon to draw; run one such as storage"
        )
    with styled():
        figure = new_figure(ONE_COLUMN + 1.6, 2.7)
        axes, rows = figure.subplots(), []
        for number, (rest, style) in enumerate(
            zip(all_rests, ordered_lines(len(all_rests)), strict=True), start=1
        ):
            days = rest.time / 24
            label = f"{ordinal(number)} rest, film {rest.film:.1f} nm, {rest.sodium:.0f} mAh g$^{{-1}}$ in"
            axes.plot(np.sqrt(days), rest.lost, **style, label=label)
            rows.append({"Cycle": rest.cycle, "Rest [day]": days, "Charge lost [mA.h.g-1]": rest.lost})
        axes.set(xlabel="Root of the time of rest / d$^{1/2}$", ylabel="Charge lost / mAh g$^{-1}$")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, title(solution))
        return Picture(figure, stacked(rows))
