"""Pictures of a posterior: pairs of parameters, and how the sampling went."""

import numpy as np
import pandas as pd

from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import TWO_COLUMNS, new_figure, styled
from coreshell_model.posterior.chain import LONG_ENOUGH
from coreshell_model.posterior.sampling import Sample
from coreshell_model.posterior.table import Posterior

PANEL = 0.95
"""Inches of a panel of a corner plot."""

LONGEST_LABEL = 26


def corner_picture(posterior: Posterior) -> Picture:
    """Every pair of parameters and each alone; logarithmic scales as their decadic logarithm."""
    import corner

    shown, labels = [], []
    for free, values in zip(posterior.parameters, posterior.values.T, strict=True):
        log = free.given.scale == "log"
        shown.append(np.log10(values) if log else values)
        labels.append(_label(free.name, free.given.unit, log))
    table = np.stack(shown, axis=1)
    ranges = [_range(column) for column in table.T]
    with styled():
        size = max(3.0, PANEL * len(labels) + 0.6)
        figure = new_figure(size, size)
        figure.set_layout_engine("none")  # corner places its panels itself
        corner.corner(
            table,
            weights=posterior.weights,
            labels=labels,
            range=ranges,
            fig=figure,
            color="#0072b2",
            bins=16,
            quantiles=(0.16, 0.5, 0.84),
            plot_datapoints=True,
            plot_density=False,
            fill_contours=False,
            levels=(0.68, 0.95) if len(posterior) > 10 * len(labels) else (),
            smooth=1.0,
            labelpad=0.25,
            max_n_ticks=3,
            data_kwargs={"ms": 1.0, "alpha": 0.4},
            contour_kwargs={"linewidths": 0.7},
            hist_kwargs={"linewidth": 0.9},
        )
        return Picture(figure, posterior.table())


def convergence_picture(found: Sample, posterior: Posterior) -> Picture:
    """The last round's chain: its autocorrelation time as it grew, each parameter's trace; and all rounds."""
    last = max(found.rounds, key=lambda one: one.effective)
    chain = last.record["Chain"]
    trace = chain["Trace"]
    steps, means, sds = (np.array(trace[name]) for name in ("Steps", "Means", "Deviations"))
    with styled():
        rows = int(np.ceil(len(posterior.parameters) / 3))
        figure = new_figure(TWO_COLUMNS, 2.1 + 0.95 * rows)
        upper, lower = figure.subfigures(2, 1, height_ratios=(1.9, 0.95 * rows + 0.2))
        left, right = upper.subplots(1, 2)
        _times(left, chain, last.number)
        _rounds(right, found)
        panels = np.atleast_1d(lower.subplots(rows, 3, sharex=True, sharey=True)).ravel()
        for panel, free, mean, sd in zip(panels, posterior.parameters, means.T, sds.T, strict=False):
            panel.fill_between(steps, mean - sd, mean + sd, alpha=0.25, linewidth=0)
            panel.plot(steps, mean, linewidth=0.7)
            panel.set_title(_label(free.name, "", False), fontsize=6)
            panel.set_ylim(0, 1)
        for panel in panels[len(posterior.parameters) :]:
            panel.set_axis_off()
        lower.supxlabel("Step", fontsize=8)
        lower.supylabel("Place between the bounds", fontsize=8)
        numbers = pd.DataFrame({"Round": last.number, "Step": steps})
        for place, free in enumerate(posterior.parameters):
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


def _rounds(axes, found: Sample) -> None:
    numbers = [one.number for one in found.rounds]
    shares = [one.effective / len(one.keys) for one in found.rounds]
    axes.plot(numbers, shares, "o-", label="effective draws by draw")
    axes.plot(numbers, [one.error_expected for one in found.rounds], "s--", label="surrogate's error / sd")
    axes.set(xlabel="Round", title="(b) rounds")
    axes.set_ylim(bottom=0)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="best")


def _label(name: str, unit: str, log: bool) -> str:
    """A name broken into lines that fit a panel."""
    words = name.replace(" (", ".(").split(".")
    lines = [""]
    for word in words:
        joined = f"{lines[-1]}.{word}" if lines[-1] and not word.startswith("(") else f"{lines[-1]} {word}"
        if lines[-1] and len(joined) > LONGEST_LABEL:
            lines.append(word)
        else:
            lines[-1] = joined.strip()
    text = "\n".join(lines)
    if not unit:
        return text
    return f"{text}\nlog$_{{10}}$({unit})" if log and unit != "1" else f"{text}\n{'log$_{10}$' if log else unit}"


def _range(column: np.ndarray) -> tuple[float, float]:
    """What is drawn of a column, never of no width."""
    low, high = float(column.min()), float(column.max())
    edge = 0.03 * (high - low) or max(1e-6, 1e-3 * abs(low))
    return low - edge, high + edge


