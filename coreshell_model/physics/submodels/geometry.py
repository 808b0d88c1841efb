"""Volumes and areas of core and shell (1), (2)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.mechanism import Mechanism


class Geometry(Mechanism):
    """A sphere of two carbons in the coordinate z, from 0 to 1 in the core and from 1 to 2 in the shell.

    With r = R_c min(z, 1) + delta max(z - 1, 0) the radii are inputs of the built model, and the
    finite-volume cells have exact volumes (docs/physics.md, "On the mesh").
    """

    def get_fundamental_variables(self):
        """Radii [m], cell volumes and mass over 4 pi [m3, kg], volumes per mass [m3.kg-1], roughness [-]."""
        z, z_edge = self.level.z, self.level.z_edge
        radius = s.core_radius + s.shell_thickness
        face = s.core_radius * pybamm.minimum(z_edge, 1) + s.shell_thickness * pybamm.maximum(z_edge - 1, 0)
        centre = s.core_radius * pybamm.minimum(z, 1) + s.shell_thickness * pybamm.maximum(z - 1, 0)
        mass = s.particle_density * radius**3 / 3
        inner, outer = s.core_radius**3 / 3, (radius**3 - s.core_radius**3) / 3
        return {
            "Particle radius [m]": radius,
            "Radial position [m]": centre,
            "Face radius squared [m2]": face**2,
            "Cell volume over 4 pi [m3]": pybamm.div(face**3 / 3),
            "Face between the carbons": abs(z_edge - 1) < 1e-6,
            "Face at the surface": abs(z_edge - 2) < 1e-6,
            "Particle mass over 4 pi [kg]": mass,
            "Core volume per mass [m3.kg-1]": inner / mass,
            "Shell volume per mass [m3.kg-1]": outer / mass,
            "Roughness": s.external_area * s.particle_density * radius / 3,
        }


class ExternalArea(Mechanism):
    """Areas if all particles are sealed: the external surface, and that of the conductive additive."""

    def get_fundamental_variables(self):
        """Area under the film and wetted area [m2.kg-1], now and initially; there are no wetted pores."""
        area = s.external_area + s.additive_area
        return {
            "Film area [m2.kg-1]": area,
            "Wetted area [m2.kg-1]": area,
            "Initial wetted area [m2.kg-1]": area,
            "Sealed share": pybamm.Scalar(1),
            "Pore filling": pybamm.Scalar(0),
        }


class ExternalAndWallArea(Mechanism):
    """The same areas, and the pore walls of the open particles."""

    def get_fundamental_variables(self):
        """Share of the particles that are sealed."""
        return {"Sealed share": 1 - s.open_fraction}

    def get_coupled_variables(self, variables):
        """Area under the film and wetted area [m2.kg-1], now and initially."""
        area = s.external_area + s.additive_area
        return {
            "Film area [m2.kg-1]": area,
            "Wetted area [m2.kg-1]": area + s.open_fraction * variables["Open wall area [m2.kg-1]"],
            "Initial wetted area [m2.kg-1]": area + s.open_fraction * s.wall_area,
        }
