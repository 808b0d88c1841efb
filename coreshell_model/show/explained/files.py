"""What a shipped file is: a material, a protocol, a positive electrode or a stack."""

from collections.abc import Callable
from functools import partial
from typing import Any

from coreshell_model.base import library
from coreshell_model.inputs.full_cell import KINDS, WORDS, read_section
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.protocol import read_protocol

_READ: dict[str, tuple[library.Kind, Callable[[str], Any], str]] = {
    "material": ("parameters", read_material, "coreshell materials show {name}"),
    "protocol": ("experiments", read_protocol, "coreshell protocols show {name}"),
    **{
        WORDS[part]: (kind, partial(read_section, part), "coreshell materials show {name}")
        for part, kind in KINDS.items()
    },
}
"""By what a file is, in words: its folder, what reads it, and the command that shows its numbers."""


def file_names() -> list[str]:
    """Names of all shipped files that can be explained."""
    return [name for kind, _, _ in _READ.values() for name in library.names(kind)]


def explained_file(name: str) -> dict[str, Any] | None:
    """What a shipped file of this name is; None where there is none."""
    for words, (kind, read, command) in _READ.items():
        if name in library.names(kind):
            read_file = read(name)
            return {
                "Name": name,
                "Kind": f"shipped {words}",
                "Meaning": f"{read_file.title}. {read_file.description}",
                "All numbers": command.format(name=name),
            }
    return None
