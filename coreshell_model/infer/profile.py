r"""Profiles of chi-squared, and the verdict on each parameter.

The profile of a parameter :math:`p` is the rise of chi-squared with all other parameters :math:`q` refitted,

.. math:: \Delta\chi^2(p) = \min_q \chi^2(p, q) - \min_{p,q} \chi^2(p, q).

The 95 % interval is where it stays below 3.84, the 95th percentile of chi-squared with one degree of freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import chi2

from coreshell_model.base.intervals import USUAL, Array
from coreshell_model.infer.misfit import Misfit
from coreshell_model.infer.search import Minimum, follow, without_priors

THRESHOLDS = tuple(float(chi2.ppf(width / 100, 1)) for width in USUAL)
"""Rises of chi-squared at the ends of the intervals, the narrow one first."""

ENOUGH = 1.0
"""Share by which the last point may lie above the threshold; a larger overshoot gets points between."""

MOST_POINTS = 10
"""Points of one side."""

FIRST = 1.2
"""First step, in standard deviations; a parabola would reach the 95 % threshold at 1.96."""

LARGEST_STEP = 0.25
"""Share of the range between the bounds."""

AT_BOUND = 1e-3
"""Share of the range within which a parameter sits on its bound."""

OWED = 0.5
"""Least share of the rise at a closing point that the data have to make without any prior."""

PUSHED = 1.0
"""Fall of chi-squared beyond another parameter's bound from which that bound is held to close the side."""

BEYOND = 0.5
"""Largest move beyond its bound, as a share of its range, for which that fall is computed."""


@dataclass(frozen=True)
class Point:
    """One point of a profile.

    Attributes
    ----------
    places : of all parameters
    chi_squared : the least with the parameter at this place
    data : the same without the parameter's own prior
    pushed : other parameters whose bounds keep chi-squared from falling further
    leaning : at the point that closes a side, other parameters whose priors, not the data, close it
    """

    places: tuple[float, ...]
    chi_squared: float
    data: float
    pushed: tuple[int, ...] = ()
    leaning: tuple[int, ...] = ()


@dataclass(frozen=True)
class Profile:
    """The profile of a parameter.

    Attributes
    ----------
    index : of the parameter
    points : in the order of its places
    slices : chi-squared at both ends, without the parameter's own prior, all others left at the best fit
    """

    index: int
    points: tuple[Point, ...]
    slices: tuple[float, float]

    @property
    def places(self) -> Array:
        """The places of the parameter itself."""
        return np.array([point.places[self.index] for point in self.points])

    @property
    def best(self) -> Point:
        """The point of least chi-squared."""
        return min(self.points, key=lambda point: point.chi_squared)


def profile(misfit: Misfit, best: Minimum, index: int) -> Profile:
    """Walk from the best fit to both sides until chi-squared has risen enough, or to the bound.

    Parameters
    ----------
    misfit : the residuals
    best : the best fit, with the derivatives by all parameters
    index : of the parameter
    """
    centre = _point(misfit, best, index)
    below, above = (_walk(misfit, best, centre, index, direction) for direction in (-1.0, 1.0))
    best_of_data = without_priors(misfit, best, index).chi_squared
    lowest = min(point.data for point in (centre, *below.points, *above.points))
    for side in (below, above):
        n = closing_point(side.points, lowest)
        if n is not None:
            closing = side.points[n], side.minima[n]
            side.points[n] = _with_leaning(misfit, *closing, index, lowest, best_of_data)
    return _with_slices(misfit, best, index, (*reversed(below.points), centre, *above.points))


def rebased(misfit: Misfit, about_other: Profile, best: Minimum) -> Profile:
    """A profile about another, lower best fit: that fit becomes one of its points, the others stay."""
    index = about_other.index
    centre = _point(misfit, best, index)
    others = [point for point in about_other.points if point.places[index] != centre.places[index]]
    points = tuple(sorted((*others, centre), key=lambda point: point.places[index]))
    return _with_slices(misfit, best, index, points)


def _with_slices(misfit: Misfit, best: Minimum, index: int, points: tuple[Point, ...]) -> Profile:
    low, high = (_slice(misfit, best, index, end.places[index]) for end in (points[0], points[-1]))
    return Profile(index, points, (low, high))


@dataclass(frozen=True)
class _Walk:
    """The points of one side, outwards, and the minimum behind each."""

    points: list[Point]
    minima: list[Minimum]


def _walk(misfit: Misfit, best: Minimum, centre: Point, index: int, direction: float) -> _Walk:
    """From the best fit until chi-squared has risen enough, or to the bound."""
    step = FIRST / max(_sensitivity(best.jacobian, index), 1e-12)
    before, points, lowest, minima = centre, [], centre.data, [best]
    for _ in range(MOST_POINTS):
        room = (1.0 - before.places[index]) if direction > 0 else before.places[index]
        if room <= AT_BOUND:
            break
        step = min(step, LARGEST_STEP)
        step = room if step > 0.8 * room else step
        minimum = follow(misfit, minima[-1], index, direction * step)
        if minimum is None:
            step /= 3.0
            if step < AT_BOUND / 10:
                break
            continue
        point = _point(misfit, minimum, index)
        points.append(point)
        minima.append(minimum)
        rise, rise_of_data = point.chi_squared - centre.chi_squared, point.data - lowest
        lowest = min(lowest, point.data)
        if min(rise, rise_of_data) >= THRESHOLDS[-1]:
            break
        step = _next_step(before, point, centre, index, step)
        before = point
    return _refined(misfit, centre, points, minima, index)


