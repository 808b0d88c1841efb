"""A fit as a figure: how far each number is off, and curves and spectra, measured and fitted."""

from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import CAPACITY, TWO_COLUMNS, VOLTAGE, new_figure, set_title, styled
from coreshell_model.fit.result import FitResult, FittedCurve, FittedScalar, FittedSpectrum
from coreshell_model.units import from_si

MOST_PANELS = 12
"""Curves and spectra that are drawn, the first ones."""

COLUMNS = 3

BAR = 0.15
"""Inches that a number takes."""

BLUE, GREY = "#0072b2", "#999999"


def fit_picture(result: FitResult, residuals: pd.DataFrame) -> Picture:
    """Numbers as bars of their residuals, a panel for each curve and spectrum.

    Parameters
    ----------
    result : of the fit
    residuals : every datum, the figure's numbers
    """
    shown = [*result.curves, *result.spectra][:MOST_PANELS]
    bars = 0.7 + BAR * len(result.scalars) if result.scalars else 0.0
    rows = -(-len(shown) // COLUMNS)
    with styled():
        figure = new_figure(TWO_COLUMNS, bars + 2.2 * rows)
        heights = [height for height in (bars, 2.2 * rows) if height]
        parts = list(np.ravel(np.asarray(figure.subfigures(len(heights), 1, height_ratios=heights))))
        if result.scalars:
            _bars(parts.pop(0).subplots(), result.scalars)
        if shown:
            panels = np.ravel(parts.pop(0).subplots(rows, min(COLUMNS, len(shown)), squeeze=False))
            for panel, one in zip(panels, shown, strict=False):
                if isinstance(one, FittedCurve):
                    _curve(panel, one)
                else:
                    _spectrum(panel, one)
            for panel in panels[len(shown) :]:
                panel.set_axis_off()
            panels[0].legend(loc="best")
        left_out = len(result.curves) + len(result.spectra) - len(shown)
        more = f"; {left_out} curves and spectra are left out" if left_out else ""
        set_title(figure, f"{result.title}: chi-squared {result.chi_squared:.4g}{more}")
        return Picture(figure, residuals)


def _bars(panel: Any, scalars: tuple[FittedScalar, ...]) -> None:
    places = np.arange(len(scalars))
    panel.barh(places, [one.residual for one in scalars], height=0.6, color=BLUE)
    names = [f"{one.name} ({one.material}, {one.protocol})" for one in scalars]
    panel.set_yticks(places, names, fontsize=6)
    panel.invert_yaxis()
    panel.axvline(0, color="black", linewidth=0.6)
    for side in (-1, 1):
        panel.axvline(side, color=GREY, linewidth=0.6, linestyle="--")
    panel.set_xlabel("Fitted less measured / standard deviation")


def _curve(panel: Any, one: FittedCurve) -> None:
    """A line for each half-cycle."""
    unit = "V" if one.unit == "mV" else one.unit
    for number in np.unique(one.half_cycle):
        here = one.half_cycle == number
        axis = one.axis[here] / (3600 if one.over == "time" else 1)
        measured, simulated = (
            [from_si(value, unit) for value in each[here]] for each in (one.measured, one.simulated)
        )
        label = number == one.half_cycle[0]
        panel.plot(axis, measured, ".", color=GREY, markersize=2, label="measured" if label else None)
        panel.plot(axis, simulated, color=BLUE, linewidth=1, label="fitted" if label else None)
    off = "no run" if one.rmse is None else f"RMSE {one.rmse:.3g} {one.unit}"
    panel.set_title(f"{one.name}, {one.material}\n{off}", fontsize=7)
    panel.set_xlabel("Time / h" if one.over == "time" else CAPACITY)
    panel.set_ylabel(VOLTAGE if unit == "V" else "Current / mA g$^{-1}$ (sodiation > 0)")


def _spectrum(panel: Any, one: FittedSpectrum) -> None:
    count = len(one.frequencies)
    measured, fitted = ((values[:count], -values[count:]) for values in (one.measured, one.simulated))
    panel.plot(*measured, ".", color=GREY, label="measured")
    panel.plot(*fitted, color=BLUE, linewidth=1, label="fitted")
    off = "no run" if one.rms is None else f"RMS {one.rms:.3g} % of the modulus"
    panel.set_title(f"{one.name}, {one.material}\n{off}", fontsize=7)
    unit = {"Ohm": "\u03a9", "Ohm.m2": "\u03a9 m\u00b2"}[one.unit]
    panel.set(xlabel=f"Z' / {unit}", ylabel=f"\u2212Z'' / {unit}")
