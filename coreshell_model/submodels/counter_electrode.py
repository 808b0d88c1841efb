"""The sodium-metal counter electrode (16)."""

from coreshell_model import symbols as s
from coreshell_model.laws.kinetics import counter_electrode_overpotential
from coreshell_model.submodels.mechanism import Mechanism


class SodiumMetal(Mechanism):
    """Polarises symmetrically with the current per electrode area."""

    def get_coupled_variables(self, variables):
        """Overpotential of the sodium metal [V]."""
        overpotential = counter_electrode_overpotential(
            variables["Current density [A.m-2]"], s.counter_exchange_current_density, s.V_T
        )
        return {"Counter electrode overpotential [V]": overpotential}
