r"""Profiles of chi-squared, and what they say of each parameter.

With the other parameters :math:`q` at their best for each value of :math:`p`,

.. math:: \Delta\chi^2(p) = \min_q \chi^2(p, q) - \min_{p,q} \chi^2(p, q),

the 95 % interval is where it stays below 3.84, the 95th percentile of chi-squared with one degree of freedom.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from coreshell_model.base.intervals import USUAL
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.search import Minimum, follow, unaided

THRESHOLDS = tuple(float(chi2.ppf(width / 100, 1)) for width in USUAL)
"""Rises of chi-squared at the ends of the intervals, the narrow one first."""

ENOUGH = 1.0
"""Share beyond the threshold up to which a point ends the walk: interpolation does the rest."""

MOST_POINTS = 10
"""Of one side."""

FIRST = 1.2
"""Standard deviations of the first step, where a quadratic would need 1.96."""

LARGEST_STEP = 0.25
"""Share of the range between the bounds."""

AT_BOUND = 1e-3
"""Share of the range within which a parameter sits on its bound."""

OWED = 0.5
"""Share of the rise that closes a side which the data have to make once all priors are let go."""

PUSHED = 1.0
"""Fall of chi-squared beyond another parameter's bound from which it is this bound that ends the profile."""

BEYOND = 0.5
"""Share of its range that another parameter is imagined to move beyond its bound."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """One point of a profile.

    Attributes
    ----------
    places : of all parameters
    chi_squared : the least with this parameter there
    data : the same without the parameter's own prior, which says what the data alone settle
    pushed : other parameters whose bounds keep chi-squared from falling
    leaning : other parameters whose priors, not the data, make it the point that closes a side
    """

    places: tuple[float, ...]
    chi_squared: float
    data: float
    pushed: tuple[int, ...] = ()
    leaning: tuple[int, ...] = ()


@dataclass(frozen=True)
class Profile:
    """The profile of one parameter, points in the order of its places.

    ``slices`` is chi-squared at both ends, without the parameter's own prior, with all other parameters left
    at the best fit.
    """

    index: int
    points: tuple[Point, ...]
    slices: tuple[float, float]

    @property
    def places(self) -> Array:
        """Of the parameter itself."""
        return np.array([point.places[self.index] for point in self.points])

    @property
    def best(self) -> Point:
        """The point of least chi-squared."""
        return min(self.points, key=lambda point: point.chi_squared)


def profile(misfit: Misfit, best: Minimum, index: int, told: Callable[[str], None] | None = None) -> Profile:
    """Walk from the best fit to both sides until chi-squared has risen enough, or to the bound.

    Parameters
    ----------
    misfit : the residuals
    best : the best fit, with the derivatives by all parameters
    index : of the parameter
    told : called with each new point's place and rise
    """
    centre = _point(misfit, best, index)
    below, above = (_side(misfit, best, centre, index, direction, told) for direction in (-1.0, 1.0))
    alone = unaided(misfit, best, index).chi_squared
    lowest = min(point.data for point in (centre, *below.points, *above.points))
    for side in (below, above):
        place = closing(side.points, lowest)
        if place is not None:
            side.points[place] = _let_go(
                misfit, side.points[place], side.reached[place], index, lowest, alone
            )
    points = (*reversed(below.points), centre, *above.points)
    ends = [_slice(misfit, best, index, points[end].places[index]) for end in (0, -1)]
    return Profile(index, points, (ends[0], ends[1]))


def rebased(misfit: Misfit, found: Profile, best: Minimum) -> Profile:
    """A profile about another, lower best fit: that fit becomes one of its points.

    The other points stay what they are, the least chi-squared that was reached there.
    """
    index = found.index
    centre = _point(misfit, best, index)
    own = centre.places[index]
    kept = [point for point in found.points if point.places[index] != own]
    points = tuple(sorted((*kept, centre), key=lambda point: point.places[index]))
    ends = [_slice(misfit, best, index, points[end].places[index]) for end in (0, -1)]
    return Profile(index, points, (ends[0], ends[1]))


@dataclass(frozen=True)
class _Side:
    """The points of one side, outwards, and the minima that they are of."""

    points: list[Point]
    reached: list[Minimum]


def _side(misfit, best: Minimum, centre: Point, index: int, direction: float, told) -> _Side:
    """From the best fit until chi-squared has risen enough, or to the bound."""
    step = FIRST / max(_conditioned(best.jacobian, index), 1e-12)
    before, found, lowest, reached = centre, [], centre.data, [best]
    for _ in range(MOST_POINTS):
        room = (1.0 - before.places[index]) if direction > 0 else before.places[index]
        if room <= AT_BOUND:
            break
        step = min(step, LARGEST_STEP)
        step = room if step > 0.8 * room else step
        there = follow(misfit, reached[-1], index, direction * step)
        if there is None:
            step /= 3.0
            if step < AT_BOUND / 10:
                break
            continue
        point = _point(misfit, there, index)
        found.append(point)
        reached.append(there)
        rise, own = point.chi_squared - centre.chi_squared, point.data - lowest
        lowest = min(lowest, point.data)
        if told:
            told(f"{misfit.problem.parameters[index].name}: chi-squared + {rise:.3g}")
        if min(rise, own) >= THRESHOLDS[-1]:
            break
        step = _next(before, point, centre, index, step)
        before = point
    return _refined(misfit, centre, found, reached, index)


def _refined(misfit: Misfit, centre: Point, found: list[Point], reached: list[Minimum], index: int) -> _Side:
    """The same with points between, where a step went so far that interpolation would be a guess."""
    for _ in range(MOST_POINTS):
        rises = np.array([point.chi_squared - centre.chi_squared for point in (centre, *found)])
        above = np.flatnonzero(rises >= THRESHOLDS[-1])
        if not above.size or rises[above[0]] <= (1 + ENOUGH) * THRESHOLDS[-1]:
            break
        outer = int(above[0])
        roots = np.sqrt(np.maximum(rises[[outer - 1, outer]], 0.0))
        share = (np.sqrt(THRESHOLDS[-1] * (1 + ENOUGH / 4)) - roots[0]) / (roots[1] - roots[0])
        span = reached[outer].places[index] - reached[outer - 1].places[index]
        if abs(span) < AT_BOUND / 10:
            break
        there = follow(misfit, reached[outer - 1], index, float(np.clip(share, 0.25, 0.75)) * span)
        if there is None:
            break
        reached = [*reached[:outer], there, *reached[outer:]]
        found = [*found[: outer - 1], _point(misfit, there, index), *found[outer - 1 :]]
    return _Side(found, reached[1:])


def _next(before: Point, point: Point, centre: Point, index: int, step: float) -> float:
    """A step that a parabola would need to pass the threshold by a quarter of what is enough."""
    wanted = np.sqrt(THRESHOLDS[-1] * (1 + ENOUGH / 4))
    root = np.sqrt(max(point.chi_squared - centre.chi_squared, 0.0))
    last = np.sqrt(max(before.chi_squared - centre.chi_squared, 0.0))
    slope = (root - last) / abs(point.places[index] - before.places[index])
    if slope <= 0 or wanted <= root:
        return 2.0 * step
    return float(np.clip((wanted - root) / slope, 0.3 * step, 3.0 * step))


def _point(misfit: Misfit, reached: Minimum, index: int) -> Point:
    own = misfit.problem.parameters[index].prior_residual(reached.places[index]) or 0.0
    pushed = tuple(
        other for other in range(len(reached.places)) if other != index and _falls_beyond(reached, other)
    )
    chi_squared = reached.chi_squared
    return Point(tuple(map(float, reached.places)), chi_squared, chi_squared - own**2, pushed)


def closing(points: Sequence[Point], lowest: float) -> int | None:
    """Place of the first point at which chi-squared, without the parameter's own prior, closes a side."""
    return next((n for n, point in enumerate(points) if point.data - lowest >= THRESHOLDS[-1]), None)


