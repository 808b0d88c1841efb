"""What a command is for, in a paragraph, and the examples of README.md."""

import re
from typing import Any

from coreshell_model.base import library
from coreshell_model.show.explained.equations import first_sentence

_EXAMPLE = re.compile(r" {4}(coreshell [^#]*?)\s*(?:#\s*(.*))?")


def examples(name: str) -> list[dict[str, str | None]]:
    """The lines of README.md that call a command, each with what the line says of itself."""
    found = []
    for line in library.document("README.md").splitlines():
        match = _EXAMPLE.fullmatch(line)
        if match and f"{match[1]} ".startswith(f"coreshell {name} "):
            found.append({"Command": match[1], "Meaning": match[2]})
    return found


def explained_command(name: str, command: Any) -> dict[str, Any]:
    """What a command of this name says of itself.

    Parameters
    ----------
    name : of the command, or of one within it, such as "materials new"
    command : as click has it
    """
    text = command.callback.__doc__ if command.callback is not None else None
    within = {inner: each.get_short_help_str(200) for inner, each in getattr(command, "commands", {}).items()}
    paragraphs = (command.help if within else text) or command.help or ""
    return {
        "Name": name,
        "Kind": "command",
        "Meaning": " ".join(first_sentence(part) for part in paragraphs.split("\n\n")),
        "Commands within it": {f"{name} {inner}": says for inner, says in within.items()},
        "Examples": examples(name),
        "All options": f"coreshell {name} --help",
    }
