"""The look of the page's figures, as plain plotly figures; the colours are those of the printed ones."""

from typing import Any

A_COLOUR, B_COLOUR = "#c2410c", "#0b63b0"
"""Of the pinned design and of the one on the sliders."""

INK, FAINT, GRID = "#1f2933", "#52606d", "#e4e7eb"

GRAPH: Any = {"displayModeBar": False, "displaylogo": False, "responsive": True, "scrollZoom": False}
"""How plotly shows a figure: without its buttons, whose work the page's own do."""

LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12}}
"""Above the axes, where it hides nothing."""

Figure = dict[str, Any]


def figure(data: list[dict], x: dict, y: dict, **layout: Any) -> Figure:
    """A figure with one pair of axes in the style of the page."""
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
    """One axis, its numbers readable and its grid faint."""
    named = {"title": {"text": title, "font": {"size": 13}, "standoff": 8}} if title else {}
    return named | {
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


def empty() -> Figure:
    """Axes without anything, for the moment before the first answer."""
    return figure([], {"title": "", "visible": False}, {"title": "", "visible": False})
