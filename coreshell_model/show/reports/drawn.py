"""A page drawn on a sheet of A4, with its pictures as vectors."""

from functools import cache

import numpy as np
from matplotlib.artist import Artist, allow_rasterization
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from coreshell_model.show.figures.picture import Picture, styled
from coreshell_model.show.reports.page import (
    GREY,
    MOST_LINES,
    Block,
    Fits,
    Page,
    Style,
    blocks,
    shortened,
    two_columns,
    wrapped,
)

WIDTH, HEIGHT = 8.27, 11.69
"""Of a sheet of A4 [inches]."""

MARGIN, GUTTER, GAP = 0.65, 0.35, 0.12
"""Edge of the sheet, room between the columns, and room above and below the pictures [inches]."""

POINTS = 72
"""Of an inch."""

SIZES = (7.5, 7.0, 6.5, 6.0)
"""Sizes of text that are tried, the largest first."""

PICTURE_HEIGHTS = (3.0, 2.5)
"""Heights of pictures that are tried [inches], the largest first."""

TITLE, FOOT = Style(13, bold=True), Style(6, GREY)

IMAGE_DPI = 300
"""Of pictures with so many points that their vectors would make a large file."""


class _Placed(Artist):
    """A figure at a place on the page, in its own size."""

    def __init__(self, inner: Figure, sheet: Figure):
        super().__init__()
        self.inner, self.sheet = inner, sheet

    @allow_rasterization
    def draw(self, renderer) -> None:
        """Draw all that the figure holds, at the page's resolution."""
        self.inner.dpi = self.sheet.dpi
        self.inner.draw(renderer)


def drawn(page: Page) -> Figure:
    """The page as a figure of the size of A4."""
    with styled():
        sheet = Figure(figsize=(WIDTH, HEIGHT), dpi=POINTS)
        fits = _measure(sheet)
        width = WIDTH - 2 * MARGIN
        column = (width - GUTTER) / 2
        title = wrapped(page.title, TITLE, POINTS * width, fits, 2)
        lines = [
            each for line in page.lines for each in wrapped(line, Style(SIZES[0]), POINTS * width, fits, 3)
        ]
        foot = wrapped(page.foot, FOOT, POINTS * width, fits, 2)
        head = (len(title) * TITLE.size + len(lines) * SIZES[0]) * 1.25 / POINTS
        room = HEIGHT - 2 * MARGIN - head - len(foot) * FOOT.size * 1.3 / POINTS - GAP
        picture_height, columns = _layout(page, room, POINTS * column, fits)

        y = HEIGHT - MARGIN
        for text in title:
            y = _write(sheet, text, MARGIN, y, TITLE)
        for text in lines:
            y = _write(sheet, text, MARGIN, y, Style(SIZES[0]))
        if page.pictures:
            y -= GAP + picture_height
            _place_all(sheet, page.pictures, y, width, picture_height)
        for place, blocks_of_column in enumerate(columns):
            _write_column(sheet, blocks_of_column, MARGIN + place * (column + GUTTER), y - GAP, column)
        y = MARGIN + len(foot) * FOOT.size * 1.3 / POINTS
        for text in foot:
            y = _write(sheet, text, MARGIN, y, FOOT)
        return sheet


def _measure(sheet: Figure) -> Fits:
    """The function that measures texts: each word once, as everything is tried in several sizes."""
    renderer = FigureCanvasAgg(sheet).get_renderer()

    @cache
    def width_of(word: str, bold: bool) -> float:
        font = _font(Style(MEASURED_AT, bold=bold))
        return renderer.get_text_width_height_descent(word, font, False)[0] / MEASURED_AT

    def fits(text: str, style: Style, width: float) -> bool:
        words = text.split(" ")
        space = width_of("x x", style.bold) - width_of("xx", style.bold)
        length = sum(width_of(word, style.bold) for word in words if word) + space * (len(words) - 1)
        return style.size * length <= width

    return fits


MEASURED_AT = 100
"""Size at which words are measured [points]: large, so that their pixels do not count."""


