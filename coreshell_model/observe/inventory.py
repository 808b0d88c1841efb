"""Where the sodium is: the first-cycle loss by place, clusters, film, and the balance of the model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from coreshell_model.inputs.material import Material, OneCarbonMaterial
from coreshell_model.observe.capacity import CHARGE, charges, in_direction, reversible_capacity
from coreshell_model.run.solution import INVENTORY, LOST_IN_CARBON, POSITIVE_INVENTORY, Array, Solution

SLOPING_SITES = "Sodium in sloping sites [mA.h.g-1]"
"""Sodium on the sloping sites of a carbon without a shell, whose two regions the model alone knows."""

CLUSTERS = "Sodium in clusters [mA.h.g-1]"

RETURNING = tuple(name for name in INVENTORY if name not in (*LOST_IN_CARBON, "Sodium in SEI [mA.h.g-1]"))
"""The inventory's places from which sodium can come back."""


def by_place(material: Material, places: Mapping[str, Array]) -> dict[str, Array]:
    """The charge in each place as a material has it: without a shell, its sloping sites are one place."""
    held = dict(places)
    if isinstance(material, OneCarbonMaterial):
        regions = [f"Sodium in {region} sloping sites [mA.h.g-1]" for region in ("core", "shell")]
        held[SLOPING_SITES] = np.sum([held.pop(name) for name in regions], axis=0)
    return held


@dataclass(frozen=True)
class LossSplit:
    """Where the first cycle's loss went [mA.h.g-1]; the parts add up to the loss."""

    sei: float
    trapped: float
    left_in_carbon: float


def loss_split(solution: Solution) -> LossSplit | None:
    """The first cycle's loss by place, from the inventories at its start and end (19)."""
    steps = solution.cycle_steps(1)
    if 1 not in solution.cycles:
        return None
    if not steps:
        return LossSplit(0.0, 0.0, 0.0)
    first, last = steps[0].points.start, steps[-1].points.stop - 1

    def gained(name):
        return float(solution[name][last] - solution[name][first])

    return LossSplit(
        sei=gained("Sodium in SEI [mA.h.g-1]"),
        trapped=sum(gained(name) for name in LOST_IN_CARBON),
        left_in_carbon=sum(gained(name) for name in RETURNING),
    )


def given_back(solution: Solution, place: str) -> float | None:
    """Sodium that left a place of the inventory in the last desodiation."""
    if not solution.completed:
        return None
    series = solution[place]
    steps = in_direction(solution, solution.cycles[-1], -1)
    return float(sum(series[step.points.start] - series[step.points.stop - 1] for step in steps))


def plateau_capacity(solution: Solution) -> float | None:
    """Sodium that left clusters in the last desodiation (20)."""
    return given_back(solution, CLUSTERS)


def sloping_capacity(solution: Solution) -> float | None:
    """Reversible minus plateau capacity (20)."""
    reversible, plateau = reversible_capacity(solution), plateau_capacity(solution)
    return None if reversible is None or plateau is None else reversible - plateau


def film_formed(solution: Solution) -> list[float]:
    """Sodium that the film takes in each cycle [mA.h.g-1]."""
    film = solution["Sodium in SEI [mA.h.g-1]"]
    formed = []
    for cycle in solution.cycles:
        steps = solution.cycle_steps(cycle)
        ends = (film[steps[0].points.start], film[steps[-1].points.stop - 1]) if steps else (0.0, 0.0)
        formed.append(float(ends[1] - ends[0]))
    return formed


def film_by_cycle(solution: Solution) -> list[float | None]:
    """Film that each cycle adds, over that of the first cycle."""
    formed = film_formed(solution)
    return [sodium / formed[0] if formed[0] else None for sodium in formed]


def sei_thickness(solution: Solution) -> float | None:
    """Thickness of the film at the end [nm]."""
    return _last(solution["SEI thickness [m]"], lambda value: value * 1e9)


def pore_filling(solution: Solution) -> float | None:
    """Share of the wetted pores' volume that film fills at the end; 0 where all particles are sealed (21)."""
    return _last(solution["Pore filling"], float)


def _last(series: Array, convert: Callable[[float], float]) -> float | None:
    return convert(float(series[-1])) if series.size else None


def sodium_balance_error(solution: Solution) -> float | None:
    """Equation (18): largest difference between the charge that passed and the sodium counted, relative.

    The charge is the solver's own integral of the current; the sodium is counted from profiles, film
    and double layer at every point. The difference is divided by the first sodiation, or where that is
    zero by the largest charge. Of a full cell it is the larger one of this and of the change of all its
    sodium.
    """
    charge = solution[CHARGE]
    if not charge.size:
        return None
    counted = np.sum([solution[name] for name in solution.inventory], axis=0)
    off = np.abs((charge - charge[0]) - (counted - counted[0])).max()
    if solution.is_full:
        everything = counted + np.sum([solution[name] for name in POSITIVE_INVENTORY], axis=0)
        off = max(off, np.abs(everything - everything[0]).max())
    scale = charges(solution, 1)[0] or np.abs(charge).max()
    return float(off / scale) if scale > 0 else float(off)
