"""Sloping storage: sites in both carbons that follow the Temkin-Frumkin isotherm (4)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.isotherm import equilibrium_potential, mean_field_potential, potential_slope
from coreshell_model.submodels.mechanism import Mechanism


class TemkinFrumkinSites(Mechanism):
    """Occupancies of the sloping sites, and the potentials they are in equilibrium with."""

    def get_fundamental_variables(self):
        """Occupancy [-], equilibrium potential [V] and its slope in each carbon, and at the surface."""
        theta = {
            "Core": pybamm.Variable("Core sloping occupancy", domain=s.CORE),
            "Shell": pybamm.Variable("Shell sloping occupancy", domain=s.SHELL),
        }
        variables: dict = {f"{region} sloping occupancy": value for region, value in theta.items()}
        for region, carbon in (("Core", s.core), ("Shell", s.shell)):
            shape = (carbon.sloping_interaction, s.V_T)
            variables[f"{region} equilibrium potential [V]"] = equilibrium_potential(
                theta[region], carbon.sloping_potential, *shape
            )
            variables[f"{region} potential slope [V]"] = potential_slope(theta[region], *shape)
        surface = pybamm.boundary_value(theta["Shell"], "right", order="linear")
        variables["Sloping occupancy"] = pybamm.concatenation(*theta.values())
        variables["Surface mean-field potential [V]"] = mean_field_potential(
            surface, s.shell.sloping_potential, s.shell.sloping_interaction
        )
        return variables

    def set_initial_conditions(self, variables):
        """Uniform in each carbon, at the given occupancies."""
        self.initial_conditions[variables["Sloping occupancy"]] = s.core_and_shell(
            s.initial_core_occupancy, s.initial_shell_occupancy
        )
