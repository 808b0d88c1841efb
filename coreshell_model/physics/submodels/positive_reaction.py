"""Charge transfer and double layer of the positive electrode (58), (63)."""

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.insertion import insertion_current_density
from coreshell_model.physics.submodels.mechanism import Held, PositiveMechanism

PLACE = "Charge in positive double layer [mA.h.g-1]"


class PositiveReaction(PositiveMechanism):
    """Symmetric Butler-Volmer kinetics beside a double layer, whose potential is the state of (63)."""

    def get_fundamental_variables(self):
        """Potential of the particles against the electrolyte [V], and the area of the coating [m2.kg-1]."""
        return {
            "Positive double-layer potential [V]": self.level.positive_local(
                "Positive double-layer potential [V]"
            ),
            "Positive area [m2.kg-1]": 3 / (s.positive_density * s.positive_radius),
        }

    def get_coupled_variables(self, variables):
        """Reaction [A.m-2], open-circuit potential [V] and the double layer's charge [C.kg-1]."""
        surface = variables["Positive surface stoichiometry"]
        open_circuit = s.positive_property(s.POSITIVE_OPEN_CIRCUIT, surface)
        reference = s.positive_property(s.POSITIVE_EXCHANGE_CURRENT, surface)
        potential = variables["Positive double-layer potential [V]"]
        density = insertion_current_density(
            surface, potential, open_circuit, reference * variables["Positive activity"] ** 0.5, s.V_T
        )
        capacitance = s.positive_capacitance * variables["Positive area [m2.kg-1]"]
        fresh = s.positive_property(s.POSITIVE_OPEN_CIRCUIT, s.positive_initial)
        risen = self.level.positive_mean(potential) - fresh
        charge = -capacitance * risen * s.positive_loading / s.active_loading
        rest = s.positive_property(s.POSITIVE_OPEN_CIRCUIT, variables["Positive mean stoichiometry"])
        return {
            "Positive reaction current density [A.m-2]": density,
            "Positive double-layer capacitance [F.kg-1]": capacitance,
            "Charge in positive double layer [C.kg-1]": charge,
            "Positive open-circuit potential [V]": rest,
        }

    def holds(self):
        """The charge of the double layer, balanced by sodium ions in the electrolyte."""
        return [Held(PLACE, "Charge in positive double layer [C.kg-1]", in_carbon=False)]

    def set_rhs(self, variables):
        """(63)."""
        area = s.positive_kept * variables["Positive area [m2.kg-1]"]  # of the sites that take sodium back
        reactions = (
            variables["Positive reaction current density [A.m-2]"] * area
            + variables["Sacrificial current [A.kg-1]"]
        )
        self.rhs[variables["Positive double-layer potential [V]"]] = (
            variables["Positive current [A.kg-1]"] - reactions
        ) / variables["Positive double-layer capacitance [F.kg-1]"]

    def set_initial_conditions(self, variables):
        """At the open-circuit potential of the fresh electrode."""
        fresh = s.positive_property(s.POSITIVE_OPEN_CIRCUIT, s.positive_initial)
        self.initial_conditions[variables["Positive double-layer potential [V]"]] = (
            self.level.positive_everywhere(fresh)
        )
