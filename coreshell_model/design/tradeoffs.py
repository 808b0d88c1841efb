"""Trade-offs between designs: maps, seal laws, readings, a front and its goals, computed together."""

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
from coreshell_model.design.reference import followed, reference_value, without_clusters
from coreshell_model.design.results import Sweep
from coreshell_model.design.space import Axis, Points, check_axes, grid
from coreshell_model.design.study import Front, check_search, front
from coreshell_model.design.sweep import KeptSweeps, Progress, check_points
from coreshell_model.design.variables import SEALS
from coreshell_model.inputs.ensemble import Ensemble
from coreshell_model.inputs.material import Material, is_of_the_paper
from coreshell_model.observe.clusters import SHARE
from coreshell_model.run.compiled_code import pays

THICKNESS, AREA = "thickness", "external_area"

DEFAULT_AXES = (
    Axis(THICKNESS, "nm", 2.0, 20.0, 19),
    Axis(AREA, "m2/g", 2.0, 50.0, 15, log=True),
)
"""Shell thickness by external surface area, the two variables that a coating sets."""

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
class TradeOffRequest:
    """Which trade-offs to compute.

    Attributes
    ----------
    problem : what all designs share, under the chosen seal law
    law : the name of that seal law; None for the open fraction that the material's file gives
    axes : the variables; maps are drawn over the first two
    objectives : of the front, the cuts and the best designs of the map
    goals : to be met together
    maps : further quantities to map
    readings : materials that read the loss in other ways
    ensemble : alternatives to the material, from which bands come; None for designs without a band
    electrode : map at the electrode level too
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
        """Every quantity to observe of a design."""
        labels = {axis.label for axis in self.axes}
        names = (
            *ALWAYS,
            *self.maps,
            *(objective.name for objective in self.objectives),
            *(goal.name for goal in self.goals),
            *LOSSES,
            *RECIPE,
            SHARE,
        )
        return tuple(name for name in dict.fromkeys(names) if name not in labels)

    @property
    def mapped(self) -> tuple[str, ...]:
        """The quantities of which maps are drawn."""
        return tuple(dict.fromkeys((*ALWAYS, *self.maps, *(objective.name for objective in self.objectives))))

    def axis(self, name: str) -> Axis | None:
        """The variable of that name; None where it does not vary."""
        return next((axis for axis in self.axes if axis.name == name), None)


def checked(request: TradeOffRequest) -> TradeOffRequest:
    """Refuse an impossible request; return it with a problem that observes every quantity of the request.

    Raises
    ------
    InputError
        A quantity that the protocol does not give or that is an objective twice, a reading that cannot be
        compared, too few variables, no possible design, goals that exclude each other, numbers both given
        and drawn.
    """
    check_axes(request.axes)
    if len(request.axes) < 2:
        raise InputError("a map needs two variables; add another --vary, as 'external_area=2..50 m2/g'")
    check_objectives(request.objectives)
    check_goals(request.goals)
    check_readings(request.problem.material, request.readings)
    chosen(request.problem.protocol, request.names)  # refuses what the protocol does not give, with a guess
    if request.ensemble is not None:
        check_ensemble(request.ensemble, request.problem, request.axes)
    if request.electrode and request.problem.material.electrode is None:
        raise InputError(
            f"{request.problem.material.name}: has no electrode section, which --electrode needs"
        )
    ready = replace(request, problem=replace(request.problem, observables=request.names))
    if ready.trials:
        check_search(ready.problem, ready.axes, ready.objectives, ready.trials, ready.sampler, ready.seed)
    check_points(ready.problem, map_points(ready))
    return ready


def map_points(request: TradeOffRequest) -> Points:
    """The grid of the first two variables; the others stay as they are in the material."""
    return grid(request.axes[:2])


ELECTRODE_AXES = (5, 4)
"""Points along the two axes of the map at the electrode level, where a design takes some seconds."""

BANDED = 12
"""Designs of a front, spread over it, that get a band."""

CUTS = 200
"""Designs of all cuts, roughly."""


class NothingSolvedError(RuntimeError):
    """No design of the space was solved; the message says why."""


@dataclass(frozen=True)
class TradeOffs:
    """Results of a request. Parts not asked for, or not possible, are None; ``notes`` say why."""

    request: TradeOffRequest
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
    request: TradeOffRequest,
    pool: Pool,
    folder: Path | None = None,
    *,
    resume: bool = False,
    progress: Progress | None = None,
) -> TradeOffs:
    """Evaluate a request by a pool of workers.

    Parameters
    ----------
    request : as ``checked`` returned it
    pool : as ``pool_for`` gives it
    folder : where every design is kept as it completes; in memory alone if None
    resume : go on with what the folder holds
    progress : called with the designs done, the designs planned, and those not solved

    Raises
    ------
    InputError
        Bad input, or a folder that holds other work.
    NothingSolvedError
        No design of the map was solved.
    LostWorkersError
        The scheduler went away, or worker processes do not start; finished designs are kept.
    """
    work = KeptSweeps(pool, folder, resume, _planned(request), progress)
    points = map_points(request)
    compiled = pays(request.problem.level, _planned(request) / pool.count)
    problem = replace(request.problem, compiled=compiled)
    notes = (*followed(problem, request.axes), *_notes(request))
    design_map = work.run("map", problem, points)
    if not design_map.count(SOLVED):
        raise NothingSolvedError(f"no design of the map was solved: {design_map.unsolved()}")
    reference = work.run("reference", problem, _reference(request))
    seals = areas = readings = electrode = best = None
    thickness, area = request.axis(THICKNESS), request.axis(AREA)
    if thickness is not None and problem.material.pores is not None:
        seals = compare_seals(problem, request.axes, thickness, request.objectives, work.run)
    if area is not None:
        areas = compare_areas(problem, request.axes, area, request.objectives, work.run)
    if request.readings and thickness is not None and area is not None and len(request.axes) == 2:
        materials = (problem.material, *request.readings)
        readings = compare_readings(
            problem, materials, (thickness, area), points, request.objectives, work.run, request.law
        )
    if request.electrode:
        at_electrode = replace(problem, level="electrode", compiled=False)
        electrode = work.run("electrode", at_electrode, _coarse(request))
    if request.trials:
        best = _with_map(_front(request, problem, pool, folder, resume, work), design_map, problem)
    front_bands, reference_band = _bands(request, problem, best, work)
    notes = (*notes, *without_clusters(work.unformed, work.solved))
    parts = (design_map, electrode, seals, areas, readings, best, front_bands, reference, reference_band)
    return TradeOffs(request, *parts, notes)


def _notes(request: TradeOffRequest) -> list[str]:
    """What to know of the seal law, and why parts of the trade-offs are left out."""
    material, thickness = request.problem.material, request.axis(THICKNESS)
    notes = []
    if request.law is not None and not is_of_the_paper(material):
        notes.append(
            f"The {request.law} seal law has numbers assumed for the carbon of Appel et al., not measured on "
            f"{material.name}; set them as pores.{SEALS[request.law][0]}..., or give --seal none."
        )
    if thickness is None:
        notes.append("The seal laws are not compared, because the shell's thickness does not vary.")
    elif material.pores is None:
        notes.append(f"The seal laws are not compared: {material.name} has no pores section.")
    if request.readings and (thickness is None or request.axis(AREA) is None or len(request.axes) != 2):
        notes.append("The readings are not compared: that needs thickness and external_area, and no others.")
    if request.ensemble is None:
        notes.append("No posterior and no assumed ranges: designs have no band, goals no probability.")
    elif request.ensemble.weights is None and request.goals:
        notes.append("Without a posterior table goals have no probability; give --posterior TABLE.")
    return notes


def _planned(request: TradeOffRequest) -> int:
    """Number of designs of maps, search and cuts; those of the bands are not counted."""
    points = len(map_points(request))
    return points * (1 + len(request.readings)) + request.trials + CUTS


def _coarse(request: TradeOffRequest) -> Points:
    axes = [
        axis if axis.values else replace(axis, points=count)
        for axis, count in zip(request.axes[:2], ELECTRODE_AXES, strict=True)
    ]
    return grid(axes)


def _front(
    request: TradeOffRequest,
    problem: Problem,
    pool: Pool,
    folder: Path | None,
    resume: bool,
    work: KeptSweeps,
) -> Front:
    """The front, by the search that the request asks for."""
    front_folder = folder / "front" if folder else None
    return front(
        problem,
        request.axes,
        request.objectives,
        request.trials,
        front_folder,
        sampler=request.sampler,
        seed=request.seed,
        resume=resume and front_folder is not None and front_folder.exists(),
        evaluate=partial(at_once, pool),
        progress=work.searched,
    )


def _with_map(best: Front, design_map: Sweep, problem: Problem) -> Front:
    """The front among the designs of search and map, so that none of the map beats a recommended design.

    Where the search varies more than the map does, the map has the values of the material as it is; it is
    left out where these lie outside the range of the search.
    """
    designs = design_map.table
    for axis in best.axes[2:]:
        value = axis_value(*reference_value(axis.name, problem), axis)
        if not axis.low <= value <= axis.high:
            return best
        designs = designs.assign(**{axis.label: value})
    columns = best.table.columns.drop("On front")
    solved = designs.loc[designs["Ending"] == SOLVED, columns]
    return best.with_designs(solved.dropna(subset=[objective.name for objective in best.objectives]))


def _reference(request: TradeOffRequest) -> Points:
    """The material as it is: one point, at the material's own value of the first variable."""
    axis = request.axes[0]
    value = axis_value(*reference_value(axis.name, request.problem), axis)
    reference_axis = Axis(axis.name, axis.unit, values=(value,))
    return Points((reference_axis,), np.array([[value]]), "the material as it is")


def _bands(
    request: TradeOffRequest, problem: Problem, best: Front | None, work: KeptSweeps
) -> tuple[dict[int, Band], Band | None]:
    """Bands of designs spread over the front, by their place on it, and that of the material as it is."""
    if request.ensemble is None:
        return {}, None
    front_bands: dict[int, Band] = {}
    if best is not None and len(best.designs):
        places = np.unique(np.linspace(0, len(best.designs) - 1, BANDED).round().astype(int))
        run = partial(work.run, f"bands of {request.trials} trials")
        spread = best.designs.iloc[places]
        spread_bands = bands(problem, request.axes, spread, request.ensemble, request.goals, run)
        front_bands = dict(zip(places.tolist(), spread_bands, strict=True))
    points = _reference(request)
    reference = pd.DataFrame(points.values, columns=[axis.label for axis in points.axes])
    run = partial(work.run, "band of the reference")
    return front_bands, bands(problem, points.axes, reference, request.ensemble, request.goals, run)[0]
