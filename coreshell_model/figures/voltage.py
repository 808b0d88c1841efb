"""Voltage against capacity."""

import numpy as np
import pandas as pd

from coreshell_model.figures.chosen import chosen_cycles
from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import (
    CAPACITY,
    ONE_COLUMN,
    VOLTAGE,
    gradient,
    new_figure,
    per_cent,
    set_title,
    styled,
    title,
)
from coreshell_model.observables import initial_coulombic_efficiency, reversible_capacity
from coreshell_model.solution import Solution
from coreshell_model.steps import Kind, kind

FEW = 4
"""Curves up to which the legend names only the first and the last."""


def voltage_picture(solution: Solution) -> Picture:
    """Voltage against the capacity of the cycle, a line a cycle."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.1, 2.7)
        axes = figure.subplots()
        numbers = draw_voltage(axes, solution, outside=True)
        set_title(figure, title(solution))
        return Picture(figure, numbers)


def headline(solution: Solution) -> str:
    """What was run, and the two numbers that everyone looks for."""
    efficiency, capacity = initial_coulombic_efficiency(solution), reversible_capacity(solution)
    if efficiency is None or capacity is None:
        return title(solution)
    return per_cent(f"{title(solution)}: ICE {efficiency:.1%}, {capacity:.0f} mAh g$^{{-1}}$")


def draw_voltage(axes, solution: Solution, outside: bool = False) -> pd.DataFrame:
    """Each cycle from its own start: sodiation to the right, desodiation back, holds dotted."""
    cycles = chosen_cycles(solution)
    tables, held = [], False
    for (number, name), colour in zip(cycles.items(), gradient(len(cycles)), strict=True):
        table = cycle_curve(solution, number)
        tables.append(table)
        for step in solution.cycle_steps(number):
            here = table[table["Step"] == step.number]
            holds = kind(step.text) is Kind.HOLD
            held = held or holds
            axes.plot(
                here["Capacity of the cycle [mA.h.g-1]"],
                here["Voltage [V]"],
                color=colour,
                linestyle=":" if holds else "-",
            )
        if outside or len(cycles) <= FEW or number in (min(cycles), max(cycles)):
            axes.plot([], [], color=colour, label=name)
    if held:
        axes.plot([], [], ":", color="grey", label="hold")
    axes.set(xlabel=CAPACITY, ylabel=VOLTAGE)
    axes.set_ylim(bottom=-0.05)
    if tables:
        place = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)} if outside else {"loc": "best"}
        axes.legend(**place)
    columns = ["Cycle", "Step", "Capacity of the cycle [mA.h.g-1]", "Voltage [V]"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def cycle_curve(solution: Solution, cycle: int) -> pd.DataFrame:
    """Capacity since the start of the cycle, and voltage, of every point of it."""
    steps = solution.cycle_steps(cycle)
    points = slice(steps[0].points.start, steps[-1].points.stop)
    charge = solution["Specific capacity [mA.h.g-1]"][points]
    numbers = np.concatenate([np.full(step.points.stop - step.points.start, step.number) for step in steps])
    return pd.DataFrame(
        {
            "Cycle": cycle,
            "Step": numbers,
            "Capacity of the cycle [mA.h.g-1]": charge - charge[0],
            "Voltage [V]": solution["Voltage [V]"][points],
        }
    )
