"""Plateau storage: quasi-metallic sodium clusters in closed pores (8)."""

from typing import ClassVar

import numpy as np
from pydantic import model_validator

from coreshell_model.base.quantity import both_or_neither
from coreshell_model.inputs.limits import Drive, Factor, Fraction, Potential, Rate, RateOrZero, Width
from coreshell_model.physics.laws.constants import CHARGE_OF_SODIUM_FILLED_VOLUME
from coreshell_model.physics.storage.store import Store

SMALLEST_FILLING = 1e-6
"""Distance from 0 and 1 at which fillings are held inside the logarithm of ``filling_potential``."""


def equilibrium_filling(potential, cluster_potential, width):
    """xi_eq = 1/(1 + exp((U - U_p)/w_p)), between 0 and 1 (8).

    Parameters
    ----------
    potential : U of the carbon around the pores [V], any shape
    cluster_potential : U_p [V], where half of the pores are filled at equilibrium
    width : w_p [V]; V_T for independent sites, less where filling is cooperative, more where pores differ

    Written with tanh, which does not overflow. Source: assumed: a bounded, monotone filling law.
    """
    return 0.5 * (1 - np.tanh((potential - cluster_potential) / (2 * width)))


def filling_potential(filling, cluster_potential, width):
    """U_xi = U_p - w_p ln(xi/(1 - xi)) [V], at which a filling is in equilibrium: the inverse of (8).

    Parameters
    ----------
    filling : xi [-], held inside [1e-6, 1 - 1e-6], any shape
    cluster_potential : U_p [V]
    width : w_p [V]

    Source: derived from ``equilibrium_filling``.
    """
    inside = np.minimum(np.maximum(filling, SMALLEST_FILLING), 1 - SMALLEST_FILLING)
    return cluster_potential - width * (np.log(inside) - np.log(1 - inside))


def relaxing_rate(filling, equilibrium, rate):
    """dxi/dt = k_p (xi_eq - xi) [s-1], (8) with U_ref -> infinity.

    Parameters
    ----------
    filling, equilibrium : xi and xi_eq [-]
    rate : k_p [s-1]

    Source: assumed: the simplest bounded and dissipative law.
    """
    return rate * (equilibrium - filling)


def driven_rate(filling, equilibrium, rate, overpotential, driving_potential):
    """dxi/dt = k_p (1 + |U_xi - U|/U_ref) (xi_eq - xi) [s-1] (8): faster the further from equilibrium.

    Parameters
    ----------
    filling, equilibrium : xi and xi_eq [-]
    rate : k_p [s-1], its value near equilibrium
    overpotential : U_xi - U [V]
    driving_potential : U_ref [V], at which the rate has doubled

    Source: assumed: the first-order expansion of a driven, bounded law.
    """
    return relaxing_rate(filling, equilibrium, rate) * (1 + abs(overpotential) / driving_potential)


def conditioned(rate, gain, conditioning):
    """k_p (1 + G M) [s-1] (46): clusters form faster where there were clusters before.

    Parameters
    ----------
    rate : k_p [s-1], in carbon that never held clusters
    gain : G [-]
    conditioning : M [-], from 0 to 1

    Source: assumed: the simplest rate that a memory raises; by NMR clusters grow throughout the first hold at
    5 mV, and in later cycles with the plateau (Appel et al.).
    """
    return rate * (1 + gain * conditioning)


def conditioning_rate(filling, conditioning, rate):
    """dM/dt = k_M xi (1 - M) [s-1] (46): pores that clusters have opened stay open.

    Parameters
    ----------
    filling : xi [-]
    conditioning : M [-]
    rate : k_M [s-1]

    Source: assumed: bounded, and never forgotten.
    """
    return rate * filling * (1 - conditioning)


NO_DRIVE = 1e9
"""U_ref [V] of clusters without a driving potential: (8) in its limit U_ref -> infinity."""


class Clusters(Store):
    """Clusters in closed pores: equation (8). ``pore_fraction`` of the pore volume can hold clusters.

    Without a ``driving_potential`` their rate is constant. With ``conditioning`` and ``conditioning_rate``
    they form faster where there were clusters before (46).
    """

    pore_fraction: Fraction
    potential: Potential
    width: Width
    rate: Rate
    driving_potential: Drive | None = None
    conditioning: Factor | None = None
    conditioning_rate: RateOrZero | None = None

    place: ClassVar = "Sodium in clusters [mA.h.g-1]"
    label: ClassVar = "clusters"
    begins: ClassVar = "Cluster"
    density_name: ClassVar = "site density [mol.m-3]"
    amount: ClassVar = "pore_fraction"
    numbers: ClassVar = {
        "potential": "potential [V]",
        "width": "width [V]",
        "rate": "rate [s-1]",
        "driving_potential": "driving potential [V]",
        "conditioning": "conditioning",
        "conditioning_rate": "conditioning rate [s-1]",
    }
    left_out: ClassVar = {"width": 1.0, "driving_potential": NO_DRIVE}
    states: ClassVar = ("Cluster filling",)
    returned_as: ClassVar = "Plateau capacity [mA.h.g-1]"
    in_pores: ClassVar = True
    dry: ClassVar = "electrolyte fills the pores that clusters would be in"

    def charge(self, carbon):
        """Charge of the sodium that fills ``pore_fraction`` of the pores [C.kg-1]."""
        return self.pore_fraction.si * carbon.pore_volume.si * CHARGE_OF_SODIUM_FILLED_VOLUME

    @classmethod
    def rates(cls, states, numbers, around):
        """(8)."""
        (filling,) = states
        return (cls.filling_rate(filling, numbers, around, numbers.rate),)

    @staticmethod
    def filling_rate(filling, numbers, around, rate):
        """(8) with a given k_p."""
        equilibrium = Clusters.equilibrium(around.potential, numbers)
        at_filling = filling_potential(filling, numbers.potential, numbers.width)
        return driven_rate(
            filling, equilibrium, rate, at_filling - around.potential, numbers.driving_potential
        )

    @classmethod
    def equilibrium(cls, potential, numbers):
        """xi_eq of (8)."""
        return equilibrium_filling(potential, numbers.potential, numbers.width)

    @classmethod
    def variant(cls, numbers):
        """The class with conditioning if that has an effect."""
        return ConditionedClusters if numbers["conditioning"] * numbers["conditioning_rate"] > 0 else cls

    @model_validator(mode="after")
    def _conditioning(self):
        both_or_neither(self, "conditioning", "conditioning_rate")
        return self


class ConditionedClusters(Clusters):
    """Clusters that form faster where there were clusters before (46)."""

    states: ClassVar = ("Cluster filling", "Cluster conditioning")

    @classmethod
    def rates(cls, states, numbers, around):
        """(8) with the rate of (46), and the rate of conditioning."""
        filling, conditioning = states
        rate = conditioned(numbers.rate, numbers.conditioning, conditioning)
        return (
            cls.filling_rate(filling, numbers, around, rate),
            conditioning_rate(filling, conditioning, numbers.conditioning_rate),
        )
