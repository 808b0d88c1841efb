"""How strongly each design variable moves each observable: at the reference, and over the space (SALib)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.extras import require
from coreshell_model.base.quantity import check_whole
from coreshell_model.base.written import write_files
from coreshell_model.design.problem import SOLVED, Problem
from coreshell_model.design.reference import reference_value
from coreshell_model.design.results import ENDING, Sweep
from coreshell_model.design.space import Axis, Points, at_places, check_axes
from coreshell_model.design.sweep import sweep

LEVELS_OF_MORRIS = 4
"""Levels of each variable between which Morris' trajectories step."""

MOST_BASE = 100_000


class Method(Protocol):
    """Which points of a design space to evaluate, and how to get indices of the variables from them."""

    def points(self, problem: Problem, axes: Sequence[Axis]) -> Points:
        """The points to evaluate."""
        ...

    def indices(self, points: Points, values: np.ndarray) -> pd.DataFrame:
        """A row for each variable, from the values of one observable at all points (NaN where unsolved)."""
        ...


@dataclass(frozen=True)
class Local:
    """Central differences about the reference, the design of the problem as it is.

    The elasticity is the change of the observable in per cent for one per cent of the variable, the other
    variables of the analysis being constant.
    """

    step: float = 0.01

    def axes(self, problem: Problem, names: Sequence[str]) -> tuple[Axis, ...]:
        """An axis for each variable, from a step below to a step above the reference.

        Raises
        ------
        InputError
            A variable without a reference, or one that is 0 there.
        """
        if not 0 < self.step <= 0.5:
            raise InputError(f"the step is {self.step:g} of the reference; give one above 0 and up to 0.5")
        axes = []
        for name in names:
            value, unit = reference_value(name, problem)
            low, high = sorted((value * (1 - self.step), value * (1 + self.step)))
            axes.append(Axis(name, unit, low, high))
        return tuple(axes)

    def points(self, problem: Problem, axes: Sequence[Axis]) -> Points:
        """The reference, then a step down and a step up of each variable."""
        check_axes(axes)
        places = np.full((1 + 2 * len(axes), len(axes)), 0.5)
        for column in range(len(axes)):
            places[1 + 2 * column, column], places[2 + 2 * column, column] = 0, 1
        return at_places(axes, places, f"steps of {100 * self.step:g} % about the reference")

    def indices(self, points: Points, values: np.ndarray) -> pd.DataFrame:
        """Slope, in the units of observable and variable, and elasticity."""
        middle = points.values[0]
        width = points.values[2::2].diagonal() - points.values[1::2].diagonal()
        slope = (values[2::2] - values[1::2]) / width
        with np.errstate(divide="ignore", invalid="ignore"):
            elasticity = slope * middle / values[0]
        elasticity[~np.isfinite(elasticity)] = np.nan
        return pd.DataFrame({"Slope": slope, "Elasticity": elasticity})


@dataclass(frozen=True)
class Morris:
    """Elementary effects along ``trajectories`` through the space, scaled to a variable's whole range.

    ``mu*`` is the mean of their absolute values, with the half-width of its 95 % interval. ``mu`` is their
    mean, ``sigma`` their standard deviation, which comes from non-linearity and from the other variables.
    """

    trajectories: int = 20
    seed: int = 0

    def points(self, problem: Problem, axes: Sequence[Axis]) -> Points:
        """Trajectories in which one variable steps at a time."""
        require("design", "sensitivity by morris or sobol needs")
        from SALib.sample import morris

        _check(axes, self.trajectories, self.seed)
        places = morris.sample(_unit(axes), self.trajectories, LEVELS_OF_MORRIS, seed=self.seed)
        return at_places(axes, places, f"{self.trajectories} Morris trajectories, seed {self.seed}")

    def indices(self, points: Points, values: np.ndarray) -> pd.DataFrame:
        """From the trajectories of which every point was solved."""
        from SALib.analyze import morris

        complete = _in_complete_blocks(values, len(points.axes) + 1)
        if not complete.any():
            return _nothing(points, ("mu*", "mu* ±", "mu", "sigma"))
        places = _places(points)[complete]
        effects = morris.analyze(
            _unit(points.axes), places, values[complete], num_levels=LEVELS_OF_MORRIS, seed=self.seed
        )
        names = {"mu*": "mu_star", "mu* ±": "mu_star_conf", "mu": "mu", "sigma": "sigma"}
        return pd.DataFrame({name: np.asarray(effects[key], float) for name, key in names.items()})


