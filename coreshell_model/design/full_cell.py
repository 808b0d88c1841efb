"""Trade-offs between designs of full cells: energy by thickness and area, and the price of lost sodium."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import interval
from coreshell_model.base.pool import Pool
from coreshell_model.design.advice import axis_value
from coreshell_model.design.bands import axes_of
from coreshell_model.design.problem import SOLVED, Problem
from coreshell_model.design.reference import reference_value
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points, check_axes, grid
from coreshell_model.design.sweep import KeptSweeps, Progress, check_points
from coreshell_model.design.tradeoffs import NothingSolvedError
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import Material
from coreshell_model.observe.full_cell import LIFE, LOWEST
from coreshell_model.run.compiled_code import pays

SPECIFIC, DENSITY = "Specific energy [W.h.kg-1]", "Energy density [W.h.L-1]"
EFFICIENCY, RATIO = "Cell first-cycle efficiency", "N/P ratio"
REVERSIBLE = "Reversible capacity [mA.h.g-1]"

OF_CELL = (
    SPECIFIC,
    DENSITY,
    LIFE,
    EFFICIENCY,
    RATIO,
    LOWEST,
    "Mean discharge voltage [V]",
    REVERSIBLE,
    "Particle radius [nm]",
    "Shell thickness [nm]",
    "External area [m2.g-1]",
    "Open fraction",
)
"""What is observed of a full cell."""

OF_HALF = (
    "Initial coulombic efficiency",
    "Reversible capacity [mA.h.g-1]",
    "Volumetric capacity [mA.h.cm-3]",
)
"""What is observed of the same design in a half-cell."""

HALF_CELL = "in a half-cell: "
"""How the name of a result of the half-cell begins beside those of the full cell."""

LOADING = "8 mg/cm2"
"""Active carbon per area of a full cell, unless set. assumed: a coating of an industrial cell; that of a
laboratory, 1.1 mg/cm2 in Appel et al., would be outweighed by its foils."""

PRESODIATION = "presodiation.capacity"
STEP = 10.0
"""Presodiation [mA.h.g-1] by whose effect the exchange rate is measured."""

AMOUNTS = 9
"""Amounts of presodiation of which the price is computed, from none to more than the first loss."""

MOST_OF_LOSS = 1.5
"""The largest of them, over that loss."""


@dataclass(frozen=True)
class FullCellRequest:
    """Which full cells to compare.

    Attributes
    ----------
    problem : of the full cells, under the chosen seal law
    half : of the same carbon in a half-cell
    law : the name of that seal law; None for what the material's file states
    axes : the variables of the map
    readings : materials that read the loss in other ways, for the band of the exchange rate
    ensemble : draws of a posterior, for the same band; None without one
    """

    problem: Problem
    half: Problem
    law: str | None
    axes: tuple[Axis, ...]
    readings: tuple[Material, ...] = ()
    ensemble: Ensemble | None = None


@dataclass(frozen=True)
class ExchangeRate:
    """What a point of first-cycle efficiency is worth, at the material as it is.

    Attributes
    ----------
    energy : energy that a point adds [W.h.kg-1], (68)
    positive : share of the positive electrode that a point saves [%], (69)
    band : ends of ``energy`` over the alternatives; None without any
    positive_band : the same of ``positive``
    over : what the alternatives are, in words
    """

    energy: float
    positive: float
    band: tuple[float, float] | None
    positive_band: tuple[float, float] | None
    over: str


@dataclass(frozen=True)
class FullCells:
    """Results of a request; ``presodiation`` has a row for each amount."""

    request: FullCellRequest
    map: Sweep
    half: Sweep
    reference: Sweep
    exchange: ExchangeRate | None
    presodiation: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """The designs that were solved in both cells, with the results of both."""
        half = pd.DataFrame(self.half.solved[["Point", *OF_HALF]]).rename(
            columns={name: HALF_CELL + name for name in OF_HALF}
        )
        return self.map.solved.merge(half, on="Point")


def checked(request: FullCellRequest) -> FullCellRequest:
    """Refuse an impossible request; return it with problems that observe what is compared.

    Raises
    ------
    InputError
        Too few variables, no possible design, or a material without the numbers of a stack.
    """
    check_axes(request.axes)
    if len(request.axes) != 2:
        raise InputError("a map of full cells takes two variables; give --vary twice, or not at all")
    material = request.problem.material
    if material.electrode is None:
        raise InputError(
            f"{material.name}: has no electrode section, which energies per mass and volume need; add it "
            "(see parameters/README.md)"
        )
    labels = {axis.label for axis in request.axes}
    names = tuple(name for name in OF_CELL if name not in labels)
    ready = replace(
        request,
        problem=replace(request.problem, observables=names),
        half=replace(request.half, observables=OF_HALF),
    )
    check_points(ready.problem, grid(ready.axes))
    return ready


def full_cells(
    request: FullCellRequest,
    pool: Pool,
    folder: Path | None = None,
    *,
    resume: bool = False,
    progress: Progress | None = None,
) -> FullCells:
    """Evaluate a request by a pool; parameters and errors are those of ``tradeoffs.trade_offs``."""
    points = grid(request.axes)
    planned = 2 * len(points) + AMOUNTS
    work = KeptSweeps(pool, folder, resume, planned, progress)
    compiled = pays(request.problem.level, planned / pool.count)
    problem = replace(request.problem, compiled=compiled)
    half = replace(request.half, compiled=compiled)
    design_map = work.run("map", problem, points)
    if not design_map.count(SOLVED):
        raise NothingSolvedError(f"no full cell was solved: {design_map.unsolved()}")
    in_half = work.run("half-cell map", half, points)
    reference = work.run("reference", problem, _with(_of_material(request), 0.0))
    exchange = _exchange(request, problem, reference, work.run)
    price = work.run("presodiation", problem, _amounts(request, reference))
    return FullCells(request, design_map, in_half, reference, exchange, price.table)


def _of_material(request: FullCellRequest) -> tuple[Axis, float]:
    """The first variable, and its value in the material as it is."""
    axis = request.axes[0]
    return axis, axis_value(*reference_value(axis.name, request.problem), axis)


def _with(of_material: tuple[Axis, float], *amounts: float) -> Points:
    """The material as it is, with amounts of presodiation [mA.h.g-1]."""
    axis, value = of_material
    axes = (replace(axis, values=(value,)), Axis(PRESODIATION, "mAh/g", values=tuple(amounts)))
    return Points(axes, np.array([[value, amount] for amount in amounts]), "the material as it is")


def _amounts(request: FullCellRequest, reference: Sweep) -> Points:
    """Amounts from none to more than the first cycle loses."""
    solved = reference.solved
    if solved.empty:
        return _with(_of_material(request), 0.0, STEP)
    efficiency, capacity = (float(solved[name].iloc[0]) for name in (EFFICIENCY, REVERSIBLE))
    most = MOST_OF_LOSS * capacity * (1 / efficiency - 1)
    return _with(_of_material(request), *np.linspace(0, most, AMOUNTS).round(2).tolist())


def _exchange(
    request: FullCellRequest, problem: Problem, reference: Sweep, run: Callable[..., Sweep]
) -> ExchangeRate | None:
    """The exchange rate with its band, over the draws of a posterior or over the readings of the loss."""
    two = _with(_of_material(request), 0.0, STEP)
    own = _rates(run("exchange", problem, two).table)
    if own is None:
        return None
    if request.ensemble is not None:
        ensemble, count = request.ensemble, len(request.ensemble)
        values = np.hstack([np.repeat(two.values, count, axis=0), np.tile(ensemble.values, (2, 1))])
        points = Points((*two.axes, *axes_of(ensemble)), values, f"two cells with {ensemble.description}")
        rows = run("exchange over draws", problem, points).table.set_index("Point").reindex(range(2 * count))
        pairs = [_rates(rows.iloc[[place, place + count]]) for place in range(count)]
        numbers = np.array([pair or (np.nan, np.nan) for pair in pairs])
        ends = [interval(numbers[:, which], ensemble.weights) for which in (0, 1)]
        return ExchangeRate(*own, ends[0], ends[1], ensemble.description)
    others = [
        _rates(run(f"exchange {reading.name}", replace(problem, material=reading), two).table)
        for reading in request.readings
    ]
    known = [own, *(pair for pair in others if pair is not None)]
    if len(known) < 2:
        return ExchangeRate(*own, None, None, "no alternatives")
    energies, shares = zip(*known, strict=True)
    names = ", ".join(reading.name for reading in request.readings)
    return ExchangeRate(
        *own, (min(energies), max(energies)), (min(shares), max(shares)), f"{problem.material.name}, {names}"
    )


def _rates(table: pd.DataFrame) -> tuple[float, float] | None:
    """Energy [W.h.kg-1] and share of the positive electrode [%] of a point, from two cells (68), (69)."""
    solved = pd.DataFrame(table[table["Ending"] == SOLVED])
    if len(solved) != 2:
        return None
    efficiency, energy = (solved[name].to_numpy(float) for name in (EFFICIENCY, SPECIFIC))
    gained = 100 * (efficiency[1] - efficiency[0])
    if not gained > 0:
        return None
    return float((energy[1] - energy[0]) / gained), float(1 / efficiency[0])


def best(cells: FullCells, name: str) -> dict[str, Any] | None:
    """The design of the map with the most of a result, all its numbers; None where none has it."""
    table = cells.table
    known = table.dropna(subset=[name])
    if known.empty:
        return None
    row = known.loc[known[name].idxmax()]
    return {column: _plain(row[column]) for column in _columns(cells)}


def _columns(cells: FullCells) -> list[str]:
    labels = [axis.label for axis in cells.request.axes]
    of_half = [HALF_CELL + name for name in OF_HALF]
    return [name for name in dict.fromkeys((*labels, *OF_CELL, *of_half)) if name in cells.table]


def _plain(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None


OBJECTIVES: Sequence[str] = (SPECIFIC, DENSITY, LIFE, *(HALF_CELL + name for name in OF_HALF))
"""What a best design is named after: results of the full cell, and of the half-cell beside them."""
