"""Currents and voltages of a half-cell (16) and of a full cell (64)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.mechanism import Mechanism, PositiveMechanism

BELOW = 5.0
"""Volts below the lower cut-off at which the model's range ends: a cell as made has next to no voltage."""


class Circuit(Mechanism):
    """The cell; its current is given, or solved for under an experiment's voltage control."""

    def get_fundamental_variables(self):
        """Current [A], per electrode area [A.m-2] and per mass [A.kg-1], and the charge passed [A.h]."""
        mass = s.active_loading * s.electrode_area
        passed = pybamm.Variable("Discharge capacity [A.h]")
        return {
            "Time [s]": pybamm.t,
            "Current [A]": s.current,
            "Current variable [A]": s.current,
            "C-rate": s.current / s.nominal_capacity,
            "Current density [A.m-2]": s.current / s.electrode_area,
            "Specific current [A.kg-1]": s.current / mass,
            "Discharge capacity [A.h]": passed,
            "Specific capacity [mA.h.g-1]": passed / mass,
        }

    def get_coupled_variables(self, variables):
        """Terminal voltage (16), and the voltage against a metal that does not polarise (54) [V]."""
        working = variables["Electrode potential [V]"] - variables["Series potential drop [V]"]
        voltage = working - variables["Counter electrode overpotential [V]"]
        return {
            "Voltage [V]": voltage,
            "Terminal voltage [V]": voltage,
            "Battery voltage [V]": voltage,
            "Working electrode against a reference [V]": working,
        }

    def set_rhs(self, variables):
        """The charge passed is a further state, on which no other state depends."""
        self.rhs[variables["Discharge capacity [A.h]"]] = variables["Current [A]"] / 3600

    def set_initial_conditions(self, variables):
        """No charge passed yet."""
        self.initial_conditions[variables["Discharge capacity [A.h]"]] = pybamm.Scalar(0)

    def add_events_from(self, variables):
        """The cut-offs end a simulation; an experiment has its own and moves these away."""
        voltage = variables["Voltage [V]"]
        self.events = [
            pybamm.Event("Minimum voltage [V]", voltage - s.lower_cut_off),
            pybamm.Event("Maximum voltage [V]", s.upper_cut_off - voltage),
        ]


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
