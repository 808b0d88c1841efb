"""What the helps show as an example is true: it can be typed as it stands."""

import re

import pytest
import typer.main

from coreshell_model.base import library
from coreshell_model.base.units import parse_quantity, to_si
from coreshell_model.data.curve_description import rate_as_current
from coreshell_model.design.experiments import check_question
from coreshell_model.design.goals import goal
from coreshell_model.design.problem import problem
from coreshell_model.design.space import axis
from coreshell_model.inputs.changes import prepared
from coreshell_model.show.cli.app import COMMANDS, app
from coreshell_model.show.cli.data import parse_curve
from coreshell_model.show.cli.eis import _cycles, _state


def set_in_every_protocol(text):
    name, _, value = text.partition("=")
    for protocol in library.names("experiments"):
        prepared("core_shell", protocol, {name: value})


def varied(text):
    design = problem("core_shell", "design")
    if "=" in text:
        read = axis(text)
        design.point({read.name: read.text(read.values[0] if read.values else read.low)})
    else:
        assert text == "thickness"


READ_BY = {
    "--set": set_in_every_protocol,
    "--vary": varied,
    "--goal": goal,
    "--time-limit": lambda text: to_si(*parse_quantity(text), "s"),
    "--mass": lambda text: to_si(*parse_quantity(text), "kg"),
    "--from": lambda text: to_si(*parse_quantity(text), "V"),
    "--at": _state,
    "--rate": lambda text: rate_as_current(text, "400 mA/g"),
    "--curve": lambda text: parse_curve([text]),
    "--about": check_question,
    "--cycles": lambda text: _cycles(text, "cycle_life"),
}
"""How an example of an option is read; those of others are words alone."""

WORDS_ALONE = {"--column", "--decimal"}


def options(command, name):
    """The options of a command and of those within it, with what their helps show in quotes."""
    for parameter in command.params:
        for text in re.findall(r'"([^"]+)"', getattr(parameter, "help", None) or ""):
            yield name, parameter.opts[0], text
    for inner, inner_command in getattr(command, "commands", {}).items():
        yield from options(inner_command, f"{name} {inner}")


def shown():
    commands = typer.main.get_command(app)
    return [example for name in COMMANDS for example in options(commands.get_command(None, name), name)]


@pytest.mark.parametrize(("command", "option", "text"), shown())
def test_an_example_in_a_help_can_be_typed_as_it_stands(command, option, text):
    """A number that --set changes is one of every shipped protocol; no example is left out unread."""
    if option in READ_BY:
        READ_BY[option](text)
    else:
        assert option in WORDS_ALONE
