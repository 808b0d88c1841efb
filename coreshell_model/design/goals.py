"""Objectives, goals, and designs that no other beats."""

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

Array = NDArray[np.float64]


def on_front(values: Array) -> NDArray[np.bool_]:
    """Which rows no other row beats: as good in every column and better in one. Larger is better.

    Parameters
    ----------
    values : a row a design, a column an objective; of equal rows the first counts
    """
    found = np.ones(len(values), bool)
    for number, row in enumerate(values):
        no_worse = (values >= row).all(axis=1)
        better = no_worse & (values > row).any(axis=1)
        same_before = no_worse & (values == row).all(axis=1) & (np.arange(len(values)) < number)
        found[number] = not (better | same_before).any()
    return found


def hypervolume(values: Array, reference: Array) -> float:
    """Volume between a reference point and what designs reach; larger is better in every column.

    By slices along the last objective, exact for any number of them, slow for more than a few.

    Parameters
    ----------
    values : a row a design, a column an objective
    reference : a value of each objective below which nothing counts
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


SHORT = {
    "ICE": "Initial coulombic efficiency",
    "capacity": "Reversible capacity [mA.h.g-1]",
    "volumetric": "Volumetric capacity [mA.h.cm-3]",
    "areal": "Areal capacity [mA.h.cm-2]",
    "loss": "First-cycle loss [mA.h.g-1]",
}
"""Short names of what designs are most often compared by."""

SLOW, AT_RATES = "design", "design_rates"
"""The shipped protocols that designs are compared in."""

SHARES = ("Initial coulombic efficiency", "Coulombic efficiency", "Open fraction", "Pore filling")
"""How the names of quantities begin that are at most 1."""

EXAMPLE = '"ICE >= 0.90"'

_GOAL = re.compile(r"(.+?)\s*(>=|<=)\s*([-+0-9.eE]+)\s*(%?)")


@dataclass(frozen=True)
class Objective:
    """A quantity to raise, or to lower."""

    name: str
    raised: bool = True

    @property
    def direction(self) -> str:
        """As optuna has it."""
        return "maximize" if self.raised else "minimize"

    @property
    def sign(self) -> float:
        """What to multiply by so that larger is better."""
        return 1.0 if self.raised else -1.0

    def __str__(self) -> str:
        return f"{'highest' if self.raised else 'lowest'} {self.name}"


@dataclass(frozen=True)
class Goal:
    """A bound that a quantity is to meet: at least, or at most, a value in the unit of its name."""

    name: str
    at_least: bool
    value: float

    def met(self, value: float) -> bool:
        """Whether this value meets it."""
        return value >= self.value if self.at_least else value <= self.value

    def __str__(self) -> str:
        return f"{self.name} {'>=' if self.at_least else '<='} {self.value:g}"


def full_name(name: str) -> str:
    """The name of a quantity in full: "ICE" is one, "C/5" the capacity at C/5."""
    stripped = name.strip()
    if re.fullmatch(r"[0-9.]+C|C/[0-9.]+", stripped):
        return f"Capacity at {stripped} [mA.h.g-1]"
    return SHORT.get(stripped, stripped)


def goal(text: str) -> Goal:
    """Read a goal: "ICE >= 0.90", "Reversible capacity [mA.h.g-1] >= 350", "ICE >= 90 %".

    Raises
    ------
    InputError
        Not a goal, or beyond 1 for a share.
    """
    found = _GOAL.fullmatch(text.strip())
    if found is None:
        raise InputError(
            f"goal {brief(text)} is none; write a quantity, >= or <= and a number without a unit or in %, as "
            f"{EXAMPLE}"
        )
    try:
        value = float(found[3])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"goal {brief(text)}: {brief(found[3])} is no number; write it as {EXAMPLE}")
    name, bound = full_name(found[1]), value / 100 if found[4] else value
    if bound > 1 and name.startswith(SHARES):
        raise InputError(f"goal {brief(text)}: {name} is a share, at most 1; write it as {EXAMPLE}")
    return Goal(name, found[2] == ">=", bound)


def check_objectives(objectives: Iterable[Objective]) -> None:
    """Refuse one quantity twice, whether raised or lowered.

    Raises
    ------
    InputError
        Which.
    """
    seen: set[str] = set()
    for each in objectives:
        if each.name in seen:
            raise InputError(f"{each.name!r} is an objective twice; keep one")
        seen.add(each.name)


def check_goals(goals: Iterable[Goal]) -> None:
    """Refuse one goal twice, and two that exclude each other.

    Raises
    ------
    InputError
        As it says.
    """
    seen: dict[tuple[str, bool], Goal] = {}
    for each in goals:
        if (each.name, each.at_least) in seen:
            raise InputError(f"goal {str(each)!r}: there is another for the same bound; keep one")
        seen[each.name, each.at_least] = each
        other = seen.get((each.name, not each.at_least))
        if other is not None and not each.met(other.value):
            raise InputError(f"goals {str(other)!r} and {str(each)!r} exclude each other; drop one")


def all_met(goals: Iterable[Goal], row: Mapping[str, float | None]) -> bool:
    """Whether a design with these numbers meets every goal; one without a number does not."""
    return all((value := row.get(each.name)) is not None and each.met(value) for each in goals)


def protocol_for(names: Iterable[str], rates: bool = False) -> Protocol:
    """The shipped protocol that gives these quantities: the slow one, or the one with rates where it must be.

    Raises
    ------
    InputError
        A quantity that neither gives.
    """
    slow = read_protocol(SLOW)
    if not rates and set(names) <= set(quantities(slow)):
        return slow
    return read_protocol(AT_RATES)
