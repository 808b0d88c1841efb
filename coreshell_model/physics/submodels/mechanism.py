"""What all mechanisms share: a PyBaMM submodel that says what sodium it holds and what it draws."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pybamm

from coreshell_model.physics.levels import ElectrodeLevel, ParticleLevel


@dataclass(frozen=True)
class Held:
    """Sodium that a mechanism holds.

    Attributes
    ----------
    place : the series of the inventory under which it is counted
    charge : the variable that has it as charge at each place of the electrode [C.kg-1 of active carbon]
    in_carbon : whether it is inside the carbon, rather than in a film or on a surface
    """

    place: str
    charge: str
    in_carbon: bool = True


class Declared:
    """What all mechanisms of a model declare; balances and inventory are sums of it."""

    def __init__(self, mechanisms: Iterable["Mechanism"]):
        mechanisms = tuple(mechanisms)
        self.held = tuple(held for each in mechanisms for held in each.holds())
        self.currents = tuple(name for each in mechanisms for name in each.draws())
        self._taken = [each.takes_up() for each in mechanisms]
        self._isotherms = [each.isotherm for each in mechanisms if each.isotherm is not None]
        self._diffusivities = [each.diffusivity for each in mechanisms if each.diffusivity is not None]

    def uptake(self, carbon: str, variables: dict) -> pybamm.Symbol:
        """Sodium taken from the sloping sites of a carbon [mol.m-3.s-1]."""
        names = [name for taken in self._taken for name in taken.get(carbon, ())]
        return sum((variables[name] for name in names), start=pybamm.Scalar(0))

    def isotherm(self, carbon: Any) -> dict:
        """Parameters of the isotherm of a carbon's sloping sites, by the names that ``laws.isotherm`` has."""
        (of,) = self._isotherms
        return of(carbon)

    def diffusivity(self, region: str, occupancy: Any) -> Any:
        """That of sodium in a carbon at an occupancy of its sloping sites [m2.s-1]."""
        (of,) = self._diffusivities
        return of(region, occupancy)

    def current(self, variables: dict) -> pybamm.Symbol:
        """Current of all reactions between carbon and electrolyte [A.kg-1], anodic positive."""
        return sum((variables[name] for name in self.currents), start=pybamm.Scalar(0))


class Mechanism(pybamm.BaseSubModel):
    """A ``pybamm.BaseSubModel`` built from ``coreshell_model.physics.symbols`` alone, at a level.

    What it holds, takes up and draws it declares by the names of its variables. The model gives every
    mechanism what all of them declare as ``declared``, so that none needs to know another.

    Parameters
    ----------
    level : gives the mechanism its variables; what is written is the same at every level
    """

    declared: Declared
    isotherm: Callable[[Any], dict] | None = None
    """Of the mechanism that has the sloping sites: the parameters of their isotherm in a carbon."""
    diffusivity: Callable[[str, Any], Any] | None = None
    """Of the mechanism that moves sodium: its diffusivity in a carbon at an occupancy [m2.s-1]."""

    def __init__(self, level: ParticleLevel):
        super().__init__(param=None, name=type(self).__name__)
        self.level = level

    def holds(self) -> Iterable[Held]:
        """The sodium that it holds."""
        return ()

    def takes_up(self) -> dict[str, tuple[str, ...]]:
        """Variables [mol.m-3.s-1] of what it takes from the sloping sites, by carbon, as "Wetted Core"."""
        return {}

    def draws(self) -> tuple[str, ...]:
        """Variables [A.kg-1] of the currents that it passes between carbon and electrolyte."""
        return ()


Mechanisms = tuple[Callable[[Any], Mechanism], ...]
"""A model's list of mechanisms: classes, or what else makes one of a level."""


class ElectrodeMechanism(Mechanism):
    """A mechanism that only a porous electrode has."""

    level: ElectrodeLevel
