"""A table of sorption measurements: reading, checks, and writing its numbers into a material's file."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from coreshell_model.base import library
from coreshell_model.base.errors import InputError, at
from coreshell_model.base.files import replace
from coreshell_model.base.library import read_table_text, read_toml, shown
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.inputs.material import (
    CoreShellMaterial,
    Material,
    OneCarbonMaterial,
    material_from_dict,
)
from coreshell_model.inputs.material_text import with_number, written
from coreshell_model.inputs.particle import ACCESSIBLE, AMOUNTS, SIZES, shape_of
from coreshell_model.inputs.sorption import (
    Geometry,
    dec_area_per_uptake,
    geometry_from_sorption,
    mass_gain_to_fill_pores,
    open_fraction,
    pore_volume_if_filled,
)

_COLUMNS = ["quantity", "value", "unit", "source"]


class _Quantity(NamedTuple):
    unit: str
    lowest: float  # lowest and highest in SI units: beyond them unit or sign must be wrong
    highest: float
    required: bool = False


_QUANTITIES = {
    "mass gain": _Quantity("%", 0.0, 10.0, True),
    "core pore volume": _Quantity("cm3/g", 0.0, 0.02, True),
    "core skeletal density": _Quantity("g/cm3", 500.0, 4000.0, True),
    "shell skeletal density": _Quantity("g/cm3", 500.0, 4000.0, True),
    "external area": _Quantity("m2/g", 100.0, 1e7, True),
    "roughness": _Quantity("1", 1.0, 1000.0),
    "fraction inside pores": _Quantity("%", 0.0, 1.0),
    "coated pore volume": _Quantity("cm3/g", 0.0, 0.02),
    "core N2 area": _Quantity("m2/g", 100.0, 1e7),
    "DEC uptake at 5 %": _Quantity("mg/g", 0.0, 10.0),
    "DEC area": _Quantity("m2/g", 100.0, 1e7),
    "core DEC area": _Quantity("m2/g", 100.0, 1e7),
    "accessible pore volume": _Quantity("cm3/g", 0.0, 0.02),
}

UNUSED = ("CO2 area", "CO2 pore volume")
"""Results by CO2 that a table may hold. The model uses none: sodium reaches the pores that CO2 finds, and
their share that holds clusters is a number of the storage, not of sorption."""

_OF_COATING = ("mass gain", "shell skeletal density", "fraction inside pores", "coated pore volume")
"""Results that only a coated carbon has."""

COATING_DENSITY, CORE_DENSITY = "shell skeletal density", "core skeletal density"


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("%", " percent").replace("_", " ").split())


_NAMES = {_plain(name): name for name in _QUANTITIES}


@dataclass(frozen=True)
class Measured:
    """The results of sorption measurements in SI units; None for those that are not there.

    Attributes
    ----------
    mass_gain, core_pore_volume, core_skeletal_density, shell_skeletal_density, external_area : float
        m [kg per kg of core], v_p [m3 per kg of core], rho_c and rho_s [kg m-3], a_ext [m2 per kg coated].
    roughness, fraction_inside_pores : float
        f_r and phi_in [-].
    coated_pore_volume, core_n2_area : float or None
        By N2 [m3 per kg coated], [m2 per kg of core].
    dec_uptake_at_5_percent, dec_area, core_dec_area : float or None
        Uptake of diethyl carbonate at 5 % relative pressure [kg per kg coated], the area that it covers [m2
        per kg coated], and the same area of the uncoated core [m2 per kg of core].
    accessible_pore_volume : float or None
        Volume of the uncoated core that the solvent fills [m3 per kg of core].
    sources : dict
        Source of each value in the table, by the quantity's name.
    file : str
        Path of the table.
    unused : tuple
        Names of results in the table that the model does not use.
    """

    mass_gain: float
    core_pore_volume: float
    core_skeletal_density: float
    shell_skeletal_density: float
    external_area: float
    sources: dict[str, str]
    file: str
    roughness: float = 1.0
    fraction_inside_pores: float = 0.0
    coated_pore_volume: float | None = None
    core_n2_area: float | None = None
    dec_uptake_at_5_percent: float | None = None
    dec_area: float | None = None
    core_dec_area: float | None = None
    accessible_pore_volume: float | None = None
    unused: tuple[str, ...] = ()

    @property
    def solvent_area(self) -> float | None:
        """The DEC area, or else the area that the uptake at 5 % covers [m2 per kg coated]."""
        if self.dec_area is None and self.dec_uptake_at_5_percent is not None:
            return self.dec_uptake_at_5_percent * float(dec_area_per_uptake())
        return self.dec_area


class _Entry(NamedTuple):
    place: str  # "line 4, " in a CSV file, "" in TOML, where the name is enough
    name: str
    value: Any
    unit: Any
    source: Any


def read_table(path: Path, uncoated: Material | None = None) -> Measured:
    """Read sorption results from a CSV file `quantity,value,unit,source` or a TOML file.

    A TOML file holds entries like `mass_gain = { value = 30, unit = "%", source = "..." }`. In both, names
    take any case, spaces or underscores; in CSV, lines that start with # are comments.

    Parameters
    ----------
    path : of the table
    uncoated : a material of one carbon whose numbers stand for those that a table without a coating lacks
    """
    entries = _toml_entries(path) if path.suffix.lower() == ".toml" else _csv_entries(path)
    values: dict[str, float] = {}
    sources: dict[str, str] = {}
    unused: list[str] = []
    for entry in entries:
        if _plain(entry.name) in map(_plain, UNUSED):
            unused.append(entry.name)
            continue
        try:
            name = _quantity_name(entry.name)
            if name in values:
                raise InputError("is there twice; keep one")
            values[name], sources[name] = _value(name, entry), _source(entry.source)
        except InputError as error:
            raise InputError(f"{shown(path)}: {entry.place}{entry.name[:80]!r}: {error}") from None
    if isinstance(uncoated, OneCarbonMaterial) and not any(values.get(name) for name in _OF_COATING):
        values = _numbers_of(uncoated) | values
    if values.get("mass gain") == 0 and COATING_DENSITY not in values and CORE_DENSITY in values:
        values[COATING_DENSITY] = values[CORE_DENSITY]  # there is no shell, so any density does
    missing = [name for name, quantity in _QUANTITIES.items() if quantity.required and name not in values]
    if missing:
        raise InputError(
            f"{shown(path)}: {', '.join(missing)} missing; add an entry for each (a carbon without a "
            "coating: begin --from hard_carbon, or `coreshell fit --material hard_carbon --areas`, or "
            "state a mass gain of 0)"
        )
    fields = {_plain(name).replace(" ", "_"): value for name, value in values.items()}
    return Measured(**fields, sources=sources, file=shown(path), unused=tuple(unused))


def _numbers_of(material: OneCarbonMaterial) -> dict[str, float]:
    """What a table states of a carbon without a coating, from the numbers of a material."""
    density = material.carbon.skeletal_density.si
    return {
        "mass gain": 0.0,
        CORE_DENSITY: density,
        COATING_DENSITY: density,
        "core pore volume": material.carbon.pore_volume.si,
        "external area": shape_of(material).external_area,
    }


def geometry_from_table(measured: Measured) -> Geometry:
    """Return the particle that a table describes, by equations (1) and (2)."""
    try:
        return geometry_from_sorption(
            mass_gain=measured.mass_gain,
            external_area=measured.external_area,
            core_pore_volume=measured.core_pore_volume,
            core_skeletal_density=measured.core_skeletal_density,
            shell_skeletal_density=measured.shell_skeletal_density,
            roughness=measured.roughness,
            fraction_inside=measured.fraction_inside_pores,
        )
    except InputError as error:
        raise InputError(f"{measured.file}: {error}") from None


def _toml_entries(path: Path) -> Iterator[_Entry]:
    for name, entry in read_toml(path).items():
        if not isinstance(entry, dict) or set(entry) != {"value", "unit", "source"}:
            raise InputError(
                f"{shown(path)}: {name!r}: write value, unit and source, like "
                '{ value = 30, unit = "%", source = "..." }'
            )
        yield _Entry("", name, entry["value"], entry["unit"], entry["source"])


def _csv_entries(path: Path) -> Iterator[_Entry]:
    lines = io.StringIO(read_table_text(path), newline=None)
    rows = csv.reader(("\n" if line.lstrip().startswith("#") else line for line in lines), strict=True)
    header = True
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header and [cell.lower() for cell in cells] != _COLUMNS:
                raise InputError(
                    f"{shown(path)}: line {rows.line_num}: the header is {','.join(cells)[:80]!r}; "
                    "start with 'quantity,value,unit,source', separated by commas"
                )
            if len(cells) != len(_COLUMNS):
                raise InputError(
                    f"{shown(path)}: line {rows.line_num}: {len(cells)} cells instead of 4; "
                    "put text that holds commas in double quotes"
                )
            if not header:
                yield _Entry(f"line {rows.line_num}, ", *cells)
            header = False
    except csv.Error as error:
        raise InputError(f"{shown(path)}: line {rows.line_num}: {error}; close the quotes") from None
    if header:
        raise InputError(
            f"{shown(path)}: the file is empty; start with 'quantity,value,unit,source', then a row a result"
        )


def _quantity_name(name: str) -> str:
    quantity_name = _NAMES.get(_plain(name))
    if quantity_name is None:
        close = get_close_matches(_plain(name), _NAMES, n=1)
        guess = f"did you mean {_NAMES[close[0]]!r}? " if close else ""
        if _plain(name) == "n2 area":
            guess = (
                "of a carbon with closed pores it is its 'external area', of an open core 'core N2 area'; "
            )
        raise InputError(f"unknown quantity; {guess}known: {', '.join(_QUANTITIES)}")
    return quantity_name


def _value(name: str, entry: _Entry) -> float:
    unit, lowest, highest, _ = _QUANTITIES[name]
    if not isinstance(entry.unit, str):
        raise InputError(f"unit is {entry.unit!r}; write it as text, like {unit!r}")
    number = entry.value
    if isinstance(number, str):
        number, inner_unit = parse_quantity(number)
        if inner_unit != "1":
            raise InputError(f"value is {entry.value[:80]!r}; put the unit in its own place")
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InputError(f"value is {number!r}; write a number")
    value = to_si(number, entry.unit, unit)
    if not lowest <= value <= highest:
        ends = " to ".join(f"{from_si(end, entry.unit):.4g}" for end in (lowest, highest))
        meant = lowest <= to_si(number, unit, unit) <= highest and entry.unit != unit
        guess = f"; did you mean {number:g} {unit}?" if meant else ""
        raise InputError(
            f"value is {number:g} {entry.unit}; give one from {ends}, or correct the unit{guess}"
        )
    return value


def _source(source: object) -> str:
    if not isinstance(source, str) or not source.strip():
        raise InputError("has no source; cite its place, or write 'measured: <file>' or 'assumed: <why>'")
    return source.strip()


@dataclass(frozen=True)
class Check:
    """A consistency check: `value` and its upper `limit`, both in `unit`, and a sentence on the result."""

    name: str
    value: float
    limit: float
    unit: str
    sentence: str

    @property
    def passed(self) -> bool:
        """Whether the value does not exceed the limit."""
        return self.value <= self.limit


def checks(measured: Measured, geometry: Geometry) -> list[Check]:
    """Compare the measurements with one another and with the geometry, in each check whose data are there.

    The limits are assumed, except that of pore filling. Checks of the shell's thickness and of its seal are
    left out without a shell, the check of pore filling also without CVD carbon.
    """
    all_checks: list[Check | None] = [_not_filled(measured)] if measured.mass_gain > 0 else []
    if geometry.has_shell:
        all_checks = [_thin(geometry), *all_checks, _sealed(measured), _area_lost(measured)]
        all_checks += [_probes_agree(measured), _closed(measured)]
    all_checks.append(_uptake_gives_area(measured))
    return [check for check in all_checks if check is not None]


def _check(name: str, value: float, limit: float, unit: str, finding: str, good: str, bad: str) -> Check:
    return Check(name, value, limit, unit, f"{finding}: {good if value <= limit else bad}.")


def _thin(geometry: Geometry) -> Check:
    thickness, radius = geometry.shell_thickness, geometry.particle_radius
    finding = f"A shell of {thickness * 1e9:.1f} nm on a particle of {radius * 1e9:.0f} nm"
    good, bad = "thin, nearly flat", "thick, its inner and outer areas differ by over 20 %"
    return _check("Shell thickness over particle radius", thickness / radius, 0.1, "1", finding, good, bad)


def _not_filled(measured: Measured) -> Check:
    """Compare as the paper does with its 211 and 246 wt%; `mass_gain_to_fill_pores` explains the rest."""
    gain, pores = measured.mass_gain, measured.core_pore_volume
    left = min(measured.coated_pore_volume or 0.0, pores)
    filling = float(mass_gain_to_fill_pores(pores, measured.shell_skeletal_density, left))
    finding = f"The mass gain is {gain:.0%}, filling the pores takes {filling:.0%}"
    good, bad = "they are not filled", "they may be filled, a low pore volume then shows no shell"
    share = gain / filling if filling else math.inf
    return _check("Mass gain over that of filled pores", share, 1.0, "1", finding, good, bad)


def _sealed(measured: Measured) -> Check | None:
    """Compare with a tenth of the volume that filling would leave: 0.01 cm3/g of Core-Shell with 0.078."""
    gain, density, volume = measured.mass_gain, measured.shell_skeletal_density, measured.coated_pore_volume
    if volume is None or gain / density >= measured.core_pore_volume:
        return None
    filled = float(pore_volume_if_filled(measured.core_pore_volume, gain, density))
    finding = (
        f"N2 finds {volume * 1e3:.2g} cm3/g, with all CVD carbon in the pores it would find "
        f"{filled * 1e3:.2g}"
    )
    good, bad = "the pores are sealed off", "the pores are not sealed off"
    return _check("Pore volume of the coated carbon", volume, 0.1 * filled, "m3/kg", finding, good, bad)


def _area_lost(measured: Measured) -> Check | None:
    if measured.core_n2_area is None:
        return None
    share = measured.external_area * (1 + measured.mass_gain) / measured.core_n2_area
    finding = f"The external area is {share:.1%} of the core's N2 area"
    good, bad = "the area inside is closed to N2", "much of the area inside is open to N2"
    return _check("External area over the core's N2 area", share, 0.05, "1", finding, good, bad)


def _uptake_gives_area(measured: Measured) -> Check | None:
    uptake, area = measured.dec_uptake_at_5_percent, measured.dec_area
    if uptake is None or not area:
        return None
    covered = uptake * float(dec_area_per_uptake())
    return _agreement("DEC uptake and DEC area", covered, area, 0.1, "DEC uptake covers", "the DEC area")


def _probes_agree(measured: Measured) -> Check | None:
    area, external = measured.solvent_area, measured.external_area
    if area is None:
        return None
    return _agreement("DEC area and external area", area, external, 0.25, "DEC covers", "the external area")


def _agreement(name: str, area: float, other: float, limit: float, covers: str, other_name: str) -> Check:
    finding = f"{covers} {area * 1e-3:.3g} m2/g, {other_name} is {other * 1e-3:.3g}"
    good, bad = f"they agree within {limit:.0%}", f"they differ by more than {limit:.0%}"
    return _check(name, abs(area - other) / other, limit, "1", finding, good, bad)


def _closed(measured: Measured) -> Check | None:
    area, core, external = measured.solvent_area, measured.core_dec_area, measured.external_area
    if area is None or core is None or core / (1 + measured.mass_gain) <= external:
        return None  # a core without area inside: areas cannot distinguish open from sealed
    share = float(open_fraction(area, external, core, measured.mass_gain))
    finding = f"The solvent reaches the pores of {share:.1%} of the particles"
    good, bad = "the carbon is sealed", "electrolyte will decompose inside"
    return _check("Open fraction", share, 0.01, "1", finding, good, bad)


ASSUMED = "assumed"
"""Beginning of the source of a number in a table that was not measured."""


def write_into(measured: Measured, path: Path) -> list[str]:
    """Write the measured numbers into a material file; return what was written, in lines.

    Comments, order and all other numbers stay. The file is written whole or not at all.

    Raises
    ------
    InputError
        The file is not a material or has no place for a number, or numbers contradict each other.
    """
    where = library.shown(path)
    text = library.read_text(path)
    material = material_as_it_is(path)
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
    lines = []
    with at(where):
        for place, value, unit, source in _numbers(measured, material):
            group = next(
                (alternatives for alternatives in (SIZES, AMOUNTS) if place in alternatives), (place,)
            )
            others = [other for other in group if other != place]
            number = written(float(f"{from_si(value, unit):.10g}"), unit, source)
            text = with_number(text, place, number, others, add=True)
            lines.append(f"{place} = {from_si(value, unit):.4g} {unit}".removesuffix(" 1"))
    lines += [f"nothing of {name!r} (the model does not use it)" for name in measured.unused]
    new = material_from_dict({"name": path.stem, **library.parse_toml(text, where)}, where)
    shape_of(new)
    try:
        replace(path, text)
    except OSError as error:
        raise InputError(f"{where}: cannot be written: {error.strerror}; nothing was changed") from None
    return lines


def material_as_it_is(path: Path) -> Material:
    """The material of a file, even if numbers that are to be exchanged contradict each other."""
    data = {"name": path.stem, **library.read_toml(path)}
    if isinstance(data.get("pores"), dict):
        section = data.get("carbon", data.get("core"))
        volume = section.get("pore_volume") if isinstance(section, dict) else None
        if isinstance(volume, dict) and volume.get("value"):
            data["pores"] = {**data["pores"], "accessible_volume": volume}
    return material_from_dict(data, library.shown(path))


def _numbers(measured: Measured, material: Material):
    """Path, value in SI, unit and source of each number of the material that the table gives."""
    coated = isinstance(material, CoreShellMaterial)
    carbon = "core" if coated else "carbon"
    numbers = {
        "external area": ("particle.external_area", measured.external_area, "m2/g"),
        "roughness": ("particle.roughness", measured.roughness, "1"),
        "core skeletal density": (f"{carbon}.skeletal_density", measured.core_skeletal_density, "g/cm3"),
        "core pore volume": (f"{carbon}.pore_volume", measured.core_pore_volume, "cm3/g"),
    }
    if coated:
        numbers |= {
            "mass gain": ("shell.mass_gain", measured.mass_gain, "%"),
            "shell skeletal density": ("shell.skeletal_density", measured.shell_skeletal_density, "g/cm3"),
            "fraction inside pores": ("shell.fraction_inside", measured.fraction_inside_pores, "1"),
        }
    for name, (path, value, unit) in numbers.items():
        if name in measured.sources:
            yield path, value, unit, _source_of(measured, name)
    if material.pores is None:
        return
    walls = "core DEC area" if measured.core_dec_area is not None else "core N2 area"
    area = measured.core_dec_area or measured.core_n2_area
    if area is not None:
        yield "pores.wall_area", area, "m2/g", _source_of(measured, walls)
    volume = measured.accessible_pore_volume
    if volume is not None:
        yield ACCESSIBLE, volume, "cm3/g", _source_of(measured, "accessible pore volume")
    elif measured.core_pore_volume > 0:
        file = Path(measured.file).name
        source = f"assumed: all of the pore volume in {file}; no volume by a solvent is there"
        yield ACCESSIBLE, measured.core_pore_volume, "cm3/g", source


def _source_of(measured: Measured, name: str) -> str:
    """The source for the material's file: the table, and its source of the number; "assumed" stays."""
    source, file = measured.sources[name], Path(measured.file).name
    if source.lower().startswith(ASSUMED):
        return f"{source} ({file})"
    return f"measured: {file}, {name}: {source.removeprefix('measured:').strip()}"