def _refined(misfit: Misfit, centre: Point, points: list[Point], minima: list[Minimum], index: int) -> _Walk:
    """Points put in between where the step over the threshold is too long to interpolate in."""
    for _ in range(MOST_POINTS):
        rises = np.array([point.chi_squared - centre.chi_squared for point in (centre, *points)])
        above = np.flatnonzero(rises >= THRESHOLDS[-1])
        if not above.size or rises[above[0]] <= (1 + ENOUGH) * THRESHOLDS[-1]:
            break
        outer = int(above[0])
        roots = np.sqrt(np.maximum(rises[[outer - 1, outer]], 0.0))
        share = (np.sqrt(THRESHOLDS[-1] * (1 + ENOUGH / 4)) - roots[0]) / (roots[1] - roots[0])
        span = minima[outer].places[index] - minima[outer - 1].places[index]
        if abs(span) < AT_BOUND / 10:
            break
        minimum = follow(misfit, minima[outer - 1], index, float(np.clip(share, 0.25, 0.75)) * span)
        if minimum is None:
            break
        minima = [*minima[:outer], minimum, *minima[outer:]]
        points = [*points[: outer - 1], _point(misfit, minimum, index), *points[outer - 1 :]]
    return _Walk(points, minima[1:])


def _next_step(before: Point, point: Point, centre: Point, index: int, step: float) -> float:
    """The step in which a parabola passes the threshold by a quarter of ``ENOUGH``."""
    goal = np.sqrt(THRESHOLDS[-1] * (1 + ENOUGH / 4))
    root = np.sqrt(max(point.chi_squared - centre.chi_squared, 0.0))
    last = np.sqrt(max(before.chi_squared - centre.chi_squared, 0.0))
    slope = (root - last) / abs(point.places[index] - before.places[index])
    if slope <= 0 or goal <= root:
        return 2.0 * step
    return float(np.clip((goal - root) / slope, 0.3 * step, 3.0 * step))


def _point(misfit: Misfit, minimum: Minimum, index: int) -> Point:
    prior = misfit.problem.parameters[index].prior_residual(minimum.places[index]) or 0.0
    pushed = tuple(
        other for other in range(len(minimum.places)) if other != index and _falls_beyond(minimum, other)
    )
    chi_squared = minimum.chi_squared
    return Point(tuple(map(float, minimum.places)), chi_squared, chi_squared - prior**2, pushed)


def closing_point(points: Sequence[Point], lowest: float) -> int | None:
    """Number of the first point at which chi-squared, without the parameter's own prior, closes a side."""
    return next((n for n, point in enumerate(points) if point.data - lowest >= THRESHOLDS[-1]), None)


def _with_leaning(
    misfit: Misfit, point: Point, minimum: Minimum, index: int, lowest: float, best_of_data: float
) -> Point:
    """The point that closes a side, with the parameters whose priors close it where the data do not."""
    owed = OWED * (point.data - lowest)
    of_data = without_priors(misfit, minimum, index, decisive=best_of_data + owed)
    return replace(point, leaning=of_data.leaning if of_data.chi_squared - best_of_data < owed else ())


def _falls_beyond(minimum: Minimum, other: int) -> bool:
    """True where chi-squared would fall by ``PUSHED`` if the parameter could go on beyond its bound."""
    place = float(minimum.places[other])
    if AT_BOUND < place < 1 - AT_BOUND:
        return False
    slope, outwards = minimum.jacobian[:, other], 1.0 if place > 0.5 else -1.0
    pull = -outwards * float(slope @ minimum.evaluation.residuals)
    curvature = float(slope @ slope)
    if pull <= 0 or curvature == 0:
        return False
    move = min(pull / curvature, BEYOND)
    return 2 * move * pull - move**2 * curvature > PUSHED


def _sensitivity(jacobian: Array, index: int) -> float:
    """1/sd of a parameter: norm of its influence on the residuals less what the others can make up for."""
    others, slopes = np.delete(jacobian, index, axis=1), jacobian[:, index]
    compensation = np.clip(np.linalg.lstsq(others, -slopes, rcond=1e-3)[0], -10, 10)
    return float(np.linalg.norm(slopes + others @ compensation))


def _slice(misfit: Misfit, best: Minimum, index: int, place: float) -> float:
    """Chi-squared without the parameter's own prior, it alone moved from the best fit."""
    moved = best.places.copy()
    moved[index] = place
    prior = misfit.problem.parameters[index].prior_residual(place) or 0.0
    return misfit(moved).chi_squared - prior**2


FIXED = "fixed by the data"
ONE_SIDED = "one-sided"
COMBINED = "only in combination with"
WITHHELD = "withheld: the model does not describe the data"
NOTHING_SEEN = "other data"
"""What is named in a verdict on a parameter to which nothing in the data responds."""

