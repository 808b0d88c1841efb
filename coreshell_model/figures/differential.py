"""dQ/dV of chosen cycles."""

import pandas as pd

from coreshell_model.figures.chosen import chosen_cycles
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import ONE_COLUMN, gradient, new_figure, set_title, styled, title
from coreshell_model.observables import differential_capacity, in_direction
from coreshell_model.solution import Solution
from coreshell_model.steps import Kind, kind


def differential_picture(solution: Solution) -> Picture:
    """dQ/dV against voltage (31): desodiation above the line, sodiation below, holds left out."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.1, 2.7)
        axes = figure.subplots()
        cycles, rows = chosen_cycles(solution), []
        for (number, name), colour in zip(cycles.items(), gradient(len(cycles)), strict=True):
            for sign, way in ((1, "sodiation"), (-1, "desodiation")):
                steps = [
                    step for step in in_direction(solution, number, sign) if kind(step.text) is not Kind.HOLD
                ]
                found = differential_capacity(solution, steps)
                axes.plot(
                    found.voltage,
                    -sign * found.capacity / 1000,
                    color=colour,
                    label=name if sign > 0 else None,
                )
                rows.append(
                    pd.DataFrame(
                        {
                            "Cycle": number,
                            "Half-cycle": way,
                            "Voltage [V]": found.voltage,
                            "dQ/dV [A.h.g-1.V-1]": -sign * found.capacity / 1000,
                        }
                    )
                )
        axes.axhline(0, color="black", linewidth=0.6, zorder=0)
        axes.set(xlabel="Voltage against Na / V", ylabel="dQ/dV / Ah g$^{-1}$ V$^{-1}$")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, title(solution))
        return Picture(figure, pd.concat(rows, ignore_index=True) if rows else pd.DataFrame())
