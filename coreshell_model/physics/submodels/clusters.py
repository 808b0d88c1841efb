"""Plateau storage: clusters in the core's closed pores (8)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.clusters import (
    driven_rate,
    equilibrium_filling,
    filling_potential,
    relaxing_rate,
)
from coreshell_model.physics.submodels.mechanism import Mechanism


class RelaxingClusters(Mechanism):
    """Filling xi relaxes towards equilibrium with the carbon around the pores, at a constant rate."""

    def get_fundamental_variables(self):
        """Filling of the pores with clusters [-]."""
        return {"Cluster filling": self.level.field("Cluster filling", s.CORE)}

    def filling_rate(self, filling, equilibrium, potential):
        """dxi/dt [s-1]."""
        return relaxing_rate(filling, equilibrium, s.cluster_rate)

    def get_coupled_variables(self, variables):
        """Rate of filling [s-1] and the sodium it takes up [mol.m-3.s-1]."""
        potential = variables["Core equilibrium potential [V]"]
        equilibrium = equilibrium_filling(potential, s.cluster_potential, s.cluster_width)
        rate = self.filling_rate(variables["Cluster filling"], equilibrium, potential)
        return {
            "Cluster filling rate [s-1]": rate,
            "Sodium uptake by clusters [mol.m-3.s-1]": self.level.core_and_shell(
                s.cluster_density * rate, pybamm.Scalar(0)
            ),
        }

    def set_rhs(self, variables):
        """(8)."""
        self.rhs[variables["Cluster filling"]] = variables["Cluster filling rate [s-1]"]

    def set_initial_conditions(self, variables):
        """Empty pores."""
        self.initial_conditions[variables["Cluster filling"]] = self.level.along_radius(0, s.CORE)


class DrivenClusters(RelaxingClusters):
    """The same, faster the further the carbon's potential is from the clusters' own."""

    def filling_rate(self, filling, equilibrium, potential):
        """dxi/dt [s-1]."""
        overpotential = filling_potential(filling, s.cluster_potential, s.cluster_width) - potential
        return driven_rate(filling, equilibrium, s.cluster_rate, overpotential, s.cluster_driving_potential)


class NoClusters(Mechanism):
    """A carbon whose pores hold no clusters, which needs no states for them."""

    def get_fundamental_variables(self):
        """Empty pores."""
        return {
            "Cluster filling": self.level.along_radius(0, s.CORE),
            "Cluster filling rate [s-1]": pybamm.Scalar(0),
            "Sodium uptake by clusters [mol.m-3.s-1]": self.level.core_and_shell(0, 0),
        }
