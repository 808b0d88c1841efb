"""Bands about the model's numbers: all claims with one alternative to their materials after the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from coreshell_model.errors import InputError
from coreshell_model.fit.workers import Say, side_by_side
from coreshell_model.inputs import prepared
from coreshell_model.validate.claim import Claim
from coreshell_model.validate.runs import Runs, number_of
from coreshell_model.validate.spread import Band, Changes, Found, Spread

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
    of: dict[int, Spread] = {}
    alternatives: list[dict[int, tuple[Changes, ...]]] = []
    for place, (claim, _) in claims.items():
        materials = [prepared(run.material, run.protocol, run.changes)[0] for run in claim.runs]
        for spread in spreads if materials else ():
            if found := spread.alternatives(materials):
                of[place] = spread
                alternatives += [{} for _ in found[len(alternatives) :]]
                for together, changes in zip(alternatives, found, strict=False):
                    together[place] = changes
                break
    numbers: dict[int, dict[int, Found]] = {}

    def keep(item: tuple[int, Alternative], found: dict[int, Found]) -> None:
        numbers[item[0]] = found
        say(f"{len(numbers)} of {len(alternatives)} alternatives")

    together = _Together({place: claims[place][0] for place in of})
    side_by_side(together, list(enumerate(alternatives)), workers, say, keep)
    values = {place: [numbers[n][place] for n in sorted(numbers) if place in numbers[n]] for place in of}
    return {place: spread.band(claims[place][1], values[place]) for place, spread in of.items()}


@dataclass(frozen=True)
class _Together:
    """All claims with one alternative, in whatever process this is; each run once."""

    claims: Mapping[int, Claim]

    def __call__(
        self, item: tuple[int, Alternative], say: Say, checked: Callable[..., None]
    ) -> dict[int, Found]:
        runs = Runs(checked)
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
