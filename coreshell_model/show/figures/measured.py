"""What an analysis of measured cells looks like: curves, capacities by cycle with efficiency, dQ/dV."""

from collections.abc import Iterator, Mapping

import numpy as np
from matplotlib.ticker import MaxNLocator

from coreshell_model.data.analysis import Analysis
from coreshell_model.data.cell_results import ICE, REVERSIBLE
from coreshell_model.data.cycle_results import CYCLE, DESODIATION, EFFICIENCY, SODIATION
from coreshell_model.data.half_cycle_curve import HalfCycleCurve
from coreshell_model.data.knee import differential
from coreshell_model.show.figures.palette import marked_line, ordered_lines
from coreshell_model.show.figures.picture import (
    CAPACITY,
    TWO_COLUMNS,
    VOLTAGE,
    Picture,
    new_figure,
    per_cent,
    set_title,
    stacked,
    styled,
)

MOST_CYCLES = 5
"""Cycles of a single cell that are all drawn; of more, the first, the last and some between."""

MOST_CELLS = 7
"""Cells with a colour each; further cells take the colours in turn."""

LONGEST_LABEL = 16
"""Characters of a cell's name in a legend."""

ENDS = 2
"""Windows at either end of dQ/dV that do not widen its axis: what a hold's beginning leaves is a spike."""

LEAST_EFFICIENCY = 90.0, 101.0
"""Per cent that the axis of efficiencies always includes."""


def analysis_picture(analysis: Analysis) -> Picture:
    """Voltage over capacity, capacities and efficiency by cycle, and dQ/dV, with the numbers drawn.

    Of one cell the colours are cycles. Of replicates they are cells, the first cycle dashed and the last
    solid; capacities are then means with standard deviations.
    """
    with styled():
        figure = new_figure(TWO_COLUMNS, 2.9)
        grid = figure.add_gridspec(2, 3, height_ratios=(1.9, 1))
        curves, derivatives = figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[:, 2])
        capacities = figure.add_subplot(grid[0, 1])
        efficiencies = figure.add_subplot(grid[1, 1], sharex=capacities)
        rows = [
            *_draw_curves(curves, derivatives, analysis),
            *_draw_cycles(capacities, efficiencies, analysis),
        ]
        capacities.tick_params(labelbottom=False)
        figure.align_ylabels([capacities, efficiencies])
        set_title(figure, headline(analysis))
        return Picture(figure, stacked(rows))


def headline(analysis: Analysis) -> str:
    """The cells with efficiency and capacity, and their standard deviations where there are some."""
    names = [cell.name for cell in analysis.cells]
    text = names[0] if len(names) == 1 else f"{len(names)} cells ({', '.join(names)})"
    parts = []
    ice, capacity = analysis.spreads[ICE], analysis.spreads[REVERSIBLE]
    if ice.mean is not None:
        deviation = "" if ice.sd is None else f" ± {100 * ice.sd:.1f}"
        parts.append(per_cent(f"ICE {100 * ice.mean:.1f}{deviation}%"))
    if capacity.mean is not None:
        deviation = "" if capacity.sd is None else f" ± {capacity.sd:.0f}"
        parts.append(f"{capacity.mean:.0f}{deviation} mAh g$^{{-1}}$ in cycle {analysis.last}")
    return f"{_plain(text)}: {', '.join(parts)}" if parts else _plain(text)


def _plain(text: str) -> str:
    """A text in which a dollar sign begins no formula."""
    return text.replace("$", r"\$")


def _label(name: str) -> str:
    """A name as short as a legend; one that begins with an underscore would be left out of it."""
    shortened = name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}\u2026"
    return _plain(f" {shortened}" if shortened.startswith("_") else shortened)


def _chosen(analysis: Analysis) -> list[int]:
    """The cycles to draw: of replicates the first and the last, of one cell some evenly spaced ones."""
    numbers = list(analysis.cycle_numbers)
    if len(analysis.cells) > 1:
        return sorted({numbers[0], analysis.last or numbers[-1]})
    most = min(MOST_CYCLES, len(numbers))
    return [numbers[round(place)] for place in np.linspace(0, len(numbers) - 1, most)]


def _styles(analysis: Analysis) -> Iterator[tuple[str, int, HalfCycleCurve, dict, str]]:
    """Cell, cycle and half-cycle of every curve to draw, its style, and its name in the legend."""
    numbers = _chosen(analysis)
    cycles = ordered_lines(len(numbers))
    several = len(analysis.cells) > 1
    for place, cell in enumerate(analysis.cells):
        for of_cycle, number in zip(cycles, numbers, strict=True):
            results = cell.cycle(number)
            for half in () if results is None else results.cycle.halves:
                style = marked_line(place % MOST_CELLS) if several else dict(of_cycle)
                if several and number == numbers[0] and len(numbers) > 1:
                    style |= {"linestyle": "--", "linewidth": 0.8}
                yield cell.name, number, half, style, cell.name if several else f"cycle {number}"


