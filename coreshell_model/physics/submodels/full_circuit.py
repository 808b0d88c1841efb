"""Voltage of a full cell (64)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.circuit import Circuit
from coreshell_model.physics.submodels.mechanism import PositiveMechanism

BELOW = 5.0
"""Volts below the lower cut-off at which the model's range ends: a cell as made has next to no voltage."""


class PositiveOverpotential(PositiveMechanism):
    """What the positive electrode adds to its open-circuit potential, as a drop of the cell's voltage."""

    def get_coupled_variables(self, variables):
        """Potential beyond that of the mean stoichiometry at rest [V], above zero in a charge."""
        return {
            "Counter electrode overpotential [V]": variables["Positive electrode potential [V]"]
            - variables["Positive open-circuit potential [V]"]
        }


class FullCellCircuit(Circuit):
    """A cell whose charge sodiates the carbon, so that a current above zero raises its voltage."""

    def get_coupled_variables(self, variables):
        """Terminal voltage (64), and the carbon against sodium without polarisation (54) [V]."""
        working = variables["Electrode potential [V]"] - variables["Series potential drop [V]"]
        voltage = variables["Positive electrode potential [V]"] - working
        return {
            "Voltage [V]": voltage,
            "Battery voltage [V]": voltage,
            "Working electrode against a reference [V]": working,
        }

    def add_events_from(self, variables):
        """The cut-offs end a simulation; an experiment has its own and moves these away."""
        voltage = variables["Voltage [V]"]
        self.events = [
            pybamm.Event("Minimum voltage [V]", voltage - s.lower_cut_off + BELOW),
            pybamm.Event("Maximum voltage [V]", s.upper_cut_off - voltage),
        ]
