"""Charge in and out by cycle [mA.h.g-1 of active carbon], and efficiencies (fractions)."""

import numpy as np

from coreshell_model.solution import Solution, Step

CHARGE = "Specific capacity [mA.h.g-1]"


def charges(solution: Solution, cycle: int) -> tuple[float, float]:
    """Charge that went in and that came out during a cycle, each counted positive."""
    passed = [np.diff(solution[CHARGE][step.points]) for step in solution.cycle_steps(cycle)]
    parts = np.concatenate(passed) if passed else np.zeros(0)
    return float(parts[parts > 0].sum()), float(np.abs(parts[parts < 0]).sum())


def in_direction(solution: Solution, cycle: int, sign: int) -> list[Step]:
    """The steps of a cycle that moved charge in (sign 1) or out (sign -1), on balance."""
    charge = solution[CHARGE]
    return [
        step
        for step in solution.cycle_steps(cycle)
        if sign * (charge[step.points.stop - 1] - charge[step.points.start]) > 0
    ]


def sodiation_capacity(solution: Solution, cycle: int) -> float | None:
    """Charge that a cycle put in, holds included."""
    return charges(solution, cycle)[0] if cycle in solution.cycles else None


def desodiation_capacity(solution: Solution, cycle: int) -> float | None:
    """Charge that a cycle took out."""
    return charges(solution, cycle)[1] if cycle in solution.cycles else None


def capacity_by_cycle(solution: Solution) -> list[float]:
    """The charge that each whole cycle took out."""
    return [charges(solution, cycle)[1] for cycle in solution.cycles]


def coulombic_efficiency(solution: Solution, cycle: int) -> float | None:
    """Desodiation over sodiation of one cycle (19); None where nothing went in, or no step took any out."""
    sodiated, desodiated = sodiation_capacity(solution, cycle), desodiation_capacity(solution, cycle)
    if sodiated is None or desodiated is None or sodiated <= 0 or not in_direction(solution, cycle, -1):
        return None
    return desodiated / sodiated


def coulombic_efficiencies(solution: Solution) -> list[float | None]:
    """The efficiencies of all whole cycles, the first included."""
    return [coulombic_efficiency(solution, cycle) for cycle in solution.cycles]


def initial_coulombic_efficiency(solution: Solution) -> float | None:
    """First desodiation over first sodiation (19)."""
    return coulombic_efficiency(solution, 1)


def first_cycle_loss(solution: Solution) -> float | None:
    """First sodiation less first desodiation (19)."""
    if 1 not in solution.cycles:
        return None
    sodiated, desodiated = charges(solution, 1)
    return sodiated - desodiated


def reversible_capacity(solution: Solution) -> float | None:
    """Desodiation of the last cycle; only of a run that was completed."""
    return desodiation_capacity(solution, solution.cycles[-1]) if solution.completed else None
