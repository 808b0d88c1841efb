"""Films that grow where electrolyte touches carbon: on the outer surface and on the walls of open pores."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.interphase import (
    dissolution_current_density,
    growth_current_density,
    reduction_rate,
    thickness_of,
)
from coreshell_model.physics.laws.pores import filling_by_film, open_share
from coreshell_model.physics.submodels.mechanism import Held, Mechanism

FILM = "Sodium in SEI [mA.h.g-1]"


class ReductionSteps(Mechanism):
    """The part that films have in common; a film gives its name, its steps and its solvent's supply time."""

    film: str
    steps: tuple[s.Family, ...]
    supply_time: pybamm.Parameter

    def progress(self):
        """Progress of each step [-], by name."""
        names = [f"{self.film} step {k} progress" for k in s.SEI_STEPS]
        return {name: self.level.local(name) for name in names}

    def rates(self, variables, reached=1):
        """Rate of each step [s-1], by name; ``reached`` is the share of the surface that solvent reaches."""
        rates = {}
        for k, step in zip(s.SEI_STEPS, self.steps, strict=True):
            rate = reduction_rate(
                variables["Double-layer potential [V]"],
                step.potential,
                step.rate,
                s.sei_transfer_coefficient,
                self.supply_time,
                s.V_T,
            )
            remaining = 1 - variables[f"{self.film} step {k} progress"]
            rates[f"{self.film} step {k} rate [s-1]"] = reached * rate * remaining
        return rates

    def set_rhs(self, variables):
        """(12)."""
        for k in s.SEI_STEPS:
            progress = variables[f"{self.film} step {k} progress"]
            self.rhs[progress] = variables[f"{self.film} step {k} rate [s-1]"]

    def set_initial_conditions(self, variables):
        """A fresh surface."""
        for k in s.SEI_STEPS:
            self.initial_conditions[variables[f"{self.film} step {k} progress"]] = self.level.everywhere(0)


class SteppedInterphase(ReductionSteps):
    """Three reduction steps of finite charge, and slow growth that the film's thickness hinders."""

    film = "SEI"
    steps = s.sei_steps
    supply_time = s.sei_supply_time

    def get_fundamental_variables(self):
        """Progress of each step [-], charge of the growth [C.m-2], thickness [m] and film resistance."""
        progress = self.progress()
        growth = self.level.local("SEI growth charge [C.m-2]")
        charge, thickness = growth, s.sei_initial_thickness
        thickness += thickness_of(growth, s.sei_growth_molar_volume, s.sei_growth_electrons)
        for step, share in zip(self.steps, progress.values(), strict=True):
            charge += step.charge * share
            thickness += thickness_of(step.charge * share, step.molar_volume, step.electrons)
        return {
            **progress,
            "SEI growth charge [C.m-2]": growth,
            "SEI charge [C.m-2]": charge,
            "SEI thickness [m]": thickness,
            "SEI resistance [Ohm.m2]": s.sei_resistivity * thickness,
        }

    def get_coupled_variables(self, variables):
        """Rates of the steps [s-1], currents of growth and in all [A.m-2, A.kg-1], and charge [C.kg-1]."""
        rates, area = self.rates(variables), variables["Film area [m2.kg-1]"]
        growth = growth_current_density(
            variables["Double-layer potential [V]"],
            variables["SEI thickness [m]"],
            s.sei_growth_current,
            s.sei_growth_potential,
            s.sei_growth_decay_length,
            s.sei_growth_transfer_coefficient,
            s.V_T,
        )
        steps = zip(self.steps, rates.values(), strict=True)
        total = growth - sum(step.charge * rate for step, rate in steps)
        return {
            **rates,
            "SEI growth current density [A.m-2]": growth,
            "SEI current density [A.m-2]": total,
            "SEI current [A.kg-1]": area * total,
            "SEI charge [C.kg-1]": area * variables["SEI charge [C.m-2]"],
        }

    def holds(self):
        """The sodium of the film, on the carbon's external surface and on the conductive additive."""
        return [Held(FILM, "SEI charge [C.kg-1]", in_carbon=False)]

    def draws(self):
        """The current of the film."""
        return ("SEI current [A.kg-1]",)

    def set_rhs(self, variables):
        """(12) and (13)."""
        super().set_rhs(variables)
        growth = variables["SEI growth charge [C.m-2]"]
        self.rhs[growth] = -variables["SEI growth current density [A.m-2]"]

    def set_initial_conditions(self, variables):
        """A fresh surface."""
        super().set_initial_conditions(variables)
        self.initial_conditions[variables["SEI growth charge [C.m-2]"]] = self.level.everywhere(0)


