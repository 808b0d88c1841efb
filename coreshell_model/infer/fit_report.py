"""The report of a fit: tables and text, written with its picture."""

from pathlib import Path

import numpy as np
import pandas as pd
import tomli_w

from coreshell_model.base.files import replace, sealed
from coreshell_model.base.intervals import NARROW, WIDE, Interval, interval_name, shown_interval
from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.tables import apart, document, markdown_table, shown_number, with_unit
from coreshell_model.infer.fit_picture import fit_picture
from coreshell_model.infer.noise import CurveNoise, discrepancy_record
from coreshell_model.infer.quality import Quality
from coreshell_model.infer.result import (
    FitResult,
    FittedCurve,
    FittedParameter,
    FittedScalar,
    FittedSpectrum,
)
from coreshell_model.show.figures.picture import save_picture


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
            parameter.name,
            with_unit(parameter.value, parameter.unit),
            shown_interval(parameter.interval_95),
            ends_in_words(parameter),
            shown_interval(parameter.interval_68),
            parameter.verdict,
        )
        for parameter in result.parameters
    ]
    return [
        *markdown_table(
            ("parameter", "value", interval_name(WIDE), SET_BY, interval_name(NARROW), "verdict"), rows
        ),
        "",
        "Intervals are those of the profile likelihood; a dash is a side that stays open up to the bound. "
        "The verdict counts the ends that the data set.",
    ]


SET_BY = "ends set by"
"""Heading of the column that says what sets the ends of the 95 % interval."""


def ends_in_words(parameter: FittedParameter) -> str:
    """What sets the lower and the upper end of the 95 % interval; once where it is the same."""
    return "; ".join(dict.fromkeys(parameter.ends))


def _observations(result: FitResult) -> list[str]:
    """Up to three tables: scalars, curves and spectra."""
    scalars = [
        (
            scalar.name,
            f"{scalar.material}, {scalar.protocol}",
            f"{_limit(scalar)}{shown_number(scalar.measured)} ± {shown_number(scalar.sd)}",
            shown_number(scalar.simulated),
            f"{scalar.residual:.2f}",
        )
        for scalar in result.scalars
    ]
    curves = [
        (c.name, f"{c.material}, {c.protocol}", len(c.axis), f"{shown_number(c.rmse)} {c.unit}")
        for c in result.curves
    ]
    spectra = [
        (s.name, f"{s.material}, {s.protocol}", len(s.frequencies), shown_number(s.rms))
        for s in result.spectra
    ]
    tables = (
        (("observation", "material, protocol", "measured", "fitted", "residual / sd"), scalars),
        (("curve", "material, protocol", "points", "RMSE"), curves),
        (("spectrum", "material, state", "frequencies", "RMS, % of modulus"), spectra),
    )
    return apart(markdown_table(head, rows) for head, rows in tables if rows)


def _correlations(result: FitResult) -> list[str]:
    rows = [
        (parameter.name, *(f"{value:.2f}" for value in row))
        for parameter, row in zip(result.parameters, result.correlations, strict=True)
    ]
    return markdown_table(("", *(parameter.name for parameter in result.parameters)), rows)


def _limit(scalar: FittedScalar) -> str:
    return "" if scalar.relation == "equal" else f"{scalar.relation} "


