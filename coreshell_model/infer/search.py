r"""Least squares from a start: derivatives, steps, and the search that they make.

Each step goes to the least squares of the linear residuals within the bounds and a reach (scipy's
``lsq_linear``), and corrects the derivatives along itself by what it showed: Broyden's rank-one update, one
simulation where differences cost one for each parameter.

Each minimum lies next to the last one, so its derivatives, kept up to date, save most of the differences that
a fit from afar needs.

At a point of the profile of a parameter :math:`p` every prior is let go and the others :math:`q` walk on,

.. math:: \chi^2_\mathrm{data}(p) = \min_q \sum_i (y_i(p, q) - m_i)^2 / \sigma_i^2,

so that a profile which only another parameter's prior closes is not taken for the data's doing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from coreshell_model.infer.misfit import Evaluation, Misfit

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


STRAIGHT = 0.5
"""Distance of a step's residuals from where the derivatives had them, in standard deviations of all data
together, beyond which the way is bent."""

FIRST_REACH, LEAST_REACH = 0.3, 1e-4
"""Largest move of a place in one step, at first, and the one below which there is no way down."""

RIDGE = 0.1
"""Residual of a move across the whole range: keeps still what hardly matters."""


@dataclass
class Walk:
    """Where a search is: places, residuals and derivatives there; one parameter may be ``held``."""

    misfit: Callable[[Array], Evaluation]
    places: Array
    here: Evaluation
    jacobian: Array
    held: int | None = None
    bent: bool = False
    reach: float = FIRST_REACH

    def step(self, worth: float) -> bool:
        """Go where the derivatives promise a minimum; False where that is not worth it or leads up."""
        move = self._move()
        if self.here.chi_squared - self._promised(move) < worth:
            return False
        there, length = self.misfit(self._moved(move)), float(np.abs(move).max())
        if len(there.failures) > len(self.here.failures):
            self.reach = length / 4
        elif there.chi_squared < self.here.chi_squared:
            self._learn(move, there)
            self.places, self.here = self._moved(move), there
            self.reach = min(2 * self.reach, FIRST_REACH)
        else:
            self._learn(move, there)
            self.reach = length / 3
        return self.reach > LEAST_REACH

    def promised(self) -> float:
        """Chi-squared where the derivatives promise its minimum, within the bounds and the reach."""
        return self._promised(self._move())

    def shift(self, shift: float) -> bool:
        """Move the held parameter, the others to where that seems best; False where runs fail."""
        move = self._move(shift)
        there = self.misfit(self._moved(move))
        if there.failures:
            return False
        self._learn(move, there)
        self.places, self.here = self._moved(move), there
        return True

    def renew(self, central: bool = False) -> None:
        """Derivatives by differences, here."""
        known = self.jacobian.any()
        steps = steps_for(self.jacobian) if known else np.full(len(self.places), STEP)
        self.jacobian = differences(self.misfit, self.places, self.here, steps, central)
        self.bent = False

    def _promised(self, move: Array) -> float:
        there = self.here.residuals + self.jacobian @ move
        return float(there @ there)

    def _moved(self, move: Array) -> Array:
        return np.clip(self.places + move, 0.0, 1.0)

    def _learn(self, move: Array, there: Evaluation) -> None:
        """Broyden's update: the derivatives along the move are those it showed."""
        if there.failures or self.here.failures:
            return
        off = there.residuals - self.here.residuals - self.jacobian @ move
        self.bent |= float(np.linalg.norm(off)) > STRAIGHT
        self.jacobian = self.jacobian + np.outer(off, move) / float(move @ move)

    def _move(self, shift: float = 0.0) -> Array:
        """The least squares of the linear residuals, the held parameter moved by ``shift``."""
        move = np.zeros(len(self.places))
        free = np.ones(len(move), bool)
        if self.held is not None:
            move[self.held], free[self.held] = shift, False
        count = int(free.sum())
        if count:
            lower = np.maximum(-self.places[free], -self.reach)
            upper = np.maximum(np.minimum(1 - self.places[free], self.reach), lower + 1e-12)
            target = self.here.residuals + self.jacobian @ move
            triangle = np.linalg.qr(np.column_stack([self.jacobian[:, free], target]), mode="r")
            system = np.vstack([triangle, np.column_stack([RIDGE * np.eye(count), np.zeros(count)])])
            found = lsq_linear(system[:, :-1], -system[:, -1], bounds=(lower, upper), method="bvls")
            move[free] = found.x
        return move


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


ASTRAY = 100.0
"""Chi-squared by datum above which a minimum is taken for a side valley: ten standard deviations a datum."""

