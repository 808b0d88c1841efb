"""A material: what a TOML file of ``parameters/`` says, validated and frozen; its names, and whose it is."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.paths import user_path
from coreshell_model.base.quantity import Name, Quantity, Section, brief, one_line
from coreshell_model.base.units import to_si
from coreshell_model.inputs.contradictions import check_together
from coreshell_model.inputs.electrode import Electrode, Table
from coreshell_model.inputs.geometry import core_shell_geometry
from coreshell_model.inputs.sections import (
    SEI,
    Activation,
    AssumedRange,
    Cell,
    OccupancyTable,
    Particle,
    Pores,
    PorousCarbon,
    Shell,
    SizeTable,
    Surface,
    left_out,
)
from coreshell_model.inputs.sorption import Geometry

MOST_RANGES = 6
"""Assumed ranges of one material: all their ends together are 2 to the power of this many runs."""


class _Material(Section):
    """What core-shell and one-carbon materials share."""

    name: Name
    title: str
    description: str
    prediction: bool = Field(default=False, strict=True)
    particle: Particle
    surface: Surface
    sei: SEI
    pores: Pores | None = None
    cell: Cell
    activation: Activation | None = None
    electrode: Electrode | None = None
    band: tuple[AssumedRange, ...] = Field(default=(), max_length=MOST_RANGES)

    @model_validator(mode="after")
    def _ranges_of_its_numbers(self):
        numbers = sources(self)
        known = {path for path, kind in left_out(self).items() if kind is Quantity} | set(numbers)
        for place, assumed in enumerate(self.band, start=1):
            if assumed.path not in known or assumed.path.startswith("band."):
                raise InputError(
                    f"band.{place}.path: {brief(assumed.path)} is not one of its numbers; "
                    "`coreshell materials show NAME` lists them"
                )
            if assumed.path in [other.path for other in self.band[: place - 1]]:
                raise InputError(f"band.{place}.path: {brief(assumed.path)} has a range already; keep one")
            if assumed.path in numbers:
                to_si(assumed.low.value, assumed.low.unit, numbers[assumed.path].unit)
        return self


class CoreShellMaterial(_Material):
    """A porous core sealed by a shell of CVD carbon."""

    core: PorousCarbon
    shell: Shell

    @cached_property
    def geometry(self) -> Geometry:
        """Its particle, worked out once; other numbers make another material, not a ``model_copy`` of this.

        Raises
        ------
        InputError
            Dimensions that exclude each other, or that leave no shell.
        """
        return core_shell_geometry(self.particle, self.core, self.shell)

    @model_validator(mode="after")
    def _possible_together(self):
        check_together(self.particle, self.core, "core", self.pores, self.shell)
        return self


class OneCarbonMaterial(_Material):
    """A particle of one carbon: the same model with two equal regions."""

    carbon: PorousCarbon

    @model_validator(mode="after")
    def _no_core(self):
        if self.particle.core_radius is not None:
            raise InputError(
                "particle.core_radius: a particle of one carbon has no core; give particle.radius"
            )
        return self

    @model_validator(mode="after")
    def _possible_together(self):
        check_together(self.particle, self.carbon, "carbon", self.pores)
        return self


Material = CoreShellMaterial | OneCarbonMaterial


def material_from_dict(data: dict, where: str) -> Material:
    """Validate the content of a material file; ``where`` names it in complaints.

    Raises
    ------
    InputError
        One line: file, field, value, remedy.
    """
    if "carbon" in data and ("core" in data or "shell" in data):
        raise InputError(f"{where}: has carbon beside core or shell; give carbon alone, or core and shell")
    kind = OneCarbonMaterial if "carbon" in data else CoreShellMaterial
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise one_line(error, where) from None


def read_material(name_or_path: str) -> Material:
    """Read a shipped material by name, or the user's own by path.

    Raises
    ------
    InputError
        No such material, or a file that is not one.
    """
    path = library.find("parameters", name_or_path)
    return _read_material(path, library.stamp(path))


@lru_cache(maxsize=library.KEPT_FILES)
def _read_material(path: Path, stamp: library.Stamp) -> Material:
    data = library.read_toml(path)
    return material_from_dict({"name": path.stem, **data}, library.shown(Path(path.name)))


def sources(section: Section) -> dict[str, Quantity]:
    """Every number of a material or protocol under its dotted path, such as ``shell.sloping.capacity``."""
    return {path: entry for path, entry in entries(section).items() if isinstance(entry, Quantity)}


def entries(section: Section) -> dict[str, Quantity | Table | OccupancyTable | SizeTable]:
    """Every number and every table, each of which has a source, under its dotted path."""
    found: dict[str, Quantity | Table | OccupancyTable | SizeTable] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Quantity | Table | OccupancyTable | SizeTable):
            found[prefix] = value
        elif isinstance(value, Section):
            for name in type(value).model_fields:
                walk(f"{prefix}.{name}" if prefix else name, getattr(value, name))
        elif isinstance(value, dict):
            for name, item in value.items():
                walk(f"{prefix}.{name}", item)
        elif isinstance(value, tuple):
            for index, item in enumerate(value, start=1):
                walk(f"{prefix}.{index}", item)

    walk("", section)
    return found


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


COATED = "core_shell"
"""The shipped material that is it."""

MAKE = ("particle.", "core.pore_volume", "core.skeletal_density", "shell.mass_gain", "shell.thickness")
"""How the paths of the numbers begin that make it this carbon; its electrochemistry may be read otherwise."""


def is_of_the_paper(material: Material) -> bool:
    """Whether this is a shipped reading of the paper's coated carbon, its particle as measured there."""
    if material.name not in library.names("parameters"):
        return False
    return not any(path.startswith(MAKE) for path in differing(material, read_material(COATED)))
