"""The colours of all pictures and of the page, and what tells series apart beside them.

Colours of series that are drawn together differ by at least ``LEAST_DIFFERENCE`` in CIELAB, also as people
with each of the three kinds of colour blindness see them; tests/test_colours.py simulates these.
"""

from itertools import cycle, islice
from typing import Any

import matplotlib
import numpy as np

BLUE, VERMILION, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY, ORANGE, BLACK = "#56b4e9", "#e69f00", "#000000"

SERIES = (BLUE, VERMILION, GREEN, PURPLE, SKY, ORANGE, BLACK)
"""Colours of series without an order (assumed: no two are mistaken for each other; the tests check it)."""

DASHES = ("-", (0, (4, 1.5)), (0, (6, 1.2, 1.2, 1.2)), (0, (10, 2)), (0, (3, 1, 1, 1, 1, 1)))
"""Dashes of lines that are drawn together; dots are those of holds."""

MARKERS = ("o", "s", "D", "^", "v", "P", "X")
"""Markers of points that are drawn together."""

MARKED = 0.15
"""Way between the marked points of a line of many, as a share of the picture's diagonal."""

DARK = "#3b3b3b"
"""Colour of what was measured, beside the simulation in ``VERMILION``."""

FILES = (
    (BLACK, "circle", "o"),
    (GREEN, "square", "s"),
    ("#8a2be2", "diamond", "D"),
    ("#5a2d00", "triangle-up", "^"),
)
"""Colour, plotly's symbol and matplotlib's marker of each measured file beside two simulations, which are
``BLUE`` and ``VERMILION``."""

SEI, DOUBLE_LAYER, SHELL_SITES, CORE_SITES = "#8c8c8c", "#d9d9d9", "#9ecae1", "#4292c6"
SALT, POSITIVE = "#8c6d31", "#f2cf8d"
KEEPERS = (DARK, "#5a0069")
STORES = ("#e6550d", "#35c05a", "#6a3df0", "#871e00")
"""Colours of the places where sodium is; of kinds of storage those that keep their sodium, and those that
give it back."""

HATCHES = {
    SEI: "....",
    KEEPERS[0]: "",
    KEEPERS[1]: "++++",
    DOUBLE_LAYER: "----",
    SHELL_SITES: "////",
    CORE_SITES: "\\\\\\\\",
    STORES[0]: "||||",
    STORES[1]: "xxxx",
    STORES[2]: "",
    STORES[3]: "----",
    SALT: "xxxx",
    POSITIVE: "++++",
}
"""The hatch of each place; those of the shipped materials are all different."""

HATCHED = "#00000059"
"""Colour of the hatches."""

LEAST_DIFFERENCE = 15.0
"""Least distance in CIELAB (assumed: some six times one that is just seen between large patches)."""

LIGHTEST = 0.85
"""Place in viridis of the lightest colour of an ordered series, which still stands out from paper."""


def gradient(count: int) -> np.ndarray:
    """Colours of an ordered series, none of them too light for paper; lightness alone orders them."""
    return matplotlib.colormaps["viridis"](np.linspace(0, LIGHTEST, count))


def ordered_lines(count: int) -> list[dict[str, Any]]:
    """Colour and dash of each line of an ordered series, and a marker once the dashes come again."""
    styles = []
    for place, colour in enumerate(gradient(count)):
        again, dash = divmod(place, len(DASHES))
        style = {"color": colour, "linestyle": DASHES[dash]}
        if again:
            style |= {"marker": MARKERS[(again - 1) % len(MARKERS)], "markevery": MARKED, "markersize": 2.5}
        styles.append(style)
    return styles


def ordered_points(count: int) -> list[dict[str, Any]]:
    """Colour and marker of each line of an ordered series that is drawn with its points."""
    return [
        {"color": colour, "marker": marker}
        for colour, marker in zip(gradient(count), islice(cycle(MARKERS), count), strict=True)
    ]


def marked_lines(count: int) -> list[dict[str, Any]]:
    """The same for lines of many points, some of which are marked; their dashes may say something else."""
    return [style | {"markevery": MARKED} for style in ordered_points(count)]


def marked_line(place: int) -> dict[str, Any]:
    """Colour and marker of a line of many points in a series without an order."""
    return {
        "color": SERIES[place % len(SERIES)],
        "marker": MARKERS[place % len(MARKERS)],
        "markevery": MARKED,
    }
