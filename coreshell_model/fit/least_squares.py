"""A minimum of chi-squared within the bounds, from afar."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coreshell_model.fit.misfit import Evaluation, Misfit
from coreshell_model.fit.walk import FIRST_REACH, Walk

ROUGH, FINE = 0.1, 0.01
"""Falls of chi-squared, where 3.84 counts, at which a fit ends: to compare starts, and for the best fit."""

RELATIVE = 1e-4
"""The same as a share of chi-squared, for fits that end far from the data."""

MOST_ROUNDS = 40
"""Sets of differences from one start."""

STEPS = 6
"""Steps on one set of differences, as long as each is worth ``SHARE`` of chi-squared."""

SHARE = 0.05

REOPENED = 0.05
"""Least reach with which new derivatives begin."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Minimum:
    """Where a fit ended.

    Attributes
    ----------
    places : of all parameters between their bounds
    evaluation : the residuals there
    jacobian : of the residuals by the places
    converged : False where it ran out of steps
    """

    places: Array
    evaluation: Evaluation
    jacobian: Array
    converged: bool

    @property
    def chi_squared(self) -> float:
        """At the minimum."""
        return self.evaluation.chi_squared

    @property
    def failed(self) -> bool:
        """True where a run fails even there."""
        return bool(self.evaluation.failures)


def minimise(
    misfit: Misfit,
    start: Array,
    most_rounds: int = MOST_ROUNDS,
    tolerance: float = ROUGH,
    central: bool = False,
) -> Minimum:
    """Minimise chi-squared: rounds of derivatives by differences, and steps on them.

    Parameters
    ----------
    misfit : the residuals
    start : places of all parameters
    most_rounds : of derivatives
    tolerance : fall of chi-squared in a round at which it ends
    central : differences to both sides once it would end, for derivatives to rely on
    """
    places = np.clip(np.array(start, dtype=float), 0.0, 1.0)
    here = misfit(places)
    walk = Walk(misfit, places, here, np.zeros((len(here.residuals), len(places))))
    both_sides = False
    for _ in range(most_rounds):
        before = walk.here
        walk.renew(both_sides)
        jacobian = walk.jacobian
        walk.reach = min(max(walk.reach, REOPENED), FIRST_REACH)
        enough = max(tolerance, RELATIVE * before.chi_squared)
        for number in range(STEPS):
            last, known = walk.here.chi_squared, walk.jacobian
            if not walk.step(enough):
                break
            fall = last - walk.here.chi_squared
            if fall <= 0:
                walk.jacobian = known  # a step that went too far tells nothing of the way from here
            elif number and fall < SHARE * last:
                break
        fewer = len(walk.here.failures) < len(before.failures)
        if before.chi_squared - walk.here.chi_squared >= enough or fewer:
            continue
        if central and not both_sides:
            both_sides = True
        else:
            return Minimum(walk.places, walk.here, jacobian, True)
    return Minimum(walk.places, walk.here, jacobian, False)
