"""Results of a sweep over the variables of its axes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coreshell_model.base.tables import shown_setting
from coreshell_model.show.figures.labels import axis_label
from coreshell_model.show.figures.palette import ordered_points
from coreshell_model.show.figures.picture import Picture, new_figure, set_title, styled

PANEL = 2.6
"""Width and height [inches] of the panel of one result."""

IN_A_ROW = 3

MOST_AXES = 2
"""Axes of a sweep that can be drawn: one along a panel, and one from line to line."""

MOST_PANELS = 8
"""Results that are drawn; further ones are in the table alone."""

LEAST_CHANGE = 1e-6
"""Change over a sweep, as a share of the largest value, below which a result is constant."""

NOTHING = 1e-9
"""Change of a result, in its unit, that is noise of the solver around zero."""


def sweep_picture(
    table: pd.DataFrame, axes: Sequence[str], results: Sequence[str], title: str, named: bool = False
) -> Picture:
    """Each result against the first axis, a line for each value of the second where there is one.

    A result that does not change, or that no point has, has no panel, and of ``MOST_PANELS`` and more results
    the first ones are drawn; the figure says what it leaves out. Its table has all results.

    Parameters
    ----------
    table : a row for each solved point, with a column for each axis and each result
    axes : names of one or two columns, units in brackets
    results : names of the columns of the results, those to draw first at the beginning
    title : of the figure
    named : draw all results that change, since the user named them
    """
    along, *others = axes
    changing = [name for name in results if changes(table[name].to_numpy(float))]
    shown = changing if named else changing[:MOST_PANELS]
    rows, columns = -(-max(len(shown), 1) // IN_A_ROW), min(max(len(shown), 1), IN_A_ROW)
    with styled():
        figure = new_figure(PANEL * columns + (1.2 if others and shown else 0.0), PANEL * rows)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        lines = [(None, table)] if not others else list(table.groupby(others[0]))
        for result, panel in zip(shown, panels, strict=False):
            for (value, points), style in zip(lines, ordered_points(len(lines)), strict=True):
                sorted_points = points.sort_values(along)
                label = None if value is None else shown_setting(float(points[others[0]].iloc[0]))
                panel.plot(sorted_points[along], sorted_points[result], "-", **style, label=label)
            panel.set(xlabel=axis_label(along), ylabel=axis_label(result))
        for panel in panels[len(shown) :]:
            panel.remove()
        if others and shown:
            panels[min(columns, len(shown)) - 1].legend(
                title=axis_label(others[0]), loc="upper left", bbox_to_anchor=(1.0, 1.0)
            )
        set_title(figure, ". ".join([title, *_left_out(results, changing, shown)]))
        return Picture(figure, table.loc[:, [*axes, *results]].reset_index(drop=True))


def changes(values: np.ndarray) -> bool:
    """Whether a result changes over the points of a sweep by more than noise."""
    numbers = values[np.isfinite(values)]
    if not numbers.size:
        return False
    change = numbers.max() - numbers.min()
    return bool(change > NOTHING and change > LEAST_CHANGE * np.abs(numbers).max())


def _left_out(results: Sequence[str], changing: Sequence[str], shown: Sequence[str]) -> list[str]:
    """What the title says of the results that have no panel; all of them are columns of the table."""
    constant = [_name(name) for name in results if name not in changing]
    further = [_name(name) for name in changing if name not in shown]
    texts = [f"Constant: {', '.join(constant)}"] if constant else []
    return texts + ([f"Only in the CSV: {', '.join(further)}"] if further else [])


def _name(column: str) -> str:
    return column.partition(" [")[0]