def record(result: FitResult) -> dict:
    """The result as one JSON object, which the command line prints."""
    return {
        "Problem": result.file,
        "Title": result.title,
        "Misfit": result.misfit,
        "Parameters": [parameter_record(parameter) for parameter in result.parameters],
        "Chi-squared": result.chi_squared,
        "Data": result.data,
        "Priors": result.priors,
        "Degrees of freedom": result.degrees_of_freedom,
        "Reduced chi-squared": result.reduced_chi_squared,
        "Describes the data": result.quality.described,
        "Intervals withheld": result.quality.withheld,
        "Noise inflated by": result.inflation,
        "Effective data": result.quality.effective_data,
        "Reduced chi-squared of effective data": result.quality.effective_reduced,
        "Observations": [
            {
                "Observable": scalar.name,
                **_state(scalar),
                "Measured": scalar.measured,
                "Standard deviation": scalar.sd,
                "Relation": scalar.relation,
                "Fitted": scalar.simulated,
                "Residual": scalar.residual,
            }
            for scalar in result.scalars
        ],
        "Curves": [
            {
                "File": curve.name,
                **_state(curve),
                "Points": len(curve.axis),
                f"RMSE [{'mV' if curve.unit == 'mV' else 'mA.g-1'}]": curve.rmse,
                "Chi-squared per point": None if curve.rmse is None else float(np.mean(curve.residuals**2)),
                **_noise(result.quality, number, curve),
            }
            for number, curve in enumerate(result.curves)
        ],
        "Spectra": [
            {
                "File": spectrum.name,
                **_state(spectrum),
                "Points": len(spectrum.frequencies),
                "RMS difference [% of modulus]": spectrum.rms,
                "Chi-squared per datum": (
                    None if spectrum.rms is None else float(np.mean(spectrum.residuals**2))
                ),
            }
            for spectrum in result.spectra
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


def _noise(how: Quality, number: int, curve: FittedCurve) -> dict[str, float | None]:
    """The discrepancy of a curve, and how many independent points it is worth."""
    alike = how.correlated[number]
    noise = how.noise.curves[number] if how.noise.curves else CurveNoise()
    return {
        **discrepancy_record(curve.unit, curve.over, noise),
        "Correlation of neighbouring residuals": alike.correlation,
        "Effective points": alike.effective,
    }


def _state(observation: FittedScalar | FittedCurve | FittedSpectrum) -> dict[str, str]:
    return {"Material": observation.material, "Protocol": observation.protocol}


def parameter_record(parameter: FittedParameter) -> dict:
    """The JSON object, or the row of CSV, of a parameter."""
    return {
        "Name": parameter.name,
        "Path": parameter.path,
        "Materials": list(parameter.materials),
        "Value": parameter.value,
        "Unit": parameter.unit,
        "Scale": parameter.scale,
        "Bounds": [parameter.lower, parameter.upper],
        "Standard deviation": parameter.sd,
        interval_name(NARROW): _ends(parameter.interval_68),
        interval_name(WIDE): _ends(parameter.interval_95),
        f"Ends of the {interval_name(WIDE)} set by": list(parameter.ends),
        "Verdict": parameter.verdict,
        "On its bound": parameter.on_bound,
    }


def _ends(interval: Interval | None) -> list[float | None] | None:
    return None if interval is None else list(interval)


def write(result: FitResult, folder: Path) -> list[Path]:
    """Write the record, report, tables, fitted materials and figure into ``folder``; return the paths."""
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
    drawn = save_picture(fit_picture(result, residuals(result)), folder / "residuals.png", (".pdf",))
    return [*(folder / name for name in texts), *drawn]


def residuals(result: FitResult) -> pd.DataFrame:
    """Every datum, measured and fitted, with its residual."""
    rows = [
        {
            "Observation": scalar.name,
            **_state(scalar),
            "Measured": scalar.measured,
            "Fitted": scalar.simulated,
            OFF: None if scalar.simulated is None else scalar.measured - scalar.simulated,
            "Residual": scalar.residual,
        }
        for scalar in result.scalars
    ]
    for curve in result.curves:
        axis = "Time [s]" if curve.over == "time" else "Capacity [mA.h.g-1]"
        rows += [
            {"Observation": curve.name, **_state(curve), "Half-cycle": int(half) or None, axis: x, **point}
            for half, x, point in zip(curve.half_cycle, curve.axis, _points(curve), strict=True)
        ]
    for spectrum in result.spectra:
        parts = [part for part in ("real", "imaginary") for _ in spectrum.frequencies]
        frequencies = np.tile(spectrum.frequencies, 2)
        rows += [
            {"Observation": spectrum.name, **_state(spectrum), "Part": part, "Frequency [Hz]": f, **point}
            for part, f, point in zip(parts, frequencies, _points(spectrum), strict=True)
        ]
    return pd.DataFrame(rows)


OFF = "Measured less fitted"
"""Column of the differences that are drawn, in the unit of both numbers."""


def _points(observation: FittedCurve | FittedSpectrum) -> list[dict[str, float]]:
    measured, fitted = observation.measured, observation.simulated
    values = zip(measured, fitted, measured - fitted, observation.residuals, strict=True)
    return [dict(zip(("Measured", "Fitted", OFF, "Residual"), point, strict=True)) for point in values]


def profiles(result: FitResult) -> pd.DataFrame:
    """The points of every profile."""
    return pd.DataFrame(
        [
            {"Profile of": parameter.name, **point}
            for parameter, points in zip(result.parameters, result.profiles, strict=False)
            for point in points
        ]
    )
