"""The design map as two figures: initial efficiency and capacity over thickness and area."""

from collections.abc import Mapping

import numpy as np

from coreshell_model.explorer.choice import Choice
from coreshell_model.explorer.design_map import AREAS, THICKNESSES, DesignMap, Point
from coreshell_model.explorer.style import A_COLOUR, B_COLOUR, Figure, figure

EFFICIENCY = ("efficiency", "%", 100.0)
CAPACITY = ("capacity", "mAh/g", 1.0)
"""Field of a point, its unit and the factor to it."""

AREA_TICKS = (1, 2, 5, 10, 20, 50)


def map_figure(found: DesignMap, quantity: tuple[str, str, float], designs: Mapping[str, Choice]) -> Figure:
    """One quantity over the finest grid that is whole, and where the designs are on it.

    Impossible designs stay blank; what a place says, also of those, comes with a pointer on it.
    """
    field, unit, factor = quantity
    stride = found.stride or max(AREAS.size, THICKNESSES.size)
    rows, columns = range(0, AREAS.size, stride), range(0, THICKNESSES.size, stride)
    points = [[found.points.get((row, column), Point()) for column in columns] for row in rows]
    values = np.array([[factor * getattr(point, field) for point in line] for line in points])
    told = [
        [point.reason or f"{value:.1f} {unit}" for point, value in zip(line, numbers, strict=True)]
        for line, numbers in zip(points, values, strict=True)
    ]
    heat = {
        "type": "heatmap",
        "x": THICKNESSES[columns].tolist(),
        "y": np.log10(AREAS[rows]).tolist(),
        "z": [[None if np.isnan(value) else float(f"{value:.5g}") for value in line] for line in values],
        "text": told,
        "customdata": [[float(f"{AREAS[row]:.3g}")] * len(columns) for row in rows],
        "hovertemplate": "%{x:.3g} nm, %{customdata:.3g} m²/g: %{text}<extra></extra>",
        "hoverongaps": True,
        "colorscale": "Viridis",
        "colorbar": {"title": {"text": unit, "side": "top"}, "thickness": 12, "outlinewidth": 0, "len": 1.0},
    }
    return figure(
        [heat, *(_marker(name, choice) for name, choice in designs.items())],
        {"title": "Shell thickness / nm", "showgrid": False, "range": _reach(THICKNESSES)},
        {
            "title": "External surface area / m² g⁻¹",
            "showgrid": False,
            "range": _reach(np.log10(AREAS)),
            "tickvals": np.log10(AREA_TICKS).tolist(),
            "ticktext": [str(tick) for tick in AREA_TICKS],
        },
        showlegend=False,
        plot_bgcolor="#d5d9de",
    )


def _reach(places: np.ndarray) -> list[float]:
    """From half a step before the first place of a grid to half a step after the last."""
    half = (places[1] - places[0]) / 2
    return [float(places[0] - half), float(places[-1] + half)]


def _marker(name: str, choice: Choice) -> dict:
    """Where a design is; one beyond the map stands at its edge."""
    thickness = np.clip(choice.thickness, THICKNESSES[0], THICKNESSES[-1])
    area = np.clip(choice.area, AREAS[0], AREAS[-1])
    inside = (thickness, area) == (choice.thickness, choice.area)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [float(thickness)],
        "y": [float(np.log10(area))],
        "text": [f"<b>{name}</b>" if inside else f"<b>{name}, beyond the map</b>"],
        "textposition": "middle right" if thickness < THICKNESSES.mean() else "middle left",
        "textfont": {"color": "#ffffff", "size": 14, "shadow": "0 0 3px #000, 0 0 3px #000"},
        "marker": {
            "size": 14,
            "symbol": "square" if name == "A" else "circle",
            "color": A_COLOUR if name == "A" else B_COLOUR,
            "line": {"color": "#ffffff", "width": 2},
        },
        "hovertemplate": f"{name}: {choice.thickness:g} nm, {choice.area:g} m²/g<extra></extra>",
    }
