"""Charge by half-cycle and what follows from it, per gram of active carbon and per volume of particles."""

import math

import numpy as np

from coreshell_model.run.solution import Ending, Solution, StepTaken

CHARGE = "Specific capacity [mA.h.g-1]"


OF_THE_CYCLE = "Capacity of the cycle [mA.h.g-1]"


def capacity_of_the_cycle(solution: Solution) -> np.ndarray:
    """Charge since the start of the cycle that a point belongs to, as voltage curves are drawn over it."""
    charge = solution[CHARGE]
    starts = np.zeros(len(charge))
    for cycle in {step.cycle for step in solution.steps}:
        steps = solution.cycle_steps(cycle)
        if steps:
            points = slice(steps[0].points.start, steps[-1].points.stop)
            starts[points] = charge[steps[0].points.start]
    return charge - starts


def charges(solution: Solution, cycle: int) -> tuple[float, float]:
    """Charge that went in and that came out during a cycle, each counted positive."""
    passed = [np.diff(solution[CHARGE][step.points]) for step in solution.cycle_steps(cycle)]
    parts = np.concatenate(passed) if passed else np.zeros(0)
    return float(parts[parts > 0].sum()), float(np.abs(parts[parts < 0]).sum())


def in_direction(solution: Solution, cycle: int, sign: int) -> list[StepTaken]:
    """The steps of a cycle that moved charge in (sign 1) or out (sign -1), on balance."""
    charge = solution[CHARGE]
    return [
        step
        for step in solution.cycle_steps(cycle)
        if sign * (charge[step.points.stop - 1] - charge[step.points.start]) > 0
    ]


def sodiation_capacity(solution: Solution, cycle: int) -> float | None:
    """Charge that a cycle put in, holds included; of an unfinished cycle, that so far."""
    return charges(solution, cycle)[0] if cycle in (*solution.cycles, *unfinished(solution)) else None


def desodiation_capacity(solution: Solution, cycle: int) -> float | None:
    """Charge that a cycle took out; of an unfinished cycle, that so far, or None if there is none yet."""
    if cycle in unfinished(solution):
        return charges(solution, cycle)[1] or None
    return charges(solution, cycle)[1] if cycle in solution.cycles else None


def unfinished(solution: Solution) -> tuple[int, ...]:
    """The cycle in which a run ended early, if some of that cycle was simulated."""
    if solution.completed or not solution.steps:
        return ()
    last = solution.steps[-1].cycle
    begun = last not in solution.cycles or solution.steps[-1].ending is solution.ending
    return (last,) if begun and solution.cycle_steps(last) else ()


def unfinished_warning(solution: Solution) -> list[str]:
    """The warning that the results of an unfinished cycle are those of a part of it."""
    return [
        f"cycle {cycle} was not simulated to its end: its capacities are of what there is"
        for cycle in unfinished(solution)
    ]


def cut_short_warning(solution: Solution) -> list[str]:
    """The warning where another limit ended a step before the capacity that its protocol states."""
    short = [
        step
        for step in solution.steps
        if step.asked.capacity is not None and step.ending in (Ending.VOLTAGE, Ending.CURRENT)
    ]
    if not short:
        return []
    step, charge = short[0], solution[CHARGE]
    passed = abs(charge[step.points.stop - 1] - charge[step.points.start])
    further = f" (and {len(short) - 1} more such steps)" if len(short) > 1 else ""
    return [
        f"cycle {step.cycle}, step {step.number} asked for {step.asked.capacity:.4g} mAh/g; "
        f"{_limit(step, solution)} came at {passed:.4g} mAh/g{further}"
    ]


def _limit(step: StepTaken, solution: Solution) -> str:
    """The limit that ended a step, by the name that a protocol has for it."""
    window, until = solution.protocol.window, step.asked.until_voltage
    if step.ending is Ending.CURRENT or until is None:
        return "its current limit"
    if not step.asked.against_reference:
        for name, cut_off in (("lower", window.lower.si), ("upper", window.upper.si)):
            if math.isclose(until, cut_off, abs_tol=1e-9):
                return f"the {name} cut-off"
    return f"its limit of {until:.4g} V"


def capacity_by_cycle(solution: Solution) -> list[float]:
    """The charge that each whole cycle took out."""
    return [charges(solution, cycle)[1] for cycle in solution.cycles]


def coulombic_efficiency(solution: Solution, cycle: int) -> float | None:
    """Desodiation over sodiation of a whole cycle (19); None without sodiation or a desodiating step."""
    sodiated, desodiated = sodiation_capacity(solution, cycle), desodiation_capacity(solution, cycle)
    whole = cycle in solution.cycles and cycle not in unfinished(solution)
    if (
        not whole
        or sodiated is None
        or desodiated is None
        or sodiated <= 0
        or not in_direction(solution, cycle, -1)
    ):
        return None
    return desodiated / sodiated


def coulombic_efficiencies(solution: Solution) -> list[float | None]:
    """The efficiencies of all cycles, the first included; None for those that have none."""
    return [coulombic_efficiency(solution, cycle) for cycle in solution.cycles]


def initial_coulombic_efficiency(solution: Solution) -> float | None:
    """First desodiation over first sodiation (19)."""
    return coulombic_efficiency(solution, 1)


def first_cycle_loss(solution: Solution) -> float | None:
    """First sodiation minus first desodiation (19)."""
    if 1 not in solution.cycles or 1 in unfinished(solution):
        return None
    sodiated, desodiated = charges(solution, 1)
    return sodiated - desodiated


def reversible_capacity(solution: Solution) -> float | None:
    """Desodiation of the last cycle of a completed run."""
    return desodiation_capacity(solution, solution.cycles[-1]) if solution.completed else None


def volumetric_capacity(solution: Solution) -> float | None:
    """Reversible capacity per volume of particle, its pores included [mA.h.cm-3] (40).

    Space between particles, carbon black and binder do not count.
    """
    return _reversible_times(solution, solution.parameters["Particle density [kg.m-3]"] * 1e-3)


def areal_capacity(solution: Solution) -> float | None:
    """Reversible capacity per area of electrode [mA.h.cm-2] (41), at the loading of the cell."""
    return _reversible_times(solution, solution.parameters["Active loading [kg.m-2]"] * 0.1)


def coating_capacity(solution: Solution) -> float | None:
    """Reversible capacity per volume of coating, additives and pores included [mA.h.cm-3] (42).

    None for a material without an electrode section.
    """
    thickness = solution.parameters.get("Electrode thickness [m]")
    if thickness is None:
        return None
    return _reversible_times(solution, solution.parameters["Active loading [kg.m-2]"] / thickness * 1e-3)


def _reversible_times(solution: Solution, grams: float) -> float | None:
    capacity = reversible_capacity(solution)
    return None if capacity is None else capacity * grams