def _draw_curves(curves, derivatives, analysis: Analysis) -> Iterator[Mapping]:
    """Draw voltage over capacity and dQ/dV; yield the numbers."""
    names: dict[str, dict] = {}
    inside = [0.0]
    for cell, number, half, style, name in _styles(analysis):
        points = half.without_rests_around
        curves.plot(half.capacity[points], half.voltage[points], **style)
        derivative = differential(half)
        slope = (-1 if half.sodiates else 1) * derivative.capacity / 1000
        derivatives.plot(derivative.voltage, slope, **style)
        inside += [slope[ENDS:-ENDS].min(initial=0.0), slope[ENDS:-ENDS].max(initial=0.0)]
        told_apart = ("color", "marker") if len(analysis.cells) > 1 else ("color", "linestyle", "marker")
        names[name] = {part: style[part] for part in told_apart if part in style}
        about = {"Cell": cell, CYCLE: number, "Half-cycle": half.direction.value}
        yield about | {
            "Capacity [mA.h.g-1]": half.capacity[points],
            "Voltage [V]": half.voltage[points],
        }
        yield about | {"Voltage [V]": derivative.voltage, "dQ/dV [A.h.g-1.V-1]": slope}
    for name, style in list(names.items())[:MOST_CELLS]:
        curves.plot([], [], label=_label(name), **style)
    grey = {"color": "grey"}
    if len(names) > MOST_CELLS:
        curves.plot([], [], linestyle="none", label=f"and {len(names) - MOST_CELLS} more")
    numbers = _chosen(analysis)
    if len(analysis.cells) > 1 and len(numbers) > 1:
        curves.plot([], [], linestyle="--", linewidth=0.8, label=f"cycle {numbers[0]}", **grey)
        curves.plot([], [], label=f"cycle {numbers[-1]}", **grey)
    half_cells = all(cell.rules.half_cell for cell in analysis.cells)
    voltage = VOLTAGE if half_cells else "Voltage of the cell / V"
    curves.set(xlabel=CAPACITY, ylabel=voltage)
    curves.set_xlim(left=0)
    curves.legend(loc="best")
    room = 0.05 * (max(inside) - min(inside))
    if room > 0:
        derivatives.set_ylim(min(inside) - room, max(inside) + room)
    derivatives.axhline(0, color="black", linewidth=0.6, zorder=0)
    derivatives.set(xlabel=voltage, ylabel="dQ/dV / Ah g$^{-1}$ V$^{-1}$")


def _draw_cycles(capacities, efficiencies, analysis: Analysis) -> Iterator[Mapping]:
    """Draw capacities and efficiency by cycle, means with standard deviations; yield the numbers."""
    numbers = np.array(analysis.cycle_numbers)
    bars = len(analysis.cells) > 1
    drawn: dict[str, np.ndarray] = {CYCLE: numbers}
    for name, axes, colour, fill, factor in (
        (SODIATION, capacities, "#888888", "none", 1),
        (DESODIATION, capacities, "C0", "full", 1),
        (EFFICIENCY, efficiencies, "C1", "full", 100),
    ):
        spreads = [analysis.spreads_by_cycle[number][name] for number in analysis.cycle_numbers]
        mean = np.array([np.nan if each.mean is None else each.mean for each in spreads])
        sd = np.array([np.nan if each.sd is None else each.sd for each in spreads])
        axes.errorbar(
            numbers,
            factor * mean,
            yerr=factor * np.nan_to_num(sd) if bars else None,
            linestyle="none",
            marker="o",
            markersize=(3.5 if len(numbers) <= 50 else 2) + (1.5 if fill == "none" else 0),
            color=colour,
            fillstyle=fill,
            markeredgewidth=0.8,
            elinewidth=0.8,
            label=name.partition(" ")[0].lower(),
        )
        drawn[name] = mean
        if bars:
            drawn[f"Standard deviation of {name}"] = sd
    capacities.set(ylabel=CAPACITY)
    capacities.set_ylim(0, 1.06 * capacities.dataLim.y1 if capacities.dataLim.y1 > 0 else 1.0)
    capacities.legend(loc="best")
    efficiencies.axhline(100, color="#cccccc", linewidth=0.6, zorder=0)
    known = 100 * drawn[EFFICIENCY][np.isfinite(drawn[EFFICIENCY])]
    included = [*known, *LEAST_EFFICIENCY]
    room = 0.06 * (max(included) - min(included))
    efficiencies.set(xlabel=CYCLE, ylabel="Coulombic\nefficiency / %")
    efficiencies.set_ylim(min(included) - room, max(included) + room)
    efficiencies.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    efficiencies.set_xlim(numbers.min() - 0.5, numbers.max() + 0.5)
    yield drawn
