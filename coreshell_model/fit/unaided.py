r"""What the data alone say, away from the priors that help them.

At a point of the profile of a parameter :math:`p` every prior is let go and the others :math:`q` walk on,

.. math:: \chi^2_\mathrm{data}(p) = \min_q \sum_i (y_i(p, q) - m_i)^2 / \sigma_i^2,

so that a profile which only another parameter's prior closes is not taken for the data's doing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coreshell_model.fit.least_squares import Minimum
from coreshell_model.fit.misfit import Evaluation, Misfit
from coreshell_model.fit.walk import FIRST_REACH, Walk

MOST_STEPS = 6

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
    for _ in range(MOST_STEPS):
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
