"""Names of columns as labels of axes."""

import re
import textwrap

from coreshell_model.inputs.changes import meaning
from coreshell_model.observe.quantities import scope_of

_PATH = re.compile(r"[a-z]\w*(\.\w+)+")

LINE = 42
"""Characters of a line of a label."""


def axis_label(name: str) -> str:
    """A column's name with its unit behind a slash; below it, of which half-cycle a result is.

    A bare number is called a fraction, and a number of a material that has only a path gets words.
    """
    scope = scope_of(name).partition(":")[0]
    quantity, bracket, unit = name.rpartition(" [")
    if _PATH.fullmatch(quantity or name):
        words = meaning(quantity or name)
        quantity, name = words, words
    if bracket:
        factors = unit.removesuffix("]").replace("A.h", "Ah").split(".")
        name = f"{quantity} / {' '.join(_power(factor) for factor in factors)}"
    return f"{name}\n{textwrap.fill(f'({scope})', LINE)}" if scope else name


def _power(unit: str) -> str:
    """A unit such as "g-1" with its power as a superscript."""
    letters = unit.rstrip("-0123456789")
    return f"{letters}$^{{{unit[len(letters) :]}}}$" if letters != unit else unit
