"""The report of a fit: tables, text and a figure."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import tomli_w

from coreshell_model.base.files import replace, sealed
from coreshell_model.base.intervals import NARROW, WIDE, interval_name, shown_interval
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.tables import apart, document, markdown_table, shown_number, with_unit
from coreshell_model.base.units import from_si
from coreshell_model.infer.result import (
    FitResult,
    FittedCurve,
    FittedParameter,
    FittedScalar,
    FittedSpectrum,
)
from coreshell_model.show.figures.picture import (
    CAPACITY,
    TWO_COLUMNS,
    VOLTAGE,
    Picture,
    new_figure,
    save_picture,
    set_title,
    styled,
)


def markdown(result: FitResult) -> str:
    """The report for people."""
    parts = [
        _head(result),
        _parameters(result),
        _observations(result),
        ["Correlations:", "", *_correlations(result)],
        ["Failures:", "", *(f"* {reason}" for reason in result.reasons)] if result.reasons else [],
    ]
    if result.materials:
        files = " ".join(f"{name}.toml" for name in result.materials)
        parts.append([f"Fitted materials, for `coreshell run`: {files}"])
    return document(apart(parts))


def _head(result: FitResult) -> list[str]:
    reduced = result.reduced_chi_squared
    freedom = f", reduced {reduced:.3g}." if reduced is not None else "; no degree of freedom is left."
    return [
        f"# {result.title}",
        "",
        *((f"**{result.misfit}**", "") if result.misfit else ()),
        f"{result.data} data, {result.priors} priors, {len(result.parameters)} parameters; chi-squared "
        f"{result.chi_squared:.4g}{freedom}",
        f"{result.evaluations} evaluations, {result.failed} of them with a failed run; {len(result.starts)} "
        f"starts, seed {result.seed}.",
        "",
        *(f"* **Warning**: {text}" for text in result.other_warnings),
        *([] if result.warnings else ["No warnings."]),
    ]


def _parameters(result: FitResult) -> list[str]:
    rows = [
        (
            one.name,
            with_unit(one.value, one.unit),
            shown_interval(one.interval_95),
            shown_interval(one.interval_68),
            one.verdict,
        )
        for one in result.parameters
    ]
    return [
        *markdown_table(("parameter", "value", interval_name(WIDE), interval_name(NARROW), "verdict"), rows),
        "",
        "Intervals are those of the profile likelihood; a dash is a side that stays open up to the bound. "
        'What is closed beside a verdict other than "fixed by the data" is closed by priors, or by bounds of '
        "others.",
    ]


def _observations(result: FitResult) -> list[str]:
    """A table for each kind that there is."""
    scalars = [
        (
            one.name,
            f"{one.material}, {one.protocol}",
            f"{_limit(one)}{shown_number(one.measured)} ± {shown_number(one.sd)}",
            shown_number(one.simulated),
            f"{one.residual:.2f}",
        )
        for one in result.scalars
    ]
    curves = [
        (one.name, f"{one.material}, {one.protocol}", len(one.axis), f"{shown_number(one.rmse)} {one.unit}")
        for one in result.curves
    ]
    spectra = [
        (one.name, f"{one.material}, {one.protocol}", len(one.frequencies), shown_number(one.rms))
        for one in result.spectra
    ]
    tables = (
        (("observation", "material, protocol", "measured", "fitted", "residual / sd"), scalars),
        (("curve", "material, protocol", "points", "RMSE"), curves),
        (("spectrum", "material, state", "frequencies", "RMS, % of modulus"), spectra),
    )
    return apart(markdown_table(head, rows) for head, rows in tables if rows)


def _correlations(result: FitResult) -> list[str]:
    rows = [
        (one.name, *(f"{value:.2f}" for value in row))
        for one, row in zip(result.parameters, result.correlations, strict=True)
    ]
    return markdown_table(("", *(one.name for one in result.parameters)), rows)


def _limit(one: FittedScalar) -> str:
    return "" if one.relation == "equal" else f"{one.relation} "


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


def record(result: FitResult) -> dict:
    """The result as one JSON object, which the command line prints."""
    return {
        "Problem": result.file,
        "Title": result.title,
        "Parameters": [parameter_record(one) for one in result.parameters],
        "Chi-squared": result.chi_squared,
        "Data": result.data,
        "Priors": result.priors,
        "Degrees of freedom": result.degrees_of_freedom,
        "Reduced chi-squared": result.reduced_chi_squared,
        "Noise inflated by": result.inflation,
        "Observations": [
            {
                "Observable": one.name,
                "Material": one.material,
                "Protocol": one.protocol,
                "Measured": one.measured,
                "Standard deviation": one.sd,
                "Relation": one.relation,
                "Fitted": one.simulated,
                "Residual": one.residual,
            }
            for one in result.scalars
        ],
        "Curves": [
            {
                "File": one.name,
                "Material": one.material,
                "Protocol": one.protocol,
                "Points": len(one.axis),
                f"RMSE [{'mV' if one.unit == 'mV' else 'mA.g-1'}]": one.rmse,
                "Chi-squared per point": None if one.rmse is None else float(np.mean(one.residuals**2)),
            }
            for one in result.curves
        ],
        "Spectra": [
            {
                "File": one.name,
                "Material": one.material,
                "Protocol": one.protocol,
                "Points": len(one.frequencies),
                "RMS difference [% of modulus]": one.rms,
                "Chi-squared per datum": None if one.rms is None else float(np.mean(one.residuals**2)),
            }
            for one in result.spectra
        ],
        "Correlations": [list(row) for row in result.correlations],
        "Least known combinations": [
            {"Standard deviation": sd, "Shares": shares} for sd, shares in result.weakest
        ],
        "Starts": list(result.starts),
        "Warnings": list(result.warnings),
        "Failures": list(result.reasons),
        "Evaluations": result.evaluations,
        "Failed evaluations": result.failed,
        "Completed": result.completed,
        "Seed": result.seed,
        "Time [s]": result.seconds,
    }


def parameter_record(one: FittedParameter) -> dict:
    """One parameter as a row."""
    return {
        "Name": one.name,
        "Path": one.path,
        "Materials": list(one.materials),
        "Value": one.value,
        "Unit": one.unit,
        "Scale": one.scale,
        "Bounds": [one.lower, one.upper],
        "Standard deviation": one.sd,
        interval_name(NARROW): list(one.interval_68),
        interval_name(WIDE): list(one.interval_95),
        "Verdict": one.verdict,
        "On its bound": one.on_bound,
    }


def write(result: FitResult, folder: Path) -> list[Path]:
    """Everything into ``folder``; return the paths."""
    every = residuals(result)
    texts = {
        "result.json": sealed(record(result) | {"Versions": versions_of_a_run()}, indent=2),
        "report.md": markdown(result),
        "parameters.csv": pd.DataFrame(map(parameter_record, result.parameters)).to_csv(index=False),
        "profiles.csv": profiles(result).to_csv(index=False),
        **{
            f"{name}.toml": tomli_w.dumps(material.model_dump(exclude_none=True, mode="json"))
            for name, material in result.materials.items()
        },
    }
    for name, text in texts.items():
        replace(folder / name, text)
    drawn = save_picture(fit_picture(result, every), folder / "residuals.png", (".pdf",))
    return [*(folder / name for name in texts), *drawn]


def residuals(result: FitResult) -> pd.DataFrame:
    """Every datum, measured and fitted."""
    rows = [
        {
            "Observation": one.name,
            "Material": one.material,
            "Protocol": one.protocol,
            "Measured": one.measured,
            "Fitted": one.simulated,
            "Residual": one.residual,
        }
        for one in result.scalars
    ]
    for one in result.curves:
        rows += [
            {
                "Observation": one.name,
                "Material": one.material,
                "Protocol": one.protocol,
                "Half-cycle": int(half) or None,
                f"{'Time [s]' if one.over == 'time' else 'Capacity [mA.h.g-1]'}": x,
                "Measured": measured,
                "Fitted": simulated,
                "Residual": residual,
            }
            for half, x, measured, simulated, residual in zip(
                one.half_cycle, one.axis, one.measured, one.simulated, one.residuals, strict=True
            )
        ]
    for one in result.spectra:
        parts = [part for part in ("real", "imaginary") for _ in one.frequencies]
        rows += [
            {
                "Observation": one.name,
                "Material": one.material,
                "Protocol": one.protocol,
                "Part": part,
                "Frequency [Hz]": frequency,
                "Measured": measured,
                "Fitted": simulated,
                "Residual": residual,
            }
            for part, frequency, measured, simulated, residual in zip(
                parts,
                np.tile(one.frequencies, 2),
                one.measured,
                one.simulated,
                one.residuals,
                strict=True,
            )
        ]
    return pd.DataFrame(rows)


def profiles(result: FitResult) -> pd.DataFrame:
    """The points of every profile."""
    return pd.DataFrame(
        [
            {"Profile of": one.name, **point}
            for one, points in zip(result.parameters, result.profiles, strict=False)
            for point in points
        ]
    )
