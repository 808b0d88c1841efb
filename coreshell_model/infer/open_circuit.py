"""Isotherms fitted to an open-circuit table: kinds of sites added up, their number chosen by AICc.

Equation (39): x = sum_j X_j theta_j(U) + x_0, every theta_j falling with the potential U.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from coreshell_model.base.errors import InputError
from coreshell_model.physics.laws.constants import thermal_voltage
from coreshell_model.physics.laws.isotherm import occupancies_at, tail_filling
from coreshell_model.physics.storage.clusters import equilibrium_filling
from coreshell_model.run.solution import Array

TEMPERATURE = 298.15
POTENTIALS = np.linspace(-0.3, 2.0, 1151)
"""Grid [V] on which a law is inverted: with 2 mV between its points, to some microvolts."""

STARTS = 30
ALIKE = 1.1
"""Factor of the least error up to which another fit counts as good: a table's scatter is known no better."""

SEED = 20261


@dataclass(frozen=True)
class Sites:
    """One kind of sites: its occupancy, and the bounds between which its numbers are fitted.

    The first number is always the amount X_j. Numbers that are ``positive`` are fitted as logarithms.
    """

    name: str
    occupancy: Callable[..., Array]
    lowest: tuple[float, ...]
    highest: tuple[float, ...]
    positive: tuple[bool, ...]


def _temkin_frumkin(potential: Array, standard_potential: float, interaction: float, *strong: float) -> Array:
    scale = thermal_voltage(TEMPERATURE)
    return occupancies_at(potential, standard_potential, interaction, scale, *strong)


SLOPING = Sites(
    "Temkin-Frumkin sites", _temkin_frumkin, (0.01, 0.0, 0.02), (1.0, 1.4, 3.0), (True, False, True)
)
STRONG = Sites(
    "Temkin-Frumkin sites, the first of them strong",
    _temkin_frumkin,
    (0.01, -0.5, 0.001, 0.01, 0.01),
    (3.0, 1.4, 3.0, 2.5, 1.5),
    (True, False, True, True, True),
)
CLUSTERS = Sites("clusters", equilibrium_filling, (0.01, 0.0, 0.005), (1.0, 0.15, 0.05), (True, False, True))
# A site of a multi-site (MSMR) isotherm has the form of (8).
SITE = Sites(
    "sites of one potential", equilibrium_filling, (0.01, 0.0, 0.01), (1.0, 1.4, 0.4), (True, False, True)
)
TAIL = Sites(
    "sites of exponentially distributed energies", tail_filling, (0.01, 0.05), (1.0, 1.0), (True, True)
)
LAWS = {
    "sloping and clusters": (SLOPING, CLUSTERS),
    "strong sites, sloping and clusters": (STRONG, CLUSTERS),
    "sloping, tail and clusters": (SLOPING, TAIL, CLUSTERS),
    "two sloping and clusters": (SLOPING, SLOPING, CLUSTERS),
    "two sites and clusters": (SITE, SITE, CLUSTERS),
    "three sites and clusters": (SITE, SITE, SITE, CLUSTERS),
}
"""The laws compared; the first two are those of the materials of this package, (4) and (45)."""


@dataclass(frozen=True)
class Fitted:
    """A fitted law with its numbers and errors.

    Attributes
    ----------
    law : its name in ``LAWS``
    numbers : x_0, then those of each kind of sites
    errors : potential of the law less that of the table [V], by point
    """

    law: str
    numbers: tuple[float, ...]
    errors: Array

    @property
    def rmse(self) -> float:
        """Root-mean-square error [V]."""
        return _rms(self.errors)

    @property
    def aicc(self) -> float:
        """Akaike's criterion corrected for few points; the errors' variance counts as a number too."""
        points, fitted = self.errors.size, len(self.numbers) + 1
        few = 2 * fitted * (fitted + 1) / (points - fitted - 1)
        return points * np.log(np.mean(self.errors**2)) + 2 * fitted + few


def filling(law: str, numbers: Array, potential: Array) -> Array:
    """The filling x of (39) at some potentials [V]."""
    x, begin = np.full_like(potential, numbers[0]), 1
    for sites in LAWS[law]:
        amount, *others = numbers[begin : begin + len(sites.lowest)]
        x, begin = x + amount * sites.occupancy(potential, *others), begin + len(sites.lowest)
    return x


def potential_at(law: str, numbers: Array, x: Array) -> Array:
    """U [V] at some fillings: (39) inverted."""
    return np.interp(x, filling(law, numbers, POTENTIALS)[::-1], POTENTIALS[::-1])


def fit(law: str, x: Array, potential: Array, most: Sequence[float] | None = None) -> Fitted:
    """Fit a law by least squares of the potential: the best of many seeded starts.

    Parameters
    ----------
    law : its name in ``LAWS``
    x, potential : the table, filling [-] and U [V]
    most : highest x_0 and highest amount X_j of each kind of sites, where less than usual is possible

    Raises
    ------
    InputError
        The table has fewer than three points more than the law has numbers, or ``most`` has no number for
        each amount.
    """
    return alternatives(law, x, potential, most)[0]