OPEN, BY_DATA, BY_PRIOR = "open", "data", "its prior"
"""What sets an end of an interval, where no other parameter does."""

PARTNER = 0.3
"""Least effect along the profile, as a share of the largest, for which another parameter is named."""


@dataclass(frozen=True)
class Side:
    """One side of a profile.

    Attributes
    ----------
    crossings : places where chi-squared has risen by each of the thresholds; None where it does not
    closed : True where the data alone close it
    bounds, priors : other parameters whose bounds, or priors, close it in place of the data
    seen : True where chi-squared at its end, all other parameters left at the best fit, is higher by 1
    """

    crossings: tuple[float | None, ...]
    closed: bool
    bounds: tuple[int, ...]
    priors: tuple[int, ...]
    seen: bool

    @property
    def held_by(self) -> tuple[int, ...]:
        """Other parameters that close it in place of the data."""
        return (*self.bounds, *self.priors)

    def end(self, names: tuple[str, ...]) -> str:
        """What sets this end of the 95 % interval, in words."""
        if self.crossings[-1] is None:
            return OPEN
        if self.closed:
            return BY_DATA
        texts = [f"bound of {names[index]}" for index in self.bounds]
        texts += [f"prior of {names[index]}" for index in self.priors]
        return " and ".join(texts) or BY_PRIOR


def sides(profile: Profile, best: Minimum) -> tuple[Side, Side]:
    """The lower and the upper side of a profile.

    The data close a side where all of this holds: chi-squared, without the parameter's own prior, rises by
    3.84 before the bound; no other parameter's bound makes it rise; at least half of the rise is left without
    any prior.
    """
    lower, upper = (_side(profile, best, direction) for direction in (-1, 1))
    return lower, upper


def verdict(profile: Profile, best: Minimum, names: tuple[str, ...]) -> str:
    """One of "fixed by the data", "one-sided", "only in combination with ...".

    * "fixed by the data": both sides are closed.
    * "one-sided": the data close one side, and say only that the parameter is above, or below, a value. The
      other end of the interval is open, or set by a bound or a prior, as ``Side.end`` says.
    * "only in combination with ...": neither side is closed. Named are the parameters whose bounds or priors
      hold this one. Where a side is open, those are named too whose changes along the profile made up for
      this one's, with at least ``PARTNER`` of the largest effect on the residuals. "other data" is named
      where chi-squared would hardly rise to either side even if all other parameters were known: nothing in
      the data responds to the parameter.
    """
    both = sides(profile, best)
    closed = sum(side.closed for side in both)
    if closed:
        return FIXED if closed == 2 else ONE_SIDED
    partners = [index for side in both for index in side.held_by]
    if not all(side.held_by for side in both) and any(side.seen for side in both):
        partners += _partners(profile, best)
    return f"{COMBINED} {', '.join(names[index] for index in dict.fromkeys(partners)) or NOTHING_SEEN}"


def _side(profile: Profile, best: Minimum, direction: int) -> Side:
    start = profile.places.tolist().index(best.places[profile.index])
    points = profile.points[start:] if direction > 0 else profile.points[start::-1]
    rises = [point.chi_squared - points[0].chi_squared for point in points]
    places = [point.places[profile.index] for point in points]
    crossings = tuple(_crossing(places, rises, threshold) for threshold in THRESHOLDS)
    lowest = min(point.data for point in profile.points)
    number = closing_point(points[1:], lowest)
    bounds: tuple[int, ...] = ()
    priors: tuple[int, ...] = ()
    if number is not None:
        bounds, priors = points[1 + number].pushed, points[1 + number].leaning
    closed = number is not None and not bounds and not priors
    end = profile.slices[1 if direction > 0 else 0] - points[0].data
    return Side(crossings, closed, bounds, priors, seen=end >= THRESHOLDS[0])


def _crossing(places: list[float], rises: list[float], threshold: float) -> float | None:
    """Where the rise passes the threshold: its square root is interpolated, which is nearly a line."""
    roots = np.sqrt(np.maximum(rises, 0.0))
    goal = np.sqrt(threshold)
    for n in range(1, len(places)):
        if roots[n] >= goal:
            share = (goal - roots[n - 1]) / (roots[n] - roots[n - 1])
            return float(places[n - 1] + share * (places[n] - places[n - 1]))
    return None


def _partners(profile: Profile, best: Minimum) -> list[int]:
    """The other parameters that moved along the profile with most effect on the residuals."""
    ends = np.array([profile.points[0].places, profile.points[-1].places])
    moves = np.abs(ends - best.places).max(axis=0)
    effects = np.linalg.norm(best.jacobian, axis=0) * moves
    effects[profile.index] = 0.0
    if effects.max(initial=0.0) == 0:
        return []
    order = np.argsort(-effects)
    return [int(index) for index in order if effects[index] >= PARTNER * effects.max()]


def on_bound(place: float) -> bool:
    """True where a parameter sits on one of its bounds."""
    return not AT_BOUND < place < 1 - AT_BOUND
