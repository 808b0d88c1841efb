"""Sodium counted from the profiles, the film and the double layer (17)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.submodels.mechanism import Mechanism

COULOMB_PER_KG = 3600.0
"""One mA.h.g-1 in C.kg-1."""


class SealedInventory(Mechanism):
    """Where the sodium is, per gram of active carbon, as charge [mA.h.g-1]."""

    def get_coupled_variables(self, variables):
        """The six places of the inventory, and what the carbon holds by place in the electrode."""
        capacitance = s.double_layer_capacitance * variables["Initial wetted area [m2.kg-1]"]
        carbon = self._carbon(variables)
        return {name: self.level.mean(amount) for name, amount in carbon.items()} | {
            "Sodium in carbon by place [mA.h.g-1]": sum(carbon.values()),
            "Sodium in SEI [mA.h.g-1]": self.level.mean(self._film(variables)) / COULOMB_PER_KG,
            "Charge in double layer [mA.h.g-1]": capacitance
            * self.level.mean(variables["Double-layer charge [V]"])
            / COULOMB_PER_KG,
        }

    def _film(self, variables):
        """Charge of the film [C.kg-1]."""
        return variables["Film area [m2.kg-1]"] * variables["SEI charge [C.m-2]"]

    def _carbon(self, variables):
        """Sodium in the sealed carbon at each place, from its profiles."""
        per_mass = FARADAY / COULOMB_PER_KG / variables["Particle mass over 4 pi [kg]"]

        def amount(in_core, in_shell):
            density = self.level.core_and_shell(in_core, in_shell)
            volume = variables["Cell volume over 4 pi [m3]"]
            return per_mass * pybamm.Integral(volume * density, self.level.z)

        return {
            "Sodium in core sloping sites [mA.h.g-1]": amount(
                s.core.site_density * variables["Core sloping occupancy"], 0
            ),
            "Sodium in shell sloping sites [mA.h.g-1]": amount(
                0, s.shell.site_density * variables["Shell sloping occupancy"]
            ),
            "Sodium in clusters [mA.h.g-1]": amount(s.cluster_density * variables["Cluster filling"], 0),
            "Trapped sodium [mA.h.g-1]": amount(
                s.core.trap_density * variables["Core trap occupancy"],
                s.shell.trap_density * variables["Shell trap occupancy"],
            ),
        }


class MixedInventory(SealedInventory):
    """The same over sealed and open particles; buried sodium counts as trapped (23)."""

    def _film(self, variables):
        walls = s.open_fraction * s.wall_area * variables["Pore SEI charge [C.m-2]"]
        return super()._film(variables) + walls

    def _carbon(self, variables):
        places = {name: (1 - s.open_fraction) * amount for name, amount in super()._carbon(variables).items()}
        for region in ("Core", "Shell"):
            unit = s.open_fraction * FARADAY / COULOMB_PER_KG
            sites = unit * variables[f"Wetted {region} sites [mol.kg-1]"]
            traps = unit * variables[f"Wetted {region} traps [mol.kg-1]"]
            places[f"Sodium in {region.lower()} sloping sites [mA.h.g-1]"] += (
                sites * variables[f"Wetted {region} sodium in reach"]
            )
            places["Trapped sodium [mA.h.g-1]"] += (
                sites * variables[f"Wetted {region} buried sodium"]
                + traps * variables[f"Wetted {region} trap occupancy"]
            )
        return places
