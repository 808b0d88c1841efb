"""Measured sorption written into a material file: size, pores and coating, each with where it is from."""

from pathlib import Path

from coreshell_model import library
from coreshell_model.errors import InputError, at
from coreshell_model.keeping import replace
from coreshell_model.material import CoreShellMaterial, Material, material_from_dict
from coreshell_model.material_text import with_number, written
from coreshell_model.particle import ACCESSIBLE, AMOUNTS, SIZES, shape_of
from coreshell_model.sorption import Measured
from coreshell_model.units import from_si

ASSUMED = "assumed"
"""How the source of a number in a table begins that was not measured."""


def write_into(measured: Measured, path: Path) -> list[str]:
    """Exchange the numbers that sorption tells in a material file; return what was written, in lines.

    Comments, order and all other numbers stay. The file is written whole or not at all.

    Raises
    ------
    InputError
        Not a material, one that has no place for a measured number, or numbers that contradict each other.
    """
    where = library.shown(path)
    text = library.read_text(path)
    material = _as_it_is(path)
    coated = isinstance(material, CoreShellMaterial)
    if coated and measured.mass_gain == 0:
        raise InputError(
            f"{where}: has a shell, but the mass gain in {measured.file} is 0; take a carbon alone"
        )
    if not coated and measured.mass_gain > 0:
        raise InputError(
            f"{where}: has no shell, but the mass gain in {measured.file} is {measured.mass_gain:.4g}; take "
            "a material with core and shell"
        )
    told = []
    with at(where):
        for place, value, unit, source in _numbers(measured, material):
            group = next((each for each in (SIZES, AMOUNTS) if place in each), (place,))
            others = [other for other in group if other != place]
            number = written(float(f"{from_si(value, unit):.10g}"), unit, source)
            text = with_number(text, place, number, others, add=True)
            told.append(f"{place} = {from_si(value, unit):.4g} {unit}".removesuffix(" 1"))
    new = material_from_dict({"name": path.stem, **library.parse_toml(text, where)}, where)
    shape_of(new)
    try:
        replace(path, text)
    except OSError as error:
        raise InputError(f"{where}: cannot be written: {error.strerror}; nothing was changed") from None
    return told


def _as_it_is(path: Path) -> Material:
    """The material, also where numbers that are to be exchanged contradict each other."""
    data = {"name": path.stem, **library.read_toml(path)}
    if isinstance(data.get("pores"), dict):
        section = data.get("carbon", data.get("core"))
        volume = section.get("pore_volume") if isinstance(section, dict) else None
        if isinstance(volume, dict) and volume.get("value"):
            data["pores"] = {**data["pores"], "accessible_volume": volume}
    return material_from_dict(data, library.shown(path))


def _numbers(measured: Measured, material: Material):
    """Path, value in SI, unit and source of each number that the table tells of the material."""
    coated = isinstance(material, CoreShellMaterial)
    carbon = "core" if coated else "carbon"
    given = {
        "external area": ("particle.external_area", measured.external_area, "m2/g"),
        "roughness": ("particle.roughness", measured.roughness, "1"),
        "core skeletal density": (f"{carbon}.skeletal_density", measured.core_skeletal_density, "g/cm3"),
        "core pore volume": (f"{carbon}.pore_volume", measured.core_pore_volume, "cm3/g"),
    }
    if coated:
        given |= {
            "mass gain": ("shell.mass_gain", measured.mass_gain, "%"),
            "shell skeletal density": ("shell.skeletal_density", measured.shell_skeletal_density, "g/cm3"),
            "fraction inside pores": ("shell.fraction_inside", measured.fraction_inside_pores, "1"),
        }
    for name, (path, value, unit) in given.items():
        if name in measured.sources:
            yield path, value, unit, _source(measured, name)
    if material.pores is None:
        return
    walls = "core DEC area" if measured.core_dec_area is not None else "core N2 area"
    area = measured.core_dec_area or measured.core_n2_area
    if area is not None:
        yield "pores.wall_area", area, "m2/g", _source(measured, walls)
    volume = measured.accessible_pore_volume
    if volume is not None:
        yield ACCESSIBLE, volume, "cm3/g", _source(measured, "accessible pore volume")
    elif measured.core_pore_volume > 0:
        file = Path(measured.file).name
        said = f"assumed: all of the pore volume in {file}; no volume by a solvent is there"
        yield ACCESSIBLE, measured.core_pore_volume, "cm3/g", said


def _source(measured: Measured, name: str) -> str:
    """The file, and what it says of the number; what is only assumed there stays assumed."""
    said, file = measured.sources[name], Path(measured.file).name
    if said.lower().startswith(ASSUMED):
        return f"{said} ({file})"
    return f"measured: {file}, {name}: {said.removeprefix('measured:').strip()}"
