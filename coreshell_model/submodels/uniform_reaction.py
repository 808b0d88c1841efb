"""The particle level: every gram of carbon carries the same current (15), (16)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.submodels.mechanism import Mechanism


class UniformReaction(Mechanism):
    """No gradients in electrolyte or electrode; a series resistance stands for what they cost."""

    def get_fundamental_variables(self):
        """Salt as at first, and the exchange current density j00 [A.m-2] that goes with it."""
        return {
            "Exchange current density [A.m-2]": s.exchange_current_density,
            "Electrolyte potential drop [V]": pybamm.Scalar(0),
            "Electronic potential drop [V]": pybamm.Scalar(0),
        }

    def get_coupled_variables(self, variables):
        """Current density on the wetted carbon [A.m-2] and what it makes of the potential (16)."""
        density = -variables["Specific current [A.kg-1]"] / variables["Wetted area [m2.kg-1]"]
        film = -density * variables["SEI resistance [Ohm.m2]"]
        return {
            "Interfacial current density [A.m-2]": density,
            "Film potential drop [V]": film,
            "Electrode potential [V]": variables["Double-layer potential [V]"] - film,
            "Series potential drop [V]": variables["Current density [A.m-2]"] * s.series_resistance,
        }
