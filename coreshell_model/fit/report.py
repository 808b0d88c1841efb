"""A result as JSON and CSV, and its materials as files to run."""

from pathlib import Path

import numpy as np
import pandas as pd
import tomli_w

from coreshell_model.figures import save_picture
from coreshell_model.fit.markdown import markdown
from coreshell_model.fit.picture import fit_picture
from coreshell_model.fit.result import FitResult, FittedParameter
from coreshell_model.keeping import replace, sealed
from coreshell_model.kept import versions_of_a_run


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
        "68 % interval": list(one.interval_68),
        "95 % interval": list(one.interval_95),
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