def _let_go(misfit: Misfit, point: Point, reached: Minimum, index: int, lowest: float, alone: float) -> Point:
    """The point that closes a side, with the parameters named whose priors do it if the data do not."""
    owed = OWED * (point.data - lowest)
    found = unaided(misfit, reached, index, decisive=alone + owed)
    return replace(point, leaning=found.leaning if found.chi_squared - alone < owed else ())


def _falls_beyond(reached: Minimum, other: int) -> bool:
    """True where chi-squared would fall by ``PUSHED`` if the parameter could go on beyond its bound."""
    place = float(reached.places[other])
    if AT_BOUND < place < 1 - AT_BOUND:
        return False
    slope, outwards = reached.jacobian[:, other], 1.0 if place > 0.5 else -1.0
    pull = -outwards * float(slope @ reached.evaluation.residuals)
    curvature = float(slope @ slope)
    if pull <= 0 or curvature == 0:
        return False
    move = min(pull / curvature, BEYOND)
    return 2 * move * pull - move**2 * curvature > PUSHED


def _conditioned(jacobian: Array, index: int) -> float:
    """Norm of what the others cannot imitate of a parameter's influence: one over its standard deviation."""
    others, own = np.delete(jacobian, index, axis=1), jacobian[:, index]
    follow_it = np.clip(np.linalg.lstsq(others, -own, rcond=1e-3)[0], -10, 10)
    return float(np.linalg.norm(own + others @ follow_it))


def _slice(misfit: Misfit, best: Minimum, index: int, place: float) -> float:
    moved = best.places.copy()
    moved[index] = place
    own = misfit.problem.parameters[index].prior_residual(place) or 0.0
    return misfit(moved).chi_squared - own**2


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
    lower, upper = (_side_of(found, best, direction) for direction in (-1, 1))
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


def _side_of(found: Profile, best: Minimum, direction: int) -> Side:
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
