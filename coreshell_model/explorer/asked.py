"""What a browser may ask of the page: by the page's own name, of a bounded size, and as its callbacks are."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from dash import Dash
from dash.exceptions import DependencyException
from flask import abort, request

UPDATE = "/_dash-update-component"

LARGEST_POST = 200_000
"""Bytes; the page's own posts, two designs and how far the map is drawn, take some 2000."""


def guard(app: Dash) -> None:
    """Refuse what the page itself would never ask, unread by callbacks: 400, 403, 404 and 413."""
    app.server.config["MAX_CONTENT_LENGTH"] = LARGEST_POST
    app.server.register_error_handler(DependencyException, lambda error: ("there is no such file", 404))

    @app.server.before_request
    def check() -> None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            abort(403, "a page from elsewhere asked")
        if request.method == "POST" and request.path == UPDATE:
            fault = _fault(request.get_data(), app.callback_map)
            if fault is not None:
                abort(400, fault)


def _fault(posted: bytes, callbacks: Mapping[str, Any]) -> str | None:
    """Why a post is none of the page's own, whatever its values are; None where it is."""
    try:
        body = json.loads(posted)
    except (ValueError, RecursionError):
        return "the post is no JSON"
    if not isinstance(body, dict):
        return "the post is no JSON object"
    output = body.get("output")
    callback = callbacks.get(output) if isinstance(output, str) else None
    if callback is None or "callback" not in callback:  # those without run in the browser
        return "the post names no output of the page"
    inputs = [(each["id"], each["property"]) for each in callback["inputs"]]
    state = [(each["id"], each["property"]) for each in callback["state"]]
    outputs = callback["output"]
    several = isinstance(outputs, list)
    wanted = [(each.component_id, each.component_property) for each in (outputs if several else [outputs])]
    given = body.get("outputs")
    for name, parts, expected in (
        ("outputs", given if several else [given], wanted),
        ("inputs", body.get("inputs"), inputs),
        ("state", body.get("state") or [], state),
    ):
        if _named(parts) != expected:
            return f"the {name} of the post are not those of the page"
    changed = body.get("changedPropIds")
    known = {f"{element}.{part}" for element, part in inputs}
    if not isinstance(changed, list) or not all(isinstance(each, str) and each in known for each in changed):
        return "the post does not say which of its inputs changed"
    return None


def _named(parts: Any) -> list[tuple[Any, Any]] | None:
    """Element and property of each part of a post; None where they are not such parts."""
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return None
    return [(part.get("id"), part.get("property")) for part in parts]
