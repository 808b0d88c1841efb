"""Sloping storage: sites in both carbons with the Temkin-Frumkin isotherm (4), whose sodium is mobile."""

from typing import Any

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.isotherm import equilibrium_potential, mean_field_potential
from coreshell_model.physics.submodels.mechanism import Held, Mechanism


class TemkinFrumkinSites(Mechanism):
    """Occupancies of the sloping sites, and their equilibrium potentials."""

    def isotherm(self, carbon) -> dict[str, Any]:
        """(4)."""
        return {
            "standard_potential": carbon.sloping_potential,
            "interaction": carbon.sloping_interaction,
        }

    def get_fundamental_variables(self):
        """Occupancy [-] and potential [V] in each carbon, and E(theta) [V] on both sides of each face."""
        core = self.level.field("Core sloping occupancy", s.CORE)
        shell = self.level.field("Shell sloping occupancy", s.SHELL)
        of_core, of_shell = self.isotherm(s.core), self.isotherm(s.shell)

        def at(theta, side):
            return pybamm.boundary_value(theta, side, order="linear")

        return {
            "Core sloping occupancy": core,
            "Shell sloping occupancy": shell,
            "Sloping occupancy": pybamm.concatenation(core, shell),
            "Core equilibrium potential [V]": equilibrium_potential(core, **of_core, thermal_voltage=s.V_T),
            "Shell equilibrium potential [V]": equilibrium_potential(
                shell, **of_shell, thermal_voltage=s.V_T
            ),
            "Core mean-field potential at the face [V]": mean_field_potential(at(core, "right"), **of_core),
            "Shell mean-field potential at the face [V]": mean_field_potential(at(shell, "left"), **of_shell),
            "Surface mean-field potential [V]": mean_field_potential(at(shell, "right"), **of_shell),
        }

    def get_coupled_variables(self, variables):
        """Sodium on the sites of each carbon, as charge [C.kg-1]."""
        volume = variables["Cell volume over 4 pi [m3]"]
        sealed = variables["Sealed share"] * FARADAY / variables["Particle mass over 4 pi [kg]"]
        core = s.core.site_density * variables["Core sloping occupancy"]
        shell = s.shell.site_density * variables["Shell sloping occupancy"]
        level = self.level
        return {
            "Core sloping charge [C.kg-1]": sealed
            * level.over_sizes(pybamm.Integral(volume * level.core_and_shell(core, 0), level.z)),
            "Shell sloping charge [C.kg-1]": sealed
            * level.over_sizes(pybamm.Integral(volume * level.core_and_shell(0, shell), level.z)),
        }

    def holds(self):
        """The mobile sodium."""
        return [
            Held(f"Sodium in {region.lower()} sloping sites [mA.h.g-1]", f"{region} sloping charge [C.kg-1]")
            for region in s.carbons
        ]

    def set_initial_conditions(self, variables):
        """Uniform in each carbon, at the given occupancies."""
        self.initial_conditions[variables["Sloping occupancy"]] = self.level.core_and_shell(
            s.initial_core_occupancy, s.initial_shell_occupancy
        )


class StrongAndSlopingSites(TemkinFrumkinSites):
    """Sloping sites of which the first bind more strongly (45)."""

    def isotherm(self, carbon) -> dict[str, Any]:
        """(45)."""
        return super().isotherm(carbon) | {
            "strong_potential": carbon.strong_potential,
            "strong_share": carbon.strong_share,
        }
