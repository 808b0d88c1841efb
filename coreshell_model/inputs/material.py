"""A material: the contents of a TOML file as in ``parameters/``, validated and frozen, and its names."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.paths import user_path
from coreshell_model.base.quantity import Name, Quantity, Section, Text, brief, one_line
from coreshell_model.base.units import to_si
from coreshell_model.inputs.contradictions import check_together
from coreshell_model.inputs.electrode import Electrode, Table
from coreshell_model.inputs.geometry import core_shell_geometry
from coreshell_model.inputs.positive import Positive, Presodiation, StoichiometryTable
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
from coreshell_model.inputs.stack import Stack

MOST_RANGES = 6
"""Assumed ranges of a material at most: their ends take 2 to the power of their number of runs."""


class _Material(Section):
    """What core-shell and one-carbon materials share."""

    name: Name
    title: str
    description: str
    caution: Text | None = None
    prediction: bool = Field(default=False, strict=True)
    particle: Particle
    surface: Surface
    sei: SEI
    pores: Pores | None = None
    cell: Cell
    activation: Activation | None = None
    electrode: Electrode | None = None
    positive: Positive | None = None
    presodiation: Presodiation | None = None
    stack: Stack | None = None
    band: tuple[AssumedRange, ...] = Field(default=(), max_length=MOST_RANGES)

    @model_validator(mode="after")
    def _ranges_of_its_numbers(self):
        numbers = sources(self)
        paths = {path for path, kind in left_out(self).items() if kind is Quantity} | set(numbers)
        for place, assumed in enumerate(self.band, start=1):
            if assumed.path not in paths or assumed.path.startswith("band."):
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
        """The particle's geometry, computed once.

        So a change of its numbers has to make a new material, not a ``model_copy``.

        Raises
        ------
        InputError
            Dimensions exclude each other, or leave no shell.
        """
        return core_shell_geometry(self.particle, self.core, self.shell)

    @model_validator(mode="after")
    def _possible_together(self):
        check_together(self.particle, self.core, "core", self.pores, self.shell)
        return self


class OneCarbonMaterial(_Material):
    """A particle of one carbon: the same model, with two equal regions."""

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


def active_carbon(material: Material) -> str:
    """What a capacity is per gram of, in words."""
    return "active carbon (core + shell)" if isinstance(material, CoreShellMaterial) else "active carbon"


def material_from_dict(data: dict, where: str) -> Material:
    """Validate the content of a material file; ``where`` names it in error messages."""
    if "carbon" in data and ("core" in data or "shell" in data):
        raise InputError(f"{where}: has carbon beside core or shell; give carbon alone, or core and shell")
    kind = OneCarbonMaterial if "carbon" in data else CoreShellMaterial
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise one_line(error, where, model=kind) from None


def read_material(name_or_path: str) -> Material:
    """Read a shipped material by name, or the user's own by path."""
    path = library.find("parameters", name_or_path)
    return _read_material(path, library.stamp(path))


@lru_cache(maxsize=library.KEPT_FILES)
def _read_material(path: Path, stamp: library.Stamp) -> Material:
    data = library.read_toml(path)
    return material_from_dict({"name": path.stem, **data}, library.shown(Path(path.name)))


Entry = Quantity | Table | OccupancyTable | SizeTable | StoichiometryTable
"""A number, or a table of numbers, with its source."""


def sources(section: Section) -> dict[str, Quantity]:
    """Every number of a material or protocol under its dotted path, such as ``shell.sloping.capacity``."""
    return {path: entry for path, entry in entries(section).items() if isinstance(entry, Quantity)}


def entries(section: Section) -> dict[str, Entry]:
    """Every number and every table of a material or protocol, all of which have a source, by dotted path."""
    by_path: dict[str, Entry] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Entry):
            by_path[prefix] = value
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
    return by_path


def name_among(
    materials: Mapping[str, Material],
    reference: str,
    holder: str,
    folder: Path | None = None,
    drawn: Mapping | None = None,
) -> str:
    """The key in ``materials`` of a material that a user names in one of several ways.

    Parameters
    ----------
    materials : by the names that a table or a problem gives them
    reference : the user's text: a shipped name, the path of a file, the name in that file, or a key
    holder : what holds the materials, in words, as "the posterior joint"
    folder : folder of relative paths among the keys, if it is not the working folder
    drawn : by key, paths of numbers in which the user's file may differ from the material

    Raises
    ------
    InputError
        The text fits no material, or more than one.
    """
    if reference in materials:
        return reference
    alike = [name for name in materials if _same_place(name, reference, folder)]
    if not alike:
        alike = [key for key, material in materials.items() if reference in (material.name, Path(key).stem)]
    if not alike:
        alike = _as_in_the_file(materials, reference, drawn)
    if len(alike) == 1:
        return alike[0]
    names = ", ".join(alike or materials)
    if alike:
        raise InputError(
            f"{holder} has several materials that {reference!r} names: {names}; give one of these names"
        )
    raise InputError(
        f"{holder} has no material {reference!r}; it has {names}; {did_you_mean(reference, materials)}"
        "give one of these, the path of its file or the name in it"
    )


def material_among(
    materials: Mapping[str, Material], reference: str, holder: str, drawn: Mapping | None = None
) -> tuple[str, Material]:
    """The key of ``name_among``, and the material: as its file is now, if there is one.

    Parameters are those of ``name_among``.
    """
    name = name_among(materials, reference, holder, drawn=drawn)
    for text in (reference, name):
        if library.is_there("parameters", text):
            read = read_material(text)
            if read.name == materials[name].name or text == reference:
                return name, read
    return name, materials[name]


def _same_place(name: str, reference: str, folder: Path | None) -> bool:
    """Whether both are paths of the same file."""
    try:
        own_path = (folder or Path()) / user_path(name)
        return own_path.resolve() == user_path(reference).resolve() and own_path.suffix == ".toml"
    except (OSError, InputError):
        return False


def _as_in_the_file(materials: Mapping[str, Material], reference: str, drawn: Mapping | None) -> list[str]:
    """Keys of materials with the name in the user's file, or else with its numbers apart from drawn ones."""
    if not library.is_there("parameters", reference):
        return []
    read = read_material(reference)
    named = [key for key, material in materials.items() if material.name == read.name]
    drawn = drawn or {}
    return named or [
        key for key, material in materials.items() if not differing(read, material, drawn.get(key, ()))
    ]


def differing(material: Material, other: Material, except_for=()) -> list[str]:
    """Paths of the numbers in which two materials differ, without those in ``except_for``."""
    values, others = ({path: number.si for path, number in sources(m).items()} for m in (material, other))
    paths = {*values, *others} - set(except_for)
    return sorted(path for path in paths if not _alike(values.get(path), others.get(path)))


def _alike(value: float | None, other: float | None) -> bool:
    return value is not None and other is not None and abs(value - other) <= 1e-9 * abs(other)


COATED = "core_shell"
"""Name of the shipped material that is the paper's coated carbon."""

DEFINING = ("particle.", "core.pore_volume", "core.skeletal_density", "shell.mass_gain", "shell.thickness")
"""Beginnings of the paths of numbers that make a material this carbon; its electrochemistry may differ."""


def is_of_the_paper(material: Material) -> bool:
    """Whether this is a shipped material for the paper's coated carbon, with its particle as measured."""
    if material.name not in library.names("parameters"):
        return False
    return not any(path.startswith(DEFINING) for path in differing(material, read_material(COATED)))
