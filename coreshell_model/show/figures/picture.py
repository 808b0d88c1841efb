"""A figure with the numbers plotted in it: its style, its title, and both written to disk."""

import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.style
import pandas as pd
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import checksum, replace, room_for
from coreshell_model.observe.quantities import changes
from coreshell_model.run.solution import Solution
from coreshell_model.show.figures.palette import SERIES

STYLE = Path(__file__).parent / "coreshell.mplstyle"

ONE_COLUMN, TWO_COLUMNS = 3.5, 7.2
"""Widths [inches] of figures in a journal with two columns."""

CAPACITY = "Capacity / mAh g$^{-1}$"
VOLTAGE = "Voltage against Na / V"
CELL_VOLTAGE = "Cell voltage / V"

MOST_LINES = 4
"""Lines of a title; the end of a longer one is left out."""

LINE_HEIGHT = 0.14
"""Height of a line of a title [inches]."""

NO_BREAK_SPACE = "\u00a0"

MARGIN = 0.02
"""Share of a figure's width on either side of its title."""


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the project's style inside the ``with`` block only."""
    with matplotlib.rc_context():
        matplotlib.style.use(STYLE)
        matplotlib.rcParams["axes.prop_cycle"] = cycler(color=SERIES)
        yield


def new_figure(width: float, height: float) -> Figure:
    """A figure with its own canvas, which needs no window system."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def title(solution: Solution) -> str:
    """The material with its changed numbers, and the protocol."""
    texts = (f"{path} = {value}" for path, value in changes(solution).items())
    changed = ", ".join(text.replace(" ", NO_BREAK_SPACE) for text in texts)
    return f"{solution.material.name}{f' ({changed})' if changed else ''}, {solution.protocol.name}"


def set_title(figure: Figure, text: str) -> None:
    """Write the title above the panels in lines as wide as the figure, which grows by their height."""
    heading = figure.suptitle("", x=MARGIN, ha="left", fontsize=8)

    def fits(line: str) -> bool:
        heading.set_text(line)
        return heading.get_window_extent().width <= (1 - 2 * MARGIN) * figure.bbox.width

    lines = _wrapped(text, fits)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}\u2026"]
    heading.set_text("\n".join(lines))
    figure.set_figheight(figure.get_figheight() + (len(lines) - 1) * LINE_HEIGHT)


def _wrapped(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Lines that fit, broken between words; a word longer than a line is broken too."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if fits(longer):
            line = longer
            continue
        lines += [line] if line else []
        while not fits(word):
            length = next(n for n in range(len(word), 0, -1) if n == 1 or fits(word[:n]))
            lines, word = [*lines, word[:length]], word[length:]
        line = word
    return [*lines, line]


def per_cent(text: str) -> str:
    """The text with a thin space before each per cent sign."""
    return text.replace("%", "\u2009%")


FORMATS = (".png", ".pdf", ".svg")
"""Suffixes of the formats of pictures."""

MARK = "drawn by coreshell_model"
"""The beginning of a text in the metadata of every picture of this program; the checksum of its numbers
follows."""

UNDATED = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}
"""Metadata without a date, so that the same picture always gives the same file."""


@dataclass(frozen=True)
class Picture:
    """A figure, and the table of its points with units in the names of the columns."""

    figure: Figure
    numbers: pd.DataFrame


def stacked(parts: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A table of the parts, one below the other; a part maps columns to values, or to one value for all."""
    tables = [pd.DataFrame(part) for part in parts]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def save_picture(picture: Picture, path: Path, suffixes: Iterable[str] = ()) -> list[Path]:
    """Write the figure in the format of the path's suffix and in further ones, and its numbers as CSV.

    Raises
    ------
    InputError
        An unknown format, a path that cannot be written, or a file there that this program did not write.
    """
    figures = [path, *(path.with_name(path.stem + suffix) for suffix in suffixes)]
    numbers = path.with_name(path.stem + ".csv")
    for file in figures:
        check_suffix(file)
    check_own(figures, numbers)
    table = picture.numbers.to_csv(index=False)
    # Numbers directly after the first figure: if the program is killed, a figure that fits them is there.
    for file in figures:
        with room_for(file):
            replace(file, picture_bytes(picture, file.suffix.lower(), table))
        if file == path:
            with room_for(numbers):
                replace(numbers, table)
    return [*figures, numbers]


def check_suffix(path: Path) -> None:
    """Refuse a file whose suffix is not one of ``FORMATS``."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path}: {path.suffix or 'no suffix'} is not a format; use {', '.join(FORMATS)}")


def picture_bytes(picture: Picture, suffix: str, table: str = "") -> bytes:
    """The content of a file in one of ``FORMATS``; ``table`` is the CSV of the picture's numbers."""
    content = io.BytesIO()
    with styled():
        metadata = {"Software" if suffix == ".png" else "Creator": _mark(table.encode())}
        metadata |= UNDATED.get(suffix, {})
        picture.figure.savefig(content, format=suffix.removeprefix("."), metadata=metadata)
    return content.getvalue()


def check_own(figures: Iterable[Path], beside: Path) -> None:
    """Refuse to overwrite pictures that this program did not draw, and files that belong to none of its own.

    Parameters
    ----------
    figures : paths of pictures
    beside : path of a file that belongs to a picture and has its name but for the suffix, as its numbers do
    """
    for file in figures:
        if os.path.lexists(file) and not _is_drawn_here(file):
            raise InputError(
                f"{file}: is there and was not drawn by this program; move it, or give another name"
            )
    if not os.path.lexists(beside):
        return
    mark = MARK
    if beside.suffix == ".csv" and beside.is_file():
        mark = _mark(beside.read_bytes())
    if beside.is_symlink() or not any(_is_drawn_here(beside.with_suffix(end), mark) for end in FORMATS):
        raise InputError(
            f"{beside}: is there and belongs to no picture of this program; move it, or give another name"
        )


def _mark(table: bytes) -> str:
    return f"{MARK}, numbers {checksum(table)}"


def _is_drawn_here(path: Path, mark: str = MARK) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and mark.encode() in path.read_bytes()
    except OSError:
        return False


def two_panels(
    draw: tuple[Callable[[Any], pd.DataFrame], Callable[[Any], pd.DataFrame]], text: str
) -> Picture:
    """Two panels side by side, (a) and (b), each drawn by a function that returns its numbers."""
    with styled():
        figure = new_figure(TWO_COLUMNS, 3.0)
        panels = figure.subplots(1, 2, width_ratios=(1, 1.25))
        numbers = {}
        for axes, drawn, letter in zip(panels, draw, ("a", "b"), strict=True):
            numbers[letter] = drawn(axes)
            axes.set_title(f"({letter})")
        set_title(figure, text)
        return Picture(figure, pd.concat(numbers, names=["Panel"]).reset_index(level=0))
