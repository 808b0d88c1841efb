"""Material, protocol and the changes asked for, read and checked before anything is built."""

from collections.abc import Mapping

from coreshell_model.material import Material, read_material
from coreshell_model.particle import changed, shape_of
from coreshell_model.protocol import Protocol, changed_protocol, read_protocol

PROTOCOL_PREFIX = "protocol."


def prepared(
    material: Material | str, protocol: Protocol | str, changes: Mapping[str, str] | None = None
) -> tuple[Material, Protocol]:
    """Read both where they are names, and apply the changes; those under ``protocol.`` go to the protocol.

    Raises
    ------
    InputError
        Bad input, in one line.
    """
    if isinstance(material, str):
        material = read_material(material)
    if isinstance(protocol, str):
        protocol = read_protocol(protocol)
    changes = dict(changes or {})
    of_protocol = {path: changes.pop(path) for path in list(changes) if path.startswith(PROTOCOL_PREFIX)}
    protocol = changed_protocol(
        protocol, {path.removeprefix(PROTOCOL_PREFIX): text for path, text in of_protocol.items()}
    )
    material = changed(material, changes)
    shape_of(material)
    return material, protocol
