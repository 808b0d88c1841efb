"""Designs over draws of the parameters: an ensemble, and its bands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import to_si
from coreshell_model.design.goals import Goal, all_met
from coreshell_model.design.problem import SOLVED, Problem
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points
from coreshell_model.infer.draws import Posterior, quantiles
from coreshell_model.inputs.changes import path_of
from coreshell_model.inputs.material import Material, differing, sources
from coreshell_model.inputs.particle import AMOUNTS, COATING, SIZES

FEWEST_DRAWS = 2


@dataclass(frozen=True)
class Ensemble:
    """Possible numbers of a material.

    Attributes
    ----------
    said : what they are, in words
    paths, units : of the numbers
    values : a row a member, a column a number
    weights : adding up to 1; None where no probability belongs to them
    """

    said: str
    paths: tuple[str, ...]
    units: tuple[str, ...]
    values: NDArray[np.float64]
    weights: NDArray[np.float64] | None

    def __len__(self) -> int:
        return len(self.values)

    def axes(self) -> tuple[Axis, ...]:
        """The numbers as axes of a space that holds all members."""
        return tuple(
            Axis(path, unit, float(column.min()), float(np.nextafter(column.max(), np.inf)))
            for path, unit, column in zip(self.paths, self.units, self.values.T, strict=True)
        )

    def changes(self, member: int) -> dict[str, str]:
        """The numbers of a member, as ``simulate`` takes changes."""
        return {
            path: f"{float(value)!r} {unit}".removesuffix(" 1")
            for path, unit, value in zip(self.paths, self.units, self.values[member], strict=True)
        }


def drawn(posterior: Posterior, material: str, count: int, seed: int = 0) -> Ensemble:
    """Draws of a posterior for one of its materials; of more than ``count``, that many chosen by weight.

    They are chosen systematically: a draw of weight w is taken w times ``count`` times, give or take one.

    Parameters
    ----------
    posterior : as ``read_posterior`` returns it
    material : as the posterior names it
    count : draws at most
    seed : of the choice

    Raises
    ------
    InputError
        The posterior has no such material, or no number of it.
    """
    material = posterior.name_of(material)
    if isinstance(count, bool) or not isinstance(count, int) or count < FEWEST_DRAWS:
        raise InputError(f"draws are {count}; give at least {FEWEST_DRAWS}")
    own = [
        (number, path, free.given.unit)
        for number, free in enumerate(posterior.parameters)
        if material in free.materials
        for path in free.given.paths_in(material)
    ]
    if not own:
        raise InputError(f"the posterior {posterior.name} holds no number of {material}; give one that does")
    columns, paths, units = zip(*own, strict=True)
    picked, weights = _by_weight(posterior.weights, count, seed)
    said = f"{len(picked)} draws of the posterior {posterior.name}"
    return Ensemble(said, paths, units, posterior.values[picked][:, list(columns)], weights)


def _by_weight(weights: NDArray[np.float64], count: int, seed: int):
    """Places of draws and their weights."""
    if np.count_nonzero(weights) <= count:
        picked = np.flatnonzero(weights)
        return picked, weights[picked] / weights[picked].sum()
    ticks = (np.arange(count) + np.random.default_rng(seed).random()) / count
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), ticks), len(weights) - 1)
    picked, times = np.unique(chosen, return_counts=True)
    return picked, times / count


def assumed(problem: Problem, axes: Sequence[Axis]) -> Ensemble | None:
    """The ends of what a material's file only assumes, in all combinations; None where nothing is left.

    A number that the designs vary, or that the problem sets, is no longer assumed.
    """
    material = problem.material
    known = {path_of(axis.name, material) for axis in axes} | set(problem.changes)
    for alternatives in (SIZES, AMOUNTS, COATING):
        if known.intersection(alternatives):
            known.update(alternatives)
    there = set(sources(material))
    ranges = [each for each in material.band if each.path not in known and each.path in there]
    if not ranges:
        return None
    units = tuple(each.high.unit for each in ranges)
    ends = [
        (to_si(each.low.value, each.low.unit, unit) / to_si(1.0, unit, unit), each.high.value)
        for each, unit in zip(ranges, units, strict=True)
    ]
    return Ensemble(
        "ends of the material's assumed ranges",
        tuple(each.path for each in ranges),
        units,
        np.array(list(product(*ends)), float),
        None,
    )


def other_numbers(material: Material, posterior: Posterior, name: str) -> list[str]:
    """Paths whose values in a material are not those that the posterior was drawn with, its own left out."""
    own = {
        path for free in posterior.parameters if name in free.materials for path in free.given.paths_in(name)
    }
    return differing(material, posterior.materials[name], own)


def check_ensemble(ensemble: Ensemble, problem: Problem, axes: Sequence[Axis]) -> None:
    """Refuse numbers that are both drawn and given.

    Raises
    ------
    InputError
        As it says.
    """
    given = set(problem.changes) | {path_of(axis.name, problem.material) for axis in axes}
    for path in ensemble.paths:
        if path in given:
            raise InputError(f"{path} is given or varied, and comes with {ensemble.said} too; leave one out")


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
