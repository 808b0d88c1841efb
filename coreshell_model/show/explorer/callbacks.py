"""The callbacks of the page, which update it when something on it changes."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from coreshell_model.show.explorer import band_panel, fit_panel, measured_panel, technique_panel
from coreshell_model.show.explorer.background import Background
from coreshell_model.show.explorer.bands import Bands
from coreshell_model.show.explorer.choice import CONTROLS
from coreshell_model.show.explorer.export import EXPORTS, command, exported
from coreshell_model.show.explorer.fits import Fits
from coreshell_model.show.explorer.graphs import (
    CAPACITY,
    EFFICIENCY,
    inventory_figure,
    losses_figure,
    map_figure,
    most_sodium,
    voltage_figure,
)
from coreshell_model.show.explorer.measured import Shelf
from coreshell_model.show.explorer.outcome import Outcomes
from coreshell_model.show.explorer.tables import headlines, in_words, table
from coreshell_model.show.explorer.tasks import Outcome

DESIGNS = (Input("design", "data"), Input("pinned", "data"))


def connect(app: Dash, outcomes: Outcomes, background: Background, shelf: Shelf, fits: Fits) -> None:
    """Register every callback of the page."""
    _connect_controls(app)
    _connect_results(app, outcomes, shelf)
    _connect_map(app, outcomes, background)
    _connect_exports(app, outcomes)
    technique_panel.connect(app, outcomes, shelf)
    measured_panel.connect(app, outcomes, shelf)
    fit_panel.connect(app, outcomes, shelf, fits)
    band_panel.connect(app, outcomes, Bands(outcomes.lanes))


def _connect_controls(app: Dash) -> None:
    """Register the callbacks that run in the browser: sliders and fields in step, the design, pinning it."""
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
        ClientsideFunction("explorer", "settle"),
        *fields,
        Input("holds", "value"),
        Input("seal", "value"),
        Input("changes", "data"),
    )
    app.clientside_callback(ClientsideFunction("explorer", "turn"), Input("tab", "value"))
    app.clientside_callback(ClientsideFunction("link", "restore"), Input("about", "data"))
    app.clientside_callback(
        ClientsideFunction("link", "remember"),
        *DESIGNS,
        Input("tab", "value"),
        Input("measured", "data"),
        Input("potential", "value"),
        Input("drive", "value"),
        State("about", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("numbers", "show"), Input("movable", "data"), Input("seal", "value")
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


def _connect_results(app: Dash, outcomes: Outcomes, shelf: Shelf) -> None:
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
        Input("measured", "data"),
        Input("band", "data"),
    )
    def show(design: Any, pinned: Any, measured: Any, band: Any):
        designs = _designs(outcomes, design, pinned)
        b = designs["B"]
        if b.solution is None:
            refusal = [html.Strong("No result for this design. "), b.reason]
            return *[no_update] * 10, refusal, False, True, True, True, True
        solutions = {
            name: outcome.solution for name, outcome in designs.items() if outcome.solution is not None
        }
        largest = max(most_sodium(solution) for solution in solutions.values())
        inventories = {name: inventory_figure(solution, largest) for name, solution in solutions.items()}
        return (
            in_words(designs),
            headlines(designs),
            voltage_figure(solutions, measured_panel.chosen(shelf, measured)[0], band),
            losses_figure(solutions),
            inventories["B"],
            inventories.get("A", no_update),
            "A" not in inventories,
            f"Where the sodium is{': B' if 'A' in inventories else ''}",
            table(designs),
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
        sent = {"A": pinned, "B": design}
        read = {name: outcomes.read(data) for name, data in sent.items() if data is not None}
        choices = {name: choice for name, choice in read.items() if not isinstance(choice, Outcome)}
        if "B" not in choices:
            return no_update, no_update, no_update, True, no_update
        design_map = background.map_about(choices["B"])
        if ctx.triggered_id == "tick" and stride == design_map.stride:  # no finer grid since the last look
            figures = (no_update, no_update)
        else:
            figures = (map_figure(design_map, shade, choices) for shade in (EFFICIENCY, CAPACITY))
        return *figures, design_map.status, design_map.complete, design_map.stride


def _connect_exports(app: Dash, outcomes: Outcomes) -> None:
    @app.callback(
        Output("download", "data"),
        *(Input(f"export-{kind}", "n_clicks") for kind in EXPORTS),
        State("design", "data"),
        State("pinned", "data"),
        prevent_initial_call=True,
    )
    def take(*arguments: Any):
        designs = _designs(outcomes, *arguments[-2:])
        if designs["B"].solution is None or not ctx.triggered_id:
            return no_update
        solutions = {name: outcomes.whole(outcome) for name, outcome in designs.items()}
        name, content = exported(ctx.triggered_id.removeprefix("export-"), solutions)
        return dcc.send_bytes(content, name)


def _designs(outcomes: Outcomes, design: Any, pinned: Any) -> dict[str, Outcome]:
    """The outcome of B, and before it that of a pinned design A with a result."""
    a = outcomes.of_data(pinned) if pinned is not None else None
    designs = {"A": a} if a is not None and a.solution is not None else {}
    return designs | {"B": outcomes.of_data(design)}
