"""The door through which a browser gives a measured file to this machine: POST /measured."""

from typing import Any

from dash import Dash
from flask import request

from coreshell_model.base.errors import InputError
from coreshell_model.base.pool import LostWorkersError
from coreshell_model.show.explorer.measured import (
    Measured,
    Shelf,
    spectrum_in_words,
    stated_from,
)

PLACE = "/measured"

SHOWN_STATEMENTS = 12
"""Statements about a file that the page shows."""


def open_door(app: Dash, shelf: Shelf) -> None:
    """Let the server take files; what is wrong with one is told in one line."""

    @app.server.post(PLACE)
    def take() -> dict[str, Any]:
        try:
            stated = stated_from(request.args)
            measured = shelf.take(request.args.get("name", ""), request.get_data(cache=False), stated)
            if measured.dataset is not None and measured.dataset.mass is None:
                raise InputError(
                    f'{measured.name}: the mass of active carbon is not known; type it, as "1.1 mg"'
                )
        except (InputError, LostWorkersError) as error:
            return {"error": str(error)}
        return described(measured)


def described(measured: Measured) -> dict[str, Any]:
    """What the page is told of a file."""
    dataset = measured.dataset
    lines = [] if dataset is None else list(dataset.statements[:SHOWN_STATEMENTS])
    if dataset is None:
        lines = [spectrum_in_words(each) for each in measured.spectra[:SHOWN_STATEMENTS]]
    return {"token": measured.token, "name": measured.name, "lines": lines}
