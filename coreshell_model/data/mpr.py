"""BioLogic .mpr files: a sequence of modules, one of which holds the points as records of fixed length.

The layout is known from the package galvani, which knows the modules, and most columns by their number. For a
column that it does not know the width is missing. The length of a record gives the sum of the missing widths,
and only plausible numbers in the known columns show where these lie between them.
"""

import io
import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.extras import require
from coreshell_model.base.library import shown
from coreshell_model.data.binary import binary_sheet, unreadable
from coreshell_model.data.sheet import MOST_LINES, Sheet

MAGIC = b"BIO-LOGIC MODULAR FILE\x1a".ljust(48) + b"\0" * 4
FLAGS, MODE, MODE_BITS = "flags", "mode", 3
EXPORT = "export it from EC-Lab as text (.mpt)"

WIDTHS = (0, 1, 2, 4, 8)
"""Bytes that a column can take; 0 where it is a bit among the flags."""

MOST_UNKNOWN = 6
"""Unknown columns beyond which a file is refused."""

HIGHEST_VOLTAGE, LARGEST, SMALLEST = 100.0, 1e15, 1e-30
"""Highest voltage, and largest and smallest magnitude, of a number that is read at its right place."""

FIRST = 1000
"""Records that are tried first, since most wrong layouts fail on them."""

STAMPS = (465, 469, 473, 585)
"""Places in the log, by its version, of the start of the acquisition, in days since 1899-12-30."""

DAYS = 30000.0, 80000.0
"""Earliest and latest day of a measurement, in days since 1899-12-30: from 1982 to 2119."""


class Columns(NamedTuple):
    """The count of the records, the numbers of their columns, and their bytes."""

    count: int
    numbers: tuple[int, ...]
    records: bytes


def biologic_sheet(path: Path, content: bytes) -> Sheet:
    """A BioLogic .mpr file as a sheet, with the columns that galvani knows.

    Raises
    ------
    InputError
        galvani is not installed, or the file cannot be read without guessing.
    """
    where = shown(path)
    require("biologic", f"{where}: .mpr files need")
    from galvani.BioLogic import VMPdata_colID_dtype_map as types
    from galvani.BioLogic import VMPdata_colID_flag_map as bits
    from galvani.BioLogic import read_VMP_modules as read_modules

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            modules = _modules(read_modules, content)
            columns = _columns(modules[b"VMP data  "])
    except Exception as error:  # noqa: BLE001  the format is reverse-engineered, its reader fails in many ways
        raise unreadable(where, error, EXPORT) from None
    if not columns.count:
        raise InputError(f"{where}: the file has no data points; give one with data")
    if columns.count > MOST_LINES:
        raise InputError(f"{where}: {columns.count} points, more than {MOST_LINES}; {EXPORT} in parts")
    unknown = [number for number in columns.numbers if number not in bits and number not in types]
    table = _read(where, columns, types, bits, unknown)
    has_mode = any(bits[number][0] == MODE for number in columns.numbers if number in bits)
    kept = [name for name in table.dtype.names or () if not name.isdigit() and (has_mode or name != FLAGS)]
    cells = [table[FLAGS] & MODE_BITS if name == FLAGS else table[name] for name in kept]
    names = [MODE if name == FLAGS else name for name in kept]
    return binary_sheet(
        where, "BioLogic .mpr", names, cells, notes=_of_unknown(unknown), began=_began(modules)
    )


def _modules(read_modules: Any, content: bytes) -> Mapping[bytes, Mapping[str, Any]]:
    """The modules by their short names."""
    if not content.startswith(MAGIC):
        raise ValueError("it does not begin as such files do")
    modules = list(read_modules(io.BytesIO(content[len(MAGIC) :])))
    by_name = {bytes(module["shortname"]).ljust(10): module for module in modules}
    if b"VMP data  " not in by_name:
        raise ValueError("it has no module of data")
    return by_name


def _columns(module: Mapping[str, Any]) -> Columns:
    """The columns by the head of the data module, in the versions that are known."""
    data, version = module["data"], int(module["version"])
    count, width = int.from_bytes(data[:4], "little"), data[4]
    if version == 0 and data[5]:  # numbers of one byte
        return Columns(count, tuple(data[5 : 5 + width]), data[100:])
    heads = {0: (6, 1007), 2: (5, 405), 3: (5, 406)}
    if version not in heads:
        raise ValueError(f"version {version} of its data is not known")
    first, begin = heads[version]
    numbers = np.frombuffer(data[first : first + 2 * width], "<u2")
    return Columns(count, tuple(numbers.tolist()), data[begin:])


