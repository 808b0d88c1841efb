"""The double layer of all wetted carbon, which closes the current balance (15)."""

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.mechanism import Mechanism


class DoubleLayer(Mechanism):
    """A constant capacitance per area; its charge is a state, so no current balance has to be solved for.

    The charge, not the potential, because the wetted area shrinks as pores fill: charge is conserved.
    """

    def get_fundamental_variables(self):
        """Charge over the capacitance of the bare carbon [V], falling potential counted positive."""
        return {"Double-layer charge [V]": self.level.local("Double-layer charge [V]")}

    def get_coupled_variables(self, variables):
        """Potential across the double layer [V]."""
        shrunk = variables["Wetted area [m2.kg-1]"] / variables["Initial wetted area [m2.kg-1]"]
        return {
            "Double-layer potential [V]": s.initial_potential - variables["Double-layer charge [V]"] / shrunk
        }

    def set_rhs(self, variables):
        """(15)."""
        charging = (
            -variables["Interfacial current density [A.m-2]"] * variables["Wetted area [m2.kg-1]"]
            + variables["Charge-transfer current [A.kg-1]"]
            + variables["SEI current [A.kg-1]"]
        )
        capacitance = s.double_layer_capacitance * variables["Initial wetted area [m2.kg-1]"]
        self.rhs[variables["Double-layer charge [V]"]] = charging / capacitance

    def set_initial_conditions(self, variables):
        """At the cell's open-circuit potential."""
        self.initial_conditions[variables["Double-layer charge [V]"]] = self.level.everywhere(0)
