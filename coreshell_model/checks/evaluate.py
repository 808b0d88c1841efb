"""Claims compared with the model: verdicts and bands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.pool import Say, side_by_side
from coreshell_model.base.quantity import brief
from coreshell_model.base.units import from_si
from coreshell_model.checks.claim import Claim, ClaimFile, Relation, Role
from coreshell_model.checks.claim_runs import (
    NO_BAND,
    Band,
    NumberOrReason,
    Runs,
    Spread,
    band_of,
    number_of,
)
from coreshell_model.inputs.changes import prepared
from coreshell_model.inputs.ensemble import Changes, Ensemble, assumed_ends
from coreshell_model.inputs.protocol import Protocol

ONE, TWO, MISSED = "within 1 sigma", "within 2 sigma", "not reproduced"
VERDICTS = (ONE, TWO, MISSED)

RULE = (
    "The verdict compares the model's number, that of the materials as shipped, with the measured one in "
    'units of the uncertainty: up to 1 is "within 1 sigma", up to 2 "within 2 sigma", beyond it "not '
    'reproduced". A claim "at least" or "at most" counts only what the model falls short of or exceeds it '
    'by; "none" is "at most 0", with what would have been seen as uncertainty, and an order of materials is '
    '"at least 0" for the smallest step of the quantity along it. The model\'s band takes no part in the '
    "verdict."
)


def distance(claim: Claim, model: float) -> float:
    """By how many uncertainties ``model``, in SI units, misses the claim; 0 where it agrees."""
    excess = model - claim.measured.si
    if claim.relation is Relation.AT_LEAST:
        excess = min(excess, 0.0)
    elif claim.relation is Relation.AT_MOST:
        excess = max(excess, 0.0)
    return abs(excess) / claim.uncertainty.si


def verdict(claim: Claim, model: float | None) -> str:
    """One of ``VERDICTS``; without a number of the model, not reproduced."""
    if model is None:
        return MISSED
    sigmas = distance(claim, model)
    return ONE if sigmas <= 1 else TWO if sigmas <= 2 else MISSED


def in_unit_of(claim: Claim, model: float) -> float:
    """A number in SI units, converted to the unit of the claim."""
    return from_si(model, claim.measured.unit)


Alternative = Mapping[int, tuple[Changes, ...]]
"""By the place of a claim: the changes of the materials of its runs."""


def bands(
    claims: Mapping[int, tuple[Claim, float]], spreads: Sequence[Spread], workers: int, say: Say
) -> dict[int, Band]:
    """The bands of those claims whose materials have alternatives.

    Parameters
    ----------
    claims : by place, each with its number by the shipped materials
    spreads : the first of them that has alternatives for a claim's materials makes its band
    workers : processes
    say : called with a line on the progress

    Raises
    ------
    LostWorkersError
        A worker was ended from outside.
    """
    ensembles: dict[int, Ensemble] = {}
    alternatives: list[dict[int, tuple[Changes, ...]]] = []
    for place, (claim, _) in claims.items():
        materials = [prepared(run.material_file, run.protocol, run.changes)[0] for run in claim.runs]
        for spread in spreads if materials else ():
            if ensemble := spread(materials):
                ensembles[place] = ensemble
                alternatives += [{} for _ in ensemble.members[len(alternatives) :]]
                for alternative, changes in zip(alternatives, ensemble.members, strict=False):
                    alternative[place] = changes
                break
    outcomes: dict[int, dict[int, NumberOrReason]] = {}

    def keep(item: tuple[int, Alternative], by_claim: dict[int, NumberOrReason]) -> None:
        outcomes[item[0]] = by_claim
        say(f"{len(outcomes)} of {len(alternatives)} alternatives")

    task = _WithAlternative({place: claims[place][0] for place in ensembles})
    side_by_side(task, list(enumerate(alternatives)), workers, say, keep)
    claim_bands = {}
    for place, ensemble in ensembles.items():
        of_claim = [outcomes[n][place] for n in sorted(outcomes) if place in outcomes[n]]
        claim_bands[place] = band_of(ensemble, claims[place][1], of_claim)
    return claim_bands


@dataclass(frozen=True)
class _WithAlternative:
    """Evaluates all claims with one alternative, each run once; can be sent to other processes."""

    claims: Mapping[int, Claim]

    def __call__(self, item: tuple[int, Alternative], say: Say) -> dict[int, NumberOrReason]:
        runs = Runs()
        return {place: _number_with(self.claims[place], changes, runs) for place, changes in item[1].items()}


def _number_with(claim: Claim, changes: tuple[Changes, ...], runs: Runs) -> NumberOrReason:
    """The claim's number, from completed runs alone: an incomplete one may hold a part of the number."""
    try:
        solutions = [runs.solution(run, added) for run, added in zip(claim.runs, changes, strict=True)]
        stopped = next((solution for solution in solutions if not solution.completed), None)
        value = None if stopped else number_of(claim, solutions)
    except InputError as error:
        return str(error)
    if value is not None:
        return value
    return stopped.explanation if stopped else "the run does not contain it"


