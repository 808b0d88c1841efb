"""The carbon of open particles, which electrolyte reaches from the pore walls (23)."""

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.isotherm import (
    equilibrium_potential,
    mean_field_potential,
    trap_limit,
    trapping_rate,
)
from coreshell_model.physics.laws.kinetics import charge_transfer_through_layer
from coreshell_model.physics.laws.pores import accessible_sites
from coreshell_model.physics.submodels.mechanism import Mechanism


class WettedCarbon(Mechanism):
    """Sloping sites and traps of both carbons, reached through a wall too thin for gradients."""

    REGIONS = (("Core", s.core), ("Shell", s.shell))

    def get_fundamental_variables(self):
        """Sodium on sites in reach, on buried sites, and in traps, each per site [-]."""
        return {
            f"Wetted {region} {kind}": self.level.local(f"Wetted {region} {kind}")
            for region in ("Core", "Shell")
            for kind in ("sodium in reach", "buried sodium", "trap occupancy")
        }

    def get_coupled_variables(self, variables):
        """Charge transfer [A.kg-1], burial and trapping [s-1] of each carbon."""
        inner = s.core_radius**3 / 3
        outer = variables["Particle radius [m]"] ** 3 / 3 - inner
        sites = {
            "Core": s.core.site_density * inner / variables["Particle mass over 4 pi [kg]"],
            "Shell": s.shell.site_density * outer / variables["Particle mass over 4 pi [kg]"],
        }
        traps = {
            "Core": s.core.trap_density * inner / variables["Particle mass over 4 pi [kg]"],
            "Shell": s.shell.trap_density * outer / variables["Particle mass over 4 pi [kg]"],
        }
        in_reach = accessible_sites(variables["Pore filling"], s.pore_burial)
        wetted = variables["Open wall area [m2.kg-1]"] + s.external_area
        found = {"Wetted share in reach": in_reach}
        for region, carbon in self.REGIONS:
            theta = variables[f"Wetted {region} sodium in reach"] / in_reach
            shape = (carbon.sloping_potential, carbon.sloping_interaction)
            wall = 1 / (s.particle_density * s.wall_area)
            current_density = charge_transfer_through_layer(
                theta,
                wall / (FARADAY * carbon.diffusivity * carbon.site_density),
                variables["Double-layer potential [V]"],
                mean_field_potential(theta, *shape),
                variables["Exchange current density [A.m-2]"],
                s.V_T,
            )
            limit = trap_limit(
                equilibrium_potential(theta, *shape, s.V_T), carbon.trap_potential, carbon.trap_width
            )
            found |= {
                f"Wetted {region} sites [mol.kg-1]": sites[region],
                f"Wetted {region} traps [mol.kg-1]": traps[region],
                f"Wetted {region} charge transfer [A.kg-1]": wetted
                * sites[region]
                / (sites["Core"] + sites["Shell"])
                * current_density,
                f"Wetted {region} burial rate [s-1]": theta
                * s.pore_burial
                * variables["Pore filling rate [s-1]"],
                f"Wetted {region} trapping rate [s-1]": trapping_rate(
                    variables[f"Wetted {region} trap occupancy"], limit, theta, carbon.trap_rate
                ),
            }
        return found

    def set_rhs(self, variables):
        """(23): what leaves the sites in reach went to the electrolyte, into traps or under the film."""
        for region, _ in self.REGIONS:
            sites = variables[f"Wetted {region} sites [mol.kg-1]"]
            traps = variables[f"Wetted {region} traps [mol.kg-1]"]
            burial = variables[f"Wetted {region} burial rate [s-1]"]
            trapping = variables[f"Wetted {region} trapping rate [s-1]"]
            leaving = variables[f"Wetted {region} charge transfer [A.kg-1]"] / FARADAY
            self.rhs[variables[f"Wetted {region} sodium in reach"]] = (
                -(leaving + traps * trapping) / sites - burial
            )
            self.rhs[variables[f"Wetted {region} buried sodium"]] = burial
            self.rhs[variables[f"Wetted {region} trap occupancy"]] = trapping

    def set_initial_conditions(self, variables):
        """As in the sealed carbons; nothing buried or trapped."""
        start = {"Core": s.initial_core_occupancy, "Shell": s.initial_shell_occupancy}
        for region, _ in self.REGIONS:
            self.initial_conditions[variables[f"Wetted {region} sodium in reach"]] = self.level.everywhere(
                start[region]
            )
            self.initial_conditions[variables[f"Wetted {region} buried sodium"]] = self.level.everywhere(0)
            self.initial_conditions[variables[f"Wetted {region} trap occupancy"]] = self.level.everywhere(0)