def alternatives(
    law: str, x: Array, potential: Array, most: Sequence[float] | None = None
) -> tuple[Fitted, ...]:
    """The best fit, and the fits from other starts that are nearly as good; the best is first.

    Nearly as good is a root-mean-square error at most ``ALIKE`` times that of the best. Parameters and errors
    are those of ``fit``.
    """
    scale = _scale(law, x, most)
    if x.size < scale.low.size + 3:
        raise InputError(f"{x.size} points are too few for {scale.low.size} numbers; give more points")
    scatter = np.random.default_rng(SEED)
    starts = scale.low + (scale.high - scale.low) * scatter.random((STARTS, scale.low.size))
    fits = sorted(
        (_refined(law, scale, start, x, potential) for start in starts), key=lambda fitted: fitted.rmse
    )
    return tuple(fitted for fitted in fits if fitted.rmse <= ALIKE * fits[0].rmse)


@dataclass(frozen=True)
class Extrapolated:
    """What a law that was fitted to some points of a table says of all others.

    Attributes
    ----------
    fitted : the best fit to the points that were used
    errors : root-mean-square error of the others [V], of the best fit and of its ``alternatives``; a
        potential beyond the ends of ``POTENTIALS`` counts as that end
    filling_errors : the same of the filling at the measured potentials [-]
    """

    fitted: Fitted
    errors: tuple[float, ...]
    filling_errors: tuple[float, ...]


def extrapolated(
    law: str, x: Array, potential: Array, used: NDArray[np.bool_], most: Sequence[float] | None = None
) -> Extrapolated:
    """Fit a law to the points of a table that are ``used``, and compare it with the others."""
    fits = alternatives(law, x[used], potential[used], most)
    others, filled = potential[~used], x[~used]
    errors = [potential_at(law, np.array(fitted.numbers), filled) - others for fitted in fits]
    filling_errors = [filling(law, np.array(fitted.numbers), others) - filled for fitted in fits]
    return Extrapolated(fits[0], tuple(map(_rms, errors)), tuple(map(_rms, filling_errors)))


def _rms(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def leave_one_out(fitted: Fitted, x: Array, potential: Array) -> float:
    """Root-mean-square error [V] of each point as predicted by a fit to all others.

    These fits start from the fit to all points. The first and the last point are extrapolations.
    """
    errors = []
    for place in range(x.size):
        others = np.arange(x.size) != place
        scale = _scale(fitted.law, x[others])
        best = scale.scaled(np.array(fitted.numbers))
        again = _refined(fitted.law, scale, best, x[others], potential[others])
        predicted = potential_at(fitted.law, np.array(again.numbers), x[[place]])[0]
        errors.append(predicted - potential[place])
    return _rms(np.array(errors))


@dataclass(frozen=True)
class _Scale:
    """The bounds of a law's numbers, positive ones as logarithms, and the conversion of numbers to that."""

    low: Array
    high: Array
    logarithmic: Array

    def scaled(self, numbers: Array) -> Array:
        return np.where(self.logarithmic, np.log(np.where(self.logarithmic, numbers, 1.0)), numbers)

    def numbers(self, scaled: Array) -> Array:
        return np.where(self.logarithmic, np.exp(np.where(self.logarithmic, scaled, 0.0)), scaled)


def _scale(law: str, x: Array, most: Sequence[float] | None = None) -> _Scale:
    """The bounds of a law's numbers for a table; x_0 is at most the least filling in it."""
    low = np.array([0.0, *(value for sites in LAWS[law] for value in sites.lowest)])
    high = np.array([x.min(), *(value for sites in LAWS[law] for value in sites.highest)])
    if most is not None:
        kinds = LAWS[law]
        if len(most) != 1 + len(kinds):
            raise InputError(f"most has {len(most)} numbers; give {1 + len(kinds)}, x_0 and each amount")
        places = np.cumsum([0, 1, *(len(sites.lowest) for sites in kinds[:-1])])
        high[places] = np.minimum(high[places], most)
    logarithmic = np.array([False, *(flag for sites in LAWS[law] for flag in sites.positive)])
    bare = _Scale(low, high, logarithmic)
    return _Scale(bare.scaled(low), bare.scaled(high), logarithmic)


def _refined(law: str, scale: _Scale, start: Array, x: Array, potential: Array) -> Fitted:
    def errors(scaled: Array) -> Array:
        return potential_at(law, scale.numbers(scaled), x) - potential

    inside = np.clip(start, scale.low, scale.high)
    result = least_squares(errors, inside, bounds=(scale.low, scale.high), x_scale=0.1, max_nfev=200)
    return Fitted(law, tuple(float(value) for value in scale.numbers(result.x)), errors(result.x))
