"""The band of the design on the sliders: begun by a button, drawn in the voltage and in a table."""

from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from coreshell_model.base.tables import shown_number, unit_of
from coreshell_model.show.explorer.attributes import of_quantity
from coreshell_model.show.explorer.bands import DRAWS, Band, Bands, BandTask
from coreshell_model.show.explorer.outcome import Outcomes
from coreshell_model.show.explorer.plotly_style import B_COLOUR, short
from coreshell_model.show.explorer.tasks import Outcome

POLL = 700
"""Milliseconds between looks at a band that is computed."""

FAINT_B = f"{B_COLOUR}2e"
"""The colour of B, so faint that lines and points show through it."""


def panel() -> Component:
    """What begins a band, and its table."""
    options = [
        *({"value": count, "label": f"{count} draws"} for count in DRAWS),
        {"value": 0, "label": "all"},
    ]
    return html.Section(
        [
            html.H2("How sure is that?"),
            html.P(
                "The design with the draws of the shipped posterior, as coreshell predict runs them: what "
                "the data of the literature leave open of the material's numbers.",
                className="hint",
            ),
            dcc.RadioItems(id="band-draws", value=DRAWS[0], options=options, className="tabs"),
            html.Div([html.Button("Compute the band", id="band-go")], className="buttons link"),
            html.P(id="band-status", role="status", className="hint"),
            html.Div(id="band-table", className="scroll"),
            dcc.Store(id="band"),
            dcc.Store(id="band-asked"),
            dcc.Interval(id="band-tick", interval=POLL, disabled=True),
        ]
    )


def connect(app: Dash, outcomes: Outcomes, bands: Bands) -> None:
    """Register the callback of bands; the page keeps the design and the draws that were asked for."""

    @app.callback(
        Output("band", "data"),
        Output("band-asked", "data"),
        Output("band-status", "children"),
        Output("band-table", "children"),
        Output("band-tick", "disabled"),
        Input("band-go", "n_clicks"),
        Input("band-tick", "n_intervals"),
        Input("design", "data"),
        State("band-draws", "value"),
        State("band-asked", "data"),
        prevent_initial_call=True,
    )
    def compute(_: Any, __: Any, design: Any, draws: Any, asked: Any):
        if ctx.triggered_id == "design":
            if not asked:
                return no_update
            return None, None, "The band was of another design; compute it anew.", "", True
        if ctx.triggered_id == "band-go":
            asked = {"design": design, "draws": draws}
        task = _task(outcomes, asked)
        if isinstance(task, str):
            return None, None, task, "", True
        bands.begin(task)
        state = bands.state(task)
        if isinstance(state, str):
            return no_update, asked, f"Computing: {state}", no_update, False
        if state.reason:
            return None, asked, f"No band: {state.reason}", "", True
        return _as_data(state), asked, state.words, _table(state), True


def _task(outcomes: Outcomes, asked: Any) -> BandTask | str:
    """The band that was asked for, or why it cannot be computed."""
    if not isinstance(asked, dict) or asked.get("draws") not in (*DRAWS, 0):
        return "The page asked for no band; load it again."
    choice = outcomes.read(asked.get("design"))
    return choice.reason if isinstance(choice, Outcome) else BandTask(choice, asked["draws"])


def _as_data(band: Band) -> dict[str, Any]:
    return {"sodiation": band.sodiation, "desodiation": band.desodiation}


def band_traces(data: Any) -> list[dict]:
    """The band as areas of the voltage figure; nothing for what is none."""
    traces = []
    for name in ("sodiation", "desodiation") if isinstance(data, dict) else ():
        points = data.get(name) or []
        if not _are_numbers(points):
            continue
        capacity, low, high = zip(*points, strict=True)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": "cycle 1, 95 % of the draws",
                "showlegend": name == "sodiation",
                "x": short([*capacity, *reversed(capacity)]),
                "y": short([*low, *reversed(high)]),
                "fill": "toself",
                "fillcolor": FAINT_B,
                "line": {"width": 0, "color": B_COLOUR},
                "hoverinfo": "skip",
            }
        )
    return traces


def _are_numbers(points: Any) -> bool:
    return bool(points) and all(
        isinstance(point, list | tuple) and len(point) == 3 and all(isinstance(x, int | float) for x in point)
        for point in points
    )


def _table(band: Band) -> Component:
    """Median and interval of every quantity."""
    head = [html.Th(text, scope="col") for text in ("Quantity", "Unit", "Median", "from", "to")]
    body = []
    for name, *values in band.rows:
        unit = {"1": "", "mA.h.g-1": "mAh/g"}.get(unit_of(name), unit_of(name))
        cells = [html.Td(shown_number(value)) for value in values]
        row = [html.Th(name.partition(" [")[0], scope="row"), html.Td(unit, className="unit"), *cells]
        body.append(html.Tr(row, **of_quantity(name)))
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(body)])
