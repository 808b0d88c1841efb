"""The electrode section of a material file: coating, separator and electrolyte of the electrode level."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import Section, check_table, exactly_one
from coreshell_model.base.units import to_si
from coreshell_model.inputs.limits import (
    AreaOrZero,
    AreaResistance,
    Bruggeman,
    Concentration,
    Conductivity,
    MassFraction,
    Porosity,
    SolidDensity,
    ThermodynamicFactor,
    Thickness,
    TransferenceNumber,
)
from coreshell_model.physics.laws.electrolyte import Tabulated

LONGEST_TABLE = 100
"""Points of a table at most: each is a term of the equations that the solver evaluates."""

CONCENTRATION_UNIT = "mol/m3"


class Table(Section):
    """A property of the electrolyte by concentration, with straight lines between the points."""

    concentration: tuple[float, ...] = Field(min_length=2, max_length=LONGEST_TABLE)
    concentration_unit: str
    values: tuple[float, ...]
    unit: str
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_value_each(self):
        check_table(
            self.concentration,
            self.values,
            ("concentrations", "values"),
            lambda concentration: concentration > 0,
            remedies=("one value", " and above 0"),
        )
        _ = self.concentrations  # refuses a unit that does not convert
        return self

    def __str__(self):
        low, high = self.concentration[0], self.concentration[-1]
        return f"{len(self.values)} points, {low:g} to {high:g} {self.concentration_unit}"

    @property
    def concentrations(self) -> tuple[float, ...]:
        """The concentrations of the points [mol.m-3]."""
        return tuple(
            to_si(value, self.concentration_unit, CONCENTRATION_UNIT) for value in self.concentration
        )

    def values_in_si(self, unit: str) -> tuple[float, ...]:
        """The values in SI; an InputError if their unit does not convert to ``unit``."""
        return tuple(to_si(value, self.unit, unit) for value in self.values)


def _table_in(unit: str) -> AfterValidator:
    def check(table: Table) -> Table:
        table.values_in_si(unit)
        return table

    return AfterValidator(check)


class Separator(Section):
    """The layer between sodium metal and electrode: equations (27)-(29)."""

    thickness: Thickness
    porosity: Porosity
    bruggeman: Bruggeman


class Electrolyte(Section):
    """A salt in its solvent: equations (28), (29)."""

    concentration: Concentration
    transference_number: TransferenceNumber
    thermodynamic_factor: ThermodynamicFactor
    conductivity: Annotated[Table, _table_in("S/m")]
    diffusivity: Annotated[Table, _table_in("m2/s")]

    @model_validator(mode="after")
    def _within_tables(self):
        for name in ("conductivity", "diffusivity"):
            points = getattr(self, name).concentrations
            if not points[0] <= self.concentration.si <= points[-1]:
                raise InputError(
                    f"concentration is {self.concentration}, outside the table of its {name}, "
                    f"{points[0]:g} to {points[-1]:g} {CONCENTRATION_UNIT}; "
                    "give one inside, or a longer table"
                )
        return self

    @property
    def table(self) -> tuple[float, float]:
        """Lowest and highest concentration [mol.m-3] for which both properties are tabulated."""
        both = (self.conductivity.concentrations, self.diffusivity.concentrations)
        return max(points[0] for points in both), min(points[-1] for points in both)

    @property
    def properties(self) -> tuple[Tabulated, Tabulated]:
        """Conductivity [S.m-1] and diffusivity [m2.s-1] by concentration [mol.m-3]."""
        return (
            Tabulated(
                self.conductivity.concentrations, self.conductivity.values_in_si("S/m"), from_zero=True
            ),
            Tabulated(self.diffusivity.concentrations, self.diffusivity.values_in_si("m2/s")),
        )


class Electrode(Section):
    """The coating: equations (27), (28). Either its thickness or its porosity is given, the other follows.

    Mass fractions are of the dry coating; carbon black's area carries film and double layer at either level.
    """

    thickness: Thickness | None = None
    porosity: Porosity | None = None
    bruggeman: Bruggeman
    conductivity: Conductivity
    contact_resistance: AreaResistance
    carbon_black_fraction: MassFraction
    carbon_black_density: SolidDensity
    carbon_black_area: AreaOrZero
    binder_fraction: MassFraction
    binder_density: SolidDensity
    separator: Separator
    electrolyte: Electrolyte

    @model_validator(mode="after")
    def _one_of_both(self):
        return exactly_one(self, "thickness", "porosity")

    @model_validator(mode="after")
    def _carbon_left(self):
        if self.active_fraction < 0.05:
            raise InputError(
                f"carbon_black_fraction {self.carbon_black_fraction} and binder_fraction "
                f"{self.binder_fraction} leave less than 5 % for the active carbon; lower them"
            )
        return self

    @property
    def active_fraction(self) -> float:
        """Mass fraction of active carbon in the dry coating."""
        return 1 - self.carbon_black_fraction.si - self.binder_fraction.si

    @property
    def additive_area(self) -> float:
        """Area of carbon black per mass of active carbon [m2.kg-1]."""
        return self.carbon_black_area.si * self.carbon_black_fraction.si / self.active_fraction

    def solid_volume(self, density: float) -> float:
        """Volume of particles, carbon black and binder per mass of active carbon [m3.kg-1] (27).

        ``density`` [kg.m-3] is the particle's, its pores included.
        """
        additives = (
            self.carbon_black_fraction.si / self.carbon_black_density.si
            + self.binder_fraction.si / self.binder_density.si
        )
        return 1 / density + additives / self.active_fraction
