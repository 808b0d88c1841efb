"""What converts capacities and currents of a table, per gram or per area, into those of the electrode."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.data.curve_description import (
    ELECTRODE,
    SODIUM_METAL,
    CurveDescription,
    HalfCycleColumns,
    positive,
    rate_as_current,
)
from coreshell_model.data.curve_table import AMOUNTS, Column, CurveTable

NOMINAL_MASS = 1e-6
"""Mass [kg] that stands for that of the carbon where everything is per gram: currents in A need one."""


@dataclass(frozen=True)
class Electrode:
    """What converts capacities and currents per mass or per area into those of the electrode.

    Attributes
    ----------
    mass : of active carbon [kg]
    gram : mass [kg] of what a gram in the table is of
    area : [m2]
    """

    mass: float | None
    gram: float | None
    area: float | None

    def whole(self, value, unit: str, what: str):
        """A charge or a current of the electrode from one in C, C/kg or C/m2, or A, A/kg or A/m2.

        Raises
        ------
        InputError
            The mass or the area is needed and not known.
        """
        if unit.endswith("/kg"):
            if self.gram is None:
                raise InputError(
                    f"{what} is per gram and not all else is, so the mass of active carbon is needed; write "
                    'mass = "1.1 mg" (--mass "1.1 mg")'
                )
            return value * self.gram
        if unit.endswith("/m2"):
            if self.area is None:
                raise InputError(f'{what} is per area; state that of the electrode, as area = "1.13 cm2"')
            return value * self.area
        return value


def unit_of(table: CurveTable, description: CurveDescription, column: Column) -> tuple[str, str]:
    """The unit of a capacity as written, and that in SI: C, C/kg or C/m2; "1" of a stoichiometry.

    Raises
    ------
    InputError
        It is not known, or not that of a capacity.
    """
    unit = description.capacity_unit or column.unit
    if unit is None and column.kind == "stoichiometry":
        unit = "1"
    if unit is None:
        raise table.sheet.wrong(
            f"column {column.place + 1}: the unit of the capacity is not known; write capacity_unit = "
            '"mA.h.g-1", "mA.h", "mA.h.cm-2", or "1" for a stoichiometry'
        )
    for si in (*AMOUNTS, "1"):
        try:
            to_si(1.0, unit, si)
        except InputError:
            continue
        return unit, si
    raise table.sheet.wrong(
        f"column {column.place + 1}: {unit!r} is no unit of a capacity; write capacity_unit = "
        '"mA.h.g-1", "mA.h", "mA.h.cm-2", or "1" for a stoichiometry'
    )


def electrode_of(
    description: CurveDescription, units: Sequence[tuple[str, str]], mass: float | None, where: str
) -> tuple[Electrode, list[str]]:
    """The electrode of a table, and the statements about its mass, area and what a gram is of."""
    notes = []
    if mass is None and description.mass is not None:
        mass = positive("mass", description.mass, "1.1 mg")
    area = None if description.area is None else positive("area", description.area, "1.13 cm2")
    amounts = {"C/kg" if unit == "1" else unit for _, unit in units}
    if not description.open_circuit:
        with at(where):
            amounts |= {
                rate_as_current(half.rate or "", description.one_c)[1].replace("A", "C", 1)
                for half in description.halves
            }
    if mass is not None:
        notes.append(f"mass of active carbon (core + shell) {from_si(mass, 'mg'):.6g} mg, as given")
    elif amounts == {"C/kg"}:
        mass = NOMINAL_MASS
        notes.append("no mass is given and none is needed, as all is per gram: 1 mg of carbon stands for it")
    else:
        notes.append("mass of active carbon not known, so no capacities per gram")
    share = description.active_share if description.mass_basis == ELECTRODE else 1.0
    gram = None if mass is None else mass / (share or 1.0)
    if "C/kg" in amounts and any(unit != "1" for _, unit in units):
        notes.append(
            f"a gram is one of electrode, {share:g} of which is active carbon (core + shell), as stated"
            if description.mass_basis == ELECTRODE
            else "a gram is one of active carbon (core + shell)" + _unless(description, "mass_basis")
        )
    return Electrode(mass, gram, area), notes


def _unless(description: CurveDescription, field: str) -> str:
    """The end of a statement about a field that has a default."""
    return ", as stated" if field in description.model_fields_set else ", as nothing else is stated"


def reference_note(description: CurveDescription) -> str:
    """The statement about what the voltage of a half-cell is measured against."""
    reference = description.reference_potential
    if reference:
        return f"voltage against a reference at {reference:g} V against {SODIUM_METAL}, which is added"
    return f"voltage against {SODIUM_METAL}" + _unless(description, "reference")


def stated_current(
    half: HalfCycleColumns, description: CurveDescription, electrode: Electrode
) -> tuple[float | None, str]:
    """The stated current [A], and the rate in words for the notes."""
    if description.open_circuit:
        return None, " at open circuit"
    size, unit = rate_as_current(half.rate or "", description.one_c)
    current = electrode.whole(size, unit, f"rate, {half.rate},")
    words = f" at {half.rate}"
    if electrode.mass:
        per_gram = f"{from_si(current / electrode.mass, 'mA/g'):.4g} mA/g"
        words += "" if words.endswith(f" {per_gram}") else f", {per_gram}"
    return float(current), words


def charge_of(
    values: np.ndarray, unit: str, si: str, description: CurveDescription, electrode: Electrode
) -> np.ndarray:
    """Capacities of the table as charge of the electrode [C]."""
    if si == "1":
        if description.full_capacity is None:
            raise InputError(
                "its capacity is a stoichiometry; state the capacity at the stoichiometry 1, as "
                'full_capacity = "300 mA.h.g-1"'
            )
        full = positive("full_capacity", description.full_capacity, "300 mA.h.g-1")
        if electrode.mass is None:
            raise InputError(
                'a stoichiometry needs the mass of active carbon; write mass = "1.1 mg" (--mass "1.1 mg")'
            )
        return values * to_si(1.0, unit, "1") * full * electrode.mass
    return electrode.whole(values * to_si(1.0, unit, si), si, f"capacity, in {unit},")


def begin_of(text: str, unit: str, si: str, description: CurveDescription, electrode: Electrode) -> float:
    """The capacity at which a half-cycle begins, as charge of the electrode [C]."""
    with at("begin"):
        value, stated = parse_quantity(text)
        in_unit = value if stated == "1" else to_si(value, stated, si) / to_si(1.0, unit, si)
        return float(charge_of(np.array([in_unit]), unit, si, description, electrode)[0])
