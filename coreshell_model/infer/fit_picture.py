"""The picture of a fit: numbers as bars, and each curve above what the fit leaves of it."""

from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.units import from_si
from coreshell_model.infer.result import FitResult, FittedCurve, FittedScalar, FittedSpectrum
from coreshell_model.show.figures.palette import BLUE, VERMILION
from coreshell_model.show.figures.picture import (
    CAPACITY,
    CELL_VOLTAGE,
    TWO_COLUMNS,
    VOLTAGE,
    Picture,
    new_figure,
    set_title,
    styled,
)

MOST_PANELS = 12
"""Largest number of curves and spectra in the figure; further ones are left out."""

COLUMNS = 3

ROW, UPPER = 3.4, 1.5
"""Height of a row of panels [inch], and of a curve's upper panel as a multiple of the lower one."""

BAR = 0.15
"""Height of the bar of one scalar [inch]."""

SODIATION, DESODIATION = (BLUE, "-", "."), (VERMILION, "--", "x")
"""Colour and dash of a fitted half-cycle, and the marker of its residuals."""

GREY = "#777777"

SEEN = 0.97
"""Share of the residuals of a curve that the lower panel shows at least; those at a cut-off may be beyond."""

NOISES = 6.0
"""Standard deviations of the noise that it shows at least, to either side."""


