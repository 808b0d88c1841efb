"""The report of a comparison of designs: a recipe, the best designs, the advice, and what was varied."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coreshell_model.base.provenance import versions
from coreshell_model.base.tables import shown_number, shown_setting, without_unit
from coreshell_model.design.bands import PROBABILITY
from coreshell_model.design.beside import Numbers
from coreshell_model.design.results import NUMBER
from coreshell_model.design.tradeoffs import TradeOffs
from coreshell_model.design.tradeoffs_report import as_it_is, pictures, recommended, results
from coreshell_model.inputs.material import active_carbon
from coreshell_model.inputs.user_defaults import in_words
from coreshell_model.observe.quantities import scope_of
from coreshell_model.show.figures.picture import Picture
from coreshell_model.show.reports.page import Group, Page, Row
from coreshell_model.show.reports.run_page import versions_line, warnings_group, with_plain_unit


def design_page(trade_offs: TradeOffs, warnings: Sequence[str] = ()) -> Page:
    """The page of a comparison of designs; ``warnings`` are those about its inputs."""
    request, report = trade_offs.request, results(trade_offs)
    material, protocol = request.problem.material, request.problem.protocol
    counts = report["Map"]
    return Page(
        f"Designs of {material.name}, {protocol.name}",
        (
            f"Map of {counts['Points']} designs: {counts['Solved']} solved, {counts['Impossible designs']} "
            f"impossible, {counts['Failed solves']} failed. Seal law: {report['Seal law']}.",
            f"Capacities per gram of {active_carbon(material)}; 1C = {protocol.basis.one_c}; sodiation ends "
            f"{protocol.end_of_sodiation}.{in_words(protocol)}",
        ),
        _pictures(trade_offs),
        tuple(group for group in _groups(trade_offs, report, warnings) if group.rows),
        versions_line(versions()),
        "design.json, which --out writes, or --json",
    )


def _groups(trade_offs: TradeOffs, report: Mapping[str, Any], warnings: Sequence[str]) -> Iterable[Group]:
    request = trade_offs.request
    yield _recommended(trade_offs, report)
    as_is = as_it_is(trade_offs)
    for heading, best in _best(trade_offs, report):
        yield Group(heading, tuple(_design(best, as_is)))
    yield Group("The material as it is", tuple(_design(report["Reference"])))
    advice = [
        *((name, report[name]) for name in ("Seal advice", "External area advice") if report[name]),
        *((f"Reading: {name}", text) for name, text in (report["Readings"] or {}).get("Advice", {}).items()),
    ]
    advice += [("End of a range", text) for text in report["Ends of ranges"]]
    yield Group("Advice", tuple(Row(name, "", text) for name, text in advice))
    yield Group(
        "Inputs",
        (
            *(Row(axis.name, _range(axis), "varied") for axis in request.axes),
            *(Row(str(objective), "", "objective") for objective in request.objectives),
            *(Row(str(goal), "", "goal") for goal in request.goals),
            Row("Level", request.problem.level),
            *(Row(path, value, "set by the user") for path, value in request.problem.changes.items()),
            *_search(trade_offs, report),
        ),
    )
    yield warnings_group((*report["Notes"], *warnings))


def _recommended(trade_offs: TradeOffs, report: Mapping[str, Any]) -> Group:
    """The design that meets the goals, or that none does; nothing without goals."""
    goals = report["Goals"]
    if not goals:
        return Group("Recommended", ())
    best = recommended(trade_offs)
    heading = f"Recommended to meet {' and '.join(goals)}"
    if best is None:
        return Group(heading, (Row("No design of the front meets the goals."),))
    rows = list(_design(best, as_it_is(trade_offs)))
    if best[PROBABILITY] is not None:
        rows.insert(0, Row(PROBABILITY, f"{best[PROBABILITY]:.2f}", f"over {report['Bands from']}"))
    return Group(heading, tuple(rows))


def _best(trade_offs: TradeOffs, report: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The best design of the map for each objective; one that is the best of several once."""
    labels = [axis.label for axis in trade_offs.request.axes[:2]]
    shown = report["Recommended"]
    by_place: dict[tuple, tuple[list[str], Mapping[str, Any]]] = {}
    for objective, best in report["Map"]["Best"].items():
        by_place.setdefault(tuple(best[label] for label in labels), ([], best))[0].append(objective)
    for place, (objectives, best) in by_place.items():
        heading = f"Best of the map: {', '.join(objectives)}"
        if shown is not None and place == tuple(shown[label] for label in labels):
            yield f"{heading}, as recommended", {label: shown[label] for label in labels}
        else:
            yield heading, best


def _design(row: Mapping[str, Any], as_is: Numbers | None = None) -> Iterable[Row]:
    """The variables and results of a design, each with what it is of and its change from the material."""
    band = (row.get("Band") or {}).get("Ranges", {})
    for name, value in row.items():
        if (
            name not in (NUMBER, PROBABILITY)
            and isinstance(value, float | int)
            and not isinstance(value, bool)
        ):
            ends = band.get(name)
            within = [f"band {shown_number(ends[0])} to {shown_number(ends[1])}"] if ends else []
            own = (as_is or {}).get(name, math.nan)
            change = [f"{value - own:+.3g} from {shown_number(own)} as it is"] if math.isfinite(own) else []
            basis = "; ".join([*([scope_of(name)] if scope_of(name) else []), *change, *within])
            yield Row(without_unit(name), with_plain_unit(float(value), name), basis)


def _range(axis) -> str:
    low, high = map(shown_setting, axis.ends)
    return f"{low} to {high} {axis.unit}".removesuffix(" 1")


def _search(trade_offs: TradeOffs, report: Mapping[str, Any]) -> list[Row]:
    front = report["Front"]
    if front is None:
        return []
    made = f"{front['Trials']} designs tried by {front['Sampler']}, seed {front['Seed']}"
    return [Row("Designs on the front", str(len(front["Designs"])), made)]


def _pictures(trade_offs: TradeOffs) -> tuple[Picture, ...]:
    """The map of the first objective, and the front where there is one."""
    drawn = pictures(trade_offs)
    names = [name for name in drawn if name.startswith("map_")][:1] + [
        name for name in drawn if name == "front"
    ]
    return tuple(drawn[name] for name in names)
