"""How the current of a full cell divides over its positive electrode (28), (63)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.electrolyte import (
    diffusion_potential,
    effective,
    ionic_current_density,
    relative_activity,
)
from coreshell_model.physics.submodels.mechanism import PositiveElectrodeMechanism, PositiveMechanism


class UniformPositive(PositiveMechanism):
    """No gradients through the electrode: every particle takes its share of the current."""

    def get_fundamental_variables(self):
        """Salt over its initial concentration [-]."""
        return {"Positive activity": pybamm.Scalar(1)}

    def get_coupled_variables(self, variables):
        """Current per mass of active material [A.kg-1], and potential against sodium [V]."""
        return {
            "Positive current [A.kg-1]": variables["Current density [A.m-2]"] / s.positive_loading,
            "Positive electrode potential [V]": variables["Positive double-layer potential [V]"],
        }


class PorousPositive(PositiveElectrodeMechanism):
    """The current divides between electrolyte and solid by their potential difference, as in the carbon.

    That difference is the double layers' potential, a state, since there is no film.
    """

    def get_coupled_variables(self, variables):
        """Ionic current and its divergence per step in x [A.m-2], current [A.kg-1] and potential [V]."""
        level, current = self.level, variables["Current density [A.m-2]"]
        salt, delta = variables["Positive salt"], variables["Positive double-layer potential [V]"]
        activity = relative_activity(salt)
        ionic = effective(
            s.electrolyte_conductivity(s.electrolyte_concentration * salt),
            s.positive_porosity,
            s.positive_bruggeman,
        )
        path = delta + _of_salt(activity)
        x = level.x_positive_edge
        at_collector, at_separator = abs(x + 1) < 1e-6, abs(x) < 1e-6
        inside = ionic_current_density(
            pybamm.grad(path) / s.positive_thickness, current, ionic, s.positive_conductivity
        )
        ionic_current = at_separator * current + (1 - at_separator) * (1 - at_collector) * inside
        divergence = pybamm.div(ionic_current)
        # From the last cell's middle to the separator, all current is in the electrolyte. The
        # potential is against a sodium reference at that face, as is the carbon's beyond the separator.
        half_cell = pybamm.BoundaryMeshSize(delta, "right") / 2 * s.positive_thickness
        at_face = pybamm.boundary_value(path, "right", order="constant") + current * half_cell / (
            pybamm.boundary_value(ionic, "right", order="constant")
        )
        at_reference = relative_activity(pybamm.boundary_value(variables["Separator salt"], "left"))
        against_sodium = at_face - _of_salt(at_reference)
        electronic = s.positive_thickness / s.positive_conductivity
        through_solid = electronic * (current + level.positive_mean(level.x_positive * divergence))
        return {
            "Positive activity": activity,
            "Positive ionic current divergence [A.m-2]": divergence,
            "Driving potential of the positive ionic current [V]": path,
            "Positive current [A.kg-1]": divergence / s.positive_loading,
            "Positive electrode potential [V]": against_sodium + through_solid,
        }

    def set_boundary_conditions(self, variables):
        """Without effect: the ionic current at both ends is set in ``get_coupled_variables``."""
        none = (pybamm.Scalar(0), "Neumann")
        self.boundary_conditions[variables["Driving potential of the positive ionic current [V]"]] = {
            "left": none,
            "right": none,
        }


def _of_salt(activity):
    """The potential of the salt (28) [V]."""
    return diffusion_potential(activity, s.transference_number, s.thermodynamic_factor, s.V_T)
