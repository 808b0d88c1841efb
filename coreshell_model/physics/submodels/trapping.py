"""Sodium trapped for good in either carbon (9)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.isotherm import trap_limit, trapping_rate
from coreshell_model.physics.submodels.mechanism import Mechanism


class Trapping(Mechanism):
    """Traps that fill as the carbon's potential falls and never empty."""

    def get_fundamental_variables(self):
        """Occupancy of the traps [-] in each carbon."""
        return {
            "Core trap occupancy": self.level.field("Core trap occupancy", s.CORE),
            "Shell trap occupancy": self.level.field("Shell trap occupancy", s.SHELL),
        }

    def get_coupled_variables(self, variables):
        """Rate of trapping [s-1] and the sodium it takes [mol.m-3.s-1]."""
        core = self.rate("Core", s.core, variables)
        shell = self.rate("Shell", s.shell, variables)
        return {
            "Core trapping rate [s-1]": core,
            "Shell trapping rate [s-1]": shell,
            "Sodium trapping [mol.m-3.s-1]": self.level.core_and_shell(
                s.core.trap_density * core, s.shell.trap_density * shell
            ),
        }

    def rate(self, region, carbon, variables):
        """dchi/dt [s-1] of one carbon."""
        potential = variables[f"{region} equilibrium potential [V]"]
        limit = trap_limit(potential, carbon.trap_potential, carbon.trap_width)
        occupancy, theta = (variables[f"{region} {kind} occupancy"] for kind in ("trap", "sloping"))
        return trapping_rate(occupancy, limit, theta, carbon.trap_rate)

    def set_rhs(self, variables):
        """(9)."""
        for region in ("Core", "Shell"):
            self.rhs[variables[f"{region} trap occupancy"]] = variables[f"{region} trapping rate [s-1]"]

    def set_initial_conditions(self, variables):
        """Empty traps."""
        for region, domain in (("Core", s.CORE), ("Shell", s.SHELL)):
            self.initial_conditions[variables[f"{region} trap occupancy"]] = self.level.along_radius(
                0, domain
            )


class ShellTrapping(Trapping):
    """Traps in the shell alone: a core without traps needs no states for them."""

    def get_fundamental_variables(self):
        """Occupancy of the shell's traps [-]; none in the core."""
        return super().get_fundamental_variables() | {
            "Core trap occupancy": self.level.along_radius(0, s.CORE)
        }

    def rate(self, region, carbon, variables):
        """As above in the shell, 0 in the core."""
        return super().rate(region, carbon, variables) if region == "Shell" else pybamm.Scalar(0)

    def set_rhs(self, variables):
        """(9)."""
        self.rhs[variables["Shell trap occupancy"]] = variables["Shell trapping rate [s-1]"]

    def set_initial_conditions(self, variables):
        """Empty traps."""
        self.initial_conditions[variables["Shell trap occupancy"]] = self.level.along_radius(0, s.SHELL)
