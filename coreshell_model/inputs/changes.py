"""A material and a protocol with some of their numbers changed, by path or by a design variable's name."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.quantity import brief
from coreshell_model.base.units import from_si
from coreshell_model.inputs.full_cell import CHOICES, check_window, in_cell, of_protocol_and
from coreshell_model.inputs.material import CoreShellMaterial, Material, read_material, sources
from coreshell_model.inputs.particle import changed, known_paths, shape_of
from coreshell_model.inputs.protocol import NUMBERS, Protocol, changeable, changed_protocol, read_protocol


@dataclass(frozen=True)
class Variable:
    """A number of the design: short name, title, the unit in which it is shown, and path."""

    name: str
    title: str
    unit: str
    path: str

    @property
    def label(self) -> str:
        """Title and unit, for axes and columns."""
        return self.title if self.unit == "1" else f"{self.title} [{self.unit}]"


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable("thickness", "Shell thickness", "nm", "shell.thickness"),
        Variable("mass_gain", "CVD mass gain", "%", "shell.mass_gain"),
        Variable("radius", "Particle radius", "nm", "particle.radius"),
        Variable("external_area", "External area", "m2/g", "particle.external_area"),
        Variable("roughness", "Roughness", "1", "particle.roughness"),
        Variable("pore_volume", "Core pore volume", "cm3/g", "core.pore_volume"),
        Variable("core_density", "Core skeletal density", "g/cm3", "core.skeletal_density"),
        Variable("shell_density", "Shell skeletal density", "g/cm3", "shell.skeletal_density"),
        Variable("loading", "Active loading", "mg/cm2", "cell.active_loading"),
        Variable("np_ratio", "N/P ratio", "1", "positive.balance.np_ratio"),
        Variable("first_charge_loss", "First-charge loss", "1", "positive.particle.first_charge_loss"),
        Variable("salt", "Sacrificial salt by mass", "1", "positive.sacrificial_salt.mass_share"),
        Variable("rate", "C-rate", "1", "protocol.numbers.rate"),
        Variable("hold", "Longest hold", "h", "protocol.numbers.longest_hold"),
    )
}
"""The design variables by short name; every dotted path that ``--set`` takes is a variable too."""


def path_of(name: str, material: Material) -> str:
    """The dotted path of a design variable; a path stays as it is.

    Raises
    ------
    InputError
        The name is neither a path nor a design variable.
    """
    if "." in name:
        return name
    if name not in VARIABLES:
        raise InputError(
            f"{brief(name)} is no design variable; {did_you_mean(name, VARIABLES)}they are "
            f"{', '.join(VARIABLES)}, and every path that --set takes"
        )
    path = VARIABLES[name].path
    if not isinstance(material, CoreShellMaterial) and path.startswith("core."):
        return path.replace("core.", "carbon.", 1)  # its only carbon
    return path


def meaning(name: str) -> str:
    """What a dotted path or a design variable is, in words that begin a label: "Cell temperature"."""
    for variable in VARIABLES.values():
        if name in (variable.name, variable.path):
            return variable.title
    words = name.removeprefix("protocol.numbers.").replace("_", " ").split(".")
    first, *others = ("SEI" if word == "sei" else word for word in words)
    return " ".join([first[:1].upper() + first[1:], *others])


Value = float | str
"""A number in SI units of its quantity, or text with a unit."""

Changes = Mapping[str, Value]
"""Numbers to change, by dotted path or design variable."""


def unit_of(name: str, material: Material, protocol: Protocol | None = None) -> str:
    """The unit in which a variable is shown: that of a design variable, or that of the number in the file.

    Raises
    ------
    InputError
        Neither material nor protocol has a number at this path.
    """
    if name in VARIABLES:
        return VARIABLES[name].unit
    numbers = sources(material)
    if protocol is not None:
        numbers |= {f"{PROTOCOL_PREFIX}{path}": number for path, number in sources(protocol).items()}
    by_path = {variable.path: variable.unit for variable in VARIABLES.values()}
    if name in numbers:
        return numbers[name].unit
    if name in by_path:
        return by_path[name]
    raise InputError(
        f"{brief(name)}: there is no number whose unit it could take; write value and unit as text"
    )


def as_text(name: str, value: Value, material: Material, protocol: Protocol | None = None) -> str:
    """A value of a change as text: a float, which is in SI units of its quantity, gets the shown unit.

    Raises
    ------
    InputError
        The value is neither a number nor text, or there is no number whose unit it could take.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{brief(name)} is {brief(value)}; give a number in SI units, or text like '12 nm'")
    unit = unit_of(name, material, protocol)
    return f"{from_si(value, unit)!r} {unit}".removesuffix(" 1")


def by_path(changes: Mapping[str, str], material: Material) -> dict[str, str]:
    """Changes with design variables replaced by their dotted paths; other names stay as they are.

    Raises
    ------
    InputError
        A number is changed twice, by its path and as a design variable.
    """
    by_path: dict[str, str] = {}
    for name, text in changes.items():
        path = path_of(name, material) if name in VARIABLES else name
        if path in by_path:
            raise InputError(f"{brief(name)}: {path} is given twice; give it once")
        by_path[path] = text
    return by_path


PROTOCOL_PREFIX = "protocol."


