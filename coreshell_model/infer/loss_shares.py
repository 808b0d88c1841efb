"""Shares of the first-cycle loss: by the draws of a posterior, and by arithmetic from two measured losses."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from scipy.optimize import root_scalar
from scipy.stats import norm

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import (
    CLAIMED,
    MEDIAN,
    USUAL,
    Array,
    effective_draws,
    interval_name,
    intervals,
    levels_of,
)
from coreshell_model.base.pool import Say
from coreshell_model.infer.draws import Posterior
from coreshell_model.infer.prediction import Prediction, predict
from coreshell_model.inputs.material import is_of_the_paper
from coreshell_model.inputs.protocol import Protocol, beginning, read_protocol
from coreshell_model.observe.quantities import summary
from coreshell_model.run.simulation import simulate

STEPS, FAR = 2001, 8.0
"""Points of the integral over the coated sample's loss, and its limits in standard deviations."""


@dataclass(frozen=True)
class Loss:
    """A measured first-cycle loss: ``value`` and ``sd`` [mAh/g], on an external ``area`` [m2/g]."""

    value: float
    sd: float
    area: float


@dataclass(frozen=True)
class LossArithmetic:
    """SEI charge per area and trapped charge per mass of coating, from a coating alone and a coated core.

    Both samples lose the same charge ``q_SEI`` per external area a and ``q_trap`` per mass of the coating's
    carbon. A share m/(1 + m) of a coated core with mass gain m is coating:

        coated core: loss = q_SEI a + q_trap m/(1 + m),    coating alone: loss = q_SEI a + q_trap

    This assumes that nothing is lost in the core, that the electrolyte wets these areas, and that binder and
    carbon black take no part.

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
        """Refuse numbers that are not above 0, and samples for which the two equations have no solution."""
        numbers = (self.coating.area, self.coated.area, self.coating.sd, self.coated.sd, self.mass_gain)
        if not all(math.isfinite(number) and number > 0 for number in numbers):
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
    def sei_share(self) -> float:
        """Share of the SEI in the coated sample's loss at the measured values."""
        return self.sei_by_area[0] * self.coated.area / self.coated.value

    def sei_share_quantiles(self, levels: Sequence[float]) -> tuple[float, ...]:
        """Quantiles of that share for normally distributed losses, given that q_SEI is not below 0."""
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
        factor = 1.0 - share * self._determinant / self.coated.area if math.isfinite(share) else -math.inf
        least = largest * factor if math.isfinite(factor) else np.full(STEPS, -np.inf)
        inside = norm.cdf(largest, self.coating.value, self.coating.sd) - norm.cdf(
            least, self.coating.value, self.coating.sd
        )
        return float(np.trapezoid(density * inside, losses))


LOSS = "First-cycle loss [mA.h.g-1]"
LOSS_IN_ALL = "Loss in all"
PARTS = {
    "SEI": "Loss to SEI [mA.h.g-1]",
    "Trapped sodium": "Loss to trapped sodium [mA.h.g-1]",
    "Sodium left in carbon": "Sodium left in carbon [mA.h.g-1]",
}
"""Columns of the parts of the loss."""

DECIDING = {"the SEI": re.compile(r"sei\."), "trapping": re.compile(r"(^|\.)trapping\.")}
"""Paths of the numbers that divide the loss; where a posterior does not hold them, the shares are assumed."""

ARITHMETIC = {
    "loss ± 30 mAh/g, as stated": LossArithmetic(Loss(246.0, 31.0, 2.7), Loss(89.0, 30.0, 14.0), 0.3),
    "loss ± 12 mAh/g, as the error of the ICE implies": LossArithmetic(
        Loss(246.0, 31.0, 2.7), Loss(89.0, 12.0, 14.0), 0.3
    ),
}
"""From the losses, N2 areas and mass gain of Shell and Core-Shell, Appel et al., main text."""

COUNTED = {
    "SEI": "film on all surface that the electrolyte wets",
    "Trapped sodium": "on sites of the carbon that keep their sodium",
    "Sodium left in carbon": "mobile sodium and double layer, not emptied at the end of the desodiation",
}
"""What each part of the loss counts; the parts add up to first sodiation less first desodiation."""

WIDTHS = sorted((*USUAL, CLAIMED))
"""Widths of the intervals of the shares [%]."""


