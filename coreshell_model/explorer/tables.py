"""The numbers as parts of the page: headlines, one sentence, and the table."""

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from coreshell_model.explorer.controls import CONTROLS
from coreshell_model.explorer.outcome import Outcome
from coreshell_model.explorer.results import HEADLINES, ROWS, Row, numbers

NO_HOLD = "none"

Designs = Mapping[str, Outcome]
"""Outcomes by the name of their design, "A" (where one is pinned) before "B"."""


def headlines(designs: Designs) -> list[Component]:
    """The three numbers of B in large, those of A beneath."""
    b = numbers(designs["B"])
    a = numbers(designs["A"]) if "A" in designs else None
    return [_headline(row, b[row.key], _versus(row, a, b) if a else "") for row in HEADLINES]


def _versus(row: Row, a: Mapping[str, float | None], b: Mapping[str, float | None]) -> str:
    return f"A {row.shown(a[row.key])}, Δ {row.difference(a[row.key], b[row.key])}"


def _headline(row: Row, value: float | None, versus: str) -> Component:
    parts = [
        html.Span(row.brief, className="name", title=row.label),
        html.Span([html.B(row.shown(value)), f" {row.unit}"], className="value"),
        html.Span(versus, className="versus"),
    ]
    named: dict[str, Any] = {"data-quantity": row.key}
    return html.Div(parts, className="headline", **named)


def in_words(designs: Designs) -> str:
    """The headlines in one sentence, for who listens to the page."""
    b = numbers(designs["B"])
    return "; ".join(f"{row.label} {row.shown(b[row.key])} {row.unit}" for row in HEADLINES)


def table(designs: Designs) -> Component:
    """Design and results, a column a design; with two, their difference too."""
    names = list(designs)
    columns = [*names, "B − A"] if len(names) > 1 else ["Value"]
    found = {name: numbers(outcome) for name, outcome in designs.items()}
    seals = [outcome.choice.seal for outcome in designs.values() if outcome.choice is not None]
    blank = [""] if len(names) > 1 else []
    body = [_line(each.label, each.unit, _chosen(each.name, designs) + blank) for each in CONTROLS]
    body.append(_line("Seal", "", [*seals, *blank]))
    for row in ROWS:
        values = [row.shown(found[name][row.key]) for name in names]
        if len(names) > 1:
            values.append(row.difference(found["A"][row.key], found["B"][row.key]))
        body.append(_line(row.label, row.unit, values, row.key))
    heading = [html.Th(text, scope="col") for text in ("Quantity", "Unit", *columns)]
    return html.Table([html.Thead(html.Tr(heading)), html.Tbody(body)])


def _chosen(name: str, designs: Designs) -> list[str]:
    """What each design has of a control, as text."""
    values = [getattr(outcome.choice, name) for outcome in designs.values()]
    return [NO_HOLD if value is None else f"{value:g}" for value in values]


def _line(label: str, unit: str, values: list[str], key: str = "") -> Component:
    named: dict[str, Any] = {"data-quantity": key} if key else {}
    cells = [html.Td(value) for value in values]
    return html.Tr([html.Th(label, scope="row"), html.Td(unit, className="unit"), *cells], **named)
