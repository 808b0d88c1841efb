"""Maps, seal laws, readings, fronts and goals of a wish, computed together."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import Pool
from coreshell_model.design.advice import (
    AreaComparison,
    SealComparison,
    axis_value,
    compare_areas,
    compare_seals,
)
from coreshell_model.design.bands import Band, bands, check_ensemble
from coreshell_model.design.batches import at_once
from coreshell_model.design.comparison import chosen
from coreshell_model.design.goals import Goal, Objective, check_goals, check_objectives
from coreshell_model.design.problem import SOLVED, Problem
from coreshell_model.design.readings import Readings, check_readings, compare_readings
from coreshell_model.design.reference import followed, reference_value
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points, check_axes, grid
from coreshell_model.design.study import Front, check_search, front
from coreshell_model.design.sweep import KeptSweeps, Progress, check_points
from coreshell_model.design.variables import SEALS
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import Material, is_of_the_paper
from coreshell_model.run.compiled_code import PAYS_FROM

THICKNESS, AREA = "thickness", "external_area"

DEFAULT_AXES = (
    Axis(THICKNESS, "nm", 2.0, 20.0, 19),
    Axis(AREA, "m2/g", 2.0, 50.0, 15, log=True),
)
"""Shell thickness by external surface area, what the question is about."""

RECIPE = (
    "CVD mass gain [%]",
    "Particle radius [nm]",
    "Shell thickness [nm]",
    "External area [m2.g-1]",
    "Open fraction",
    "Plateau capacity bound [mA.h.g-1]",
)
LOSSES = ("First-cycle loss [mA.h.g-1]", "Loss to SEI [mA.h.g-1]", "Loss to trapped sodium [mA.h.g-1]")
ALWAYS = ("Initial coulombic efficiency", "Reversible capacity [mA.h.g-1]", "Volumetric capacity [mA.h.cm-3]")


@dataclass(frozen=True)
class Wanted:
    """What trade-offs are asked for.

    Attributes
    ----------
    problem : what all designs share, with the seal law chosen
    law : that law's name; None for what the material's file gives
    axes : the variables; maps are drawn over the first two
    objectives : of front, cuts and best designs
    goals : to be met together
    maps : further quantities to map
    readings : materials that read the loss in other ways
    ensemble : what is not known of the material; None for designs without a band
    electrode : map the areal capacity at the electrode level too
    trials, sampler, seed : of the search; 0 trials for none
    """

    problem: Problem
    law: str | None
    axes: tuple[Axis, ...]
    objectives: tuple[Objective, ...]
    goals: tuple[Goal, ...] = ()
    maps: tuple[str, ...] = ()
    readings: tuple[Material, ...] = ()
    ensemble: Ensemble | None = None
    electrode: bool = False
    trials: int = 200
    sampler: str = "tpe"
    seed: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is observed of a design."""
        labels = {axis.label for axis in self.axes}
        wanted = (
            *ALWAYS,
            *self.maps,
            *(each.name for each in self.objectives),
            *(each.name for each in self.goals),
            *LOSSES,
            *RECIPE,
        )
        return tuple(name for name in dict.fromkeys(wanted) if name not in labels)

    @property
    def mapped(self) -> tuple[str, ...]:
        """What maps are drawn of."""
        return tuple(dict.fromkeys((*ALWAYS, *self.maps, *(each.name for each in self.objectives))))

    def axis(self, name: str) -> Axis | None:
        """The variable of that name, where it varies."""
        return next((axis for axis in self.axes if axis.name == name), None)


def checked(wanted: Wanted) -> Wanted:
    """The same with its problem observing all that is wanted, once it is sure to be possible.

    Raises
    ------
    InputError
        A quantity that the protocol does not give or that is an objective twice, a reading that cannot be
        compared, too few variables, no possible design, goals that
        exclude each other, numbers both given and drawn.
    """
    check_axes(wanted.axes)
    if len(wanted.axes) < 2:
        raise InputError("a map needs two variables; add another --vary, as 'external_area=2..50 m2/g'")
    check_objectives(wanted.objectives)
    check_goals(wanted.goals)
    check_readings(wanted.problem.material, wanted.readings)
    chosen(wanted.problem.protocol, wanted.names)  # refuses what the protocol does not give, with a guess
    if wanted.ensemble is not None:
        check_ensemble(wanted.ensemble, wanted.problem, wanted.axes)
    if wanted.electrode and wanted.problem.material.electrode is None:
        raise InputError(f"{wanted.problem.material.name}: has no electrode section, which --electrode needs")
    ready = replace(wanted, problem=replace(wanted.problem, observables=wanted.names))
    if ready.trials:
        check_search(ready.problem, ready.axes, ready.objectives, ready.trials, ready.sampler, ready.seed)
    check_points(ready.problem, map_points(ready))
    return ready


def map_points(wanted: Wanted) -> Points:
    """The grid of the first two variables; the others are left as they are in the material."""
    return grid(wanted.axes[:2])


ELECTRODE_AXES = (5, 4)
"""Points of a map at the electrode level: a design costs some seconds there."""

BANDED = 12
"""Designs of a front that get a band, spread over it."""

CUTS = 200
"""Designs of the cuts, about."""


class NothingSolvedError(RuntimeError):
    """A space in which no design was solved; the message says why."""


@dataclass(frozen=True)
class TradeOffs:
    """What was found; parts that were not asked for, or could not be, are None, and ``notes`` say why."""

    wanted: Wanted
    map: Sweep
    electrode: Sweep | None
    seals: SealComparison | None
    areas: AreaComparison | None
    readings: Readings | None
    front: Front | None
    bands: dict[int, Band]
    reference: Sweep
    reference_band: Band | None
    notes: tuple[str, ...]


