"""Trapped sodium: sites that bind too strongly to give their sodium back (9)."""

from typing import ClassVar

import numpy as np

from coreshell_model.inputs.limits import CapacityOrZero, Potential, Rate, RateOrZero, Width
from coreshell_model.physics.storage.store import Store

TRAP_SMOOTHING = 0.01
"""Width of the smooth start of the trapping rate, in units of the trap occupancy [-]."""


def trap_limit(potential, trap_potential, width):
    """chi_eq = 1/(1 + exp((U - U_t)/w_t)), the share of traps that are strong enough to bind sodium at U (9).

    Parameters
    ----------
    potential : U [V], any shape
    trap_potential : U_t [V], where half of the traps bind
    width : w_t [V], spread of their binding energies

    Source: assumed: a bounded, monotone law, as for the clusters.
    """
    return 0.5 * (1 - np.tanh((potential - trap_potential) / (2 * width)))


def trapping_rate(occupancy, limit, theta, rate):
    """dchi/dt = k_t theta h(chi_eq - chi) [s-1] (9), never negative.

    h(x) = x^2/(x + 0.01) for x > 0 and exactly 0 otherwise, so that traps never release sodium. With the
    factor theta the rate vanishes where there is no mobile sodium.

    Parameters
    ----------
    occupancy : chi, filled fraction of the traps [-]
    limit : chi_eq [-]
    theta : occupancy of the sloping sites [-]
    rate : k_t [s-1]

    Source: assumed: register in docs/physics.md; smooth at x = 0 for the solver.
    """
    free = np.maximum(limit - occupancy, 0)
    return rate * np.maximum(theta, 0) * free * free / (free + TRAP_SMOOTHING)


def release_rate(occupancy, limit, theta, rate):
    """-k_r (1 - theta) h(chi - chi_eq) [s-1] (47), never positive, with h of (9).

    Parameters
    ----------
    occupancy : chi [-]
    limit : chi_eq [-]
    theta : occupancy of the sloping sites, which take the sodium [-]
    rate : k_r [s-1]

    Source: assumed: the reverse of (9) with a rate of its own; the sodium is slow, not lost.
    """
    return -trapping_rate(limit, occupancy, 1 - theta, rate)


class Trapping(Store):
    """Sites that keep their sodium: equation (9). They fill as the potential falls and never empty.

    With a ``release_rate`` they empty slowly (47); their sodium still counts as trapped.
    """

    capacity: CapacityOrZero
    potential: Potential
    width: Width
    rate: Rate
    release_rate: RateOrZero | None = None

    place: ClassVar = "Trapped sodium [mA.h.g-1]"
    label: ClassVar = "trapped"
    begins: ClassVar = "{region} trap"
    numbers: ClassVar = {
        "potential": "potential [V]",
        "width": "width [V]",
        "rate": "rate [s-1]",
        "release_rate": "release rate [s-1]",
    }
    left_out: ClassVar = {"width": 1.0}
    states: ClassVar = ("{region} trap occupancy",)
    gives_back: ClassVar = False

    def charge(self, carbon):
        """The capacity that the file gives [C.kg-1]."""
        return self.capacity.si

    @classmethod
    def rates(cls, states, numbers, around):
        """(9)."""
        (occupancy,) = states
        limit = cls.equilibrium(around.potential, numbers)
        return (trapping_rate(occupancy, limit, around.occupancy, numbers.rate),)

    @classmethod
    def equilibrium(cls, potential, numbers):
        """chi_eq of (9)."""
        return trap_limit(potential, numbers.potential, numbers.width)

    @classmethod
    def variant(cls, numbers):
        """The class with release if there is any."""
        return ReleasingTraps if numbers["release_rate"] > 0 else cls


class ReleasingTraps(Trapping):
    """Traps that empty slowly (47)."""

    @classmethod
    def rates(cls, states, numbers, around):
        """(9) and (47)."""
        (trapping,) = super().rates(states, numbers, around)
        limit = cls.equilibrium(around.potential, numbers)
        return (trapping + release_rate(states[0], limit, around.occupancy, numbers.release_rate),)
