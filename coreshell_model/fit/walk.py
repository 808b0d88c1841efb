"""Bounded Gauss-Newton steps on derivatives that each step keeps up to date.

Each step goes to the least squares of the linear residuals within the bounds and a reach (scipy's
``lsq_linear``), and corrects the derivatives along itself by what it showed: Broyden's rank-one update, one
simulation where differences cost one for each parameter.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from coreshell_model.fit.derivatives import STEP, differences, steps_for
from coreshell_model.fit.misfit import Evaluation

STRAIGHT = 0.5
"""Distance of a step's residuals from where the derivatives had them, in standard deviations of all data
together, beyond which the way is bent."""

FIRST_REACH, LEAST_REACH = 0.3, 1e-4
"""Largest move of a place in one step, at first, and the one below which there is no way down."""

RIDGE = 0.1
"""Residual of a move across the whole range: keeps still what hardly matters."""

Array = NDArray[np.float64]


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
