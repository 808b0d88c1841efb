"""A user's own 1C, window and hold in place of those that shipped protocols state: ``coreshell.toml``."""

import os
from collections.abc import Iterable
from pathlib import Path

from coreshell_model import library
from coreshell_model.errors import InputError, at, did_you_mean
from coreshell_model.protocol import changeable, changed_protocol, read_protocol
from coreshell_model.quantity import brief
from coreshell_model.units import parse_quantity, to_si

FILE = "coreshell.toml"
PATHS = {
    "one_c": ("basis.one_c", "A/kg"),
    "lower": ("window.lower", "V"),
    "upper": ("window.upper", "V"),
    "hold": ("numbers.longest_hold", "s"),
}
"""Of each key, the number of a protocol that it replaces, and a unit of its kind."""

NO_HOLD = "1 s"
"""The hold of ``hold = "none"``, as ``design`` says."""


def place() -> Path | None:
    """The file that holds: the working folder's, else the one in the user's configuration folder."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    for path in (Path(FILE), Path(home).expanduser() / "coreshell" / FILE):
        if path.exists():
            return path
    return None


def read() -> dict[str, str]:
    """The keys of the file as it writes them; none without a file.

    Raises
    ------
    InputError
        Not TOML, an unknown key, or a value of another kind.
    """
    path = place()
    if path is None:
        return {}
    entries, where = library.read_toml(path), library.shown(path)
    for key, text in entries.items():
        if key not in PATHS:
            guess = did_you_mean(key, PATHS)
            raise InputError(f"{where}: {brief(key)} is no default; {guess}they are {', '.join(PATHS)}")
        with at(f"{where}: {key}"):
            if not isinstance(text, str):
                raise InputError(f'is {brief(text)}; write value and unit as text, as "10 mV"')
            if (key, text) != ("hold", "none"):
                to_si(*parse_quantity(text), PATHS[key][1])
    return entries


def defaults_of(protocol: str, given: Iterable[str] = ()) -> dict[str, str]:
    """The changes that the file makes to a shipped protocol; none to a user's own.

    Parameters
    ----------
    protocol : name or path, as a command takes it
    given : numbers that the command sets or varies itself, which the file leaves alone

    Raises
    ------
    InputError
        As ``read``, or a value that the protocol cannot have.
    """
    entries = read()
    if not entries or protocol not in library.names("experiments"):
        return {}
    shipped, given = read_protocol(protocol), set(given)
    found = {}
    for key, text in entries.items():
        path = PATHS[key][0]
        taken = {path.split(".")[-1], f"protocol.{path}"} & given
        if path in changeable(shipped) and not taken:
            found[path] = NO_HOLD if text == "none" else text
    if not given:
        with at(FILE):
            changed_protocol(shipped, found)
    return {f"protocol.{path}": text for path, text in found.items()}
