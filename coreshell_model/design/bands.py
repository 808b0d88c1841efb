"""Bands of designs over an ensemble of alternative materials, and the probability that they meet goals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array, interval, probability
from coreshell_model.design.goals import Goal, all_met
from coreshell_model.design.problem import SOLVED, Problem
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points
from coreshell_model.inputs.changes import path_of
from coreshell_model.inputs.ensemble import Ensemble, assumed_ends


def assumed(problem: Problem, axes: Sequence[Axis]) -> Ensemble | None:
    """Ends of the material's assumed ranges that neither vary nor are set; None if there are none."""
    material = problem.material
    varied = {path_of(axis.name, material) for axis in axes} | set(problem.changes)
    return assumed_ends([material], varied)


def axes_of(ensemble: Ensemble) -> tuple[Axis, ...]:
    """The numbers that differ between the alternatives, as axes of a space that holds all of them."""
    return tuple(
        Axis(path, unit, float(column.min()), float(np.nextafter(column.max(), np.inf)))
        for path, unit, column in zip(ensemble.paths, ensemble.units, ensemble.values.T, strict=True)
    )


def check_ensemble(ensemble: Ensemble, problem: Problem, axes: Sequence[Axis]) -> None:
    """Raise InputError where a number of the ensemble is also varied or set."""
    varied = set(problem.changes) | {path_of(axis.name, problem.material) for axis in axes}
    for path in ensemble.paths:
        if path in varied:
            raise InputError(
                f"{path} is set or varied, and is among the numbers of {ensemble.description}; leave one out"
            )


PROBABILITY = "Probability of all goals"


@dataclass(frozen=True)
class Band:
    """The numbers of a design over an ensemble.

    Attributes
    ----------
    ranges : by name, the 95 % interval of weighted draws, else the lowest and the highest number
    probability : that the design meets all goals; None without weights or goals
    solved, members : number of solved runs, and of all runs; an unsolved run meets no goal
    """

    ranges: dict[str, tuple[float, float] | None]
    probability: float | None
    solved: int
    members: int

    def results(self) -> dict:
        """As JSON."""
        return {
            "Ranges": {name: list(ends) if ends else None for name, ends in self.ranges.items()},
            PROBABILITY: self.probability,
            "Solved": self.solved,
            "Members": self.members,
        }


def bands(
    problem: Problem,
    axes: Sequence[Axis],
    designs: pd.DataFrame,
    ensemble: Ensemble,
    goals: Sequence[Goal],
    run: Callable[[Problem, Points], Sweep],
) -> list[Band]:
    """The band of each design.

    Parameters
    ----------
    problem : of the designs
    axes, designs : their variables, and a table with a row for each design and the axes' labels as columns
    ensemble : alternatives to the material
    goals : to be met together
    run : runs a sweep
    """
    if designs.empty:
        return []
    variables = designs[[axis.label for axis in axes]].to_numpy(float)
    values = np.hstack(
        [np.repeat(variables, len(ensemble), axis=0), np.tile(ensemble.values, (len(variables), 1))]
    )
    origin = f"{len(variables)} designs with {ensemble.description}"
    points = Points((*axes, *axes_of(ensemble)), values, origin)
    sweep = run(problem, points)
    rows = sweep.table.set_index("Point").reindex(range(len(points)))
    names = list(problem.observables)
    return [
        _band(rows.iloc[start : start + len(ensemble)], names, ensemble.weights, goals)
        for start in range(0, len(points), len(ensemble))
    ]


def _band(rows: pd.DataFrame, names: list[str], weights: Array | None, goals: Sequence[Goal]) -> Band:
    solved = (rows["Ending"] == SOLVED).to_numpy()
    ranges = {name: interval(np.where(solved, rows[name].to_numpy(float), np.nan), weights) for name in names}
    chance = None
    if weights is not None and goals:
        met = [
            is_solved and all_met(goals, {g.name: _number(row[g.name]) for g in goals})
            for is_solved, (_, row) in zip(solved, rows.iterrows(), strict=True)
        ]
        chance = probability(met, weights)
    return Band(ranges, chance, int(solved.sum()), len(rows))


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