class DissolvingInterphase(SteppedInterphase):
    """The same film, of which some dissolves and grows again; the dissolved charge counts as the film's."""

    def get_fundamental_variables(self):
        """The variables of the film, and the dissolved charge [C.m-2]."""
        film = super().get_fundamental_variables()
        dissolved = self.level.local("SEI dissolved charge [C.m-2]")
        return film | {
            "SEI dissolved charge [C.m-2]": dissolved,
            "SEI charge [C.m-2]": film["SEI charge [C.m-2]"] + dissolved,
        }

    def get_coupled_variables(self, variables):
        """The variables of the film, and the current density of dissolution [A.m-2]."""
        dissolving = dissolution_current_density(
            variables["SEI growth charge [C.m-2]"],
            variables["SEI dissolved charge [C.m-2]"],
            s.sei_dissolution_rate,
            s.sei_saturation_charge,
        )
        return super().get_coupled_variables(variables) | {
            "SEI dissolution current density [A.m-2]": dissolving
        }

    def set_rhs(self, variables):
        """(12), (13) and (48)."""
        super().set_rhs(variables)
        dissolving = variables["SEI dissolution current density [A.m-2]"]
        self.rhs[variables["SEI growth charge [C.m-2]"]] -= dissolving
        self.rhs[variables["SEI dissolved charge [C.m-2]"]] = dissolving

    def set_initial_conditions(self, variables):
        """A fresh surface in fresh electrolyte."""
        super().set_initial_conditions(variables)
        self.initial_conditions[variables["SEI dissolved charge [C.m-2]"]] = self.level.everywhere(0)


class WallInterphase(ReductionSteps):
    """Reduction steps on the pore walls, which end with their charge or when pores are full or blocked."""

    film = "Pore SEI"
    steps = s.pore_sei_steps
    supply_time = s.pore_supply_time

    def get_fundamental_variables(self):
        """Progress of each step, charge of the film per bare wall area, filling and open area (21), (22)."""
        progress = self.progress()
        charges = [step.charge * share for step, share in zip(self.steps, progress.values(), strict=True)]
        filling = self._volume(charges)
        return {
            **progress,
            "Pore SEI charge [C.m-2]": sum(charges),
            "Pore SEI charge [C.kg-1]": s.open_fraction * s.wall_area * sum(charges),
            "Pore filling": filling,
            "Open wall area [m2.kg-1]": s.wall_area * open_share(filling, s.pore_blocking),
        }

    def get_coupled_variables(self, variables):
        """Rates of the steps [s-1], the film's current per mass [A.kg-1] and the rate of filling [s-1]."""
        rates = self.rates(variables, reached=variables["Open wall area [m2.kg-1]"] / s.wall_area)
        currents = [step.charge * rate for step, rate in zip(self.steps, rates.values(), strict=True)]
        return {
            **rates,
            "Pore SEI current [A.kg-1]": -s.open_fraction * s.wall_area * sum(currents),
            "Pore filling rate [s-1]": self._volume(currents),
        }

    def holds(self):
        """The sodium of the film on the walls."""
        return [Held(FILM, "Pore SEI charge [C.kg-1]", in_carbon=False)]

    def draws(self):
        """The current of the film."""
        return ("Pore SEI current [A.kg-1]",)

    def _volume(self, charges):
        """Share of the pores that the steps' charges [C.m-2] fill, or fill per second."""
        return sum(
            filling_by_film(charge, step.molar_volume, step.electrons, s.wall_area, s.accessible_volume)
            for step, charge in zip(self.steps, charges, strict=True)
        )
