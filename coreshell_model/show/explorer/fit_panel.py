"""The panel of fits: one is started on a dropped file, followed, and ends in its report."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import from_si, to_si
from coreshell_model.show.explorer.attributes import aria
from coreshell_model.show.explorer.fits import Fits, FitState
from coreshell_model.show.explorer.measured import NO_FILE, Measured, Shelf, chosen
from coreshell_model.show.explorer.numbers import movable
from coreshell_model.show.explorer.outcome import Outcomes
from coreshell_model.show.explorer.tasks import Outcome

POLL = 1000
"""Milliseconds between looks at a fit that runs."""


def panel() -> Component:
    """Choice of the file, start and stop, progress and report."""
    return html.Section(
        [
            html.H2("Fit the design to own data"),
            html.P(
                "A guided fit, as coreshell fit FILES --material NAME: it says what it read and which "
                "numbers the data can fix, fits these, and ends in a report. The files are those of one "
                "cell. It starts from the numbers on the sliders and takes some minutes in the background, "
                "also if the page is loaded anew.",
                className="hint",
            ),
            html.Fieldset(
                [
                    html.Legend("Files"),
                    dcc.Checklist(id="fit-files", options=[], value=[]),
                    html.P(NO_FILE, id="fit-no-file", className="hint"),
                    html.Label("First cycle of each", htmlFor="fit-first"),
                    dcc.Input(
                        id="fit-first",
                        type="text",
                        placeholder="1, 2; if the files do not say it",
                        className="wide",
                    ),
                ],
                className="control",
            ),
            html.Div(
                [
                    html.Button("Fit", id="fit-start", className="main"),
                    html.Button("Stop", id="fit-stop", disabled=True),
                    html.Button("Take the fitted numbers", id="fit-take", disabled=True),
                ],
                className="buttons",
            ),
            html.Div(id="fit-error", role="alert", className="refusal", hidden=True),
            html.Div(
                id="fit-progress", role="log", className="progress", tabIndex=0, **aria(label="Progress")
            ),
            html.Div(id="fit-report"),
            dcc.Store(id="fit", storage_type="session"),
            dcc.Store(id="fit-values"),
            dcc.Interval(id="fit-tick", interval=POLL, disabled=True),
        ],
        id="fit-panel",
        hidden=True,
    )


def connect(app: Dash, outcomes: Outcomes, shelf: Shelf, fits: Fits) -> None:
    """Register the callbacks of fits."""
    units = {number.path: number.unit or "1" for number in movable(outcomes.subject) if not number.control}
    app.clientside_callback(
        ClientsideFunction("fit", "take"),
        Input("fit-take", "n_clicks"),
        State("fit-values", "data"),
        State("changes", "data"),
    )

    @app.callback(
        Output("fit-files", "options"),
        Output("fit-files", "value"),
        Output("fit-no-file", "hidden"),
        Input("measured", "data"),
        State("fit-files", "options"),
        State("fit-files", "value"),
    )
    def offer(measured: Any, options: Any, value: Any):
        files = [each for each in chosen(shelf, measured)[0] if each.dataset is not None]
        left_out = {option["value"] for option in options or []} - set(value or [])
        offered = [{"value": each.token, "label": each.name} for each in files]
        return offered, [each.token for each in files if each.token not in left_out], bool(files)

    @app.callback(
        Output("fit", "data"),
        Output("fit-error", "children"),
        Output("fit-error", "hidden"),
        Input("fit-start", "n_clicks"),
        Input("fit-stop", "n_clicks"),
        State("design", "data"),
        State("fit-files", "value"),
        State("fit-first", "value"),
        State("measured", "data"),
        State("fit", "data"),
        prevent_initial_call=True,
    )
    def start(_: Any, __: Any, design: Any, tokens: Any, first: Any, measured: Any, fit: Any):
        if ctx.triggered_id == "fit-stop":
            fits.stop(fit)
            return no_update, "", True
        try:
            files = [each for each in chosen(shelf, measured)[0] if each.token in (tokens or [])]
            return _started(outcomes, fits, design, files, first_cycles(first)), "", True
        except InputError as error:
            return no_update, str(error), False

    @app.callback(
        Output("fit-progress", "children"),
        Output("fit-report", "children"),
        Output("fit-values", "data"),
        Output("fit-tick", "disabled"),
        Output("fit-stop", "disabled"),
        Output("fit-take", "disabled"),
        Input("fit", "data"),
        Input("fit-tick", "n_intervals"),
    )
    def follow(fit: Any, _: Any):
        if not fit:
            return "", "", None, True, True, True
        state = fits.state(fit)
        values = _in_units_of_the_page(state, units)
        lines = [html.P(line) for line in state.lines]
        return lines, _report(state), values, not state.running, not state.running, not values


def first_cycles(text: Any) -> tuple[int, ...]:
    """The cycle with which each file begins, from a text as "1, 2"; none of an empty one.

    Raises
    ------
    InputError
        It is no list of cycles.
    """
    parts = [part.strip() for part in str(text or "").split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and 0 < len(part) < 7 and int(part) for part in parts):
        raise InputError('First cycle of each: type whole numbers from 1, as "1, 2"')
    return tuple(map(int, parts))


def _started(
    outcomes: Outcomes, fits: Fits, design: Any, files: list[Measured], first: tuple[int, ...]
) -> str:
    """Start a fit of the design on the sliders to the chosen files.

    Raises
    ------
    InputError
        There is no file, or the design is impossible.
    """
    if not files:
        raise InputError("There is no file to fit to; drop one under Own data, and choose it here")
    choice = outcomes.read(design)
    if isinstance(choice, Outcome):
        raise InputError(choice.reason)
    return fits.start(files, outcomes.subject.material(choice), first)


def _report(state: FitState) -> Component | str:
    """The report in a frame of its own, in which nothing can run; or why there is none."""
    if state.error:
        return html.Div([html.Strong("No fit. "), state.error], role="alert", className="refusal")
    if not state.report:
        return ""
    frame = html.Iframe(srcDoc=state.report, sandbox="", title="Report of the fit", className="report")
    return html.Div([html.H2("Report"), frame])


def _in_units_of_the_page(state: FitState, units: dict[str, str]) -> dict[str, str]:
    """The fitted numbers as the page changes them; those that its sliders set are left out."""
    values = {}
    for path, value, unit in state.values:
        if path in units:
            shown = units[path]
            number = from_si(to_si(value, unit, unit), shown)
            values[path] = f"{number:.6g} {shown}".removesuffix(" 1")
    return values
