"""Mechanisms that might explain why capacity falls step by step at C/2, for benchmarks/c2_staircase.py.

Each is a variant of a shipped mechanism with two parameters more, and joins a model through its list of
mechanisms. None is in the package; docs/staircase.md says why.
"""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.clusters import equilibrium_filling, relaxing_rate
from coreshell_model.physics.submodels.clusters import RelaxingClusters
from coreshell_model.physics.submodels.kinetics import SodiumMetal

C_OVER_2 = 2.2
"""Current density of C/2 [A.m-2] at 1.1 mg.cm-2 and 400 mA.g-1."""

risen_resistance = pybamm.Parameter("Risen resistance [Ohm.m2]")
rise_time = pybamm.Parameter("Rise time [s]")
slow_rate = pybamm.Parameter("Slow cluster rate [s-1]")
slow_potential_shift = pybamm.Parameter("Slow cluster potential shift [V]")
conditioning_gain = pybamm.Parameter("Conditioning gain")
conditioning_time = pybamm.Parameter("Conditioning time [s]")


def rise_rate(risen, current_density, time):
    """da/dt = (i/i_C/2)^2 (1 - a)/tau [s-1] of a resistance R a between sodium metal and electrolyte.

    The square lets C/20 cycles, which pass more charge than the first C/2 cycles do, leave it low.

    Parameters
    ----------
    risen : a, the share of the final resistance [-]
    current_density : i per electrode area [A.m-2]
    time : tau at C/2 [s]

    Source: assumed: a layer that grows with current and ends at a steady state.
    """
    return (current_density / C_OVER_2) ** 2 * (1 - risen) / time


def competing_rate(filling, other, equilibrium, rate):
    """dxi_1/dt = k_1 [xi_eq (1 - xi_2) - xi_1] [s-1]: two kinds of cluster share the same pores.

    Parameters
    ----------
    filling, other : xi_1 and xi_2, shares of the pores filled by this kind and by the other [-]
    equilibrium : xi_eq of this kind were it alone [-]
    rate : k_1 [s-1]

    Source: assumed: Langmuir adsorption of two kinds on one set of sites, each in detailed balance.
    """
    return rate * (equilibrium * (1 - other) - filling)


class RisingSodiumMetal(SodiumMetal):
    """Candidate (i): a resistance at the counter electrode that rises with cycling."""

    def get_fundamental_variables(self):
        """Share of the final resistance [-]."""
        return {"Risen share": pybamm.Variable("Risen share")}

    def get_coupled_variables(self, variables):
        """Overpotential of the sodium metal [V], the resistance's drop included."""
        current_density = variables["Current density [A.m-2]"]
        overpotential = super().get_coupled_variables(variables)["Counter electrode overpotential [V]"]
        return {
            "Counter electrode overpotential [V]": overpotential
            + current_density * risen_resistance * variables["Risen share"]
        }

    def set_rhs(self, variables):
        """The rise."""
        risen = variables["Risen share"]
        self.rhs[risen] = rise_rate(risen, variables["Current density [A.m-2]"], rise_time)

    def set_initial_conditions(self, variables):
        """A fresh cell."""
        self.initial_conditions[variables["Risen share"]] = pybamm.Scalar(0)


class CompetingClusters(RelaxingClusters):
    """Candidate (ii): a second, slow kind of cluster in the same pores, which blocks the fast one."""

    def get_fundamental_variables(self):
        """Filling of the pores by each kind [-] and by both."""
        fast, slow = (self.level.field(f"{kind} cluster filling", s.CORE) for kind in ("Fast", "Slow"))
        return {"Fast cluster filling": fast, "Slow cluster filling": slow, "Cluster filling": fast + slow}

    def get_coupled_variables(self, variables):
        """Rates of filling [s-1] and the sodium they take up [mol.m-3.s-1]."""
        potential = variables["Core equilibrium potential [V]"]
        fast, slow = variables["Fast cluster filling"], variables["Slow cluster filling"]
        limit = equilibrium_filling(potential, s.cluster_potential, s.cluster_width)
        slow_limit = equilibrium_filling(
            potential, s.cluster_potential + slow_potential_shift, s.cluster_width
        )
        fast_rate = competing_rate(fast, slow, limit, s.cluster_rate)
        slow_filling = competing_rate(slow, fast, slow_limit, slow_rate)
        both = fast_rate + slow_filling
        return {
            "Fast cluster filling rate [s-1]": fast_rate,
            "Slow cluster filling rate [s-1]": slow_filling,
            "Cluster filling rate [s-1]": both,
            "Sodium uptake by clusters [mol.m-3.s-1]": self.level.core_and_shell(
                s.cluster_density * both, pybamm.Scalar(0)
            ),
        }

    def set_rhs(self, variables):
        """One balance for each kind."""
        for kind in ("Fast", "Slow"):
            self.rhs[variables[f"{kind} cluster filling"]] = variables[f"{kind} cluster filling rate [s-1]"]

    def set_initial_conditions(self, variables):
        """Empty pores."""
        for kind in ("Fast", "Slow"):
            self.initial_conditions[variables[f"{kind} cluster filling"]] = self.level.along_radius(0, s.CORE)


class ConditionedClusters(RelaxingClusters):
    """Candidate (v): clusters form faster where there have been clusters, and the carbon forgets."""

    def get_fundamental_variables(self):
        """Filling of the pores and its memory, both [-]."""
        return super().get_fundamental_variables() | {"Memory": self.level.field("Memory", s.CORE)}

    def get_coupled_variables(self, variables):
        """As its base, with the memory at hand for the rate."""
        self.memory = variables["Memory"]
        return super().get_coupled_variables(variables)

    def filling_rate(self, filling, equilibrium, potential):
        """dxi/dt = k_p (1 + g M)(xi_eq - xi) [s-1]; assumed: the simplest rate that a memory raises."""
        return relaxing_rate(filling, equilibrium, s.cluster_rate * (1 + conditioning_gain * self.memory))

    def set_rhs(self, variables):
        """dM/dt = (xi - M)/tau."""
        super().set_rhs(variables)
        memory = variables["Memory"]
        self.rhs[memory] = (variables["Cluster filling"] - memory) / conditioning_time

    def set_initial_conditions(self, variables):
        """Nothing to remember."""
        super().set_initial_conditions(variables)
        self.initial_conditions[variables["Memory"]] = self.level.along_radius(0, s.CORE)
