"""The sections of a full cell that its positive electrode and its further sources of sodium bring."""

from itertools import pairwise
from typing import Annotated, get_args

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from coreshell_model.base.errors import InputError, at
from coreshell_model.base.quantity import Name, Quantity, Section, Text, Within, check_table, exactly_one
from coreshell_model.base.units import from_si, to_si
from coreshell_model.inputs.limits import (
    ActivationEnergy,
    Bruggeman,
    Capacitance,
    CapacityOrZero,
    ChargedStoichiometry,
    Conductivity,
    CurrentDensity,
    Diffusivity,
    Fraction,
    LossShare,
    MassFraction,
    MassPerArea,
    NPRatio,
    OxideDensity,
    Porosity,
    PositivePotential,
    Radius,
    Rate,
    SaltShare,
    SiteConcentration,
    SiteWidth,
    Stoichiometry,
    Time,
)
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.electrolyte import Tabulated
from coreshell_model.physics.laws.insertion import OpenCircuitTable, occupied_share, sodium_capacity

LONGEST_TABLE = 60
"""Points of a table by stoichiometry at most: each is a term of the equations that the solver evaluates."""

WIDE, STEEP = 0.15, 0.1
"""Step of the stoichiometry and of the potential [V] between points beyond which a table says too little.
assumed: half of a usual plateau, and a tenth of the window of a positive electrode."""

FORM_POINTS = 40
"""Points of the table that stands for a form of the open-circuit potential."""

FORM_ENDS = 0.002, 0.998
"""First and last stoichiometry of that table."""


class StoichiometryTable(Section):
    """A property of the positive electrode by stoichiometry, with straight lines between the points."""

    stoichiometry: tuple[float, ...] = Field(min_length=2, max_length=LONGEST_TABLE)
    values: tuple[float, ...]
    unit: str
    source: Text

    @model_validator(mode="after")
    def _one_value_each(self):
        if max(self.stoichiometry) > 2:
            raise InputError(
                f"stoichiometries go up to {max(self.stoichiometry):g}, in per cent as it seems; divide them "
                "by 100, since they are shares from 0 to 1"
            )
        check_table(
            self.stoichiometry,
            self.values,
            ("stoichiometries", "values"),
            lambda stoichiometry: 0 <= stoichiometry <= 1,
            remedies=("one", ", from 0 to 1"),
        )
        return self

    def __str__(self):
        return f"{len(self.values)} points, {self.stoichiometry[0]:g} to {self.stoichiometry[-1]:g}"

    def values_in_si(self, unit: str) -> tuple[float, ...]:
        """The values in SI; an InputError if their unit does not convert to ``unit``."""
        return tuple(to_si(value, self.unit, unit) for value in self.values)


LIMITS: dict[str, Within] = {
    "diffusivity_table": get_args(Diffusivity)[1],
    "exchange_current_density_table": get_args(CurrentDensity)[1],
    "open_circuit": get_args(PositivePotential)[1],
}
"""The bounds and the usual range of the values of each table: those of a single number."""


def _values_of(name: str) -> AfterValidator:
    """Refuse a table with a value beyond the bounds of such a number."""
    limit = LIMITS[name]

    def check(table: StoichiometryTable) -> StoichiometryTable:
        table.values_in_si(limit.unit)
        for value in (min(table.values), max(table.values)):
            with at("one of its values", " "):
                limit.checked(Quantity(value=value, unit=table.unit, source=table.source))
        return table

    return AfterValidator(check)


def _falls(table: StoichiometryTable) -> StoichiometryTable:
    """Refuse an open-circuit potential that rises as sodium goes in, which no stable electrode has."""
    for place, (first, second) in enumerate(pairwise(table.values), start=1):
        if second > first:
            raise InputError(
                f"rises from {first:g} to {second:g} {table.unit} between points {place} and {place + 1}; "
                "the potential falls as sodium goes in: sort and smooth the table"
            )
    return table


