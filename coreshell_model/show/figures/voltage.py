"""Voltage against capacity of one run or of several, its derivative, and beside a measurement."""

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
    stacked,
    styled,
    title,
)

MOST_CURVES = 8
"""Cycles that are all drawn; of more, a picture shows some."""


def chosen_cycles(solution: Solution) -> dict[int, str]:
    """The cycles to draw, with their names in the legend.

    Of many cycles these are the last of each block of equal rate, or without several blocks some evenly
    spaced ones; the first and the last cycle are always among them.
    """
    cycles = sorted({step.cycle for step in solution.steps if not step.skipped})
    blocks = rate_blocks(solution.protocol)
    if len(blocks) > 1 and len(cycles) > MOST_CURVES:
        rates = {1: blocks[0].label} | {block.cycles[-1]: block.label for block in blocks}
        names = {cycle: f"{rates[cycle]}, cycle {cycle}" for cycle in sorted(rates) if cycle in cycles}
        return names | {cycle: f"cycle {cycle}" for cycle in cycles[-1:] if cycle not in names}
    if len(cycles) > MOST_CURVES:
        indices = {round(i * (len(cycles) - 1) / (MOST_CURVES - 1)) for i in range(MOST_CURVES)}
        cycles = [cycles[index] for index in sorted(indices)]
    return {cycle: f"cycle {cycle}" for cycle in cycles}


FEW = 4
"""Curves that a legend inside the axes all names; of more it names the first and the last."""


def voltage_picture(solution: Solution) -> Picture:
    """Voltage against the capacity of the cycle, one colour for each cycle."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.1, 2.7)
        axes = figure.subplots()
        numbers = draw_voltage(axes, solution, outside=True)
        set_title(figure, title(solution))
        return Picture(figure, numbers)


def headline(solution: Solution) -> str:
    """The title with the initial coulombic efficiency and the reversible capacity, where there are both."""
    efficiency, capacity = initial_coulombic_efficiency(solution), reversible_capacity(solution)
    if efficiency is None or capacity is None:
        return title(solution)
    return per_cent(f"{title(solution)}: ICE {efficiency:.1%}, {capacity:.0f} mAh g$^{{-1}}$")


def draw_voltage(axes, solution: Solution, outside: bool = False) -> pd.DataFrame:
    """Draw each cycle from its own start: sodiation to the right, desodiation back, holds dotted.

    ``outside`` puts the legend beside the axes, where it names every curve. Returns the numbers drawn.
    """
    cycles = chosen_cycles(solution)
    curves, has_hold = [], False
    for (cycle, name), colour in zip(cycles.items(), gradient(len(cycles)), strict=True):
        curve = cycle_curve(solution, cycle)
        curves.append(curve)
        for step in solution.cycle_steps(cycle):
            points = curve[curve["Step"] == step.number]
            is_hold = step.asked.kind is Kind.HOLD
            has_hold = has_hold or is_hold
            line = ":" if is_hold else "-"
            axes.plot(
                points["Capacity of the cycle [mA.h.g-1]"],
                points["Voltage [V]"],
                color=colour,
                linestyle=line,
            )
        if outside or len(cycles) <= FEW or cycle in (min(cycles), max(cycles)):
            axes.plot([], [], color=colour, label=name)
    if has_hold:
        axes.plot([], [], ":", color="grey", label="hold")
    axes.set(xlabel=CAPACITY, ylabel=VOLTAGE)
    axes.set_ylim(bottom=-0.05)
    if curves:
        place = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)} if outside else {"loc": "best"}
        axes.legend(**place)
    columns = ["Cycle", "Step", "Capacity of the cycle [mA.h.g-1]", "Voltage [V]"]
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)


def cycle_curve(solution: Solution, cycle: int) -> pd.DataFrame:
    """Capacity since the start of the cycle, and voltage, at every point of the cycle."""
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
"""Characters that fit in a line above a panel."""


def comparison_picture(solutions: list[Solution], names: Sequence[str] | None = None) -> Picture:
    """Voltage against capacity on shared axes, a panel for each solution; ``names`` default to materials."""
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
    """dQ/dV against voltage (31): desodiation above zero, sodiation below, holds left out."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.1, 2.7)
        axes = figure.subplots()
        cycles, rows = chosen_cycles(solution), []
        for (cycle, name), colour in zip(cycles.items(), gradient(len(cycles)), strict=True):
            for sign, half_cycle in ((1, "sodiation"), (-1, "desodiation")):
                steps = in_direction(solution, cycle, sign)
                curve = differential_capacity(
                    solution, [step for step in steps if step.asked.kind is not Kind.HOLD]
                )
                derivative = -sign * curve.capacity / 1000
                axes.plot(curve.voltage, derivative, color=colour, label=name if sign > 0 else None)
                rows.append(
                    {
                        "Cycle": cycle,
                        "Half-cycle": half_cycle,
                        "Voltage [V]": curve.voltage,
                        "dQ/dV [A.h.g-1.V-1]": derivative,
                    }
                )
        axes.axhline(0, color="black", linewidth=0.6, zorder=0)
        axes.set(xlabel="Voltage against Na / V", ylabel="dQ/dV / Ah g$^{-1}$ V$^{-1}$")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        set_title(figure, title(solution))
        return Picture(figure, stacked(rows))


MEASURED, SIMULATED = "#3b3b3b", "#e6550d"


def overlay_picture(overlay: Overlay, title: str) -> Picture:
    """Measured and simulated voltage over time, and below them their difference in millivolts."""
    with styled():
        figure = new_figure(5.2, 4.0)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
        hours = overlay.time / 3600
        upper.plot(hours, overlay.measured, color=MEASURED, label="measured")
        upper.plot(hours, overlay.simulated, color=SIMULATED, linestyle="--", label="simulated")
        upper.set_ylabel(VOLTAGE)
        upper.legend(loc="best")
        set_title(figure, f"{title}: RMSE {overlay.rmse:.3g} mV")
        lower.axhline(0, color="grey", linewidth=0.6)
        lower.plot(hours, 1e3 * overlay.residuals, color=SIMULATED)
        lower.set(xlabel="Time / h", ylabel="Residual / mV")
        return Picture(figure, overlay.table())
