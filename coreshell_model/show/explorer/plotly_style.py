"""The style of the page's graphs, and how curves are thinned for a screen."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coreshell_model.run.solution import Array
from coreshell_model.show.figures.palette import BLUE, HATCHES, VERMILION

A_COLOUR, B_COLOUR = VERMILION, BLUE
"""Colours of the pinned design and of the one on the sliders."""

WHITE = "#ffffff"
INK, FAINT, GRID = "#1f2933", "#52606d", "#e4e7eb"

GRAPH: Any = {"displayModeBar": False, "displaylogo": False, "responsive": True, "scrollZoom": False}
"""Options of plotly for all figures; the page has its own buttons."""

LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}}
"""A legend above the axes."""

Figure = dict[str, Any]


def figure(data: list[dict], x: dict, y: dict, **layout: Any) -> Figure:
    """A figure in the style of the page, with one x axis and one y axis."""
    return {
        "data": data,
        "layout": {
            "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
            "margin": {"l": 56, "r": 12, "t": 8, "b": 46},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "dragmode": False,
            "hovermode": "closest",
            "legend": LEGEND,
            "xaxis": axis(**x),
            "yaxis": axis(**y),
            "uirevision": "kept",
            **layout,
        },
    }


def axis(title: str, **more: Any) -> dict:
    """An axis in the style of the page."""
    heading = {"title": {"text": title, "font": {"size": 13}, "standoff": 8}} if title else {}
    return heading | {
        "gridcolor": GRID,
        "linecolor": FAINT,
        "showline": True,
        "ticks": "outside",
        "tickcolor": FAINT,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        **more,
    }


def pattern(colour: str) -> dict[str, Any]:
    """The hatch of an area with the colour of a place of sodium, so that colours alone need not tell it."""
    shape = HATCHES[colour][:1]
    if not shape:
        return {}
    ink = {"fgcolor": INK, "fgopacity": 0.4, "bgcolor": colour}
    return {"shape": shape, "size": 6, "solidity": 0.15, **ink}


def empty() -> Figure:
    """Empty axes, which the page shows before the first results."""
    return figure([], {"title": "", "visible": False}, {"title": "", "visible": False})


POINTS = 250
"""Points of a curve on the screen; the CSV has all."""


def thinned(x: Array, y: Array) -> NDArray[np.intp]:
    """Indices of at most ``POINTS`` points, evenly spaced along the drawn line and with both its ends."""
    if x.size <= POINTS:
        return np.arange(x.size)
    across, up = (np.diff(part) / (np.ptp(part) or 1.0) for part in (x, y))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(across, up))])
    places = np.searchsorted(along, np.linspace(0.0, along[-1], POINTS - 1))
    return np.unique(np.append(places, x.size - 1))


def short(values: Iterable[float]) -> list[float]:
    """The values with five digits, enough for a screen."""
    return [float(f"{value:.5g}") for value in values]
