"""Sodium counted from the profiles, the film and the double layer (17)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.constants import FARADAY
from coreshell_model.submodels.mechanism import Mechanism

COULOMB_PER_KG = 3600.0
"""One mA.h.g-1 in C.kg-1."""


class Inventory(Mechanism):
    """Where the sodium is, per gram of active carbon, as charge [mA.h.g-1]."""

    def get_coupled_variables(self, variables):
        """The six places of the inventory."""
        per_mass = FARADAY / COULOMB_PER_KG / variables["Particle mass [kg]"]

        def amount(in_core, in_shell):
            density = s.core_and_shell(in_core, in_shell)
            return per_mass * pybamm.Integral(variables["Cell volume [m3]"] * density, s.z)

        return {
            "Sodium in core sloping sites [mA.h.g-1]": amount(
                s.core.site_density * variables["Core sloping occupancy"], 0
            ),
            "Sodium in shell sloping sites [mA.h.g-1]": amount(
                0, s.shell.site_density * variables["Shell sloping occupancy"]
            ),
            "Sodium in clusters [mA.h.g-1]": amount(s.cluster_density * variables["Cluster filling"], 0),
            "Trapped sodium [mA.h.g-1]": amount(
                s.core.trap_density * variables["Core trap occupancy"],
                s.shell.trap_density * variables["Shell trap occupancy"],
            ),
            "Sodium in SEI [mA.h.g-1]": s.external_area * variables["SEI charge [C.m-2]"] / COULOMB_PER_KG,
            "Charge in double layer [mA.h.g-1]": s.external_area
            * s.double_layer_capacitance
            * (s.initial_potential - variables["Double-layer potential [V]"])
            / COULOMB_PER_KG,
        }
