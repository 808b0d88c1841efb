"""Markdown of reports: tables, and numbers for people."""

from collections.abc import Iterable, Sequence

DASH = "–"
"""Stands in place of a missing number."""


def shown_number(value: float | None, digits: int = 4) -> str:
    """A number with this many digits; a dash for None."""
    return DASH if value is None else f"{value:.{digits}g}"


def with_unit(value: float, unit: str) -> str:
    """A number with its unit; the unit "1" is left out."""
    return f"{shown_number(value)} {unit}".removesuffix(" 1")


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[object]], bar: str = ",") -> list[str]:
    """Lines of a table in Markdown.

    Parameters
    ----------
    head : names of the columns
    rows : cells, which are written as text
    bar : replaces a vertical bar, which would end the cell
    """
    first, *body = ([str(cell).replace("|", bar) for cell in row] for row in (head, *rows))
    return [_line(first), "|---" * len(head) + "|", *map(_line, body)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def apart(blocks: Iterable[Sequence[str]]) -> list[str]:
    """Blocks of lines with an empty line between them; empty blocks are left out."""
    return [line for block in blocks if block for line in ("", *block)][1:]


def document(lines: Iterable[str]) -> str:
    """Lines as a text file."""
    return "\n".join(lines) + "\n"
