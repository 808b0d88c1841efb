"""Runs that claims read: each solved once, and what a claim's observable reads off them."""

import math
from collections.abc import Callable, Mapping

from coreshell_model.errors import InputError
from coreshell_model.quantity import brief
from coreshell_model.simulation import simulate
from coreshell_model.solution import Solution
from coreshell_model.units import to_si
from coreshell_model.validate.claim import Claim, SimulatedRun
from coreshell_model.validate.spread import Changes


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
