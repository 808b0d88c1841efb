"""Where the voltage goes on its way from the sodium in the core to the terminals (16)."""

import pybamm

from coreshell_model.physics import symbols as s
from coreshell_model.physics.submodels.mechanism import Mechanism


class Polarisation(Mechanism):
    """What particle and film cost; the other drops are the circuit's and the electrode's."""

    def get_coupled_variables(self, variables):
        """Mean potential of the core [V], and how far the double layer lies below it [V]."""
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
    """The same over sealed and open particles."""

    def _core_potential(self, variables):
        opened = variables["Wetted Core equilibrium potential [V]"]
        return (1 - s.open_fraction) * super()._core_potential(variables) + s.open_fraction * opened