def _read(where: str, columns: Columns, types: Mapping, bits: Mapping, unknown: Sequence[int]) -> np.ndarray:
    """The records as a table; unknown columns have their place as name.

    Raises
    ------
    InputError
        The file is cut off, or the known columns could lie in several places.
    """
    length, remainder = divmod(len(columns.records), columns.count)
    unknown_text = ", ".join(map(str, unknown))
    cut_off = InputError(
        f"{where}: {len(columns.records)} bytes are no {columns.count} points of its columns; the file is "
        f"cut off or damaged, {EXPORT}"
    )
    if remainder:
        raise cut_off
    fields = list(_fields(columns.numbers, types, bits))
    missing = length - sum(np.dtype(kind).itemsize for _, kind in fields if kind)
    if missing < 0 or (missing and not unknown):
        raise cut_off
    if len(unknown) > MOST_UNKNOWN:
        raise InputError(f"{where}: columns {unknown_text} are not known, which are too many; {EXPORT}")
    layouts: dict[tuple[int, ...], np.ndarray] = {}
    tried: set[tuple[int, ...]] = set()
    for widths in itertools.product(WIDTHS, repeat=len(unknown)):
        if sum(widths) == missing:
            table = np.frombuffer(columns.records, np.dtype(_filled(fields, widths)))
            places = tuple(table.dtype.fields[name][1] for name, kind in fields if kind)  # type: ignore[index]
            if places not in tried and (not unknown or _is_plausible(table)):
                layouts[places] = table
            tried.add(places)
    if not layouts:
        raise InputError(
            f"{where}: columns {unknown_text} are not known and nothing fits between them; {EXPORT}"
        )
    if len(layouts) > 1:
        raise InputError(
            f"{where}: columns {unknown_text} are not known, and the others could lie in {len(layouts)} "
            f"places between them; {EXPORT}"
        )
    return next(iter(layouts.values()))


def _fields(numbers: Sequence[int], types: Mapping, bits: Mapping) -> Iterator[tuple[str, str]]:
    """Name and type of each column in a record; "" as the type of a column that is not known.

    All flags are bits of one byte, which stands where the first of them is named.
    """
    seen: list[str] = []
    for place, number in enumerate(numbers):
        name, kind = types.get(number, (str(place), ""))
        if number in bits:
            name, kind = FLAGS, "u1"
            if FLAGS in seen:
                continue
        seen.append(name)
        count = seen.count(name)
        yield (name if count == 1 else f"{name} {count}"), kind


def _filled(fields: Sequence[tuple[str, str]], widths: Sequence[int]) -> list[tuple[str, str]]:
    """The fields with the given number of bytes for each unknown column."""
    widths_left = iter(widths)
    whole = [(name, kind or f"V{next(widths_left)}") for name, kind in fields]
    return [(name, kind) for name, kind in whole if kind != "V0"]


def _is_plausible(table: np.ndarray) -> bool:
    """Whether every known column holds plausible numbers, which it does not if read a few bytes off."""
    if len(table) > FIRST and not _is_plausible(table[:FIRST]):
        return False
    for name in table.dtype.names or ():
        values = table[name]
        if values.dtype.kind == "f":
            with np.errstate(all="ignore"):  # misread bytes can be any number
                size = np.abs(values[values != 0].astype(float))
            if not np.isfinite(size).all() or (size > LARGEST).any() or (size < SMALLEST).any():
                return False
            if name.endswith("/V") and (size > HIGHEST_VOLTAGE).any():
                return False
            if name == "time/s" and ((values < 0).any() or (np.diff(values) < 0).any()):
                return False
            if name == "cycle number" and (values != np.round(values)).any():
                return False
        if name == "Ns" and (np.diff(values.astype(int)) > len(values)).any():
            return False
    return True


def _of_unknown(unknown: Sequence[int]) -> tuple[str, ...]:
    if not unknown:
        return ()
    many = len(unknown) > 1
    names = ", ".join(map(str, unknown))
    return (f"column{'s' if many else ''} number {names} of the file {'are' if many else 'is'} not known",)


def _began(modules: Mapping[bytes, Mapping[str, Any]]) -> datetime | None:
    """When the acquisition began, which is 0 of the file's time; None where the log does not show it.

    The place of the stamp in the log is not certain, so it counts only if it is on the day in the settings.
    """
    log, settings = modules.get(b"VMP LOG   "), modules.get(b"VMP Set   ")
    if log is None or settings is None:
        return None
    day = _day(bytes(settings["date"]))
    for place in STAMPS:
        stamp = log["data"][place : place + 8]
        days = float(np.frombuffer(stamp, "<f8")[0]) if len(stamp) == 8 else 0.0
        if DAYS[0] < days < DAYS[1]:
            began = datetime(1899, 12, 30) + timedelta(days=days)
            if began.date() == day:
                return began
    return None


def _day(text: bytes):
    for form in ("%m/%d/%y", "%m-%d-%y", "%m.%d.%y"):
        try:
            return datetime.strptime(text.decode("ascii", "replace"), form).date()
        except ValueError:
            continue
    return None
