"""Which experiment would tell most of a question, by posterior draws, checked with draws held out."""

from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from coreshell_model.design.candidate_data import Candidate, CandidateData, candidate_data
from coreshell_model.design.ensemble import Ensemble
from coreshell_model.design.information import Check, Gain, expected_gain, held_out_check
from coreshell_model.design.refits import Refits
from coreshell_model.design.seal_advice import Run
from coreshell_model.material import Material
from coreshell_model.user_defaults import NO_DEFAULTS, UserDefaults

HELD_OUT = 0.25
"""Share of the draws that the checks take their truths from."""

CHECKED = 2
ESTIMATOR = (
    "nested Monte Carlo: each draw in turn is the truth, its data with normal errors re-weight the others; "
    "the gain is the mean of ln(sd before / sd after)"
)

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """A candidate with what it is expected to tell, and where it was checked how that held."""

    candidate: Candidate
    gain: Gain
    check: Check | None = None
    refits: Refits | None = None

    @property
    def name(self) -> str:
        """Of the candidate."""
        return self.candidate.name

    def results(self) -> dict:
        """Itself in what JSON has."""
        return {
            "Experiment": self.name,
            "Errors": self.candidate.errors,
            "Information [nat]": self.gain.information,
            "Standard deviation now": self.gain.before,
            "Expected afterwards": self.gain.after,
            "Information, linear [nat]": self.gain.linear,
            "Effective draws": self.gain.effective,
            "Check": None if self.check is None else asdict(self.check),
            "Refit": None if self.refits is None else self.refits.results(),
        }


@dataclass(frozen=True)
class Ranking:
    """Candidates, the most telling first.

    Attributes
    ----------
    data : of all candidates, with what was left out
    ranked : in order
    kept, apart : places of the draws that were weighed, and of those held out
    not_refitted : why candidates among the best two were not checked by refitting
    """

    data: CandidateData
    ranked: tuple[Ranked, ...]
    kept: Places
    apart: Places
    not_refitted: dict[str, str] = field(default_factory=dict)

    @property
    def draws(self) -> int:
        """How many were weighed."""
        return len(self.kept)

    @property
    def held_out(self) -> int:
        """How many the checks take their truths from."""
        return len(self.apart)


def rank(
    material: Material,
    ensemble: Ensemble,
    question: str,
    run: Run,
    seed: int = 0,
    defaults: UserDefaults = NO_DEFAULTS,
) -> Ranking:
    """Order the candidates by what they would tell.

    Parameters
    ----------
    material, ensemble, question, run, defaults : as ``candidate_data`` takes them
    seed : of errors, and of which draws are held out

    Raises
    ------
    InputError
        As ``candidate_data``.
    """
    data = candidate_data(material, ensemble, question, run, defaults)
    places = np.random.default_rng(seed).permutation(data.whole)
    count = max(2, int(HELD_OUT * len(places)))
    apart, kept = places[:count], places[count:]
    weights = data.weights[kept] / data.weights[kept].sum()
    target = data.target[kept]
    ranked = [
        Ranked(each, expected_gain(target, each.seen[kept], each.sds, weights, seed))
        for each in data.candidates
    ]
    ranked.sort(key=lambda each: -each.gain.information)
    for place, best in enumerate(ranked[:CHECKED]):
        seen, sds = best.candidate.seen, best.candidate.sds
        truths = data.target[apart], seen[apart]
        check = held_out_check(*truths, target, seen[kept], sds, weights, seed)
        ranked[place] = replace(best, check=check)
    return Ranking(data, tuple(ranked), kept, apart)
