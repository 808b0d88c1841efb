"""A table of text that holds one impedance spectrum: frequency, real and imaginary part."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coreshell_model.base import library
from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array
from coreshell_model.base.quantity import brief

SPELLINGS = {
    "frequency": ("Frequency [Hz]", "freq/Hz", "Frequency / Hz", "Frequency"),
    "real": ("Real impedance [Ohm]", "Re(Z)/Ohm", "Z' / Ohm", "Z'"),
    "imaginary": ("Imaginary impedance [Ohm]", "-Im(Z)/Ohm", "-Z'' / Ohm", "Z'' / Ohm", "-Z''", "Z''"),
}
"""Spellings of the columns' names; a name that begins with a minus has values of the opposite sign."""

LEAST_POINTS = 3

LONGEST_HEAD = 10_000
"""Bytes of the longest line of names."""


def is_spectrum_table(path: Path) -> bool:
    """Whether the first line of a file names a frequency and both parts of an impedance."""
    try:
        with path.open("rb") as file:
            head = file.readline(LONGEST_HEAD).decode("utf-8-sig", "replace")
        names = set(_table(head).columns)
    except (OSError, ValueError, csv.Error):
        return False
    return all(names.intersection(spellings) for spellings in SPELLINGS.values())


def read_spectrum_table(
    path: Path, name: str, columns: Mapping[str, str] | None = None
) -> tuple[Array, Array, Array]:
    """Frequencies [Hz], real and imaginary parts [Ohm] of a table.

    Parameters
    ----------
    path : of the file
    name : by which errors call it
    columns : names of its columns for the keys of ``SPELLINGS``, where they are others

    Raises
    ------
    InputError
        It is no table of numbers with the three columns.
    """
    columns = columns or {}
    if unknown := sorted(set(columns) - set(SPELLINGS)):
        raise InputError(f"columns: {unknown[0]!r} is not one of {', '.join(SPELLINGS)}")
    text = library.read_table_text(path)
    try:
        table = _table(text)
    except (ValueError, csv.Error) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{name}: is no table of numbers ({reason}); give a CSV file") from None
    return (
        _column(table, name, columns, "frequency"),
        _column(table, name, columns, "real"),
        _column(table, name, columns, "imaginary"),
    )


def checked_impedance(frequency: Array, real: Array, imaginary: Array, name: str) -> NDArray[np.complex128]:
    """The complex impedance of a measured spectrum.

    Raises
    ------
    InputError
        Too few points, a frequency or an impedance that cannot be, or the opposite sign.
    """
    if len(frequency) < LEAST_POINTS:
        raise InputError(f"{name}: has {len(frequency)} rows; give at least {LEAST_POINTS}")
    if (frequency <= 0).any():
        raise InputError(f"{name}: a frequency is {frequency.min():g} Hz; give those above 0")
    impedance = real + 1j * imaginary
    if (np.abs(impedance) == 0).any() or np.ptp(np.abs(impedance)) == 0:
        raise InputError(f"{name}: the impedance is zero, or constant; give one that changes")
    if (imaginary > 0).all():
        raise InputError(
            f"{name}: every imaginary part is above 0, where a capacitive one is below; if the file "
            "holds their opposites, have its column's name begin with a minus"
        )
    return impedance


def _table(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), sep=None, engine="python")


def _column(table: pd.DataFrame, file: str, columns: Mapping[str, str], what: str) -> Array:
    """The numbers of the column for ``what``."""
    spellings: Iterable[str] = (columns[what],) if what in columns else SPELLINGS[what]
    name = next((spelling for spelling in spellings if spelling in table), None)
    if name is None:
        named = ", ".join(brief(str(column)) for column in table.columns[:10])
        raise InputError(
            f"{file}: no column for {what} among {named}; name it, as "
            f'columns = {{ {what} = "{SPELLINGS[what][0]}" }}'
        )
    numbers = np.array(pd.to_numeric(table[name], errors="coerce"), dtype=float)
    if not np.isfinite(numbers).all():
        row = int(np.flatnonzero(~np.isfinite(numbers))[0])
        raise InputError(
            f"{file}: {name}, row {row + 1}: {brief(str(table[name].iloc[row]))} is not a finite number"
        )
    return -numbers if name.startswith("-") else numbers
