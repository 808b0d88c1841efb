"""Capacity by volume and by area: what a gram's capacity is worth in a cell."""

from coreshell_model.observables.capacity import reversible_capacity
from coreshell_model.solution import Solution


def volumetric_capacity(solution: Solution) -> float | None:
    """Reversible capacity per volume of particle, its pores included [mA.h.cm-3] (40).

    Space between particles, carbon black and binder do not count.
    """
    return _times(solution, solution.parameters["Particle density [kg.m-3]"] * 1e-3)


def areal_capacity(solution: Solution) -> float | None:
    """Reversible capacity per area of electrode [mA.h.cm-2] (41), at the loading of the cell."""
    return _times(solution, solution.parameters["Active loading [kg.m-2]"] * 0.1)


def coating_capacity(solution: Solution) -> float | None:
    """Reversible capacity per volume of coating, additives and pores included [mA.h.cm-3] (42).

    None for a material without an electrode section.
    """
    thickness = solution.parameters.get("Electrode thickness [m]")
    if thickness is None:
        return None
    return _times(solution, solution.parameters["Active loading [kg.m-2]"] / thickness * 1e-3)


def _times(solution: Solution, grams: float) -> float | None:
    capacity = reversible_capacity(solution)
    return None if capacity is None else capacity * grams
