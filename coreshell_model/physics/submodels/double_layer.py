"""The double layer of all wetted carbon, which closes the current balance (15)."""

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.mechanism import Held, Mechanism


class DoubleLayer(Mechanism):
    """A constant capacitance per area, whose charge is a state, so no algebraic current balance is needed.

    The state is the charge and not the potential, since charge is conserved while the wetted area shrinks.
    """

    def get_fundamental_variables(self):
        """Charge over the capacitance of the bare carbon [V], positive as the potential falls."""
        return {"Double-layer charge [V]": self.level.local("Double-layer charge [V]")}

    def get_coupled_variables(self, variables):
        """Potential across the double layer [V], its capacitance and charge."""
        shrunk = variables["Wetted area [m2.kg-1]"] / variables["Initial wetted area [m2.kg-1]"]
        capacitance = s.double_layer_capacitance * variables["Initial wetted area [m2.kg-1]"]
        return {
            "Double-layer potential [V]": s.initial_potential - variables["Double-layer charge [V]"] / shrunk,
            "Double-layer capacitance [F.kg-1]": capacitance,
            "Double-layer charge [C.kg-1]": capacitance * variables["Double-layer charge [V]"],
        }

    def holds(self):
        """The charge of the double layer, balanced by sodium ions in the electrolyte."""
        return [Held("Charge in double layer [mA.h.g-1]", "Double-layer charge [C.kg-1]", in_carbon=False)]

    def set_rhs(self, variables):
        """(15), with the currents of all mechanisms."""
        passed = variables["Interfacial current density [A.m-2]"] * variables["Wetted area [m2.kg-1]"]
        charging = self.declared.current(variables) - passed
        self.rhs[variables["Double-layer charge [V]"]] = (
            charging / variables["Double-layer capacitance [F.kg-1]"]
        )

    def set_initial_conditions(self, variables):
        """At the cell's open-circuit potential."""
        self.initial_conditions[variables["Double-layer charge [V]"]] = self.level.everywhere(0)
