"""How refits with simulated data of known truths came out."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class OfTruth:
    """A draw taken as the truth, and the answer of the fit with its data; None where that failed."""

    truth: float
    answer: float | None
    chi_squared: float
    converged: bool
    reason: str = ""


@dataclass(frozen=True)
class Refits:
    """A candidate's refits.

    Attributes
    ----------
    without : the answer of the best fit without the candidate's data
    each : the fits with them
    typical : root mean square of the answer without them less the truth, were every draw one
    """

    without: float
    each: tuple[OfTruth, ...]
    typical: float

    @property
    def failed(self) -> int:
        """How many have no answer."""
        return sum(one.answer is None for one in self.each)

    @property
    def error(self) -> float | None:
        """Root mean square of answer less truth, with the data."""
        return _rms([one.answer - one.truth for one in self.each if one.answer is not None])

    @property
    def error_without(self) -> float | None:
        """The same of the best fit without them, over the same truths."""
        return _rms([self.without - one.truth for one in self.each if one.answer is not None])

    def results(self) -> dict:
        """Itself in what JSON has."""
        return {
            "Truths": len(self.each),
            "Failed": self.failed,
            "Out of steps": sum(not one.converged for one in self.each),
            "Error without": self.error_without,
            "Error without, all draws": self.typical,
            "Error refitted": self.error,
            "Answer without": self.without,
            "Each": [
                {
                    "Truth": one.truth,
                    "Refitted": one.answer,
                    "Chi-squared": one.chi_squared,
                    "Reason": one.reason,
                }
                for one in self.each
            ],
        }


def _rms(differences: list[float]) -> float | None:
    return float(np.sqrt(np.mean(np.square(differences)))) if differences else None
