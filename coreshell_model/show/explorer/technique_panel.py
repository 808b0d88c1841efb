"""The tabs of the page, and the panel of a test: the pictures that the commands draw, and a table."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from coreshell_model.base.errors import InputError
from coreshell_model.base.tables import DASH, shown_number
from coreshell_model.show.explorer.attributes import aria, of_quantity
from coreshell_model.show.explorer.impedance import ImpedanceTask, overlaid_spectra
from coreshell_model.show.explorer.kept import Kept
from coreshell_model.show.explorer.lanes import Lanes
from coreshell_model.show.explorer.measured import Measured, Shelf, chosen
from coreshell_model.show.explorer.outcome import Outcomes
from coreshell_model.show.explorer.tasks import Outcome
from coreshell_model.show.explorer.techniques import TECHNIQUES, TechniqueTask, Tested, failures

DESIGN, MEASURED, FIT = "design", "measured", "fit"
"""Names of the tabs that are no test."""

IMPEDANCE = "impedance"
"""Name of the tab of the impedance, which runs no protocol."""

TABS = {
    DESIGN: "First cycles",
    **{name: technique.label for name, technique in TECHNIQUES.items()},
    MEASURED: "Own data",
    FIT: "Fit",
}
"""The tabs with their labels, in the order of the page."""

KEPT = 60
"""Results of tests kept in memory; one has some 0.1 MB."""

SHORT_UNITS = {"1": "", "mA.h.g-1": "mAh/g", "W.h.kg-1": "Wh/kg", "W.h.L-1": "Wh/L", "Ohm": "Ω"}
"""Units as the page writes them."""

LOWEST, HIGHEST = -1.0, 5.0
"""Potentials [V] that a spectrum can be asked at."""


def tabs() -> Component:
    """The tabs: radio buttons, which the arrow keys go through."""
    options = [{"value": name, "label": label} for name, label in TABS.items()]
    chooser = dcc.RadioItems(id="tab", value=DESIGN, options=options, className="tabs")
    link = html.Div(
        [
            html.Button("Copy link to this state", id="copy-link", className="small"),
            html.Span(id="link-note", className="hint", role="status"),
        ],
        className="link",
    )
    return html.Nav([chooser, link], **aria(label="What to take the design through"))


def panel() -> Component:
    """The panel that all tests share."""
    potential = html.Div(
        [
            html.Label("Potential", htmlFor="potential"),
            html.Span(
                [
                    dcc.Input(id="potential", type="number", value=0.1, step="any"),
                    html.Span("V", className="unit"),
                ],
                className="field",
            ),
        ],
        id="potential-box",
        className="line",
        hidden=True,
    )
    return html.Section(
        [
            html.H2(id="technique-name"),
            html.P(id="technique-hint", className="hint"),
            potential,
            html.Div(id="technique", className="drawn", **aria(live="polite")),
            html.Div(
                [
                    html.Button("Figures, SVG", id="technique-svg"),
                    html.Button("Their numbers, CSV", id="technique-csv"),
                ],
                className="buttons",
            ),
            dcc.Download(id="technique-download"),
        ],
        id="technique-panel",
        hidden=True,
    )


def connect(app: Dash, outcomes: Outcomes, shelf: Shelf) -> None:
    """Register the callbacks of the tabs and of their panel."""
    kept: Kept[tuple, Tested] = Kept(KEPT)

    def tested(data: Any, technique: str, potential: Any, measured: Any) -> Tested:
        files = chosen(shelf, measured)[0] if technique == IMPEDANCE else []
        return _tested(outcomes, kept, data, technique, potential, files)

    @app.callback(
        Output("technique", "children"),
        Output("technique-name", "children"),
        Output("technique-hint", "children"),
        Input("design", "data"),
        Input("pinned", "data"),
        Input("tab", "value"),
        Input("potential", "value"),
        Input("measured", "data"),
    )
    def show(design: Any, pinned: Any, tab: Any, potential: Any, measured: Any):
        if not isinstance(tab, str) or tab not in TECHNIQUES:
            return no_update, no_update, no_update
        if ctx.triggered_id == "measured" and tab != IMPEDANCE:
            return no_update, no_update, no_update
        sent = {"A": pinned, "B": design} if pinned is not None else {"B": design}
        found = {name: tested(data, tab, potential, measured) for name, data in sent.items()}
        technique = TECHNIQUES[tab]
        return content(found), technique.label, technique.hint

    @app.callback(
        Output("technique-download", "data"),
        Input("technique-svg", "n_clicks"),
        Input("technique-csv", "n_clicks"),
        State("design", "data"),
        State("tab", "value"),
        State("potential", "value"),
        State("measured", "data"),
        prevent_initial_call=True,
    )
    def take(_: Any, __: Any, design: Any, tab: Any, potential: Any, measured: Any):
        if not isinstance(tab, str) or tab not in TECHNIQUES or not ctx.triggered_id:
            return no_update
        kind = ctx.triggered_id.removeprefix("technique-")
        return _taken(tested(design, tab, potential, measured), f"{outcomes.subject.base.name}_{tab}", kind)


def _tested(
    outcomes: Outcomes,
    kept: Kept[tuple, Tested],
    data: Any,
    technique: str,
    potential: Any,
    files: Sequence[Measured],
) -> Tested:
    """What a test gives for the data that a browser sent, run by a worker unless it is kept."""
    choice = outcomes.read(data)
    if isinstance(choice, Outcome):
        return Tested(reason=choice.reason)
    lanes: Lanes = outcomes.lanes
    key, task = (choice, technique), TechniqueTask(choice, technique)
    if technique == IMPEDANCE:
        try:
            at = _potential(potential)
        except InputError as error:
            return Tested(reason=str(error))
        key = (choice, at, tuple(each.token for each in files if each.spectra))
        task = ImpedanceTask(choice, at, overlaid_spectra(files))
    return kept.get(key, lambda: lanes.do(task, lanes.turns.at_length))


def _potential(entry: Any) -> float:
    if isinstance(entry, bool) or not isinstance(entry, int | float) or not LOWEST <= entry <= HIGHEST:
        raise InputError(f"Potential: type a number from {LOWEST:g} to {HIGHEST:g} V")
    return float(entry)


def content(found: Mapping[str, Tested]) -> list[Component]:
    """Pictures side by side by their design, reasons and warnings, and one table."""
    parts: list[Component] = []
    for line in failures(found.values()):
        parts.append(html.Div([html.Strong("No result. "), line], role="alert", className="refusal"))
    several = len(found) > 1
    names = list(dict.fromkeys(each.name for tested in found.values() for each in tested.pictures))
    for name in names:
        for design, tested in found.items():
            for each in tested.pictures:
                if each.name == name:
                    title = f"{design}: {name}" if several and name not in design else name
                    parts.append(picture_of(each.svg, title))
    rows = _table(found)
    if rows is not None:
        parts.append(rows)
    warnings = dict.fromkeys(line for tested in found.values() for line in tested.warnings)
    parts += [html.P(line, className="hint") for line in warnings]
    return parts


def picture_of(svg: bytes, title: str) -> Component:
    """A drawn picture with its caption."""
    source = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"
    caption = title[:1].upper() + title[1:]
    return html.Figure([html.Figcaption(caption), html.Img(src=source, alt=f"Figure: {caption}")])


def _table(found: Mapping[str, Tested]) -> Component | None:
    """The results of each design in a column."""
    labels = dict.fromkeys((label, unit) for tested in found.values() for label, _, unit in tested.rows)
    if not labels:
        return None
    values = {name: {row[0]: row[1] for row in tested.rows} for name, tested in found.items()}
    columns = list(found) if len(found) > 1 else ["Value"]
    head = [html.Th(text, scope="col") for text in ("Quantity", "Unit", *columns)]
    body = []
    for label, unit in labels:
        cells = [values[name].get(label) for name in found]
        shown = [html.Td(DASH if value is None else shown_number(value)) for value in cells]
        unit_shown = html.Td(SHORT_UNITS.get(unit, unit), className="unit")
        body.append(html.Tr([html.Th(label, scope="row"), unit_shown, *shown], **of_quantity(label)))
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(body)])
    return html.Div(table, className="scroll")


def _taken(tested: Tested, stem: str, kind: str) -> Any:
    """A download of the pictures, or of their numbers; several in one archive."""
    files = {
        f"{stem}_{each.name}.{kind}": each.svg if kind == "svg" else each.csv for each in tested.pictures
    }
    if not files:
        return no_update
    if len(files) == 1:
        name, content = next(iter(files.items()))
        return dcc.send_bytes(content, name)
    return dcc.send_bytes(zipped(files), f"{stem}_{kind}.zip")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of files by their names."""
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()
