"""The content of a page and its layout: a heading, pictures, and groups of results in two columns."""

from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from coreshell_model.show.figures.picture import Picture


@dataclass(frozen=True)
class Row:
    """A line of a group: a name, its value with the unit, and below them what the value is of.

    A row without a value is a text.
    """

    name: str
    value: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Group:
    """Rows that belong together, under a heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Page:
    """What a page shows.

    Attributes
    ----------
    title : in large letters
    lines : below it, such as how a run ended and what capacities are per gram of
    pictures : side by side, below the lines
    groups : in two columns; empty ones are left out
    foot : versions
    rest : where everything is that the page has no room for
    """

    title: str
    lines: tuple[str, ...]
    pictures: tuple[Picture, ...]
    groups: tuple[Group, ...]
    foot: str
    rest: str = "the command with --json"


@dataclass(frozen=True)
class Style:
    """Size [points], colour and weight of a text."""

    size: float
    colour: str = "black"
    bold: bool = False


@dataclass(frozen=True)
class Line:
    """A line of text from the left edge of its column, and one at its right edge."""

    style: Style
    left: str = ""
    right: str = ""
    before: float = 0.0
    """Room above it, in shares of its size."""

    @property
    def height(self) -> float:
        """Room that it takes [points]."""
        return self.style.size * (SPACING + self.before)


SPACING = 1.22
"""Distance of lines over their size."""

HEADING, BASIS = 1.1, 0.86
"""Sizes of headings and of the basis over that of results."""

GREY = "#5c5c5c"

VALUE_SHARE = 0.42
"""Share of a column's width beyond which a value has a line of its own."""

MOST_LINES = (12, 3)
"""Lines that a text of a group has at most, where there is room and where there is little; the end of a
longer one is left out."""

MOST_OF_A_TEXT = 6
"""The same of a row that is a text, as a warning, whose end says what to do; other rows give way to it."""

Fits = Callable[[str, Style, float], bool]
"""Whether a text of a style is at most as wide as this [points]."""


@dataclass(frozen=True)
class Block:
    """Lines that stay together in one column."""

    lines: tuple[Line, ...]
    height: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "height", sum(line.height for line in self.lines))


def blocks(groups: Sequence[Group], size: float, width: float, fits: Fits, most: int) -> list[Block]:
    """The rows of all groups as blocks, each text in at most so many lines.

    A heading stays with the first row of its group.
    """
    made = []
    for group in groups:
        style = Style(HEADING * size, bold=True)
        heading = [Line(style, text) for text in wrapped(group.heading, style, width, fits, most)]
        heading[0] = Line(style, heading[0].left, before=0.7)
        for row in group.rows:
            most_here = most if row.value or row.basis else max(most, MOST_OF_A_TEXT)
            made.append(Block((*heading, *_lines(row, size, width, fits, most_here))))
            heading = []
    return made


def _lines(row: Row, size: float, width: float, fits: Fits, most: int) -> Iterator[Line]:
    name, value, basis = Style(size), Style(size, bold=True), Style(BASIS * size, GREY)
    beside = bool(row.value) and fits(row.value, value, VALUE_SHARE * width)
    room = (1 - VALUE_SHARE) * width if beside else width
    if beside and fits(f"{row.name}   {row.value}", value, width):
        room = width
    names = wrapped(row.name, name, room, fits, most)
    for number, text in enumerate(names, start=1):  # the value stands beside the end of the name
        right = row.value if beside and number == len(names) else ""
        yield Line(name, text, right, before=0.25 if number == 1 else 0)
    if row.value and not beside:
        for text in wrapped(row.value, value, width, fits, most):
            yield Line(value, text)
    for text in wrapped(row.basis, basis, width, fits, most) if row.basis else ():
        yield Line(basis, text)


def wrapped(text: str, style: Style, width: float, fits: Fits, most: int) -> list[str]:
    """A text in at most so many lines, each of which fits; a word longer than a line is broken."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if fits(longer, style, width):
            line = longer
            continue
        lines += [line] if line else []
        while not fits(word, style, width):
            length = max(
                1, bisect(range(1, len(word)), False, key=lambda n: not fits(word[:n], style, width))
            )
            lines, word = [*lines, word[:length]], word[length:]
        line = word
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], _with_dots(lines[most - 1], style, width, fits)]
    return lines


def _with_dots(line: str, style: Style, width: float, fits: Fits) -> str:
    while line and not fits(f"{line} \u2026", style, width):
        line = line[:-1]
    return f"{line} \u2026"


def two_columns(made: Sequence[Block], room: float) -> tuple[list[Block], list[Block]] | None:
    """The blocks in two columns of about the same height; None where they do not fit into the room."""
    whole = sum(block.height for block in made)
    left, height = 0, 0.0
    while left < len(made) and height + made[left].height / 2 < whole / 2:
        height += made[left].height
        left += 1
    for count in (left, left + 1):
        columns = list(made[:count]), list(made[count:])
        if all(sum(block.height for block in column) <= room for column in columns):
            return columns
    return None


def shortened(page: Page, count: int) -> Page:
    """The page without so many rows of its longest groups, each of which then says how many it lacks.

    Every group keeps its first row, so fewer may go.
    """
    kept = [list(group.rows) for group in page.groups]
    missing = [0] * len(kept)
    for number, rows in enumerate(kept):
        if rows and rows[-1].name.endswith(MORE):
            missing[number] = int(rows.pop().name.split()[0])
    for _ in range(count):
        longest = max(range(len(kept)), key=lambda number: len(kept[number]))
        if len(kept[longest]) < 2:
            break
        kept[longest].pop()
        missing[longest] += 1
    groups = []
    for group, rows, lacks in zip(page.groups, kept, missing, strict=True):
        note = [Row(f"{lacks} {MORE}", basis=f"all of them: {page.rest}")] if lacks else []
        groups.append(Group(group.heading, (*rows, *note)))
    return replace(page, groups=tuple(groups))


MORE = "more are left out here"
"""The end of the row that stands for those that the page has no room for."""
