"""Bands over the draws of a posterior, as every figure of predictions draws them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.intervals import MEDIAN, NARROW, WIDE, column_of, end_columns
from coreshell_model.show.figures.labels import axis_label
from coreshell_model.show.figures.palette import BLUE
from coreshell_model.show.figures.picture import TWO_COLUMNS, Picture, new_figure, set_title, styled

OPACITY = {WIDE: 0.2, NARROW: 0.35}
"""Opacity of the bands, the wide one first, over which the narrow one is drawn."""

BAR = 8.0
"""Width of the bar of an interval of a single number [points]."""


def fill_band(panel: Any, x: Any, low: Any, high: Any, width: int, where: Any = None) -> None:
    """Fill the interval of this width along a curve."""
    panel.fill_between(
        x, low, high, where=where, alpha=OPACITY[width], linewidth=0, color=BLUE, label=f"{width} % of draws"
    )


def rate_bands_picture(table: pd.DataFrame, names: Sequence[str], title: str) -> Picture:
    """Median, 68 and 95 % intervals at each rate, in the order of the test, a panel for each quantity.

    Parameters
    ----------
    table : a row for each block of cycles, as ``rate_table`` gives it
    names : of the quantities, with units
    title : of the figure
    """
    with styled():
        figure = new_figure(TWO_COLUMNS, 2.9)
        panels = np.atleast_1d(figure.subplots(1, len(names)))
        places = np.arange(len(table))
        for panel, name in zip(panels, names, strict=True):
            for width in OPACITY:
                low, high = (_column(table, name, end) for end in end_columns(width))
                if np.isfinite(low).any():
                    panel.vlines(
                        places,
                        low,
                        high,
                        color=BLUE,
                        alpha=OPACITY[width],
                        linewidth=BAR,
                        label=f"{width} % of draws",
                    )
            panel.plot(places, _column(table, name, MEDIAN), "_", color=BLUE, markersize=9, label="median")
            panel.set_xticks(places, table["Rate"])
            panel.set(xlabel="Rate, in the order of the test", ylabel=axis_label(name))
            panel.set_xlim(-0.5, len(table) - 0.5)
            panel.set_ylim(bottom=0)
        handles, labels = panels[0].get_legend_handles_labels()  # outside, where it covers no bar
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
        set_title(figure, title)
        return Picture(figure, table)


def _column(table: pd.DataFrame, name: str, part: str) -> np.ndarray:
    """The column of the median or of an end of a quantity; NaN where it is not stated."""
    column = column_of(name, part)
    return table[column].to_numpy(float) if column in table else np.full(len(table), np.nan)
