"""The solid-electrolyte interphase on the external surface (12)-(14)."""

from coreshell_model import symbols as s
from coreshell_model.laws.interphase import growth_current_density, thickness_of
from coreshell_model.submodels.reduction import ReductionSteps


class SteppedInterphase(ReductionSteps):
    """Three reduction steps of finite charge, then slow growth that the film's thickness chokes."""

    film = "SEI"
    steps = s.sei_steps
    supply_time = s.sei_supply_time

    def get_fundamental_variables(self):
        """Progress of each step [-], charge of the growth [C.m-2], thickness [m] and film resistance."""
        progress = self.progress()
        growth = self.level.local("SEI growth charge [C.m-2]")
        charge, thickness = growth, s.sei_initial_thickness
        thickness += thickness_of(growth, s.sei_growth_molar_volume, s.sei_growth_electrons)
        for step, done in zip(self.steps, progress.values(), strict=True):
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
        rates = self.rates(variables)
        growth = growth_current_density(
            variables["Double-layer potential [V]"],
            variables["SEI thickness [m]"],
            s.sei_growth_current,
            s.sei_growth_potential,
            s.sei_growth_decay_length,
            s.sei_transfer_coefficient,
            s.V_T,
        )
        steps = zip(self.steps, rates.values(), strict=True)
        total = growth - sum(step.charge * rate for step, rate in steps)
        return {
            **rates,
            "SEI growth current density [A.m-2]": growth,
            "SEI current density [A.m-2]": total,
        }

    def set_rhs(self, variables):
        """(12) and (13)."""
        super().set_rhs(variables)
        growth = variables["SEI growth charge [C.m-2]"]
        self.rhs[growth] = -variables["SEI growth current density [A.m-2]"]

    def set_initial_conditions(self, variables):
        """A fresh surface."""
        super().set_initial_conditions(variables)
        self.initial_conditions[variables["SEI growth charge [C.m-2]"]] = self.level.everywhere(0)
