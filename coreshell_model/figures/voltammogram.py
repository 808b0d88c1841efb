"""Current against voltage of sweeps."""

import pandas as pd

from coreshell_model.figures.picture import Picture
from coreshell_model.figures.style import ONE_COLUMN, gradient, new_figure, set_title, styled, title
from coreshell_model.observables import irreversible_peaks, sweeps
from coreshell_model.solution import Solution

LABEL = 0.15
"""Volts that half a label is wide."""


def voltammogram_picture(solution: Solution) -> Picture:
    """Anodic current upwards; the peaks that the first sodiation alone has are marked with their voltage."""
    with styled():
        figure = new_figure(ONE_COLUMN + 0.9, 2.9)
        axes = figure.subplots()
        every = sweeps(solution)
        numbers = sorted({each.cycle for each in every})
        colours = dict(zip(numbers, gradient(len(numbers)), strict=True))
        rows = []
        for each in every:
            current = -each.current if each.sodiation else each.current
            axes.plot(
                each.voltage,
                current,
                color=colours[each.cycle],
                label=f"cycle {each.cycle}" if each.sodiation else None,
            )
            rows.append(
                pd.DataFrame(
                    {
                        "Cycle": each.cycle,
                        "Sweep": "sodiation" if each.sodiation else "desodiation",
                        "Voltage [V]": each.voltage,
                        "Anodic current [mA.g-1]": current,
                    }
                )
            )
        axes.margins(y=0.1)
        _mark(axes, solution)
        axes.axhline(0, color="black", linewidth=0.6, zorder=0)
        axes.set(xlabel="Voltage against Na / V", ylabel="Current / mA g$^{-1}$ (anodic > 0)")
        axes.legend(loc="lower right")
        speeds = " and ".join(f"{1000 * speed:g}" for speed in sorted({each.speed for each in every}))
        set_title(figure, f"{title(solution)}, {speeds} mV s$^{{-1}}$")
        return Picture(figure, pd.concat(rows, ignore_index=True) if rows else pd.DataFrame())


def _mark(axes, solution: Solution) -> None:
    """Irreversible peaks on the first sodiating sweep: below a minimum, right of the foot of a shoulder."""
    first = next((each for each in sweeps(solution) if each.sodiation), None)
    for peak in irreversible_peaks(solution):
        assert first is not None
        anodic, place = -first.current, abs(first.voltage - peak.potential).argmin()
        before = first.voltage >= peak.potential - LABEL
        shoulder = anodic[before & (first.voltage < peak.potential)].min(initial=0.0) < anodic[place]
        axes.annotate(
            f"{peak.potential:.2f} V",
            (peak.potential, anodic[place]),
            xytext=(3, -3) if shoulder else (0, -4),
            textcoords="offset points",
            ha="left" if shoulder else "center",
            va="top",
            fontsize=7,
        )
