"""Claims evaluated: every run once, shared by the claims that read it."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from coreshell_model.errors import InputError, at
from coreshell_model.inputs import prepared
from coreshell_model.material import Material
from coreshell_model.quantity import brief
from coreshell_model.simulation import simulate
from coreshell_model.solution import Solution
from coreshell_model.units import to_si
from coreshell_model.validate.claim import Claim, ClaimFile, Role, SimulatedRun
from coreshell_model.validate.spread import AssumedRanges, Changes, Spread
from coreshell_model.validate.verdict import verdict


@dataclass(frozen=True)
class Result:
    """What the model gives for a claim.

    Attributes
    ----------
    claim : what was claimed
    source : name of its file
    model : the model's number in SI units, or None with the reason in ``failure``
    band : its lower and upper end in SI units, or None where nothing varies or a run was not completed
    """

    claim: Claim
    source: str
    model: float | None
    band: tuple[float, float] | None = None
    failure: str = ""

    @property
    def verdict(self) -> str:
        """One of ``coreshell_model.validate.verdict.VERDICTS``."""
        return verdict(self.claim, self.model)

    @property
    def evaluated(self) -> bool:
        """True where no run failed; a number that the model cannot give is an answer."""
        return not self.failure


class Runs:
    """Solutions by material, protocol and changes, each solved when it is first asked for."""

    def __init__(self, started: Callable[[str], None] = lambda _: None):
        self._solved: dict[tuple, Solution] = {}
        self._started = started

    def solution(self, run: SimulatedRun, more: Changes | None = None) -> Solution:
        """The run, with further changes to its material."""
        changed = SimulatedRun(
            material=run.material, protocol=run.protocol, changes=run.changes | dict(more or {})
        )
        if changed.key not in self._solved:
            self._started(f"{run.material}, {run.protocol}" + (" (changed)" if changed.changes else ""))
            self._solved[changed.key] = simulate(run.material, run.protocol, changed.changes)
        return self._solved[changed.key]


def check_runs(files: Iterable[ClaimFile]) -> None:
    """Read what every claim would run, before any of it is run.

    Raises
    ------
    InputError
        Unknown material, protocol or change, with the claim's place in front.
    """
    checked = set()
    for file in files:
        for claim in file.claims:
            for run in claim.runs:
                if run.key not in checked:
                    with at(f"{file.name}: {brief(claim.name)}"):
                        prepared(run.material, run.protocol, run.changes)
                checked.add(run.key)


def evaluate(
    files: Sequence[ClaimFile], runs: Runs | None = None, spread: Spread | None = None
) -> list[Result]:
    """Every claim of the files, in their order.

    Raises
    ------
    InputError
        A claim names what does not exist.
    """
    check_runs(files)
    runs, spread = runs or Runs(), spread or AssumedRanges()
    return [evaluated(claim, file.name, runs, spread) for file in files for claim in file.claims]


def evaluated(claim: Claim, source: str, runs: Runs, spread: Spread) -> Result:
    """One claim of the file named ``source``."""
    if claim.role is Role.OUTSIDE:
        return Result(claim, source, None)
    solutions = [runs.solution(run) for run in claim.runs]
    model = _number(claim, solutions)
    if model is None:
        stopped = next((each for each in solutions if not each.completed), None)
        return Result(claim, source, None, failure=stopped.explanation if stopped else "")
    return Result(
        claim, source, model, _band(claim, model, [each.material for each in solutions], runs, spread)
    )


def _band(
    claim: Claim, model: float, materials: list[Material], runs: Runs, spread: Spread
) -> tuple[float, float] | None:
    values: list[float] = [model]
    for changes in spread.alternatives(materials) if materials else ():
        found = _number(
            claim, [runs.solution(run, more) for run, more in zip(claim.runs, changes, strict=True)]
        )
        if found is None:
            return None
        values.append(found)
    if len(values) == 1:
        return None
    low, high = spread.band(values)
    return low, high


def _number(claim: Claim, solutions: list[Solution]) -> float | None:
    """What the claim's observable reads, in SI units; None also for a number that is not finite."""
    numbers: Mapping[str, float] = claim.numbers()
    try:
        value = claim.measure.measure(*solutions, **numbers)
    except InputError as error:
        raise InputError(f"{brief(claim.name)}: {error}") from None
    if value is None or not math.isfinite(value):
        return None
    return to_si(value, claim.measure.unit, claim.measure.unit)
