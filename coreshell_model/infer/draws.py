"""Weighted draws from a posterior: their intervals, what they are worth, and their table."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.files import CHECKSUM, checksum, fingerprint, replace, sealed, unsealed
from coreshell_model.base.paths import user_path
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.infer.result import shown
from coreshell_model.inputs.material import Material, material_among, material_from_dict, name_among
from coreshell_model.inputs.particle import changed

MEDIAN = 0.5
LEVELS = (0.025, 0.16, MEDIAN, 0.84, 0.975)
"""Of the 95 % and the 68 % interval, and the median."""

Array = NDArray[np.float64]


def quantiles(values: Array, weights: Array, levels: Sequence[float] = LEVELS) -> Array:
    """Quantiles of weighted draws, along the first axis.

    Half of a draw's own weight lies below it; lines run between the draws (Hazen's rule where all weigh
    the same).

    Parameters
    ----------
    values : a row, or a number, a draw
    weights : of the draws, not all 0
    levels : from 0 to 1

    Returns
    -------
    Array
        A row a level.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim > 1:
        columns = [quantiles(column, weights, levels) for column in values.reshape(len(values), -1).T]
        return np.stack(columns, axis=-1).reshape(len(levels), *values.shape[1:])
    order = np.argsort(values, kind="stable")
    ordered, sizes = values[order], np.asarray(weights, dtype=float)[order]
    below = (np.cumsum(sizes) - 0.5 * sizes) / sizes.sum()
    return np.interp(levels, below, ordered)


def mean_and_sd(values: Array, weights: Array) -> tuple[float, float]:
    """Weighted mean and standard deviation."""
    mean = float(np.average(values, weights=weights))
    return mean, float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


def probability(holds: NDArray[np.bool_], weights: Array) -> float:
    """The weight of the draws for which something holds, as a share of all."""
    return float(np.sum(np.asarray(weights)[np.asarray(holds, dtype=bool)]) / np.sum(weights))


RELIABLE = 0.7
"""Pareto shape up to which a weighted mean is trusted: assumed, the usual limit."""

LEAST_TAIL = 10
"""Weights in the tail from which a shape is fitted."""

CUTS = (1.0, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2)
"""Quantiles of the weights that are tried as the weight below which draws are thinned, highest first."""


def normalised(log_weights: Array) -> Array:
    """Weights that add up to 1; all 0 where every logarithm is minus infinity."""
    highest = np.max(log_weights, initial=-np.inf)
    if not np.isfinite(highest):
        return np.zeros(len(log_weights))
    weights = np.exp(log_weights - highest)
    return weights / weights.sum()


def effective_draws(weights: Array) -> float:
    """Kish's number of equally weighted draws, (sum w)² / sum w²; 0 where all weights are 0."""
    squares = float(np.sum(np.square(weights)))
    return float(np.sum(weights)) ** 2 / squares if squares > 0 else 0.0


def pareto_shape(weights: Array) -> float | None:
    """Shape k of the generalised Pareto law of the largest weights: above 0.7 a few of them decide.

    The tail is the largest min(n/5, 3 sqrt n) of n weights; None where that is fewer than ten.
    """
    tail = int(min(len(weights) / 5, 3 * np.sqrt(len(weights))))
    ordered = np.sort(weights)
    if tail < LEAST_TAIL or ordered[-tail] <= 0:
        return None
    excess = ordered[-tail:] - ordered[-tail - 1]
    return _shape(excess[excess > 0])


