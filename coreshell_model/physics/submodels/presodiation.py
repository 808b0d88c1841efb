"""Sodium in contact with the carbon that it takes up without a current of the cell (62)."""

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.mechanism import Held, Mechanism

PLACE = "Sodium for presodiation [mA.h.g-1]"


class Presodiation(Mechanism):
    """Sodium metal on the carbon: it dissolves at each place with a time constant, as electrolyte wets both.

    Its electrons go into the carbon, whose double layer then takes up sodium like by any other current.
    """

    def get_fundamental_variables(self):
        """The share that is left [-], its charge [C.kg-1] and its anodic current [A.kg-1]."""
        left = self.level.local("Presodiation left")
        return {
            "Presodiation left": left,
            "Presodiation sodium [C.kg-1]": s.presodiation_charge * left,
            "Presodiation current [A.kg-1]": s.presodiation_charge * left / s.presodiation_time,
        }

    def holds(self):
        """The sodium that is left."""
        return [Held(PLACE, "Presodiation sodium [C.kg-1]", in_carbon=False)]

    def draws(self):
        """Its dissolution."""
        return ("Presodiation current [A.kg-1]",)

    def set_rhs(self, variables):
        """(62)."""
        left = variables["Presodiation left"]
        self.rhs[left] = -left / s.presodiation_time

    def set_initial_conditions(self, variables):
        """All of it."""
        self.initial_conditions[variables["Presodiation left"]] = self.level.everywhere(1)
