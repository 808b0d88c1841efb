"""The material as it is beside a design that is advised, with the difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.design.advice import axis_value
from coreshell_model.design.problem import Problem
from coreshell_model.design.reference import reference_value
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis

AS_IS, ADVISED, DIFFERENCE = "As it is", "Advised", "Difference"

ROUNDING = 1e-12
"""Relative difference of two numbers that is due to conversions of units."""

Numbers = Mapping[str, float]
"""Variables and results of a design by the names of their columns; NaN where one is not known."""


@dataclass(frozen=True)
class Advised:
    """A design that is advised.

    Attributes
    ----------
    why : what it is the best of, in words, as "recommended"
    short : the same for the legend of a picture
    numbers : its variables and results
    """

    why: str
    short: str
    numbers: Numbers


def numbers_of(design: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a row of results, in which None stands for one that is not known."""
    return {
        name: np.nan if value is None else float(value)
        for name, value in design.items()
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    }


def present(problem: Problem, axes: Sequence[Axis], reference: Sweep) -> dict[str, float]:
    """The variables and results of the material as it is.

    Parameters
    ----------
    problem : of the designs
    axes : what varies, in whose units the variables are
    reference : a sweep of one point, the material as it is
    """
    numbers: dict[str, float] = {}
    for axis in axes:
        try:
            numbers[axis.label] = axis_value(*reference_value(axis.name, problem), axis)
        except InputError:  # 0 in the material, of which no reference is taken
            numbers[axis.label] = np.nan
    solved = reference.solved
    return numbers | {
        name: float(solved[name].iloc[0]) if len(solved) else np.nan for name in reference.observables
    }


def merged(advised: Iterable[Advised], axes: Sequence[Axis]) -> list[Advised]:
    """The same designs once, with all that they are the best of."""
    by_place: dict[tuple, Advised] = {}
    for design in advised:
        place = tuple(design.numbers.get(axis.label) for axis in axes)
        if (same := by_place.get(place)) is not None:
            why, short = f"{same.why}, {design.why}", f"{same.short}, {design.short}"
            design = Advised(why, short, same.numbers)
        by_place[place] = design
    return list(by_place.values())


def beside(as_is: Numbers, advised: Numbers) -> dict[str, dict[str, float | None]]:
    """Every number that both have: as it is, as advised, and the difference; None where one is not known."""
    return {
        name: {
            AS_IS: _known(value),
            ADVISED: _known(advised[name]),
            DIFFERENCE: _known(_difference(value, advised[name])),
        }
        for name, value in as_is.items()
        if name in advised
    }


def _difference(value: float, advised: float) -> float:
    """The second number less the first; 0 where they differ by the rounding of conversions alone."""
    return 0.0 if np.isclose(value, advised, rtol=ROUNDING, atol=0.0) else advised - value


def known(numbers: Numbers) -> dict[str, float | None]:
    """The same with None in place of NaN, as tables and JSON have it."""
    return {name: _known(value) for name, value in numbers.items()}


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def comparison_rows(as_is: Numbers, designs: Iterable[Advised]) -> list[dict]:
    """The same as a table: a row for each number of each advised design."""
    return [
        {"Advice": design.why, "Quantity": name} | numbers
        for design in designs
        for name, numbers in beside(as_is, design.numbers).items()
    ]