@dataclass(frozen=True)
class LossShares:
    """Shares of a first-cycle loss by the draws of a posterior.

    Attributes
    ----------
    material, protocol : names of those that were run
    weights : of the draws that have a loss
    loss : of each of these draws [mA.h.g-1]
    shares : of each of these draws, by what the sodium was lost to
    without : share of the draws, by weight, that failed or lost nothing
    failures : why runs failed, one line for each failed draw
    warnings : in sentences
    arithmetic : the SEI's share from two losses of this carbon, by the assumption on their errors
    of_file : the loss and its parts [mA.h.g-1] with the numbers of the material's file instead of drawn ones
    """

    material: str
    protocol: str
    weights: Array
    loss: Array
    shares: dict[str, Array]
    without: float
    failures: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    arithmetic: Mapping[str, LossArithmetic] = field(default_factory=dict)
    of_file: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def means(self) -> dict[str, float]:
        """Means over the draws [mA.h.g-1] of the parts of the loss and of the loss, which add up."""
        parts = {name: float(self.weights @ (share * self.loss)) for name, share in self.shares.items()}
        return parts | {LOSS_IN_ALL: float(self.weights @ self.loss)}

    def record(self) -> dict:
        """Quantiles of each share and of the loss, and the arithmetic intervals of the SEI's."""
        return {
            "Material": self.material,
            "Protocol": self.protocol,
            "Draws": len(self.weights),
            "Effective draws": effective_draws(self.weights),
            "Share of draws without a loss": self.without,
            "Failed draws": len(self.failures),
            "Warnings": list(self.warnings),
            LOSS: intervals(self.loss, self.weights, WIDTHS),
            "Shares of the loss": {
                name: intervals(shares, self.weights, WIDTHS) for name, shares in self.shares.items()
            },
            "Mean loss [mA.h.g-1]": self.means,
            "Loss with the numbers of the file [mA.h.g-1]": dict(self.of_file),
            "SEI's share by arithmetic": {
                name: {
                    "At the measured values": arithmetic.sei_share,
                    MEDIAN: arithmetic.sei_share_quantiles((0.5,))[0],
                    interval_name(CLAIMED): list(arithmetic.sei_share_quantiles(levels_of(CLAIMED))),
                }
                for name, arithmetic in self.arithmetic.items()
            },
        }


def loss_shares(
    posterior: Posterior,
    material: str = "core_shell",
    protocol: Protocol | str | Path = "formation",
    *,
    workers: int = 1,
    say: Say = lambda text: None,
) -> LossShares:
    """Run the first cycle with every draw and divide its loss.

    Raises
    ------
    InputError
        The posterior does not have the material, or no draw has a loss.
    """
    material = posterior.name_of(material)
    shares = shares_of(predict(posterior, material, protocol, cycles=1, workers=workers, say=say))
    say("the loss with the numbers of the file")
    first = beginning(protocol if isinstance(protocol, Protocol) else read_protocol(str(protocol)), 1)
    results = summary(simulate(posterior.material(material)[1], first))
    of_file = {name: results[column] for name, column in {**PARTS, LOSS_IN_ALL: LOSS}.items()}
    shares = replace(shares, of_file=of_file)
    if is_of_the_paper(posterior.materials[material]):
        shares = replace(shares, arithmetic=ARITHMETIC)
    drawn = posterior.changes_of(0, material)
    missing = [name for name, paths in DECIDING.items() if not any(map(paths.search, drawn))]
    shares = replace(shares, warnings=posterior.misfit)
    if not missing:
        return shares
    warning = (
        f"no number of {' or '.join(missing)} of {material} is among the draws, so the shares are as "
        "narrow as what its file assumes; fit these numbers too"
    )
    return replace(shares, warnings=(*shares.warnings, warning))


def shares_of(prediction: Prediction) -> LossShares:
    """The shares in the runs of a prediction.

    Raises
    ------
    InputError
        No draw has a loss.
    """
    loss = prediction.values(LOSS)
    lossy = np.isfinite(loss) & (np.nan_to_num(loss) > 0)
    if not lossy.any():
        raise InputError(f"{prediction.protocol}: no draw loses charge in the first cycle")
    weights = prediction.weights[lossy]
    shares = {name: prediction.values(column)[lossy] / loss[lossy] for name, column in PARTS.items()}
    without, normalised = float(1.0 - weights.sum()), weights / weights.sum()
    names = prediction.material, prediction.protocol
    return LossShares(*names, normalised, loss[lossy], shares, without, prediction.failures)
