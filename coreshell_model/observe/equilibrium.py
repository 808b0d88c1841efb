"""The isotherm of a material: the sodium that it stores at equilibrium, by place, without a simulation."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from coreshell_model.inputs.material import Material
from coreshell_model.inputs.protocol import read_protocol
from coreshell_model.inputs.sections import STORES
from coreshell_model.physics import symbols as s
from coreshell_model.physics.coating import diffusivities
from coreshell_model.physics.laws.constants import FARADAY, thermal_voltage
from coreshell_model.physics.laws.isotherm import occupancies_at
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
    radii = values[s.core_radius.name], values[s.core_radius.name] + values[s.shell_thickness.name]
    core_share = (radii[0] / radii[1]) ** 3
    per_mass = {
        "Core": FARADAY * core_share / values[s.particle_density.name] / COULOMB,
        "Shell": FARADAY * (1 - core_share) / values[s.particle_density.name] / COULOMB,
    }
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
    sealed = 1 - values.get(s.open_fraction.name, 0.0)
    for kind in STORES:
        held = np.zeros_like(potential)
        for region in kind.regions:
            symbols = s.stored(kind.store, region)
            numbers = SimpleNamespace(
                **{field: values[getattr(symbols, field).name] for field in kind.store.numbers}
            )
            density = values[symbols.density.name] * (sealed if kind.store.dry else 1.0)
            held += per_mass[region] * density * kind.store.equilibrium(potential, numbers)
        if held.any():
            places[kind.store.place] = held
    lost = tuple(kind.store.place for kind in STORES if not kind.store.gives_back)
    return Isotherm(potential, places, lost, occupancy, diffusivity)
