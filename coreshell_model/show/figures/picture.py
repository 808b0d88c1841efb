"""A figure with the numbers that are plotted in it, its style, and both on disk."""

import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import checksum, replace, room_for
from coreshell_model.observe.quantities import changes
from coreshell_model.run.solution import Solution

STYLE = Path(__file__).parent / "coreshell.mplstyle"

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


FORMATS = (".png", ".pdf", ".svg")
"""What a picture may be saved as."""

MARK = "drawn by coreshell_model"
"""What the metadata of a picture say, by which it is told from a user's own; the checksum of its numbers
follows."""

UNDATED = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}
"""What leaves the date out, so that the same picture is the same file."""


@dataclass(frozen=True)
class Picture:
    """A figure, and the table of its points, units in the names of the columns."""

    figure: Figure
    numbers: pd.DataFrame


def save_picture(picture: Picture, path: Path, suffixes: Iterable[str] = ()) -> list[Path]:
    """Write the figure in the format of the suffix, and in further ones, and its numbers beside it as CSV.

    Raises
    ------
    InputError
        A format that there is not, a path that cannot be written, or a file there that is another's.
    """
    figures = [path, *(path.with_name(path.stem + suffix) for suffix in suffixes)]
    numbers = path.with_name(path.stem + ".csv")
    for each in figures:
        check_suffix(each)
    check_own(figures, numbers)
    table = picture.numbers.to_csv(index=False)
    # The numbers after the first picture and before the last: a kill leaves one of them that fits them.
    for place, each in enumerate(figures):
        with room_for(each):
            replace(each, picture_bytes(picture, each.suffix.lower(), table))
        if place == 0:
            with room_for(numbers):
                replace(numbers, table)
    return [*figures, numbers]


def check_suffix(path: Path) -> None:
    """Refuse a file whose name ends like none of the formats that a picture can have.

    Raises
    ------
    InputError
        With the formats.
    """
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path}: {path.suffix or 'no suffix'} is not a format; use {', '.join(FORMATS)}")


def picture_bytes(picture: Picture, suffix: str, table: str = "") -> bytes:
    """The content of the file that ``save_picture`` writes for one of ``FORMATS``; ``table`` is its CSV."""
    content = io.BytesIO()
    with styled():
        metadata = {"Software" if suffix == ".png" else "Creator": _mark(table.encode())}
        metadata |= UNDATED.get(suffix, {})
        picture.figure.savefig(content, format=suffix.removeprefix("."), metadata=metadata)
    return content.getvalue()


def check_own(figures: Iterable[Path], beside: Path) -> None:
    """Refuse to overwrite pictures that this program did not draw, and what lies beside no such picture.

    Parameters
    ----------
    figures : paths of pictures
    beside : path of their numbers, or of another file of theirs; it differs from them in its suffix alone

    Raises
    ------
    InputError
        With the path that is taken.
    """
    for each in figures:
        if os.path.lexists(each) and not _is_drawn_here(each):
            raise InputError(
                f"{each}: is there and was not drawn by this program; move it, or give another name"
            )
    if not os.path.lexists(beside):
        return
    mark = MARK
    if beside.suffix == ".csv" and beside.is_file():
        mark = _mark(beside.read_bytes())
    if beside.is_symlink() or not any(_is_drawn_here(beside.with_suffix(each), mark) for each in FORMATS):
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
