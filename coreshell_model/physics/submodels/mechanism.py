"""What all mechanisms share: a PyBaMM submodel that needs neither options nor stock parameters."""

import pybamm

from coreshell_model.physics.levels import ElectrodeLevel, ParticleLevel


class Mechanism(pybamm.BaseSubModel):
    """A ``pybamm.BaseSubModel`` built from ``coreshell_model.physics.symbols`` alone, at a level.

    Parameters
    ----------
    level : gives the mechanism its variables; what is written is the same at every level
    """

    def __init__(self, level: ParticleLevel):
        super().__init__(param=None, name=type(self).__name__)
        self.level = level


class ElectrodeMechanism(Mechanism):
    """A mechanism that only a porous electrode has."""

    level: ElectrodeLevel
