r"""Least squares: derivatives by differences, steps on them, and the searches made of these.

A step minimises the linearised residuals within the bounds and a largest move (scipy's ``lsq_linear``). The
simulation at its end corrects the derivatives along the step (Broyden's rank-one update), at the cost of one
simulation, where differences need one for each parameter.

The minima along a profile lie next to one another, so that each begins with the derivatives of the last one.

At a point of the profile of a parameter :math:`p` the least chi-squared without any prior is searched too,

.. math:: \chi^2_\mathrm{data}(p) = \min_q \sum_i (y_i(p, q) - m_i)^2 / \sigma_i^2,

with the other parameters :math:`q`. It tells whether the data or another parameter's prior closes the
profile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from coreshell_model.base.intervals import Array
from coreshell_model.infer.misfit import Evaluation, Misfit

STEP, LEAST_STEP = 3e-3, 1e-4
"""Steps of differences, as shares of the range between the bounds: without derivatives; the least."""

CHANGE = 3.0
"""Norm of the change of the residuals that a step of differences aims at once derivatives are known: above
the solver's noise, which is 0.1 for some hundred points, and within what intervals span."""


def steps_for(jacobian: Array) -> Array:
    """Steps of the differences that change the residuals by about ``CHANGE``."""
    size = np.linalg.norm(jacobian, axis=0)
    return np.clip(np.divide(CHANGE, size, out=np.full(len(size), STEP), where=size > 0), LEAST_STEP, STEP)


def differences(
    misfit: Callable[[Array], Evaluation],
    places: Array,
    evaluation: Evaluation,
    steps: Array,
    central: bool = False,
) -> Array:
    """The Jacobian by differences: ``central``, or one-sided away from the nearer bound.

    A one-sided difference whose run fails is taken to the other side. A parameter for which both fail counts
    as without influence; the misfit keeps the reason.
    """
    slopes = np.zeros((len(evaluation.residuals), len(places)))
    for index in range(len(places)):
        ends: list[tuple[float, Array]] = [(float(places[index]), evaluation.residuals)]
        first = steps[index] if places[index] <= 0.5 else -steps[index]
        for step in (first, -first):
            moved = places.copy()
            moved[index] = np.clip(places[index] + step, 0.0, 1.0)
            if moved[index] == places[index]:
                continue
            at_end = misfit(moved)
            if len(at_end.failures) <= len(evaluation.failures):
                ends.append((float(moved[index]), at_end.residuals))
                if not central:
                    break
        if len(ends) > 1:
            (low, before), (high, after) = ends[-2:]
            slopes[:, index] = (after - before) / (high - low)
    return slopes


STRAIGHT = 0.5
"""Norm of the error of the linearised residuals at the end of a step beyond which the way counts as bent."""

FIRST_REACH, LEAST_REACH = 0.3, 1e-4
"""Largest move of a place in one step: at first, and the value below which a search ends."""

RIDGE = 0.1
"""Residual added for a move across the whole range: it holds parameters that hardly matter in their place."""


