"""Voltage against capacity: of one run, of several, its derivative, and over a measurement."""

import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd

from coreshell_model.data.overlay import Overlay
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.capacity import (
    in_direction,
    initial_coulombic_efficiency,
    reversible_capacity,
)
from coreshell_model.observe.rates import rate_blocks
from coreshell_model.observe.windows import differential_capacity
from coreshell_model.run.solution import Solution
from coreshell_model.show.figures.picture import (
    CAPACITY,
    ONE_COLUMN,
    VOLTAGE,
    Picture,
    gradient,
    new_figure,
    per_cent,
    set_title,
    styled,
    title,
)

MOST_CURVES = 8
"""Cycles beyond which a picture shows some of them."""


def chosen_cycles(solution: Solution) -> dict[int, str]:
    """Cycles to draw with their names: of several rates the last cycle of each block, else some of all.

    The first and the last cycle are always there.
    """
    taken = sorted({step.cycle for step in solution.steps if not step.skipped})
    blocks = rate_blocks(solution.protocol)
    if len(blocks) > 1 and len(taken) > MOST_CURVES:
        ends = {block.cycles[-1]: block.label for block in blocks}
        names = {1: blocks[0].label} | ends
        found = {cycle: f"{names[cycle]}, cycle {cycle}" for cycle in sorted(names) if cycle in taken}
        return found | {cycle: f"cycle {cycle}" for cycle in taken[-1:] if cycle not in found}
    if len(taken) > MOST_CURVES:
        places = {round(i * (len(taken) - 1) / (MOST_CURVES - 1)) for i in range(MOST_CURVES)}
        taken = [taken[place] for place in sorted(places)]
    return {cycle: f"cycle {cycle}" for cycle in taken}


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
            holds = step.asked.kind is Kind.HOLD
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


def differential_picture(solution: Solution) -> Picture:
    """dQ/dV against voltage (31): desodiation above the line, sodiation below, holds left out."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.1, 2.7)
        axes = figure.subplots()
        cycles, rows = chosen_cycles(solution), []
        for (number, name), colour in zip(cycles.items(), gradient(len(cycles)), strict=True):
            for sign, way in ((1, "sodiation"), (-1, "desodiation")):
                steps = [
                    step for step in in_direction(solution, number, sign) if step.asked.kind is not Kind.HOLD
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


MEASURED, SIMULATED = "#3b3b3b", "#e6550d"


def overlay_picture(laid: Overlay, title: str) -> Picture:
    """Both voltages, and below them simulated less measured in millivolts."""
    with styled():
        figure = new_figure(5.2, 4.0)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
        hours = laid.time / 3600
        upper.plot(hours, laid.measured, color=MEASURED, label="measured")
        upper.plot(hours, laid.simulated, color=SIMULATED, linestyle="--", label="simulated")
        upper.set_ylabel(VOLTAGE)
        upper.legend(loc="best")
        set_title(figure, f"{title}: RMSE {laid.rmse:.3g} mV")
        lower.axhline(0, color="grey", linewidth=0.6)
        lower.plot(hours, 1e3 * laid.residuals, color=SIMULATED)
        lower.set(xlabel="Time / h", ylabel="Residual / mV")
        return Picture(figure, laid.table())
