"""Sodium counted from the profiles, the film and the double layer (17)."""

from coreshell_model.physics.submodels.mechanism import Mechanism

COULOMB_PER_KG = 3600.0
"""One mA.h.g-1 in C.kg-1."""


class Inventory(Mechanism):
    """The sodium that all mechanisms hold, per gram of active carbon, as charge [mA.h.g-1]."""

    def get_coupled_variables(self, variables):
        """The sodium in each place of the inventory, and that in the carbon along the electrode."""
        places, by_place = {}, []
        for held in self.declared.held:
            charge = variables[held.charge] / COULOMB_PER_KG
            places.setdefault(held.place, []).append(self.level.mean(charge))
            if held.in_carbon:
                by_place.append(charge)
        total = {place: sum(charges) for place, charges in places.items()}
        return total | {"Sodium in carbon by place [mA.h.g-1]": sum(by_place)}
