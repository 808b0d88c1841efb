"""Names of columns as labels of axes."""

import textwrap

from coreshell_model.observe.quantities import scope_of

LINE = 42
"""Characters of a line of a label."""


def axis_label(name: str) -> str:
    """A column's name with its unit behind a slash; below it, of which half-cycle a result is.

    A bare number is called a fraction.
    """
    scope = scope_of(name).partition(":")[0]
    quantity, bracket, unit = name.rpartition(" [")
    if bracket:
        factors = unit.removesuffix("]").replace("A.h", "Ah").split(".")
        name = f"{quantity} / {' '.join(_power(factor) for factor in factors)}"
    return f"{name}\n{textwrap.fill(f'({scope})', LINE)}" if scope else name


def _power(unit: str) -> str:
    """A unit such as "g-1" with its power as a superscript."""
    letters = unit.rstrip("-0123456789")
    return f"{letters}$^{{{unit[len(letters) :]}}}$" if letters != unit else unit


def ordinal(number: int) -> str:
    """A whole number as a place in a row: "1st", "12th", "23rd"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
