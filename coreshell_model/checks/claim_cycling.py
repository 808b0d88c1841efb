"""Observables of claims about capacities, losses, efficiencies and rates."""

from collections.abc import Callable
from itertools import pairwise

from coreshell_model.base.errors import InputError
from coreshell_model.checks.claim_observable import SEVERAL, Observable
from coreshell_model.inputs.sorption import above_zero
from coreshell_model.observe import capacity, inventory, rates
from coreshell_model.run.solution import Solution

CAPACITY = "mA.h.g-1"


def first_sodiation(solution: Solution) -> float | None:
    """Charge of the first sodiation, holds included."""
    return capacity.sodiation_capacity(solution, 1)


def mean_capacity(solution: Solution, first: float, last: float) -> float | None:
    """Mean desodiation capacity of the cycles ``first`` to ``last``."""
    if round(first) > round(last):
        raise InputError(f"first is {first:g}, after last, {last:g}; give the first cycle of the mean first")
    if round(last) not in solution.cycles:
        return None
    cycles = range(round(first), round(last) + 1)
    values = [capacity.desodiation_capacity(solution, cycle) for cycle in cycles]
    complete = [value for value in values if value is not None]
    return sum(complete) / len(complete) if complete and len(complete) == len(values) else None


def capacity_of_cycle(solution: Solution, cycle: float) -> float | None:
    """Desodiation capacity of one cycle."""
    return capacity.desodiation_capacity(solution, round(cycle))


def efficiency(solution: Solution, cycle: float) -> float | None:
    """Coulombic efficiency of one cycle."""
    return capacity.coulombic_efficiency(solution, round(cycle))


def retention(solution: Solution, rate: float) -> float | None:
    """Capacity at a rate (a multiple of 1C), over that of the first block."""
    above_zero("rate", rate, "of 1C")
    blocks = rates.rate_retention(solution)
    label = f"C/{1 / rate:g}" if rate < 1 else f"{rate:g}C"
    if solution.completed and label not in blocks:
        labels = ", ".join(blocks) or "none"
        raise InputError(f"rate is {label}; {solution.protocol.name} has {labels}: give one of them")
    return blocks.get(label)


def least_step(measure: Callable[[Solution], float | None]) -> Callable[..., float | None]:
    """The smallest rise of a number from one run to the next; above 0 where it rises over all runs."""

    def step(*solutions: Solution) -> float | None:
        values = [measure(solution) for solution in solutions]
        present = [value for value in values if value is not None]
        if len(present) < len(values):
            return None
        return min(after - before for before, after in pairwise(present))

    return step


OBSERVABLES = {
    "initial coulombic efficiency": Observable(capacity.initial_coulombic_efficiency, "1"),
    "first-cycle loss": Observable(capacity.first_cycle_loss, CAPACITY),
    "first sodiation": Observable(first_sodiation, CAPACITY),
    "mean capacity": Observable(mean_capacity, CAPACITY, arguments={"first": "1", "last": "1"}),
    "capacity": Observable(capacity_of_cycle, CAPACITY, arguments={"cycle": "1"}),
    "coulombic efficiency": Observable(efficiency, "1", arguments={"cycle": "1"}),
    "rate retention": Observable(retention, "1", arguments={"rate": "1"}),
    "recovery": Observable(rates.recovery, "1"),
    "plateau capacity": Observable(inventory.plateau_capacity, CAPACITY),
    "order of initial coulombic efficiency": Observable(
        least_step(capacity.initial_coulombic_efficiency), "1", runs=SEVERAL
    ),
    "order of reversible capacity": Observable(
        least_step(capacity.reversible_capacity), CAPACITY, runs=SEVERAL
    ),
}
