"""Self-discharge: what a rest between sodiation and desodiation costs."""

from dataclasses import dataclass

from coreshell_model.observables.capacity import desodiation_capacity
from coreshell_model.solution import Solution, Step
from coreshell_model.steps import Kind, kind


@dataclass(frozen=True)
class SelfDischarge:
    """One rest of a sodiated carbon: length [h], potential at its end [V], capacities over that before it."""

    hours: float
    potential: float
    kept: float | None
    regained: float | None


def self_discharge(solution: Solution) -> SelfDischarge | None:
    """The rest of the first cycle that rests once, sodiated, with a whole cycle before it (38)."""
    for cycle in solution.cycles[1:]:
        step = _rest(solution, cycle)
        if step is None:
            continue
        time = solution["Time [s]"][step.points]
        before, here, after = (desodiation_capacity(solution, cycle + shift) for shift in (-1, 0, 1))
        return SelfDischarge(
            hours=float(time[-1] - time[0]) / 3600,
            potential=float(solution["Voltage [V]"][step.points][-1]),
            kept=here / before if here is not None and before else None,
            regained=after / before if after is not None and before else None,
        )
    return None


def _rest(solution: Solution, cycle: int) -> Step | None:
    """The one rest of a cycle, where a desodiation follows it."""
    steps = solution.cycle_steps(cycle)
    kinds = [kind(step.text) for step in steps]
    if kinds.count(Kind.REST) != 1:
        return None
    place = kinds.index(Kind.REST)
    desodiates = place and place + 1 < len(kinds) and kinds[place + 1] is Kind.DESODIATE
    return steps[place] if desodiates else None
