r"""The noise of the data beside what the problem states: inflation, correlated residuals, a discrepancy.

A model that is off by a smooth function of capacity :math:`\delta(q)` leaves residuals that are alike at
neighbouring points. With a Gaussian process for it the covariance of the residuals along a half-cycle, each
in its standard deviation :math:`\sigma_i`, is

.. math:: C_{ij} = \delta_{ij} + \frac{s^2}{\sigma_i \sigma_j} \exp\left(-\frac{(q_i - q_j)^2}{2 l^2}\right).

With its Cholesky factor, :math:`C = L L^T`, :math:`z = L^{-1} r` has unit variance and no correlation, so
that :math:`z^T z` is minimised as chi-squared is without a discrepancy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from coreshell_model.base.intervals import Array
from coreshell_model.base.tables import shown_number
from coreshell_model.base.units import from_si
from coreshell_model.infer.curves import MeasuredCurve, SimulatedCurve
from coreshell_model.infer.reading import Problem


@dataclass(frozen=True)
class CurveNoise:
    """The noise of a curve.

    Attributes
    ----------
    sd : standard deviation of the model's discrepancy [V] or [A.kg-1]; 0 without one
    length : over which the discrepancy changes [mA.h.g-1] or [s]
    thinned : points by independent ones: neighbouring residuals that are alike count as fewer data
    """

    sd: float = 0.0
    length: float = 1.0
    thinned: float = 1.0


@dataclass(frozen=True, eq=False)
class Points:
    """Points of a half-cycle: places on the axis, and the standard deviation with which each is compared.

    Where the simulation is much steeper than the measurement, its capacity is compared: there this standard
    deviation is large, and a discrepancy of the voltage explains nothing.
    """

    axis: Array
    sd: Array

    def whitened(self, noise: CurveNoise, residuals: Array) -> Array:
        """Residuals with the discrepancy's correlation taken out."""
        if noise.sd == 0:
            return residuals
        return solve_triangular(self._factor(noise), residuals, lower=True, check_finite=False)

    def correlated(self, noise: CurveNoise, residuals: Array) -> Array:
        """The inverse."""
        return residuals if noise.sd == 0 else self._factor(noise) @ residuals

    def _factor(self, noise: CurveNoise) -> Array:
        return cholesky(covariance(self.axis, noise.sd / self.sd, noise.length), lower=True)


@dataclass(frozen=True)
class Noise:
    """How far the data scatter about the model, in terms of the stated standard deviations.

    Attributes
    ----------
    inflation : factor of all standard deviations of the data
    curves : of each curve, in the order of the problem; none: as stated
    """

    inflation: float = 1.0
    curves: tuple[CurveNoise, ...] = field(default=())

    def whitened(self, curve: int, points: Sequence[Points], residuals: Array) -> Array:
        """Residuals of a curve in stated standard deviations, as uncorrelated ones of unit variance.

        Parameters
        ----------
        curve : its number, from 0
        points : of the curve, by half-cycle
        residuals : a row a point; columns, such as derivatives, are treated alike
        """
        if not self.curves:
            return residuals / self.inflation
        noise = self.curves[curve]
        parts = [inside.whitened(noise, part) for inside, part in _by_half_cycle(points, residuals)]
        return np.concatenate(parts) / (self.inflation * np.sqrt(noise.thinned))

    def stated(self, curve: int, points: Sequence[Points], residuals: Array) -> Array:
        """The inverse of ``whitened``: residuals, or their derivatives, in stated standard deviations."""
        if not self.curves:
            return residuals * self.inflation
        noise = self.curves[curve]
        parts = [inside.correlated(noise, part) for inside, part in _by_half_cycle(points, residuals)]
        return np.concatenate(parts) * (self.inflation * np.sqrt(noise.thinned))

    @property
    def has_discrepancy(self) -> bool:
        """True where some curve has a discrepancy above 0."""
        return any(noise.sd > 0 for noise in self.curves)

    def record(self) -> dict[str, Any]:
        """The noise as JSON holds it."""
        return {
            "Inflation": self.inflation,
            "Curves": [[noise.sd, noise.length, noise.thinned] for noise in self.curves],
        }

    @classmethod
    def of_record(cls, stored: dict[str, Any]) -> "Noise":
        """The noise of a ``record``; records of older versions have the inflation alone."""
        curves = tuple(CurveNoise(*numbers) for numbers in stored.get("Curves", ()))
        return cls(stored.get("Inflation", 1.0), curves)


AS_STATED = Noise()
"""The noise that the problem states."""


def discrepancies_record(problem: Problem, noise: Noise) -> list[dict[str, Any]]:
    """The discrepancy of each curve that has one, as JSON holds it."""
    records = []
    for (_, curve), of_curve in zip(problem.curves, noise.curves, strict=False):
        if of_curve.sd > 0:
            records.append(
                {
                    "File": curve.section.named,
                    **discrepancy_record(unit_of(curve), curve.section.over, of_curve),
                }
            )
    return records


def unit_of(curve: MeasuredCurve) -> str:
    """The unit in which differences of a curve are stated."""
    return "mV" if curve.section.of == "voltage" else "mA/g"


def discrepancy_record(unit: str, over: str, noise: CurveNoise) -> dict[str, float | None]:
    """Standard deviation and length of a curve's discrepancy with units; None without one."""
    shown, axis = unit.replace("mA/g", "mA.g-1"), "s" if over == "time" else "mA.h.g-1"
    there = noise.sd > 0
    return {
        f"Discrepancy [{shown}]": from_si(noise.sd, unit) if there else None,
        f"Length of the discrepancy [{axis}]": noise.length if there else None,
    }


def discrepancy_in_words(curve: MeasuredCurve, noise: CurveNoise) -> str:
    """The discrepancy of a curve with its units, such as "6.1 mV over 14 mAh/g"."""
    unit = unit_of(curve)
    length, axis = (noise.length, "mAh/g") if curve.section.over == "capacity" else (noise.length / 3600, "h")
    return f"{shown_number(from_si(noise.sd, unit), 3)} {unit} over {shown_number(length, 3)} {axis}"


def points_of(curve: MeasuredCurve, simulated: SimulatedCurve | None) -> tuple[Points, ...]:
    """Places and standard deviations of a curve's points, as they are compared with a simulation."""
    ends = np.cumsum([len(piece.axis) for piece in curve.pieces])
    sds = np.split(curve.sd if simulated is None else simulated.sd, ends[:-1])
    return tuple(Points(piece.axis, sd) for piece, sd in zip(curve.pieces, sds, strict=True))


def _by_half_cycle(points: Sequence[Points], residuals: Array) -> Iterator[tuple[Points, Array]]:
    ends = np.cumsum([len(inside.axis) for inside in points])
    return zip(points, np.split(residuals, ends[:-1]), strict=True)


def covariance(axis: Array, relative: Array, length: float) -> Array:
    """Covariance of residuals in their standard deviations; ``relative`` is the discrepancy in these."""
    apart = (axis[:, None] - axis[None, :]) / length
    return np.eye(len(axis)) + relative[:, None] * relative[None, :] * np.exp(-0.5 * apart**2)
