"""Current through electrolyte and carbon of a porous electrode (28)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.electrolyte import (
    diffusion_potential,
    effective,
    ionic_current_density,
    relative_activity,
)
from coreshell_model.physics.submodels.mechanism import ElectrodeMechanism

NAME = "Carbon to electrolyte potential [V]"


class PorousElectrode(ElectrodeMechanism):
    """The current divides between electrolyte and carbon by the potential Delta = phi_s - phi_e.

    The potentials of the double layers are states, so Delta follows from them and the films' drops by a
    linear equation. Its gradient gives the ionic current, and the divergence of that is the reaction, which
    therefore adds up to the cell's current at any tolerance of the solver.
    """

    def get_fundamental_variables(self):
        """Potential of the carbon against the electrolyte at each place [V]."""
        return {NAME: self.level.local(NAME)}

    def get_coupled_variables(self, variables):
        """Ionic current and its divergence per step in x [A.m-2], reaction [A.m-2] and potentials [V]."""
        level, current = self.level, variables["Current density [A.m-2]"]
        delta, salt = variables[NAME], variables["Electrode salt"]
        ionic = effective(
            s.electrolyte_conductivity(s.electrolyte_concentration * salt),
            s.electrode_porosity,
            s.electrode_bruggeman,
        )
        path = delta + self._of_salt(salt)
        electronic = s.electrode_thickness / s.electrode_conductivity
        at_separator, at_collector = abs(level.x_edge - 1) < 1e-6, abs(level.x_edge - 2) < 1e-6
        inside = ionic_current_density(
            pybamm.grad(path) / s.electrode_thickness, current, ionic, s.electrode_conductivity
        )
        ionic_current = at_separator * current + (1 - at_separator) * (1 - at_collector) * inside
        divergence = pybamm.div(ionic_current)
        density = divergence / (s.active_loading * variables["Wetted area [m2.kg-1]"])
        depth = level.x - 1
        moment = level.mean(depth * divergence)
        # From the first cell's middle to the separator, all current is in the electrolyte.
        half_cell = pybamm.BoundaryMeshSize(delta, "left") / 2 * s.electrode_thickness
        to_face = current * half_cell / pybamm.boundary_value(ionic, "left", order="constant")
        at_face = pybamm.boundary_value(path, "left", order="constant") - to_face
        potential = at_face - electronic * (current + moment) - self._separator(variables, current)
        through_carbon = electronic / 2 * (current + level.mean(depth**2 * divergence))
        return {
            "Ionic current divergence [A.m-2]": divergence,
            "Driving potential of the ionic current [V]": path,
            "Interfacial current density [A.m-2]": density,
            "Film potential drop [V]": -level.mean(density * variables["SEI resistance [Ohm.m2]"]),
            "Electrode potential [V]": potential,
            "Carbon against sodium at the separator [V]": pybamm.boundary_value(
                delta, "left", order="constant"
            )
            - to_face,
            "Electronic potential drop [V]": through_carbon,
            "Electrolyte potential drop [V]": level.mean(delta) - through_carbon - potential,
            "Series potential drop [V]": current * s.contact_resistance,
        }

    def _of_salt(self, salt):
        return diffusion_potential(
            relative_activity(salt), s.transference_number, s.thermodynamic_factor, s.V_T
        )

    def _separator(self, variables, current):
        """The drop in the separator, up to the metal [V]."""
        salt = variables["Separator salt"]
        ionic = effective(
            s.electrolyte_conductivity(s.electrolyte_concentration * salt),
            s.separator_porosity,
            s.separator_bruggeman,
        )
        resistance = s.separator_thickness * pybamm.Integral(1 / ionic, self.level.x_separator)
        at_metal = pybamm.boundary_value(salt, "left")
        return current * resistance + self._of_salt(at_metal)

    def set_algebraic(self, variables):
        """Delta is the double layer's potential plus the film's drop, which may be zero."""
        drop = variables["Interfacial current density [A.m-2]"] * variables["SEI resistance [Ohm.m2]"]
        self.algebraic[variables[NAME]] = variables["Double-layer potential [V]"] + drop - variables[NAME]

    def set_boundary_conditions(self, variables):
        """Without effect: the ionic current at both ends is set in ``get_coupled_variables``."""
        none = (pybamm.Scalar(0), "Neumann")
        self.boundary_conditions[variables["Driving potential of the ionic current [V]"]] = {
            "left": none,
            "right": none,
        }

    def set_initial_conditions(self, variables):
        """At the cell's open-circuit potential."""
        self.initial_conditions[variables[NAME]] = self.level.everywhere(s.initial_potential)
