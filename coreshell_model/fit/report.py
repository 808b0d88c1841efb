"""A result as JSON, CSV and Markdown, and its materials as files to run."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import tomli_w

from coreshell_model.archive import versions
from coreshell_model.fit.result import FitResult, FittedParameter
from coreshell_model.keeping import replace


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
        "Observations": [
            {
                "Observable": one.name,
                "Material": one.material,
                "Protocol": one.protocol,
                "Measured": one.measured,
                "Standard deviation": one.sd,
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
        "68 % interval": list(one.interval_68),
        "95 % interval": list(one.interval_95),
        "Verdict": one.verdict,
        "On its bound": one.on_bound,
    }


def write(result: FitResult, folder: Path) -> list[Path]:
    """Everything into ``folder``; return the paths."""
    texts = {
        "result.json": json.dumps(record(result) | {"Versions": versions()}, indent=2, allow_nan=False),
        "report.md": markdown(result),
        "parameters.csv": pd.DataFrame(map(parameter_record, result.parameters)).to_csv(index=False),
        "residuals.csv": residuals(result).to_csv(index=False),
        "profiles.csv": profiles(result).to_csv(index=False),
        **{
            f"{name}.toml": tomli_w.dumps(material.model_dump(exclude_none=True, mode="json"))
            for name, material in result.materials.items()
        },
    }
    for name, text in texts.items():
        replace(folder / name, text)
    return [folder / name for name in texts]


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


def markdown(result: FitResult) -> str:
    """The report for people."""
    reduced = result.reduced_chi_squared
    lines = [
        f"# {result.title}",
        "",
        f"{result.data} data, {result.priors} priors, {len(result.parameters)} parameters; chi-squared "
        f"{result.chi_squared:.4g}"
        + (f", reduced {reduced:.3g}." if reduced is not None else "; no degree of freedom is left."),
        f"{result.evaluations} evaluations, {result.failed} of them with a failed run; {len(result.starts)} "
        f"starts, seed {result.seed}.",
        "",
        *(f"* **Warning**: {text}" for text in result.warnings),
        "" if result.warnings else "No warnings.",
        "",
        "| parameter | value | 95 % interval | 68 % interval | verdict |",
        "|---|---|---|---|---|",
        *(
            f"| {one.name} | {_number(one.value)} {_unit(one.unit)} | {shown_interval(one.interval_95)} "
            f"| {shown_interval(one.interval_68)} | {one.verdict} |"
            for one in result.parameters
        ),
        "",
        "Intervals are those of the profile likelihood; a dash is a side that the data leave open within the "
        "bounds.",
    ]
    if result.scalars:
        lines += [
            "",
            "| observation | material, protocol | measured | fitted | residual / sd |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {one.name} | {one.material}, {one.protocol} | {_number(one.measured)} ± {_number(one.sd)} "
            f"| {_number(one.simulated)} | {one.residual:.2f} |"
            for one in result.scalars
        ]
    if result.curves:
        lines += ["", "| curve | material, protocol | points | RMSE |", "|---|---|---|---|"]
        lines += [
            f"| {one.name} | {one.material}, {one.protocol} | {len(one.axis)} "
            f"| {_number(one.rmse)} {one.unit} |"
            for one in result.curves
        ]
    lines += ["", "Correlations:", "", "| | " + " | ".join(one.name for one in result.parameters) + " |"]
    lines.append("|---" * (len(result.parameters) + 1) + "|")
    lines += [
        f"| {one.name} | " + " | ".join(f"{value:.2f}" for value in row) + " |"
        for one, row in zip(result.parameters, result.correlations, strict=True)
    ]
    if result.reasons:
        lines += ["", "Failures:", "", *(f"* {reason}" for reason in result.reasons)]
    if result.materials:
        files = " ".join(f"{name}.toml" for name in result.materials)
        lines += ["", f"Fitted materials, for `coreshell run`: {files}"]
    return "\n".join(lines) + "\n"


def shown_interval(ends: tuple[float | None, float | None]) -> str:
    """An interval as text; a dash for an open side."""
    return f"{_number(ends[0])} to {_number(ends[1])}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit
