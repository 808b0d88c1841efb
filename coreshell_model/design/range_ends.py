"""Advice at an end of a searched range: which number, which end, and to extend the range there."""

from collections.abc import Mapping, Sequence

import numpy as np

from coreshell_model.base.tables import shown_setting
from coreshell_model.design.space import Axis

INSIDE, LOWEST, HIGHEST = "inside the range", "at its low end", "at its high end"

EDGE = 0.01
"""Share of a range within which a value counts as at its end: a search seldom tries the end itself."""


def place_in(axis: Axis, value: float) -> str:
    """Where a value lies in the range of an axis; inside where the axis has one value alone."""
    low, high = axis.ends
    if not low < high:
        return INSIDE
    scale = np.log if axis.log else float
    share = (scale(value) - scale(low)) / (scale(high) - scale(low))
    return LOWEST if share <= EDGE else HIGHEST if share >= 1 - EDGE else INSIDE


def at_ends(axes: Sequence[Axis], advice: Mapping[str, Mapping[str, float]]) -> list[str]:
    """A sentence for each end of a range at which advice lies.

    Parameters
    ----------
    axes : the ranges that were searched
    advice : the values that are advised by the names of their axes, and these by what is advised, in words
    """
    sentences = []
    for axis in axes:
        low, high = axis.ends
        for end, place, side, beyond in ((low, LOWEST, "low", "below"), (high, HIGHEST, "high", "above")):
            there = [
                what
                for what, values in advice.items()
                if axis.name in values and place_in(axis, values[axis.name]) == place
            ]
            if there:
                number = f"{shown_setting(end)} {axis.unit}".removesuffix(" 1")
                sentences.append(
                    f"{axis.title} ({axis.name}) is at the {side} end of its range, {number}, for "
                    f"{'; '.join(there)}: extend the range {beyond} {number}, where it may be better still."
                )
    return sentences