@dataclass(frozen=True)
class Sobol:
    """Shares of the variance over the space that a variable explains alone, and together with the others.

    ``count`` is the base sample, a power of two for balance; the design has count * (variables + 2) points.
    Each index has the half-width of its 95 % interval.
    """

    count: int = 64
    seed: int = 0

    def points(self, problem: Problem, axes: Sequence[Axis]) -> Points:
        """Saltelli's design, without second-order indices."""
        require("design", "sensitivity by morris or sobol needs")
        from SALib.sample import sobol

        _check(axes, self.count, self.seed)
        if self.count & (self.count - 1):
            raise InputError(f"the base sample is {self.count}; give a power of two, such as 64")
        places = sobol.sample(_unit(axes), self.count, calc_second_order=False, seed=self.seed)
        return at_places(axes, places, f"Saltelli design of {self.count}, seed {self.seed}")

    def indices(self, points: Points, values: np.ndarray) -> pd.DataFrame:
        """From the blocks of the design of which every point was solved."""
        from SALib.analyze import sobol

        complete = _in_complete_blocks(values, len(points.axes) + 2)
        if not complete.any() or np.ptp(values[complete]) == 0:
            return _nothing(points, ("First-order", "First-order ±", "Total", "Total ±"))
        shares = sobol.analyze(_unit(points.axes), values[complete], calc_second_order=False, seed=self.seed)
        names = {"First-order": "S1", "First-order ±": "S1_conf", "Total": "ST", "Total ±": "ST_conf"}
        return pd.DataFrame({name: np.asarray(shares[key], float) for name, key in names.items()})


@dataclass(frozen=True)
class Sensitivity:
    """The indices, a row for each observable and variable, and the sweep from which they come."""

    table: pd.DataFrame
    sweep: Sweep

    def save(self, folder: Path) -> list[Path]:
        """Write sensitivity.csv and sensitivity.json beside the sweep.

        Raises
        ------
        InputError
            The folder cannot be written.
        """
        return write_files(
            {
                "sensitivity.csv": self.table.to_csv(index=False),
                "sensitivity.json": json.dumps(self.results(), indent=2),
            },
            folder,
        )

    def results(self) -> dict[str, Any]:
        """Indices by observable and variable, None for an unknown one; and the sweep from which they come."""
        columns = [name for name in self.table.columns if name not in ("Observable", "Variable")]
        by_observable: dict[str, dict] = {}
        for row in self.table.to_dict("records"):
            values = {name: None if row[name] != row[name] else row[name] for name in columns}
            by_observable.setdefault(row["Observable"], {})[row["Variable"]] = values
        return {
            "Material": self.sweep.record["Material"]["name"],
            "Protocol": self.sweep.record["Protocol"]["name"],
            "Points": self.sweep.points.made,
            "Ranges": {
                axis.name: [axis.text(axis.low), axis.text(axis.high)] for axis in self.sweep.points.axes
            },
            "Solved": self.sweep.count(SOLVED),
            "Reasons": self.sweep.reasons(),
            "Example reasons": self.sweep.examples(),
            "Versions": self.sweep.record["Versions"],
            "Sensitivity": by_observable,
        }


def sensitivity(problem: Problem, axes: Sequence[Axis], method: Method, **options: Any) -> Sensitivity:
    """Evaluate a design space at the points of ``method``, and compute its indices.

    Parameters
    ----------
    problem, options : as for ``sweep``: folder, resume, scheduler, workers, progress
    axes : the variables, with ends and not with values alone
    method : ``Local``, ``Morris`` or ``Sobol``
    """
    return indices(sweep(problem, method.points(problem, axes), **options), method)


def indices(swept: Sweep, method: Method) -> Sensitivity:
    """The indices from a sweep over the points of ``method``."""
    tables = []
    columns = swept.table.set_index("Point").reindex(range(len(swept.points)))
    solved = (columns[ENDING] == SOLVED).to_numpy()
    for name in swept.observables:
        values = np.where(solved, columns[name].to_numpy(float), np.nan)
        table = method.indices(swept.points, values)
        table.insert(0, "Observable", name)
        table.insert(1, "Variable", [axis.name for axis in swept.points.axes])
        tables.append(table)
    return Sensitivity(pd.concat(tables, ignore_index=True), swept)


def _unit(axes: Sequence[Axis]) -> dict[str, Any]:
    return {"num_vars": len(axes), "names": [axis.name for axis in axes], "bounds": [[0, 1]] * len(axes)}


def _places(points: Points) -> np.ndarray:
    """The points as places from 0 to 1 along each axis."""
    columns = []
    for axis, values in zip(points.axes, points.values.T, strict=True):
        if axis.log:
            columns.append(np.log(values / axis.low) / np.log(axis.high / axis.low))
        else:
            columns.append((values - axis.low) / (axis.high - axis.low))
    return np.stack(columns, axis=1)


def _in_complete_blocks(values: np.ndarray, length: int) -> np.ndarray:
    """True for the points of blocks, of this length, that have all values."""
    return np.repeat(np.isfinite(values).reshape(-1, length).all(axis=1), length)


def _nothing(points: Points, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: np.full(len(points.axes), np.nan) for name in names})


def _check(axes: Sequence[Axis], count: int, seed: int) -> None:
    check_axes(axes)
    check_whole("count", count, 2, MOST_BASE)
    check_whole("seed", seed, 0, 2**32 - 1)
