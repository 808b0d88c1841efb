"""Bounded least squares on residuals that may fail: scipy's trust region with differences of our own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from coreshell_model.fit.misfit import Evaluation, Misfit

STEP = 3e-3
"""Of the forward differences, as a share of the range between the bounds: the voltage's numerical noise,
0.02 mV, is then some percent of what an influential parameter changes."""

ROUGH, FINE = 1e-3, 1e-5
"""Changes of chi-squared, relative to itself and at least 1, at which a fit ends: to compare starts, and for
the best fit and its profiles, where they have to be small against 3.84."""

PLACE_TOLERANCE = 1e-5
"""Share of the range below which a step ends a fit."""

EDGE = 1e-6
"""Distance that starts keep from the bounds, where the trust region cannot begin."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Minimum:
    """Where a fit ended.

    Attributes
    ----------
    places : of all parameters between their bounds
    evaluation : the residuals there
    jacobian : of the residuals by the places that were free
    converged : False where it ran out of evaluations
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
    misfit: Misfit, start: Array, free: NDArray[np.bool_], most_steps: int = 60, tolerance: float = ROUGH
) -> Minimum:
    """Minimise chi-squared over the ``free`` places; the others stay as they start.

    Parameters
    ----------
    misfit : the residuals
    start : places of all parameters
    free : True where a parameter may move
    most_steps : of the trust region, each with a set of differences
    tolerance : change of chi-squared, relative to itself and at least 1, at which it ends
    """
    places = np.array(start, dtype=float)
    seen: dict[bytes, Evaluation] = {}

    def whole(some: Array) -> Array:
        everything = places.copy()
        everything[free] = some
        return everything

    def evaluated(some: Array) -> Evaluation:
        key = np.asarray(some, dtype=float).tobytes()
        if key not in seen:
            seen.clear()  # only the last one is asked for again
            seen[key] = misfit(whole(some))
        return seen[key]

    def residuals(some: Array) -> Array:
        # The constant makes the tolerance one of chi-squared itself where that is below 1.
        return np.append(evaluated(some).residuals, 1.0)

    def jacobian(some: Array) -> Array:
        here = evaluated(some)
        slopes = differences(misfit, whole(some), here, np.flatnonzero(free))
        return np.vstack([slopes, np.zeros(slopes.shape[1])])

    if not free.any():
        found = misfit(places)
        return Minimum(places, found, np.zeros((len(found.residuals), 0)), True)
    result = least_squares(
        residuals,
        np.clip(places[free], EDGE, 1 - EDGE),
        jac=jacobian,  # pyright: ignore[reportArgumentType]
        bounds=(0.0, 1.0),
        ftol=tolerance,
        xtol=PLACE_TOLERANCE,
        gtol=1e-10,
        x_scale=1.0,
        max_nfev=most_steps,
    )
    return Minimum(whole(result.x), evaluated(result.x), result.jac[:-1], result.status > 0)


def differences(misfit: Misfit, places: Array, here: Evaluation, which: NDArray[np.intp]) -> Array:
    """Forward differences by some places, backward where forward leaves the bounds or fails.

    A parameter for which both fail counts as without influence; the misfit keeps the reason.
    """
    slopes = np.zeros((len(here.residuals), len(which)))
    for column, index in enumerate(which):
        first = STEP if places[index] <= 0.5 else -STEP
        for step in (first, -first):
            moved = places.copy()
            moved[index] = np.clip(places[index] + step, 0.0, 1.0)
            if moved[index] == places[index]:
                continue
            there = misfit(moved)
            if len(there.failures) <= len(here.failures):
                slopes[:, column] = (there.residuals - here.residuals) / (moved[index] - places[index])
                break
    return slopes