class PositiveSites(Section):
    """One kind of sites of a form of the open-circuit potential (57)."""

    share: Fraction
    potential: PositivePotential
    width: SiteWidth


class PositiveParticle(Section):
    """Particles of one size, and the sodium that they hold (57)-(59).

    Stoichiometries are sodium over ``maximum_concentration``, which counts the sodium that can leave alone
    (in Na3V2(PO4)3 two of three): ``as_made`` of the fresh electrode, ``charged`` of the end of a usual
    charge, which states the capacity. The share ``first_charge_loss`` of all sites
    closes once they have given the sodium of their first charge.
    """

    radius: Radius
    density: OxideDensity
    maximum_concentration: SiteConcentration
    as_made: Stoichiometry
    charged: ChargedStoichiometry
    first_charge_loss: LossShare
    double_layer_capacitance: Capacitance
    diffusivity: Diffusivity | None = None
    diffusivity_table: Annotated[StoichiometryTable, _values_of("diffusivity_table")] | None = None
    exchange_current_density: CurrentDensity | None = None
    exchange_current_density_table: (
        Annotated[StoichiometryTable, _values_of("exchange_current_density_table")] | None
    ) = None
    open_circuit: Annotated[StoichiometryTable, _values_of("open_circuit"), AfterValidator(_falls)] | None = (
        None
    )
    sites: tuple[PositiveSites, ...] | None = Field(default=None, min_length=1, max_length=10)

    @model_validator(mode="after")
    def _one_of_each(self):
        exactly_one(self, "diffusivity", "diffusivity_table")
        exactly_one(self, "exchange_current_density", "exchange_current_density_table")
        return exactly_one(self, "open_circuit", "sites")

    @model_validator(mode="after")
    def _can_be_charged(self):
        if not self.charged.si < self.as_made.si:
            raise InputError(
                f"charged is {self.charged}, not below as_made, {self.as_made}; sodium leaves in a charge"
            )
        if self.sites is not None and abs(sum(kind.share.si for kind in self.sites) - 1) > 1e-6:
            total = sum(kind.share.si for kind in self.sites)
            raise InputError(f"sites have shares that add up to {total:.6g}; give shares that add up to 1")
        low, high = (self.potentials.concentrations[place] for place in (0, -1))
        for name in ("as_made", "charged"):
            number = getattr(self, name)
            if not low <= number.si <= high:
                raise InputError(
                    f"{name} is {number}, outside the table of the open-circuit potential, {low:g} to "
                    f"{high:g}; give one inside, or a longer table"
                )
        return self

    @property
    def potentials(self) -> OpenCircuitTable:
        """U(y) [V]; of sites, a table at equal steps of the stoichiometry."""
        if self.open_circuit is not None:
            return OpenCircuitTable(self.open_circuit.stoichiometry, self.open_circuit.values_in_si("V"))
        assert self.sites is not None  # by the validation
        numbers = [(kind.share.si, kind.potential.si, kind.width.si) for kind in self.sites]
        shares, potentials, widths = (np.array(column) for column in zip(*numbers, strict=True))
        potential = np.linspace(min(potentials) - 40 * max(widths), max(potentials) + 40 * max(widths), 20001)
        filled = occupied_share(potential, shares, potentials, widths)
        points = np.linspace(*FORM_ENDS, FORM_POINTS)
        values = np.interp(points, filled[::-1], potential[::-1])
        return OpenCircuitTable(tuple(map(float, points)), tuple(map(float, values)))

    @property
    def potentials_are_coarse(self) -> list[str]:
        """The warning about the widest gap of the open-circuit table that hides a change of potential."""
        if self.open_circuit is None:
            return []
        points, values = self.open_circuit.stoichiometry, self.potentials.values
        gaps = [
            (high - low, low, high, first - second)
            for (low, high), (first, second) in zip(pairwise(points), pairwise(values), strict=True)
            if high - low > WIDE and first - second > STEEP
        ]
        if not gaps:
            return []
        _, low, high, change = max(gaps)
        return [
            f"positive.particle.open_circuit has no point between stoichiometries {low:g} and "
            f"{high:g}, where the potential falls by {change:.3g} V: it is interpolated by a straight line; "
            "give more points"
        ]

    @property
    def unusual_values(self) -> list[str]:
        """A warning about each table with values outside the usual range of such a number."""
        warnings = []
        for name, limit in LIMITS.items():
            table = getattr(self, name)
            values = () if table is None else table.values_in_si(limit.unit)
            unusual = [value for value in values if not limit.is_usual(value)]
            if unusual and limit.usual is not None:
                low, high = limit.usual
                warnings.append(
                    f"positive.particle.{name} has {from_si(unusual[0], limit.unit):.4g} {limit.unit}, "
                    f"usually {low:g} to {high:g} {limit.unit} ({limit.source})"
                )
        return warnings

    @property
    def diffusivities(self) -> Tabulated:
        """D(y) [m2.s-1]."""
        return _property(self.diffusivity, self.diffusivity_table, "m2/s")

    @property
    def exchange_currents(self) -> Tabulated:
        """j_00(y) [A.m-2]."""
        return _property(self.exchange_current_density, self.exchange_current_density_table, "A/m2")

    @property
    def capacity(self) -> float:
        """Charge of the first charge per mass of active material [C.kg-1] (59)."""
        return sodium_capacity(
            self.maximum_concentration.si, self.density.si, self.as_made.si, self.charged.si, FARADAY
        )


