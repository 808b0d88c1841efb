"""The panel of own data: where files are dropped, what was read of them, and the model driven by them."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from coreshell_model.data.replay import CONTROLS
from coreshell_model.show.explorer.attributes import aria, of_quantity
from coreshell_model.show.explorer.kept import Kept
from coreshell_model.show.explorer.measured import (
    FORMS,
    NO_FILE,
    Measured,
    Shelf,
    chosen,
    first_cycle_results,
)
from coreshell_model.show.explorer.outcome import Outcomes
from coreshell_model.show.explorer.replayed import ReplayTask
from coreshell_model.show.explorer.tasks import Outcome
from coreshell_model.show.explorer.technique_panel import MEASURED, content, zipped
from coreshell_model.show.explorer.techniques import Tested

KEPT = 30
"""Replays kept in memory."""


def drop() -> Component:
    """Where files are dropped, and what is stated of them; the browser fills in the file chooser."""
    forms = [{"value": name, "label": label} for name, label in FORMS.items()]
    fields = [
        ("data-mass", "Mass of active carbon", "1.1 mg; if the file does not say it"),
        ("data-rate", "Rate, of voltage over capacity", "C/20 or 20 mA/g"),
        ("data-area", "Area of the electrode, of impedance", "1.13 cm2; if it is not the model's"),
    ]
    return html.Div(
        [
            html.H2("Own data"),
            html.P(
                "Files stay on this machine. They are drawn over the voltage of the first cycles, impedance "
                "spectra over that of the design.",
                className="hint",
            ),
            html.Fieldset(
                [
                    html.Legend("What the file is"),
                    dcc.RadioItems(id="data-form", value=next(iter(FORMS)), options=forms),
                ],
                className="control",
            ),
            *(
                html.Div(
                    [
                        html.Label(label, htmlFor=name),
                        dcc.Input(id=name, type="text", placeholder=example, className="wide"),
                    ],
                    className="control",
                )
                for name, label, example in fields
            ),
            html.Div(id="drop", className="drop"),
            html.Div(id="data-error", role="alert", className="refusal", hidden=True),
            html.Div(id="data-list"),
        ],
        id="data",
    )


def panel() -> Component:
    """The simulation under the measured current, with the measurement."""
    return html.Section(
        [
            html.H2("Own data under the model"),
            html.P(
                "The design goes through the measured current, or voltage, from an empty carbon on, as "
                "coreshell replay does; both voltages are drawn.",
                className="hint",
            ),
            dcc.RadioItems(
                id="drive",
                value="current",
                options=[{"value": name, "label": f"Driven by the {name}"} for name in CONTROLS],
                className="tabs",
            ),
            html.Div(id="replayed", className="drawn", **aria(live="polite")),
            html.Div(
                [
                    html.Button("Figures, SVG", id="replayed-svg"),
                    html.Button("Their numbers, CSV", id="replayed-csv"),
                ],
                className="buttons",
            ),
            dcc.Download(id="replayed-download"),
        ],
        id="measured-panel",
        hidden=True,
    )


def connect(app: Dash, outcomes: Outcomes, shelf: Shelf) -> None:
    """Register the callbacks of own data."""
    kept: Kept[tuple, Tested] = Kept(KEPT)
    app.clientside_callback(
        ClientsideFunction("measured", "show"),
        Input("measured", "data"),
    )

    def replays(design: Any, measured: Any, drive: Any) -> dict[str, Tested]:
        files, lost = chosen(shelf, measured)
        gone = {name: Tested(reason=f"{name}: is no longer kept here; drop it again") for name in lost}
        choice = outcomes.read(design)
        control = drive if isinstance(drive, str) and drive in CONTROLS else "current"
        if isinstance(choice, Outcome):
            return gone | {"B": Tested(reason=choice.reason)}
        lanes, found = outcomes.lanes, {}
        for number, each in enumerate(files, start=1):
            if each.dataset is None:
                continue
            task = ReplayTask(choice, each.token, each.dataset, control)
            found[each.name if each.name not in found else f"{each.name} ({number})"] = kept.get(
                (choice, each.token, control), lambda task=task: lanes.do(task, lanes.turns.at_length)
            )
        return gone | found

    @app.callback(
        Output("replayed", "children"),
        Input("design", "data"),
        Input("measured", "data"),
        Input("tab", "value"),
        Input("drive", "value"),
    )
    def show(design: Any, measured: Any, tab: Any, drive: Any):
        if tab != MEASURED:
            return no_update
        if not measured:
            return html.P(NO_FILE)
        files, _ = chosen(shelf, measured)
        spectra = [each.name for each in files if each.dataset is None]
        hints = [html.P(f"{name}: impedance alone, drawn in the tab Impedance.") for name in spectra]
        return [*compared(files), *content(replays(design, measured, drive)), *hints]

    @app.callback(
        Output("replayed-download", "data"),
        Input("replayed-svg", "n_clicks"),
        Input("replayed-csv", "n_clicks"),
        State("design", "data"),
        State("measured", "data"),
        State("drive", "value"),
        prevent_initial_call=True,
    )
    def take(_: Any, __: Any, design: Any, measured: Any, drive: Any):
        kind = (ctx.triggered_id or "").removeprefix("replayed-")
        files = {}
        for number, tested in enumerate(replays(design, measured, drive).values(), start=1):
            for each in tested.pictures:
                name = f"{outcomes.subject.base.name}_{number}_{each.name.split('.')[0]}_replay.{kind}"
                files[name] = each.svg if kind == "svg" else each.csv
        return dcc.send_bytes(zipped(files), f"replays_{kind}.zip") if files and kind else no_update


def compared(files: list[Measured]) -> list[Component]:
    """First-cycle results of two or more files side by side, of two with their difference."""
    recorded = [(each.name, each.dataset) for each in files if each.dataset is not None]
    if len(recorded) < 2:
        return []
    results = [first_cycle_results(dataset) for _, dataset in recorded]
    names = [name for name, _ in recorded] + (["Second − first"] if len(recorded) == 2 else [])
    body = []
    for key in dict.fromkeys(key for each in results for key in each):
        factor, digits, unit = (100.0, 1, "%") if "efficiency" in key else (1.0, 1, "mAh/g")
        values = [each.get(key) for each in results]
        cells = ["–" if value is None else f"{factor * value:.{digits}f}" for value in values]
        if len(recorded) == 2:
            a, b = values
            cells.append(
                "–" if a is None or b is None else f"{factor * (b - a):+.{digits}f}".replace("-", "−")
            )
        row = [html.Th(key.partition(" [")[0], scope="row"), html.Td(unit, className="unit")]
        body.append(html.Tr([*row, *map(html.Td, cells)], **of_quantity(key)))
    head = [html.Th(text, scope="col") for text in ("Measured", "Unit", *names)]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(body)], id="data-compared")
    return [html.Div(table, className="scroll")]
