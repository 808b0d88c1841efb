"""The particle of this package inside a PyBaMM model of your own.

A model is a list of mechanisms. Here the particle and its surface are taken as they are, the sodium-metal
counter electrode is replaced by one that does not polarise (a three-electrode cell), and the whole runs
with ``pybamm.Simulation``. Prints the capacity at 5 mV against each counter electrode.
"""

import pybamm

from coreshell_model.physics.model import SEALED, CoreShellHalfCell, in_place_of
from coreshell_model.physics.submodels.kinetics import SodiumMetal
from coreshell_model.physics.submodels.mechanism import Mechanism


class ReferenceElectrode(Mechanism):
    """A counter electrode whose potential does not change with the current."""

    def get_fundamental_variables(self):
        """No overpotential [V]."""
        return {"Counter electrode overpotential [V]": pybamm.Scalar(0)}


def capacity_at_cut_off(mechanisms) -> float:
    """Charge [mA.h.g-1] of a first sodiation at C/20 to the lower cut-off."""
    simulation = pybamm.Simulation(CoreShellHalfCell(mechanisms))
    solution = simulation.solve([0, 80 * 3600])
    return float(solution["Specific capacity [mA.h.g-1]"].entries[-1])


def main() -> dict[str, float]:
    """Compare the two cells."""
    three_electrodes = in_place_of(SodiumMetal, ReferenceElectrode, SEALED)
    return {
        "against polarised sodium": capacity_at_cut_off(SEALED),
        "against a reference electrode": capacity_at_cut_off(three_electrodes),
    }


if __name__ == "__main__":
    for cell, capacity in main().items():
        print(f"{capacity:7.1f} mAh/g at 5 mV {cell}")
