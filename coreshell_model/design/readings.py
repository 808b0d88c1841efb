"""Comparison of readings of the first-cycle loss, or of the rates, and what each advises to make next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.design.advice import SEALED, Run, held_at, sealed, under
from coreshell_model.design.goals import Objective
from coreshell_model.design.problem import Problem
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points
from coreshell_model.inputs.material import CoreShellMaterial, Material

AS_IS, LARGER, THINNER = (
    "as it is",
    "particles twice as large, same CVD mass gain",
    "shell two thirds as thick, same external area",
)
EFFICIENCY = "Initial coulombic efficiency"
SHOWN = (
    EFFICIENCY,
    "First-cycle loss [mA.h.g-1]",
    "Loss to SEI [mA.h.g-1]",
    "Loss to trapped sodium [mA.h.g-1]",
    "Reversible capacity [mA.h.g-1]",
)


@dataclass(frozen=True)
class Readings:
    """Results for materials that explain the same loss, or the same rates, in different ways.

    Attributes
    ----------
    actions : a row for each reading and change of the particle, all sealed, so that leaks play no part
    maps : by reading, its designs under the chosen seal law
    best : by reading, the best design of its map for the first objective
    advice : by reading, a sentence
    """

    actions: pd.DataFrame
    maps: Mapping[str, Sweep]
    best: Mapping[str, dict]
    advice: Mapping[str, str]


def compare_readings(
    problem: Problem,
    materials: Sequence[Material],
    axes: tuple[Axis, Axis],
    points: Points,
    objectives: Sequence[Objective],
    run: Run,
    law: str | None,
) -> Readings:
    """Run each reading with the same changes of the particle and over the same map.

    Parameters
    ----------
    problem : of the first reading; the others replace its material
    materials : the readings
    axes : thickness and external area
    points : of the map
    objectives : shown for each change; the first one decides on the best design of a map
    run : runs a sweep
    law : the seal law of the maps; None for that of the material's file
    """
    check_readings(materials[0], materials[1:])
    changed = _changes(problem, axes)
    shown = tuple(dict.fromkeys((*SHOWN, *(objective.name for objective in objectives))))
    maps, rows, best, advice = {}, [], {}, {}
    for material in materials:
        of_reading = replace(problem, material=material)
        swept = run(f"reading {material.name} actions", under(of_reading, SEALED), changed)
        reading_rows = [
            {"Reading": material.name, "Change": action} | _numbers(swept, number, shown)
            for number, action in enumerate((AS_IS, LARGER, THINNER))
        ]
        rows += reading_rows
        maps[material.name] = run(
            f"reading {material.name} map", under(of_reading, law) if law else of_reading, points
        )
        best[material.name] = _best(maps[material.name], axes, objectives[0])
        advice[material.name] = _advice(reading_rows)
    return Readings(pd.DataFrame(rows), maps, best, advice)


def check_readings(material: Material, readings: Sequence[Material]) -> None:
    """Raise InputError for a reading without wetted pores or a shell, and for two of one name."""
    names = [reading.name for reading in (material, *readings)]
    if len(set(names)) < len(names):
        raise InputError(f"readings {', '.join(names)}: two have the same name; rename one")
    for reading in (material, *readings) if readings else ():
        if not isinstance(reading, CoreShellMaterial):
            raise InputError(f"reading {reading.name} has no shell; give a core-shell material")
        sealed(reading)  # refuses a material without wetted pores


def _changes(problem: Problem, axes: tuple[Axis, Axis]) -> Points:
    """The particle as it is, twice as large at equal mass gain, and with a thinner shell.

    At equal mass gain everything scales with the radius: twice the thickness, half the area per gram.
    """
    thickness, area = (held_at(problem, axis) for axis in axes)
    values = np.array([[thickness, area], [2 * thickness, area / 2], [2 / 3 * thickness, area]])
    low, high = values.min(axis=0), values.max(axis=0)
    enclosing = tuple(
        Axis(axis.name, axis.unit, float(a), float(b)) for axis, a, b in zip(axes, low, high, strict=True)
    )
    return Points(enclosing, values, "the particle and two changes of it")


def _numbers(sweep: Sweep, number: int, names: Sequence[str]) -> dict[str, float | None]:
    row = sweep.table.set_index("Point").loc[number]
    return {name: None if np.isnan(row[name]) else float(row[name]) for name in names}


def _best(sweep: Sweep, axes: Sequence[Axis], objective: Objective) -> dict:
    rows = sweep.solved.dropna(subset=[objective.name])
    if rows.empty:
        return {}
    row = rows.loc[(objective.sign * rows[objective.name]).idxmax()]
    names = [axis.label for axis in axes] + [name for name in sweep.observables if np.isfinite(row[name])]
    return {name: float(row[name]) for name in names}


def _advice(rows: list[dict]) -> str:
    """A sentence: which of the two changes raises the efficiency more, and by how much."""
    as_is, larger, thinner = (row[EFFICIENCY] for row in rows)
    if as_is is None or larger is None or thinner is None:
        return "A run was not solved, so there is no advice."
    by_size, by_shell = 100 * (larger - as_is), 100 * (thinner - as_is)
    first, second = ("larger particles", "a thinner shell")
    if by_shell > by_size:
        first, second, by_size, by_shell = second, first, by_shell, by_size
    return (
        f"Make {first} ({by_size:+.1f} points of ICE) rather than {second} ({by_shell:+.1f}), as far as the "
        "shell still seals."
    )
