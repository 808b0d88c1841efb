"""A material in its cell: against sodium metal, or with all that a full cell has."""

from collections.abc import Mapping
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.quantity import brief, one_line
from coreshell_model.inputs.material import Material, material_from_dict
from coreshell_model.inputs.positive import Positive
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.stack import Stack

HALF, FULL = "half", "full"
CELLS = (HALF, FULL)
"""The cells that a run can have."""

USUAL_PROTOCOL = {HALF: "formation", FULL: "full_cell_formation"}
"""Where no protocol is named: what gives a cell its start, window and 1C."""

CHOICES = ("positive", "stack")
"""Names of changes that choose the positive electrode and the rest of the stack of a full cell."""

SHIPPED = {"positive": "nvpf", "stack": "pouch"}
"""The positive electrode and the stack of a full cell, where none are chosen."""

NO_PRESODIATION = {
    "capacity": {"value": 0.0, "unit": "mAh/g", "source": "assumed: the carbon brings no sodium of its own"},
    "time": {"value": 1.0, "unit": "h", "source": "assumed: a foil on wetted carbon is gone within a night"},
}

OF_FULL_CELL = (*CHOICES, "presodiation")
"""Sections of a material that a half-cell does not have."""

WORDS = {"positive": "positive electrode", "stack": "stack"}
"""What the shipped files are, in words."""

KINDS: dict[str, library.Kind] = {"positive": "parameters/positive", "stack": "parameters/stack"}
"""Folders of the shipped files."""

_SECTIONS: dict[str, type[Positive] | type[Stack]] = {"positive": Positive, "stack": Stack}


def one_cell(cell: str) -> str:
    """The cell as the caller gives it, which has to be one of ``CELLS``."""
    if cell not in CELLS:
        raise InputError(f"cell is {brief(cell)}; {did_you_mean(str(cell), CELLS)}it is one of half, full")
    return cell


def with_positive(changes: Mapping[str, Any], positive: str | None) -> dict[str, Any]:
    """Changes of a material with the positive electrode that an option or an argument chooses, if any.

    Raises
    ------
    InputError
        The changes choose another one.
    """
    if positive is None:
        return dict(changes)
    if changes.get("positive", positive) != positive:
        raise InputError(
            f"positive {brief(positive)} and the change positive={brief(changes['positive'])} choose two "
            "positive electrodes; give one of them"
        )
    return {**changes, "positive": positive}


def of_protocol_and(protocol: Protocol, cell: str | None) -> str:
    """The cell of a protocol, which has to be the one that the caller expects, if any."""
    own = FULL if protocol.is_full else HALF
    if cell is None or one_cell(cell) == own:
        return own
    if own == FULL:
        raise InputError(
            f"protocol {protocol.name} is of a full cell, whose voltages a half-cell does not have; take "
            '--cell full (in a fit: cell = "full"), or a protocol of a half-cell, as formation'
        )
    raise InputError(
        f"protocol {protocol.name} is of a half-cell: its voltages are against sodium metal; for a full cell "
        'take full_cell_formation, full_cell_rate or full_cell_life, or write one with cell = "full"'
    )


def in_cell(material: Material, cell: str, positive: str | None = None, stack: str | None = None) -> Material:
    """The material with the sections of a full cell, or without them in a half-cell.

    A material keeps the sections that its file has, unless others are chosen.

    Raises
    ------
    InputError
        There is no such positive electrode or stack, or one is chosen for a half-cell.
    """
    chosen = {"positive": positive, "stack": stack}
    if cell == HALF:
        for name, choice in chosen.items():
            if choice is not None:
                raise InputError(
                    f"{name} is {brief(choice)}, but a half-cell has none; take a protocol of a full "
                    "cell, as full_cell_formation"
                )
        if material.positive is None and material.stack is None and material.presodiation is None:
            return material
        return material.model_copy(update={"positive": None, "stack": None, "presodiation": None})
    missing = {
        name: read_section(name, SHIPPED[name] if choice is None else choice).model_dump(exclude_none=True)
        for name, choice in chosen.items()
        if choice is not None or getattr(material, name) is None
    }
    if material.presodiation is None:
        missing["presodiation"] = NO_PRESODIATION
    if not missing:
        return material
    return material_from_dict(material.model_dump(exclude_none=True) | missing, material.name)


