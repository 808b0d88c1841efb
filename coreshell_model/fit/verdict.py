"""What the data settle of a parameter, read off its profile: intervals, and one verdict of three."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.fit.least_squares import Minimum
from coreshell_model.fit.profile import AT_BOUND, THRESHOLDS, Profile, closing

FIXED = "fixed by the data"
ONE_SIDED = "one-sided"
COMBINED = "only in combination with"
WITHHELD = "withheld: the model does not describe the data"
NOTHING_SEEN = "other data"
"""What a parameter needs that nothing in the data responds to."""

PARTNER = 0.3
"""Influence that another parameter has along the profile, as a share of the largest, to be named."""


@dataclass(frozen=True)
class Side:
    """One side of a profile.

    Attributes
    ----------
    crossings : places where chi-squared has risen by each of the thresholds; None where it does not
    closed : True where the data alone close it
    held_by : where it is not the data that close it, the parameters whose bounds or priors do
    seen : True where chi-squared at its end, all other parameters left at the best fit, is higher by 1
    """

    crossings: tuple[float | None, ...]
    closed: bool
    held_by: tuple[int, ...]
    seen: bool


def sides(found: Profile, best: Minimum) -> tuple[Side, Side]:
    """The lower and the upper side of a profile.

    A side is closed where chi-squared, without the parameter's own prior, rises by 3.84 before the bound is
    reached, no other parameter's bound is what makes it rise, and at least half of the rise is left once
    all priors are let go.
    """
    lower, upper = (_side(found, best, direction) for direction in (-1, 1))
    return lower, upper


def verdict(found: Profile, best: Minimum, names: tuple[str, ...]) -> str:
    """One of "fixed by the data", "one-sided", "only in combination with ...".

    * "fixed by the data": both sides are closed.
    * "one-sided": one side is closed; the data say only that the parameter is above, or below, a value.
    * "only in combination with ...": neither side is closed. Named are the parameters whose bounds or priors
      hold this one, and where a side is open those whose changes along the profile made up for this one's:
      those with at least ``PARTNER`` of the largest effect on the residuals. Where chi-squared would hardly
      rise to either side even if all others were known, nothing in the data responds to the parameter, and it
      is "other data" that it needs.
    """
    both = sides(found, best)
    closed = sum(side.closed for side in both)
    if closed:
        return FIXED if closed == 2 else ONE_SIDED
    partners = [one for side in both for one in side.held_by]
    if not all(side.held_by for side in both) and any(side.seen for side in both):
        partners += _partners(found, best)
    return f"{COMBINED} {', '.join(names[one] for one in dict.fromkeys(partners)) or NOTHING_SEEN}"


def _side(found: Profile, best: Minimum, direction: int) -> Side:
    start = found.places.tolist().index(best.places[found.index])
    points = found.points[start:] if direction > 0 else found.points[start::-1]
    rises = [point.chi_squared - points[0].chi_squared for point in points]
    places = [point.places[found.index] for point in points]
    crossings = tuple(_crossing(places, rises, threshold) for threshold in THRESHOLDS)
    lowest = min(point.data for point in found.points)
    place = closing(points[1:], lowest)
    held_by: tuple[int, ...] = ()
    if place is not None:
        there = points[1 + place]
        held_by = (*there.pushed, *there.leaning)
    closed = place is not None and not held_by
    end = found.slices[1 if direction > 0 else 0] - points[0].data
    return Side(crossings, closed, held_by, seen=end >= THRESHOLDS[0])


def _crossing(places: list[float], rises: list[float], threshold: float) -> float | None:
    """Where the root of the rise, nearly a line, passes that of the threshold."""
    roots = np.sqrt(np.maximum(rises, 0.0))
    wanted = np.sqrt(threshold)
    for n in range(1, len(places)):
        if roots[n] >= wanted:
            share = (wanted - roots[n - 1]) / (roots[n] - roots[n - 1])
            return float(places[n - 1] + share * (places[n] - places[n - 1]))
    return None


def _partners(found: Profile, best: Minimum) -> list[int]:
    """The others that moved along the profile, weighted by their influence on the residuals."""
    ends = np.array([found.points[0].places, found.points[-1].places])
    moves = np.abs(ends - best.places).max(axis=0)
    effects = np.linalg.norm(best.jacobian, axis=0) * moves
    effects[found.index] = 0.0
    if effects.max(initial=0.0) == 0:
        return []
    order = np.argsort(-effects)
    return [int(one) for one in order if effects[one] >= PARTNER * effects.max()]


def on_bound(place: float) -> bool:
    """True where a parameter sits on one of its bounds."""
    return not AT_BOUND < place < 1 - AT_BOUND
