"""Sodium crossing from electrolyte to carbon (11)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.constants import FARADAY
from coreshell_model.laws.kinetics import charge_transfer_through_layer
from coreshell_model.submodels.mechanism import Mechanism
from coreshell_model.symbols import SHELL


class ChargeTransfer(Mechanism):
    """Symmetric Butler-Volmer kinetics in mass-action form, in series with the outermost half cell."""

    def get_coupled_variables(self, variables):
        """Charge-transfer current density [A.m-2] and the occupancy at the surface [-]."""
        theta = variables["Shell sloping occupancy"]
        outermost = pybamm.boundary_value(theta, "right", order="constant")
        half_cell = s.shell_thickness * self.level.half_cell(SHELL, "right")
        resistance = (
            variables["Roughness"] * half_cell / (FARADAY * s.shell.diffusivity * s.shell.site_density)
        )
        current_density = charge_transfer_through_layer(
            outermost,
            resistance,
            variables["Double-layer potential [V]"],
            variables["Surface mean-field potential [V]"],
            variables["Exchange current density [A.m-2]"],
            s.V_T,
        )
        return {
            "Charge-transfer current density [A.m-2]": current_density,
            "Surface sloping occupancy": outermost - current_density * resistance,
        }
