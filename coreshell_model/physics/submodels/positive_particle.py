"""Diffusion of sodium in the particles of the positive electrode (57)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.laws.constants import FARADAY
from coreshell_model.physics.submodels.mechanism import Held, PositiveMechanism

PLACE = "Sodium in positive electrode [mA.h.g-1]"


class PositiveParticle(PositiveMechanism):
    """Chemical diffusion in spheres of one size, in a coordinate y from 0 at the centre to 1 outside.

    Its sites are those that take sodium back after the first charge, a share of all.
    """

    def get_fundamental_variables(self):
        """Stoichiometry [-], at the surface too, its mean over the electrode and the sodium [C.kg-1]."""
        level = self.level
        filled = level.positive_field("Positive stoichiometry")
        volume = pybamm.div(level.y_edge**3)
        mean = pybamm.Integral(volume * filled, level.y)
        held = FARADAY * s.positive_kept * s.positive_maximum * mean / s.positive_density
        return {
            "Positive stoichiometry": filled,
            "Positive surface stoichiometry": pybamm.surf(filled),
            "Positive cell volume": volume,
            "Positive mean stoichiometry": level.positive_mean(mean),
            "Sodium in positive particles [C.kg-1]": level.positive_mean(held)
            * s.positive_loading
            / s.active_loading,
        }

    def holds(self):
        """The sodium of the particles."""
        return [Held(PLACE, "Sodium in positive particles [C.kg-1]", in_carbon=False)]

    def set_rhs(self, variables):
        """(57): the flux at the surface is the reaction, so that sodium is conserved to the last digit."""
        level, filled = self.level, variables["Positive stoichiometry"]
        at_surface = abs(level.y_edge - 1) < 1e-6
        diffusivity = s.positive_property(s.POSITIVE_DIFFUSIVITY, filled)
        leaving = variables["Positive reaction current density [A.m-2]"] / (
            FARADAY * s.positive_maximum * s.positive_radius
        )
        inside = diffusivity / s.positive_radius**2 * pybamm.grad(filled)
        flux = level.on_positive_faces(leaving) * at_surface - (1 - at_surface) * inside
        self.rhs[filled] = -3 * pybamm.div(level.y_edge**2 * flux) / variables["Positive cell volume"]

    def set_boundary_conditions(self, variables):
        """No flux at the centre; the flux at the surface is set in ``set_rhs``."""
        none = (pybamm.Scalar(0), "Neumann")
        self.boundary_conditions[variables["Positive stoichiometry"]] = {"left": none, "right": none}

    def set_initial_conditions(self, variables):
        """Uniform, as made."""
        self.initial_conditions[variables["Positive stoichiometry"]] = self.level.along_positive_radius(
            s.positive_initial
        )
