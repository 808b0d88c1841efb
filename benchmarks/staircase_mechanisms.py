"""Mechanisms that might explain why capacity falls step by step at C/2, for benchmarks/c2_staircase.py.

Each is a variant of a shipped mechanism with two parameters more, and joins a model through its list of
mechanisms. None is in the package; docs/staircase.md says why.
"""

from typing import ClassVar

import pybamm

from coreshell_model.physics.storage.clusters import Clusters, equilibrium_filling, relaxing_rate
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


class CompetingClusters(Clusters):
    """Candidate (ii): a second, slow kind of cluster in the same pores, which blocks the fast one."""

    states: ClassVar = ("Cluster filling", "Slow cluster filling")

    @classmethod
    def rates(cls, states, numbers, around):
        """Of both kinds together, and of the slow one."""
        both, slow = states
        fast = both - slow
        limit = equilibrium_filling(around.potential, numbers.potential, numbers.width)
        slow_limit = equilibrium_filling(
            around.potential, numbers.potential + slow_potential_shift, numbers.width
        )
        slow_filling = competing_rate(slow, fast, slow_limit, slow_rate)
        return competing_rate(fast, slow, limit, numbers.rate) + slow_filling, slow_filling


class ConditionedClusters(Clusters):
    """Candidate (v): clusters form faster where there have been clusters, and the carbon forgets."""

    states: ClassVar = ("Cluster filling", "Memory")

    @classmethod
    def rates(cls, states, numbers, around):
        """dxi/dt = k_p (1 + g M)(xi_eq - xi) and dM/dt = (xi - M)/tau.

        Source: assumed: the simplest rate that a memory raises.
        """
        filling, memory = states
        equilibrium = equilibrium_filling(around.potential, numbers.potential, numbers.width)
        conditioned = numbers.rate * (1 + conditioning_gain * memory)
        return relaxing_rate(filling, equilibrium, conditioned), (filling - memory) / conditioning_time