def _shape(excess: Array) -> float | None:
    """Of the generalised Pareto law of ordered numbers above 0: a posterior mean over its rate.

    Zhang and Stephens' estimate, pulled towards 0.5 by ten observations' weight; exact formulas as in the
    ArviZ library (assumed from its code, the papers were not at hand).
    """
    count = len(excess)
    if count < LEAST_TAIL:
        return None
    grid = 30 + int(np.sqrt(count))
    rates = 1.0 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))
    rates = rates / (3.0 * excess[int(count / 4 + 0.5) - 1]) + 1.0 / excess[-1]
    shapes = np.mean(np.log1p(-rates[:, None] * excess), axis=1)
    likelihood = count * (np.log(-rates / shapes) - shapes - 1.0)
    rate = float(normalised(likelihood) @ rates)
    shape = float(np.mean(np.log1p(-rate * excess)))
    return (count * shape + 10 * 0.5) / (count + 10)


def pooled(batches: list[Array]) -> Array:
    """Weights of several batches as one set that adds up to 1, each batch counting by its effective draws.

    Each batch came from a density of its own, known but for a factor, so that only weights within a batch
    can be compared.
    """
    worth = np.array([effective_draws(batch) for batch in batches])
    if worth.sum() == 0:
        return np.concatenate(batches) if batches else np.array([])
    shares = worth / worth.sum()
    parts = [
        share * batch / max(batch.sum(), np.finfo(float).tiny)
        for share, batch in zip(shares, batches, strict=True)
    ]
    return np.concatenate(parts)


def thinned(weights: Array, cut: float, uniform: Array) -> tuple[NDArray[np.intp], Array]:
    """Draws lighter than ``cut`` kept with the probability weight/cut, with the weight ``cut``.

    Means are kept on average, and the draws become few and nearly of one weight (rejection control).

    Parameters
    ----------
    weights : of the draws
    cut : the weight below which they are thinned, above 0
    uniform : a random number from 0 to 1 for each

    Returns
    -------
    The places of those kept, and their weights, which add up to 1.
    """
    kept = np.flatnonzero(uniform * cut < weights)
    new = np.maximum(weights[kept], cut)
    return kept, new / new.sum() if len(new) else new


def fewest(weights: Array, wanted: float, uniform: Array) -> tuple[NDArray[np.intp], Array, float]:
    """The fewest draws that are worth ``wanted`` independent ones; all with a weight where none are.

    Returns
    -------
    The places of those kept, their weights, and the quantile of the weights at which they were thinned; 0
    for no thinning.
    """
    for quantile in CUTS:
        cut = float(np.quantile(weights, quantile)) if len(weights) else 0.0
        if cut <= 0:
            break
        kept, new = thinned(weights, cut, uniform)
        if effective_draws(new) >= wanted:
            return kept, new, quantile
    kept = np.flatnonzero(weights > 0)
    total = weights[kept].sum()
    return kept, weights[kept] / total if len(kept) else weights[kept], 0.0


WEIGHT, CHI_SQUARED = "Weight", "Chi-squared"
TABLE = "posterior.csv"

BY_ROUNDING = 1e-9
"""Of a bound: how far beyond it a value may lie that was drawn at it."""


