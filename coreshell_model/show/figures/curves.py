"""Voltage over capacity and over time, side by side: the first look at a solution."""

import numpy as np

from coreshell_model.run.solution import Solution
from coreshell_model.show.figures.palette import ordered_lines
from coreshell_model.show.figures.picture import (
    TWO_COLUMNS,
    VOLTAGE,
    Picture,
    new_figure,
    set_title,
    styled,
    title,
)
from coreshell_model.show.figures.voltage import (
    AGAINST_REFERENCE,
    CELL,
    chosen_cycles,
    controlled,
    draw_voltage,
)

DRAWN_WIDTH = 0.8
"""Width of the lines over time [points]: many cycles lie close together."""


def curves_picture(solution: Solution) -> Picture:
    """Voltage over the capacity of each cycle on the left, and over time, all cycles, on the right."""
    with styled():
        figure = new_figure(TWO_COLUMNS, 2.9)
        left, right = figure.subplots(1, 2, sharey=True)
        numbers = draw_voltage(left, solution)
        drawn, hours = controlled(solution), solution["Time [s]"] / 3600
        styles = dict(zip(chosen_cycles(solution), ordered_lines(len(chosen_cycles(solution))), strict=True))
        for step in solution.steps:
            if not step.skipped:
                style = styles.get(step.cycle, {"color": "grey"})
                right.plot(hours[step.points], solution[drawn][step.points], **style, linewidth=DRAWN_WIDTH)
        right.set(xlabel="Time / h", ylabel=VOLTAGE if drawn == CELL else AGAINST_REFERENCE)
        right.label_outer()
        set_title(figure, title(solution))
        chosen = np.concatenate(
            [hours[step.points] for cycle in chosen_cycles(solution) for step in solution.cycle_steps(cycle)]
        )
        return Picture(figure, numbers.assign(**{"Time [h]": chosen}))
