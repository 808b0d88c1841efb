"""Sodium moving through core and shell (5)-(7)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.constants import FARADAY
from coreshell_model.submodels.mechanism import Mechanism


class Diffusion(Mechanism):
    """Chemical diffusion in each carbon; equal chemical potential and flux where they meet.

    Inside a carbon the flux (6) is -D c_s grad(theta). At the one face between the carbons theta
    jumps, so there the flux is written in mu: its harmonic mean puts the two half cells in series.
    """

    def get_coupled_variables(self, variables):
        """Flux of sodium towards larger r [mol.m-2.s-1], at the faces of the mesh."""
        stretch = variables["Radial stretch [m]"]
        between = variables["Face between the carbons"]
        theta = variables["Sloping occupancy"]
        fickian = s.core_and_shell(
            s.core.diffusivity * s.core.site_density, s.shell.diffusivity * s.shell.site_density
        )
        potential = pybamm.concatenation(
            variables["Core equilibrium potential [V]"], variables["Shell equilibrium potential [V]"]
        )
        slope = pybamm.concatenation(
            variables["Core potential slope [V]"], variables["Shell potential slope [V]"]
        )
        mobility = fickian / (FARADAY * slope)
        chemical_potential = -FARADAY * potential
        flux = (
            -(fickian / stretch) * pybamm.grad(theta) * (1 - between)
            - (mobility / stretch) * pybamm.grad(chemical_potential) * between
        )
        return {
            "Equilibrium potential [V]": potential,
            "Chemical potential of sodium [J.mol-1]": chemical_potential,
            "Sodium flux [mol.m-2.s-1]": flux,
        }

    def set_rhs(self, variables):
        """The sodium balance (5), sinks included."""
        theta = variables["Sloping occupancy"]
        inflow = -pybamm.div(variables["Face radius squared [m2]"] * variables["Sodium flux [mol.m-2.s-1]"])
        sinks = (
            variables["Sodium uptake by clusters [mol.m-3.s-1]"] + variables["Sodium trapping [mol.m-3.s-1]"]
        )
        sites = s.core_and_shell(s.core.site_density, s.shell.site_density)
        self.rhs[theta] = (inflow / variables["Cell volume [m3]"] - sinks) / sites

    def set_boundary_conditions(self, variables):
        """No flux at the centre; at the surface that of the charge transfer (7)."""
        closed = (pybamm.Scalar(0), "Neumann")
        outflow = variables["Roughness"] * variables["Charge-transfer current density [A.m-2]"] / FARADAY
        gradient = -outflow * s.shell_thickness / (s.shell.diffusivity * s.shell.site_density)
        self.boundary_conditions[variables["Sloping occupancy"]] = {
            "left": closed,
            "right": (gradient, "Neumann"),
        }
        # Only the face between the carbons uses this gradient.
        self.boundary_conditions[variables["Chemical potential of sodium [J.mol-1]"]] = {
            "left": closed,
            "right": closed,
        }
