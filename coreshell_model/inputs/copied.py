"""A new material as a copy of another one, with measured sorption; each number says whose it was."""

from pathlib import Path

from coreshell_model.base import library
from coreshell_model.base.errors import at
from coreshell_model.base.quantity import taken_from
from coreshell_model.inputs.material import read_material
from coreshell_model.inputs.material_text import with_sources, with_text
from coreshell_model.inputs.sorption_file import read_table, write_into

OF_ANOTHER = "what is said of"
"""How the caution of a copy begins."""


def copied_material(name: str, original: str) -> str:
    """The text of a material's file that has the numbers of another one.

    Parameters
    ----------
    name : of the new material
    original : shipped name or path of the other one

    Raises
    ------
    InputError
        The other one cannot be read, or a source in it is not on one line.
    """
    whose, file = read_material(original).name, library.find("parameters", original)
    with at(library.shown(file)):
        text = with_sources(library.read_text(file), lambda stated: taken_from(whose, stated))
    text = with_text(text, "name", name)
    text = with_text(text, "title", f"{name}, from {whose}")
    caution = read_material(original).caution
    if caution is not None:
        text = with_text(
            text, "caution", f"{OF_ANOTHER} {whose}, whose numbers this copy began with: {caution}"
        )
    return with_text(
        text,
        "description",
        f"A copy of {whose} to edit, whose numbers it has until they are replaced: say here what it is, "
        "and give each number you change its source.",
    )


def write_copy(path: Path, original: str, areas: Path | None) -> tuple[str, ...]:
    """Write such a copy, named as its file, with measured sorption; return what that changed, in lines."""
    path.write_text(copied_material(path.stem, original), encoding="utf-8")
    return () if areas is None else tuple(write_into(read_table(areas, read_material(original)), path))
