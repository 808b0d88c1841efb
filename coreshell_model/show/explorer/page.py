"""The layout of the page."""

from dash import dcc, html
from dash.development.base_component import Component

from coreshell_model.inputs.user_defaults import in_words
from coreshell_model.show.explorer import band_panel, fit_panel, measured_panel, technique_panel
from coreshell_model.show.explorer.attributes import aria
from coreshell_model.show.explorer.choice import HOLD, Control
from coreshell_model.show.explorer.export import EXPORTS
from coreshell_model.show.explorer.numbers import movable
from coreshell_model.show.explorer.plotly_style import GRAPH, empty
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.technique_panel import TABS, tabs

POLL = 700
"""Milliseconds between updates of a map that is being computed."""


def page(subject: Subject) -> Component:
    """The whole page as it opens."""
    start = subject.start.as_data()
    return html.Div(
        [
            html.A("Skip to the results", href="#results", className="skip"),
            _head(subject),
            html.Main([_summary(), _controls(subject), _shown()]),
            dcc.Store(id="design", data=start),
            dcc.Store(id="pinned"),
            dcc.Store(id="about", data={"material": subject.base.name, "tabs": list(TABS)}),
            dcc.Store(id="changes", data={}),
            dcc.Store(id="measured", data=[]),
            dcc.Store(id="movable", data=[number.as_data() for number in movable(subject)]),
            dcc.Store(id="drawn"),
            dcc.Store(id="stops", data={control.name: control.stops for control in subject.controls}),
            dcc.Download(id="download"),
            dcc.Interval(id="tick", interval=POLL),
        ],
        className="page",
    )


def _head(subject: Subject) -> Component:
    cycles = len(subject.protocol_base.steps_by_cycle())
    basis, window = subject.protocol_base.basis, subject.protocol_base.window
    return html.Header(
        [
            html.H1("Which particle to make next"),
            html.P(subject.base.title, className="material"),
            html.P(
                f"{cycles} cycles; capacities per gram of active carbon (core + shell); 1C = {basis.one_c}; "
                f"window {window.lower} to {window.upper}; particle level.{in_words(subject.protocol_base)}",
                className="basis",
            ),
        ]
    )


def _controls(subject: Subject) -> Component:
    start = subject.start.as_data()
    return html.Section(
        [
            html.H2("Design", id="design-heading"),
            *(_control(control, start[control.name]) for control in subject.controls),
            html.Fieldset(
                [
                    html.Legend("Does the shell seal?"),
                    dcc.RadioItems(
                        id="seal",
                        value=subject.start.seal,
                        options=[{"value": name, "label": label} for name, label in subject.seals.items()],
                    ),
                    html.P(
                        "How thick a shell must be to keep electrolyte out is assumed: only no shell (open) "
                        "and 9 nm (sealed) are known.",
                        className="hint",
                    ),
                ],
                className="control",
            ),
            html.Div(
                [
                    html.Button("Keep as A", id="pin", className="main"),
                    html.Button("Remove A", id="unpin", disabled=True),
                ],
                className="buttons",
            ),
            html.P("Slide on after keeping: B is compared with A.", className="hint"),
            measured_panel.drop(),
            html.H2("All numbers", id="numbers-heading"),
            html.Div(id="numbers", className="numbers"),
        ],
        className="controls",
        **aria(labelledby="design-heading"),
    )


def _control(control: Control, value: float | bool) -> Component:
    """Label, field and slider; the hold also has a switch, which is off where its value is False."""
    name, number = control.name, control.stops[-1] if value is False else value
    line: list[Component] = [html.Label(control.label, htmlFor=f"{name}-field")]
    if name == HOLD.name:
        line.append(_switch(on=value is not False))
    field = dcc.Input(id=f"{name}-field", type="number", value=number, step="any")
    line.append(html.Span([field, html.Span(control.unit, className="unit")], className="field"))
    slider = dcc.Input(
        id=f"{name}-slider",
        type="range",
        min=0,
        max=len(control.stops) - 1,
        step=1,
        value=control.nearest(number),
    )
    hint = html.P(control.hint, className="hint", id=f"{name}-hint")
    return html.Div([html.Div(line, className="line"), slider, hint], className="control")


def _switch(on: bool) -> Component:
    return dcc.Checklist(id="holds", options=[{"value": "on", "label": "on"}], value=["on"] if on else [])


def _summary() -> Component:
    """The three main results, or why there are none; they stay in view."""
    return html.Section(
        [
            html.P(id="status", role="status", className="unseen", **aria(live="polite")),
            html.Div(id="refusal", role="alert", className="refusal", hidden=True),
            html.Div(id="headlines", className="headlines"),
        ],
        className="summary",
        **aria(label="Main results"),
    )


def _shown() -> Component:
    """The tabs and their panels, of which one is in view."""
    panels = [technique_panel.panel(), measured_panel.panel(), fit_panel.panel(), _results()]
    return html.Div([tabs(), *panels], id="shown")


def _results() -> Component:
    return html.Section(
        [
            html.H2("Results", className="unseen"),
            html.Div(
                [
                    _picture("Voltage", "voltage"),
                    _picture("Where the sodium is", "inventory-B", "inventory-B-name"),
                    _picture("First-cycle loss", "losses", height=200),
                    _picture("Where the sodium is: A", "inventory-A", box="inventory-A-box"),
                ],
                id="answer",
                className="pictures",
            ),
            band_panel.panel(),
            html.Section(
                [
                    html.H2("Design map"),
                    html.P(id="map-status", className="hint"),
                    html.Div(
                        [
                            _picture("Initial coulombic efficiency", "map-efficiency"),
                            _picture("Reversible capacity", "map-capacity"),
                        ],
                        className="pictures",
                    ),
                ]
            ),
            html.Section(
                [
                    html.H2("In numbers"),
                    html.Div(id="table", className="scroll"),
                    html.H2("Take it away"),
                    html.Div(
                        [html.Button(label, id=f"export-{kind}") for kind, label in EXPORTS.items()],
                        className="buttons",
                    ),
                    html.P(id="command", className="hint"),
                ],
                id="takings",
            ),
        ],
        id="results",
        className="results",
        tabIndex=-1,
    )


def _picture(
    title: str, graph: str, name: str | None = None, box: str | None = None, height: int = 330
) -> Component:
    caption = html.Figcaption(title, id=name) if name else html.Figcaption(title)
    content = [caption, dcc.Graph(id=graph, figure=empty(), config=GRAPH, style={"height": f"{height}px"})]
    return html.Figure(content, id=box, hidden=True) if box else html.Figure(content)
