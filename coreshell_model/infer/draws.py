"""Weighted draws from a posterior, their statistics and materials, and their table on disk."""

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
from coreshell_model.base.intervals import Array, effective_draws, mean_and_sd, stated_intervals
from coreshell_model.base.paths import user_path
from coreshell_model.base.tables import with_unit
from coreshell_model.infer.parameters import Free
from coreshell_model.infer.problem_file import FreeParameter
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import (
    Material,
    differing,
    material_among,
    material_from_dict,
    name_among,
)
from coreshell_model.inputs.particle import changed

WEIGHT, CHI_SQUARED = "Weight", "Chi-squared"
TABLE = "posterior.csv"
WITHHELD, MISFIT, DISCREPANCIES = "Intervals withheld", "Misfit", "Discrepancies"
"""Entries of a record: true where the model does not describe the data of the draws, the words for it, and
the discrepancy of each curve."""

APPROXIMATION = "Approximation"
"""Entry of a record whose draws are those of an approximation: what it assumes, in words."""

FROM_PRIORS = "Drawn from their priors"
"""Entry of a record: names of the last parameters, which the data do not touch; the draws have them by their
priors, independent of all others."""

DISCREPANCY = "Discrepancy [mV]"

FEWEST = 2
"""Least number of draws of an ensemble: fewer have no spread."""

BY_ROUNDING = 1e-9
"""Distance beyond a bound, as a share of the bound, at which a value drawn at the bound may lie."""


