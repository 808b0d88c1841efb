"""Markdown of reports: tables, and numbers for people."""

from collections.abc import Iterable, Sequence

DASH = "–"
"""Stands in place of a missing number."""


ZERO_BELOW = {
    "mA.h.g-1": 1e-4,
    "mA.h.cm-3": 1e-4,
    "mA.h.cm-2": 1e-7,
    "V": 1e-6,
    "mV": 1e-3,
}
"""By unit: the magnitude below which a result is nothing but the tolerance of the solver, 1e-6 of every
filling and of a volt. A store fills with some 100 mAh/g, of which an electrode has some mg/cm2."""


def unit_of(name: str) -> str:
    """The unit in brackets at the end of a quantity's name; "1" where it has none."""
    return name.rpartition("[")[2].removesuffix("]") if name.endswith("]") else "1"


def without_unit(name: str) -> str:
    """A quantity's name without the unit in brackets at its end."""
    return name.rpartition(" [")[0] if name.endswith("]") else name


def shown_number(value: float | None, digits: int = 4, unit: str = "1") -> str:
    """A number with this many digits, 0 where it is zero within the solver's tolerance; a dash for None."""
    if value is None:
        return DASH
    return "0" if value == 0 or abs(value) < ZERO_BELOW.get(unit, 0.0) else f"{value:.{digits}g}"


def shown_setting(value: float) -> str:
    """A number that was chosen, with the five digits of a temperature as 263.15 K."""
    return f"{value:.5g}"


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
