"""What happens on the page when something on it changes."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from coreshell_model.show.explorer.background import Background
from coreshell_model.show.explorer.choice import CONTROLS
from coreshell_model.show.explorer.export import EXPORTS, command, exported
from coreshell_model.show.explorer.graphs import (
    CAPACITY,
    EFFICIENCY,
    inventory_figure,
    losses_figure,
    map_figure,
    most_sodium,
    voltage_figure,
)
from coreshell_model.show.explorer.outcome import Outcome, Outcomes
from coreshell_model.show.explorer.tables import headlines, in_words, table

DESIGNS = (Input("design", "data"), Input("pinned", "data"))


def connect(app: Dash, outcomes: Outcomes, background: Background) -> None:
    """Register every callback of the page."""
    _connect_controls(app)
    _connect_results(app, outcomes)
    _connect_map(app, outcomes, background)
    _connect_exports(app, outcomes)


def _connect_controls(app: Dash) -> None:
    """What needs no server: sliders and fields in step, one design from them all, pinning it."""
    for control in CONTROLS:
        slider, field = f"{control.name}-slider", f"{control.name}-field"
        app.clientside_callback(
            ClientsideFunction("explorer", "follow"),
            Output(slider, "value"),
            Output(field, "value"),
            Input(slider, "value"),
            Input(field, "value"),
            State("stops", "data"),
            State(field, "id"),
        )
    fields = [Input(f"{control.name}-field", "value") for control in CONTROLS]
    app.clientside_callback(
        ClientsideFunction("explorer", "settle"), *fields, Input("holds", "value"), Input("seal", "value")
    )
    app.clientside_callback(
        ClientsideFunction("explorer", "pin"),
        Output("pinned", "data"),
        Output("unpin", "disabled"),
        Input("pin", "n_clicks"),
        Input("unpin", "n_clicks"),
        State("design", "data"),
        prevent_initial_call=True,
    )
    for graph in ("map-efficiency", "map-capacity"):
        app.clientside_callback(ClientsideFunction("explorer", "go"), Input(graph, "clickData"))


def _connect_results(app: Dash, outcomes: Outcomes) -> None:
    @app.callback(
        Output("status", "children"),
        Output("headlines", "children"),
        Output("voltage", "figure"),
        Output("losses", "figure"),
        Output("inventory-B", "figure"),
        Output("inventory-A", "figure"),
        Output("inventory-A-box", "hidden"),
        Output("inventory-B-name", "children"),
        Output("table", "children"),
        Output("command", "children"),
        Output("refusal", "children"),
        Output("refusal", "hidden"),
        Output("headlines", "hidden"),
        Output("answer", "hidden"),
        Output("takings", "hidden"),
        Output("pin", "disabled"),
        *DESIGNS,
    )
    def show(design: Any, pinned: Any):
        found = _designs(outcomes, design, pinned)
        b = found["B"]
        if b.solution is None:
            told = [html.Strong("No result for this design. "), b.reason]
            return *[no_update] * 10, told, False, True, True, True, True
        solutions = {name: each.solution for name, each in found.items() if each.solution is not None}
        largest = max(most_sodium(solution) for solution in solutions.values())
        pair = {name: inventory_figure(solution, largest) for name, solution in solutions.items()}
        return (
            in_words(found),
            headlines(found),
            voltage_figure(solutions),
            losses_figure(solutions),
            pair["B"],
            pair.get("A", no_update),
            "A" not in pair,
            f"Where the sodium is{': B' if 'A' in pair else ''}",
            table(found),
            command(b),
            "",
            True,
            False,
            False,
            False,
            False,
        )


def _connect_map(app: Dash, outcomes: Outcomes, background: Background) -> None:
    @app.callback(
        Output("map-efficiency", "figure"),
        Output("map-capacity", "figure"),
        Output("map-status", "children"),
        Output("tick", "disabled"),
        Output("drawn", "data"),
        *DESIGNS,
        Input("tick", "n_intervals"),
        State("drawn", "data"),
    )
    def draw(design: Any, pinned: Any, _: Any, stride: Any):
        choices = {
            name: outcomes.read(data) for name, data in (("A", pinned), ("B", design)) if data is not None
        }
        placed = {name: read for name, read in choices.items() if not isinstance(read, Outcome)}
        if "B" not in placed:
            return no_update, no_update, no_update, True, no_update
        found = background.map_about(placed["B"])
        if ctx.triggered_id == "tick" and stride == found.stride:  # nothing finer to see yet
            drawn = (no_update, no_update)
        else:
            drawn = (map_figure(found, shade, placed) for shade in (EFFICIENCY, CAPACITY))
        return *drawn, found.told, found.complete, found.stride


def _connect_exports(app: Dash, outcomes: Outcomes) -> None:
    @app.callback(
        Output("download", "data"),
        *(Input(f"export-{kind}", "n_clicks") for kind in EXPORTS),
        State("design", "data"),
        State("pinned", "data"),
        prevent_initial_call=True,
    )
    def take(*arguments: Any):
        found = _designs(outcomes, *arguments[-2:])
        if found["B"].solution is None or not ctx.triggered_id:
            return no_update
        solutions = {name: outcomes.whole(each) for name, each in found.items()}
        name, content = exported(ctx.triggered_id.removeprefix("export-"), solutions)
        return dcc.send_bytes(content, name)


def _designs(outcomes: Outcomes, design: Any, pinned: Any) -> dict[str, Outcome]:
    """The outcomes of A, where one is pinned and has a result, and of B."""
    a = outcomes.told(pinned) if pinned is not None else None
    found = {"A": a} if a is not None and a.solution is not None else {}
    return found | {"B": outcomes.told(design)}
