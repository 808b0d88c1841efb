"""A material: what a TOML file of ``parameters/`` says, validated and frozen."""

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from coreshell_model import library
from coreshell_model.contradictions import check_together
from coreshell_model.electrode import Electrode, Table
from coreshell_model.errors import InputError
from coreshell_model.quantity import Name, Quantity, Section, brief, one_line
from coreshell_model.sections import (
    SEI,
    AssumedRange,
    Cell,
    Particle,
    Pores,
    PorousCarbon,
    Shell,
    Surface,
    left_out,
)
from coreshell_model.units import to_si

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
    data = library.read_toml(path)
    return material_from_dict({"name": path.stem, **data}, library.shown(Path(path.name)))


def sources(section: Section) -> dict[str, Quantity]:
    """Every number of a material or protocol under its dotted path, such as ``shell.sloping.capacity``."""
    return {path: entry for path, entry in entries(section).items() if isinstance(entry, Quantity)}


def entries(section: Section) -> dict[str, Quantity | Table]:
    """Every number and every table, each of which has a source, under its dotted path."""
    found: dict[str, Quantity | Table] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Quantity | Table):
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
