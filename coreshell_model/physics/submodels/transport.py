"""Diffusion of sodium through core and shell (5)-(7)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.transport import flux_between_carbons
from coreshell_model.physics.submodels.mechanism import Mechanism
from coreshell_model.physics.symbols import CORE, SHELL


class Diffusion(Mechanism):
    """Chemical diffusion in each carbon, with equal chemical potential and flux at their interface."""

    def get_coupled_variables(self, variables):
        """Flux of sodium towards larger r [mol.m-2.s-1], at the faces of the mesh."""
        between = variables["Face between the carbons"]
        # Conductance by face, per step in z: D c_s over dr/dz, and zero where the carbons meet.
        core, shell = (variables[f"{region} sloping occupancy"] for region in s.carbons)
        # All fluxes are divided by the relative size of the particle, so that (5) is that of unit size.
        conductance = (1 - between) * self.level.by_size(
            self.level.core_and_shell(
                self.diffusivity("Core", core) * s.core.site_density / s.core_radius,
                self.diffusivity("Shell", shell) * s.shell.site_density / s.shell_thickness,
            )
        )
        crossing = self._crossing(variables)
        outflow = variables["Roughness"] * variables["Charge-transfer current density [A.m-2]"] / FARADAY
        outflow = outflow / self.level.relative_size
        return {
            "Sodium flux from core to shell [mol.m-2.s-1]": crossing,
            "Sodium flux [mol.m-2.s-1]": self.level.on_faces(crossing) * between
            + self.level.on_faces(outflow) * variables["Face at the surface"]
            - conductance * pybamm.grad(variables["Sloping occupancy"]),
        }

    def diffusivity(self, region, occupancy):
        """Diffusivity of sodium in a carbon [m2.s-1], which is constant."""
        return s.carbons[region].diffusivity

    def _crossing(self, variables):
        """The flux between the two carbons (7)."""
        sides = []
        for region, domain, carbon, length, side in (
            ("Core", CORE, s.core, s.core_radius, "right"),
            ("Shell", SHELL, s.shell, s.shell_thickness, "left"),
        ):
            theta = variables[f"{region} sloping occupancy"]
            half_cell = length * self.level.half_cell(domain, side)
            outermost = pybamm.boundary_value(theta, side, order="constant")
            sides.append(
                (
                    outermost,
                    variables[f"{region} mean-field potential at the face [V]"],
                    self.diffusivity(region, outermost)
                    * carbon.site_density
                    / (half_cell * self.level.relative_size**2),
                )
            )
        (theta_core, potential_core, through_core), (theta_shell, potential_shell, through_shell) = sides
        return flux_between_carbons(
            theta_core, theta_shell, potential_core, potential_shell, through_core, through_shell, s.V_T
        )

    def set_rhs(self, variables):
        """The sodium balance (5), with the uptake of all mechanisms."""
        theta = variables["Sloping occupancy"]
        inflow = -pybamm.div(variables["Face radius squared [m2]"] * variables["Sodium flux [mol.m-2.s-1]"])
        stored = self.level.core_and_shell(*(self.declared.uptake(region, variables) for region in s.carbons))
        sites = self.level.core_and_shell(s.core.site_density, s.shell.site_density)
        self.rhs[theta] = (inflow / variables["Cell volume over 4 pi [m3]"] - stored) / sites

    def set_boundary_conditions(self, variables):
        """No flux at the centre; the flux at the surface (7) is set in ``get_coupled_variables``."""
        none = (pybamm.Scalar(0), "Neumann")
        self.boundary_conditions[variables["Sloping occupancy"]] = {"left": none, "right": none}


class VaryingDiffusion(Diffusion):
    """Diffusion with diffusivities that depend on the occupancy (52)."""

    def diffusivity(self, region, occupancy):
        """Diffusivity of sodium in a carbon [m2.s-1], by the table of the material."""
        return s.carbons[region].diffusivity * s.diffusivity_factor(region, occupancy)