def _property(number: Quantity | None, table: StoichiometryTable | None, unit: str) -> Tabulated:
    if table is not None:
        return Tabulated(table.stoichiometry, table.values_in_si(unit))
    assert number is not None  # by the validation
    return Tabulated((0.0, 1.0), (number.si, number.si))


class PositiveCoating(Section):
    """The coating: mass fractions are of the dry coating, additives are carbon black and binder together."""

    porosity: Porosity
    bruggeman: Bruggeman
    conductivity: Conductivity
    additive_fraction: MassFraction
    additive_density: OxideDensity

    @property
    def active_fraction(self) -> float:
        """Mass fraction of active material in the dry coating."""
        return 1 - self.additive_fraction.si

    def solid_volume(self, density: float) -> float:
        """Volume of all solids per mass of active material [m3.kg-1], from the active material's density."""
        return 1 / density + self.additive_fraction.si / self.active_fraction / self.additive_density.si


class SacrificialSalt(Section):
    """A salt in the positive coating that gives its sodium once, in the first charge (61).

    ``mass_share`` is its mass per mass of active material; ``residue`` the share of its mass that stays.
    """

    mass_share: SaltShare
    capacity: CapacityOrZero
    potential: PositivePotential
    rate: Rate
    residue: Fraction

    @property
    def charge(self) -> float:
        """Its sodium per mass of active material [C.kg-1]."""
        return self.mass_share.si * self.capacity.si


class Balance(Section):
    """The positive electrode's amount, by exactly one of N/P ratio (60) and loading of active material."""

    np_ratio: NPRatio | None = None
    active_loading: MassPerArea | None = None

    @model_validator(mode="after")
    def _one_of_both(self):
        return exactly_one(self, "np_ratio", "active_loading")


class PositiveActivation(Section):
    """Activation energies (51), by which D_p and j_00p, given at 25 degC, depend on temperature."""

    diffusion: ActivationEnergy
    charge_transfer: ActivationEnergy


class Positive(Section):
    """The positive electrode of a full cell, as in ``parameters/positive/``."""

    name: Name
    title: Text
    description: Text
    balance: Balance
    particle: PositiveParticle
    coating: PositiveCoating
    sacrificial_salt: SacrificialSalt
    activation: PositiveActivation | None = None


class Presodiation(Section):
    """Sodium that a foil on the carbon gives it before the first charge (62).

    ``capacity`` is per gram of active carbon, ``time`` that in which all but a 1/e of it has gone in.
    """

    capacity: CapacityOrZero
    time: Time