@dataclass
class Walk:
    """The state of a search.

    Attributes
    ----------
    misfit : the residuals
    places, evaluation, jacobian : of the point where the search is
    held : index of a parameter that steps leave as it is
    bent : True where a step since the last differences missed the linearised residuals by ``STRAIGHT``
    reach : largest move of a place in the next step
    """

    misfit: Callable[[Array], Evaluation]
    places: Array
    evaluation: Evaluation
    jacobian: Array
    held: int | None = None
    bent: bool = False
    reach: float = FIRST_REACH

    def step(self, worth: float) -> bool:
        """Go to the minimum that the derivatives predict, if chi-squared falls there.

        False where the search ends: the predicted fall is below ``worth``, or the reach got too small.
        """
        move = self._move()
        if self.evaluation.chi_squared - self._predicted(move) < worth:
            return False
        evaluation, length = self.misfit(self._moved(move)), float(np.abs(move).max())
        if len(evaluation.failures) > len(self.evaluation.failures):
            self.reach = length / 4
        elif evaluation.chi_squared < self.evaluation.chi_squared:
            self._learn(move, evaluation)
            self.places, self.evaluation = self._moved(move), evaluation
            self.reach = min(2 * self.reach, FIRST_REACH)
        else:
            self._learn(move, evaluation)
            self.reach = length / 3
        return self.reach > LEAST_REACH

    def predicted(self) -> float:
        """The least chi-squared that the derivatives predict within the bounds and the reach."""
        return self._predicted(self._move())

    def shift(self, shift: float) -> bool:
        """Move the held parameter and, by the derivatives, the others with it; False where a run fails."""
        move = self._move(shift)
        evaluation = self.misfit(self._moved(move))
        if evaluation.failures:
            return False
        self._learn(move, evaluation)
        self.places, self.evaluation = self._moved(move), evaluation
        return True

    def renew(self, central: bool = False) -> None:
        """Take the derivatives anew, by differences."""
        steps = steps_for(self.jacobian) if self.jacobian.any() else np.full(len(self.places), STEP)
        self.jacobian = differences(self.misfit, self.places, self.evaluation, steps, central)
        self.bent = False

    def _predicted(self, move: Array) -> float:
        residuals = self.evaluation.residuals + self.jacobian @ move
        return float(residuals @ residuals)

    def _moved(self, move: Array) -> Array:
        return np.clip(self.places + move, 0.0, 1.0)

    def _learn(self, move: Array, evaluation: Evaluation) -> None:
        """Broyden's update: along the move the derivatives become those that ``evaluation`` shows."""
        if evaluation.failures or self.evaluation.failures:
            return
        off = evaluation.residuals - self.evaluation.residuals - self.jacobian @ move
        self.bent |= float(np.linalg.norm(off)) > STRAIGHT
        self.jacobian = self.jacobian + np.outer(off, move) / float(move @ move)

    def _move(self, shift: float = 0.0) -> Array:
        """The move that minimises the linearised residuals, the held parameter moved by ``shift``."""
        move = np.zeros(len(self.places))
        free = np.ones(len(move), bool)
        if self.held is not None:
            move[self.held], free[self.held] = shift, False
        count = int(free.sum())
        if count:
            lower = np.maximum(-self.places[free], -self.reach)
            upper = np.maximum(np.minimum(1 - self.places[free], self.reach), lower + 1e-12)
            target = self.evaluation.residuals + self.jacobian @ move
            triangle = np.linalg.qr(np.column_stack([self.jacobian[:, free], target]), mode="r")
            system = np.vstack([triangle, np.column_stack([RIDGE * np.eye(count), np.zeros(count)])])
            move[free] = lsq_linear(system[:, :-1], -system[:, -1], bounds=(lower, upper), method="bvls").x
        return move


ROUGH, FINE = 0.1, 0.01
"""Falls of chi-squared in a round below which a fit ends: to compare starts, and for the best fit. A 95 %
interval ends at a rise of 3.84."""

RELATIVE = 1e-4
"""The same fall as a share of chi-squared, for fits that end far from the data."""

MOST_ROUNDS = 40
"""Largest number of sets of differences from one start."""

STEPS, SHARE = 6, 0.05
"""Largest number of steps on one set of differences; share of chi-squared by which a step has to lower it for
another one to follow."""

REOPENED = 0.05
"""Least reach right after new derivatives."""


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
        """Chi-squared at the minimum."""
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
    """Minimise chi-squared in rounds, each of derivatives by differences and steps on them.

    Parameters
    ----------
    misfit : the residuals
    start : places of all parameters
    most_rounds : largest number of rounds
    tolerance : fall of chi-squared in a round below which the search ends
    central : take central differences from there on, and end at the next round without such a fall
    """
    places = np.clip(np.array(start, dtype=float), 0.0, 1.0)
    first = misfit(places)
    walk = Walk(misfit, places, first, np.zeros((len(first.residuals), len(places))))
    both_sides = False
    for _ in range(most_rounds):
        before = walk.evaluation
        walk.renew(both_sides)
        jacobian = walk.jacobian
        walk.reach = min(max(walk.reach, REOPENED), FIRST_REACH)
        enough = max(tolerance, RELATIVE * before.chi_squared)
        for number in range(STEPS):
            last, jacobian_before = walk.evaluation.chi_squared, walk.jacobian
            if not walk.step(enough):
                break
            fall = last - walk.evaluation.chi_squared
            if fall <= 0:
                walk.jacobian = jacobian_before  # a step too far says nothing of the derivatives at its start
            elif number and fall < SHARE * last:
                break
        fewer = len(walk.evaluation.failures) < len(before.failures)
        if before.chi_squared - walk.evaluation.chi_squared >= enough or fewer:
            continue
        if central and not both_sides:
            both_sides = True
        else:
            return Minimum(walk.places, walk.evaluation, jacobian, True)
    return Minimum(walk.places, walk.evaluation, jacobian, False)


