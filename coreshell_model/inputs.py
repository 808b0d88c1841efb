"""Material, protocol and the changes asked for, read and checked before anything is built."""

from collections.abc import Mapping
from pathlib import Path

from coreshell_model.design_names import by_path
from coreshell_model.errors import InputError
from coreshell_model.material import Material, read_material
from coreshell_model.particle import changed, shape_of
from coreshell_model.protocol import Protocol, changeable, changed_protocol, read_protocol
from coreshell_model.quantity import brief

PROTOCOL_PREFIX = "protocol."


def prepared(
    material: Material | str | Path, protocol: Protocol | str | Path, changes: Mapping[str, str] | None = None
) -> tuple[Material, Protocol]:
    """Read both where they are names or paths, and apply the changes; those under ``protocol.`` go there.

    A number to change is named by its dotted path, or as a design variable, such as ``external_area``.

    Raises
    ------
    InputError
        Bad input, in one line.
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
    changes = by_path(_as_texts(changes), material)
    of_protocol = {path: changes.pop(path) for path in list(changes) if path.startswith(PROTOCOL_PREFIX)}
    protocol = changed_protocol(
        protocol, {path.removeprefix(PROTOCOL_PREFIX): text for path, text in of_protocol.items()}
    )
    for path in changes:
        if path in changeable(protocol):
            raise InputError(f"{path!r} is a number of the protocol; did you mean '{PROTOCOL_PREFIX}{path}'?")
    material = changed(material, changes)
    shape_of(material)
    return material, protocol


def _as_texts(changes: Mapping[str, str] | None) -> dict[str, str]:
    """A copy, once it is sure to be what Python callers were asked for."""
    if changes is None:
        return {}
    if not isinstance(changes, Mapping):
        raise InputError(f"changes are {brief(changes)}; give them like {{'shell.thickness': '12 nm'}}")
    for path, text in changes.items():
        if not isinstance(path, str):
            raise InputError(f"changes: {brief(path)} is not a path; write one like 'shell.thickness'")
        if not isinstance(text, str):
            raise InputError(f"{path} is {brief(text)}; write value and unit as text, such as '12 nm'")
    return dict(changes)
