"""What is sampled: residuals over the box between the bounds, and the evaluations of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coreshell_model.fit.workers import Say

Array = NDArray[np.float64]

Key = tuple[int, int]
"""Round, from 0, and number of the point in it."""


@dataclass(frozen=True)
class Evaluated:
    """The true model at one point.

    Attributes
    ----------
    places : of the parameters, 0 to 1 between their bounds
    residuals : of the data, without the priors, in standard deviations
    scalars : simulated observations, None where there is none
    failures : why a run failed; such a point has no likelihood
    """

    places: Array
    residuals: Array
    scalars: tuple[float | None, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def chi_squared(self) -> float:
        """Of the data."""
        return float(self.residuals @ self.residuals)


class Target(Protocol):
    """A density over the unit box, exp(-chi²/2): dear residuals of data, cheap ones of priors."""

    @property
    def dimensions(self) -> int:
        """Parameters."""
        ...

    @property
    def workers(self) -> int:
        """Processes that evaluate it, and threads of the walkers between evaluations."""
        ...

    def prior_residuals(self, places: Array) -> Array:
        """A row a point: how many standard deviations each value lies from its prior."""
        ...

    def evaluate(
        self, points: Sequence[tuple[Key, Array]], keep: Callable[[Key, Evaluated], None], say: Say
    ) -> None:
        """The true residuals at each point; ``keep`` is called with each as it is done."""
        ...
