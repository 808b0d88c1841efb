"""The page as a server on this machine, for its own browser alone."""

import logging
import socket
from pathlib import Path

from dash import Dash
from flask import Response
from werkzeug.serving import BaseWSGIServer, make_server

from coreshell_model.errors import InputError
from coreshell_model.explorer.asked import guard
from coreshell_model.explorer.background import MODELS, Background
from coreshell_model.explorer.callbacks import connect
from coreshell_model.explorer.design_map import Grid
from coreshell_model.explorer.outcome import Outcomes
from coreshell_model.explorer.page import page
from coreshell_model.explorer.subject import Subject
from coreshell_model.simulation import keep_models

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
    keep_models(MODELS)
    outcomes = Outcomes(subject)
    app.layout = page(subject)
    connect(app, outcomes, Background(grid or Grid(), outcomes.point, outcomes.ahead, outcomes.next_to))
    outcomes.of(subject.start)  # builds the model before anyone waits for it
    app.server.config["TRUSTED_HOSTS"] = TRUSTED
    guard(app)
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


def listening(port: int) -> socket.socket:
    """A port of this machine, taken; 0 takes a free one.

    Raises
    ------
    InputError
        It is taken already, or not allowed.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"--port {port}: {reason}; choose another one, or 0 for a free one") from None


def server(app: Dash, port: socket.socket) -> BaseWSGIServer:
    """The server of a page at a port that listens, ready to serve; it says nothing of each request."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return make_server(HOST, port.getsockname()[1], app.server, threaded=True, fd=port.fileno())
