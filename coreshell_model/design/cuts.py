"""Where along one variable a quantity is best, all else held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coreshell_model.design.axes import Axis
from coreshell_model.design.goals import Objective
from coreshell_model.design.points import Points
from coreshell_model.design.problem import Problem
from coreshell_model.design.reference import reference_value
from coreshell_model.design.results import Sweep
from coreshell_model.units import from_si, to_si

INSIDE, LOWEST, HIGHEST = "inside the range", "at its low end", "at its high end"

FEWEST = 37
"""Points of a cut at least: every half nanometre from 2 to 20 nm."""


@dataclass(frozen=True)
class Optimum:
    """The best place along a cut: where, how good, and whether the range has it inside."""

    objective: str
    at: float
    value: float
    place: str
    step: float

    def results(self) -> dict:
        """Itself in what JSON has."""
        return {
            "Objective": self.objective,
            "At": self.at,
            "Value": self.value,
            "Place": self.place,
            "Step": self.step,
        }


def cut(problem: Problem, axes: Sequence[Axis], along: Axis) -> Points:
    """Points along one axis, the others at what they are in the problem's material, clipped to their ranges.

    Raises
    ------
    InputError
        A variable without a reference.
    """
    values = along.at(np.linspace(0, 1, max(FEWEST, along.points or 0))) if not along.values else along.grid()
    columns = [values if axis is along else np.full(len(values), held_at(problem, axis)) for axis in axes]
    return Points(tuple(axes), np.stack(columns, axis=1), f"{len(values)} points along {along.name}")


def held_at(problem: Problem, axis: Axis) -> float:
    """What a variable is in the problem's material, or the nearest of its range.

    Raises
    ------
    InputError
        The material has no such number.
    """
    value, unit = reference_value(axis.name, problem)
    own = axis_value(value, unit, axis)
    ends = axis.grid() if axis.values else np.array([axis.low, axis.high])
    return float(np.clip(own, ends.min(), ends.max()))


def axis_value(value: float, unit: str, axis: Axis) -> float:
    """A value in the unit of an axis."""
    return from_si(to_si(value, unit, axis.unit), axis.unit)


def optimum(found: Sweep, along: Axis, objective: Objective) -> Optimum | None:
    """The best solved point of a cut; None where nothing has a value."""
    rows = found.solved.dropna(subset=[objective.name]).sort_values(along.label)
    if rows.empty:
        return None
    places, values = rows[along.label].to_numpy(float), rows[objective.name].to_numpy(float)
    best = int(np.argmax(objective.sign * values))
    place = LOWEST if best == 0 else HIGHEST if best == len(values) - 1 else INSIDE
    step = float(np.diff(places[max(best - 1, 0) : best + 2]).max(initial=0.0))
    return Optimum(objective.name, float(places[best]), float(values[best]), place, step)


def joined(cuts: Mapping[str, Sweep], column: str) -> pd.DataFrame:
    """Tables of several cuts, one below the other, with the name of each in a first ``column``."""
    return pd.concat({name: one.table for name, one in cuts.items()}, names=[column]).reset_index(level=0)


def optima_of(
    cuts: Mapping[str, Sweep], along: Axis, objectives: Sequence[Objective]
) -> dict[str, tuple[Optimum, ...]]:
    """The best place of each objective in each cut; none where no design of a cut was solved."""
    return {
        name: tuple(best for each in objectives if (best := optimum(one, along, each)) is not None)
        for name, one in cuts.items()
    }
