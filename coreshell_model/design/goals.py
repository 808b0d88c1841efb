"""Objectives, goals, and the Pareto front: the designs that no other beats."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import brief
from coreshell_model.design.comparison import quantities
from coreshell_model.inputs.protocol import Protocol, read_protocol
from coreshell_model.observe.quantities import full_name

Array = NDArray[np.float64]


def on_front(values: Array) -> NDArray[np.bool_]:
    """True for the rows that no other row beats by being as good in every column and better in one.

    Of equal rows only the first is on the front.

    Parameters
    ----------
    values : a row for each design, a column for each objective, larger is better
    """
    on_front = np.ones(len(values), bool)
    for number, row in enumerate(values):
        no_worse = (values >= row).all(axis=1)
        better = no_worse & (values > row).any(axis=1)
        same_before = no_worse & (values == row).all(axis=1) & (np.arange(len(values)) < number)
        on_front[number] = not (better | same_before).any()
    return on_front


def hypervolume(values: Array, reference: Array) -> float:
    """Volume of the objectives' space that designs dominate, above a reference point.

    Computed by slices along the last objective: exact, but slow for more than a few objectives.

    Parameters
    ----------
    values : a row for each design, a column for each objective, larger is better
    reference : the value of each objective below which a design does not count
    """
    better = values[(values > reference).all(axis=1)]
    if not len(better):
        return 0.0
    if values.shape[1] == 1:
        return float(better.max() - reference[0])
    levels = np.unique(better[:, -1])
    below = np.concatenate([reference[-1:], levels[:-1]])
    return float(
        sum(
            (level - lower) * hypervolume(better[better[:, -1] >= level, :-1], reference[:-1])
            for level, lower in zip(levels, below, strict=True)
        )
    )


SLOW, AT_RATES = "design", "design_rates"
"""The shipped protocols for comparing designs."""

SHARES = ("Initial coulombic efficiency", "Coulombic efficiency", "Open fraction", "Pore filling")
"""Beginnings of the names of quantities that are at most 1."""

EXAMPLE = '"ICE >= 0.90"'

_GOAL = re.compile(r"(.+?)\s*(>=|<=)\s*([-+0-9.eE]+)\s*(%?)")


@dataclass(frozen=True)
class Objective:
    """A quantity to raise, or to lower."""

    name: str
    raised: bool = True

    @property
    def direction(self) -> str:
        """The direction in the words of optuna."""
        return "maximize" if self.raised else "minimize"

    @property
    def sign(self) -> float:
        """1 for a quantity to raise, -1 for one to lower: times this, larger is better."""
        return 1.0 if self.raised else -1.0

    def __str__(self) -> str:
        return f"{'highest' if self.raised else 'lowest'} {self.name}"


@dataclass(frozen=True)
class Goal:
    """A bound for a quantity: at least, or at most, a value in the unit in its name."""

    name: str
    at_least: bool
    value: float

    def met(self, value: float) -> bool:
        """True where this value meets the goal."""
        return value >= self.value if self.at_least else value <= self.value

    def __str__(self) -> str:
        return f"{self.name} {'>=' if self.at_least else '<='} {self.value:g}"


def goal(text: str) -> Goal:
    """Read a goal: "ICE >= 0.90", "Reversible capacity [mA.h.g-1] >= 350", "ICE >= 90 %".

    Raises
    ------
    InputError
        Not a goal, or a share above 1.
    """
    match = _GOAL.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"goal {brief(text)} is no goal; write a quantity, >= or <= and a number without a unit or in %, "
            f"as {EXAMPLE}"
        )
    try:
        value = float(match[3])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"goal {brief(text)}: {brief(match[3])} is no number; write it as {EXAMPLE}")
    name, bound = full_name(match[1]), value / 100 if match[4] else value
    if bound > 1 and name.startswith(SHARES):
        raise InputError(f"goal {brief(text)}: {name} is a share, at most 1; write it as {EXAMPLE}")
    return Goal(name, match[2] == ">=", bound)


def check_objectives(objectives: Iterable[Objective]) -> None:
    """Raise InputError where a quantity is an objective twice, whether raised or lowered."""
    names: set[str] = set()
    for objective in objectives:
        if objective.name in names:
            raise InputError(f"{objective.name!r} is an objective twice; keep one")
        names.add(objective.name)


def check_goals(goals: Iterable[Goal]) -> None:
    """Raise InputError where a goal is there twice, or two goals exclude each other."""
    bounds: dict[tuple[str, bool], Goal] = {}
    for bound in goals:
        if (bound.name, bound.at_least) in bounds:
            raise InputError(f"goal {str(bound)!r}: there is another for the same bound; keep one")
        bounds[bound.name, bound.at_least] = bound
        other = bounds.get((bound.name, not bound.at_least))
        if other is not None and not bound.met(other.value):
            raise InputError(f"goals {str(other)!r} and {str(bound)!r} exclude each other; drop one")


def all_met(goals: Iterable[Goal], row: Mapping[str, float | None]) -> bool:
    """True where a design with these numbers meets every goal; a missing number meets none."""
    return all((value := row.get(bound.name)) is not None and bound.met(value) for bound in goals)


def protocol_for(names: Iterable[str], rates: bool = False) -> Protocol:
    """The shipped protocol that gives these quantities: the slow one if it can, else that with rates."""
    slow = read_protocol(SLOW)
    if not rates and set(names) <= set(quantities(slow)):
        return slow
    return read_protocol(AT_RATES)
