"""The solid-electrolyte interphase on the external surface (12)-(14)."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.interphase import growth_current_density, reduction_rate, thickness_of
from coreshell_model.submodels.mechanism import Mechanism


class SteppedInterphase(Mechanism):
    """Three reduction steps of finite charge, then slow growth that the film's thickness chokes."""

    def get_fundamental_variables(self):
        """Progress of each step [-], charge of the growth [C.m-2], thickness [m] and film resistance."""
        progress = {f"SEI step {k} progress": pybamm.Variable(f"SEI step {k} progress") for k in s.SEI_STEPS}
        growth = pybamm.Variable("SEI growth charge [C.m-2]")
        charge, thickness = growth, s.sei_initial_thickness
        thickness += thickness_of(growth, s.sei_growth_molar_volume, s.sei_growth_electrons)
        for step, done in zip(s.sei_steps, progress.values(), strict=True):
            charge += step.charge * done
            thickness += thickness_of(step.charge * done, step.molar_volume, step.electrons)
        return {
            **progress,
            "SEI growth charge [C.m-2]": growth,
            "SEI charge [C.m-2]": charge,
            "SEI thickness [m]": thickness,
            "SEI resistance [Ohm.m2]": s.sei_resistivity * thickness,
        }

    def get_coupled_variables(self, variables):
        """Rates of the steps [s-1], current density of the growth, and that of all [A.m-2], cathodic."""
        potential = variables["Double-layer potential [V]"]
        rates = {}
        for k, step in zip(s.SEI_STEPS, s.sei_steps, strict=True):
            rate = reduction_rate(
                potential, step.potential, step.rate, s.sei_transfer_coefficient, s.sei_supply_time, s.V_T
            )
            done = variables[f"SEI step {k} progress"]
            rates[f"SEI step {k} rate [s-1]"] = rate * (1 - done)
        growth = growth_current_density(
            potential,
            variables["SEI thickness [m]"],
            s.sei_growth_current,
            s.sei_growth_potential,
            s.sei_growth_decay_length,
            s.sei_transfer_coefficient,
            s.V_T,
        )
        steps = zip(s.sei_steps, rates.values(), strict=True)
        total = growth - sum(step.charge * rate for step, rate in steps)
        return {
            **rates,
            "SEI growth current density [A.m-2]": growth,
            "SEI current density [A.m-2]": total,
        }

    def set_rhs(self, variables):
        """(12) and (13)."""
        for k in s.SEI_STEPS:
            self.rhs[variables[f"SEI step {k} progress"]] = variables[f"SEI step {k} rate [s-1]"]
        growth = variables["SEI growth charge [C.m-2]"]
        self.rhs[growth] = -variables["SEI growth current density [A.m-2]"]

    def set_initial_conditions(self, variables):
        """A fresh surface."""
        for k in s.SEI_STEPS:
            self.initial_conditions[variables[f"SEI step {k} progress"]] = pybamm.Scalar(0)
        self.initial_conditions[variables["SEI growth charge [C.m-2]"]] = pybamm.Scalar(0)
