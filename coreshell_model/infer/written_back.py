"""Writes fitted numbers into the material files that they belong to, each with its source."""

from pathlib import Path

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.files import replace
from coreshell_model.infer.assemble import source
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.result import FittedParameter
from coreshell_model.inputs import material_text

DIGITS = 4
"""Significant digits of a written number: no fit knows more."""


def write_back(problem: Problem, parameters: tuple[FittedParameter, ...], folder: Path) -> tuple[Path, ...]:
    """Write the fitted numbers into each material's file in a folder, those of ``carried`` materials too.

    All else in a file stays. All files are read and changed before the first is written.

    Raises
    ------
    InputError
        As ``check_files``.
    """
    changed = _changed(problem, [_written(problem, parameter) for parameter in parameters], folder)
    for path, text in changed.items():
        replace(path, text)
    return tuple(changed)


def check_files(problem: Problem, folder: Path) -> None:
    """Refuse, before a fit, a folder into whose files its numbers could not be written.

    Raises
    ------
    InputError
        A file is not there, or has no such number on a line of its own.
    """
    samples = [material_text.written(1.0, free.section.unit, "tried") for free in problem.parameters]
    _changed(problem, samples, folder)


def _changed(problem: Problem, written: list[str], folder: Path) -> dict[Path, str]:
    """The new text of each file, ``written`` holding the text of each parameter."""
    changed = {}
    for name, follows in {**{name: name for name in problem.materials}, **problem.file.carried}.items():
        path = folder / f"{Path(name).stem}.toml"
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); fitted numbers go there") from None
        for free, number in zip(problem.parameters, written, strict=True):
            if follows in free.materials:
                for place in free.section.paths_in(follows):
                    with at(str(path)):
                        text = material_text.with_number(text, place, number)
        changed[path] = text
    return changed


def _written(problem: Problem, parameter: FittedParameter) -> str:
    rounded = float(f"{parameter.value:.{DIGITS}g}")
    return material_text.written(rounded, parameter.unit, source(problem.name, parameter))
