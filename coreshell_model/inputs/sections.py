"""The sections of a material file, each with the parameters of one mechanism."""

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AfterValidator, Field, model_validator

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import (
    Quantity,
    Section,
    both_or_neither,
    brief,
    check_table,
    exactly_one,
)
from coreshell_model.base.units import to_si
from coreshell_model.inputs.limits import (
    AccessibleVolume,
    ActivationEnergy,
    Area,
    AreaResistance,
    Capacitance,
    Capacity,
    ChargePerArea,
    CurrentDensity,
    CurrentDensityOrZero,
    Density,
    Diffusivity,
    Electrons,
    Exponent,
    ExternalArea,
    Fraction,
    Interaction,
    Length,
    LengthOrZero,
    MassGain,
    MassPerArea,
    MolarVolume,
    PercolationExponent,
    PoreVolume,
    Potential,
    Radius,
    Rate,
    RateOrZero,
    Resistivity,
    Roughness,
    ShellThickness,
    SizeSpread,
    StrongShare,
    Temperature,
    Time,
    WallArea,
    WettingExponent,
)
from coreshell_model.physics.storage.clusters import Clusters
from coreshell_model.physics.storage.store import Store
from coreshell_model.physics.storage.trapping import Trapping

MOST_POINTS = 30
"""Points of a table by occupancy at most: each is a term of the equations in every cell of the particle."""

LONGEST_DISTRIBUTION = 500
"""Points of a measured distribution of sizes at most."""

AnyUnit = Annotated[
    Quantity, AfterValidator(lambda number: number.in_si(to_si(number.value, number.unit, number.unit)))
]
"""A number whose unit is not prescribed."""


