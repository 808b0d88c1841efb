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
    Found,
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
    """By how many uncertainties ``model``, in SI units, misses what the claim says; 0 where it does not."""
    excess = model - claim.measured.si
    if claim.relation is Relation.AT_LEAST:
        excess = min(excess, 0.0)
    elif claim.relation is Relation.AT_MOST:
        excess = max(excess, 0.0)
    return abs(excess) / claim.uncertainty.si


def verdict(claim: Claim, model: float | None) -> str:
    """One of ``VERDICTS``; a number that the model does not give is not reproduced."""
    if model is None:
        return MISSED
    off = distance(claim, model)
    return ONE if off <= 1 else TWO if off <= 2 else MISSED


def in_unit_of(claim: Claim, model: float) -> float:
    """A number in SI units, as the claim's measured one is written."""
    return from_si(model, claim.measured.unit)


Alternative = Mapping[int, tuple[Changes, ...]]
"""By the place of a claim: the changes of the material of each of its runs."""


def bands(
    claims: Mapping[int, tuple[Claim, float]], spreads: Sequence[Spread], workers: int, say: Say
) -> dict[int, Band]:
    """The bands of those claims whose materials have alternatives.

    Parameters
    ----------
    claims : by place, each with the model's number, that of the shipped materials
    spreads : the first that has alternatives for a claim's materials makes its band
    workers, say : processes, and what is told how many alternatives are done

    Raises
    ------
    LostWorkersError
        A worker was ended from outside.
    """
    of: dict[int, Ensemble] = {}
    alternatives: list[dict[int, tuple[Changes, ...]]] = []
    for place, (claim, _) in claims.items():
        materials = [prepared(run.material_file, run.protocol, run.changes)[0] for run in claim.runs]
        for spread in spreads if materials else ():
            if found := spread(materials):
                of[place] = found
                alternatives += [{} for _ in found.members[len(alternatives) :]]
                for together, changes in zip(alternatives, found.members, strict=False):
                    together[place] = changes
                break
    numbers: dict[int, dict[int, Found]] = {}

    def keep(item: tuple[int, Alternative], found: dict[int, Found]) -> None:
        numbers[item[0]] = found
        say(f"{len(numbers)} of {len(alternatives)} alternatives")

    together = _Together({place: claims[place][0] for place in of})
    side_by_side(together, list(enumerate(alternatives)), workers, say, keep)
    values = {place: [numbers[n][place] for n in sorted(numbers) if place in numbers[n]] for place in of}
    return {place: band_of(each, claims[place][1], values[place]) for place, each in of.items()}


@dataclass(frozen=True)
class _Together:
    """All claims with one alternative, in whatever process this is; each run once."""

    claims: Mapping[int, Claim]

    def __call__(self, item: tuple[int, Alternative], say: Say) -> dict[int, Found]:
        runs = Runs()
        return {place: _found(self.claims[place], changes, runs) for place, changes in item[1].items()}


def _found(claim: Claim, changes: tuple[Changes, ...], runs: Runs) -> Found:
    """The claim's number, of whole runs alone: a part of one can hold a part of the number."""
    try:
        solutions = [runs.solution(run, more) for run, more in zip(claim.runs, changes, strict=True)]
        stopped = next((each for each in solutions if not each.completed), None)
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
    """What the model gives for a claim.

    Attributes
    ----------
    claim : what was claimed
    source : name of its file
    model : the model's number in SI units, or None with the reason in ``failure``
    band : where the number lies in alternatives to the shipped materials
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
    """Read what every claim would run, before any of it is run.

    Raises
    ------
    InputError
        Unknown material, protocol or change, or a cycle that the protocol does not have, with the claim's
        place in front.
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
    """A claim of a cycle that its run cannot have is a mistake in the file, and none of the model."""
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
    """Every claim of the files, in their order.

    Parameters
    ----------
    files : of claims
    runs : those of the shipped materials
    spreads : alternatives to these; the first that has any for a claim's materials makes its band
    workers : processes for the alternatives. More than 1 start this program anew in each: a script has to
        guard its own code by ``if __name__ == "__main__"``
    say : told how many alternatives are done

    Raises
    ------
    InputError
        A claim names what does not exist.
    LostWorkersError
        A worker was ended from outside.
    """
    check_runs(files)
    runs = runs or Runs()
    results = [evaluated(claim, file.name, runs) for file in files for claim in file.claims]
    known = {place: (one.claim, one.model) for place, one in enumerate(results) if one.model is not None}
    found = bands(known, spreads, workers, say)
    return [replace(one, band=found.get(place, NO_BAND)) for place, one in enumerate(results)]


def evaluated(claim: Claim, source: str, runs: Runs) -> Result:
    """One claim of the file named ``source``, without a band."""
    if claim.role is Role.OUTSIDE:
        return Result(claim, source, None)
    solutions = [runs.solution(run) for run in claim.runs]
    model = number_of(claim, solutions)
    stopped = next((each for each in solutions if not each.completed), None)
    failure = stopped.explanation if stopped and model is None else ""
    return Result(claim, source, model, failure=failure)
