"""Runs that claims need, and the spread of materials over what is assumed."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.base.units import to_si
from coreshell_model.checks.claim import Claim, SimulatedRun
from coreshell_model.inputs.material import Material
from coreshell_model.inputs.ranges import assumed_ranges, combinations
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Solution

Changes = Mapping[str, str]
Found = float | str
"""A claim's number with an alternative, in SI units, or why there is none."""


@dataclass(frozen=True)
class Band:
    """Where a claim's number lies.

    Attributes
    ----------
    ends : lower and upper one in SI units; None where nothing varies, or too few alternatives give a number
    note : how many give none, and why
    """

    ends: tuple[float, float] | None
    note: str = ""


NO_BAND = Band(None)


class Spread(Protocol):
    """A set of alternatives to the shipped materials, each told as changes of all of them together."""

    def alternatives(self, materials: Sequence[Material]) -> list[tuple[Changes, ...]]:
        """Alternatives, each the changes of every material in their order; none where nothing varies.

        ``materials`` have their runs' changes, which an alternative leaves as they are.
        """
        ...

    def band(self, shipped: float, found: Sequence[Found]) -> Band:
        """The band of what the alternatives give, in their order; ``shipped`` is the model's number."""
        ...


class AssumedRanges:
    """The ends of what the materials only assume (``[[band]]``); from lowest to highest, shipped included."""

    def alternatives(self, materials: Sequence[Material]) -> list[tuple[Changes, ...]]:
        """All ends together; a material that occurs twice changes alike."""
        together = ends_together(materials)
        if not any(any(each.values()) for each in together):
            return []
        return [tuple(each[material.name] for material in materials) for each in together]

    def band(self, shipped: float, found: Sequence[Found]) -> Band:
        """Lowest and highest; none where an end gives no number."""
        if reasons := [one for one in found if isinstance(one, str)]:
            return Band(None, missing(len(reasons), len(found), "ends of assumed ranges", reasons[0]))
        values = [shipped, *(one for one in found if not isinstance(one, str))]
        return Band((min(values), max(values)))


def ends_together(materials: Sequence[Material]) -> list[dict[str, Changes]]:
    """Every combination of ends of the materials' assumed ranges, by the materials' names."""
    different = {material.name: material for material in materials}
    ends = {name: _ends(material) for name, material in different.items()}
    return [dict(zip(ends, each, strict=True)) for each in product(*ends.values())]


def missing(count: int, of: int, what: str, reason: str) -> str:
    """How many alternatives give no number, as a remark."""
    return f"{count} of {of} {what} give no number: {reason}"


def _ends(material: Material) -> list[Changes]:
    try:
        return list(combinations(assumed_ranges(material))) if material.band else [{}]
    except InputError:  # every number with a range was set
        return [{}]


class Runs:
    """Solutions by material, protocol and changes, each solved when it is first asked for."""

    def __init__(self, started: Callable[[str], None] = lambda _: None):
        self._solved: dict[tuple, Solution] = {}
        self._started = started

    def solution(self, run: SimulatedRun, more: Changes | None = None) -> Solution:
        """The run, with further changes to its material."""
        changed = run.model_copy(update={"changes": run.changes | dict(more or {})})
        if changed.key not in self._solved:
            self._started(f"{run.material}, {run.protocol}" + (" (changed)" if changed.changes else ""))
            self._solved[changed.key] = simulate(run.material_file, run.protocol, changed.changes)
        return self._solved[changed.key]


def number_of(claim: Claim, solutions: list[Solution]) -> float | None:
    """What the claim's observable reads, in SI units; None also for a number that is not finite."""
    numbers: Mapping[str, float] = claim.numbers()
    try:
        value = claim.measure.measure(*solutions, **numbers)
    except InputError as error:
        raise InputError(f"{brief(claim.name)}: {error}") from None
    if value is None or not math.isfinite(value):
        return None
    return to_si(value, claim.measure.unit, claim.measure.unit)
