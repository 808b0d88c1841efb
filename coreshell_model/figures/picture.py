"""A figure with the numbers that are plotted in it, and both on disk."""

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from coreshell_model.errors import InputError
from coreshell_model.figures.style import styled
from coreshell_model.keeping import checksum, replace

FORMATS = (".png", ".pdf", ".svg")
"""What a picture may be saved as."""

MARK = "drawn by coreshell_model"
"""What the metadata of a picture say, by which it is told from a user's own; the checksum of its numbers
follows."""


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
        if each.suffix.lower() not in FORMATS:
            raise InputError(
                f"{each}: {each.suffix or 'no suffix'} is not a format; use {', '.join(FORMATS)}"
            )
    check_own(figures, numbers)
    try:
        table = picture.numbers.to_csv(index=False)
        # The numbers after the first picture and before the last: a kill leaves one of them that fits them.
        for place, each in enumerate(figures):
            replace(each, picture_bytes(picture, each.suffix.lower(), table))
            if place == 0:
                replace(each := numbers, table)
    except OSError as error:
        raise InputError(
            f"{each} cannot be written: {error.strerror or error}; choose another folder"
        ) from None
    return [*figures, numbers]


def picture_bytes(picture: Picture, suffix: str, table: str = "") -> bytes:
    """The content of the file that ``save_picture`` writes for one of ``FORMATS``; ``table`` is its CSV."""
    content = io.BytesIO()
    with styled():
        metadata = {"Software" if suffix == ".png" else "Creator": _mark(table.encode())}
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