def kind_of(annotation: Any) -> type:
    """The class in ``Annotated[Quantity, ...] | None``."""
    while get_origin(annotation) in (Annotated, Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    return annotation


class OccupancyTable(Section):
    """A factor by the occupancy of the sloping sites, with straight lines between the points (52), (56)."""

    occupancy: tuple[float, ...] = Field(min_length=2, max_length=MOST_POINTS)
    factor: tuple[float, ...]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_factor_each(self):
        check_table(
            self.occupancy,
            self.factor,
            ("occupancies", "factors"),
            lambda occupancy: 0 <= occupancy <= 1,
            remedies=("one", ", from 0 to 1"),
        )
        return self

    def __str__(self):
        return f"{len(self.factor)} points, {self.occupancy[0]:g} to {self.occupancy[-1]:g}"


class Sloping(Section):
    """Sites of the sloping mode: equations (4)-(6). ``capacity`` is what they hold at equilibrium at 0 V.

    With ``strong_potential`` and ``strong_share`` the first sites bind more strongly (45). With a
    ``diffusion_length`` sodium moves through grains of that radius (49). With a ``diffusivity_factor`` the
    diffusivity depends on the occupancy (52).
    """

    capacity: Capacity
    potential: Potential
    interaction: Interaction
    diffusivity: Diffusivity
    strong_potential: Interaction | None = None
    strong_share: StrongShare | None = None
    diffusion_length: Length | None = None
    diffusivity_factor: OccupancyTable | None = None

    @model_validator(mode="after")
    def _strong_sites(self):
        both_or_neither(self, "strong_potential", "strong_share")
        return self


class Carbon(Section):
    """A carbon, with capacities per gram of this carbon.

    Each kind of storage beside the sloping sites is a field of this class, or of ``PorousCarbon`` if only a
    core, or a particle of one carbon, can have it.
    """

    skeletal_density: Density
    sloping: Sloping
    trapping: Trapping | None = None


class PorousCarbon(Carbon):
    """A carbon with pores."""

    pore_volume: PoreVolume
    clusters: Clusters | None = None


CORE_ALONE, BOTH_CARBONS = ("Core",), ("Core", "Shell")


@dataclass(frozen=True)
class StorageKind:
    """A kind of storage: the name of its section in a carbon, and which carbons of a particle can have it."""

    name: str
    store: type[Store]
    regions: tuple[str, ...]

    def section_of(self, carbon: Carbon) -> Store | None:
        """The section of this kind in a carbon; None where the carbon has none."""
        return getattr(carbon, self.name, None)

    def charge(self, carbon: Carbon) -> float:
        """Charge that a carbon can store in this way [C.kg-1]; 0 where it has no such section."""
        section = self.section_of(carbon)
        return 0.0 if section is None else section.charge(carbon)


def _stores() -> tuple[StorageKind, ...]:
    kinds = {name: kind_of(field.annotation) for name, field in PorousCarbon.model_fields.items()}
    stores = [
        StorageKind(name, kind, BOTH_CARBONS if name in Carbon.model_fields else CORE_ALONE)
        for name, kind in kinds.items()
        if issubclass(kind, Store)
    ]
    return tuple(sorted(stores, key=lambda kind: not kind.store.gives_back))


class Shell(Carbon):
    """The CVD carbon; exactly one of ``mass_gain`` and ``thickness`` gives its amount."""

    mass_gain: MassGain | None = None
    thickness: ShellThickness | None = None
    fraction_inside: Fraction | None = None

    @model_validator(mode="after")
    def _one_amount(self):
        return exactly_one(self, "mass_gain", "thickness")


STORES = _stores()
"""Every kind of storage beside the sloping sites; first those that give their sodium back."""


class SizeTable(Section):
    """A measured distribution of sizes: the share of the mass, or volume, at each radius (53)."""

    radius: tuple[float, ...] = Field(min_length=2, max_length=LONGEST_DISTRIBUTION)
    share: tuple[float, ...]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_share_each(self):
        check_table(
            self.radius,
            self.share,
            ("radii", "shares"),
            lambda radius: radius > 0,
            remedies=("one", " and above 0"),
            values_above_zero=False,
        )
        if min(self.share) < 0 or not sum(self.share) > 0:
            raise InputError(f"shares are {brief(list(self.share))}; give them 0 or above, some above 0")
        return self

    def __str__(self):
        return f"{len(self.share)} points, radii {self.radius[0]:g} to {self.radius[-1]:g}"


class Particle(Section):
    """Size of the particle, by exactly one of ``external_area``, ``radius`` and ``core_radius``.

    With ``size_spread``, or a table of ``sizes``, particles have several sizes with the same total area (53).
    """

    external_area: ExternalArea | None = None
    radius: Radius | None = None
    core_radius: Radius | None = None
    roughness: Roughness | None = None
    size_spread: SizeSpread | None = None
    sizes: SizeTable | None = None

    @property
    def several_sizes(self) -> bool:
        """Whether the particles have a distribution of sizes; a spread of 0 is one size."""
        return self.sizes is not None or (self.size_spread is not None and self.size_spread.si > 0)

    @model_validator(mode="after")
    def _one_size(self):
        if self.size_spread is not None and self.sizes is not None:
            raise InputError("has size_spread beside sizes; give the spread, or the measured table")
        return exactly_one(self, "external_area", "radius", "core_radius")


class Surface(Section):
    """Charge transfer and double layer of the wetted carbon: equations (11), (15).

    With an ``exchange_current_factor`` the exchange current density depends on the occupancy (56).
    """

    exchange_current_density: CurrentDensity
    exchange_current_factor: OccupancyTable | None = None
    double_layer_capacitance: Capacitance


class Activation(Section):
    """Activation energies (51), by which numbers given at 25 degC depend on temperature."""

    diffusion: ActivationEnergy
    clusters: ActivationEnergy
    charge_transfer: ActivationEnergy
    interphase: ActivationEnergy
    counter_electrode: ActivationEnergy
    electrolyte: ActivationEnergy


class SEIStep(Section):
    """A reduction step of finite charge: equation (12)."""

    potential: Potential
    rate: Rate
    charge: ChargePerArea
    molar_volume: MolarVolume
    electrons: Electrons


class SEIGrowth(Section):
    """The logarithmic tail: equation (13); the part that dissolves grows again: (48).

    Unless given, its ``transfer_coefficient`` is that of the whole film.
    """

    exchange_current_density: CurrentDensityOrZero
    potential: Potential
    decay_length: Length
    molar_volume: MolarVolume
    electrons: Electrons
    transfer_coefficient: Fraction | None = None
    dissolution_rate: RateOrZero | None = None
    saturation_charge: ChargePerArea | None = None

    @model_validator(mode="after")
    def _dissolution(self):
        both_or_neither(self, "dissolution_rate", "saturation_charge")
        return self


class SEI(Section):
    """The interphase: equations (12)-(14)."""

    transfer_coefficient: Fraction
    supply_time: Time
    initial_thickness: LengthOrZero
    resistivity: Resistivity
    steps: tuple[SEIStep, SEIStep, SEIStep]
    growth: SEIGrowth


class ExponentialSeal(Section):
    """Equation (24) a."""

    decay_length: Length


class LogisticSeal(Section):
    """Equation (24) b."""

    middle: Length
    spread: Length


class PercolationSeal(Section):
    """Equation (24) c."""

    closing_thickness: Length
    exponent: PercolationExponent


class Pores(Section):
    """Pores of the core that electrolyte wets: equations (21)-(24), per gram of core.

    Exactly one of ``open_fraction`` and the seal laws gives the share of open particles. With a
    ``wetting_exponent`` above 1 clusters are lost before all pores are wetted (50).
    """

    open_fraction: Fraction | None = None
    exponential_seal: ExponentialSeal | None = None
    logistic_seal: LogisticSeal | None = None
    percolation_seal: PercolationSeal | None = None
    wall_area: WallArea
    accessible_volume: AccessibleVolume
    blocking: Exponent
    wetting_exponent: WettingExponent | None = None
    burial: Fraction
    supply_time: Time
    steps: tuple[SEIStep, SEIStep, SEIStep]

    @model_validator(mode="after")
    def _one_opening(self):
        return exactly_one(self, "open_fraction", "exponential_seal", "logistic_seal", "percolation_seal")


class Cell(Section):
    """The half-cell around the carbon: equation (16). The loading is that of active carbon alone."""

    active_loading: MassPerArea
    electrode_area: Area
    series_resistance: AreaResistance
    counter_exchange_current_density: CurrentDensity
    temperature: Temperature


class AssumedRange(Section):
    """The range in which a number of a prediction is assumed to lie; ``observe.band`` simulates its ends."""

    path: str
    low: AnyUnit
    high: AnyUnit

    @model_validator(mode="after")
    def _in_order(self):
        if not self.low.si < to_si(self.high.value, self.high.unit, self.low.unit):
            raise InputError(
                f"low is {self.low}, not below high, {self.high}; give the low end below the high one"
            )
        return self


def left_out(section: Section) -> dict[str, type]:
    """The optional numbers and sections that a file leaves out: dotted path and type of each."""
    types: dict[str, type] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Section) and not isinstance(value, Quantity):
            for name, field in type(value).model_fields.items():
                inner, path = getattr(value, name), f"{prefix}{name}"
                if inner is None:
                    types[path] = kind_of(field.annotation)
                walk(f"{path}.", inner)

    walk("", section)
    return types
