"""Sodium of the positive electrode that is given once: a sacrificial salt, or a first loss (61)."""

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.interphase import reduction_rate
from coreshell_model.physics.submodels.mechanism import Held, PositiveMechanism

PLACE = "Sodium in sacrificial salt [mA.h.g-1]"
TRANSFER, SUPPLY_TIME = 0.5, 60.0
"""Transfer coefficient [-] and time [s] of the supply. assumed: a symmetric barrier; a minute is short
against a first charge, and only bounds the rate far above the potential."""


class SacrificialSodium(PositiveMechanism):
    """An oxidation of finite charge beside the particles, which nothing reverses."""

    def get_fundamental_variables(self):
        """The share that is left [-], and its charge per mass of carbon [C.kg-1]."""
        left = self.level.positive_local("Sacrificial sodium left")
        return {
            "Sacrificial sodium left": left,
            "Sacrificial sodium [C.kg-1]": s.sacrificial_charge
            * self.level.positive_mean(left)
            / s.active_loading,
        }

    def get_coupled_variables(self, variables):
        """Its rate [s-1], and its current per mass of positive material [A.kg-1]."""
        # Potential and standard potential change places: an oxidation runs faster above it.
        rate = reduction_rate(
            s.sacrificial_potential,
            variables["Positive double-layer potential [V]"],
            s.sacrificial_rate,
            TRANSFER,
            SUPPLY_TIME,
            s.V_T,
        )
        given = rate * variables["Sacrificial sodium left"]
        return {
            "Sacrificial rate [s-1]": given,
            "Sacrificial current [A.kg-1]": s.sacrificial_charge / s.positive_loading * given,
        }

    def holds(self):
        """What is left."""
        return [Held(PLACE, "Sacrificial sodium [C.kg-1]", in_carbon=False)]

    def set_rhs(self, variables):
        """(61)."""
        self.rhs[variables["Sacrificial sodium left"]] = -variables["Sacrificial rate [s-1]"]

    def set_initial_conditions(self, variables):
        """All of it."""
        self.initial_conditions[variables["Sacrificial sodium left"]] = self.level.positive_everywhere(1)
