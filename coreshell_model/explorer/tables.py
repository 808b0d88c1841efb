"""The numbers as parts of the page: headlines, one sentence, and the table."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from coreshell_model.explorer.controls import CONTROLS, HOLD
from coreshell_model.explorer.outcome import Outcome
from coreshell_model.explorer.results import HEADLINES, MISSING, ROWS, numbers

Designs = Mapping[str, Outcome]
"""Outcomes by the name of their design, "A" (where one is pinned) before "B"."""


def headlines(designs: Designs) -> list[Component]:
    """The three numbers of B in large, those of A beneath."""
    b = numbers(designs["B"])
    a = numbers(designs["A"]) if "A" in designs else None
    return [
        html.Div(
            [
                html.Span(row.label, className="name"),
                html.Span([html.B(row.shown(b[row.key])), f" {row.unit}"], className="value"),
                html.Span(
                    f"A: {row.shown(a[row.key])}, B − A: {row.difference(a[row.key], b[row.key])}" if a else "",
                    className="versus",
                ),
            ],
            className="headline",
            **{"data-quantity": row.key},
        )
        for row in HEADLINES
    ]


def in_words(designs: Designs) -> str:
    """The headlines in one sentence, for who listens to the page."""
    b = numbers(designs["B"])
    return "; ".join(f"{row.label} {row.shown(b[row.key])} {row.unit}" for row in HEADLINES)


def table(designs: Designs) -> Component:
    """Design and results, a column a design; with two, their difference too."""
    names = list(designs)
    columns = [*names, "B − A"] if len(names) > 1 else ["Value"]
    found = {name: numbers(outcome) for name, outcome in designs.items()}
    body = [_line(control.label, control.unit, _chosen(control.name, designs)) for control in CONTROLS]
    body.append(_line("Seal", "", [designs[name].choice.seal for name in names]))
    for row in ROWS:
        values = [row.shown(found[name][row.key]) for name in names]
        if len(names) > 1:
            values.append(row.difference(found["A"][row.key], found["B"][row.key]))
        body.append(_line(row.label, row.unit, values, row.key))
    heading = [html.Th(text, scope="col") for text in ("Quantity", "Unit", *columns)]
    return html.Table([html.Thead(html.Tr(heading)), html.Tbody(body)])


def _chosen(name: str, designs: Designs) -> list[str]:
    values = [getattr(outcome.choice, name) for outcome in designs.values()]
    return [("none" if name == HOLD.name else MISSING) if value is None else f"{value:g}" for value in values]


def _line(label: str, unit: str, values: list[str], key: str = "") -> Component:
    named = {"data-quantity": key} if key else {}
    cells = [html.Td(value) for value in values]
    return html.Tr([html.Th(label, scope="row"), html.Td(unit, className="unit"), *cells], **named)
