"""Several materials side by side."""

import textwrap
from collections.abc import Sequence

import pandas as pd

from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import CAPACITY, new_figure, set_title, styled
from coreshell_model.figures.voltage import draw_voltage
from coreshell_model.solution import Solution

LONGEST_LINE = 30
"""Characters that fit above a column."""


def comparison_picture(solutions: list[Solution], names: Sequence[str] | None = None) -> Picture:
    """Voltage against capacity, a column a solution on shared axes, under these names or the materials'."""
    names = names or [solution.material.name for solution in solutions]
    with styled():
        figure = new_figure(1.2 + 2.2 * len(solutions), 2.7)
        row = figure.subplots(1, len(solutions), sharex=True, sharey=True)
        tables = {}
        for axes, name, solution in zip(row, names, solutions, strict=True):
            tables[name] = draw_voltage(axes, solution)
            axes.set(title=textwrap.fill(name, LONGEST_LINE), xlabel=CAPACITY)
            axes.label_outer()
        set_title(figure, solutions[0].protocol.name)
        return Picture(figure, pd.concat(tables, names=["Material"]).reset_index(level=0))
