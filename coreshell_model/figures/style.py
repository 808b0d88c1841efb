"""One style for all figures, without touching the user's matplotlib state."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coreshell_model.observables import changes
from coreshell_model.solution import Solution

STYLE = Path(__file__).parents[1] / "coreshell.mplstyle"

ONE_COLUMN, TWO_COLUMNS = 3.5, 7.2
"""Widths [inches] that figures have in a journal of two columns."""

CAPACITY = "Capacity / mAh g$^{-1}$"
VOLTAGE = "Voltage against Na / V"

LONGEST_TITLE = 100


@contextmanager
def styled() -> Iterator[None]:
    """The style of the project for what is drawn inside, and nothing after."""
    with matplotlib.rc_context():
        matplotlib.style.use(STYLE)
        yield


def new_figure(width: float, height: float) -> Figure:
    """A figure with a canvas of its own, so that no window system is asked."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def gradient(count: int) -> np.ndarray:
    """Colours from first to last, none of them too light for paper."""
    return matplotlib.colormaps["viridis"](np.linspace(0, 0.85, count))


def title(solution: Solution) -> str:
    """What was run, with its changes."""
    changed = ", ".join(f"{path} = {value}" for path, value in changes(solution).items())
    text = f"{solution.material.name}{f' ({changed})' if changed else ''}, {solution.protocol.name}"
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}\u2026"


def per_cent(text: str) -> str:
    """A thin space before each per cent sign."""
    return text.replace("%", "\u2009%")
