"""What each number of a material or protocol and each result is, and its equations in docs/physics.md.

``parameters/meanings/`` says it once; the table of fields in parameters/README.md, the site's reference of
quantities and `coreshell explain` are written from it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from coreshell_model.base import library
from coreshell_model.base.tables import document, markdown_table

NAMED = "protocol.numbers.NAME"
"""Stands for every number that a protocol names."""


@dataclass(frozen=True)
class Meaning:
    """What a number or a result is.

    Attributes
    ----------
    means : in words, with its symbol in docs/physics.md
    equations : numbers of the equations in which it stands, or that define it
    left_out : what holds where a file leaves it out; "" where it has to be there
    """

    means: str
    equations: tuple[int, ...] = ()
    left_out: str = ""


@cache
def meanings() -> dict[str, Meaning]:
    """The meaning of each number by dotted path, as the file lists them."""
    return _read("numbers.toml")


@cache
def meanings_of_results() -> dict[str, Meaning]:
    """The meaning of each result by name, or by how the names of several begin, as the file lists them."""
    return _read("results.toml")


def _read(file: str) -> dict[str, Meaning]:
    listed = library.read_toml(library.folder("parameters") / "meanings" / file)
    return {
        path: Meaning(entry["means"], tuple(entry.get("equations", ())), entry.get("left_out", ""))
        for path, entry in listed.items()
    }


def meaning_of(path: str) -> Meaning | None:
    """What the number of a dotted path is; None where no material or protocol has such a number."""
    listed = meanings()
    if path in listed:
        return listed[path]
    if re.fullmatch(r"protocol\.numbers\.[a-z][a-z0-9_]*", path):
        return listed[NAMED]
    if match := re.fullmatch(r"(sei|pores)\.steps\.[123]\.(\w+)", path):
        step = listed.get(f"sei.steps.{match[2]}")
        if step is None or match[1] == "sei":
            return step
        return replace(step, means=f"film on the pore walls: {step.means}", equations=(*step.equations, 21))
    carbon, _, name = path.partition(".")
    of_both = name == "skeletal_density" or name.startswith(("sloping.", "trapping."))
    return listed.get(f"core.{name}") if carbon == "carbon" or (carbon == "shell" and of_both) else None


def fields_table(units: dict[str, str]) -> str:
    """What each number is, as a table in Markdown.

    Parameters
    ----------
    units : of the numbers by path; others are tables
    """
    return document(markdown_table(("number", "unit", "meaning", "if left out"), _rows(units)))


def _rows(units: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for path, meaning in meanings().items():
        name = path.replace("sei.steps.", "sei.steps.N.")
        unit = units.get(path.replace("sei.steps.", "sei.steps.1."), "")
        equations = ", ".join(f"({number})" for number in meaning.equations)
        yield f"`{name}`", unit, f"{meaning.means} {equations}".strip(), meaning.left_out
