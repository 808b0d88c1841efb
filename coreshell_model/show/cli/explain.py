"""``coreshell explain``: what a number, a result or a command is."""

import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from coreshell_model.base.errors import InputError, close_names
from coreshell_model.base.quantity import brief
from coreshell_model.show.cli.options import AsJson, print_json

LISTS = "`coreshell materials fields` lists numbers, `coreshell --help` commands"

LABEL, WIDTH = 16, 110
"""Columns of the labels, and of all where stdout is no terminal."""


def explain(
    name: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME",
            help="A number of a material or protocol, a result of a run, a command, or a shipped file; as "
            "core.clusters.rate, ICE, sweep or nvpf.",
        ),
    ],
    material: Annotated[str, typer.Option(help="Whose value and source is shown.")] = "core_shell",
    protocol: Annotated[str, typer.Option(help="The same for numbers of a protocol.")] = "formation",
    as_json: AsJson = False,
) -> None:
    """Say what a number, a result, a command or a shipped file is, and where it stands and acts.

    Of a number: meaning, unit, usual range and bounds, the value and its source in a material, its equations
    with their text, and the files of the laws and mechanisms that use them. Of a result of a run: its
    definition, its basis and of which half-cycle it is. Of a command: what it does, and examples. Of a
    shipped material, protocol, positive electrode or stack: what it is.
    """
    asked = " ".join(name).strip()
    record = _command(asked) or _number(asked, material, protocol) or _result(asked) or _file(asked)
    if record is None:
        raise InputError(_unknown(asked))
    if as_json:
        print_json(record)
    else:
        for line in _lines(record):
            typer.echo(line)


def _command(asked: str) -> dict[str, Any] | None:
    """A command, or one within it, as "materials new"."""
    from coreshell_model.show.cli.app import COMMANDS, command_of
    from coreshell_model.show.explained.commands import explained_command

    first, *further = asked.removeprefix("coreshell ").split() or [""]
    if first not in COMMANDS or len(further) > 1:
        return None
    command = command_of(first)
    if further:
        command = getattr(command, "commands", {}).get(further[0])
    return None if command is None else explained_command(" ".join([first, *further]), command)


def _number(asked: str, material: str, protocol: str) -> dict[str, Any] | None:
    from coreshell_model.show.explained.numbers import explained_number

    return explained_number(asked, material, protocol)


def _result(asked: str) -> dict[str, Any] | None:
    from coreshell_model.show.explained.results import explained_result

    return explained_result(asked)


def _file(asked: str) -> dict[str, Any] | None:
    from coreshell_model.show.explained.files import explained_file

    return explained_file(asked)


def names() -> list[str]:
    """Everything that can be explained."""
    from coreshell_model.show.cli.app import COMMANDS
    from coreshell_model.show.explained.files import file_names
    from coreshell_model.show.explained.numbers import paths
    from coreshell_model.show.explained.results import result_names

    return [*COMMANDS, *paths(), *result_names(), *file_names()]


def _unknown(asked: str) -> str:
    """The line about a name that is none, with names that hold it or are like it."""
    known = names()
    close = close_names(asked, known) or close_names(asked.replace(" ", "_"), known)
    hint = f"do you mean {' or '.join(map(repr, close))}?" if close else LISTS
    return f"{brief(asked)} is no number, result, command or shipped file; {hint}"


def _lines(record: dict[str, Any]) -> Iterator[str]:
    """The record as lines, each with its label in front."""
    yield f"{record['Name']}: {record['Kind']}"
    for label, value in record.items():
        if label in ("Name", "Kind", "Source of the range", "Reason for the bounds") or not value:
            continue
        yield from _entry(label, value, record)


def _entry(label: str, value: Any, record: dict[str, Any]) -> Iterator[str]:
    if label == "Usual range":
        yield from _wrapped(label, _with(value, record["Source of the range"]))
    elif label == "Bounds":
        yield from _wrapped(label, _with(value, record["Reason for the bounds"]))
    elif label == "Stated by":
        stated = "not in its file" if value["Value"] is None else _with(value["Value"], value["Source"])
        yield from _wrapped(f"In {value['Name']}", stated)
    elif label == "Equations":
        for equation in value:
            yield from _wrapped(f"Equation ({equation['Number']})", equation["Text"])
            for place, says in equation.get("Laws", {}).items():
                yield from _wrapped("  law", f"{place}: {says}")
    elif label == "Examples":
        for example in value:
            yield from _wrapped("Example", example["Command"])
            if example["Meaning"]:
                yield from _wrapped("", f"# {example['Meaning']}")
    elif isinstance(value, dict):
        for name, says in value.items():
            yield from _wrapped(label, f"{name}: {says}")
    else:
        yield from _wrapped(label, str(value))


def _with(value: str, source: str | None) -> str:
    return f"{value} ({source})" if source else value


def _wrapped(label: str, text: str) -> list[str]:
    """A text behind its label, broken to the width of the terminal."""
    width = shutil.get_terminal_size((WIDTH, 0)).columns if sys.stdout.isatty() else WIDTH
    indent = " " * (LABEL + 2)
    return textwrap.wrap(
        text,
        max(width, 2 * LABEL),
        initial_indent=f"  {label:<{LABEL}}" if len(label) < LABEL else f"  {label} ",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
