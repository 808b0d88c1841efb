"""The potential drops in the particle between the sodium in the core and the double layer (16)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.mechanism import Mechanism


class Polarisation(Mechanism):
    """The drop in the particle; the other drops are variables of the circuit and the electrode."""

    def get_coupled_variables(self, variables):
        """Mean potential of the core [V], and the drop from it to the double layer [V]."""
        resting = self.level.mean(self._core_potential(variables))
        return {
            "Core mean potential [V]": resting,
            "Particle potential drop [V]": resting - self.level.mean(variables["Double-layer potential [V]"]),
        }

    def _core_potential(self, variables):
        """Average over the volume of the sealed cores [V]."""
        potential = self.level.core_and_shell(variables["Core equilibrium potential [V]"], 0)
        volume = variables["Cell volume over 4 pi [m3]"]
        return pybamm.Integral(volume * potential, self.level.z) / (s.core_radius**3 / 3)


class MixedPolarisation(Polarisation):
    """The same drop, averaged over sealed and open particles."""

    def _core_potential(self, variables):
        opened = variables["Wetted Core equilibrium potential [V]"]
        return (1 - s.open_fraction) * super()._core_potential(variables) + s.open_fraction * opened
