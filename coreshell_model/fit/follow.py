"""The others at their best while one parameter is moved: Gauss-Newton steps on derivatives kept up to date.

Along a profile each minimum lies next to the last one. Its derivatives, corrected by what each step
showed (Broyden's rank-one update), save most of the differences that a fit from afar needs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from coreshell_model.fit.least_squares import Minimum, differences, steps_for
from coreshell_model.fit.misfit import Evaluation, Misfit

MOST_STEPS = 12
"""Of one minimum."""

SETTLED = 0.02
"""Fall of chi-squared, where 3.84 counts, that a further step would promise when it is not taken."""

STRAIGHT = 0.5
"""Distance of a step's residuals from where the derivatives had them, in standard deviations of all data
together, beyond which these are made anew before a minimum is believed."""

FIRST_REACH, LEAST_REACH = 0.3, 1e-4
"""Largest move of a place in one step, at first, and the one below which there is no way down."""

RIDGE = 0.1
"""Residual of a move across the whole range: keeps still what hardly matters."""

Array = NDArray[np.float64]


@dataclass
class _Walk:
    """Where the search is: places, residuals there, derivatives by all places."""

    misfit: Misfit
    held: int
    places: Array
    here: Evaluation
    jacobian: Array
    bent: bool = False
    reach: float = FIRST_REACH

    def shift(self, shift: float) -> bool:
        """Move the held parameter, the others to where that seems best; False where runs fail."""
        move = self._move(shift)
        there = self._at(move)
        if there.failures:
            return False
        self._learn(move, there)
        self.places, self.here = self._moved(move), there
        return True

    def step(self) -> bool:
        """Go to the minimum that the derivatives promise; False where they promise nothing more."""
        move = self._move(0.0)
        promised = self.here.residuals + self.jacobian @ move
        if self.here.chi_squared - float(promised @ promised) < SETTLED:
            return False
        there, length = self._at(move), float(np.abs(move).max())
        if there.failures:
            self.reach = length / 4
            return True
        self._learn(move, there)
        if there.chi_squared < self.here.chi_squared:
            self.places, self.here = self._moved(move), there
            self.reach = min(2 * self.reach, FIRST_REACH)
        else:
            self.reach = length / 3
        return True

    def renew(self) -> None:
        """Derivatives by differences, here."""
        every = np.arange(len(self.places))
        self.jacobian = differences(self.misfit, self.places, self.here, every, steps_for(self.jacobian))
        self.reach = FIRST_REACH

    def _moved(self, move: Array) -> Array:
        return np.clip(self.places + move, 0.0, 1.0)

    def _at(self, move: Array) -> Evaluation:
        return self.misfit(self._moved(move))

    def _learn(self, move: Array, there: Evaluation) -> None:
        """Broyden's update: the derivatives along the move are those it showed."""
        off = there.residuals - self.here.residuals - self.jacobian @ move
        self.bent |= float(np.linalg.norm(off)) > STRAIGHT
        self.jacobian = self.jacobian + np.outer(off, move) / float(move @ move)

    def _move(self, shift: float) -> Array:
        """The least squares of the linear residuals over the others, within their bounds and the reach."""
        move = np.zeros(len(self.places))
        move[self.held] = shift
        others = np.arange(len(move)) != self.held
        lower = np.maximum(-self.places[others], -self.reach)
        upper = np.maximum(np.minimum(1 - self.places[others], self.reach), lower + 1e-12)
        target = self.here.residuals + self.jacobian[:, self.held] * shift
        if others.any():
            triangle = np.linalg.qr(np.column_stack([self.jacobian[:, others], target]), mode="r")
            still = np.column_stack([RIDGE * np.eye(int(others.sum())), np.zeros(int(others.sum()))])
            system = np.vstack([triangle, still])
            move[others] = lsq_linear(system[:, :-1], -system[:, -1], bounds=(lower, upper), method="bvls").x
        return move


def follow(misfit: Misfit, start: Minimum, held: int, shift: float) -> Minimum | None:
    """The minimum with one parameter moved away from another minimum; None where runs fail.

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
    walk = _Walk(misfit, held, start.places, start.evaluation, start.jacobian)
    if not walk.shift(shift):
        return None
    renewed = converged = False
    for _ in range(MOST_STEPS):
        if walk.step() and walk.reach > LEAST_REACH:
            continue
        if renewed or not walk.bent:
            converged = True
            break
        walk.renew()
        renewed = True
    return Minimum(walk.places, walk.here, walk.jacobian, converged)
