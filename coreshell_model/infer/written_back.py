"""Writes fitted numbers into the material files that they belong to, each with its source."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.files import replace
from coreshell_model.base.quantity import brief, taken_from
from coreshell_model.infer.assemble import source
from coreshell_model.infer.reading import Problem
from coreshell_model.infer.result import FittedParameter
from coreshell_model.inputs import material_text
from coreshell_model.inputs.full_cell import CHOICES, FULL, OF_FULL_CELL, in_cell, of_full_cell
from coreshell_model.inputs.material import Material, material_from_dict
from coreshell_model.inputs.particle import BALANCE

DIGITS = 4
"""Significant digits of a written number: no fit knows more."""


def write_back(problem: Problem, parameters: tuple[FittedParameter, ...], folder: Path) -> tuple[Path, ...]:
    """Write the fitted numbers into each material's file in a folder, those of ``carried`` materials too.

    All else in a file stays. Where numbers of a full cell are fitted, a file without its positive electrode,
    stack or presodiation gets the section that the fit had. All files are read and changed before the first
    is written.

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
        A file is not there, has no such number on a line of its own, or has another positive electrode or
        stack than the fit.
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
        numbers = {
            place: number
            for free, number in zip(problem.parameters, written, strict=True)
            if follows in free.materials
            for place in free.section.paths_in(follows)
        }
        with at(str(path)):
            if any(map(of_full_cell, numbers)):
                text = _with_full_cell(text, problem.materials[follows], list(numbers))
            for place, number in numbers.items():
                others = BALANCE if place in BALANCE else ()
                text = material_text.with_number(
                    text, place, number, [name for name in others if name != place]
                )
        changed[path] = text
    return changed


def _with_full_cell(text: str, fitted: Material, paths: Sequence[str]) -> str:
    """The text of a file with the sections of the fitted full cell that it lacks.

    A section is added where a number of it is fitted, or where a run of the file would have another one.
    """
    data = library.parse_toml(text, "it")
    own = in_cell(material_from_dict({"name": fitted.name, **data}, "it"), FULL)
    for name in OF_FULL_CELL:
        stated, section = getattr(own, name), getattr(fitted, name)
        if name not in data and (stated != section or any(path.startswith(f"{name}.") for path in paths)):
            content = section.model_dump(exclude_none=True, mode="json")
            text = material_text.with_section(
                text, name, _from(section.name, content) if name in CHOICES else content
            )
        elif name in data and name in CHOICES and stated.name != section.name:
            raise InputError(
                f"has a section {name} of its own, {brief(stated.name)}, and the problem is fitted with "
                f"{brief(section.name)}; remove the section, or choose the same in the problem"
            )
    return text


def _from(name: str, content: Any) -> Any:
    """A section in which each source names the shipped or own file that it is from."""
    if isinstance(content, dict):
        named = {key: _from(name, value) for key, value in content.items()}
        return named | {"source": taken_from(name, content["source"])} if "source" in content else named
    return [_from(name, item) for item in content] if isinstance(content, list) else content


def _written(problem: Problem, parameter: FittedParameter) -> str:
    rounded = float(f"{parameter.value:.{DIGITS}g}")
    return material_text.written(rounded, parameter.unit, source(problem.name, parameter))
