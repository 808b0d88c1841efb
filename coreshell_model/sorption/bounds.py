"""What values sorption's functions accept, said in one line each."""

import numpy as np
from numpy.typing import NDArray

from coreshell_model.errors import InputError

Number = float | NDArray[np.float64]


def above_zero(name: str, value: Number, unit: str) -> None:
    """Raise `InputError` unless every value is finite and above 0."""
    if not np.all(np.isfinite(value) & np.greater(value, 0)):
        raise InputError(f"{name} is {value} {unit}; it must be above 0")


def not_negative(name: str, value: Number, unit: str) -> None:
    """Raise `InputError` unless every value is finite and 0 or more."""
    if not np.all(np.isfinite(value) & np.greater_equal(value, 0)):
        raise InputError(f"{name} is {value} {unit}; it must be 0 or more")


def share(name: str, value: Number) -> None:
    """Raise `InputError` unless every value is from 0 to 1."""
    if not np.all(np.greater_equal(value, 0) & np.less_equal(value, 1)):
        raise InputError(f"{name} is {value}; it must be from 0 to 1")


def rough(value: Number) -> None:
    """Raise `InputError` unless every value is a roughness, 1 or more."""
    if not np.all(np.isfinite(value) & np.greater_equal(value, 1)):
        raise InputError(f"roughness is {value}; the smooth sphere is 1 and no surface has less")
