"""Several materials side by side."""

import textwrap

import pandas as pd

from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import CAPACITY, new_figure, set_title, styled
from coreshell_model.figures.voltage import draw_voltage
from coreshell_model.solution import Solution

LONGEST_LINE = 30
"""Characters that fit above a column."""


def comparison_picture(solutions: list[Solution]) -> Picture:
    """Voltage against capacity, a column a material on shared axes."""
    with styled():
        figure = new_figure(1.2 + 2.2 * len(solutions), 2.7)
        row = figure.subplots(1, len(solutions), sharex=True, sharey=True)
        tables = {}
        for axes, solution in zip(row, solutions, strict=True):
            tables[solution.material.name] = draw_voltage(axes, solution)
            axes.set(title=textwrap.fill(solution.material.name, LONGEST_LINE), xlabel=CAPACITY)
            axes.label_outer()
        set_title(figure, solutions[0].protocol.name)
        return Picture(figure, pd.concat(tables, names=["Material"]).reset_index(level=0))