@dataclass(frozen=True)
class Posterior:
    """Weighted draws of the parameters of a fit problem.

    Attributes
    ----------
    name : of the problem
    parameters : in order
    materials : as the problem has them, by its names
    values : a row a draw, a column a parameter, in the parameters' units
    weights : adding up to 1
    chi_squared : of the data, of each draw
    record : content of the problem's file, seed, versions, and how well the sampling went
    """

    name: str
    parameters: tuple[Free, ...]
    materials: Mapping[str, Material]
    values: Array
    weights: Array
    chi_squared: Array
    record: Mapping

    def __len__(self) -> int:
        """Number of draws."""
        return len(self.weights)

    @property
    def effective(self) -> float:
        """Number of independent draws of equal weight that they are worth (Kish)."""
        return effective_draws(self.weights)

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the draws and their weights."""
        return fingerprint([self.values.tolist(), self.weights.tolist()])

    @property
    def withheld(self) -> bool:
        """True where the model does not describe the data, so that no interval is stated."""
        return bool(self.record.get(WITHHELD))

    @property
    def misfit(self) -> tuple[str, ...]:
        """Warnings that hold for what the draws predict too: a misfit of their data, an approximation."""
        return tuple(filter(None, (self.record.get(MISFIT), self.record.get(APPROXIMATION))))

    @property
    def discrepancy(self) -> float:
        """Largest standard deviation by which the model is off along the voltage curves of the data [V]."""
        sizes = [row.get(DISCREPANCY) or 0.0 for row in self.record.get(DISCREPANCIES, ())]
        return max(sizes, default=0.0) / 1000

    @property
    def from_priors(self) -> tuple[Free, ...]:
        """The parameters that the data do not touch, drawn from their priors; they come last."""
        count = len(self.record.get(FROM_PRIORS, ()))
        return self.parameters[len(self.parameters) - count :]

    @property
    def fitted(self) -> tuple[Free, ...]:
        """The parameters that are drawn as the data allow."""
        return self.parameters[: len(self.parameters) - len(self.from_priors)]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the parameters with their units."""
        return tuple(column(free) for free in self.parameters)

    @property
    def usual_protocol(self) -> str | None:
        """The one protocol of all its data, by name or path; None where there are several or none."""
        file = self.record.get("Problem file", {})
        observations = (*file.get("observations", ()), *file.get("curves", ()))
        names = {observation.get("protocol") for observation in observations if isinstance(observation, dict)}
        return names.pop() if len(names) == 1 else None

    def name_of(self, material: str) -> str:
        """The name in the table of a material, from any of its names or its path.

        Raises
        ------
        InputError
            The posterior has no such material, or several.
        """
        return name_among(self.materials, material, f"the posterior {self.name}", drawn=self._drawn)

    def material(self, name: str) -> tuple[str, Material]:
        """``name_of`` with the material: as its file is now, else as it was when the draws were made."""
        return material_among(self.materials, name, f"the posterior {self.name}", drawn=self._drawn)

    @property
    def _drawn(self) -> dict[str, set[str]]:
        """By material, the paths of the numbers that are drawn."""
        return {name: self.drawn_of(name) for name in self.materials}

    def drawn_of(self, material: str) -> set[str]:
        """Paths of the numbers of a material, by its name in the table, that are drawn."""
        return _paths(self.parameters, material)

    def independent(self, material: str) -> set[str]:
        """Those of them that are drawn from their priors, so that any can be set without regard to others."""
        return _paths(self.from_priors, material)

    def changes_of(self, draw: int, material: str) -> dict[str, str]:
        """The numbers of a draw, from 0, that belong to a material, as changes for ``simulate``."""
        return {
            path: f"{float(value)!r} {free.section.unit}"
            for free, value in zip(self.parameters, self.values[draw], strict=True)
            if material in free.materials
            for path in free.section.paths_in(material)
        }

    def materials_of(self, draw: int) -> dict[str, Material]:
        """Every material of the problem with the numbers of a draw."""
        return {
            name: changed(material, self.changes_of(draw, name)) for name, material in self.materials.items()
        }

    def chosen(self, count: int, seed: int, *, shuffled: bool = False) -> tuple[list[int], NDArray[np.intp]]:
        """Choose ``count`` draws by weight: the rows, and how often each is taken.

        A row of weight w is taken w times ``count`` times, rounded up or down.

        Parameters
        ----------
        count : number of draws
        seed : of the choice
        shuffled : return the rows in random order, for users who pair them with something else in order
        """
        random = np.random.default_rng(seed)
        order = random.permutation(len(self)) if shuffled else np.arange(len(self))
        ends = np.cumsum(self.weights[order])
        ticks = (np.arange(count) + random.random()) / count * ends[-1]
        places = np.minimum(np.searchsorted(ends, ticks, side="right"), len(self) - 1)
        rows, times = np.unique(places, return_counts=True)
        return order[rows].tolist(), times

    def ensemble(self, material: str, count: int | None = None, seed: int = 0) -> Ensemble:
        """The draws as alternatives to one of the materials.

        Parameters
        ----------
        material : any of its names
        count : largest number of draws, chosen by weight; all draws where None
        seed : of the choice

        Raises
        ------
        InputError
            The posterior has no such material; ``count`` is too small, or given where the posterior holds no
            number of the material.
        """
        material = self.name_of(material)
        rows, weights = list(range(len(self))), self.weights
        if count is not None:
            if isinstance(count, bool) or not isinstance(count, int) or count < FEWEST:
                raise InputError(f"draws are {count}; give at least {FEWEST}")
            if not self._drawn[material]:
                raise InputError(
                    f"the posterior {self.name} holds no number of {material}; give one that does"
                )
            rows = np.flatnonzero(weights).tolist()
            if len(rows) <= count:
                weights = weights[rows] / weights[rows].sum()
            else:
                rows, times = self.chosen(count, seed)
                weights = times / count
        words = f"{len(rows)} draws of the posterior {self.name}"
        return Ensemble(words, tuple((self.changes_of(row, material),) for row in rows), weights)

    def differing(self, material: Material, name: str) -> list[str]:
        """Paths of numbers, but for drawn ones, that differ from the posterior's material ``name``."""
        return differing(material, self.materials[name], self._drawn[name])

    def draws(self) -> Iterator[tuple[float, dict[str, Material]]]:
        """The weight and the materials of each draw."""
        for draw, weight in enumerate(self.weights):
            yield float(weight), self.materials_of(draw)

    def summary(self) -> list[dict]:
        """A row a parameter: median, intervals, mean and standard deviation; None where they are withheld."""
        rows = []
        for free, values in zip(self.parameters, self.values.T, strict=True):
            mean, sd = mean_and_sd(values, self.weights)
            about = {
                "Name": free.name,
                "Unit": free.section.unit,
                "Scale": free.section.scale,
                "Bounds": [free.section.lower, free.section.upper],
            }
            about |= stated_intervals(values, self.weights, self.withheld)
            sd_stated = None if self.withheld else sd
            rows.append(about | {"Mean": mean, "Standard deviation": sd_stated})
        return rows

    def table(self) -> pd.DataFrame:
        """A row a draw, units in the names of the columns."""
        content = {"Draw": np.arange(1, len(self) + 1), WEIGHT: self.weights}
        content |= {name: self.values[:, number] for number, name in enumerate(self.columns)}
        return pd.DataFrame(content | {CHI_SQUARED: self.chi_squared})


