"""Bounded least squares on residuals that may fail: scipy's trust region with differences of our own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from coreshell_model.fit.misfit import Evaluation, Misfit

STEP, LEAST_STEP = 3e-3, 1e-4
"""Of the differences, as a share of the range between the bounds: the first, and the least."""

CHANGE = 3.0
"""Change of the residuals, in standard deviations of all data together, for which a step is chosen once
derivatives are known: beyond the solver's noise, 0.1 for some hundred points, within what intervals span."""

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
    misfit: Misfit,
    start: Array,
    free: NDArray[np.bool_],
    most_steps: int = 60,
    tolerance: float = ROUGH,
    central: bool = False,
) -> Minimum:
    """Minimise chi-squared over the ``free`` places; the others stay as they start.

    Parameters
    ----------
    misfit : the residuals
    start : places of all parameters
    free : True where a parameter may move
    most_steps : of the trust region, each with a set of differences
    tolerance : change of chi-squared, relative to itself and at least 1, at which it ends
    central : differences to both sides, for derivatives to rely on
    """
    places = np.array(start, dtype=float)
    seen: dict[bytes, Evaluation] = {}
    which = np.flatnonzero(free)
    steps = np.full(len(which), STEP)

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
        nonlocal steps
        slopes = differences(misfit, whole(some), evaluated(some), which, steps, central)
        steps = steps_for(slopes)
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


def steps_for(jacobian: Array) -> Array:
    """Steps of the differences that change the residuals by about ``CHANGE``."""
    size = np.linalg.norm(jacobian, axis=0)
    return np.clip(np.divide(CHANGE, size, out=np.full(len(size), STEP), where=size > 0), LEAST_STEP, STEP)


def differences(
    misfit: Misfit,
    places: Array,
    here: Evaluation,
    which: NDArray[np.intp],
    steps: Array,
    central: bool = False,
) -> Array:
    """Differences by some places: forward, backward where forward leaves the bounds or fails, or ``central``.

    A parameter for which both fail counts as without influence; the misfit keeps the reason.
    """
    slopes = np.zeros((len(here.residuals), len(which)))
    for column, index in enumerate(which):
        ends: list[tuple[float, Array]] = [(float(places[index]), here.residuals)]
        first = steps[column] if places[index] <= 0.5 else -steps[column]
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
            slopes[:, column] = (after - before) / (high - low)
    return slopes
