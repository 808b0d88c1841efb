"""One style for all figures, without touching the user's matplotlib state."""

from collections.abc import Callable, Iterator
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

MOST_LINES = 4
"""Lines of a title beyond which its end is left out."""

LINE = 0.14
"""Height of a line of a title [inches]."""

KEPT = "\u00a0"
"""A space at which no line is broken."""

MARGIN = 0.02
"""Share of a figure's width that a title leaves free on either side."""


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
    changed = ", ".join(f"{path} = {value}".replace(" ", KEPT) for path, value in changes(solution).items())
    return f"{solution.material.name}{f' ({changed})' if changed else ''}, {solution.protocol.name}"


def set_title(figure: Figure, text: str) -> None:
    """What was run, above everything in a figure: as many lines as its width asks for, and room for them."""
    heading = figure.suptitle("", x=MARGIN, ha="left", fontsize=8)

    def fits(line: str) -> bool:
        heading.set_text(line)
        return heading.get_window_extent().width <= (1 - 2 * MARGIN) * figure.bbox.width

    lines = _wrapped(text, fits)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}\u2026"]
    heading.set_text("\n".join(lines))
    figure.set_figheight(figure.get_figheight() + (len(lines) - 1) * LINE)


def _wrapped(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Lines that fit, broken between words; a word that no line holds is broken too."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if fits(longer):
            line = longer
            continue
        lines += [line] if line else []
        while not fits(word):
            most = max(1, next(n for n in range(len(word), 0, -1) if n == 1 or fits(word[:n])))
            lines, word = [*lines, word[:most]], word[most:]
        line = word
    return [*lines, line]


def per_cent(text: str) -> str:
    """A thin space before each per cent sign."""
    return text.replace("%", "\u2009%")
