"""The double layer of the external surface, which closes the current balance (15)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.submodels.mechanism import Mechanism


class DoubleLayer(Mechanism):
    """A constant capacitance; its potential is a state, so no current balance has to be solved for."""

    def get_fundamental_variables(self):
        """Potential across the double layer [V]."""
        return {"Double-layer potential [V]": pybamm.Variable("Double-layer potential [V]")}

    def set_rhs(self, variables):
        """(15)."""
        charging = (
            variables["Interfacial current density [A.m-2]"]
            - variables["Charge-transfer current density [A.m-2]"]
            - variables["SEI current density [A.m-2]"]
        )
        self.rhs[variables["Double-layer potential [V]"]] = charging / s.double_layer_capacitance

    def set_initial_conditions(self, variables):
        """The cell's open-circuit potential."""
        self.initial_conditions[variables["Double-layer potential [V]"]] = s.initial_potential
