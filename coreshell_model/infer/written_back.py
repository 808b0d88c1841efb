"""Fitted numbers into the material files they belong to, each with its source; all else in a file stays."""

from pathlib import Path

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.files import replace
from coreshell_model.infer.assemble import source
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.result import FittedParameter
from coreshell_model.inputs import material_text

DIGITS = 4
"""Of a written number: no fit knows more."""


def write_back(problem: Problem, parameters: tuple[FittedParameter, ...], folder: Path) -> tuple[Path, ...]:
    """Write the fitted numbers into each MATERIAL.toml of a folder, also those it carries them to.

    All files are read and changed before the first is written.

    Raises
    ------
    InputError
        As ``check_files``.
    """
    changed = _changed(problem, [_written(problem, one) for one in parameters], folder)
    for path, text in changed.items():
        replace(path, text)
    return tuple(changed)


def check_files(problem: Problem, folder: Path) -> None:
    """Refuse a folder before the fit whose numbers are to go there.

    Raises
    ------
    InputError
        A file is not there, or has no such number on a line of its own.
    """
    some = [material_text.written(1.0, free.given.unit, "tried") for free in problem.parameters]
    _changed(problem, some, folder)


def _changed(problem: Problem, written: list[str], folder: Path) -> dict[Path, str]:
    """Each file with what is written of each parameter."""
    changed = {}
    for name, follows in {**{name: name for name in problem.materials}, **problem.file.carried}.items():
        path = folder / f"{Path(name).stem}.toml"
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); fitted numbers go there") from None
        for free, number in zip(problem.parameters, written, strict=True):
            if follows in free.materials:
                for place in free.given.paths_in(follows):
                    with at(str(path)):
                        text = material_text.with_number(text, place, number)
        changed[path] = text
    return changed


def _written(problem: Problem, one: FittedParameter) -> str:
    return material_text.written(float(f"{one.value:.{DIGITS}g}"), one.unit, source(problem.name, one))
