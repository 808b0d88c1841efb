"""Names of columns as labels of axes."""

import re
import textwrap

from coreshell_model.inputs.changes import meaning
from coreshell_model.observe.quantities import scope_of

_PATH = re.compile(r"[a-z]\w*(\.\w+)+")

LINE = 32
"""Characters of a line of a label, which fits along the smallest panel."""


def axis_label(name: str) -> str:
    """A column's name with its unit behind a slash; below it, of which half-cycle a result is.

    Its lines have at most ``LINE`` characters.
    A bare number is called a fraction, and a number of a material that has only a path gets words.
    """
    scope = scope_of(name).partition(":")[0]
    quantity, bracket, unit = name.rpartition(" [")
    if _PATH.fullmatch(quantity or name):
        words = meaning(quantity or name)
        quantity, name = words, words
    lines = textwrap.wrap(quantity if bracket else name, LINE)
    if bracket:
        factors = unit.removesuffix("]").replace("A.h", "Ah").split(".")
        # A unit is as wide as its characters without the markup of its powers.
        same_line = len(f"{lines[-1]} / {unit}") <= LINE
        shown = " ".join(_power(factor) for factor in factors)
        lines = [*lines[:-1], f"{lines[-1]} / {shown}"] if same_line else [*lines, f"/ {shown}"]
    return "\n".join([*lines, *textwrap.wrap(f"({scope})" if scope else "", LINE)])


def _power(unit: str) -> str:
    """A unit such as "g-1" with its power as a superscript."""
    letters = unit.rstrip("-0123456789")
    return f"{letters}$^{{{unit[len(letters) :]}}}$" if letters != unit else unit


def ordinal(number: int) -> str:
    """A whole number as a place in a row: "1st", "12th", "23rd"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain_unit(unit: str) -> str:
    """A unit such as "mA.h.g-1" as people write it, mAh g⁻¹; "" for "1"."""
    if unit == "1":
        return ""
    factors = unit.replace("A.h", "Ah").split(".")
    letters = [factor.rstrip("-0123456789") for factor in factors]
    powers = [
        factor[len(each) :].translate(_SUPERSCRIPTS) for factor, each in zip(factors, letters, strict=True)
    ]
    return " ".join(f"{each}{power}" for each, power in zip(letters, powers, strict=True))