CYCLES = ("cycle", "first", "last")
"""Arguments that count cycles."""


@dataclass(frozen=True)
class Result:
    """The result of a claim.

    Attributes
    ----------
    claim : the claim
    source : name of its file
    model : the model's number in SI units, or None
    band : the interval of the number over alternatives to the shipped materials
    failure : why a run failed, if the model has no number for that reason
    """

    claim: Claim
    source: str
    model: float | None
    band: Band = NO_BAND
    failure: str = ""

    @property
    def verdict(self) -> str:
        """One of ``coreshell_model.checks.evaluate.VERDICTS``."""
        return verdict(self.claim, self.model)

    @property
    def evaluated(self) -> bool:
        """True where no run failed; a number that the model cannot give is an answer."""
        return not self.failure


def check_runs(files: Iterable[ClaimFile]) -> None:
    """Read material, protocol and changes of every run, before the first is solved.

    Raises
    ------
    InputError
        An unknown material, protocol or change, or a cycle that the protocol does not have; the message
        begins with the claim.
    """
    protocols: dict[tuple, Protocol] = {}
    for file in files:
        for claim in file.claims:
            for run in claim.runs:
                with at(f"{file.name}: {brief(claim.name)}"):
                    if run.key not in protocols:
                        protocols[run.key] = prepared(run.material_file, run.protocol, run.changes)[1]
                    _check_cycles(claim, protocols[run.key])


def _check_cycles(claim: Claim, protocol: Protocol) -> None:
    """Raise InputError for a cycle that the run cannot have: a mistake in the file, not of the model."""
    last = len(protocol.steps_by_cycle())
    for name, number in claim.numbers().items():
        if name in CYCLES and not 1 <= round(number) <= last:
            raise InputError(f"{name} is {number:g}; {protocol.name} has the cycles 1 to {last}")


def evaluate(
    files: Sequence[ClaimFile],
    runs: Runs | None = None,
    spreads: Sequence[Spread] = (assumed_ends,),
    workers: int = 1,
    say: Say = lambda text: None,
) -> list[Result]:
    """Evaluate every claim of the files, in their order.

    Parameters
    ----------
    files : of claims
    runs : solutions with the shipped materials
    spreads : sources of alternatives; the first that has any for a claim's materials makes its band
    workers : processes for the alternatives; with more than 1, a script has to call this under
        ``if __name__ == "__main__":``
    say : called with a line on the progress

    Raises
    ------
    InputError
        As ``check_runs``.
    LostWorkersError
        A worker was ended from outside.
    """
    check_runs(files)
    runs = runs or Runs()
    results = [evaluate_claim(claim, file.name, runs) for file in files for claim in file.claims]
    numbers = {
        n: (result.claim, result.model) for n, result in enumerate(results) if result.model is not None
    }
    by_place = bands(numbers, spreads, workers, say)
    return [replace(result, band=by_place.get(n, NO_BAND)) for n, result in enumerate(results)]


def evaluate_claim(claim: Claim, source: str, runs: Runs) -> Result:
    """Evaluate one claim of the file named ``source``, without a band."""
    if claim.role is Role.OUTSIDE:
        return Result(claim, source, None)
    solutions = [runs.solution(run) for run in claim.runs]
    model = number_of(claim, solutions)
    stopped = next((solution for solution in solutions if not solution.completed), None)
    failure = stopped.explanation if stopped and model is None else ""
    return Result(claim, source, model, failure=failure)
