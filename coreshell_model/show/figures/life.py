"""Capacity by cycle: rate capability and cycle life."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from coreshell_model.inputs.protocol import Protocol
from coreshell_model.observe.capacity import (
    coulombic_efficiencies,
    desodiation_capacity,
    sodiation_capacity,
)
from coreshell_model.observe.rates import rate_blocks
from coreshell_model.run.solution import Solution
from coreshell_model.show.figures.picture import (
    CAPACITY,
    TWO_COLUMNS,
    Picture,
    new_figure,
    set_title,
    styled,
    title,
)

LEAST_RANGE = (95.0, 101.0)
"""Per cent that the axis of efficiencies always includes."""


def rate_picture(solution: Solution) -> Picture:
    """Sodiation and desodiation capacity by cycle, with the rates written above."""
    with styled():
        figure = new_figure(TWO_COLUMNS * 0.72, 2.7)
        axes = figure.subplots()
        numbers = _numbers(solution)
        _capacities(axes, numbers)
        _label_rates(axes, solution.protocol, numbers)
        axes.set_xlabel(cycles_label(solution.protocol))
        axes.legend(loc="best")
        set_title(figure, title(solution))
        return Picture(figure, numbers)


def life_picture(solution: Solution) -> Picture:
    """Capacities by cycle with the rates, and the coulombic efficiency in a panel of its own."""
    return life_of_cycles(_numbers(solution), solution.protocol, title(solution))


def life_of_cycles(numbers: pd.DataFrame, protocol: Protocol, heading: str) -> Picture:
    """Cycle life from a row a cycle: ``numbers`` names the cycle, its two capacities and its efficiency."""
    with styled():
        figure = new_figure(TWO_COLUMNS * 0.72, 3.6)
        below, above = figure.subplots(2, 1, sharex=True, height_ratios=(1.9, 1))
        _capacities(below, numbers)
        _label_rates(below, protocol, numbers)
        below.legend(loc="best")
        set_title(figure, heading)
        _efficiencies(above, numbers)
        above.set_xlabel(cycles_label(protocol))
        figure.align_ylabels()
        return Picture(figure, numbers)


def cycles_label(protocol: Protocol) -> str:
    """The label of an axis of cycles, with the current that 1C is where rates are written above it."""
    several = len(rate_blocks(protocol)) > 1
    return f"Cycle (1C = {protocol.basis.one_c})" if several else "Cycle"


def _numbers(solution: Solution) -> pd.DataFrame:
    rates = {cycle: block.label for block in rate_blocks(solution.protocol) for cycle in block.cycles}
    return pd.DataFrame(
        {
            "Cycle": solution.cycles,
            "Rate of desodiation": [rates.get(cycle, "") for cycle in solution.cycles],
            "Sodiation capacity [mA.h.g-1]": [sodiation_capacity(solution, n) for n in solution.cycles],
            "Desodiation capacity [mA.h.g-1]": [desodiation_capacity(solution, n) for n in solution.cycles],
            "Coulombic efficiency": np.array(coulombic_efficiencies(solution), float),
        }
    )


def _capacities(axes, numbers: pd.DataFrame) -> None:
    for name, colour, fill in (("Sodiation", "#888888", "none"), ("Desodiation", "C0", "full")):
        axes.plot(
            numbers["Cycle"],
            numbers[f"{name} capacity [mA.h.g-1]"],
            linestyle="none",
            marker="o",
            color=colour,
            fillstyle=fill,
            markeredgewidth=0.8,
            label=name.lower(),
        )
    axes.set_ylabel(CAPACITY)
    axes.margins(x=0.02)
    axes.set_ylim(0, 1.06 * axes.dataLim.y1 if axes.dataLim.y1 > 0 else 1.0)  # with room for whole markers
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _label_rates(axes, protocol: Protocol, numbers: pd.DataFrame) -> None:
    """Write the rate of each block above it, with lines between blocks, where there are several."""
    blocks = rate_blocks(protocol)
    last_cycle = max(numbers["Cycle"].tolist(), default=0)
    for block in blocks:
        first, last = block.cycles[0], block.cycles[-1]
        if first > last_cycle or len(blocks) < 2:
            continue
        axes.annotate(
            block.label,
            ((first + min(last, last_cycle)) / 2, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=7,
        )
        if last < last_cycle:
            axes.axvline(last + 0.5, color="#cccccc", linewidth=0.6, zorder=0)


def _efficiencies(axes, numbers: pd.DataFrame) -> None:
    """Draw efficiencies on an axis that includes every cycle, also those far off after a change of rate."""
    efficiencies = 100 * numbers["Coulombic efficiency"].to_numpy()
    axes.axhline(100, color="#cccccc", linewidth=0.6, zorder=0)
    axes.plot(numbers["Cycle"], efficiencies, linestyle="none", marker="o", color="C1")
    included = [*efficiencies[np.isfinite(efficiencies)], *LEAST_RANGE]
    low, high = min(included), max(included)
    room = 0.06 * (high - low)
    axes.set(ylabel="Coulombic\nefficiency / %", ylim=(low - room, high + room))
