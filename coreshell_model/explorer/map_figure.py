"""The design map as two figures: initial efficiency and capacity over thickness and area."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coreshell_model.explorer.choice import Choice
from coreshell_model.explorer.design_map import DesignMap, Grid, Point
from coreshell_model.explorer.style import A_COLOUR, B_COLOUR, Figure, figure


@dataclass(frozen=True)
class Shade:
    """What a map shows by its colour: field of a point, unit, factor to it."""

    field: str
    unit: str
    factor: float


EFFICIENCY = Shade("efficiency", "%", 100.0)
CAPACITY = Shade("capacity", "mAh/g", 1.0)

AREA_TICKS = (1, 2, 5, 10, 20, 50)
NOTHING = "#d5d9de"
"""Colour of a place without a result."""


def map_figure(found: DesignMap, shade: Shade, designs: Mapping[str, Choice]) -> Figure:
    """One quantity over the finest grid that is whole, and where the designs are on it.

    Impossible designs stay grey; what a place says, also of those, comes with a pointer on it.
    """
    thicknesses, areas = found.grid.thicknesses, found.grid.areas
    drawn = [_shaded(found, shade)] if found.stride else []
    return figure(
        drawn + [_marker(name, choice, found.grid) for name, choice in designs.items()],
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


def _shaded(found: DesignMap, shade: Shade) -> dict:
    """The grid as coloured rectangles about its points."""
    grid, stride = found.grid, found.stride
    thicknesses, areas = grid.thicknesses[::stride], grid.areas[::stride]
    rows, columns = range(0, len(grid.areas), stride or 1), range(0, len(grid.thicknesses), stride or 1)
    points = [[found.points[row, column] for column in columns] for row in rows]
    return {
        "type": "heatmap",
        "x": list(thicknesses),
        "y": np.log10(areas).tolist(),
        "z": [[_value(point, shade) for point in line] for line in points],
        "text": [[_told(point, shade) for point in line] for line in points],
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


def _told(point: Point, shade: Shade) -> str:
    return point.reason or f"{_value(point, shade):.1f} {shade.unit}"


def _reach(places) -> list[float]:
    """From half a step before the first place of an even grid to half a step after the last."""
    half = (places[1] - places[0]) / 2
    return [float(places[0] - half), float(places[-1] + half)]


def _marker(name: str, choice: Choice, grid: Grid) -> dict:
    """Where a design is; one beyond the map stands at its edge."""
    thickness = min(max(choice.thickness, grid.thicknesses[0]), grid.thicknesses[-1])
    area = min(max(choice.area, grid.areas[0]), grid.areas[-1])
    inside = (thickness, area) == (choice.thickness, choice.area)
    beside = "middle right" if thickness < grid.thicknesses[-1] / 2 else "middle left"
    place = ("top center" if name == "A" else "bottom center") if inside else beside
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [thickness],
        "y": [float(np.log10(area))],
        "text": [f"<b>{name}</b>" if inside else f"<b>{name}, beyond the map</b>"],
        "textposition": place,
        "cliponaxis": False,
        "textfont": {"color": "#ffffff", "size": 14, "shadow": "0 0 3px #000, 0 0 3px #000"},
        "marker": {
            "size": 14,
            "symbol": "square" if name == "A" else "circle",
            "color": A_COLOUR if name == "A" else B_COLOUR,
            "line": {"color": "#ffffff", "width": 2},
        },
        "hovertemplate": f"{name}: {choice.thickness:g} nm, {choice.area:g} m²/g<extra></extra>",
    }
