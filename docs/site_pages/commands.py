"""The reference of commands: a page for each command of the command line, from its own help."""

import inspect
import re
from typing import Any

import typer.main

from coreshell_model.show.cli.app import COMMANDS, app
from site_pages.places import ROOT

WIDEST = 90
"""Characters of a line that fit beside the lists of pages."""

_EXAMPLE = re.compile(r" {4}(coreshell [^#]*?)\s*(?:#\s*(.*))?")


def command_pages() -> dict[str, str]:
    """Markdown of each page by its name; "index" is the list of all."""
    table: Any = typer.main.get_command(app)
    found = {name: table.get_command(None, name) for name in COMMANDS}
    pages = {name: _page(name, command) for name, command in found.items()}
    rows = [f"| [{name}]({name}.md) | {plain(COMMANDS[name][1])} |" for name in COMMANDS]
    listed = "\n".join(COMMANDS)
    pages["index"] = "\n".join(
        [
            "# Commands",
            "",
            "These pages are made from the help texts: `coreshell run --help` prints the same.",
            "",
            "| command | what it does |",
            "|---|---|",
            *rows,
            "",
            "Exit code 0: done; 1: a solve failed, and the result says where; 2: bad input, in one line;",
            "130: interrupted.",
            "",
            f"```{{toctree}}\n:hidden:\n\n{listed}\n```",
            "",
        ]
    )
    return pages


def examples(name: str) -> list[tuple[str, str]]:
    """The lines of README.md that call a command, each with what the line says of itself."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    matches = [match for line in lines if (match := _EXAMPLE.fullmatch(line))]
    return [(m[1], m[2] or "") for m in matches if f"{m[1]} ".startswith(f"coreshell {name} ")]


def plain(text: str) -> str:
    """A help text as Markdown: what it quotes in backticks and options are code, all other marks are text."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    marks, options = re.compile(r"([*_<>\[\]$])"), re.compile(r"(?<![\w-])--[a-z][a-z-]*")
    made = [
        part if n % 2 else options.sub(r"`\g<0>`", marks.sub(r"\\\1", part)) for n, part in enumerate(parts)
    ]
    return "".join(made).replace("|", "\\|")


def _page(name: str, command: Any) -> str:
    lines = [f"# coreshell {name}", "", *_described(name, command)]
    for inner, inner_command in getattr(command, "commands", {}).items():
        lines += [f"## coreshell {name} {inner}", "", *_described(f"{name} {inner}", inner_command)]
    if shown := examples(name):
        lines += ["## Examples", "", "```bash"]
        lines += [f"# {says}\n{_broken(line)}\n" if says else f"{_broken(line)}\n" for line, says in shown]
        lines[-1] = lines[-1].rstrip()
        lines += ["```", ""]
    return "\n".join(lines)


def _broken(line: str) -> str:
    """A command with each option on a line of its own where it would not fit on one."""
    return line if len(line) <= WIDEST else line.replace(" --", " \\\n    --")


def _described(name: str, command: Any) -> list[str]:
    """What it is for, how it is called, and tables of its arguments and options."""
    text = inspect.getdoc(command.callback) if command.callback is not None else ""
    help_text = command.help if getattr(command, "commands", None) else text or command.help
    paragraphs = [plain(part) for part in (help_text or "").split("\n\n")]
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    arguments = [parameter for parameter in shown if parameter.param_type_name == "argument"]
    options = [parameter for parameter in shown if parameter.param_type_name == "option"]
    usage = " ".join(["coreshell", name, "[OPTIONS]", *(_metavar(each) for each in arguments)])
    lines = [line for paragraph in paragraphs for line in (paragraph, "")]
    lines += ["```text", usage, "```", ""]
    for kind, parameters in (("argument", arguments), ("option", options)):
        if parameters:
            lines += [f"| {kind} | meaning |", "|---|---|", *map(_row, parameters), ""]
    return lines


def _metavar(parameter: Any) -> str:
    name = (parameter.metavar or parameter.name).upper() + ("..." if parameter.nargs == -1 else "")
    return name if parameter.required else f"[{name}]"


def _row(parameter: Any) -> str:
    argument = parameter.param_type_name == "argument"
    names = [_metavar(parameter)] if argument else [*parameter.opts, *parameter.secondary_opts]
    default = parameter.default
    unset = (
        default is None or default == () or default is False or callable(default) or "UNSET" in repr(default)
    )
    shown = "Required." if parameter.required else "" if unset else f"Default: `{default}`."
    meaning = f"{plain(parameter.help or '')} {shown}".strip()
    return f"| {', '.join(f'`{name}`' for name in names)} | {meaning} |"
