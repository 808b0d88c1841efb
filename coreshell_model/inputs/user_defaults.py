"""A laboratory's own 1C, window and hold, in ``coreshell.toml``, which replace those of shipped protocols.

The command line and the page use them, but not Python, so that the results of a script do not depend on the
folder in which it is started. Claims, the verification and shipped fits keep the conditions of the paper; a
user's own protocol file states its own numbers.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import ValidationError, model_validator

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at, did_you_mean
from coreshell_model.base.paths import user_path
from coreshell_model.base.quantity import (
    Quantity,
    Section,
    brief,
    one_line,
    quantity_from_text,
    within,
)
from coreshell_model.inputs.changes import PROTOCOL_PREFIX, VARIABLES
from coreshell_model.inputs.material import sources
from coreshell_model.inputs.protocol import (
    CurrentPerMass,
    CutOff,
    Protocol,
    changeable,
    changed_protocol,
    read_protocol,
)

FILE = "coreshell.toml"
SOURCE = f"user default of {FILE}"
"""Source of a number from that file."""

NO_HOLD = "1 s"
"""The hold of ``hold = "none"``: short enough to have no effect, as in ``design``."""

DOCUMENTED = "experiments/README.md"

PATHS = {
    "one_c": "basis.one_c",
    "lower": "window.lower",
    "upper": "window.upper",
    "hold": "numbers.longest_hold",
}
"""Path of each of the file's numbers in a protocol."""


class _Entries(Section):
    """The contents of the file."""

    one_c: CurrentPerMass | None = None
    lower: CutOff | None = None
    upper: CutOff | None = None
    hold: Annotated[Quantity, within("s", above=0.0)] | None = None

    @model_validator(mode="after")
    def _in_order(self):
        if self.lower is not None and self.upper is not None and self.lower.si >= self.upper.si:
            raise InputError(f"lower is {self.lower}, not below upper, {self.upper}; give it below")
        return self


OF_ANY_CELL = ("basis.one_c",)
"""Paths that mean the same in half-cells and in full cells."""


@dataclass(frozen=True)
class UserDefaults:
    """The user's numbers, as texts by their names in the file; none where there is no file."""

    numbers: dict[str, str] = field(default_factory=dict)

    def __str__(self):
        shown = ", ".join(f"{name} {text}" for name, text in self.numbers.items())
        place = ", in place of the time of the hold stated before" if "hold" in self.numbers else ""
        return f"From {FILE}: {shown}{place}." if shown else ""

    def changes(self, protocol: Protocol) -> dict[str, str]:
        """The numbers that a protocol has, by their paths; cut-offs and holds are of half-cells alone."""
        paths = OF_ANY_CELL if protocol.is_full else changeable(protocol)
        return {PATHS[name]: text for name, text in self.numbers.items() if PATHS[name] in paths}

    def applied(self, protocol: Protocol) -> Protocol:
        """A shipped protocol with these numbers; an InputError if they contradict its other numbers."""
        with at(FILE):
            return changed_protocol(protocol, self.changes(protocol), SOURCE)

    def added(self, name_or_path: str, changes: Mapping[str, str]) -> dict[str, str]:
        """Changes of a run together with those that these defaults make to its protocol, if it is shipped.

        Parameters
        ----------
        name_or_path : of the protocol, as ``read_protocol`` takes it
        changes : by path or design variable; they take precedence over the defaults
        """
        if not self.numbers or name_or_path not in library.names("experiments"):
            return dict(changes)
        protocol = read_protocol(name_or_path)
        self.applied(protocol)
        stated = {VARIABLES[name].path if name in VARIABLES else name for name in changes}
        defaults = {PROTOCOL_PREFIX + path: text for path, text in self.changes(protocol).items()}
        return {path: text for path, text in defaults.items() if path not in stated} | dict(changes)

    def protocol(self, name_or_path: str) -> Protocol:
        """A protocol as ``read_protocol`` reads it, with these numbers if it is shipped."""
        protocol = read_protocol(name_or_path)
        return self.applied(protocol) if name_or_path in library.names("experiments") else protocol


NO_DEFAULTS = UserDefaults()


def read_user_defaults() -> UserDefaults:
    """The defaults in the user's configuration folder and the working folder, which takes precedence."""
    numbers: dict[str, str] = {}
    for path in (_of_user(), Path(FILE)):
        if path is not None and path.exists():
            numbers |= _read(path)
    with at(FILE):
        _checked(numbers)
    return UserDefaults(numbers)


def defaults_of(protocol: Protocol) -> dict[str, str]:
    """The numbers of a protocol that are the user's defaults, by their names in the file."""
    numbers = sources(protocol)
    return {
        name: str(numbers[path])
        for name, path in PATHS.items()
        if path in numbers and numbers[path].source == SOURCE
    }


def in_words(protocol: Protocol) -> str:
    """These numbers as an addition to the line on a result's basis; "" where there are none."""
    text = str(UserDefaults(defaults_of(protocol)))
    return text and f" {text}"


def _of_user() -> Path | None:
    """The file in the user's configuration folder; None for a user without a home."""
    configured = os.environ.get("XDG_CONFIG_HOME", "")
    if Path(configured).is_absolute():
        return Path(configured) / "coreshell" / FILE
    try:
        return user_path("~") / ".config" / "coreshell" / FILE
    except InputError:
        return None


def _read(path: Path) -> dict[str, str]:
    text = library.read_text(path)
    lines = (line.strip() for line in text.splitlines())
    if all(not line or line.startswith("#") for line in lines):
        return {}
    where = library.shown(path)
    entries = library.parse_toml(text, where)
    for name, value in list(entries.items()):
        if name not in PATHS:
            guess = did_you_mean(name, PATHS)
            raise InputError(
                f"{where}: {brief(name)} is none of its names; {guess}they are {', '.join(PATHS)} "
                f"({DOCUMENTED})"
            )
        if (name, value) == ("hold", "none"):
            entries[name] = NO_HOLD
        elif not isinstance(value, str):
            raise InputError(
                f'{where}: {name} is {brief(value)}; write value and unit as text, as "300 mA/g"'
            )
    with at(where):
        _checked(entries)
    return entries


def _checked(numbers: Mapping[str, str]) -> None:
    """Refuse values that no protocol can have."""
    tables = {}
    for name, text in numbers.items():
        with at(name):
            tables[name] = quantity_from_text(text, SOURCE)
    try:
        _Entries.model_validate(tables)
    except ValidationError as error:
        complaint = str(one_line(error, "", DOCUMENTED))
        raise InputError(complaint.removeprefix(": ")) from None
