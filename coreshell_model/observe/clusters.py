"""The clusters of each cycle: when they formed, and whether they had formed when its sodiation ended."""

import numpy as np

from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.capacity import in_direction
from coreshell_model.observe.equilibrium import stored_at_equilibrium
from coreshell_model.observe.full_cell import PLATING, lowest_carbon_potential
from coreshell_model.observe.inventory import CLUSTERS
from coreshell_model.physics.storage.clusters import Clusters
from coreshell_model.run.solution import Ending, Solution

SHARE = "Share of clusters formed in the first sodiation"
"""Name of the result (55)."""

FORMED = 0.5
"""Share of the clusters of equilibrium below which a slow sodiation ended before they formed."""

SLOW = 0.1
"""Multiple of 1C up to which a first sodiation without a hold is expected to form its clusters."""

NO_CLUSTERS = 1.0
"""Clusters at equilibrium [mA.h.g-1] below which none are expected."""

NOTHING_GROWN = 1e-4
"""Sodium [mA.h.g-1] below which clusters grew by no more than the tolerance of the solver."""


def clusters_formed(solution: Solution, during: Kind) -> list[float]:
    """Sodium that went into clusters in the holds, or in the constant-current sodiations, of each cycle (30).

    The model's stand-in for the 852 ppm signal of operando NMR (Appel), which it does not compute.
    """
    clusters = solution[CLUSTERS]
    return [
        float(
            sum(
                clusters[step.points.stop - 1] - clusters[step.points.start]
                for step in in_direction(solution, cycle, 1)
                if step.asked.kind is during
            )
        )
        for cycle in solution.cycles
    ]


def late_growth(solution: Solution, cycle: int) -> float | None:
    """Share of the clusters formed in a cycle's last hold that forms in the last third of its time.

    None where there is no hold, or nothing grew in it.
    """
    steps = in_direction(solution, cycle, 1) if cycle in solution.cycles else []
    holds = [step for step in steps if step.asked.kind is Kind.HOLD]
    if not holds:
        return None
    clusters, time = solution[CLUSTERS][holds[-1].points], solution["Time [s]"][holds[-1].points]
    at_two_thirds = np.interp(time[0] + 2 / 3 * (time[-1] - time[0]), time, clusters)
    grown = clusters[-1] - clusters[0]
    return float((clusters[-1] - at_two_thirds) / grown) if grown > NOTHING_GROWN else None


def late_growths(solution: Solution) -> list[float | None]:
    """``late_growth`` of each cycle."""
    return [late_growth(solution, cycle) for cycle in solution.cycles]


def clusters_at_equilibrium(solution: Solution, cycle: int) -> float | None:
    """Sodium that clusters would hold at equilibrium where a cycle's sodiation ends [mA.h.g-1] (8).

    At the potential of the working electrode against a reference; None without a sodiation in the cycle.
    """
    steps = in_direction(solution, cycle, 1) if cycle in solution.cycles else []
    if not steps:
        return None
    potential = solution["Working electrode against a reference [V]"][steps[-1].points.stop - 1]
    return float(stored_at_equilibrium(Clusters, solution.parameters, potential))


def share_formed(solution: Solution, cycle: int = 1) -> float | None:
    """Clusters at the end of a cycle's sodiation over those of equilibrium at its potential (55).

    None where equilibrium holds none.
    """
    at_equilibrium = clusters_at_equilibrium(solution, cycle)
    if at_equilibrium is None or at_equilibrium < NO_CLUSTERS:
        return None
    last = in_direction(solution, cycle, 1)[-1].points.stop - 1
    return float(solution[CLUSTERS][last]) / at_equilibrium


def _ended_early(solution: Solution, cycle: int) -> bool:
    """Whether a cycle's sodiation ended at its own current or voltage, though slow enough for clusters."""
    step = in_direction(solution, cycle, 1)[-1]
    if step.asked.kind is Kind.HOLD:
        return step.ending is Ending.CURRENT
    rate = step.asked.rate
    return cycle == 1 and step.ending is Ending.VOLTAGE and rate is not None and rate <= SLOW


def unformed_warning(solution: Solution) -> list[str]:
    """The warning that sodiations ended before their clusters formed, so that capacities lack a plateau."""
    early = {
        cycle: share
        for cycle in solution.cycles
        if (share := share_formed(solution, cycle)) is not None
        and share < FORMED
        and _ended_early(solution, cycle)
    }
    if not early:
        return _never_due(solution)
    first, share = next(iter(early.items()))
    if solution.is_full:
        cause = "the charge of the cell ended first"
        lowest = lowest_carbon_potential(solution)
        deposits = lowest is not None and lowest < PLATING
        remedy = "charge more slowly" if deposits else "charge more slowly or lower the N/P ratio"
    elif in_direction(solution, first, 1)[-1].asked.kind is Kind.HOLD:
        cause, remedy = "the hold ended at its current", "end the hold at a lower current"
    else:
        cause, remedy = "there is no hold", "add a hold at the lower cut-off"
    cycles = "cycle" if len(early) == 1 else "cycles"
    return [
        f"{cycles} {', '.join(map(str, early))}: sodiation ended before clusters formed (in cycle {first} "
        f"{share:.2g} of those of equilibrium): {cause}, so that efficiency and capacity lack most of the "
        f"plateau; {remedy} to form it"
    ]


def _never_due(solution: Solution) -> list[str]:
    """The warning that a full cell never brings its carbon to the potentials of its clusters."""
    if not solution.is_full or not stored_at_equilibrium(Clusters, solution.parameters, 0.0) > NO_CLUSTERS:
        return []
    due = [clusters_at_equilibrium(solution, cycle) for cycle in solution.cycles]
    if any(each is None or each >= NO_CLUSTERS for each in due) or not due:
        return []
    return [
        "in every cycle the charge of the cell ended before the carbon came to the potentials of its "
        "clusters, so that efficiency and capacity lack the plateau; lower the N/P ratio to reach it"
    ]
