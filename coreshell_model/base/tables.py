"""Markdown of reports: tables, and numbers as people read them."""

from collections.abc import Iterable, Sequence

DASH = "–"
"""In place of a number where there is none."""


def shown_number(value: float | None, digits: int = 4) -> str:
    """A number of so many digits; a dash for none."""
    return DASH if value is None else f"{value:.{digits}g}"


def with_unit(value: float, unit: str) -> str:
    """A number with its unit, which "1" is not."""
    return f"{shown_number(value)} {unit}".removesuffix(" 1")


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[object]], bar: str = ",") -> list[str]:
    """Lines of a table.

    Parameters
    ----------
    head : of the columns
    rows : cells, which are written as text
    bar : what stands for a vertical bar in a cell, which it would end
    """
    first, *body = ([str(cell).replace("|", bar) for cell in row] for row in (head, *rows))
    return [_line(first), "|---" * len(head) + "|", *map(_line, body)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def apart(blocks: Iterable[Sequence[str]]) -> list[str]:
    """Blocks of lines with an empty line between them; those without any line are left out."""
    return [line for block in blocks if block for line in ("", *block)][1:]


def document(lines: Iterable[str]) -> str:
    """Lines as a text file."""
    return "\n".join(lines) + "\n"
