"""The server of the page, and the requests that it refuses."""

import json
import logging
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, abort, request
from werkzeug.serving import BaseWSGIServer, make_server

from coreshell_model.base.errors import InputError
from coreshell_model.show.explorer.background import Background
from coreshell_model.show.explorer.callbacks import connect
from coreshell_model.show.explorer.design_map import Grid
from coreshell_model.show.explorer.fits import Fits
from coreshell_model.show.explorer.lanes import EndingError, Lanes
from coreshell_model.show.explorer.measured import LARGEST_FILE, Shelf
from coreshell_model.show.explorer.outcome import Outcomes
from coreshell_model.show.explorer.page import page
from coreshell_model.show.explorer.subject import Subject
from coreshell_model.show.explorer.upload import PLACE, open_door

UPDATE = "/_dash-update-component"

ANY_OTHER = "/<path:path>"
"""The rule of Dash that answers every unknown place with the page."""

LARGEST_POST = 200_000
"""Bytes of the largest request; those of the page take some 2000."""


def guard(app: Dash) -> None:
    """Refuse requests that the page never makes with 400, 403, 404 or 413, before any callback runs."""
    app.server.config["MAX_CONTENT_LENGTH"] = LARGEST_POST
    app.server.register_error_handler(DependencyException, lambda error: ("there is no such file", 404))
    app.server.register_error_handler(EndingError, lambda error: (str(error), 503))

    @app.server.before_request
    def check() -> None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            abort(403, "a page from elsewhere asked")
        if request.url_rule is not None and request.url_rule.rule == ANY_OTHER:
            abort(404, "there is no such page")
        if request.path == PLACE:
            request.max_content_length = LARGEST_FILE
        if request.method == "POST" and request.path == UPDATE:
            fault = _fault(request.get_data(), app.callback_map)
            if fault is not None:
                abort(400, fault)


def _fault(posted: bytes, callbacks: Mapping[str, Any]) -> str | None:
    """Why a post is not one of the page, whatever its values are; None where it is one."""
    try:
        body = json.loads(posted)
    except (ValueError, RecursionError):
        return "the post is no JSON"
    if not isinstance(body, dict):
        return "the post is no JSON object"
    output = body.get("output")
    callback = callbacks.get(output) if isinstance(output, str) else None
    if callback is None or "callback" not in callback:  # a callback without that key runs in the browser
        return "the post names no output of the page"
    inputs = [(part["id"], part["property"]) for part in callback["inputs"]]
    state = [(part["id"], part["property"]) for part in callback["state"]]
    several = isinstance(callback["output"], list)
    outputs = callback["output"] if several else [callback["output"]]
    posted_outputs = body.get("outputs") if several else [body.get("outputs")]
    for name, parts, expected in (
        ("outputs", posted_outputs, [(part.component_id, part.component_property) for part in outputs]),
        ("inputs", body.get("inputs"), inputs),
        ("state", body.get("state") or [], state),
    ):
        if _named(parts) != expected:
            return f"the {name} of the post are not those of the page"
    changed = body.get("changedPropIds")
    names = {f"{element}.{part}" for element, part in inputs}
    if not isinstance(changed, list) or not all(isinstance(name, str) and name in names for name in changed):
        return "the post does not say which of its inputs changed"
    return None


def _named(parts: Any) -> list[tuple[Any, Any]] | None:
    """Element and property of each part of a post; None where they are not such parts."""
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return None
    return [(part.get("id"), part.get("property")) for part in parts]


HOST = "127.0.0.1"

TRUSTED = [HOST, "localhost"]
"""Names of this server; a request under another name, as one pointed here by a foreign page, is refused."""

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


def application(
    subject: Subject, grid: Grid | None = None, compiled: bool = False, lanes: Lanes | None = None
) -> Dash:
    """The page with its callbacks; everything that the page loads comes from this server.

    Parameters
    ----------
    subject : what it is about
    grid : of its map
    compiled : have the models compiled while the page is in use already
    lanes : its workers, which whoever made them closes; if not given, some that end with this process
    """
    app = Dash(
        "coreshell_model.show.explorer",
        assets_folder=str(Path(__file__).parent / "assets"),
        index_string=INDEX,
        title=f"coreshell: {subject.base.name}",
        update_title="",
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        add_log_handler=False,
    )
    outcomes = Outcomes(subject, lanes)
    app.layout = page(subject)
    shelf = Shelf(outcomes.lanes, subject)
    connect(app, outcomes, Background(grid or Grid(), outcomes.point), shelf, Fits())
    open_door(app, shelf)
    outcomes.of(subject.start)  # builds the model before anyone waits for it
    if compiled:
        threading.Thread(target=outcomes.compile, name="compiling", daemon=True).start()
    app.server.config["TRUSTED_HOSTS"] = TRUSTED
    guard(app)
    policy = _policy(app)

    @app.server.after_request
    def keep_to_itself(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        return response

    return app


def _policy(app: Dash) -> str:
    """The content security policy: the page loads nothing from, and asks nothing of, other servers."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; frame-ancestors 'none'; form-action 'none'; base-uri 'none'"
    )


def listening(port: int) -> socket.socket:
    """Open a socket that listens at a port of this machine, or for 0 at a free one.

    Raises
    ------
    InputError
        The port is in use, or not allowed.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"--port {port}: {reason}; choose another one, or 0 for a free one") from None


def server(app: Dash, port: socket.socket) -> BaseWSGIServer:
    """The server of a page on a listening socket, without a log of requests."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return make_server(HOST, port.getsockname()[1], app.server, threaded=True, fd=port.fileno())
