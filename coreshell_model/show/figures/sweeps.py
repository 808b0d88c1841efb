"""Results of a sweep over the variables of its axes."""

from collections.abc import Sequence

import pandas as pd

from coreshell_model.show.figures.picture import Picture, gradient, new_figure, set_title, styled

PANEL = 2.6
"""Width and height [inches] of the panel of one result."""

IN_A_ROW = 3

MOST_AXES = 2
"""Axes of a sweep that can be drawn: one along a panel, and one from line to line."""


def sweep_picture(table: pd.DataFrame, axes: Sequence[str], results: Sequence[str], title: str) -> Picture:
    """Each result against the first axis, a line for each value of the second where there is one.

    Parameters
    ----------
    table : a row for each solved point, with a column for each axis and each result
    axes : names of one or two columns, units in brackets
    results : names of the columns to draw, each in a panel
    title : of the figure
    """
    along, *others = axes
    rows = -(-len(results) // IN_A_ROW)
    columns = min(len(results), IN_A_ROW)
    with styled():
        figure = new_figure(PANEL * columns + (1.2 if others else 0.0), PANEL * rows)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        lines = [(None, table)] if not others else list(table.groupby(others[0]))
        for result, panel in zip(results, panels, strict=False):
            for (value, points), colour in zip(lines, gradient(len(lines)), strict=True):
                sorted_points = points.sort_values(along)
                label = None if value is None else f"{value:.4g}"
                panel.plot(sorted_points[along], sorted_points[result], ".-", color=colour, label=label)
            panel.set(xlabel=_label(along), ylabel=_label(result))
        for panel in panels[len(results) :]:
            panel.remove()
        if others:
            panels[min(columns, len(results)) - 1].legend(
                title=_label(others[0]), loc="upper left", bbox_to_anchor=(1.0, 1.0)
            )
        set_title(figure, title)
        return Picture(figure, table.loc[:, [*axes, *results]].reset_index(drop=True))


def _label(name: str) -> str:
    """A column's name as the label of an axis, with the unit behind a slash."""
    quantity, bracket, unit = name.rpartition(" [")
    if not bracket:
        return name
    factors = unit.removesuffix("]").replace("A.h", "Ah").split(".")
    return f"{quantity} / {' '.join(_power(factor) for factor in factors)}"


def _power(unit: str) -> str:
    """A unit such as "g-1" with its power as a superscript."""
    letters = unit.rstrip("-0123456789")
    return f"{letters}$^{{{unit[len(letters) :]}}}$" if letters != unit else unit