@dataclass(frozen=True)
class Posterior:
    """Weighted draws of the parameters of a fit problem.

    Attributes
    ----------
    name : of the problem
    parameters : in order
    materials : as the problem has them, by its names for them
    values : a row a draw, a column a parameter, in the parameters' units
    weights : adding up to 1
    chi_squared : of the data, of each draw
    record : problem, seed, versions, and how well the sampling went
    """

    name: str
    parameters: tuple[Free, ...]
    materials: Mapping[str, Material]
    values: Array
    weights: Array
    chi_squared: Array
    record: Mapping

    def __len__(self) -> int:
        """Draws."""
        return len(self.weights)

    @property
    def effective(self) -> float:
        """Independent draws of equal weight that they are worth (Kish)."""
        return effective_draws(self.weights)

    @property
    def fingerprint(self) -> str:
        """Of the draws and their weights."""
        return fingerprint([self.values.tolist(), self.weights.tolist()])

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the parameters with their units."""
        return tuple(column(free) for free in self.parameters)

    @property
    def usual_protocol(self) -> str | None:
        """The protocol of all its data, by name or path; None where there are several, or none is told."""
        file = self.record.get("Problem file", {})
        given = (*file.get("observations", ()), *file.get("curves", ()))
        names = {each.get("protocol") for each in given if isinstance(each, dict)}
        return names.pop() if len(names) == 1 else None

    def name_of(self, material: str) -> str:
        """The name that the table has for a material, by whichever of its names it is asked for.

        Raises
        ------
        InputError
            The posterior has no such material, or several.
        """
        return name_among(self.materials, material, f"the posterior {self.name}", drawn=self._drawn)

    def material(self, given: str) -> tuple[str, Material]:
        """The same with the material: as its file is now, else as it was when the draws were made.

        Raises
        ------
        InputError
            As ``name_of``, or a file that cannot be read.
        """
        return material_among(self.materials, given, f"the posterior {self.name}", drawn=self._drawn)

    @property
    def _drawn(self) -> dict[str, set[str]]:
        """By material, the paths of the numbers that are drawn."""
        return {
            name: {
                path
                for free in self.parameters
                if name in free.materials
                for path in free.given.paths_in(name)
            }
            for name in self.materials
        }

    def changes_of(self, draw: int, material: str) -> dict[str, str]:
        """The numbers of a draw that belong to a material, as ``simulate`` takes changes."""
        return {
            path: f"{float(value)!r} {free.given.unit}"
            for free, value in zip(self.parameters, self.values[draw], strict=True)
            if material in free.materials
            for path in free.given.paths_in(material)
        }

    def materials_of(self, draw: int) -> dict[str, Material]:
        """Every material of the problem with the numbers of a draw, from 0."""
        return {
            name: changed(material, self.changes_of(draw, name)) for name, material in self.materials.items()
        }

    def draws(self) -> Iterator[tuple[float, dict[str, Material]]]:
        """The weight and the materials of each draw."""
        for draw, weight in enumerate(self.weights):
            yield float(weight), self.materials_of(draw)

    def summary(self) -> list[dict]:
        """A row a parameter: median, 68 and 95 % intervals, mean and standard deviation."""
        rows = []
        for number, free in enumerate(self.parameters):
            low, less, median, more, high = quantiles(self.values[:, number], self.weights)
            mean, sd = mean_and_sd(self.values[:, number], self.weights)
            rows.append(
                {
                    "Name": free.name,
                    "Unit": free.given.unit,
                    "Scale": free.given.scale,
                    "Bounds": [free.given.lower, free.given.upper],
                    "Median": median,
                    "68 % interval": [less, more],
                    "95 % interval": [low, high],
                    "Mean": mean,
                    "Standard deviation": sd,
                }
            )
        return rows

    def table(self) -> pd.DataFrame:
        """A row a draw, units in the names of the columns."""
        content = {"Draw": np.arange(1, len(self) + 1), WEIGHT: self.weights}
        content |= {name: self.values[:, number] for number, name in enumerate(self.columns)}
        return pd.DataFrame(content | {CHI_SQUARED: self.chi_squared})


OF_TABLE = "SHA-256 of the table"


def column(free: Free) -> str:
    """Name of a parameter's column."""
    return f"{free.name} [{free.given.unit}]"


def write_posterior(posterior: Posterior, path: Path) -> list[Path]:
    """The table as CSV, and beside it as JSON what it is of; return the paths."""
    beside = path.with_suffix(".json")
    about = {
        **posterior.record,
        "Problem": posterior.name,
        "Parameters": [
            {
                "Name": free.name,
                "Materials": list(free.materials),
                "Start": free.start,
                "Given": free.given.model_dump(exclude_none=True, mode="json"),
            }
            for free in posterior.parameters
        ],
        "Materials": {
            name: material.model_dump(exclude_none=True, mode="json")
            for name, material in posterior.materials.items()
        },
    }
    table = posterior.table().to_csv(index=False).encode()
    replace(path, table)
    replace(beside, sealed({**about, OF_TABLE: checksum(table)}, indent=1))
    return [path, beside]


