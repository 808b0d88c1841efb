"""The SEI's share of a first-cycle loss over a posterior's draws, beside the arithmetic of two losses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coreshell_model.errors import InputError
from coreshell_model.fit.workers import Say
from coreshell_model.paper_carbon import is_of_the_paper
from coreshell_model.posterior.intervals import LEVELS, quantiles
from coreshell_model.posterior.loss_arithmetic import Loss, LossArithmetic
from coreshell_model.posterior.predict import Prediction, predict
from coreshell_model.posterior.table import Posterior
from coreshell_model.posterior.weights import effective_draws
from coreshell_model.protocol import Protocol

LOSS = "First-cycle loss [mA.h.g-1]"
PARTS = {
    "SEI": "Loss to SEI [mA.h.g-1]",
    "Trapped sodium": "Loss to trapped sodium [mA.h.g-1]",
    "Sodium left in carbon": "Sodium left in carbon [mA.h.g-1]",
}
"""Where the loss is."""

DECIDING = {"the SEI": re.compile(r"sei\."), "trapping": re.compile(r"(^|\.)trapping\.")}
"""Paths of the numbers that divide the loss; a posterior that leaves them fixed has a share by assumption."""

ARITHMETIC = {
    "loss ± 30 mAh/g, as stated": LossArithmetic(Loss(246.0, 31.0, 2.7), Loss(89.0, 30.0, 14.0), 0.3),
    "loss ± 12 mAh/g, as the error of the ICE implies": LossArithmetic(
        Loss(246.0, 31.0, 2.7), Loss(89.0, 12.0, 14.0), 0.3
    ),
}
"""From the losses, N2 areas and mass gain of Shell and Core-Shell, Appel et al., main text."""

LEVELS_90 = (0.05, 0.95)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LossShares:
    """Shares of a first-cycle loss, a draw each.

    Attributes
    ----------
    material, protocol : that were run
    weights : of the draws that have a loss
    loss : mAh/g
    shares : by what it was lost to
    without : share of the draws, by weight, that failed or lost nothing
    failures : why runs failed, a line a failed draw
    warnings : in sentences
    arithmetic : the SEI's share from two losses of this carbon, by what was taken for them
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
            LOSS: _told(self.loss, self.weights),
            "Shares of the loss": {name: _told(one, self.weights) for name, one in self.shares.items()},
            "SEI's share by arithmetic": {
                name: {
                    "At the measured values": one.sei_share,
                    "Median": one.sei_share_quantiles((0.5,))[0],
                    "90 % interval": list(one.sei_share_quantiles(LEVELS_90)),
                }
                for name, one in self.arithmetic.items()
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
        A material that the posterior has not, or no draw with a loss.
    """
    material = posterior.name_of(material)
    found = shares_of(predict(posterior, material, protocol, cycles=1, workers=workers, say=say))
    if is_of_the_paper(posterior.materials[material]):
        found = replace(found, arithmetic=ARITHMETIC)
    drawn = posterior.changes_of(0, material)
    missing = [what for what, paths in DECIDING.items() if not any(map(paths.search, drawn))]
    if not missing:
        return found
    warning = (
        f"no number of {' or '.join(missing)} of {material} is among the draws, so the shares are as "
        "narrow as what its file assumes; fit these numbers too"
    )
    return replace(found, warnings=(warning,))


def shares_of(prediction: Prediction) -> LossShares:
    """The shares in runs that were predicted already.

    Raises
    ------
    InputError
        No draw has a loss.
    """
    loss = prediction.values(LOSS)
    known = np.isfinite(loss) & (np.nan_to_num(loss) > 0)
    if not known.any():
        raise InputError(f"{prediction.protocol}: no draw loses charge in the first cycle")
    weights = prediction.weights[known]
    shares = {name: prediction.values(column)[known] / loss[known] for name, column in PARTS.items()}
    without, even = float(1.0 - weights.sum()), weights / weights.sum()
    told = (prediction.material, prediction.protocol, even, loss[known], shares, without)
    return LossShares(*told, prediction.failures)


def _told(values: Array, weights: Array) -> dict:
    low, less, median, more, high = quantiles(values, weights, LEVELS)
    return {
        "Median": float(median),
        "68 % interval": [float(less), float(more)],
        "90 % interval": quantiles(values, weights, LEVELS_90).tolist(),
        "95 % interval": [float(low), float(high)],
    }
