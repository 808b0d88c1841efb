"""The equations of docs/physics.md by number, and the code that cites them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coreshell_model.base import library

PACKAGE = Path(__file__).parents[2]
LAWS = ("physics/laws/*.py", "physics/storage/*.py", "inputs/sorption.py")
"""Files of the functions that are laws."""

MECHANISMS = ("physics/submodels/*.py", "physics/storage/*.py", "physics/values.py", "physics/coating.py")
"""Files of mechanisms, and of what turns the numbers of a file into those of the model."""

_NUMBERED = re.compile(r" {4}\((\d{1,2})\) +(\S.*)")
_FURTHER_LINE = re.compile(r" {5,}(\S.*)")
_CITED = re.compile(r"\((\d{1,2})\)(?:-\((\d{1,2})\))?")


@dataclass(frozen=True)
class Cited:
    """A file, or a function in it, whose docstring cites an equation, with the docstring's first sentence."""

    place: str
    says: str


@cache
def equations() -> dict[int, str]:
    """The text of each numbered equation, its further lines joined."""
    texts: dict[int, str] = {}
    number = None
    for line in library.document("docs/physics.md").splitlines():
        if match := _NUMBERED.fullmatch(line):
            number = int(match[1])
            texts[number] = _plain(match[2])
        elif number is not None and (match := _FURTHER_LINE.fullmatch(line)):
            texts[number] += f"   {_plain(match[1])}"
        else:
            number = None
    return texts


def cited(text: str) -> set[int]:
    """Numbers of the equations that a docstring cites, such as 4, 5 and 6 for "(4)-(6)"."""
    return {
        number for first, last in _CITED.findall(text) for number in range(int(first), int(last or first) + 1)
    }


def laws(number: int) -> list[Cited]:
    """The functions that are the law of an equation, with what their docstrings say."""
    return [found for numbers, found in _functions() if number in numbers]


def mechanisms(number: int) -> list[Cited]:
    """The files of mechanisms that use an equation, with what each is."""
    return [found for numbers, found in _files() if number in numbers]


@cache
def _functions() -> tuple[tuple[set[int], Cited], ...]:
    return tuple(
        (cited(text), Cited(f"{name}: {node.name}", first_sentence(text)))
        for name, tree in _trees(LAWS)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and (text := ast.get_docstring(node))
    )


@cache
def _files() -> tuple[tuple[set[int], Cited], ...]:
    return tuple(
        (cited("\n".join(_docstrings(tree))), Cited(name, first_sentence(ast.get_docstring(tree) or "")))
        for name, tree in _trees(MECHANISMS)
    )


def _trees(patterns: tuple[str, ...]) -> Iterator[tuple[str, ast.Module]]:
    for pattern in patterns:
        for path in sorted(PACKAGE.glob(pattern)):
            yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


def first_sentence(text: str) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join(text.split("\n\n")[0].split())


def _plain(text: str) -> str:
    """A line of the page without the marks of Markdown's code."""
    return text.replace("`", "").strip()
