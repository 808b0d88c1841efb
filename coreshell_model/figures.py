"""Figures of a solution, in one style, without touching the user's matplotlib state."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coreshell_model.impedance import Spectrum
from coreshell_model.solution import Solution

STYLE: dict = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.4,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "savefig.dpi": 200,
}

PLACES = {
    "Sodium in SEI [mA.h.g-1]": ("SEI", "#8c8c8c"),
    "Trapped sodium [mA.h.g-1]": ("trapped", "#3b3b3b"),
    "Charge in double layer [mA.h.g-1]": ("double layer", "#d9d9d9"),
    "Sodium in shell sloping sites [mA.h.g-1]": ("sloping sites, shell", "#9ecae1"),
    "Sodium in core sloping sites [mA.h.g-1]": ("sloping sites, core", "#4292c6"),
    "Sodium in clusters [mA.h.g-1]": ("clusters", "#e6550d"),
}
"""The inventory from what never returns, below, to what returns first, above, with label and colour."""


def formation_figure(solution: Solution) -> Figure:
    """Voltage against capacity, a line a cycle, beside where the sodium sits over time."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 3.1), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        _voltage(left, solution)
        _inventory(right, solution)
        figure.suptitle(f"{solution.material.name}, {solution.protocol.name}", fontsize=9)
        return figure


def comparison_figure(solutions: list[Solution]) -> Figure:
    """First and last cycle of each material, a column a material on shared axes."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(2.0 + 2.2 * len(solutions), 2.9), layout="constrained")
        FigureCanvasAgg(figure)
        row = figure.subplots(1, len(solutions), sharex=True, sharey=True)
        for axes, solution in zip(row, solutions, strict=True):
            _voltage(axes, solution)
            axes.set(title=solution.material.name, xlabel="Capacity / mAh g$^{-1}$")
            axes.label_outer()
        return figure


def nyquist_figure(spectrum: Spectrum, title: str) -> Figure:
    """-Z'' over Z', times the electrode's area, on equal axes; decades of frequency marked."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.6, 3.4), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        impedance = spectrum.impedance * spectrum.area * 1e4
        axes.plot(impedance.real, -impedance.imag, ".-", markersize=3)
        decades = np.log10(spectrum.frequencies)
        for place in np.flatnonzero(np.isclose(decades, np.round(decades), atol=1e-9) & (decades <= 0)):
            axes.annotate(
                f"{spectrum.frequencies[place]:g} Hz",
                (impedance[place].real, -impedance[place].imag),
                textcoords="offset points",
                xytext=(4, -8),
                fontsize=7,
            )
        axes.set_aspect("equal", adjustable="datalim")
        axes.set(xlabel="Z' / \u03a9 cm\u00b2", ylabel="\u2212Z'' / \u03a9 cm\u00b2")
        axes.set_title(f"{title}, {spectrum.voltage:.3g} V", fontsize=9)
        return figure


def save_figure(figure: Figure, path: Path) -> Path:
    """Write the figure in the format its suffix names."""
    with matplotlib.rc_context(STYLE):
        figure.savefig(path)
    return path


def _voltage(axes, solution: Solution) -> None:
    """Each cycle's capacity counted from its own start; sodiation to the right, desodiation back."""
    numbers = sorted({step.cycle for step in solution.steps})
    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.85, len(numbers)))
    for number, colour in zip(numbers, colours, strict=True):
        steps = solution.cycle_steps(number)
        if not steps:
            continue
        points = slice(steps[0].points.start, steps[-1].points.stop)
        charge = solution["Specific capacity [mA.h.g-1]"][points]
        label = f"cycle {number}" if number in (numbers[0], numbers[-1]) else None
        axes.plot(charge - charge[0], solution["Voltage [V]"][points], color=colour, label=label)
    axes.set(xlabel="Capacity from the start of the cycle / mAh g$^{-1}$", ylabel="Voltage against Na / V")
    axes.set_ylim(bottom=-0.05)
    if axes.lines:
        axes.legend()


def _inventory(axes, solution: Solution) -> None:
    hours = solution["Time [s]"] / 3600
    parts = [np.clip(solution[name], 0, None) for name in PLACES]
    labels, colours = zip(*PLACES.values(), strict=True)
    axes.stackplot(hours, *parts, labels=labels, colors=colours, linewidth=0)
    axes.set(xlabel="Time / h", ylabel="Sodium / mAh g$^{-1}$")
    axes.margins(x=0)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1], names[::-1], loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, borderaxespad=0.2
    )