def read_posterior(path: str | Path) -> Posterior:
    """A table that ``write_posterior`` wrote, or the folder with one.

    Raises
    ------
    InputError
        Not such a table, or without the file beside it.
    """
    if not str(path):
        raise InputError("no posterior is named; give a posterior.csv, or the folder with one")
    path = user_path(path)
    path = path / TABLE if path.is_dir() else path
    if not path.exists():
        raise InputError(f"{path}: is not there; give a posterior.csv that `coreshell posterior` wrote")
    beside = path.with_suffix(".json")
    try:
        about = json.loads(beside.read_text(encoding="utf-8"))
        checks = about.get(CHECKSUM), about.get(OF_TABLE)
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        parameters = tuple(
            Free(
                one["Name"], tuple(one["Materials"]), FreeParameter.model_validate(one["Given"]), one["Start"]
            )
            for one in about["Parameters"]
        )
        materials = {name: material_from_dict(one, str(beside)) for name, one in about["Materials"].items()}
        names = [column(free) for free in parameters]
        columns = (*names, WEIGHT, CHI_SQUARED)
        read = np.array([_numbers(row, columns, draw) for draw, row in enumerate(rows, start=1)])
        read = read.reshape(-1, len(columns))  # of no rows too
        values, weights, chi_squared = read[:, :-2], read[:, -2], read[:, -1]
    except InputError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
        if isinstance(error, OSError):
            reason = f"{Path(error.filename or path).name}: {error.strerror}"
        raise InputError(
            f"{path}: is not a posterior ({reason}); give a posterior.csv that `coreshell posterior` wrote, "
            "with its .json beside it"
        ) from None
    if not len(weights) or not (weights > 0).any():
        raise InputError(f"{path}: holds no draws, or none with a weight; sample anew")
    _check_draws(path, parameters, values, weights)
    if checks[0] is not None:  # older tables have none
        unsealed(beside.read_bytes(), str(beside))
        if checksum(path.read_bytes()) != checks[1]:
            raise InputError(f"{path}: is damaged, or was changed since it was written; sample anew")
    own = ("Problem", "Parameters", "Materials", CHECKSUM, OF_TABLE)
    record = {name: value for name, value in about.items() if name not in own}
    return Posterior(
        about["Problem"], parameters, materials, values, weights / weights.sum(), chi_squared, record
    )


def _numbers(row: Mapping[str, str], columns: Sequence[str], draw: int) -> list[float]:
    """The numbers of a row; a ValueError that says which draw and which column where there is none."""
    if None in row or None in row.values():
        raise ValueError(f"draw {draw} has not as many cells as the header")
    found = []
    for name in columns:
        try:
            found.append(float(row[name]))
        except ValueError:
            raise ValueError(f"draw {draw}: {name} is {row[name]!r}, no number") from None
    return found


def _check_draws(path: Path, parameters: tuple[Free, ...], values: Array, weights: Array) -> None:
    """A table that was changed by hand or cut is refused where a draw can be none of the problem's.

    Raises
    ------
    InputError
        A weight that is none, or a value beyond the bounds, with its draw.
    """
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise InputError(f"{path}: draw {wrong[0] + 1} has the weight {weights[wrong[0]]:g}; sample anew")
    for free, drawn in zip(parameters, values.T, strict=True):
        lower, upper = free.given.lower, free.given.upper
        slack = BY_ROUNDING * max(abs(lower), abs(upper))
        outside = np.flatnonzero(~((drawn >= lower - slack) & (drawn <= upper + slack)))
        if len(outside):
            value = shown(drawn[outside[0]], free.given.unit)
            raise InputError(
                f"{path}: draw {outside[0] + 1}: {free.name} is {value}, outside the bounds {lower:g} to "
                f"{upper:g} that it was drawn between; sample anew"
            )
