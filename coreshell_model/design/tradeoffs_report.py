"""The report of trade-offs: figures and tables, with designs of the literature for comparison."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.provenance import versions
from coreshell_model.base.tables import without_unit
from coreshell_model.base.written import write_files
from coreshell_model.design.advice import held_at
from coreshell_model.design.bands import PROBABILITY, Band
from coreshell_model.design.beside import (
    Advised,
    Numbers,
    beside,
    comparison_rows,
    merged,
    numbers_of,
    present,
)
from coreshell_model.design.goals import all_met
from coreshell_model.design.range_ends import at_ends
from coreshell_model.design.results import Sweep
from coreshell_model.design.tradeoffs import TradeOffs
from coreshell_model.inputs.particle import pore_volume_bound
from coreshell_model.inputs.user_defaults import defaults_of
from coreshell_model.observe.quantities import SHORT
from coreshell_model.show.figures.designs import cuts_picture, front_picture, map_picture
from coreshell_model.show.figures.picture import save_picture

FILE = "literature_designs.csv"

CAPACITY, EFFICIENCY = "Reversible capacity [mA.h.g-1]", "Initial coulombic efficiency"


def literature() -> pd.DataFrame:
    """Name, kind ("literature" or "measured"), reversible capacity and initial coulombic efficiency, source.

    Each source used its own protocol: masses, rates and cut-offs differ.

    Raises
    ------
    InputError
        The installation carries no such file.
    """
    path = library.folder("validation") / FILE
    try:
        return pd.read_csv(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; reinstall coreshell_model") from None


RESULTS, FRONT, ADVICE = "design.json", "front_designs.csv", "advised_designs.csv"

RECOMMENDED, PRESENT = "recommended", "as it is"

SHORTER = {name: short for short, name in SHORT.items() if short.isupper()}
"""Abbreviations of quantities for the legends of pictures."""


def results(trade_offs: TradeOffs) -> dict[str, Any]:
    """All results under stable names; None for what was not asked for."""
    request, material = trade_offs.request, trade_offs.request.problem.material
    return {
        "Material": material.name,
        "Protocol": request.problem.protocol.name,
        "User defaults": defaults_of(request.problem.protocol),
        "Seal law": request.law or "as the material's file gives it",
        "Variables": [
            {"Name": axis.name, "Unit": axis.unit, "Low": axis.ends[0], "High": axis.ends[1]}
            for axis in request.axes
        ],
        "Objectives": [str(objective) for objective in request.objectives],
        "Goals": [str(goal) for goal in request.goals],
        "Reference": _row(trade_offs.reference, 0) | {"Band": _band(trade_offs.reference_band)},
        "Plateau capacity bound [mA.h.g-1]": pore_volume_bound(material),
        "Map": _counts(trade_offs.map) | {"Best": _best(trade_offs)},
        "Electrode map": None if trade_offs.electrode is None else _counts(trade_offs.electrode),
        "Seal laws": None if trade_offs.seals is None else trade_offs.seals.rows(),
        "Seal advice": None if trade_offs.seals is None else trade_offs.seals.advice,
        "External areas": None if trade_offs.areas is None else trade_offs.areas.rows(),
        "External area advice": None if trade_offs.areas is None else trade_offs.areas.advice,
        "Readings": _readings(trade_offs),
        "Front": _front(trade_offs),
        "Bands from": None if request.ensemble is None else request.ensemble.description,
        "Recommended": recommended(trade_offs),
        "Beside the material as it is": {
            design.why: beside(as_it_is(trade_offs), design.numbers) for design in advised(trade_offs)
        },
        "Ends of ranges": range_advice(trade_offs),
        "Literature": _records(literature()),
        "Notes": list(trade_offs.notes),
        "Versions": versions(),
    }


def recommended(trade_offs: TradeOffs) -> dict[str, Any] | None:
    """The design of the front that is likeliest to meet the goals; without probabilities one that meets them.

    Of equal designs, the best by the first objective. None without goals or front, or if none meets them.
    """
    if not trade_offs.request.goals or trade_offs.front is None:
        return None
    rows = front_rows(trade_offs)
    likely = [row for row in rows if row[PROBABILITY]]
    if likely:
        return max(likely, key=lambda row: row[PROBABILITY])
    if trade_offs.request.ensemble is not None and trade_offs.request.ensemble.weights is not None:
        return None
    return next((row for row in rows if row["Meets goals"]), None)


def as_it_is(trade_offs: TradeOffs) -> dict[str, float]:
    """The numbers of the material as it is, named as those of a design."""
    return present(trade_offs.request.problem, trade_offs.request.axes, trade_offs.reference)


def advised(trade_offs: TradeOffs) -> list[Advised]:
    """The recommended design, if any, and the best of the map for each objective."""
    request, best = trade_offs.request, recommended(trade_offs)
    designs = [] if best is None else [Advised(RECOMMENDED, RECOMMENDED, numbers_of(best))]
    on_map = _best(trade_offs)
    for objective in request.objectives:
        if str(objective) in on_map:
            shown = SHORTER.get(objective.name, without_unit(objective.name))
            which = f"{'highest' if objective.raised else 'lowest'} {shown}"
            row = numbers_of(on_map[str(objective)])
            designs.append(Advised(f"{objective} of the map", which, row))
    return designs


def distinct(trade_offs: TradeOffs) -> list[Advised]:
    """The same, a design that is advised for several reasons once."""
    return merged(advised(trade_offs), trade_offs.request.axes)


def range_advice(trade_offs: TradeOffs) -> list[str]:
    """A sentence for each end of a range at which an advised design lies."""
    axes = trade_offs.request.axes
    places = {
        design.why: {axis.name: design.numbers[axis.label] for axis in axes if axis.label in design.numbers}
        for design in advised(trade_offs)
    }
    return at_ends(axes, places)


def front_rows(trade_offs: TradeOffs) -> list[dict[str, Any]]:
    """The designs of the front with band and probability, if any; the best by the first objective first."""
    if trade_offs.front is None:
        return []
    rows = []
    for place, row in enumerate(_records(trade_offs.front.designs)):
        band, goals = trade_offs.bands.get(place), trade_offs.request.goals
        meets = all_met(goals, row) if goals else None
        shown = {name: value for name, value in row.items() if name not in ("Ending", "Reason", "On front")}
        rows.append(
            shown
            | {"Meets goals": meets, PROBABILITY: band.probability if band else None, "Band": _band(band)}
        )
    return rows


def save(trade_offs: TradeOffs, folder: Path) -> list[Path]:
    """Write pictures with their numbers, the front as a table, and everything as JSON; return the paths.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    paths = write_files({RESULTS: json.dumps(results(trade_offs), indent=2, allow_nan=False)}, folder)
    for name, picture in pictures(trade_offs).items():
        paths += save_picture(picture, folder / f"{name}.png", (".pdf",))
    if trade_offs.front is not None:
        table = pd.DataFrame(front_rows(trade_offs)).drop(columns="Band", errors="ignore")
        paths += write_files({FRONT: table.to_csv(index=False)}, folder)
    side_by_side = pd.DataFrame(comparison_rows(as_it_is(trade_offs), advised(trade_offs)))
    paths += write_files({ADVICE: side_by_side.to_csv(index=False)}, folder)
    if trade_offs.readings is not None:
        paths += write_files({"readings.csv": trade_offs.readings.actions.to_csv(index=False)}, folder)
    return paths


