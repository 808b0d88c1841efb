"""The page's graphs: curves, losses and the map of designs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coreshell_model.observe.inventory import loss_split
from coreshell_model.run.solution import Solution
from coreshell_model.show.explorer.band_panel import band_traces
from coreshell_model.show.explorer.choice import Choice
from coreshell_model.show.explorer.design_map import DesignMap, Grid, Point
from coreshell_model.show.explorer.measured import Measured
from coreshell_model.show.explorer.overlaid import measured_traces
from coreshell_model.show.explorer.plotly_style import (
    A_COLOUR,
    B_COLOUR,
    LEGEND,
    WHITE,
    Figure,
    figure,
    pattern,
    short,
    thinned,
)
from coreshell_model.show.figures.inventory import PLACES, stacked
from coreshell_model.show.figures.palette import BLACK, DARK, SEI, SHELL_SITES
from coreshell_model.show.figures.voltage import cycle_curve

LEAST_SHOWN = 0.003
"""Smallest share of the largest total of sodium that a place has to reach to be drawn."""

FIRST, LAST = {"A": "dash", "B": "solid"}, {"A": "dashdot", "B": "dot"}
"""Dashes of the first and the last cycle of each design."""

CHARGE, VOLTAGE = "Capacity of the cycle [mA.h.g-1]", "Voltage [V]"


def voltage_figure(
    solutions: dict[str, Solution], measured: Sequence[Measured] = (), band: Any = None
) -> Figure:
    """First and last cycle of each design: sodiation from zero to the right, desodiation back to the left.

    Those of measured files lie over them as points, the band of a posterior under them.
    """
    data = band_traces(band)
    for name, solution in solutions.items():
        colour = A_COLOUR if name == "A" else B_COLOUR
        prefix = f"{name}, " if len(solutions) > 1 else ""
        for cycle, width, dash in ((1, 2.4, FIRST[name]), (solution.cycles[-1], 1.4, LAST[name])):
            curve = cycle_curve(solution, cycle)
            kept = thinned(curve[CHARGE].to_numpy(), curve[VOLTAGE].to_numpy())
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{prefix}cycle {cycle}",
                    "x": short(curve[CHARGE].to_numpy()[kept]),
                    "y": short(curve[VOLTAGE].to_numpy()[kept]),
                    "line": {"color": colour, "width": width, "dash": dash},
                    "hovertemplate": "%{x:.0f} mAh/g, %{y:.3f} V",
                }
            )
    data += measured_traces(measured)
    furthest = max((max(curve["x"], default=1.0) for curve in data), default=1.0)
    highest = 1.03 * max((max(curve["y"], default=1.0) for curve in data), default=1.0)
    return figure(
        data,
        {"title": "Capacity of the cycle / mAh g⁻¹", "range": [-0.01 * furthest, 1.03 * furthest]},
        {"title": "Voltage against Na / V", "range": [-0.06, max(top_of(solutions), highest)]},
    )


def top_of(solutions: dict[str, Solution]) -> float:
    """The upper end of the voltage axis, a little above the highest voltage."""
    return 1.03 * max((float(solution[VOLTAGE].max()) for solution in solutions.values()), default=1.0)


def inventory_figure(solution: Solution, largest: float) -> Figure:
    """The sodium in each place over time, stacked from what never returns to what returns first."""
    hours = solution["Time [s]"] / 3600
    parts = stacked(solution)
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
            "fillpattern": pattern(PLACES[name][1]),
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
    return float(np.sum(list(stacked(solution).values()), axis=0).max())


PARTS = (
    ("SEI", "sei", SEI, BLACK),
    ("trapped", "trapped", DARK, WHITE),
    ("left in the carbon", "left_in_carbon", SHELL_SITES, BLACK),
)
"""Name, field of the loss split, colour of the bar, colour of the number on it."""


def losses_figure(solutions: dict[str, Solution]) -> Figure:
    """The first-cycle loss by place, in one bar for each design."""
    splits = {name: loss_split(solution) for name, solution in solutions.items()}
    rows = [name for name, split in splits.items() if split is not None][::-1]  # the first on top
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": title,
            "y": rows,
            "x": [getattr(splits[name], part) for name in rows],
            "marker": {"color": colour, "line": {"width": 0}, "pattern": pattern(colour)},
            "texttemplate": "%{x:.0f}",
            "textposition": "inside",
            "insidetextanchor": "middle",
            "insidetextfont": {"color": ink},
            "hovertemplate": "%{x:.1f} mAh/g",
        }
        for title, part, colour, ink in PARTS
    ]
    return figure(
        data,
        {"title": "First-cycle loss / mAh g⁻¹", "rangemode": "tozero"},
        {"title": "", "showticklabels": len(rows) > 1, "ticks": ""},
        barmode="relative",
        bargap=0.3,
        uniformtext={"minsize": 11, "mode": "hide"},
    )


@dataclass(frozen=True)
class Shade:
    """The quantity that a map shows by colour: field of a point, unit, and factor to that unit."""

    field: str
    unit: str
    factor: float


EFFICIENCY = Shade("efficiency", "%", 100.0)
CAPACITY = Shade("capacity", "mAh/g", 1.0)

AREA_TICKS = (1, 2, 5, 10, 20, 50)
NOTHING = "#d5d9de"
"""Colour of a point without a result."""


def map_figure(design_map: DesignMap, shade: Shade, designs: Mapping[str, Choice]) -> Figure:
    """One quantity over the finest grid that is solved completely, with marks at the designs.

    Designs without a result stay grey. Pointing at a design shows its value, or why it has none.
    """
    grid = design_map.grid
    thicknesses, areas = grid.thicknesses, grid.areas
    heatmap = [_heatmap(design_map, shade)] if design_map.stride else []
    return figure(
        heatmap + [_marker(name, choice, grid) for name, choice in designs.items()],
        {"title": "Shell thickness / nm", "showgrid": False, "range": _reach(thicknesses)},
        {
            "title": "External surface area / m² g⁻¹",
            "showgrid": False,
            "range": _reach(np.log10(areas)),
            "tickvals": np.log10(AREA_TICKS).tolist(),
            "ticktext": [str(tick) for tick in AREA_TICKS],
        },
        showlegend=False,
        plot_bgcolor=NOTHING,
    )


def _heatmap(design_map: DesignMap, shade: Shade) -> dict:
    """The grid as coloured rectangles about its points."""
    grid, stride = design_map.grid, design_map.stride
    thicknesses, areas = grid.thicknesses[::stride], grid.areas[::stride]
    rows, columns = range(0, len(grid.areas), stride or 1), range(0, len(grid.thicknesses), stride or 1)
    points = [[design_map.points[row, column] for column in columns] for row in rows]
    return {
        "type": "heatmap",
        "x": list(thicknesses),
        "y": np.log10(areas).tolist(),
        "z": [[_value(point, shade) for point in line] for line in points],
        "text": [[_text(point, shade) for point in line] for line in points],
        "customdata": [[float(f"{area:.3g}")] * len(thicknesses) for area in areas],
        "hovertemplate": "%{x:.3g} nm, %{customdata:.3g} m²/g: %{text}<extra></extra>",
        "hoverongaps": True,
        "colorscale": "Viridis",
        "colorbar": {
            "title": {"text": shade.unit, "side": "top"},
            "thickness": 12,
            "outlinewidth": 0,
            "len": 1.0,
        },
    }


def _value(point: Point, shade: Shade) -> float | None:
    value = shade.factor * getattr(point, shade.field)
    return None if np.isnan(value) else float(f"{value:.5g}")


def _text(point: Point, shade: Shade) -> str:
    return point.reason or f"{_value(point, shade):.1f} {shade.unit}"


def _reach(values) -> list[float]:
    """The range from half a step before the first of evenly spaced values to half a step after the last."""
    half = (values[1] - values[0]) / 2
    return [float(values[0] - half), float(values[-1] + half)]


def _marker(name: str, choice: Choice, grid: Grid) -> dict:
    """The mark of a design; that of a design beyond the map is at the edge."""
    thickness = min(max(choice.thickness, grid.thicknesses[0]), grid.thicknesses[-1])
    area = min(max(choice.area, grid.areas[0]), grid.areas[-1])
    inside = (thickness, area) == (choice.thickness, choice.area)
    outside = "middle right" if thickness < grid.thicknesses[-1] / 2 else "middle left"
    label_position = ("top center" if name == "A" else "bottom center") if inside else outside
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [thickness],
        "y": [float(np.log10(area))],
        "text": [f"<b>{name}</b>" if inside else f"<b>{name}, beyond the map</b>"],
        "textposition": label_position,
        "cliponaxis": False,
        "textfont": {"color": WHITE, "size": 14, "shadow": "0 0 3px #000, 0 0 3px #000"},
        "marker": {
            "size": 14,
            "symbol": "square" if name == "A" else "circle",
            "color": A_COLOUR if name == "A" else B_COLOUR,
            "line": {"color": WHITE, "width": 2},
        },
        "hovertemplate": f"{name}: {choice.thickness:g} nm, {choice.area:g} m²/g<extra></extra>",
    }
