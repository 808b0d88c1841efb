"""Charge transfer at the carbon (10), (11) and at the counter electrode (16)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.laws.kinetics import (
    charge_transfer_through_layer,
    counter_electrode_overpotential,
)
from coreshell_model.physics.submodels.mechanism import Mechanism
from coreshell_model.physics.symbols import SHELL


class ChargeTransfer(Mechanism):
    """Symmetric Butler-Volmer kinetics in mass-action form, in series with the outermost half cell."""

    def get_coupled_variables(self, variables):
        """Charge-transfer current [A.m-2, A.kg-1] and the occupancy at the surface [-]."""
        theta = variables["Shell sloping occupancy"]
        outermost = pybamm.boundary_value(theta, "right", order="constant")
        half_cell = self.level.relative_size * s.shell_thickness * self.level.half_cell(SHELL, "right")
        diffusivity = self.declared.diffusivity("Shell", outermost)
        resistance = variables["Roughness"] * half_cell / (FARADAY * diffusivity * s.shell.site_density)
        current_density = charge_transfer_through_layer(
            outermost,
            resistance,
            self.level.of_each(variables["Double-layer potential [V]"]),
            variables["Surface mean-field potential [V]"],
            variables["Exchange current density [A.m-2]"] * self.exchange_factor(outermost),
            s.V_T,
        )
        return {
            "Charge-transfer current density [A.m-2]": current_density,
            "Charge-transfer current [A.kg-1]": variables["Sealed share"]
            * s.external_area
            * self.level.over_sizes(current_density / self.level.relative_size),
            "Surface sloping occupancy": self.level.over_sizes(outermost - current_density * resistance),
        }

    def exchange_factor(self, occupancy):
        """Factor of the exchange current density [-]: it is the same at every occupancy."""
        return 1

    def draws(self):
        """The charge-transfer current of the sealed particles."""
        return ("Charge-transfer current [A.kg-1]",)


class VaryingChargeTransfer(ChargeTransfer):
    """Charge transfer with an exchange current density that depends on the occupancy (56)."""

    def exchange_factor(self, occupancy):
        """Factor of the exchange current density [-], by the table of the material."""
        return s.exchange_current_factor(occupancy)


class UniformReaction(Mechanism):
    """No gradients in electrolyte or electrode; a series resistance represents their losses."""

    def get_fundamental_variables(self):
        """The exchange current density j00 [A.m-2] at the initial salt, and drops of zero [V]."""
        return {
            "Exchange current density [A.m-2]": s.exchange_current_density,
            "Electrolyte potential drop [V]": pybamm.Scalar(0),
            "Electronic potential drop [V]": pybamm.Scalar(0),
        }

    def get_coupled_variables(self, variables):
        """Current density on the wetted carbon [A.m-2], and potentials that follow from it [V] (16)."""
        density = -variables["Specific current [A.kg-1]"] / variables["Wetted area [m2.kg-1]"]
        film = -density * variables["SEI resistance [Ohm.m2]"]
        return {
            "Interfacial current density [A.m-2]": density,
            "Film potential drop [V]": film,
            "Electrode potential [V]": variables["Double-layer potential [V]"] - film,
            "Carbon against sodium at the separator [V]": variables["Double-layer potential [V]"] - film,
            "Series potential drop [V]": variables["Current density [A.m-2]"] * s.series_resistance,
        }


class SodiumMetal(Mechanism):
    """Sodium metal that polarises symmetrically with the current per electrode area."""

    def get_coupled_variables(self, variables):
        """Overpotential of the sodium metal [V]."""
        overpotential = counter_electrode_overpotential(
            variables["Current density [A.m-2]"], s.counter_exchange_current_density, s.V_T
        )
        return {"Counter electrode overpotential [V]": overpotential}
