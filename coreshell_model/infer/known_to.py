"""How well the data fix a parameter, in words graded by the width of its interval."""

import math

from coreshell_model.base.intervals import Interval
from coreshell_model.base.tables import shown_number, with_unit
from coreshell_model.infer.profile import FIXED, ONE_SIDED

WITHIN = 1.2
"""Largest factor between the value and an end of its 95 % interval at which the data fix it."""

DIGITS = 2
"""Of the width in words."""

SLACK = 1e-9
"""Share of the last digit within which a width is not rounded up, but taken as exact."""

POTENTIAL = "V"
"""Unit of numbers whose zero is a convention, so that no factor says how well they are known."""


def graded(verdict: str, value: float, interval: Interval, unit: str) -> str:
    """The verdict on a parameter, with how well it is known where the data close both sides.

    "fixed by the data" where both ends of the 95 % interval lie within a factor of ``WITHIN`` of the value,
    else "known to a factor of 3", or "known to ± 0.02 V" of a potential and where the interval reaches 0.

    Parameters
    ----------
    verdict : as ``profile.verdict`` gives it; all but "fixed by the data" stay as they are
    value, interval : at the best fit, and its 95 % interval
    unit : of both
    """
    low, high = interval
    if verdict != FIXED:
        return verdict
    if low is None or high is None:  # closed but for a prior's pull at the end
        return ONE_SIDED
    if low * high > 0:
        factor = max(low / value, value / low, high / value, value / high)
        if factor <= WITHIN:
            return FIXED
        if unit != POTENTIAL:
            return f"known to a factor of {shown_number(_rounded(factor))}"
    return f"known to ± {with_unit(_rounded(max(high - value, value - low)), unit)}"


def _rounded(number: float) -> float:
    """Up, to ``DIGITS`` digits, so that the words never say more than the interval."""
    unit = 10.0 ** (math.floor(math.log10(number)) - DIGITS + 1)
    return float(f"{unit * math.ceil(number / unit - SLACK):.{DIGITS}g}")
