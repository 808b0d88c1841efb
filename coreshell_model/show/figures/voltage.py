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
from coreshell_model.show.figures.palette import DARK, VERMILION, ordered_lines
from coreshell_model.show.figures.picture import (
    CAPACITY,
    CELL_VOLTAGE,
    ONE_COLUMN,
    VOLTAGE,
    Picture,
    new_figure,
    per_cent,
    set_title,
    stacked,
    styled,
    title,
)

CELL, WORKING = "Voltage [V]", "Working electrode against a reference [V]"

AGAINST_REFERENCE = "Potential against the reference / V"

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
"""Curves that a legend inside the axes names; one of more stands below them."""


def controlled(solution: Solution) -> str:
    """The voltage that the protocol controls: the cell's, or the working electrode's against a reference."""
    return WORKING if any(step.asked.against_reference for step in solution.steps) else CELL


def voltage_picture(solution: Solution) -> Picture:
    """Voltage against the capacity of the cycle, one colour for each cycle."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.1, 2.7)
        axes = figure.subplots()
        numbers = draw_voltage(axes, solution, beside=True)
        set_title(figure, title(solution))
        return Picture(figure, numbers)


def headline(solution: Solution) -> str:
    """The title with the initial coulombic efficiency and the reversible capacity, where there are both."""
    efficiency, capacity = initial_coulombic_efficiency(solution), reversible_capacity(solution)
    if efficiency is None or capacity is None:
        return title(solution)
    name = "first cycle" if solution.is_full else "ICE"
    return per_cent(f"{title(solution)}: {name} {efficiency:.1%}, {capacity:.0f} mAh g$^{{-1}}$")


def draw_voltage(axes, solution: Solution, beside: bool = False) -> pd.DataFrame:
    """Draw each cycle from its own start: sodiation to the right, desodiation back, holds dotted.

    The legend names every curve: inside the axes or, of many curves, below them; with ``beside``, beside
    them. A protocol with a reference has the working electrode's potential against it drawn. Returns the
    numbers drawn.
    """
    cycles, drawn = chosen_cycles(solution), controlled(solution)
    curves, has_hold = [], False
    for (cycle, name), style in zip(cycles.items(), ordered_lines(len(cycles)), strict=True):
        curve = cycle_curve(solution, cycle)
        curves.append(curve)
        for step in solution.cycle_steps(cycle):
            points = curve[curve["Step"] == step.number]
            is_hold = step.asked.kind is Kind.HOLD
            has_hold = has_hold or is_hold
            axes.plot(
                points["Capacity of the cycle [mA.h.g-1]"],
                points[drawn],
                **(style | {"linestyle": ":"} if is_hold else style),
            )
        axes.plot([], [], **style, label=name)
    if has_hold:
        axes.plot([], [], ":", color="grey", label="hold")
    axes.set(xlabel=CAPACITY, ylabel=_voltage_label(solution) if drawn == CELL else AGAINST_REFERENCE)
    axes.set_ylim(bottom=-0.05)
    if curves:
        _name_curves(axes, len(cycles), beside)
    columns = ["Cycle", "Step", "Capacity of the cycle [mA.h.g-1]", "Voltage [V]"]
    return pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=columns)


def _voltage_label(solution: Solution) -> str:
    return CELL_VOLTAGE if solution.is_full else VOLTAGE


BELOW = -0.2
"""Upper edge of a legend below the axes, as a share of their height, which leaves room for their label."""


def _name_curves(axes, cycles: int, beside: bool) -> None:
    if beside:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    elif cycles <= FEW:
        axes.legend(loc="best")
    else:
        names = axes.get_legend_handles_labels()[1]
        columns = 3 if max(map(len, names)) <= len("cycle 10") else 2
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, BELOW), ncols=columns, columnspacing=1.0)


def cycle_curve(solution: Solution, cycle: int) -> pd.DataFrame:
    """Capacity since the start of the cycle, and voltages, at every point of the cycle.

    The potential against a reference is there where the protocol controls it.
    """
    steps = solution.cycle_steps(cycle)
    points = slice(steps[0].points.start, steps[-1].points.stop)
    charge = solution["Specific capacity [mA.h.g-1]"][points]
    numbers = np.concatenate([np.full(step.points.stop - step.points.start, step.number) for step in steps])
    return pd.DataFrame(
        {
            "Cycle": cycle,
            "Step": numbers,
            "Capacity of the cycle [mA.h.g-1]": charge - charge[0],
            **{name: solution[name][points] for name in dict.fromkeys((CELL, controlled(solution)))},
        }
    )


LONGEST_LINE = 30
"""Characters that fit in a line above a panel."""


def comparison_picture(solutions: list[Solution], names: Sequence[str] | None = None) -> Picture:
    """Voltage against capacity, a panel for each solution.

    Panels share their axes, unless some runs are of half-cells and others of full cells. What all runs have
    in common, material or protocol, stands above the figure; what differs, above each
    panel. Of runs with the same curves one legend names these.

    Parameters
    ----------
    solutions : a run a panel
    names : titles of the panels; what differs where not given
    """
    names = names or titles_of([(run.material.name, run.protocol.name) for run in solutions])
    legends = [tuple(chosen_cycles(solution).values()) for solution in solutions]
    alike = len(set(legends)) == 1
    same_voltage = len({solution.is_full for solution in solutions}) == 1
    with styled():
        width = 2.2 if same_voltage else 2.6
        figure = new_figure(1.2 + width * len(solutions), 2.7 if alike else 3.6)
        row = figure.subplots(1, len(solutions), sharex=same_voltage, sharey=same_voltage)
        parts = []
        for axes, name, solution in zip(row, names, solutions, strict=True):
            curves = draw_voltage(axes, solution, beside=alike)
            if alike and axes is not row[-1]:
                axes.get_legend().remove()
            heading = name if controlled(solution) == CELL else f"{name}: potential against the reference"
            axes.set(title=textwrap.fill(heading, LONGEST_LINE), xlabel=CAPACITY)
            if same_voltage:
                axes.label_outer()
            about = {"Material": solution.material.name, "Protocol": solution.protocol.name, "Panel": name}
            parts.append(curves.assign(**about)[[*about, *curves.columns]])
        set_title(figure, _in_common(solutions))
        return Picture(figure, pd.concat(parts, ignore_index=True))


def titles_of(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The title of each of several runs: its material, its protocol, or both where both differ."""
    materials, protocols = zip(*pairs, strict=True)
    if len(set(protocols)) == 1:
        return list(materials)
    if len(set(materials)) == 1:
        return list(protocols)
    return [", ".join(names) for names in pairs]


