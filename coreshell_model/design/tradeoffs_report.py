"""The report of trade-offs: figures, tables, and designs of the literature beside them."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.provenance import versions
from coreshell_model.base.written import write_files
from coreshell_model.design.advice import held_at
from coreshell_model.design.bands import PROBABILITY, Band
from coreshell_model.design.goals import all_met
from coreshell_model.design.results import Sweep
from coreshell_model.design.tradeoffs import TradeOffs
from coreshell_model.inputs.particle import pore_volume_bound
from coreshell_model.inputs.user_defaults import defaults_of
from coreshell_model.show.figures.designs import cuts_picture, front_picture, map_picture
from coreshell_model.show.figures.picture import save_picture

FILE = "literature_designs.csv"

CAPACITY, EFFICIENCY = "Reversible capacity [mA.h.g-1]", "Initial coulombic efficiency"


def literature() -> pd.DataFrame:
    """Name, kind ("literature" or "measured"), reversible capacity and initial coulombic efficiency, source.

    Each in its authors' own protocol: masses, rates and cut-offs differ.

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


RESULTS, FRONT = "design.json", "front_designs.csv"


def results(found: TradeOffs) -> dict[str, Any]:
    """All that was found, under stable names; None for what was not asked for."""
    wanted, material = found.wanted, found.wanted.problem.material
    return {
        "Material": material.name,
        "Protocol": wanted.problem.protocol.name,
        "User defaults": defaults_of(wanted.problem.protocol),
        "Seal law": wanted.law or "as the material's file gives it",
        "Variables": [
            {"Name": axis.name, "Unit": axis.unit, "Low": _end(axis, 0), "High": _end(axis, 1)}
            for axis in wanted.axes
        ],
        "Objectives": [str(each) for each in wanted.objectives],
        "Goals": [str(each) for each in wanted.goals],
        "Reference": _row(found.reference, 0) | {"Band": _band(found.reference_band)},
        "Plateau capacity bound [mA.h.g-1]": pore_volume_bound(material),
        "Map": _counts(found.map) | {"Best": _best(found)},
        "Electrode map": None if found.electrode is None else _counts(found.electrode),
        "Seal laws": None if found.seals is None else found.seals.rows(),
        "Seal advice": None if found.seals is None else found.seals.advice,
        "External areas": None if found.areas is None else found.areas.rows(),
        "External area advice": None if found.areas is None else found.areas.advice,
        "Readings": _readings(found),
        "Front": _front(found),
        "Bands from": None if wanted.ensemble is None else wanted.ensemble.description,
        "Recommended": recommended(found),
        "Literature": _records(literature()),
        "Notes": list(found.notes),
        "Versions": versions(),
    }


def recommended(found: TradeOffs) -> dict[str, Any] | None:
    """The design of the front that is likeliest to meet the goals; without probabilities one that meets them.

    None without goals, without a front, or where none meets them; of several the best by the first objective.
    """
    if not found.wanted.goals or found.front is None:
        return None
    rows = front_rows(found)
    likely = [row for row in rows if row[PROBABILITY]]
    if likely:
        return max(likely, key=lambda row: row[PROBABILITY])
    if found.wanted.ensemble is not None and found.wanted.ensemble.weights is not None:
        return None
    return next((row for row in rows if row["Meets goals"]), None)


def front_rows(found: TradeOffs) -> list[dict[str, Any]]:
    """The designs of the front, the best by the first objective first, with band and probability if any."""
    if found.front is None:
        return []
    rows = []
    for place, row in enumerate(_records(found.front.designs)):
        band, goals = found.bands.get(place), found.wanted.goals
        meets = all_met(goals, row) if goals else None
        kept = {name: value for name, value in row.items() if name not in ("Ending", "Reason", "On front")}
        rows.append(
            kept
            | {"Meets goals": meets, PROBABILITY: band.probability if band else None, "Band": _band(band)}
        )
    return rows


