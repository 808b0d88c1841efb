"""Observables of claims about clusters in a hold, the model's counterpart of the 852 ppm signal of NMR."""

from coreshell_model.checks.claim_observable import Observable
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.clusters import clusters_formed, late_growth
from coreshell_model.observe.inventory import CLUSTERS
from coreshell_model.run.solution import Solution

CAPACITY = "mA.h.g-1"


def formed(solution: Solution, cycle: float) -> float | None:
    """Clusters formed in a cycle's sodiation, its hold included."""
    number = round(cycle)
    if number not in solution.cycles:
        return None
    place = solution.cycles.index(number)
    return sum(clusters_formed(solution, during)[place] for during in (Kind.SODIATE, Kind.HOLD))


def share_in_hold(solution: Solution, cycle: float) -> float | None:
    """Share of a cycle's clusters that forms in its holds."""
    total = formed(solution, cycle)
    if not total:
        return None
    return clusters_formed(solution, Kind.HOLD)[solution.cycles.index(round(cycle))] / total


def grown_late(solution: Solution, cycle: float) -> float | None:
    """Share of the clusters formed in a cycle's hold that forms in the last third of the hold."""
    return late_growth(solution, round(cycle))


def later_in_first_cycle(solution: Solution) -> float | None:
    """Late growth in the hold of the first cycle less that in the second."""
    first, second = late_growth(solution, 1), late_growth(solution, 2)
    return None if first is None or second is None else first - second


def left(solution: Solution, cycle: float) -> float | None:
    """Share of a cycle's clusters that is left after its desodiation."""
    total, steps = formed(solution, cycle), solution.cycle_steps(round(cycle))
    if not total:
        return None
    clusters = solution[CLUSTERS]
    return float(clusters[steps[-1].points.stop - 1] - clusters[steps[0].points.start]) / total


def again(solution: Solution) -> float | None:
    """Clusters of the second cycle over those of the first."""
    first, second = formed(solution, 1), formed(solution, 2)
    return None if second is None or not first else second / first


CYCLE = {"cycle": "1"}
OBSERVABLES = {
    "clusters formed": Observable(formed, CAPACITY, arguments=CYCLE),
    "clusters formed in the hold": Observable(share_in_hold, "1", arguments=CYCLE),
    "late growth of clusters in the hold": Observable(grown_late, "1", arguments=CYCLE),
    "later growth in the first cycle": Observable(later_in_first_cycle, "1"),
    "clusters left": Observable(left, "1", arguments=CYCLE),
    "clusters of the second cycle": Observable(again, "1"),
}