def _in_common(solutions: list[Solution]) -> str:
    """The protocol and the material that all runs share; both are in the titles of panels where none is."""
    columns = ([run.protocol.name for run in solutions], [run.material.name for run in solutions])
    shared = [column[0] for column in columns if len(set(column)) == 1]
    return ", ".join(shared) or "Voltage of each cycle"


def differential_picture(solution: Solution) -> Picture:
    """dQ/dV against voltage (31): desodiation above zero, sodiation below, holds left out."""
    with styled():
        figure = new_figure(ONE_COLUMN + 1.1, 2.7)
        axes = figure.subplots()
        cycles, rows = chosen_cycles(solution), []
        for (cycle, name), style in zip(cycles.items(), ordered_lines(len(cycles)), strict=True):
            for sign, half_cycle in ((1, "sodiation"), (-1, "desodiation")):
                steps = in_direction(solution, cycle, sign)
                curve = differential_capacity(
                    solution, [step for step in steps if step.asked.kind is not Kind.HOLD]
                )
                derivative = -sign * curve.capacity / 1000
                axes.plot(curve.voltage, derivative, **style, label=name if sign > 0 else None)
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


def overlay_picture(overlay: Overlay, title: str, is_full: bool = False) -> Picture:
    """Measured and simulated voltage over time, and below them their difference in millivolts.

    ``is_full`` says that the voltage is that of a full cell.
    """
    with styled():
        figure = new_figure(5.2, 4.0)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1))
        hours = overlay.time / 3600
        upper.plot(hours, overlay.measured, color=DARK, label="measured")
        upper.plot(hours, overlay.simulated, color=VERMILION, linestyle="--", label="simulated")
        upper.set_ylabel(CELL_VOLTAGE if is_full else VOLTAGE)
        upper.legend(loc="best")
        set_title(figure, f"{title}: RMSE {overlay.rmse:.3g} mV")
        lower.axhline(0, color="grey", linewidth=0.6)
        lower.plot(hours, 1e3 * overlay.residuals, color=VERMILION)
        lower.set(xlabel="Time / h", ylabel="Residual / mV")
        return Picture(figure, overlay.table())