def trade_offs(
    wanted: Wanted,
    pool: Pool,
    folder: Path | None = None,
    *,
    resume: bool = False,
    progress: Progress | None = None,
) -> TradeOffs:
    """Evaluate all that is wanted by a pool of workers.

    Parameters
    ----------
    wanted : as ``checked`` returned it
    pool : as ``pool_for`` gives it
    folder : where every design is kept as it completes; memory alone where not given
    resume : go on with what the folder holds
    progress : called with the designs done, those known to be wanted, and those not solved

    Raises
    ------
    InputError
        Bad input, or a folder with something else.
    NothingSolvedError
        No design of the map was solved.
    LostWorkersError
        The scheduler went away, or processes that do not even start; what is done is kept.
    """
    work = KeptSweeps(pool, folder, resume, _planned(wanted), progress)
    points = map_points(wanted)
    pays = _planned(wanted) / pool.count >= PAYS_FROM
    problem = replace(wanted.problem, compiled=pays and wanted.problem.level == "particle")
    notes = followed(problem, wanted.axes)
    if wanted.law is not None and not is_of_the_paper(problem.material):
        notes.append(
            f"The {wanted.law} seal law has numbers assumed for the carbon of Appel et al., not measured on "
            f"{problem.material.name}; set them as pores.{SEALS[wanted.law][0]}..., or give --seal none."
        )
    found = work.run("map", problem, points)
    if not found.count(SOLVED):
        raise NothingSolvedError(f"no design of the map was solved: {found.unsolved()}")
    reference = work.run("reference", problem, _reference(wanted))
    seals = areas = readings = None
    thickness, area = wanted.axis(THICKNESS), wanted.axis(AREA)
    if thickness is None:
        notes.append("The seal laws are not compared, because the shell's thickness does not vary.")
    elif problem.material.pores is None:
        notes.append(f"The seal laws are not compared: {problem.material.name} has no pores section.")
    else:
        seals = compare_seals(problem, wanted.axes, thickness, wanted.objectives, work.run)
    if area is not None:
        areas = compare_areas(problem, wanted.axes, area, wanted.objectives, work.run)
    if wanted.readings and thickness is not None and area is not None and len(wanted.axes) == 2:
        materials = (problem.material, *wanted.readings)
        readings = compare_readings(
            problem, materials, (thickness, area), points, wanted.objectives, work.run, wanted.law
        )
    elif wanted.readings:
        notes.append("The readings are not compared: that needs thickness and external_area, and no others.")
    electrode = work.run("electrode", _at_electrode(problem), _coarse(wanted)) if wanted.electrode else None
    best, its_bands, own_band = None, {}, None
    if wanted.trials:
        best = front(
            problem,
            wanted.axes,
            wanted.objectives,
            wanted.trials,
            folder / "front" if folder else None,
            sampler=wanted.sampler,
            seed=wanted.seed,
            resume=resume and folder is not None and (folder / "front").exists(),
            evaluate=partial(at_once, pool),
            progress=work.searched,
        )
    if wanted.ensemble is None:
        notes.append("No posterior and no assumed ranges: designs have no band, goals no probability.")
    else:
        its_bands, own_band = _banded(wanted, problem, best, work)
        if wanted.ensemble.weights is None and wanted.goals:
            notes.append("Without a posterior table goals have no probability; give --posterior TABLE.")
    return TradeOffs(
        wanted, found, electrode, seals, areas, readings, best, its_bands, reference, own_band, tuple(notes)
    )


def _planned(wanted: Wanted) -> int:
    """Designs of maps, search and cuts; bands come on top."""
    points = len(map_points(wanted))
    return points * (1 + len(wanted.readings)) + wanted.trials + CUTS


def _coarse(wanted: Wanted) -> Points:
    axes = [
        axis if axis.values else replace(axis, points=count)
        for axis, count in zip(wanted.axes[:2], ELECTRODE_AXES, strict=True)
    ]
    return grid(axes)


def _at_electrode(problem: Problem) -> Problem:
    return replace(problem, level="electrode", compiled=False)


def _reference(wanted: Wanted) -> Points:
    """The material as it is: one point, its first variable at what it is there."""
    axis = wanted.axes[0]
    value = axis_value(*reference_value(axis.name, wanted.problem), axis)
    own = Axis(axis.name, axis.unit, values=(value,))
    return Points((own,), np.array([[value]]), "the material as it is")


def _banded(
    wanted: Wanted, problem: Problem, best: Front | None, work: KeptSweeps
) -> tuple[dict[int, Band], Band]:
    """Bands of designs spread over the front, by their place on it, and of the material as it is."""
    assert wanted.ensemble is not None
    found: dict[int, Band] = {}
    if best is not None and len(best.designs):
        places = np.unique(np.linspace(0, len(best.designs) - 1, BANDED).round().astype(int))
        run = partial(work.run, f"bands of {wanted.trials} trials")
        spread = best.designs.iloc[places]
        of = bands(problem, wanted.axes, spread, wanted.ensemble, wanted.goals, run)
        found = dict(zip(places.tolist(), of, strict=True))
    points = _reference(wanted)
    here = pd.DataFrame(points.values, columns=[axis.label for axis in points.axes])
    run = partial(work.run, "band of the reference")
    return found, bands(problem, points.axes, here, wanted.ensemble, wanted.goals, run)[0]
