"""Runs that claims need, and the spread of materials over what is assumed."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import CLAIMED, interval
from coreshell_model.base.quantity import brief
from coreshell_model.base.units import to_si
from coreshell_model.checks.claim import Claim, SimulatedRun
from coreshell_model.inputs.ensemble import Changes, Ensemble
from coreshell_model.inputs.material import Material
from coreshell_model.run.simulation import simulate
from coreshell_model.run.solution import Solution

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


Spread = Callable[[Sequence[Material]], Ensemble | None]
"""Alternatives to the shipped materials, which have their runs' changes; None where nothing varies."""

LEAST_SHARE = 0.9
"""Of the draws that have to give a number: the band is 90 % wide, more left out could be its ends."""

SAME = 1e-9
"""Of a number: what draws that do not concern it change by rounding alone."""


def band_of(ensemble: Ensemble, shipped: float, found: Sequence[Found]) -> Band:
    """The band of what alternatives give, in their order; ``shipped`` is the model's number.

    That of draws is central and leaves the shipped number out; there is none where too few draws give a
    number, or none moves it. Without weights it is from the lowest to the highest, the shipped one included.
    """
    reasons = [one for one in found if isinstance(one, str)]
    if ensemble.weights is None:
        note = _missing(len(reasons), len(found), "ends of assumed ranges", reasons)
        return Band(None if reasons else interval([shipped, *_numbers(found)]), note)
    known = np.array([not isinstance(one, str) for one in found])
    draws, given = ensemble.weights.sum(), ensemble.weights[known].sum()
    note = _missing(draws - given, draws, "draws", reasons)
    if given < LEAST_SHARE * draws:
        return Band(None, note)
    values = _numbers(found)
    if all(math.isclose(one, shipped, rel_tol=SAME) for one in values):
        return Band(None, f"{note}; no other moves it" if note else "no draw moves it")
    return Band(interval(values, ensemble.weights[known], CLAIMED), note)


def _numbers(found: Sequence[Found]) -> list[float]:
    return [one for one in found if not isinstance(one, str)]


def _missing(count: float, of: float, what: str, reasons: list[str]) -> str:
    """How many alternatives give no number, as a remark; nothing where all do."""
    return f"{count:g} of {of:g} {what} give no number: {reasons[0]}" if reasons else ""


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
