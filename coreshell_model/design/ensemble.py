"""What is not known of a material, as a set of its possible numbers: posterior draws, or ends of ranges."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from coreshell_model.design.axes import Axis
from coreshell_model.design.problem import Problem
from coreshell_model.design_names import path_of
from coreshell_model.errors import InputError
from coreshell_model.material import Material, sources
from coreshell_model.material_names import differing
from coreshell_model.particle import AMOUNTS, COATING, SIZES
from coreshell_model.posterior import Posterior
from coreshell_model.units import to_si

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
