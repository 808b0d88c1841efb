"""The names in a fit problem: one for each material, and paths that count from the problem's folder."""

from pathlib import Path
from typing import TypeVar

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.paths import user_path
from coreshell_model.infer.observed import Curve, Scalar, Spectrum
from coreshell_model.infer.problem_file import FreeParameter, ProblemFile
from coreshell_model.inputs.full_cell import KINDS
from coreshell_model.inputs.material import Material, name_among, read_material

_Observed = TypeVar("_Observed", Scalar, Curve, Spectrum)


def with_one_name_each(file: ProblemFile, folder: Path) -> ProblemFile:
    """The file with one name for each material, the first by which its observations call it."""
    names: dict[str, str] = {}
    materials: dict[str, Material] = {}

    def first_name(alias: str) -> str | None:
        """The name of the same material among those read; None where it is not among them."""
        try:
            return name_among(materials, beside(folder, alias), "the problem", folder)
        except InputError:
            return None

    for observation in (*file.observations, *file.curves, *file.spectra):
        alias = observation.material
        if alias in names:
            continue
        known = first_name(alias) if materials else None
        names[alias] = known or alias
        if known is None:
            materials[alias] = read_material(beside(folder, alias))

    def name(alias: str) -> str:
        if alias not in names:
            names[alias] = first_name(alias) or alias  # an unknown material is refused with its parameter
        return names[alias]

    def renamed(sections: tuple[_Observed, ...]) -> tuple[_Observed, ...]:
        return tuple(s.model_copy(update={"material": name(s.material)}) for s in sections)

    def of_first_names(sections: tuple[FreeParameter, ...]) -> tuple[FreeParameter, ...]:
        return tuple(
            section.model_copy(
                update={
                    "shared": tuple(map(name, section.shared)),
                    "separate": tuple(map(name, section.separate)),
                    "paths": {name(alias): path for alias, path in section.paths.items()},
                }
            )
            for section in sections
        )

    parameters, untouched = of_first_names(file.parameters), of_first_names(file.untouched)
    carried = {target: name(follows) for target, follows in file.carried.items()}
    if all(alias == first for alias, first in names.items()):
        return file
    return file.model_copy(
        update={
            "parameters": parameters,
            "untouched": untouched,
            "carried": carried,
            "observations": renamed(file.observations),
            "curves": renamed(file.curves),
            "spectra": renamed(file.spectra),
        }
    )


def with_choices_beside(file: ProblemFile, folder: Path) -> ProblemFile:
    """The file with paths of positive electrodes and stacks, which count from its folder, in full."""

    def resolved(sections: tuple[_Observed, ...]) -> tuple[_Observed, ...]:
        return tuple(
            section.model_copy(
                update={
                    "changes": {
                        path: beside(folder, text, KINDS[path]) if path in KINDS else text
                        for path, text in section.changes.items()
                    }
                }
            )
            for section in sections
        )

    parts = {"observations": file.observations, "curves": file.curves, "spectra": file.spectra}
    return file.model_copy(update={name: resolved(part) for name, part in parts.items()})


def beside(folder: Path, name: str, kind: library.Kind = "parameters") -> str:
    """A shipped name as it is, else a path, or the name of a file, from the problem's folder."""
    if name in library.names(kind):
        return name
    for path in (folder / user_path(name), folder / f"{name}.toml"):
        if path.is_file() and path.suffix == ".toml":
            return str(path)
    return name
