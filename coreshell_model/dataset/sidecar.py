"""What a BDF table has no column for, in a JSON file beside it: mass, its basis, and what the sign means.

The Battery Data Format names the file ``TABLE.csv.metadata.json``; the entries are under ``coreshell_model``.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from coreshell_model.dataset.half_cell import CELLS
from coreshell_model.dataset.sign import SIGNS
from coreshell_model.errors import InputError
from coreshell_model.keeping import checksum, replace
from coreshell_model.library import read_text, shown

ENTRY, MASS, SIGN = "coreshell_model", "Mass of active carbon [kg]", "Positive current"
CELL = "Cell"
SUM = "SHA-256 of the table"


class Beside(NamedTuple):
    """What the metadata say; nothing where there are none. A simulation has long steps but no gaps."""

    mass: float | None = None
    positive_current: str | None = None
    simulated: bool = False
    cell: str | None = None


def sidecar(path: Path) -> Path:
    """The metadata file of a table."""
    return path.with_name(f"{path.name}.metadata.json")


def read_sidecar(path: Path) -> Beside:
    """The metadata beside a table, if this program wrote them.

    Raises
    ------
    InputError
        They are there and cannot be used.
    """
    beside = sidecar(path)
    try:
        if not beside.exists():
            return Beside()
    except OSError:  # with the ending the name is longer than the system allows
        return Beside()
    text = read_text(beside)
    try:
        entries = json.loads(text).get(ENTRY, {})
        mass, sign, cell = entries.get(MASS), entries.get(SIGN), entries.get(CELL)
    except (ValueError, AttributeError, RecursionError):  # a number of 5000 digits is a ValueError alone
        raise InputError(f"{shown(beside)}: not metadata that can be read; correct or remove it") from None
    if not (mass is None or (isinstance(mass, float) and 0 < mass < 1)) or sign not in (None, *SIGNS):
        raise InputError(f"{shown(beside)}: {MASS} is {mass!r}, {SIGN} {sign!r}; correct or remove the file")
    if cell not in (None, *CELLS):
        raise InputError(f"{shown(beside)}: {CELL} is {cell!r}; correct or remove the file")
    return Beside(mass, sign, "Protocol" in entries, cell)


def check_own_table(path: Path) -> None:
    """Refuse to overwrite a table, or metadata, that is not as this program wrote it.

    Raises
    ------
    InputError
        With the path that is taken.
    """
    beside = sidecar(path)
    there = [each for each in (path, beside) if os.path.lexists(each)]
    if not there:
        return
    try:
        own = json.loads(beside.read_bytes())[ENTRY][SUM] == checksum(path.read_bytes())
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        own = False
    if not own or any(each.is_symlink() for each in there):
        raise InputError(
            f"{shown(there[0])}: is there and is not as this program wrote it; move it, or give another name"
        )


def write_sidecar(
    path: Path, mass: float | None, further: dict[str, Any], positive_current: str = "desodiation"
) -> Path:
    """Write the metadata of a table that is there, by default one in BDF, where charging is positive."""
    entries = {
        SIGN: positive_current,
        MASS: mass,
        "Mass basis": "active carbon (core + shell)",
        **further,
        SUM: checksum(path.read_bytes()),
    }
    beside = sidecar(path)
    replace(beside, json.dumps({ENTRY: entries}, indent=2, ensure_ascii=False) + "\n")
    return beside
