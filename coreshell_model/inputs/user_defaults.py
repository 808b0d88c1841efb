"""A laboratory's own 1C, window and hold, from ``coreshell.toml``: in place of what shipped protocols assume.

The command line and the page use them, never Python: what a script computes does not depend on the folder
that it is started in. Claims, the verification and shipped fits stay under the conditions of the paper; a
protocol file of the user's own states its numbers itself.
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
"""Source of a number that it gives."""

NO_HOLD = "1 s"
"""The hold of ``hold = "none"``: as short as a step may be, as in ``design``."""

DOCUMENTED = "experiments/README.md"

PATHS = {
    "one_c": "basis.one_c",
    "lower": "window.lower",
    "upper": "window.upper",
    "hold": "numbers.longest_hold",
}
"""Where a protocol has each of the file's numbers."""


class _Entries(Section):
    """What the file may hold."""

    one_c: CurrentPerMass | None = None
    lower: CutOff | None = None
    upper: CutOff | None = None
    hold: Annotated[Quantity, within("s", above=0.0)] | None = None

    @model_validator(mode="after")
    def _in_order(self):
        if self.lower is not None and self.upper is not None and self.lower.si >= self.upper.si:
            raise InputError(f"lower is {self.lower}, not below upper, {self.upper}; give it below")
        return self


@dataclass(frozen=True)
class UserDefaults:
    """The numbers given, as texts by their names in the file; none where there is no file."""

    numbers: dict[str, str] = field(default_factory=dict)

    def __str__(self):
        shown = ", ".join(f"{name} {text}" for name, text in self.numbers.items())
        place = ", in place of the time of the hold stated before" if "hold" in self.numbers else ""
        return f"From {FILE}: {shown}{place}." if shown else ""

    def changes(self, protocol: Protocol) -> dict[str, str]:
        """Those that a protocol has a place for, by their paths in it."""
        there = changeable(protocol)
        return {PATHS[name]: text for name, text in self.numbers.items() if PATHS[name] in there}

    def applied(self, protocol: Protocol) -> Protocol:
        """A shipped protocol under these conditions.

        Raises
        ------
        InputError
            The numbers and the protocol's others contradict each other.
        """
        with at(FILE):
            return changed_protocol(protocol, self.changes(protocol), SOURCE)

    def added(self, name_or_path: str, changes: Mapping[str, str]) -> dict[str, str]:
        """Changes of a run, and those that these defaults make to its protocol where it is a shipped one.

        Parameters
        ----------
        name_or_path : of the protocol, as ``read_protocol`` takes it
        changes : by path or design variable; what they state themselves stays

        Raises
        ------
        InputError
            As ``read_protocol`` and ``applied``.
        """
        if not self.numbers or name_or_path not in library.names("experiments"):
            return dict(changes)
        protocol = read_protocol(name_or_path)
        self.applied(protocol)
        stated = {VARIABLES[each].path if each in VARIABLES else each for each in changes}
        own = {PROTOCOL_PREFIX + path: text for path, text in self.changes(protocol).items()}
        return {path: text for path, text in own.items() if path not in stated} | dict(changes)

    def protocol(self, name_or_path: str) -> Protocol:
        """A protocol as ``read_protocol`` reads it, under these conditions where it is a shipped one.

        Raises
        ------
        InputError
            As ``read_protocol`` and ``applied``.
        """
        protocol = read_protocol(name_or_path)
        return self.applied(protocol) if name_or_path in library.names("experiments") else protocol


NO_DEFAULTS = UserDefaults()


def read_user_defaults() -> UserDefaults:
    """Those of the user's configuration and of the working folder, whose file wins number by number.

    Raises
    ------
    InputError
        A file that cannot be read, an unknown name, or a value that no protocol can have.
    """
    numbers: dict[str, str] = {}
    for path in (_of_user(), Path(FILE)):
        if path is not None and path.exists():
            numbers |= _read(path)
    with at(FILE):
        _checked(numbers)
    return UserDefaults(numbers)


def defaults_of(protocol: Protocol) -> dict[str, str]:
    """The numbers of a protocol that are a user's defaults, by their names in the file."""
    numbers = sources(protocol)
    return {
        name: str(numbers[path])
        for name, path in PATHS.items()
        if path in numbers and numbers[path].source == SOURCE
    }


def in_words(protocol: Protocol) -> str:
    """Them as an addition to the line that states a result's basis; "" where there are none."""
    told = str(UserDefaults(defaults_of(protocol)))
    return told and f" {told}"


def _of_user() -> Path | None:
    """The file in the user's configuration folder; None for a user without a home."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / "coreshell" / FILE
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