ASTRAY = 100.0
"""Chi-squared per datum above which a minimum counts as a side valley: ten standard deviations a datum."""

ACROSS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Places between its bounds at which each parameter is then tried."""

TRIED, HALVED = 3, 0.5
"""Number of the best of these places from which is searched; share of chi-squared at or above which a minimum
is no better valley."""

MOST_ESCAPES = 3


def minimise_from_afar(misfit: Misfit, start: Array) -> Minimum:
    """Minimise from a start that may be far off, and leave side valleys.

    Where the minimum misses the data by far, each parameter in turn is moved across its range, and the search
    goes on from the best of these places, as long as that halves chi-squared.

    Parameters
    ----------
    misfit : the residuals
    start : places of all parameters
    """
    end = minimise(misfit, start)
    for _ in range(MOST_ESCAPES):
        better = _better_valley(misfit, end) if end.chi_squared > ASTRAY * misfit.problem.data else None
        if better is None:
            break
        end = better
    return end


def _better_valley(misfit: Misfit, end: Minimum) -> Minimum | None:
    """A minimum with less than half of chi-squared, reached by moving one parameter; None without one."""
    trials = []
    for index, place in product(range(len(end.places)), ACROSS):
        moved = end.places.copy()
        moved[index] = place
        trials.append((misfit(moved).chi_squared, index, moved))
    for _, _, moved in sorted(trials, key=lambda trial: trial[:2])[:TRIED]:
        minimum = minimise(misfit, moved)
        if minimum.chi_squared < HALVED * end.chi_squared:
            return minimum
    return None


MOST_STEPS = 12
"""Largest number of steps to one minimum of a profile."""

SETTLED = 0.02
"""Predicted fall of chi-squared below which no further step is taken."""


def follow(misfit: Misfit, start: Minimum, held: int, shift: float) -> Minimum | None:
    """The minimum with one parameter moved away from another minimum; None where a run fails.

    Derivatives are taken anew, once, where the way is bent.

    Parameters
    ----------
    misfit : the residuals
    start : the other minimum, with derivatives by all places
    held : index of the parameter
    shift : its move
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
    return Minimum(walk.places, walk.evaluation, walk.jacobian, converged)


MOST_STEPS_WITHOUT_PRIORS = 6

WORTH = 0.2
"""Predicted fall of chi-squared below which no further step without priors is taken."""

LEANT = 1.0
"""Rise of a squared prior residual, once priors are left out, from which its parameter counts as leaning on
its prior."""


@dataclass(frozen=True)
class WithoutPriors:
    """Chi-squared of the data without priors, and the other parameters that lean most on theirs."""

    chi_squared: float
    leaning: tuple[int, ...]


def without_priors(
    misfit: Misfit, minimum: Minimum, held: int, decisive: float | None = None
) -> WithoutPriors:
    """The least chi-squared of the data alone near a minimum, one parameter held and all priors left out.

    Parameters
    ----------
    misfit : the residuals, those of the data before those of the priors
    minimum : with its derivatives
    held : index of the parameter
    decisive : chi-squared below which the result matters; nothing is simulated where the derivatives predict
        no less, or where this is None
    """
    parameters, data = misfit.problem.parameters, misfit.problem.data
    others = [n for n, free in enumerate(parameters) if n != held and free.section.prior is not None]

    def of_data(places: Sequence[float] | NDArray[np.float64]) -> Evaluation:
        return _of_data(misfit(places), data)

    begin = _of_data(minimum.evaluation, data)
    walk = Walk(of_data, minimum.places, begin, minimum.jacobian[:data], held, reach=1.0)
    predicted = walk.predicted() if others else begin.chi_squared
    if decisive is None or predicted >= decisive:
        return WithoutPriors(min(predicted, begin.chi_squared), ())
    walk.reach = FIRST_REACH
    for _ in range(MOST_STEPS_WITHOUT_PRIORS):
        if not walk.step(WORTH):
            break

    def strain(other: int, places: NDArray[np.float64]) -> float:
        return (parameters[other].prior_residual(places[other]) or 0.0) ** 2

    rises = {other: strain(other, walk.places) - strain(other, minimum.places) for other in others}
    most = max(rises.values(), default=0.0)
    leaning = tuple(other for other in others if rises[other] >= min(LEANT, most))
    return WithoutPriors(walk.evaluation.chi_squared, leaning)


def _of_data(evaluation: Evaluation, data: int) -> Evaluation:
    return replace(evaluation, residuals=evaluation.residuals[:data])
