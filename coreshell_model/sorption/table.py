"""Read a table of sorption results and turn it into a geometry."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from coreshell_model.errors import InputError
from coreshell_model.library import read_table_text, read_toml, shown
from coreshell_model.sorption.geometry import Geometry, geometry_from_sorption
from coreshell_model.sorption.sealing import dec_area_per_uptake
from coreshell_model.units import from_si, parse_quantity, to_si

_COLUMNS = ["quantity", "value", "unit", "source"]


class _Quantity(NamedTuple):
    unit: str
    lowest: float  # in SI units, as the next: the widest a carbon can have, to catch a wrong unit or sign
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
}


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("%", " percent").replace("_", " ").split())


_NAMES = {_plain(name): name for name in _QUANTITIES}


@dataclass(frozen=True)
class Measured:
    """What sorption measured, in SI units; None where it was not.

    Attributes
    ----------
    mass_gain, core_pore_volume, core_skeletal_density, shell_skeletal_density, external_area : float
        m [kg per kg of core], v_p [m3 per kg of core], rho_c and rho_s [kg m-3], a_ext [m2 per kg coated].
    roughness, fraction_inside_pores : float
        f_r and phi_in [-].
    coated_pore_volume, core_n2_area : float or None
        By N2 [m3 per kg coated], [m2 per kg of core].
    dec_uptake_at_5_percent, dec_area, core_dec_area : float or None
        Diethyl carbonate taken up at 5 % relative pressure [kg per kg coated], the area it covers there [m2
        per kg coated], and the same area of the uncoated core [m2 per kg of core].
    sources : dict
        Source of each value that was given, by the quantity's name.
    file : str
        Where it was read.
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

    @property
    def solvent_area(self) -> float | None:
        """The DEC area, else what the uptake at 5 % covers [m2 per kg coated]."""
        if self.dec_area is None and self.dec_uptake_at_5_percent is not None:
            return self.dec_uptake_at_5_percent * float(dec_area_per_uptake())
        return self.dec_area


class _Entry(NamedTuple):
    place: str  # "line 4, " in a CSV file, nothing in TOML, where the name says it all
    name: str
    value: Any
    unit: Any
    source: Any


def read_table(path: Path) -> Measured:
    """Read sorption results from a CSV file `quantity,value,unit,source` or a TOML file.

    A TOML file holds entries like `mass_gain = { value = 30, unit = "%", source = "..." }`. In both, names
    take any case, spaces or underscores; in CSV, lines starting with # are comments.

    Raises
    ------
    InputError
        The file cannot be read, or an entry is unknown, missing, repeated, out of range, or without source.
    """
    entries = _toml_entries(path) if path.suffix.lower() == ".toml" else _csv_entries(path)
    values: dict[str, float] = {}
    sources: dict[str, str] = {}
    for entry in entries:
        try:
            name = _known(entry.name)
            if name in values:
                raise InputError("is there twice; keep one")
            values[name], sources[name] = _value(name, entry), _source(entry.source)
        except InputError as error:
            raise InputError(f"{shown(path)}: {entry.place}{entry.name[:80]!r}: {error}") from None
    missing = [name for name, quantity in _QUANTITIES.items() if quantity.required and name not in values]
    if missing:
        raise InputError(f"{shown(path)}: {', '.join(missing)} missing; add an entry for each")
    fields = {_plain(name).replace(" ", "_"): value for name, value in values.items()}
    return Measured(**fields, sources=sources, file=shown(path))


def geometry_from_table(measured: Measured) -> Geometry:
    """Return the particle a table describes, by equations (1) and (2).

    Raises
    ------
    InputError
        The pores cannot hold the share of the CVD carbon said to be inside.
    """
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


def _known(name: str) -> str:
    known = _NAMES.get(_plain(name))
    if known is None:
        close = get_close_matches(_plain(name), _NAMES, n=1)
        guess = f"did you mean {_NAMES[close[0]]!r}? " if close else ""
        raise InputError(f"unknown quantity; {guess}known: {', '.join(_QUANTITIES)}")
    return known


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
