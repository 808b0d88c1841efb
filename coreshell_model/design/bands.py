"""Designs under all that their material may be: bands of their numbers, how likely they meet goals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.design.axes import Axis
from coreshell_model.design.ensemble import Ensemble
from coreshell_model.design.goals import Goal, all_met
from coreshell_model.design.points import Points
from coreshell_model.design.problem import SOLVED, Problem
from coreshell_model.design.results import Sweep
from coreshell_model.posterior.intervals import quantiles

PROBABILITY = "Probability of all goals"


@dataclass(frozen=True)
class Band:
    """A design's numbers over an ensemble.

    Attributes
    ----------
    ranges : lowest and highest by name: the 95 % interval of weighted draws, else the ends
    probability : that it meets all goals; None without weights or goals
    solved, members : runs that were solved, of how many; one that was not meets no goal
    """

    ranges: dict[str, tuple[float, float] | None]
    probability: float | None
    solved: int
    members: int

    def results(self) -> dict:
        """Itself in what JSON has."""
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
    axes, designs : their variables, and a row each with columns named as the axes
    ensemble : what the material may be
    goals : to be met together
    run : a sweep over points
    """
    if designs.empty:
        return []
    places = designs[[axis.label for axis in axes]].to_numpy(float)
    values = np.hstack([np.repeat(places, len(ensemble), axis=0), np.tile(ensemble.values, (len(places), 1))])
    made = f"{len(places)} designs with {ensemble.said}"
    points = Points((*axes, *ensemble.axes()), values, made)
    found = run(problem, points)
    rows = found.table.set_index("Point").reindex(range(len(points)))
    names = list(problem.observables)
    return [
        _band(rows.iloc[start : start + len(ensemble)], names, ensemble.weights, goals)
        for start in range(0, len(points), len(ensemble))
    ]


def _band(
    rows: pd.DataFrame, names: list[str], weights: NDArray[np.float64] | None, goals: Sequence[Goal]
) -> Band:
    solved = (rows["Ending"] == SOLVED).to_numpy()
    ranges: dict[str, tuple[float, float] | None] = {}
    for name in names:
        values = rows[name].to_numpy(float)
        known = solved & np.isfinite(values)
        if not known.any() or (weights is None and not known.all()):
            ranges[name] = None
        elif weights is None:
            ranges[name] = (float(values.min()), float(values.max()))
        else:
            low, _, _, _, high = quantiles(values[known], weights[known] / weights[known].sum())
            ranges[name] = (float(low), float(high))
    probability = None
    if weights is not None and goals:
        met = [
            good and all_met(goals, {g.name: _number(row[g.name]) for g in goals})
            for good, (_, row) in zip(solved, rows.iterrows(), strict=True)
        ]
        probability = float(weights @ np.array(met, float))
    return Band(ranges, probability, int(solved.sum()), len(rows))


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
