"""Sodium at rest in a carbon: the states and terms of the model for a kind of storage (8), (9)."""

from dataclasses import dataclass

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.levels import ParticleLevel
from coreshell_model.physics.storage.store import Store, Surroundings
from coreshell_model.physics.submodels.mechanism import Held, Mechanism

DOMAINS = {"Core": s.CORE, "Shell": s.SHELL}


@dataclass(frozen=True)
class Stored:
    """An entry of a model's list of mechanisms: a kind of storage, and the carbons that have it.

    Attributes
    ----------
    store : the kind of storage
    regions : carbons of a particle that can have it: "Core", "Shell"
    sealed : carbons that have it in sealed particles; the others count as empty, without states
    wetted : carbons that have it in open particles
    """

    store: type[Store]
    regions: tuple[str, ...]
    sealed: tuple[str, ...]
    wetted: tuple[str, ...] = ()

    @property
    def __name__(self) -> str:
        return self.store.__name__

    def __call__(self, level: ParticleLevel) -> "StoredSodium":
        """The mechanism at a level; so an entry can be used like the class of a mechanism."""
        return StoredSodium(level, self)


class Sealed:
    """A carbon of the sealed particles, whose states vary along the radius."""

    def __init__(self, level: ParticleLevel, region: str):
        self.level, self.region = level, region
        self.beginning, self.name = "", region

    def state(self, name: str) -> pybamm.Symbol:
        """A state of this carbon."""
        return self.level.field(name, DOMAINS[self.region])

    def filled(self, value) -> pybamm.Symbol:
        """A value broadcast over this carbon."""
        return self.level.along_radius(value, DOMAINS[self.region])

    def charge(self, density, variables: dict) -> pybamm.Symbol:
        """Charge [C.kg-1] of a density of sodium [mol.m-3] in this carbon."""
        in_core, in_shell = (density, 0) if self.region == "Core" else (0, density)
        volume = variables["Cell volume over 4 pi [m3]"]
        amount = pybamm.Integral(volume * self.level.core_and_shell(in_core, in_shell), self.level.z)
        amount = self.level.over_sizes(amount)
        return variables["Sealed share"] * FARADAY * amount / variables["Particle mass over 4 pi [kg]"]


class Wetted:
    """A carbon of the open particles, too thin between wetted walls for gradients."""

    def __init__(self, level: ParticleLevel, region: str):
        self.level, self.region = level, region
        self.beginning, self.name = "Wetted ", f"Wetted {region}"

    def state(self, name: str) -> pybamm.Symbol:
        """A state of this carbon."""
        return self.level.local(name)

    def filled(self, value) -> pybamm.Symbol:
        """A value broadcast over the places of the electrode."""
        return self.level.everywhere(value)

    def charge(self, density, variables: dict) -> pybamm.Symbol:
        """Charge [C.kg-1] of a density of sodium [mol.m-3] in this carbon."""
        return s.open_fraction * FARADAY * variables[f"{self.region} volume per mass [m3.kg-1]"] * density


class StoredSodium(Mechanism):
    """A kind of storage in all carbons of a particle that have it."""

    def __init__(self, level: ParticleLevel, where: Stored):
        super().__init__(level)
        self.name = where.__name__
        self.store = where.store
        self.without = [Sealed(level, region) for region in where.regions if region not in where.sealed]
        self.carbons = [Sealed(level, region) for region in where.sealed]
        self.carbons += [Wetted(level, region) for region in where.wetted]

    def _states(self, carbon: Sealed | Wetted) -> list[str]:
        """Names of the states in a carbon."""
        return [f"{carbon.beginning}{name.format(region=carbon.region)}" for name in self.store.states]

    def get_fundamental_variables(self):
        """States [-] in each carbon; zero in carbons that have no such storage."""
        states = {name: carbon.state(name) for carbon in self.carbons for name in self._states(carbon)}
        for carbon in self.without:
            states |= {name: carbon.filled(0) for name in self._states(carbon)}
            states[self._charge(carbon)] = pybamm.Scalar(0)
        return states

    def get_coupled_variables(self, variables):
        """Rates of the states [s-1], uptake of sodium [mol.m-3.s-1] and its charge [C.kg-1]."""
        terms = {}
        for carbon in self.carbons:
            numbers = s.stored(self.store, carbon.region)
            states = tuple(variables[name] for name in self._states(carbon))
            around = Surroundings(
                variables[f"{carbon.name} equilibrium potential [V]"],
                variables[f"{carbon.name} sloping occupancy"],
                s.V_T,
            )
            rates = self.store.rates(states, numbers, around)
            terms |= dict(zip(self._rates(carbon), rates, strict=True))
            terms[self._uptake(carbon)] = numbers.density * rates[0]
            terms[self._charge(carbon)] = carbon.charge(numbers.density * states[0], variables)
        return terms

    def _rates(self, carbon):
        return [f"{name} rate [s-1]" for name in self._states(carbon)]

    def _uptake(self, carbon):
        return f"{self._states(carbon)[0]} uptake [mol.m-3.s-1]"

    def _charge(self, carbon):
        return f"{self._states(carbon)[0]} charge [C.kg-1]"

    def holds(self):
        """The stored sodium."""
        return [Held(self.store.place, self._charge(carbon)) for carbon in (*self.carbons, *self.without)]

    def takes_up(self):
        """The sodium that it stores."""
        return {carbon.name: (self._uptake(carbon),) for carbon in self.carbons}

    def set_rhs(self, variables):
        """The rates of the kind of storage."""
        for carbon in self.carbons:
            for state, rate in zip(self._states(carbon), self._rates(carbon), strict=True):
                self.rhs[variables[state]] = variables[rate]

    def set_initial_conditions(self, variables):
        """Empty."""
        for carbon in self.carbons:
            for state in self._states(carbon):
                self.initial_conditions[variables[state]] = carbon.filled(0)
