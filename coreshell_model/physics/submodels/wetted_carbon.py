"""The carbon of open particles, which electrolyte reaches from the pore walls (23)."""

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.isotherm import equilibrium_potential, mean_field_potential
from coreshell_model.physics.laws.kinetics import charge_transfer_through_layer
from coreshell_model.physics.laws.pores import accessible_sites
from coreshell_model.physics.submodels.mechanism import Held, Mechanism


class WettedCarbon(Mechanism):
    """Sloping sites of both carbons, behind pore walls that are too thin for gradients."""

    def get_fundamental_variables(self):
        """Sodium on accessible sites and on buried sites, per site [-]."""
        return {
            f"Wetted {region} {kind}": self.level.local(f"Wetted {region} {kind}")
            for region in s.carbons
            for kind in ("sodium in reach", "buried sodium")
        }

    def get_coupled_variables(self, variables):
        """Occupancy [-], potential [V], charge transfer [A.kg-1], burial [s-1] and charges [C.kg-1]."""
        sites = {
            region: carbon.site_density * variables[f"{region} volume per mass [m3.kg-1]"]
            for region, carbon in s.carbons.items()
        }
        in_reach = accessible_sites(variables["Pore filling"], s.pore_burial)
        wetted = variables["Open wall area [m2.kg-1]"] + s.external_area
        wall = 1 / (s.particle_density * s.wall_area)
        terms = {}
        for region, carbon in s.carbons.items():
            name = f"Wetted {region}"
            reached = variables[f"{name} sodium in reach"]
            theta = reached / in_reach
            isotherm = self.declared.isotherm(carbon)
            current_density = charge_transfer_through_layer(
                theta,
                wall / (FARADAY * self.declared.diffusivity(region, theta) * carbon.site_density),
                variables["Double-layer potential [V]"],
                mean_field_potential(theta, **isotherm),
                variables["Exchange current density [A.m-2]"] * self.declared.exchange_factor(theta),
                s.V_T,
            )
            area = wetted * sites[region] / sum(sites.values())
            charge = s.open_fraction * FARADAY * sites[region]
            terms |= {
                f"{name} sloping occupancy": theta,
                f"{name} equilibrium potential [V]": equilibrium_potential(
                    theta, **isotherm, thermal_voltage=s.V_T
                ),
                f"{name} sites [mol.kg-1]": sites[region],
                f"{name} charge transfer [A.kg-1]": area * current_density,
                f"{name} charge-transfer current [A.kg-1]": s.open_fraction * area * current_density,
                f"{name} burial rate [s-1]": theta * s.pore_burial * variables["Pore filling rate [s-1]"],
                f"{name} sloping charge [C.kg-1]": charge * reached,
                f"{name} buried charge [C.kg-1]": charge * variables[f"{name} buried sodium"],
            }
        return terms

    def holds(self):
        """The sodium on accessible sites, and that buried by the film, which counts as trapped."""
        held = []
        for region in s.carbons:
            place = f"Sodium in {region.lower()} sloping sites [mA.h.g-1]"
            held.append(Held(place, f"Wetted {region} sloping charge [C.kg-1]"))
            held.append(Held("Trapped sodium [mA.h.g-1]", f"Wetted {region} buried charge [C.kg-1]"))
        return held

    def draws(self):
        """Charge transfer through the walls."""
        return tuple(f"Wetted {region} charge-transfer current [A.kg-1]" for region in s.carbons)

    def set_rhs(self, variables):
        """(23): sodium leaves the accessible sites into the electrolyte, into storage or under the film."""
        for region, carbon in s.carbons.items():
            name = f"Wetted {region}"
            leaving = variables[f"{name} charge transfer [A.kg-1]"] / FARADAY
            stored = self.declared.uptake(name, variables) / carbon.site_density
            burial = variables[f"{name} burial rate [s-1]"]
            self.rhs[variables[f"{name} sodium in reach"]] = (
                -leaving / variables[f"{name} sites [mol.kg-1]"] - stored - burial
            )
            self.rhs[variables[f"{name} buried sodium"]] = burial

    def set_initial_conditions(self, variables):
        """As in the sealed carbons; nothing buried."""
        start = {"Core": s.initial_core_occupancy, "Shell": s.initial_shell_occupancy}
        for region in s.carbons:
            self.initial_conditions[variables[f"Wetted {region} sodium in reach"]] = self.level.everywhere(
                start[region]
            )
            self.initial_conditions[variables[f"Wetted {region} buried sodium"]] = self.level.everywhere(0)
