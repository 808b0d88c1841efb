"""Voltage and sodium of one or two designs."""

import numpy as np
from numpy.typing import NDArray

from coreshell_model.explorer.style import A_COLOUR, B_COLOUR, LEGEND, Figure, figure
from coreshell_model.figures import PLACES, cycle_curve
from coreshell_model.solution import Array, Solution

POINTS = 250
"""Points to which a curve is thinned for the screen; the CSV has all."""

LEAST_SHOWN = 0.003
"""Share of the largest total of sodium below which a place is left out."""

CHARGE, VOLTAGE = "Capacity of the cycle [mA.h.g-1]", "Voltage [V]"


def voltage_figure(solutions: dict[str, Solution]) -> Figure:
    """First and last cycle of each design, each from its own start: in to the right, out back to the left."""
    data = []
    for name, solution in solutions.items():
        colour = A_COLOUR if name == "A" else B_COLOUR
        whose = f"{name}, " if len(solutions) > 1 else ""
        for cycle, width, dash in ((1, 2.4, "solid"), (solution.cycles[-1], 1.4, "dot")):
            curve = cycle_curve(solution, cycle)
            kept = thinned(curve[CHARGE].to_numpy(), curve[VOLTAGE].to_numpy())
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{whose}cycle {cycle}",
                    "x": short(curve[CHARGE].to_numpy()[kept]),
                    "y": short(curve[VOLTAGE].to_numpy()[kept]),
                    "line": {"color": colour, "width": width, "dash": dash},
                    "hovertemplate": "%{x:.0f} mAh/g, %{y:.3f} V",
                }
            )
    furthest = max((max(curve["x"]) for curve in data), default=1.0)
    return figure(
        data,
        {"title": "Capacity of the cycle / mAh g⁻¹", "range": [-0.01 * furthest, 1.03 * furthest]},
        {"title": "Voltage against Na / V", "range": [-0.06, top_of(solutions)]},
    )


def top_of(solutions: dict[str, Solution]) -> float:
    """A little above the highest voltage."""
    return 1.03 * max((float(solution[VOLTAGE].max()) for solution in solutions.values()), default=1.0)


def inventory_figure(solution: Solution, largest: float) -> Figure:
    """Where the sodium is over time, stacked from what never returns to what returns first."""
    hours = solution["Time [s]"] / 3600
    parts = {name: np.clip(solution[name], 0, None) for name in PLACES}
    total = np.sum(list(parts.values()), axis=0)
    kept = thinned(hours, total)
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "stackgroup": "sodium",
            "name": PLACES[name][0],
            "x": short(hours[kept]),
            "y": short(part[kept]),
            "line": {"width": 0, "color": PLACES[name][1]},
            "fillcolor": PLACES[name][1],
            "hovertemplate": "%{y:.0f} mAh/g",
        }
        for name, part in parts.items()
        if part.max() >= LEAST_SHOWN * largest
    ]
    return figure(
        data,
        {"title": "Time / h", "range": [0, float(hours[-1])]},
        {"title": "Sodium / mAh g⁻¹", "range": [0, 1.04 * largest]},
        hovermode="x unified",
        legend=LEGEND | {"traceorder": "reversed"},
    )


def most_sodium(solution: Solution) -> float:
    """The largest total of the inventory [mA.h.g-1]."""
    return float(np.sum([np.clip(solution[name], 0, None) for name in PLACES], axis=0).max())


def thinned(x: Array, y: Array) -> NDArray[np.intp]:
    """Places of at most ``POINTS`` points, even along the drawn line, its ends among them."""
    if x.size <= POINTS:
        return np.arange(x.size)
    across, up = (np.diff(part) / (np.ptp(part) or 1.0) for part in (x, y))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(across, up))])
    places = np.searchsorted(along, np.linspace(0.0, along[-1], POINTS - 1))
    return np.unique(np.append(places, x.size - 1))


def short(values: Array) -> list[float]:
    """Five digits of each, which is what a screen can show."""
    return [float(f"{value:.5g}") for value in values]
