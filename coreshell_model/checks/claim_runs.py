"""The runs of claims, the numbers that they give, and bands from alternatives to the shipped materials."""

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

NumberOrReason = float | str
"""The number of a claim with an alternative, in SI units, or the reason why there is none."""


@dataclass(frozen=True)
class Band:
    """The interval of a claim's number over alternatives.

    Attributes
    ----------
    ends : lower and upper end in SI units; None where nothing varies, or too few alternatives give a number
    note : how many alternatives give no number, and why
    """

    ends: tuple[float, float] | None
    note: str = ""


NO_BAND = Band(None)


Spread = Callable[[Sequence[Material]], Ensemble | None]
"""Gives alternatives to materials that have the changes of their runs; None where nothing varies."""

LEAST_SHARE = 0.9
"""Least share of draws with a number: a band covers 90 %, so that more missing draws could be its ends."""

SAME = 1e-9
"""Relative change of a number that is taken for rounding, not for an effect of a draw."""


def band_of(ensemble: Ensemble, shipped: float, outcomes: Sequence[NumberOrReason]) -> Band:
    """The band of a claim from the outcomes of all alternatives; ``shipped`` is the model's number.

    With weights the band is central and leaves the shipped number out; there is no band where too few draws
    give a number, or no draw changes it. Without weights it is from the lowest number to the highest, the
    shipped one included.
    """
    reasons = [outcome for outcome in outcomes if isinstance(outcome, str)]
    if ensemble.weights is None:
        note = _missing(len(reasons), len(outcomes), "ends of assumed ranges", reasons)
        return Band(None if reasons else interval([shipped, *_numbers(outcomes)]), note)
    numeric = np.array([not isinstance(outcome, str) for outcome in outcomes])
    draws, weight = ensemble.weights.sum(), ensemble.weights[numeric].sum()
    note = _missing(draws - weight, draws, "draws", reasons)
    if weight < LEAST_SHARE * draws:
        return Band(None, note)
    values = _numbers(outcomes)
    if all(math.isclose(outcome, shipped, rel_tol=SAME) for outcome in values):
        return Band(None, f"{note}; no other moves it" if note else "no draw moves it")
    return Band(interval(values, ensemble.weights[numeric], CLAIMED), note)


def _numbers(outcomes: Sequence[NumberOrReason]) -> list[float]:
    return [outcome for outcome in outcomes if not isinstance(outcome, str)]


def _missing(missing: float, total: float, kind: str, reasons: list[str]) -> str:
    """A remark on how many alternatives give no number; empty where all do."""
    return f"{missing:g} of {total:g} {kind} give no number: {reasons[0]}" if reasons else ""


class Runs:
    """Solutions by material, protocol and changes, each solved when it is first needed."""

    def __init__(self, started: Callable[[str], None] = lambda _: None):
        self._solved: dict[tuple, Solution] = {}
        self._started = started

    def solution(self, run: SimulatedRun, changes: Changes | None = None) -> Solution:
        """The solution of a run, with further changes of its material."""
        changed = run.model_copy(update={"changes": run.changes | dict(changes or {})})
        if changed.key not in self._solved:
            self._started(f"{run.material}, {run.protocol}" + (" (changed)" if changed.changes else ""))
            self._solved[changed.key] = simulate(run.material_file, run.protocol, changed.changes)
        return self._solved[changed.key]


def number_of(claim: Claim, solutions: list[Solution]) -> float | None:
    """The claim's observable in SI units; None also where it is not finite."""
    numbers: Mapping[str, float] = claim.numbers()
    try:
        value = claim.measure.measure(*solutions, **numbers)
    except InputError as error:
        raise InputError(f"{brief(claim.name)}: {error}") from None
    if value is None or not math.isfinite(value):
        return None
    return to_si(value, claim.measure.unit, claim.measure.unit)
