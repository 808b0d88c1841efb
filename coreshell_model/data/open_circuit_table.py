"""Tables of capacity, or stoichiometry, against open-circuit voltage, over the sodium in the carbon."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import shown
from coreshell_model.base.paths import user_path
from coreshell_model.base.units import from_si
from coreshell_model.data.curve_description import (
    OPEN_CIRCUIT,
    CurveDescription,
    positive,
    read_description,
)
from coreshell_model.data.curve_halves import HalfCurve, half_curves
from coreshell_model.data.curve_points import in_words
from coreshell_model.data.curve_table import read_table
from coreshell_model.data.half_cell import HALF_CELL


@dataclass(frozen=True)
class OpenCircuitTable:
    """Equilibrium potentials over the sodium in the carbon.

    Attributes
    ----------
    stored : sodium in the carbon [mA.h.g-1], growing
    potential : [V]
    scatter : of the potential about a local fit [V]
    statements : what was read and done, in words
    """

    stored: np.ndarray
    potential: np.ndarray
    scatter: float
    statements: tuple[str, ...]

    @property
    def filling(self) -> np.ndarray:
        """The sodium in the carbon over the largest of the table."""
        return self.stored / self.stored[-1]


def read_open_circuit(
    path: str | Path,
    curve: Mapping[str, Any] | None = None,
    *,
    mass: str | None = None,
    decimal: str | None = None,
    worksheet: str | None = None,
) -> OpenCircuitTable:
    """A table of capacity, or stoichiometry, against open-circuit voltage.

    Parameters
    ----------
    path, decimal, worksheet : as for ``read_dataset``
    curve : what is stated of the table, before ``NAME.curve.toml``; the rate is "open circuit" if not stated
    mass : of active carbon, where the capacity is that of the electrode

    Raises
    ------
    InputError
        The table cannot be read, is no open-circuit table of a half-cell, or does not tell the sodium in the
        carbon.
    """
    path = user_path(path)
    description = read_description(path, {"rate": OPEN_CIRCUIT, **(curve or {})})
    assert description is not None  # the rate is stated
    if not description.open_circuit:
        raise InputError(
            f'{shown(path)}: rate is "{description.rate}"; that of this table is "{OPEN_CIRCUIT}"'
        )
    kilograms = None if mass is None else positive("mass", mass, "1.1 mg")
    table = read_table(path, decimal, worksheet)
    halves, electrode, notes = half_curves(table, description, kilograms, HALF_CELL)
    if len(halves) > 1:
        raise InputError(
            f"{shown(path)}: {len(halves)} half-cycles; an open-circuit table has one, choose it by "
            "direction and columns"
        )
    if electrode.mass is None:
        raise InputError(f'{shown(path)}: the mass of active carbon is not known; write mass = "1.1 mg"')
    stored = from_si(1.0 / electrode.mass, "mA.h.g-1") * _stored(halves[0], description, electrode.mass, path)
    order = np.argsort(stored, kind="stable")
    points = halves[0].points
    return OpenCircuitTable(
        stored[order], points.voltage[order], points.scatter, (*table.sheet.notes, *notes)
    )


def _stored(half: HalfCurve, description: CurveDescription, mass: float, path: Path) -> np.ndarray:
    """Sodium in the carbon [C] at each point."""
    points = half.points
    if half.sodiation:
        return points.passed + (points.begin if points.up else 0.0)
    if not points.up:
        return points.begin - points.passed
    if description.sodiated is None:
        raise InputError(
            f"{shown(path)}: its capacity is what came out of the carbon; state the sodium in it at the "
            'beginning, as sodiated = "300 mA.h.g-1"'
        )
    full = positive("sodiated", description.sodiated, "300 mA.h.g-1") * mass
    if full < points.passed[-1]:
        raise InputError(
            f"{shown(path)}: sodiated is {description.sodiated}, less than the "
            f"{in_words(points.passed[-1], mass)} that come out; correct one of them"
        )
    return full - points.passed
