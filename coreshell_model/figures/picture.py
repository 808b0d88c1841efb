"""A figure with the numbers that are plotted in it, and both on disk."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from coreshell_model.errors import InputError
from coreshell_model.figures.style import styled
from coreshell_model.keeping import replace

FORMATS = (".png", ".pdf", ".svg")
"""What a picture may be saved as."""


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
        A format that there is not, or a path that cannot be written.
    """
    figures = [path, *(path.with_name(path.stem + suffix) for suffix in suffixes)]
    numbers = path.with_name(path.stem + ".csv")
    for each in figures:
        if each.suffix.lower() not in FORMATS:
            raise InputError(
                f"{each}: {each.suffix or 'no suffix'} is not a format; use {', '.join(FORMATS)}"
            )
    try:
        for each in figures:
            replace(each, picture_bytes(picture, each.suffix.lower()))
        each = numbers
        replace(numbers, picture.numbers.to_csv(index=False))
    except OSError as error:
        raise InputError(
            f"{each} cannot be written: {error.strerror or error}; choose another folder"
        ) from None
    return [*figures, numbers]


def picture_bytes(picture: Picture, suffix: str) -> bytes:
    """The content of the file that ``save_picture`` writes for one of ``FORMATS``."""
    content = io.BytesIO()
    with styled():
        picture.figure.savefig(content, format=suffix.removeprefix("."))
    return content.getvalue()
