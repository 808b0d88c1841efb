"""Claims evaluated: every run once, shared by the claims that read it; then the bands about their numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from coreshell_model.errors import InputError, at
from coreshell_model.fit.workers import Say
from coreshell_model.inputs import prepared
from coreshell_model.protocol import Protocol
from coreshell_model.quantity import brief
from coreshell_model.validate.bands import bands
from coreshell_model.validate.claim import Claim, ClaimFile, Role
from coreshell_model.validate.runs import Runs, number_of
from coreshell_model.validate.spread import NO_BAND, AssumedRanges, Band, Spread
from coreshell_model.validate.verdict import verdict

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
        """One of ``coreshell_model.validate.verdict.VERDICTS``."""
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
                        protocols[run.key] = prepared(run.material, run.protocol, run.changes)[1]
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
    spreads: Sequence[Spread] = (AssumedRanges(),),
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
