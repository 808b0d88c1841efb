"""Electrolyte reduced in steps of finite charge (12), on whichever surface."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.laws.interphase import reduction_rate
from coreshell_model.submodels.mechanism import Mechanism


class ReductionSteps(Mechanism):
    """The part that films share; a film names its steps, their parameters and its solvent's supply time."""

    film: str
    steps: tuple[s.Family, ...]
    supply_time: pybamm.Parameter

    def progress(self):
        """Progress of each step [-], by name."""
        names = [f"{self.film} step {k} progress" for k in s.SEI_STEPS]
        return {name: self.level.local(name) for name in names}

    def rates(self, variables, reached=1):
        """Rate of each step [s-1], by name; ``reached`` is the share of the surface still in reach."""
        found = {}
        for k, step in zip(s.SEI_STEPS, self.steps, strict=True):
            rate = reduction_rate(
                variables["Double-layer potential [V]"],
                step.potential,
                step.rate,
                s.sei_transfer_coefficient,
                self.supply_time,
                s.V_T,
            )
            left = 1 - variables[f"{self.film} step {k} progress"]
            found[f"{self.film} step {k} rate [s-1]"] = reached * rate * left
        return found

    def set_rhs(self, variables):
        """(12)."""
        for k in s.SEI_STEPS:
            progress = variables[f"{self.film} step {k} progress"]
            self.rhs[progress] = variables[f"{self.film} step {k} rate [s-1]"]

    def set_initial_conditions(self, variables):
        """A fresh surface."""
        for k in s.SEI_STEPS:
            self.initial_conditions[variables[f"{self.film} step {k} progress"]] = self.level.everywhere(0)
