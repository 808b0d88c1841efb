"""The report of a posterior: figures, observations and text."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coreshell_model.base.files import replace
from coreshell_model.base.intervals import MEDIAN, USUAL, interval_name, shown_interval
from coreshell_model.base.tables import DASH, document, markdown_table, shown_number
from coreshell_model.infer.chain import LONG_ENOUGH
from coreshell_model.infer.draws import TABLE, WEIGHT, Posterior, write_posterior
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.rounds import EVEN
from coreshell_model.infer.sampling import Sample
from coreshell_model.infer.warnings import in_sentence
from coreshell_model.show.figures.palette import BLUE
from coreshell_model.show.figures.picture import TWO_COLUMNS, Picture, new_figure, save_picture, styled

PANEL, EDGE = 0.95, 0.8
"""Size of a panel of a corner plot, and of the labels beside the panels [inch]."""

LABEL_BELOW = 0.4
"""Distance from a panel to its label, past the ticks [inch]."""

LEAST_SIZE = 2.6
"""Least size of the figure [inch]."""

LONGEST_LABEL = 26


def corner_picture(posterior: Posterior) -> Picture:
    """Every pair of parameters and each alone; those on a logarithmic scale as decadic logarithms."""
    import corner

    shown, labels = [], []
    for free, values in zip(posterior.parameters, posterior.values.T, strict=True):
        log = free.section.scale == "log"
        shown.append(np.log10(values) if log else values)
        labels.append(_label(free.name, free.section.unit, log))
    table = np.stack(shown, axis=1)[_equally_weighted(posterior)]
    size = max(LEAST_SIZE, PANEL * len(labels) + EDGE)
    with styled():
        figure = Figure(figsize=(size, size))  # no layout engine: corner places the panels
        FigureCanvasAgg(figure)
        corner.corner(
            table,
            labels=labels,
            range=[_range(column) for column in table.T],
            fig=figure,
            color=BLUE,
            bins=16,
            labelpad=LABEL_BELOW * len(labels) / (size - EDGE) - 0.3,  # corner adds 0.3 of a panel
            max_n_ticks=3,
            plot_contours=False,  # of some hundred draws they are mostly noise
            plot_density=False,
            data_kwargs={"ms": 1.2, "alpha": 0.6},
            label_kwargs={"fontsize": 4.8},
            hist_kwargs={"linewidth": 0.9},
        )
        margin = 0.1 / size
        figure.subplots_adjust(left=EDGE / size, bottom=EDGE / size, right=1 - margin, top=1 - margin)
        for panel in figure.axes:
            panel.tick_params(labelsize=5)
        return Picture(figure, posterior.table())


def _equally_weighted(posterior: Posterior) -> np.ndarray:
    """Draws of equal weight: all, or where weights differ as many drawn by weight, with repetition."""
    count = len(posterior)
    if posterior.effective >= EVEN * count:
        return np.arange(count)
    return np.random.default_rng(0).choice(count, size=count, p=posterior.weights)


def convergence_picture(sample: Sample, posterior: Posterior) -> Picture:
    """The chain of the round with most effective draws: autocorrelation time and traces; and all rounds."""
    shown = max(sample.rounds, key=lambda r: r.effective)
    chain = shown.record["Chain"]
    trace = chain["Trace"]
    steps, means, sds = (np.array(trace[name]) for name in ("Steps", "Means", "Deviations"))
    with styled():
        columns = min(3, len(posterior.fitted))
        rows = int(np.ceil(len(posterior.fitted) / columns))
        figure = new_figure(TWO_COLUMNS, 2.1 + 0.95 * rows)
        heights = (1.9, 0.95 * rows + 0.3)
        upper, lower = np.ravel(np.asarray(figure.subfigures(2, 1, height_ratios=heights)))
        left, right = upper.subplots(1, 2)
        _times(left, chain, shown.number)
        _rounds(right, sample)
        panels = np.atleast_1d(lower.subplots(rows, columns, sharex=True, sharey=True)).ravel()
        for panel, free, mean, sd in zip(panels, posterior.fitted, means.T, sds.T, strict=False):
            panel.fill_between(steps, mean - sd, mean + sd, alpha=0.25, linewidth=0)
            panel.plot(steps, mean, linewidth=0.7)
            panel.set_title(_label(free.name, "", False), fontsize=6)
            panel.set_ylim(0, 1)
        for panel in panels[len(posterior.fitted) :]:
            panel.set_axis_off()
        lower.supxlabel("Step", fontsize=8)
        lower.supylabel("Place, 0 to 1", fontsize=8)
        numbers = pd.DataFrame({"Round": shown.number, "Step": steps})
        for place, free in enumerate(posterior.fitted):
            numbers[f"{free.name}, mean place"] = means[:, place]
            numbers[f"{free.name}, standard deviation of the place"] = sds[:, place]
        return Picture(figure, numbers)


def _times(axes, chain: dict, number: int) -> None:
    history = [(steps, time) for steps, time in chain["History"] if time is not None]
    if history:
        steps, times = np.array(history).T
        axes.plot(steps, times, "o-", label="longest of all parameters")
        axes.plot(steps, steps / LONG_ENOUGH, "--", color="grey", label=f"steps / {LONG_ENOUGH}")
        axes.legend(loc="best")
    axes.set(xlabel="Steps", ylabel="Autocorrelation time / steps", title=f"(a) chain of round {number}")


def _rounds(axes, sample: Sample) -> None:
    numbers = [r.number for r in sample.rounds]
    shares = [r.effective / len(r.keys) for r in sample.rounds]
    axes.plot(numbers, shares, "o-", label="effective draws by draw")
    axes.plot(numbers, [r.residual_error for r in sample.rounds], "s--", label="surrogate's error / sd")
    axes.set(xlabel="Round", title="(b) rounds")
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="best")


def _label(name: str, unit: str, log: bool) -> str:
    """A name, broken into lines that fit a panel, and its unit."""
    words = name.replace(" (", ".(").split(".")
    lines = [""]
    for word in words:
        joined = f"{lines[-1]}.{word}" if lines[-1] and not word.startswith("(") else f"{lines[-1]} {word}"
        if lines[-1] and len(joined) > LONGEST_LABEL:
            lines.append(word)
        else:
            lines[-1] = joined.strip()
    text = "\n".join(lines)
    scale = "log$_{10}$" if log else ""
    shown = unit if unit != "1" else ""
    shown = f"{scale}({shown})" if scale and shown else scale or shown
    return f"{text}\n{shown}" if shown else text


def _range(column: np.ndarray) -> tuple[float, float]:
    """The range of an axis, wider than 0 even where all values are the same."""
    low, high = float(column.min()), float(column.max())
    edge = 0.03 * (high - low) or max(1e-6, 1e-3 * abs(low))
    return low - edge, high + edge


def sampling_record(sample: Sample) -> dict:
    """How well the sampling went, as JSON holds it."""
    counted = [r for r in sample.rounds if r.counts]
    return {
        "Draws": len(sample.weights),
        "Effective draws": sample.effective,
        "Weights thinned at quantile": sample.thinned_at,
        "Pareto shape of the weights": sample.shape,
        "Converged": bool(counted) and all(r.record["Chain"]["Converged"] for r in counted),
        "Evaluations": sample.evaluations,
        "Failed evaluations": sample.failed,
        "Failures": list(sample.reasons),
        "Rounds": [
            {
                "Round": r.number,
                "Draws": len(r.keys),
                "Effective draws": r.effective,
                "Pareto shape": r.shape,
                "Counts": r.counts,
                "Surrogate": r.record["Surrogate"],
                "Chi-squared off by": r.chi_squared_error,
                "Chain": {k: v for k, v in r.record["Chain"].items() if k not in ("History", "Trace")},
            }
            for r in sample.rounds
        ],
        "Warnings": list(sample.warnings),
    }


def write_report(posterior: Posterior, sample: Sample, problem: Problem, folder: Path) -> None:
    """Write observations, figures, report and, last, the table of draws into ``folder``."""
    replace(folder / "observations.csv", observations(sample, problem).to_csv(index=False))
    save_picture(corner_picture(posterior), folder / "corner.png", (".pdf",))
    save_picture(convergence_picture(sample, posterior), folder / "convergence.png", (".pdf",))
    replace(folder / "report.md", markdown(posterior))
    write_posterior(posterior, folder / TABLE)


def observations(sample: Sample, problem: Problem) -> pd.DataFrame:
    """The simulated scalars of each draw, a column each."""
    runs = [(problem.runs[run], scalar.name) for run, scalar in problem.scalars]
    names = [f"{run.name}, {run.through}: {name}" for run, name in runs]
    rows = [point.scalars for point in sample.drawn]
    table = pd.DataFrame(rows, columns=pd.Index(names))
    table.insert(0, "Draw", range(1, len(rows) + 1))
    table.insert(1, WEIGHT, sample.weights)
    return table


def markdown(posterior: Posterior) -> str:
    """The report for people."""
    record = posterior.record
    widths = [interval_name(width) for width in USUAL]
    rows = []
    for row in posterior.summary():
        ends = (shown_interval(row[name]) for name in (*widths, "Bounds"))
        rows.append((row["Name"], row["Unit"], shown_number(row[MEDIAN]), *ends))
    lines = [
        f"# Posterior of {record['Title']}",
        "",
        *([f"**{in_sentence(record['Misfit'])}**", ""] if record.get("Misfit") else []),
        f"{len(posterior)} draws, worth {posterior.effective:.0f} independent ones; {record['Evaluations']} "
        f"evaluations of the model, {record['Failed evaluations']} of them with a failed run; seed "
        f"{record['Seed']}. Chi-squared of {record['Data']} data is at least "
        f"{record['Least chi-squared']:.4g} among them.",
        "",
        *[f"* **Warning:** {text}" for text in record["Warnings"] if text != record.get("Misfit")],
        "" if record["Warnings"] else "No warnings.",
        "",
        *markdown_table(("parameter", "unit", "median", *widths, "bounds"), rows),
        "",
        "An interval that ends at a bound ends there because of the bound.",
        "",
        "## How it went",
        "",
        *markdown_table(ROUND, map(_round, record["Rounds"])),
        "",
        "Effective: draws after weighting by the true model. Chi² off by: standard deviation, over the "
        "draws, of surrogate less true chi². Surrogate's error: of the whole residual vector, in standard "
        "deviations of a datum, on points held out.",
        "",
        *(
            ["## Failures", "", *[f"* {text}" for text in record["Failures"]], ""]
            if record["Failures"]
            else []
        ),
        f"Versions: {json.dumps(record['Versions'])}",
    ]
    return document(lines)


ROUND = (
    "round", "draws", "effective", "Pareto shape", "chi² off by", "surrogate's error", "points learned",
    "steps", "steps by autocorrelation time", "accepted",
)  # fmt: skip


def _round(record: dict) -> tuple[object, ...]:
    chain, shape = record["Chain"], record["Pareto shape"]
    lasted = chain["Steps by autocorrelation time"]
    effective = f"{record['Effective draws']:.0f}{'' if record['Counts'] else ' (not counted)'}"
    off = record["Chi-squared off by"]
    return (
        record["Round"],
        record["Draws"],
        effective,
        DASH if shape is None else f"{shape:.2f}",
        shown_number(off, 2),
        f"{record['Surrogate']['Error']:.2g}",
        record["Surrogate"]["Points"],
        chain["Steps"],
        DASH if lasted is None else f"{lasted:.0f}",
        f"{100 * chain['Acceptance']:.0f} %",
    )