def fit_picture(result: FitResult, residuals: pd.DataFrame) -> Picture:
    """Residuals of the scalars as bars, a panel for each spectrum, and two for each curve.

    The upper one has the curve measured and fitted, the lower one measured less fitted, in mV or mA/g.
    ``residuals`` is the table of every datum, which is saved beside the figure.
    """
    shown = [*result.curves, *result.spectra][:MOST_PANELS]
    bars = 0.7 + BAR * len(result.scalars) if result.scalars else 0.0
    columns = min(COLUMNS, len(shown))
    rows = -(-len(shown) // COLUMNS)
    with styled():
        figure = new_figure(TWO_COLUMNS, bars + ROW * rows)
        heights = [height for height in (bars, ROW * rows) if height]
        parts = list(np.ravel(np.asarray(figure.subfigures(len(heights), 1, height_ratios=heights))))
        if result.scalars:
            _bars(parts.pop(0).subplots(), result.scalars)
        if shown:
            part = parts.pop(0)
            grid = part.add_gridspec(2 * rows, columns, height_ratios=(UPPER, 1.0) * rows)
            for place, observation in enumerate(shown):
                row, column = divmod(place, columns)
                if isinstance(observation, FittedCurve):
                    above = part.add_subplot(grid[2 * row, column])
                    _curve(above, observation)
                    below = part.add_subplot(grid[2 * row + 1, column], sharex=above)
                    draw_residuals(below, observation)
                    below.set_xlabel(_axis(observation))
                    above.tick_params(labelbottom=False)
                else:
                    above = part.add_subplot(grid[2 * row : 2 * row + 2, column])
                    _spectrum(above, observation)
                if place == 0:
                    above.legend(loc="best")
        left_out = len(result.curves) + len(result.spectra) - len(shown)
        more = f"; {left_out} curves and spectra are left out" if left_out else ""
        set_title(figure, f"{result.title}: chi-squared {result.chi_squared:.4g}{more}")
        return Picture(figure, residuals)


def style_of(half_cycle: int) -> tuple[str, str, str]:
    """Colour, dash and marker of a half-cycle by its number; 0 where the curve is not of one."""
    return DESODIATION if half_cycle and half_cycle % 2 == 0 else SODIATION


def draw_residuals(panel: Any, curve: FittedCurve) -> None:
    """Measured less fitted, in mV or mA/g, over capacity or time, and twice the noise in grey.

    A few points, as those where a voltage falls to its cut-off, may lie beyond; the panel says how many.
    """
    scale = from_si(1.0, curve.unit)
    off, noise = scale * (curve.measured - curve.simulated), scale * float(np.median(curve.sd))
    for number in np.unique(curve.half_cycle):
        points = curve.half_cycle == number
        color, _, marker = style_of(int(number))
        panel.plot(_along(curve, points), off[points], marker, color=color, markersize=3)
    panel.axhspan(-2 * noise, 2 * noise, color=GREY, alpha=0.2, linewidth=0)
    panel.axhline(0, color="black", linewidth=0.6)
    panel.set_ylabel(f"Measured \u2212 fitted\n/ {_unit(curve)} (grey: 2 sd)", fontsize=7)
    if curve.rmse is None:
        return
    sizes = np.abs(off)
    limit = max(NOISES * noise, 1.2 * float(np.quantile(sizes, SEEN)))
    panel.set_ylim(-limit, limit)
    if beyond := int(np.sum(sizes > limit)):
        text = f"{beyond} point{'s' if beyond > 1 else ''} beyond, up to {sizes.max():.3g} {curve.unit}"
        panel.text(0.02, 0.04, text, transform=panel.transAxes, fontsize=6, color=GREY)


def _along(curve: FittedCurve, points: np.ndarray) -> np.ndarray:
    """Capacity [mA.h.g-1], or time [h]."""
    return curve.axis[points] / (3600 if curve.over == "time" else 1)


def _axis(curve: FittedCurve) -> str:
    return "Time / h" if curve.over == "time" else CAPACITY


def _unit(curve: FittedCurve) -> str:
    return "mV" if curve.unit == "mV" else "mA g$^{-1}$"


def _bars(panel: Any, scalars: tuple[FittedScalar, ...]) -> None:
    places = np.arange(len(scalars))
    panel.barh(places, [-scalar.residual for scalar in scalars], height=0.6, color=BLUE)
    names = [f"{scalar.name} ({scalar.material}, {scalar.protocol})" for scalar in scalars]
    panel.set_yticks(places, names, fontsize=6)
    panel.invert_yaxis()
    panel.axvline(0, color="black", linewidth=0.6)
    for side in (-1, 1):
        panel.axvline(side, color=GREY, linewidth=0.6, linestyle="--")
    panel.set_xlabel("Measured \u2212 fitted / standard deviation")


def _curve(panel: Any, curve: FittedCurve) -> None:
    """A line for each half-cycle."""
    unit = "V" if curve.unit == "mV" else curve.unit
    for place, number in enumerate(np.unique(curve.half_cycle)):
        points = curve.half_cycle == number
        color, dash, _ = style_of(int(number))
        axis = _along(curve, points)
        measured, simulated = (
            from_si(1.0, unit) * series[points] for series in (curve.measured, curve.simulated)
        )
        direction = f"{'desodiation' if dash == DESODIATION[1] else 'sodiation'}, " if number else ""
        panel.plot(axis, measured, ".", color=GREY, markersize=2, label=None if place else "measured")
        panel.plot(
            axis, simulated, dash, color=color, linewidth=1, label=f"{direction}fitted" if place < 2 else None
        )
    off = "no run" if curve.rmse is None else f"RMSE {curve.rmse:.3g} {curve.unit}"
    panel.set_title(f"{curve.name}, {curve.material}\n{off}", fontsize=7)
    voltage = CELL_VOLTAGE if curve.is_full else VOLTAGE
    panel.set_ylabel(voltage if unit == "V" else "Current / mA g$^{-1}$ (sodiation > 0)")


def _spectrum(panel: Any, spectrum: FittedSpectrum) -> None:
    count = len(spectrum.frequencies)
    measured, fitted = (
        (values[:count], -values[count:]) for values in (spectrum.measured, spectrum.simulated)
    )
    panel.plot(*measured, ".", color=GREY, label="measured")
    panel.plot(*fitted, color=BLUE, linewidth=1, label="fitted")
    off = "no run" if spectrum.rms is None else f"RMS {spectrum.rms:.3g} % of the modulus"
    panel.set_title(f"{spectrum.name}, {spectrum.material}\n{off}", fontsize=7)
    unit = {"Ohm": "\u03a9", "Ohm.m2": "\u03a9 m\u00b2"}[spectrum.unit]
    panel.set(xlabel=f"Z' / {unit}", ylabel=f"\u2212Z'' / {unit}")
