"""The SEI's share of a coated carbon's first-cycle loss, by arithmetic from two samples' losses alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import root_scalar
from scipy.stats import norm

from coreshell_model.errors import InputError

STEPS = 2001
"""Of the integral over the coated sample's loss."""

FAR = 8.0
"""Standard deviations over which it runs."""


@dataclass(frozen=True)
class Loss:
    """A measured first-cycle loss: ``value`` and ``sd`` [mAh/g], on an external ``area`` [m2/g]."""

    value: float
    sd: float
    area: float


@dataclass(frozen=True)
class LossArithmetic:
    """SEI charge by area and trapped charge by coating, from a coating alone and a coated core.

    Both lose the same charge ``q_SEI`` by external area a and ``q_trap`` by mass of the coating's carbon; of
    a coated core with mass gain m the share m/(1 + m) is coating:

        loss = q_SEI a + q_trap m/(1 + m),    of the coating alone    loss = q_SEI a + q_trap

    It is the arithmetic of one reading: nothing is lost in the core, the areas are those that the electrolyte
    wets, and binder and carbon black take no part.

    Attributes
    ----------
    coating : the loss of the coating's carbon alone
    coated : the loss of the coated core
    mass_gain : m, mass of coating by mass of core
    """

    coating: Loss
    coated: Loss
    mass_gain: float

    def __post_init__(self) -> None:
        """Refuse samples that the two equations cannot tell apart.

        Raises
        ------
        InputError
            A value that is not above 0, or as much area by coating in both samples.
        """
        numbers = (self.coating.area, self.coated.area, self.coating.sd, self.coated.sd, self.mass_gain)
        if not all(math.isfinite(one) and one > 0 for one in numbers):
            raise InputError(f"areas, standard deviations and mass gain are {numbers}; give numbers above 0")
        if self._determinant <= 0:
            raise InputError(
                "the coated sample has no more area by coating than the coating alone; its loss then says "
                "nothing of the SEI"
            )

    @property
    def coating_share(self) -> float:
        """m/(1 + m)."""
        return self.mass_gain / (1.0 + self.mass_gain)

    @property
    def _determinant(self) -> float:
        return self.coated.area - self.coating_share * self.coating.area

    @property
    def sei_by_area(self) -> tuple[float, float]:
        """q_SEI and its standard deviation [mAh/m2]."""
        value = (self.coated.value - self.coating_share * self.coating.value) / self._determinant
        return value, math.hypot(self.coated.sd, self.coating_share * self.coating.sd) / self._determinant

    @property
    def trapped_by_coating(self) -> tuple[float, float]:
        """q_trap and its standard deviation [mAh per g of the coating's carbon]."""
        top = self.coated.area * self.coating.value - self.coating.area * self.coated.value
        sd = math.hypot(self.coated.area * self.coating.sd, self.coating.area * self.coated.sd)
        return top / self._determinant, sd / self._determinant

    @property
    def sei_share(self) -> float:
        """Share of the SEI in the coated sample's loss, at the measured values."""
        return self.sei_by_area[0] * self.coated.area / self.coated.value

    def sei_share_quantiles(self, levels: Sequence[float] = (0.05, 0.5, 0.95)) -> tuple[float, ...]:
        """Quantiles of that share, both losses normal, given that q_SEI is not below 0."""
        whole = self._below(math.inf)
        top = self.coated.area / self._determinant  # the share where the coating traps nothing

        def quantile(level: float) -> float:
            return root_scalar(
                lambda share: self._below(share) - level * whole, bracket=(0.0, 10.0 * top), xtol=1e-9
            ).root

        return tuple(quantile(level) for level in levels)

    def _below(self, share: float) -> float:
        """Probability of an SEI share from 0 to ``share``: an integral over the coated sample's loss."""
        low = max(self.coated.value - FAR * self.coated.sd, 1e-9)
        losses = np.linspace(low, self.coated.value + FAR * self.coated.sd, STEPS)
        density = norm.pdf(losses, self.coated.value, self.coated.sd)
        # share = (a/determinant) (1 - s L_coating/L): at least 0 up to the largest loss of the coating.
        largest = losses / self.coating_share
        rest = 1.0 - share * self._determinant / self.coated.area if math.isfinite(share) else -math.inf
        least = largest * rest if math.isfinite(rest) else np.full(STEPS, -np.inf)
        inside = norm.cdf(largest, self.coating.value, self.coating.sd) - norm.cdf(
            least, self.coating.value, self.coating.sd
        )
        return float(np.trapezoid(density * inside, losses))
