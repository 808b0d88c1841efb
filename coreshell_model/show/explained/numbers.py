"""What a number of a material or protocol is, and what a given material or protocol says of it."""

from typing import Any

from coreshell_model.inputs.changes import PROTOCOL_PREFIX, VARIABLES, path_of
from coreshell_model.inputs.material import OneCarbonMaterial, entries, read_material
from coreshell_model.inputs.meanings import NAMED, meaning_of, meanings
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.ranges import all_limits, bounds, limits_of, usual_range
from coreshell_model.show.explained.equations import equations, laws, mechanisms


def paths() -> list[str]:
    """The paths of all numbers of materials and protocols, and the names of design variables."""
    steps = [path.replace("steps.1.", f"steps.{step}.") for path in _limits() for step in (1, 2, 3)]
    tables = [path for path in meanings() if "steps." not in path and path != NAMED]
    return list(dict.fromkeys((*VARIABLES, *steps, *tables)))


def explained_number(name: str, material: str, protocol: str) -> dict[str, Any] | None:
    """What is known of the number of a dotted path or a design variable; None where there is no such number.

    Parameters
    ----------
    name : dotted path, or short name of a design variable
    material, protocol : names or paths of files, whose value and source are shown
    """
    path = VARIABLES[name].path if name in VARIABLES else name
    meaning = meaning_of(path)
    if meaning is None:
        return None
    of_protocol = path.startswith(PROTOCOL_PREFIX)
    limit = _limits().get(_first_step(path))
    variable = next((each.name for each in VARIABLES.values() if each.path == path), None)
    return {
        "Name": path,
        "Kind": f"number of a {'protocol' if of_protocol else 'material'}",
        "Short name": variable,
        "Meaning": meaning.means,
        "If left out": meaning.left_out or None,
        "Unit": limit.unit if limit else None,
        "Usual range": (usual_range(limit) or None) if limit else None,
        "Source of the range": (limit.source or None) if limit else None,
        "Bounds": bounds(limit) if limit else None,
        "Reason for the bounds": (limit.why or None) if limit else None,
        "Stated by": _stated_by(protocol, path) if of_protocol else _stated_in(material, name),
        "Equations": [_equation(number) for number in meaning.equations],
        "Acts in": _acting(meaning.equations),
    }


def _limits() -> dict:
    return limits_of(OneCarbonMaterial) | all_limits()


def _first_step(path: str) -> str:
    """The path of the first step of a film, whose limits are those of all."""
    return path.replace("steps.2.", "steps.1.").replace("steps.3.", "steps.1.")


def _stated_in(name: str, typed: str) -> dict[str, str | None]:
    """Value and source of a number in a material; None where the file leaves it out."""
    material = read_material(name)
    return _stated(material.name, entries(material).get(path_of(typed, material)))


def _stated_by(name: str, path: str) -> dict[str, str | None]:
    protocol = read_protocol(name)
    return _stated(protocol.name, entries(protocol).get(path.removeprefix(PROTOCOL_PREFIX)))


def _stated(name: str, entry: Any) -> dict[str, str | None]:
    value, source = (None, None) if entry is None else (str(entry), entry.source)
    return {"Name": name, "Value": value, "Source": source}


def _equation(number: int) -> dict[str, Any]:
    return {
        "Number": number,
        "Text": equations()[number],
        "Laws": {law.place: law.says for law in laws(number)},
    }


def _acting(numbers: tuple[int, ...]) -> dict[str, str]:
    """The mechanisms that use the equations: file and what each is."""
    return {found.place: found.says for number in numbers for found in mechanisms(number)}
