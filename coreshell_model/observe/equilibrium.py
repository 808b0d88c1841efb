"""The isotherm of a material: the sodium that it stores at equilibrium, by place, without a simulation."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.sections import STORES
from coreshell_model.physics import symbols as s
from coreshell_model.physics.coating import diffusivities
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.laws.isotherm import occupancies_at
from coreshell_model.physics.storage.store import Store
from coreshell_model.physics.values import parameter_values
from coreshell_model.run.solution import Array

LOWEST, HIGHEST, STEP = 0.0, 2.5, 1e-3
"""Potentials [V] of the isotherm, and the distance between them."""

COULOMB = 3600.0
"""One mA.h.g-1 in C.kg-1."""


@dataclass(frozen=True)
class Isotherm:
    """What a material holds at equilibrium, per gram of active carbon.

    Attributes
    ----------
    potential : U [V], falling
    places : charge [mA.h.g-1] by place of the inventory, without places that hold none
    lost : places whose sodium does not come back
    occupancy, diffusivity : theta [-] and D(theta) [m2.s-1] of the sloping sites, by carbon
    """

    potential: Array
    places: dict[str, Array]
    lost: tuple[str, ...]
    occupancy: dict[str, Array]
    diffusivity: dict[str, Array]

    @property
    def reversible(self) -> Array:
        """Charge that comes back [mA.h.g-1]."""
        return np.sum([charge for place, charge in self.places.items() if place not in self.lost], axis=0)


def isotherm(material: Material) -> Isotherm:
    """The isotherm of a material: (4), (45), and what each kind of storage holds at the same potential.

    In open particles, storage that needs dry pores is left out; sites that film would bury are counted.
    """
    values = parameter_values(material, read_protocol("formation"))
    potential = np.arange(HIGHEST, LOWEST - STEP / 2, -STEP)
    per_mass = _charge_per_density(values)
    scale, factors = thermal_voltage(values[s.temperature.name]), diffusivities(material)
    places, occupancy, diffusivity = {}, {}, {}
    for region, carbon in s.carbons.items():
        theta = occupancies_at(
            potential,
            values[carbon.sloping_potential.name],
            values[carbon.sloping_interaction.name],
            scale,
            values[carbon.strong_potential.name],
            values[carbon.strong_share.name],
        )
        factor = factors.get(s.DIFFUSIVITY_FACTORS[region])
        occupancy[region] = theta
        diffusivity[region] = values[carbon.diffusivity.name] * (
            np.ones_like(theta) if factor is None else factor(theta)
        )
        charge = per_mass[region] * values[carbon.site_density.name]
        places[f"Sodium in {region.lower()} sloping sites [mA.h.g-1]"] = charge * theta
    for kind in STORES:
        held = stored_at_equilibrium(kind.store, values, potential)
        if held.any():
            places[kind.store.place] = held
    lost = tuple(kind.store.place for kind in STORES if not kind.store.gives_back)
    return Isotherm(potential, places, lost, occupancy, diffusivity)


def _charge_per_density(values: Mapping[str, Any]) -> dict[str, float]:
    """Charge per gram of carbon [mA.h.g-1] of one mol.m-3 in each carbon, by region."""
    core, whole = values[s.core_radius.name], values[s.core_radius.name] + values[s.shell_thickness.name]
    per_volume = FARADAY / values[s.particle_density.name] / COULOMB
    core_share = (core / whole) ** 3
    return {"Core": per_volume * core_share, "Shell": per_volume * (1 - core_share)}


def stored_at_equilibrium(store: type[Store], values: Mapping[str, Any], potential: Array | float) -> Array:
    """What a kind of storage holds at equilibrium [mA.h.g-1], all carbons together.

    Parameters
    ----------
    store : the kind of storage
    values : parameters of a run by PyBaMM name, SI
    potential : U of the carbon against sodium [V], any shape, which the result has too
    """
    held, per_mass = np.zeros_like(potential, dtype=float), _charge_per_density(values)
    sealed = 1 - values.get(s.open_fraction.name, 0.0)
    for region in next(kind.regions for kind in STORES if kind.store is store):
        symbols = s.stored(store, region)
        # Runs kept by an older version lack later numbers, which equilibrium does not need.
        numbers = SimpleNamespace(
            **{field: values.get(getattr(symbols, field).name) for field in store.numbers}
        )
        density = values[symbols.density.name] * (sealed if store.dry else 1.0)
        held = held + per_mass[region] * density * store.equilibrium(potential, numbers)
    return held
