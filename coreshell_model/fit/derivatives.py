"""Derivatives of residuals that may fail, by differences."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coreshell_model.fit.misfit import Evaluation

STEP, LEAST_STEP = 3e-3, 1e-4
"""Of the differences, as a share of the range between the bounds: the first, and the least."""

CHANGE = 3.0
"""Change of the residuals, in standard deviations of all data together, for which a step is chosen once
derivatives are known: beyond the solver's noise, 0.1 for some hundred points, within what intervals span."""

Array = NDArray[np.float64]


def steps_for(jacobian: Array) -> Array:
    """Steps of the differences that change the residuals by about ``CHANGE``."""
    size = np.linalg.norm(jacobian, axis=0)
    return np.clip(np.divide(CHANGE, size, out=np.full(len(size), STEP), where=size > 0), LEAST_STEP, STEP)


def differences(
    misfit: Callable[[Array], Evaluation],
    places: Array,
    here: Evaluation,
    steps: Array,
    central: bool = False,
) -> Array:
    """Differences by all places: forward, backward where forward leaves the bounds or fails, or ``central``.

    A parameter for which both fail counts as without influence; the misfit keeps the reason.
    """
    slopes = np.zeros((len(here.residuals), len(places)))
    for index in range(len(places)):
        ends: list[tuple[float, Array]] = [(float(places[index]), here.residuals)]
        first = steps[index] if places[index] <= 0.5 else -steps[index]
        for step in (first, -first):
            moved = places.copy()
            moved[index] = np.clip(places[index] + step, 0.0, 1.0)
            if moved[index] == places[index]:
                continue
            there = misfit(moved)
            if len(there.failures) <= len(here.failures):
                ends.append((float(moved[index]), there.residuals))
                if not central:
                    break
        if len(ends) > 1:
            (low, before), (high, after) = ends[-2:]
            slopes[:, index] = (after - before) / (high - low)
    return slopes