def save(found: TradeOffs, folder: Path) -> list[Path]:
    """Write pictures with their numbers, the front as a table, and everything as JSON; return the paths.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    paths = write_files({RESULTS: json.dumps(results(found), indent=2, allow_nan=False)}, folder)
    for name, picture in _pictures(found).items():
        paths += save_picture(picture, folder / f"{name}.png", (".pdf",))
    if found.front is not None:
        table = pd.DataFrame(front_rows(found)).drop(columns="Band", errors="ignore")
        paths += write_files({FRONT: table.to_csv(index=False)}, folder)
    if found.readings is not None:
        paths += write_files({"readings.csv": found.readings.actions.to_csv(index=False)}, folder)
    return paths


def _pictures(found: TradeOffs) -> dict[str, Any]:
    wanted = found.wanted
    axes = [(axis.label, axis.log) for axis in wanted.axes[:2]]
    marks = _marks(found, [label for label, _ in axes])
    pictures = {}
    for name in wanted.mapped:
        pictures[f"map_{_plain(name)}"] = map_picture(
            {f"{wanted.problem.material.name}, seal {wanted.law or 'as given'}": found.map.solved},
            axes,
            name,
            marks,
        )
    if found.electrode is not None:
        for name in ("Areal capacity [mA.h.cm-2]", *(n for n in wanted.maps if n.startswith("Areal"))):
            if name in found.electrode.solved:
                pictures[f"electrode_{_plain(name)}"] = map_picture(
                    {"electrode level": found.electrode.solved}, axes, name, {}
                )
    if found.seals is not None:
        names = [EFFICIENCY, CAPACITY, "Open fraction"]
        along = found.seals.along
        pictures["seal_laws"] = cuts_picture(found.seals.table(), "Seal law", along.label, along.log, names)
    if found.areas is not None:
        along, names = found.areas.along, [each.name for each in wanted.objectives]
        pictures["external_area"] = cuts_picture(
            found.areas.table(), "Slow rate", along.label, along.log, names
        )
    if found.readings is not None:
        maps = {name: sweep.solved for name, sweep in found.readings.maps.items()}
        pictures["readings_map"] = map_picture(maps, axes, wanted.objectives[0].name, {})
    if found.front is not None and len(found.front.designs):
        bound = pore_volume_bound(wanted.problem.material)
        pictures["front"] = front_picture(found.front.designs, literature(), _band_lines(found), bound)
    return pictures


def _marks(found: TradeOffs, labels: list[str]) -> dict[str, tuple[float, float]]:
    """The material as it is, and what is recommended, on a map."""
    first, second = found.wanted.axes[:2]
    marks = {"as it is": (held_at(found.wanted.problem, first), held_at(found.wanted.problem, second))}
    best = recommended(found)
    if best is not None:
        marks["recommended"] = (best[labels[0]], best[labels[1]])
    return marks


def _band_lines(found: TradeOffs) -> pd.DataFrame:
    """Ends of the bands of the front's designs in both directions of its picture."""
    rows = []
    assert found.front is not None
    for place in range(len(found.front.designs)):
        band = found.bands.get(place)
        x, y = (
            (band.ranges.get(name) if band else None) or (np.nan, np.nan) for name in (CAPACITY, EFFICIENCY)
        )
        rows.append({"x low": x[0], "x high": x[1], "y low": y[0], "y high": y[1]})
    return pd.DataFrame(rows) if found.bands else pd.DataFrame()


def _plain(name: str) -> str:
    """A quantity's name as part of a file's."""
    words = re.sub(r"\[.*?\]", "", name).replace("C/", "C_over_")
    return re.sub(r"[^a-z0-9]+", "_", words.strip().lower()).strip("_")


def _end(axis, which: int) -> float:
    return float(axis.grid()[-which]) if axis.values else (axis.low, axis.high)[which]


def _counts(sweep: Sweep) -> dict[str, Any]:
    return {
        "Points": len(sweep.points),
        "Solved": sweep.count("solved"),
        "Impossible designs": sweep.count("impossible design"),
        "Failed solves": sweep.count("failed solve"),
        "Reasons": sweep.reasons(),
    }


def _best(found: TradeOffs) -> dict[str, Any]:
    """The best solved design of the map for each objective."""
    rows, best = found.map.solved, {}
    for each in found.wanted.objectives:
        known = rows.dropna(subset=[each.name])
        if len(known):
            place = (each.sign * known[each.name]).idxmax()
            best[str(each)] = _records(known.loc[[place]].drop(columns=["Ending", "Reason"]))[0]
    return best


def _readings(found: TradeOffs) -> dict[str, Any] | None:
    if found.readings is None:
        return None
    return {
        "Changes": _records(found.readings.actions),
        "Best designs": dict(found.readings.best),
        "Advice": dict(found.readings.advice),
    }


def _front(found: TradeOffs) -> dict[str, Any] | None:
    if found.front is None:
        return None
    record = found.front.record
    return {
        "Trials": len(found.front.table),
        "Sampler": record["Sampler"],
        "Seed": record["Seed"],
        "Designs": front_rows(found),
    }


def _row(sweep: Sweep, number: int) -> dict[str, Any]:
    return _records(sweep.table.loc[[number]].drop(columns="Point"))[0]


def _band(band: Band | None) -> dict | None:
    return None if band is None else band.results()


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: None for NaN, plain numbers."""
    return json.loads(str(table.to_json(orient="records", double_precision=15)))
