"""What a sampling found, as JSON and Markdown, with the figures."""

import json
from pathlib import Path

import pandas as pd

from coreshell_model.figures import save_picture
from coreshell_model.fit.reading import Problem
from coreshell_model.keeping import replace
from coreshell_model.posterior.pictures import convergence_picture, corner_picture
from coreshell_model.posterior.sampling import Sample
from coreshell_model.posterior.table import TABLE, WEIGHT, Posterior, write_posterior


def sampling_record(found: Sample) -> dict:
    """How well the sampling went."""
    counted = [one for one in found.rounds if one.counts]
    return {
        "Draws": len(found.weights),
        "Effective draws": found.effective,
        "Weights thinned at quantile": found.thinned_at,
        "Pareto shape of the weights": found.shape,
        "Converged": bool(counted) and all(one.record["Chain"]["Converged"] for one in counted),
        "Evaluations": found.evaluations,
        "Failed evaluations": found.failed,
        "Failures": list(found.reasons),
        "Rounds": [
            {
                "Round": one.number,
                "Draws": len(one.keys),
                "Effective draws": one.effective,
                "Pareto shape": one.shape,
                "Counts": one.counts,
                "Surrogate": one.record["Surrogate"],
                "Chi-squared off by": one.error_found,
                "Chain": {k: v for k, v in one.record["Chain"].items() if k not in ("History", "Trace")},
            }
            for one in found.rounds
        ],
        "Warnings": list(found.warnings),
    }


def write_report(posterior: Posterior, found: Sample, problem: Problem, folder: Path) -> None:
    """Table, observations, figures and report into ``folder``, the table last."""
    replace(folder / "observations.csv", observations(found, problem).to_csv(index=False))
    save_picture(corner_picture(posterior), folder / "corner.png", (".pdf",))
    save_picture(convergence_picture(found, posterior), folder / "convergence.png", (".pdf",))
    replace(folder / "report.md", markdown(posterior))
    write_posterior(posterior, folder / TABLE)


def observations(found: Sample, problem: Problem) -> pd.DataFrame:
    """The simulated observations of each draw, a column an observation."""
    runs = [(problem.runs[run], one.name) for run, one in problem.scalars]
    names = [f"{run.name}, {run.through}: {name}" for run, name in runs]
    rows = [one.scalars for one in found.drawn]
    table = pd.DataFrame(rows, columns=pd.Index(names))
    table.insert(0, "Draw", range(1, len(rows) + 1))
    table.insert(1, WEIGHT, found.weights)
    return table


def markdown(posterior: Posterior) -> str:
    """The report."""
    record = posterior.record
    lines = [
        f"# Posterior of {record['Title']}",
        "",
        f"{len(posterior)} draws, worth {posterior.effective:.0f} independent ones; {record['Evaluations']} "
        f"evaluations of the model, {record['Failed evaluations']} of them with a failed run; seed "
        f"{record['Seed']}. Chi-squared of {record['Data']} data is at least "
        f"{record['Least chi-squared']:.4g} among them.",
        "",
        *[f"* **Warning:** {text}" for text in record["Warnings"]],
        "" if record["Warnings"] else "No warnings.",
        "",
        "| parameter | unit | median | 68 % interval | 95 % interval | bounds |",
        "|---|---|---|---|---|---|",
        *[
            f"| {one['Name']} | {one['Unit']} | {one['Median']:.4g} | {shown(one['68 % interval'])} | "
            f"{shown(one['95 % interval'])} | {shown(one['Bounds'])} |"
            for one in posterior.summary()
        ],
        "",
        "An interval that ends at a bound ends there because of the bound.",
        "",
        "## How it went",
        "",
        "| round | draws | effective | Pareto shape | chi² off by | surrogate's error | points learned | "
        "steps | steps by autocorrelation time | accepted |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *[_round(one) for one in record["Rounds"]],
        "",
        "Effective: draws after weighting by the true model. Chi² off by: surrogate less truth over the "
        "draws, root mean square, constant factors of the density apart. Surrogate's error: of the whole "
        "residual vector, in standard deviations of a datum, on points held out.",
        "",
        *(
            ["## Failures", "", *[f"* {text}" for text in record["Failures"]], ""]
            if record["Failures"]
            else []
        ),
        f"Versions: {json.dumps(record['Versions'])}",
        "",
    ]
    return "\n".join(lines)


def _round(one: dict) -> str:
    chain, shape = one["Chain"], one["Pareto shape"]
    lasted = chain["Steps by autocorrelation time"]
    effective = f"{one['Effective draws']:.0f}{'' if one['Counts'] else ' (not counted)'}"
    off = one["Chi-squared off by"]
    cells = (
        one["Round"],
        one["Draws"],
        effective,
        "–" if shape is None else f"{shape:.2f}",
        "–" if off is None else f"{off:.2g}",
        f"{one['Surrogate']['Error']:.2g}",
        one["Surrogate"]["Points"],
        chain["Steps"],
        "–" if lasted is None else f"{lasted:.0f}",
        f"{100 * chain['Acceptance']:.0f} %",
    )
    return f"| {' | '.join(map(str, cells))} |"


def shown(interval: list[float]) -> str:
    """An interval in words."""
    return f"{interval[0]:.4g} to {interval[1]:.4g}"
