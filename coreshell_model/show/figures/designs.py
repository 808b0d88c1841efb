"""Pictures of designs: maps over two variables, cuts along one, a front beside measured carbons."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patheffects import withStroke

from coreshell_model.show.figures.labels import axis_label
from coreshell_model.show.figures.picture import (
    CAPACITY,
    LINE_HEIGHT,
    ONE_COLUMN,
    TWO_COLUMNS,
    Picture,
    new_figure,
    set_title,
    styled,
)

EFFICIENCY = "Initial coulombic efficiency / %"
LEVELS = 14

FEW = 200
"""Designs that a map marks with dots, which show that values between them are interpolated; of more, none."""

EDGE = 0.06
"""Share of a panel along its edges where contour lines have no label."""

IN_A_LINE = 45
"""Characters of the legend of a map's marks that stand side by side below one panel."""

LABELS_APART = 18.0
"""Least distance of the labels of contour lines [points]."""


def map_picture(
    tables: Mapping[str, pd.DataFrame],
    axes: Sequence[tuple[str, bool]],
    name: str,
    marks: Mapping[str, tuple[float, float]],
) -> Picture:
    """A quantity over two variables, a panel for each table, all on one scale.

    Parameters
    ----------
    tables : rows of designs by heading
    axes : the columns of the variables, and whether they are on a logarithmic scale
    name : the column of the quantity
    marks : points to mark, by their names in the legend; in the numbers they are rows without the quantity
    """
    (x, x_log), (y, y_log) = axes
    with styled():
        figure = new_figure(0.9 + (ONE_COLUMN - 0.9) * len(tables), 3.1 if marks else 2.9)
        row = np.atleast_1d(figure.subplots(1, len(tables), sharex=True, sharey=True))
        levels = _levels(np.concatenate([table[name].to_numpy(float) for table in tables.values()]))
        areas = None
        for panel, (heading, table) in zip(row, tables.items(), strict=True):
            grid = table.pivot(index=y, columns=x, values=name).sort_index()
            if levels is not None and min(grid.shape) > 1:
                surface = (grid.columns, grid.index, grid.to_numpy(float), levels)
                areas = panel.contourf(*surface, extend="both")
                _label_lines(panel, panel.contour(*surface, colors="white", linewidths=0.5))
            if len(table) <= FEW:
                panel.plot(table[x], table[y], ".", color="black", markersize=1.5)
            for number, (point, label) in enumerate(labels_by_point(marks).items()):
                _mark(panel, *point, number, label)
            panel.set(title=heading, xlabel=axis_label(x), xscale="log" if x_log else "linear")
            panel.set(ylabel=axis_label(y), yscale="log" if y_log else "linear")
            _plain_ticks(panel, x_log, y_log)
            panel.label_outer()
        if marks:  # beside the panels, where it covers no label of a contour line
            handles, names = row[0].get_legend_handles_labels()
            columns = len(names) if sum(map(len, names)) <= IN_A_LINE * len(tables) else 1
            figure.legend(handles, names, loc="outside lower center", ncols=columns, fontsize=6)
            figure.set_figheight(figure.get_figheight() + LINE_HEIGHT * (len(names) // columns - 1))
        if areas is not None:
            figure.colorbar(areas, ax=list(row), label=axis_label(name))
        parts = {heading: table[[x, y, name]] for heading, table in tables.items()}
        for label, point in marks.items():
            parts[f"marked: {label}"] = pd.DataFrame([point], columns=[x, y])
        numbers = pd.concat(parts, names=["Map"])
        return Picture(figure, numbers.reset_index(level=0))


def labels_by_point(marks: Mapping[str, tuple[float, float]]) -> dict[tuple[float, float], str]:
    """The marked points, each with the names of all that lie there, of which one would hide the others."""
    labels: dict[tuple[float, float], str] = {}
    for label, point in marks.items():
        labels[point] = f"{labels[point]}; {label}" if point in labels else label
    return labels


def _mark(panel: Any, x: float, y: float, number: int, label: str) -> None:
    """Draw a design that is marked, the material as it is first, in a shape of its own."""
    panel.plot(
        [x],
        [y],
        "sDo^"[number % 4],
        color="black",
        markerfacecolor="white",
        linestyle="none",
        label=label,
        zorder=4,
        clip_on=False,  # whole, also at an end of the range
    )


def cuts_picture(
    table: pd.DataFrame,
    by: str,
    along: str,
    log: bool,
    names: Sequence[str],
    title: str,
    marks: Mapping[str, Mapping[str, float]] | None = None,
) -> Picture:
    """Quantities along one variable, a panel for each quantity, a line for each value of a column.

    Parameters
    ----------
    table : rows of designs
    by, along : the columns of the lines, and of the variable
    log : whether the variable is on a logarithmic scale
    names : columns of the quantities
    title : of the figure
    marks : designs to mark, by their names in the legend, with their numbers by column
    """
    with styled():
        figure = new_figure(min(0.4 + 2.3 * len(names), 2 * TWO_COLUMNS), 2.6)
        row = np.atleast_1d(figure.subplots(1, len(names), sharex=True))
        for panel, name in zip(row, names, strict=True):
            for heading, designs in table.groupby(by, sort=False):
                line = designs.dropna(subset=[name]).sort_values(along)
                panel.plot(line[along], line[name], label=heading)
            for number, (label, design) in enumerate((marks or {}).items()):
                _mark(panel, design.get(along, np.nan), design.get(name, np.nan), number, label)
            panel.set(xlabel=axis_label(along), ylabel=axis_label(name), xscale="log" if log else "linear")
            _plain_ticks(panel, log, False)
        row[0].legend(title=by)
        set_title(figure, title)
        marked = [{by: f"marked: {label}", **design} for label, design in (marks or {}).items()]
        numbers = pd.concat([table, pd.DataFrame(marked)]) if marked else table
        return Picture(figure, numbers.reindex(columns=[by, along, *names]))


def front_picture(
    designs: pd.DataFrame,
    others: pd.DataFrame,
    bands: pd.DataFrame,
    bound: float,
    title: str,
    marks: Mapping[str, Mapping[str, float]] | None = None,
) -> Picture:
    """Initial coulombic efficiency against reversible capacity: designs, their bands, measured carbons.

    Parameters
    ----------
    designs : the front, columns named as the quantities
    others : measured carbons with their errors, as ``literature`` returns them
    bands : "x low", "x high", "y low", "y high" of each design; empty without bands
    bound : capacity of sodium that fills all pores [mA.h.g-1]
    title : of the figure
    marks : designs to mark, by their names in the legend, with their numbers by column
    """
    x, y = "Reversible capacity [mA.h.g-1]", "Initial coulombic efficiency"
    with styled():
        figure = new_figure(TWO_COLUMNS * 0.62, 3.1)
        axes = figure.subplots()
        if len(bands):
            capacity, efficiency = designs[x].to_numpy(float), 100 * designs[y].to_numpy(float)
            axes.hlines(efficiency, bands["x low"], bands["x high"], color="#bbbbbb", linewidth=0.8)
            axes.vlines(capacity, 100 * bands["y low"], 100 * bands["y high"], color="#bbbbbb", linewidth=0.8)
        axes.plot(designs[x], 100 * designs[y], "o-", color="C0", linewidth=0.8, label="front of designs")
        for number, carbon in enumerate(others.to_dict("records")):
            axes.errorbar(
                carbon[x],
                100 * carbon[y],
                xerr=carbon["Reversible capacity error"],
                yerr=100 * carbon[f"{y} error"],
                fmt="sD^vP*X"[number % 7],
                color="C1" if carbon["Kind"] == "measured" else "C2",
                linestyle="none",
                elinewidth=0.8,
                label=_name_with_authors(carbon),
            )
        marked = {
            label: (design.get(x, np.nan), design.get(y, np.nan)) for label, design in (marks or {}).items()
        }
        for number, (label, (capacity, efficiency)) in enumerate(marked.items()):
            _mark(axes, capacity, 100 * efficiency, number, label)
        axes.axvline(bound, color="#888888", linestyle="--", linewidth=0.8)
        axes.annotate(
            "pores full of sodium",
            (bound, 0.02),
            xycoords=("data", "axes fraction"),
            rotation=90,
            xytext=(-7, 0),
            textcoords="offset points",
            fontsize=6,
            color="#666666",
        )
        axes.set(xlabel=f"Reversible {CAPACITY[0].lower()}{CAPACITY[1:]}", ylabel=EFFICIENCY)
        axes.set(xlim=(0, 1.05 * bound), ylim=(0, 100))
        axes.legend(loc="lower right", bbox_to_anchor=(0.92, 0.0), fontsize=6)
        set_title(figure, title)
        front = designs[[x, y]].assign(Kind="front", Name="", Source="this search").join(bands)
        rows = pd.DataFrame(
            [{x: place[0], y: place[1], "Kind": "marked", "Name": label} for label, place in marked.items()]
        )
        return Picture(figure, pd.concat([front, others, rows], ignore_index=True))


def _name_with_authors(carbon: Mapping[str, Any]) -> str:
    """The name of a carbon of the literature with the authors that its source begins with."""
    name, source = str(carbon["Name"]), re.match(r"[^,]*et al\.", str(carbon["Source"]))
    if source is None:
        return name
    authors = source[0]
    return f"{name} et al." if name.endswith(authors.removesuffix(" et al.")) else f"{name}, {authors}"


def _label_lines(panel: Any, lines: Any) -> None:
    """Label contour lines with their levels, outlined, and hide labels near an edge or near another label."""
    outline = [withStroke(linewidth=1.2, foreground="#333333")]
    apart, labelled = LABELS_APART * panel.figure.dpi / 72, []
    for text in panel.clabel(lines, fontsize=6, inline=False):
        text.set_path_effects(outline)
        pixel = panel.transData.transform(text.get_position())
        share = panel.transAxes.inverted().transform(pixel)
        inside = ((share > EDGE) & (share < 1 - EDGE)).all()
        free = all(np.hypot(*(pixel - other)) > apart for other in labelled)
        text.set_visible(bool(inside and free))
        if text.get_visible():
            labelled.append(pixel)


def _plain_ticks(panel: Any, x_log: bool, y_log: bool) -> None:
    """Plain numbers 1, 2, 5, 10, 20 along logarithmic axes."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    for axis, log in ((panel.xaxis, x_log), (panel.yaxis, y_log)):
        if log:
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.set_minor_formatter(NullFormatter())


def _levels(values: np.ndarray) -> np.ndarray | None:
    """Round levels from the 2 % quantile of the values to the highest; None where all values are equal."""
    values = values[np.isfinite(values)]
    if not len(values) or np.isclose(values.min(), values.max()):
        return None
    from matplotlib.ticker import MaxNLocator

    low, high = np.quantile(values, [0.02, 1.0])
    levels = np.asarray(MaxNLocator(LEVELS).tick_values(low, high))
    return levels if len(levels) > 1 else None
