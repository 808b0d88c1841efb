"""One way of naming a material: a shipped name, a file's path, the name in the file, or as a table has it."""

from collections.abc import Mapping
from pathlib import Path

from coreshell_model import library
from coreshell_model.errors import InputError, did_you_mean
from coreshell_model.material import Material, read_material, sources
from coreshell_model.paths import user_path


def name_among(
    materials: Mapping[str, Material],
    given: str,
    of: str,
    folder: Path | None = None,
    drawn: Mapping | None = None,
) -> str:
    """The name that ``materials`` have for a material that is named in any of the ways there are.

    Parameters
    ----------
    materials : by the names that a table or a problem has for them
    given : a shipped name, the path of a file, the name that its file gives, or one of their own names
    of : what has them, in words, as "the posterior joint"
    folder : from which their paths count, where that is not the working folder
    drawn : by name, paths of numbers in which the file may differ from the material that it is

    Raises
    ------
    InputError
        None of them is meant, or more than one.
    """
    if given in materials:
        return given
    alike = [name for name in materials if _same_place(name, given, folder)]
    if not alike:
        alike = [name for name, material in materials.items() if given in (material.name, Path(name).stem)]
    if not alike:
        alike = _as_in_the_file(materials, given, drawn)
    if len(alike) == 1:
        return alike[0]
    names = ", ".join(alike or materials)
    if alike:
        raise InputError(f"{of} has several materials that {given!r} names: {names}; give one of these names")
    raise InputError(
        f"{of} has no material {given!r}; it has {names}; {did_you_mean(given, materials)}give "
        "one of these, the path of its file or the name in it"
    )


def material_among(
    materials: Mapping[str, Material], given: str, of: str, drawn: Mapping | None = None
) -> tuple[str, Material]:
    """The name that ``materials`` have for a material, and the material, as its file is now if there is one.

    Parameters are those of ``name_among``.

    Raises
    ------
    InputError
        As ``name_among``, or a file that cannot be read.
    """
    name = name_among(materials, given, of, drawn=drawn)
    for text in (given, name):
        if library.is_there("parameters", text):
            read = read_material(text)
            if read.name == materials[name].name or text == given:
                return name, read
    return name, materials[name]


def _same_place(name: str, given: str, folder: Path | None) -> bool:
    """Whether both are paths of one file."""
    try:
        own = (folder or Path()) / user_path(name)
        return own.resolve() == user_path(given).resolve() and own.suffix == ".toml"
    except (OSError, InputError):
        return False


def _as_in_the_file(materials: Mapping[str, Material], given: str, drawn: Mapping | None) -> list[str]:
    """Those of the name in the given file, else those with all its numbers but the drawn ones."""
    if not library.is_there("parameters", given):
        return []
    read = read_material(given)
    named = [name for name, material in materials.items() if material.name == read.name]
    apart = drawn or {}
    return named or [
        name for name, material in materials.items() if not differing(read, material, apart.get(name, ()))
    ]


def differing(one: Material, other: Material, apart=()) -> list[str]:
    """Paths of the numbers in which two materials differ, some apart."""
    here, there = ({path: number.si for path, number in sources(each).items()} for each in (one, other))
    return sorted(
        path for path in {*here, *there} if path not in apart and not _alike(here.get(path), there.get(path))
    )


def _alike(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= 1e-9 * abs(other)
