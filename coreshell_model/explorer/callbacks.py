"""What happens on the page when something on it changes."""

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from coreshell_model.errors import InputError
from coreshell_model.explorer.choice import choice_from
from coreshell_model.explorer.controls import CONTROLS
from coreshell_model.explorer.curves import inventory_figure, most_sodium, voltage_figure
from coreshell_model.explorer.design_map import Maps
from coreshell_model.explorer.export import exported, run_with
from coreshell_model.explorer.losses import losses_figure
from coreshell_model.explorer.map_figure import CAPACITY, EFFICIENCY, map_figure
from coreshell_model.explorer.outcome import Outcome, Outcomes
from coreshell_model.explorer.page import EXPORTS
from coreshell_model.explorer.tables import headlines, in_words, table


def connect(app: Dash, outcomes: Outcomes, maps: Maps) -> None:
    """Register every callback of the page."""
    _connect_controls(app)

    @app.callback(
        Output("status", "children"),
        Output("refusal", "children"),
        Output("refusal", "hidden"),
        Output("answer", "hidden"),
        Output("headlines", "children"),
        Output("table", "children"),
        Output("command", "children"),
        Input("design", "data"),
        Input("pinned", "data"),
    )
    def numbers(design, pinned):
        found = designs(outcomes, design, pinned)
        b = found["B"]
        if b.solution is None:
            words = [html.Strong("This design cannot be. "), b.reason]
            return "", words, False, True, [], table(found), ""
        return in_words(found), [], True, False, headlines(found), table(found), run_with(b)

    @app.callback(
        Output("voltage", "figure"),
        Output("losses", "figure"),
        Output("inventory-B", "figure"),
        Output("inventory-A", "figure"),
        Output("inventory-A-box", "hidden"),
        Output("inventory-B-name", "children"),
        Input("design", "data"),
        Input("pinned", "data"),
    )
    def pictures(design, pinned):
        found = designs(outcomes, design, pinned)
        solutions = {name: each.solution for name, each in found.items() if each.solution is not None}
        if "B" not in solutions:
            return (no_update,) * 6
        largest = max(most_sodium(solution) for solution in solutions.values())
        pair = {name: inventory_figure(solution, largest) for name, solution in solutions.items()}
        return (
            voltage_figure(solutions),
            losses_figure(solutions),
            pair["B"],
            pair.get("A", no_update),
            "A" not in pair,
            f"Where the sodium is{': B' if 'A' in pair else ''}",
        )