def _layout(page: Page, room: float, width: float, fits) -> tuple[float, tuple[list[Block], list[Block]]]:
    """Height of the pictures, and the columns.

    What fits is text as large as it can be; rows are left out where the smallest does not fit.
    """
    own = max((picture.figure.get_figheight() for picture in page.pictures), default=0.0)
    heights = [min(height, own) for height in PICTURE_HEIGHTS]
    for most in MOST_LINES:
        for size in SIZES:
            made = blocks(page.groups, size, width, fits, most)
            for height in heights:
                columns = two_columns(made, POINTS * (room - (height + 2 * GAP if height else 0)))
                if columns is not None:
                    return height, columns
    return heights[-1], _with_rows_left_out(page, POINTS * (room - heights[-1] - 2 * GAP), width, fits)


def _with_rows_left_out(page: Page, room: float, width: float, fits: Fits) -> tuple[list[Block], list[Block]]:
    """The columns of the smallest text, with as few rows left out as possible."""
    while True:
        made = blocks(page.groups, SIZES[-1], width, fits, MOST_LINES[-1])
        columns = two_columns(made, room)
        if columns is not None:
            return columns
        height = sum(block.height for block in made)
        surplus = int(len(made) * (height - 2 * room) / height / 2)
        shorter = shortened(page, max(1, surplus))
        if shorter == page:
            return made, []
        page = shorter


def _font(style: Style) -> FontProperties:
    return FontProperties(size=style.size, weight="bold" if style.bold else "normal")


def _write(sheet: Figure, text: str, x: float, y: float, style: Style, right: bool = False) -> float:
    """Write a line whose upper edge is at y [inches]; return the upper edge of the next one."""
    below = y - 1.25 * style.size / POINTS
    sheet.text(
        x / WIDTH,
        (y - style.size / POINTS) / HEIGHT,
        text,
        fontproperties=_font(style),
        color=style.colour,
        ha="right" if right else "left",
        va="baseline",
        parse_math=False,
    )
    return below


def _write_column(sheet: Figure, column: list[Block], x: float, y: float, width: float) -> None:
    for block in column:
        for line in block.lines:
            top = y - line.before * line.style.size / POINTS
            if line.left:
                _write(sheet, line.left, x, top, line.style)
            if line.right:
                _write(sheet, line.right, x + width, top, Style(line.style.size, bold=True), right=True)
            y -= line.height / POINTS


def _place_all(sheet: Figure, pictures: tuple[Picture, ...], y: float, width: float, height: float) -> None:
    """Place the pictures side by side, as wide as they share the width in proportion to their own widths."""
    widths = np.array([picture.figure.get_figwidth() for picture in pictures])
    shares = widths / widths.sum() * (width - GAP * (len(pictures) - 1))
    x = MARGIN
    for picture, share in zip(pictures, shares, strict=True):
        _place(sheet, picture.figure, (x, y, share, height))
        x += share + GAP


def _place(sheet: Figure, inner: Figure, bounds: tuple[float, float, float, float]) -> None:
    """Give a figure its size and place [inches] on the sheet, where it is drawn with its own fonts.

    Its title is left out, as the page has its own.
    """
    left, bottom, width, height = bounds
    inner.suptitle("")
    inner.set_size_inches(width, height)
    if any(artist.get_rasterized() for artist in inner.findobj()):
        inner.set_dpi(IMAGE_DPI)
        canvas = FigureCanvasAgg(inner)
        canvas.draw()
        axes = sheet.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))
        axes.set_axis_off()
        axes.imshow(np.asarray(canvas.buffer_rgba()), aspect="auto", interpolation="none")
        return
    inner.set_dpi(POINTS)
    FigureCanvasAgg(inner)
    inner.draw_without_rendering()  # lays it out, which is done in its own coordinates
    inner.set_layout_engine("none")
    inner.bbox_inches.set_points(np.array([[left, bottom], [left + width, bottom + height]]))
    sheet.add_artist(_Placed(inner, sheet))