def pictures(trade_offs: TradeOffs) -> dict[str, Any]:
    """Every picture of the trade-offs, by the name of its file without the suffix."""
    request = trade_offs.request
    axes = [(axis.label, axis.log) for axis in request.axes[:2]]
    marks = _marks(trade_offs)
    samples = _samples(trade_offs)
    compared = f"{request.problem.material.name}, {request.problem.protocol.name}"
    of_one_law = f"{compared}, seal {request.law or 'as given'}"
    pictures = {}
    for name in request.mapped:
        pictures[f"map_{_plain(name)}"] = map_picture(
            {f"{request.problem.material.name}, seal {request.law or 'as given'}": trade_offs.map.solved},
            axes,
            name,
            marks,
        )
    if trade_offs.electrode is not None:
        for name in ("Areal capacity [mA.h.cm-2]", *(n for n in request.maps if n.startswith("Areal"))):
            if name in trade_offs.electrode.solved:
                pictures[f"electrode_{_plain(name)}"] = map_picture(
                    {"electrode level": trade_offs.electrode.solved}, axes, name, {}
                )
    if trade_offs.seals is not None:
        names = [EFFICIENCY, CAPACITY, "Open fraction"]
        along = trade_offs.seals.along
        pictures["seal_laws"] = cuts_picture(
            trade_offs.seals.table(),
            "Seal law",
            along.label,
            along.log,
            names,
            f"{compared}, seal laws",
            _on_cut(samples),
        )
    if trade_offs.areas is not None:
        along, names = trade_offs.areas.along, [objective.name for objective in request.objectives]
        pictures["external_area"] = cuts_picture(
            trade_offs.areas.table(), "Slow rate", along.label, along.log, names, of_one_law, _on_cut(samples)
        )
    if trade_offs.readings is not None:
        maps = {name: sweep.solved for name, sweep in trade_offs.readings.maps.items()}
        pictures["readings_map"] = map_picture(maps, axes, request.objectives[0].name, {})
    if trade_offs.front is not None and len(trade_offs.front.designs):
        bound = pore_volume_bound(request.problem.material)
        pictures["front"] = front_picture(
            trade_offs.front.designs, literature(), _band_lines(trade_offs), bound, of_one_law, samples
        )
    return pictures


