"""The page as a server on this machine, for its own browser alone."""

import logging
from pathlib import Path

from dash import Dash
from flask import Response
from werkzeug.serving import BaseWSGIServer, make_server

from coreshell_model.errors import InputError
from coreshell_model.explorer.callbacks import connect
from coreshell_model.explorer.design_map import Grid, Maps
from coreshell_model.explorer.outcome import Outcomes
from coreshell_model.explorer.page import page
from coreshell_model.explorer.subject import Subject

HOST = "127.0.0.1"

TRUSTED = [HOST, "localhost"]
"""Names under which a browser may ask: a page from elsewhere cannot point its own name here."""

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""


def application(subject: Subject, grid: Grid | None = None) -> Dash:
    """The page with all that answers it; everything that it loads comes from here."""
    app = Dash(
        "coreshell_model.explorer",
        assets_folder=str(Path(__file__).parent / "assets"),
        index_string=INDEX,
        title=f"coreshell: {subject.base.name}",
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        add_log_handler=False,
    )
    outcomes = Outcomes(subject)
    app.layout = page(subject)
    connect(app, outcomes, Maps(outcomes.point, grid or Grid()))
    outcomes.of(subject.start)  # builds the model before anyone waits for it
    app.server.config["TRUSTED_HOSTS"] = TRUSTED
    policy = _policy(app)

    @app.server.after_request
    def keep_to_itself(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        return response

    return app


def _policy(app: Dash) -> str:
    """A browser loads and asks nothing from anywhere else, whatever a library might try."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; frame-ancestors 'none'; form-action 'none'; base-uri 'none'"
    )


def server(app: Dash, port: int) -> BaseWSGIServer:
    """The server of a page, ready to serve; port 0 takes a free one.

    Raises
    ------
    InputError
        The port is taken or not allowed.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    try:
        return make_server(HOST, port, app.server, threaded=True)
    except (OSError, SystemExit, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "it is taken"
        raise InputError(f"--port {port}: {reason}; choose another one, or 0 for a free one") from None
