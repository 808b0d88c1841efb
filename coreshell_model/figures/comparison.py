"""Several materials side by side."""

import pandas as pd

from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import CAPACITY, new_figure, styled
from coreshell_model.figures.voltage import draw_voltage
from coreshell_model.solution import Solution


def comparison_picture(solutions: list[Solution]) -> Picture:
    """Voltage against capacity, a column a material on shared axes."""
    with styled():
        figure = new_figure(1.2 + 2.2 * len(solutions), 2.7)
        row = figure.subplots(1, len(solutions), sharex=True, sharey=True)
        tables = {}
        for axes, solution in zip(row, solutions, strict=True):
            tables[solution.material.name] = draw_voltage(axes, solution)
            axes.set(title=solution.material.name, xlabel=CAPACITY)
            axes.label_outer()
        return Picture(figure, pd.concat(tables, names=["Material"]).reset_index(level=0))