def in_its_cell(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    choices: Mapping[str, Any] | None = None,
    cell: str | None = None,
) -> tuple[Material, Protocol]:
    """Read material and protocol if they are names or paths; the material in the cell of the protocol.

    Parameters
    ----------
    choices : the positive electrode and the stack of a full cell, by the names of ``CHOICES``
    cell : half or full, which the caller expects

    Raises
    ------
    InputError
        One of them cannot be read, or a choice or the cell does not go with the protocol.
    """
    if isinstance(material, str | Path):
        material = read_material(str(material))
    if isinstance(protocol, str | Path):
        protocol = read_protocol(str(protocol))
    if not isinstance(material, Material):
        raise InputError(
            f"material is {brief(material)}; give a name, a path, or what read_material returned"
        )
    if not isinstance(protocol, Protocol):
        raise InputError(
            f"protocol is {brief(protocol)}; give a name, a path, or what read_protocol returned"
        )
    chosen = {name: str(choice) for name, choice in (choices or {}).items()}
    return in_cell(material, of_protocol_and(protocol, cell), **chosen), protocol


def without_choices(changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Changes of numbers, and those that choose the positive electrode or the stack of a full cell."""
    choices = {name: changes[name] for name in CHOICES if name in changes}
    return {name: value for name, value in changes.items() if name not in choices}, choices


def prepared(
    material: Material | str | Path,
    protocol: Protocol | str | Path,
    changes: Changes | None = None,
    cell: str | None = None,
) -> tuple[Material, Protocol]:
    """Read material and protocol if they are names or paths, and apply the changes to them.

    A number to change is named by its dotted path, which begins with ``protocol.`` for a number of the
    protocol, or as a design variable, such as ``external_area``. The material comes back in the cell of the
    protocol, half or full; ``cell`` says which the caller expects. For a full cell the changes ``positive``
    and ``stack`` name its positive electrode and the rest of its stack. A float is in SI units of its
    quantity, 12e-9 for 12 nm; text states its unit.
    """
    choices: dict[str, Any] = {}
    if isinstance(changes, Mapping):
        changes, choices = without_choices(changes)
    material, protocol = in_its_cell(material, protocol, choices, cell)
    typed = as_texts(changes, material, protocol)
    changes = by_path(typed, material)
    of_protocol = {path: changes.pop(path) for path in list(changes) if path.startswith(PROTOCOL_PREFIX)}
    names = {VARIABLES[name].path if name in VARIABLES else name: name for name in typed}
    with _named_as_typed({names[path]: path for path in of_protocol}, typed):
        protocol = changed_protocol(
            protocol, {path.removeprefix(PROTOCOL_PREFIX): text for path, text in of_protocol.items()}
        )
    for path in changes:
        if path in changeable(protocol):
            raise InputError(f"{path!r} is a number of the protocol; did you mean '{PROTOCOL_PREFIX}{path}'?")
        if "." not in path and (meant := did_you_mean(path, (*VARIABLES, *CHOICES))):
            raise InputError(f"{material.name}: {path!r} is not one of its numbers; {meant.strip()}")
    material = _at_protocol_temperature(protocol, changed(material, changes), changes)
    if material.positive is not None:
        check_window(material.positive, protocol)
    shape_of(material)
    return material, protocol


@contextmanager
def _named_as_typed(paths: Mapping[str, str], typed: Mapping[str, str]) -> Iterator[None]:
    """Let an InputError about a changed protocol name its numbers as the user did.

    Parameters
    ----------
    paths : the dotted path of each number of the protocol, by the name that the user typed
    typed : the values by these names, for an error that speaks of a step in which a number stands

    Its other numbers are named by the path that changes them.
    """
    try:
        yield
    except InputError as error:
        text, named = str(error), False
        for name, path in paths.items():
            plain = path.removeprefix(PROTOCOL_PREFIX)
            if plain:
                around = _around(plain, text)
                text, named = name.join(around), named or len(around) > 1
        for path in NUMBERS:
            text = f"{PROTOCOL_PREFIX}{path}".join(_around(path, text))
        if not named:
            text = f"{text} (with {', '.join(f'{name}={brief(typed[name])}' for name in paths)})"
        raise InputError(text) from None


def _around(path: str, text: str) -> list[str]:
    """The parts of a text before, between and behind the places where a path stands whole."""
    return re.split(rf"(?<![\w.]){re.escape(path)}(?!\w|\.\w)", text)


def _at_protocol_temperature(protocol: Protocol, material: Material, changes: Mapping[str, str]) -> Material:
    """The material in a cell at the protocol's temperature, if the protocol states one."""
    if protocol.conditions is None:
        return material
    if "cell.temperature" in changes:
        raise InputError(
            f"{protocol.name} states a temperature, {protocol.conditions.temperature}; change "
            "protocol.conditions.temperature in place of cell.temperature"
        )
    temperature = protocol.conditions.temperature
    stated = temperature.model_copy(update={"source": f"protocol {protocol.name}: {temperature.source}"})
    return material.model_copy(
        update={"cell": material.cell.model_copy(update={"temperature": stated.in_si(temperature.si)})}
    )


def as_texts(changes: Changes | None, material: Material, protocol: Protocol) -> dict[str, str]:
    """The changes as texts, after a check of their types, which Python callers may have wrong."""
    if changes is None:
        return {}
    if not isinstance(changes, Mapping):
        raise InputError(f"changes are {brief(changes)}; give them like {{'shell.thickness': '12 nm'}}")
    texts = {}
    for path, value in changes.items():
        if not isinstance(path, str):
            raise InputError(f"changes: {brief(path)} is not a path; write one like 'shell.thickness'")
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and not _is_known(path, material, protocol):
            texts[path] = repr(value)  # the path is refused where it is applied, with similar ones
        else:
            texts[path] = as_text(path, value, material, protocol)
    return texts


def _is_known(path: str, material: Material, protocol: Protocol) -> bool:
    """Whether there is a number to change by this name."""
    if path.startswith(PROTOCOL_PREFIX):
        return path.removeprefix(PROTOCOL_PREFIX) in changeable(protocol)
    return path in VARIABLES or path in known_paths(material)
