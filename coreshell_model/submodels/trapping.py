"""Sodium trapped for good in either carbon (9)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.trapping import trap_limit, trapping_rate
from coreshell_model.submodels.mechanism import Mechanism


class Trapping(Mechanism):
    """Traps that fill as the carbon's potential falls and never empty."""

    def get_fundamental_variables(self):
        """Occupancy of the traps [-] in each carbon."""
        core = self.level.field("Core trap occupancy", s.CORE)
        shell = self.level.field("Shell trap occupancy", s.SHELL)
        return {
            "Core trap occupancy": core,
            "Shell trap occupancy": shell,
            "Trap occupancy": pybamm.concatenation(core, shell),
        }

    def get_coupled_variables(self, variables):
        """Rate of trapping [s-1] and the sodium it takes [mol.m-3.s-1]."""
        rates = []
        for region, carbon in (("Core", s.core), ("Shell", s.shell)):
            potential = variables[f"{region} equilibrium potential [V]"]
            limit = trap_limit(potential, carbon.trap_potential, carbon.trap_width)
            occupancy = variables[f"{region} trap occupancy"]
            rates.append(
                trapping_rate(occupancy, limit, variables[f"{region} sloping occupancy"], carbon.trap_rate)
            )
        densities = self.level.core_and_shell(s.core.trap_density, s.shell.trap_density)
        rate = pybamm.concatenation(*rates)
        return {"Trapping rate [s-1]": rate, "Sodium trapping [mol.m-3.s-1]": densities * rate}

    def set_rhs(self, variables):
        """(9)."""
        self.rhs[variables["Trap occupancy"]] = variables["Trapping rate [s-1]"]

    def set_initial_conditions(self, variables):
        """Empty traps."""
        self.initial_conditions[variables["Trap occupancy"]] = self.level.core_and_shell(0, 0)