def read_section(name: str, name_or_path: str) -> Positive | Stack:
    """A shipped positive electrode or stack by its name, or the user's own by its path."""
    path = library.find(KINDS[name], name_or_path)
    return _read_section(name, path, library.stamp(path))


@lru_cache(maxsize=library.KEPT_FILES)
def _read_section(name: str, path: Path, stamp: library.Stamp) -> Positive | Stack:
    data = {"name": path.stem, **library.read_toml(path)}
    needed = [
        field
        for field, of in _SECTIONS[name].model_fields.items()
        if of.is_required() and field not in ("name", "title", "description")
    ]
    if 2 * sum(field in data for field in needed) < len(needed):
        raise InputError(
            f"{library.shown(Path(path.name))}: is no file of a {WORDS[name]}, which has "
            f"{', '.join(needed)}; "
            f"give one as parameters/{name}/{SHIPPED[name]}.toml"
        )
    try:
        return _SECTIONS[name].model_validate(data)
    except ValidationError as error:
        raise one_line(error, library.shown(Path(path.name)), model=_SECTIONS[name]) from None


def changes_in_cell(changes: Mapping[str, str], is_full: bool) -> dict[str, str]:
    """The changes of a material that concern a cell: all in a full cell, else those of the carbon alone."""
    return {path: text for path, text in changes.items() if is_full or not of_full_cell(path)}


def of_full_cell(path: str) -> bool:
    """Whether a number, or a choice, belongs to what only a full cell has."""
    return path.partition(".")[0] in OF_FULL_CELL


LOWEST_USUAL = 0.5
"""Highest potential [V] of a table below which its unit is suspected. assumed: electrodes have 2 to 4 V."""


def _suspicion(highest: float) -> str:
    """What to look at where no potential of a table is one of a positive electrode."""
    return "" if highest >= LOWEST_USUAL else " (are its values in V, and its unit mV?)"


STEP = 0.05
"""Step [V] to which a cut-off that is proposed is rounded down."""


def usual_cut_off(positive: Positive) -> float:
    """Potential against sodium [V] at the end of a usual charge, rounded down: carbon is then near 0 V."""
    particle = positive.particle
    potential = np.interp(particle.charged.si, particle.potentials.concentrations, particle.potentials.values)
    return round(floor(potential / STEP + 1e-9) * STEP, 2)


def _remedy(positive: Positive, protocol: Protocol) -> str:
    """What to type for a cut-off that this electrode reaches, if one is above the protocol's lower."""
    highest, cut_off = max(positive.particle.potentials.values), usual_cut_off(positive)
    if not protocol.window.lower.si < cut_off < highest:
        return f"set protocol.window.upper below {highest:.4g} V"
    return f'give --set "protocol.window.upper={cut_off:g} V" (in a fit or in Python: among the changes)'


def check_window(positive: Positive, protocol: Protocol) -> None:
    """Refuse a protocol whose upper cut-off no cell with this positive electrode reaches.

    Raises
    ------
    InputError
        The cut-off lies above the highest potential of the table against sodium.
    """
    potentials = positive.particle.potentials.values
    upper, lower = protocol.window.upper, protocol.window.lower
    if upper.si > max(potentials):
        raise InputError(
            f"window.upper is {upper}, above the table of {positive.name}, which ends at "
            f"{max(potentials):.4g} V against sodium: no charge reaches it while the carbon is above 0 V; "
            f"{_remedy(positive, protocol)}, or give a longer table{_suspicion(max(potentials))}"
        )
    if lower.si >= max(potentials):
        raise InputError(
            f"window.lower is {lower}, above all potentials of {positive.name}; set protocol.window.lower "
            f"below {max(potentials):.4g} V{_suspicion(max(potentials))}"
        )