ACROSS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Places between its bounds at which each parameter is then tried."""

TRIED, HALVED = 3, 0.5
"""The best of these places from which the search goes on, and the share of chi-squared that has to be left at
most for one of them to be the better valley."""

MOST_ESCAPES = 3


def reach(misfit: Misfit, start: Array) -> Minimum:
    """Minimise from a start that may be far off: out of side valleys, which no step leads out of.

    Where the end misses the data by far, each parameter in turn is put elsewhere between its bounds, and the
    search goes on from the best of these places, as long as that halves chi-squared.

    Parameters
    ----------
    misfit : the residuals
    start : places of all parameters
    """
    end = minimise(misfit, start)
    for _ in range(MOST_ESCAPES):
        better = _beside(misfit, end) if end.chi_squared > ASTRAY * misfit.problem.data else None
        if better is None:
            break
        end = better
    return end


def _beside(misfit: Misfit, end: Minimum) -> Minimum | None:
    """A valley at most half as high, reached from where one parameter is elsewhere; None without one."""
    places = []
    for index, elsewhere in product(range(len(end.places)), ACROSS):
        moved = end.places.copy()
        moved[index] = elsewhere
        places.append((misfit(moved).chi_squared, index, moved))
    for _, _, moved in sorted(places, key=lambda each: each[:2])[:TRIED]:
        found = minimise(misfit, moved)
        if found.chi_squared < HALVED * end.chi_squared:
            return found
    return None


MOST_STEPS = 12
"""Of one minimum."""

SETTLED = 0.02
"""Fall of chi-squared, where 3.84 counts, that a further step would promise when it is not taken."""


def follow(misfit: Misfit, start: Minimum, held: int, shift: float) -> Minimum | None:
    """The minimum with one parameter moved away from another minimum; None where runs fail.

    Derivatives are made anew, once, where the way was bent.

    Parameters
    ----------
    misfit : the residuals
    start : the other minimum, with derivatives by all places
    held : the parameter
    shift : its move

    Returns
    -------
    Minimum
        ``converged`` is False where it ran out of steps; its derivatives are those kept up to date.
    """
    walk = Walk(misfit, start.places, start.evaluation, start.jacobian, held)
    if not walk.shift(shift):
        return None
    renewed = converged = False
    for _ in range(MOST_STEPS):
        if walk.step(SETTLED):
            continue
        if renewed or not walk.bent:
            converged = True
            break
        walk.renew()
        renewed = True
    return Minimum(walk.places, walk.here, walk.jacobian, converged)


MOST_UNAIDED_STEPS = 6

WORTH = 0.2
"""Fall of chi-squared, where 3.84 counts, that a step has to promise to be taken."""

LEANT = 1.0
"""Rise of a squared prior residual, once it is let go, from which its parameter had leant on the prior."""


@dataclass(frozen=True)
class Unaided:
    """Chi-squared of the data without priors, and the other parameters that had leant most on theirs."""

    chi_squared: float
    leaning: tuple[int, ...]


def unaided(misfit: Misfit, reached: Minimum, held: int, decisive: float | None = None) -> Unaided:
    """The least chi-squared of the data alone near a point, one parameter held and all priors let go.

    Parameters
    ----------
    misfit : the residuals, those of the data before those of the priors
    reached : the point, with its derivatives
    held : the parameter
    decisive : chi-squared that it has to fall below to matter; it is simulated only where the derivatives
        promise that, and never where this is None
    """
    parameters, data = misfit.problem.parameters, misfit.problem.data
    others = [n for n, free in enumerate(parameters) if n != held and free.given.prior is not None]

    def of_data(places: Sequence[float] | NDArray[np.float64]) -> Evaluation:
        return _of_data(misfit(places), data)

    begin = _of_data(reached.evaluation, data)
    walk = Walk(of_data, reached.places, begin, reached.jacobian[:data], held, reach=1.0)
    promised = walk.promised() if others else begin.chi_squared
    if decisive is None or promised >= decisive:
        return Unaided(min(promised, begin.chi_squared), ())
    walk.reach = FIRST_REACH
    for _ in range(MOST_UNAIDED_STEPS):
        if not walk.step(WORTH):
            break

    def strain(other: int, places: NDArray[np.float64]) -> float:
        return (parameters[other].prior_residual(places[other]) or 0.0) ** 2

    rises = {other: strain(other, walk.places) - strain(other, reached.places) for other in others}
    most = max(rises.values(), default=0.0)
    leaning = tuple(other for other in others if rises[other] >= min(LEANT, most))
    return Unaided(walk.here.chi_squared, leaning)


def _of_data(found: Evaluation, data: int) -> Evaluation:
    return replace(found, residuals=found.residuals[:data])