def _paths(parameters: Sequence[Free], material: str) -> set[str]:
    """Paths in a material of these of its parameters."""
    return {
        path for free in parameters if material in free.materials for path in free.section.paths_in(material)
    }


OF_TABLE = "SHA-256 of the table"


def column(free: Free) -> str:
    """Name of a parameter's column."""
    return f"{free.name} [{free.section.unit}]"


def write_posterior(posterior: Posterior, path: Path) -> list[Path]:
    """Write the table as CSV, and beside it problem, materials and record as JSON; return the paths."""
    beside = path.with_suffix(".json")
    about = {
        **posterior.record,
        "Problem": posterior.name,
        "Parameters": [
            {
                "Name": free.name,
                "Materials": list(free.materials),
                "Start": free.start,
                "Given": free.section.model_dump(exclude_none=True, mode="json"),
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
    """Read a table that ``write_posterior`` wrote, from its path or its folder."""
    if not str(path):
        raise InputError("no posterior is named; give a posterior.csv, or the folder with one")
    path = user_path(path)
    path = path / TABLE if path.is_dir() else path
    if not path.exists():
        begun = sorted(path.parent.glob("*_fit.toml")) if path.name == TABLE else []
        if begun:
            raise InputError(
                f"{path}: is not there: this fit is not finished; go on with `coreshell fit {begun[0]} --out "
                f"{path.parent} --resume`"
            )
        raise InputError(
            f"{path}: is not there; give a posterior.csv, or the folder of a `coreshell fit --out` or a "
            "`coreshell posterior` that has one"
        )
    beside = path.with_suffix(".json")
    try:
        about = json.loads(beside.read_text(encoding="utf-8"))
        checks = about.get(CHECKSUM), about.get(OF_TABLE)
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        parameters = tuple(
            Free(p["Name"], tuple(p["Materials"]), FreeParameter.model_validate(p["Given"]), p["Start"])
            for p in about["Parameters"]
        )
        materials = {name: material_from_dict(data, str(beside)) for name, data in about["Materials"].items()}
        columns = (*(column(free) for free in parameters), WEIGHT, CHI_SQUARED)
        read = np.array([_numbers(row, columns, draw) for draw, row in enumerate(rows, start=1)])
        read = read.reshape(-1, len(columns))  # keeps the columns of a table without rows
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
    not_record = ("Problem", "Parameters", "Materials", CHECKSUM, OF_TABLE)
    record = {name: value for name, value in about.items() if name not in not_record}
    return Posterior(
        about["Problem"], parameters, materials, values, weights / weights.sum(), chi_squared, record
    )


def _numbers(row: Mapping[str, str], columns: Sequence[str], draw: int) -> list[float]:
    """The numbers of a row; a ValueError names the draw and the column of a cell that is none."""
    if None in row or None in row.values():
        raise ValueError(f"draw {draw} has not as many cells as the header")
    numbers = []
    for name in columns:
        try:
            numbers.append(float(row[name]))
        except ValueError:
            raise ValueError(f"draw {draw}: {name} is {row[name]!r}, no number") from None
    return numbers


def _check_draws(path: Path, parameters: tuple[Free, ...], values: Array, weights: Array) -> None:
    """Refuse a table with a weight that is none or a value beyond its bounds: it was changed by hand."""
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise InputError(f"{path}: draw {wrong[0] + 1} has the weight {weights[wrong[0]]:g}; sample anew")
    for free, drawn in zip(parameters, values.T, strict=True):
        lower, upper = free.section.lower, free.section.upper
        slack = BY_ROUNDING * max(abs(lower), abs(upper))
        outside = np.flatnonzero(~((drawn >= lower - slack) & (drawn <= upper + slack)))
        if len(outside):
            value = with_unit(drawn[outside[0]], free.section.unit)
            raise InputError(
                f"{path}: draw {outside[0] + 1}: {free.name} is {value}, outside the bounds {lower:g} to "
                f"{upper:g} that it was drawn between; sample anew"
            )
