"""The particle on its mesh: radii, cell volumes and areas as functions of run-time inputs."""

import pybamm

from coreshell_model import symbols as s
from coreshell_model.submodels.mechanism import Mechanism


class Geometry(Mechanism):
    """A sphere of two carbons in the coordinate z, 0..1 in the core and 1..2 in the shell.

    With r = R_c min(z, 1) + delta max(z - 1, 0) the radii are inputs of one built model, and
    the finite-volume cells keep their exact volumes (docs/physics.md, "On the mesh").
    """

    def get_fundamental_variables(self):
        """Radii [m], cell volumes and mass over 4 pi [m3, kg], roughness [-]."""
        z, z_edge = self.level.z, self.level.z_edge
        radius = s.core_radius + s.shell_thickness
        face = s.core_radius * pybamm.minimum(z_edge, 1) + s.shell_thickness * pybamm.maximum(z_edge - 1, 0)
        centre = s.core_radius * pybamm.minimum(z, 1) + s.shell_thickness * pybamm.maximum(z - 1, 0)
        return {
            "Particle radius [m]": radius,
            "Radial position [m]": centre,
            "Face radius squared [m2]": face**2,
            "Cell volume over 4 pi [m3]": pybamm.div(face**3 / 3),
            "Face between the carbons": abs(z_edge - 1) < 1e-6,
            "Particle mass over 4 pi [kg]": s.particle_density * radius**3 / 3,
            "Roughness": s.external_area * s.particle_density * radius / 3,
        }
