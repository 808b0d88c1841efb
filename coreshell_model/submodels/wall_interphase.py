"""The film on pore walls that electrolyte wets (21), (22)."""

from coreshell_model import symbols as s
from coreshell_model.laws.pores import filling_by_film, open_share
from coreshell_model.submodels.reduction import ReductionSteps


class WallInterphase(ReductionSteps):
    """Reduction steps on the pore walls, which stop when spent or when the pores are full or blocked."""

    film = "Pore SEI"
    steps = s.pore_sei_steps
    supply_time = s.pore_supply_time

    def get_fundamental_variables(self):
        """Progress of each step, charge of the film per initial wall area, filling and area left."""
        progress = self.progress()
        charges = [step.charge * done for step, done in zip(self.steps, progress.values(), strict=True)]
        filling = self._volume(charges)
        return {
            **progress,
            "Pore SEI charge [C.m-2]": sum(charges),
            "Pore filling": filling,
            "Open wall area [m2.kg-1]": s.wall_area * open_share(filling, s.pore_blocking),
        }

    def get_coupled_variables(self, variables):
        """Rates of the steps [s-1], the film's current per mass [A.kg-1] and the rate of filling [s-1]."""
        rates = self.rates(variables, reached=variables["Open wall area [m2.kg-1]"] / s.wall_area)
        currents = [step.charge * rate for step, rate in zip(self.steps, rates.values(), strict=True)]
        return {
            **rates,
            "Pore SEI current [A.kg-1]": -s.wall_area * sum(currents),
            "Pore filling rate [s-1]": self._volume(currents),
        }

    def _volume(self, charges):
        """Share of the pores that the steps' charges [C.m-2] fill, or fill per second."""
        return sum(
            filling_by_film(charge, step.molar_volume, step.electrons, s.wall_area, s.accessible_volume)
            for step, charge in zip(self.steps, charges, strict=True)
        )
