"""Carbons that others made and measured, to stand beside designs."""

import pandas as pd

from coreshell_model import library
from coreshell_model.errors import InputError

FILE = "literature_designs.csv"

CAPACITY, EFFICIENCY = "Reversible capacity [mA.h.g-1]", "Initial coulombic efficiency"


def literature() -> pd.DataFrame:
    """Name, kind ("literature" or "measured"), reversible capacity and initial coulombic efficiency, source.

    Each in its authors' own protocol: masses, rates and cut-offs differ.

    Raises
    ------
    InputError
        The installation carries no such file.
    """
    path = library.folder("validation") / FILE
    try:
        return pd.read_csv(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; reinstall coreshell_model") from None