def _marks(trade_offs: TradeOffs) -> dict[str, tuple[float, float]]:
    """Where the material as it is and the advised designs lie on a map; on its edge if they lie outside."""
    x, y = trade_offs.request.axes[:2]
    as_is = (held_at(trade_offs.request.problem, x), held_at(trade_offs.request.problem, y))
    own = as_it_is(trade_offs)
    inside = np.allclose(as_is, (own[x.label], own[y.label]), rtol=1e-6)
    marks = {PRESENT if inside else f"{PRESENT}, outside of the map": as_is}
    for design in distinct(trade_offs):
        marks[design.short] = (design.numbers[x.label], design.numbers[y.label])
    return marks


def _samples(trade_offs: TradeOffs) -> dict[str, Numbers]:
    """The numbers of the material as it is and of the advised designs, by their names in legends."""
    designs = {design.short: design.numbers for design in distinct(trade_offs)}
    return {PRESENT: as_it_is(trade_offs)} | designs


def _on_cut(samples: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Of these the material as it is: a cut goes through it, and not through designs of the map."""
    return {PRESENT: samples[PRESENT]}


def _band_lines(trade_offs: TradeOffs) -> pd.DataFrame:
    """Ends of the bands of the front's designs along x and y of its picture."""
    rows = []
    assert trade_offs.front is not None
    for place in range(len(trade_offs.front.designs)):
        band = trade_offs.bands.get(place)
        x, y = (
            (band.ranges.get(name) if band else None) or (np.nan, np.nan) for name in (CAPACITY, EFFICIENCY)
        )
        rows.append({"x low": x[0], "x high": x[1], "y low": y[0], "y high": y[1]})
    return pd.DataFrame(rows) if trade_offs.bands else pd.DataFrame()


def _plain(name: str) -> str:
    """The name of a quantity as part of a file name."""
    words = re.sub(r"\[.*?\]", "", name).replace("C/", "C_over_")
    return re.sub(r"[^a-z0-9]+", "_", words.strip().lower()).strip("_")


def _counts(sweep: Sweep) -> dict[str, Any]:
    return {
        "Points": len(sweep.points),
        "Solved": sweep.count("solved"),
        "Impossible designs": sweep.count("impossible design"),
        "Failed solves": sweep.count("failed solve"),
        "Reasons": sweep.reasons(),
        "Example reasons": sweep.examples(),
    }


def _best(trade_offs: TradeOffs) -> dict[str, Any]:
    """The best solved design of the map for each objective."""
    rows, best = trade_offs.map.solved, {}
    for objective in trade_offs.request.objectives:
        valued = rows.dropna(subset=[objective.name])
        if len(valued):
            place = (objective.sign * valued[objective.name]).idxmax()
            best[str(objective)] = _records(valued.loc[[place]].drop(columns=["Ending", "Reason"]))[0]
    return best


def _readings(trade_offs: TradeOffs) -> dict[str, Any] | None:
    if trade_offs.readings is None:
        return None
    return {
        "Changes": _records(trade_offs.readings.actions),
        "Best designs": dict(trade_offs.readings.best),
        "Advice": dict(trade_offs.readings.advice),
    }


def _front(trade_offs: TradeOffs) -> dict[str, Any] | None:
    if trade_offs.front is None:
        return None
    record = trade_offs.front.record
    return {
        "Trials": trade_offs.request.trials,
        "Sampler": record["Sampler"],
        "Seed": record["Seed"],
        "Designs": front_rows(trade_offs),
    }


def _row(sweep: Sweep, number: int) -> dict[str, Any]:
    return _records(sweep.table.loc[[number]].drop(columns="Point"))[0]


def _band(band: Band | None) -> dict | None:
    return None if band is None else band.results()


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: None for NaN, plain numbers."""
    return json.loads(str(table.to_json(orient="records", double_precision=15)))
