"""The report of a run: its picture, its results in groups with what each is of, inputs and warnings."""

from collections.abc import Mapping, Sequence
from typing import Any

from coreshell_model.base.provenance import versions_of_a_run
from coreshell_model.base.quantity import SET_BY_USER
from coreshell_model.base.tables import unit_of, without_unit
from coreshell_model.inputs.material import active_carbon, entries
from coreshell_model.inputs.user_defaults import in_words
from coreshell_model.observe.groups import grouped
from coreshell_model.observe.quantities import scope_of
from coreshell_model.run.solution import Solution
from coreshell_model.show.cli.tables import shown
from coreshell_model.show.figures.kinds import picture, suited
from coreshell_model.show.figures.labels import plain_unit
from coreshell_model.show.figures.picture import title
from coreshell_model.show.reports.page import Group, Page, Row

ABOUT = ("Material", "Protocol", "Level", "Ending", "Changes", "User defaults", "Warnings")
"""Results that stand in the heading, among the inputs or among the warnings."""


def run_page(solution: Solution, results: Mapping[str, Any], band: Mapping[str, Any] | None = None) -> Page:
    """The page of a run.

    Parameters
    ----------
    solution : the run
    results : of ``summary``
    band : of ``prediction_band``, where there is one
    """
    protocol = solution.protocol
    kinds = [] if all(step.skipped for step in solution.steps) else suited(solution)
    drawn = kinds[-1:] if solution.is_full else kinds[:1]  # of a full cell, that of both electrodes
    return Page(
        title(solution),
        (
            f"Run {solution.explanation}.",
            f"Capacities per gram of {active_carbon(solution.material)}; 1C = {protocol.basis.one_c}; "
            f"sodiation ends {protocol.end_of_sodiation}.{in_words(protocol)}",
        ),
        tuple(picture(solution, kind) for kind in drawn),
        (
            *_groups(results),
            *_band(band),
            _inputs(solution),
            warnings_group(results["Warnings"]),
        ),
        versions_line(versions_of_a_run()),
        "result.json, which --out writes, or --json",
    )


def _groups(results: Mapping[str, Any]) -> list[Group]:
    """All results that the run has, in the groups of the printed table."""
    of_run = {name: value for name, value in results.items() if name not in ABOUT}
    return [
        Group(
            heading.capitalize(),
            tuple(
                Row(without_unit(name), with_plain_unit(value, name), scope_of(name))
                for name, value in members.items()
            ),
        )
        for heading, members in grouped(of_run).items()
    ]


def with_plain_unit(value: Any, name: str) -> str:
    """A result as text with the unit that its name has, as people write it."""
    unit = unit_of(name)
    text = "yes" if value is True else ", ".join(shown(value, unit).split("  "))
    return f"{text} {plain_unit(unit)}".rstrip()


def _band(band: Mapping[str, Any] | None) -> list[Group]:
    """The results at the ends of the ranges that the material assumes."""
    if band is None:
        return []
    rows = [
        Row(without_unit(name), f"{shown(ends[0], unit_of(name))} to {with_plain_unit(ends[1], name)}")
        for name, ends in band.items()
        if name not in ("Varied", "Runs") and ends is not None
    ]
    varied = ", ".join(band["Varied"])
    return [Group("Prediction, lowest to highest", (*rows, Row("", "", f"over the ends of: {varied}")))]


def _inputs(solution: Solution) -> Group:
    """What was changed, and how many numbers are assumed."""
    of_protocol = {f"protocol.{path}": number for path, number in entries(solution.protocol).items()}
    numbers = entries(solution.material) | of_protocol
    changed = [
        Row(path, str(number), SET_BY_USER)
        for path, number in numbers.items()
        if number.source == SET_BY_USER
    ]
    assumed = sum(number.source.startswith("assumed") for number in numbers.values())
    return Group(
        "Inputs",
        (
            Row("Material", solution.material.name, solution.material.title),
            Row("Protocol", solution.protocol.name, solution.protocol.title),
            Row("Level", solution.level),
            *changed,
            Row("Numbers that are assumed", str(assumed), "listed with reasons in assumptions.md, by --out"),
        ),
    )


def warnings_group(warnings: Sequence[str]) -> Group:
    """Every warning, or that there are none."""
    return Group("Warnings", tuple(Row(text) for text in warnings) or (Row("None."),))


def versions_line(versions: Mapping[str, str]) -> str:
    """The versions on one line."""
    return "Made with " + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."
