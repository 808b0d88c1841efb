"""The base class of mechanisms: a PyBaMM submodel that declares its sodium and its currents."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pybamm

from coreshell_model.physics.levels import ElectrodeLevel, FullElectrodeLevel, ParticleLevel, WithPositive


@dataclass(frozen=True)
class Held:
    """Sodium that a mechanism holds.

    Attributes
    ----------
    place : the series of the inventory under which it is counted
    charge : the variable with its charge at each place of the electrode [C.kg-1 of active carbon]
    in_carbon : whether it is inside the carbon, and not in a film or on a surface
    """

    place: str
    charge: str
    in_carbon: bool = True


class Declared:
    """The declarations of all mechanisms of a model, of which balances and inventory are sums."""

    def __init__(self, mechanisms: Iterable["Mechanism"]):
        mechanisms = tuple(mechanisms)
        self.held = tuple(held for mechanism in mechanisms for held in mechanism.holds())
        self.currents = tuple(name for mechanism in mechanisms for name in mechanism.draws())
        self._uptakes = [mechanism.takes_up() for mechanism in mechanisms]
        self._isotherms = [mechanism.isotherm for mechanism in mechanisms if mechanism.isotherm is not None]
        self._diffusivities = [
            mechanism.diffusivity for mechanism in mechanisms if mechanism.diffusivity is not None
        ]
        self._exchange_factors = [
            mechanism.exchange_factor for mechanism in mechanisms if mechanism.exchange_factor is not None
        ]

    def uptake(self, carbon: str, variables: dict) -> pybamm.Symbol:
        """Sodium taken from the sloping sites of a carbon [mol.m-3.s-1]."""
        names = [name for by_carbon in self._uptakes for name in by_carbon.get(carbon, ())]
        return sum((variables[name] for name in names), start=pybamm.Scalar(0))

    def exchange_factor(self, occupancy: Any) -> Any:
        """Factor [-] of the exchange current density at an occupancy of the sloping sites."""
        (factor_of,) = self._exchange_factors
        return factor_of(occupancy)

    def isotherm(self, carbon: Any) -> dict:
        """Parameters of the isotherm of a carbon's sloping sites, by their names in ``laws.isotherm``."""
        (isotherm_of,) = self._isotherms
        return isotherm_of(carbon)

    def diffusivity(self, region: str, occupancy: Any) -> Any:
        """Diffusivity of sodium in a carbon at an occupancy of its sloping sites [m2.s-1]."""
        (diffusivity_of,) = self._diffusivities
        return diffusivity_of(region, occupancy)

    def current(self, variables: dict) -> pybamm.Symbol:
        """Current of all reactions between carbon and electrolyte [A.kg-1], anodic positive."""
        return sum((variables[name] for name in self.currents), start=pybamm.Scalar(0))


class Mechanism(pybamm.BaseSubModel):
    """A ``pybamm.BaseSubModel`` built from ``coreshell_model.physics.symbols`` alone, at a level.

    It declares the sodium that it holds and takes up, and its currents, by the names of their variables. The
    model gives the declarations of all mechanisms to each of them as ``declared``, so that none needs to know
    another.

    Parameters
    ----------
    level : gives the mechanism its variables, so that its code is the same at every level
    """

    declared: Declared
    exchange_factor: Callable[[Any], Any] | None = None
    """Factor of the exchange current density by occupancy; only in the mechanism of the charge transfer."""
    isotherm: Callable[[Any], dict] | None = None
    """Parameters of the isotherm in a carbon; only in the mechanism of the sloping sites."""
    diffusivity: Callable[[str, Any], Any] | None = None
    """Diffusivity in a carbon at an occupancy [m2.s-1]; only in the mechanism of diffusion."""

    def __init__(self, level: ParticleLevel):
        super().__init__(param=None, name=type(self).__name__)
        self.level = level

    def holds(self) -> Iterable[Held]:
        """The sodium that the mechanism holds."""
        return ()

    def takes_up(self) -> dict[str, tuple[str, ...]]:
        """Variables [mol.m-3.s-1] of sodium taken from the sloping sites, by carbon, as "Wetted Core"."""
        return {}

    def draws(self) -> tuple[str, ...]:
        """Variables [A.kg-1] of the mechanism's currents between carbon and electrolyte."""
        return ()


Mechanisms = tuple[Callable[[Any], Mechanism], ...]
"""A model's list of mechanisms: classes, or other callables that make a mechanism at a level."""


class ElectrodeMechanism(Mechanism):
    """A mechanism that only a porous electrode has."""

    level: ElectrodeLevel


class PositiveMechanism(Mechanism):
    """A mechanism that only a full cell has."""

    level: WithPositive


class PositiveElectrodeMechanism(Mechanism):
    """A mechanism that only a full cell of porous electrodes has."""

    level: FullElectrodeLevel
