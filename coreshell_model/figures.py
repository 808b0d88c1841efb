"""Figures of a solution, in one style, without touching the user's matplotlib state."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coreshell_model.errors import InputError
from coreshell_model.impedance import Spectrum
from coreshell_model.material import OneCarbonMaterial
from coreshell_model.observables import changes, initial_coulombic_efficiency, reversible_capacity
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


LEAST_SHOWN = 0.003
"""Share of the largest total below which a place is left out of the picture."""


def formation_figure(solution: Solution) -> Figure:
    """Voltage against capacity, a line a cycle, beside where the sodium sits over time."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 3.2), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
        _voltage(left, solution)
        _inventory(right, solution)
        for axes, letter in ((left, "a"), (right, "b")):
            axes.set_title(f"({letter})", loc="left")
        figure.suptitle(_title(solution), fontsize=9)
        return figure


def _title(solution: Solution) -> str:
    """What was run, with its changes, and the two numbers that everyone looks for."""
    changed = ", ".join(f"{path} = {value}" for path, value in changes(solution).items())
    title = f"{solution.material.name}{f' ({changed})' if changed else ''}, {solution.protocol.name}"
    efficiency, capacity = initial_coulombic_efficiency(solution), reversible_capacity(solution)
    if efficiency is not None and capacity is not None:
        title += f": ICE {efficiency:.1%}, {capacity:.0f} mAh g$^{{-1}}$"
    return title.replace("%", "\u2009%")


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
    """Write the figure in the format its suffix names.

    Raises
    ------
    InputError
        The path cannot be written.
    """
    try:
        with matplotlib.rc_context(STYLE):
            figure.savefig(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}; choose another folder"
        ) from None
    return path


def _voltage(axes, solution: Solution) -> None:
    """Each cycle counted from its own start: sodiation to the right, desodiation back, holds dotted."""
    numbers = sorted({step.cycle for step in solution.steps})
    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.85, len(numbers)))
    for number, colour in zip(numbers, colours, strict=True):
        steps = solution.cycle_steps(number)
        for step in steps:
            points = slice(steps[0].points.start, step.points.stop)
            charge = solution["Specific capacity [mA.h.g-1]"][points]
            length = step.points.stop - step.points.start
            named = step is steps[0] and number in (numbers[0], numbers[-1])
            axes.plot(
                (charge - charge[0])[-length:],
                solution["Voltage [V]"][points][-length:],
                color=colour,
                linestyle=":" if step.text.startswith("Hold") else "-",
                label=f"cycle {number}" if named else None,
            )
    axes.set(xlabel="Capacity of the cycle / mAh g$^{-1}$", ylabel="Voltage against Na / V")
    axes.set_ylim(bottom=-0.05)
    if any(step.text.startswith("Hold") for step in solution.steps):
        axes.plot([], [], ":", color="grey", label="hold")
    if axes.lines:
        axes.legend(loc="best")


def _inventory(axes, solution: Solution) -> None:
    """Stacked, what is below 0.3 % of the largest total left out of the legend."""
    hours = solution["Time [s]"] / 3600
    places = dict(PLACES)
    parts = {name: np.clip(solution[name], 0, None) for name in places}
    if isinstance(solution.material, OneCarbonMaterial):
        shell, core = (f"Sodium in {region} sloping sites [mA.h.g-1]" for region in ("shell", "core"))
        parts[core] = parts[core] + parts.pop(shell)
        places = {name: place for name, place in places.items() if name != shell}
        places[core] = ("sloping sites", places[core][1])
    largest = np.sum(list(parts.values()), axis=0).max(initial=0.0)
    for name in list(parts):
        if parts[name].max(initial=0.0) < LEAST_SHOWN * largest:
            del parts[name], places[name]
    axes.set(xlabel="Time / h", ylabel="Sodium / mAh g$^{-1}$ of active carbon")
    if not parts:
        return
    labels, colours = zip(*places.values(), strict=True)
    axes.stackplot(hours, *parts.values(), labels=labels, colors=colours, linewidth=0)
    axes.margins(x=0)
    handles, names = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], names[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0))
