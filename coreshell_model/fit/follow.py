"""The others at their best while one parameter is moved, along its profile.

Each minimum lies next to the last one, so its derivatives, kept up to date, save most of the differences that
a fit from afar needs.
"""

from coreshell_model.fit.least_squares import Minimum
from coreshell_model.fit.misfit import Misfit
from coreshell_model.fit.walk import Walk

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
