"""GITT: the potential after each rest, and from each pulse an apparent diffusivity."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.capacity import CHARGE
from coreshell_model.observe.windows import VOLTAGE
from coreshell_model.physics.laws.transport import sphere_diffusivity
from coreshell_model.run.solution import Array, Solution, StepTaken

FEWEST_PULSES = 3
"""Consecutive pulses with rests that make a titration."""

LONGEST_FIT = 0.03
"""Longest time of a pulse that is fitted, over R^2/D; (35) is then right to 6 %."""

FITTED_FROM = 0.05
"""Share of that time after which the fit starts, behind double layer and charge transfer."""

FEWEST_POINTS = 5
"""Points in time that a fit needs."""

LEAST_WALLS = 0.03
"""Wall area of open pores over external area above which (35), which goes with the square of the area, has a
larger error than its own 6 %."""


@dataclass(frozen=True)
class Titration:
    """A titration, with a value for each pulse.

    Attributes
    ----------
    cycle : cycle of the pulse
    sodiating : True for pulses that put sodium in
    charge : charge since the start, that of the film included [mA.h.g-1]
    potential : at the end of the rest after the pulse [V]
    diffusivity : apparent diffusivity [m2.s-1]; NaN where no rest is before the pulse, where the potential
        did not move, or where the carbon fills through the walls of open pores
    """

    cycle: Array
    sodiating: Array
    charge: Array
    potential: Array
    diffusivity: Array


def titration(solution: Solution) -> Titration | None:
    """The titration of a run, by (34) and (35); None for a run without one."""
    pairs = _pulses(solution)
    if len(pairs) < FEWEST_PULSES:
        return None
    radius = solution.parameters["Core radius [m]"] + solution.parameters["Shell thickness [m]"]
    through_walls = fills_through_walls(solution)
    charge, voltage = solution[CHARGE], solution[VOLTAGE]
    rows = []
    for before, pulse, rest in pairs:
        end = rest.points.stop - 1
        rows.append(
            (
                pulse.cycle,
                pulse.asked.kind is Kind.SODIATE,
                charge[end],
                voltage[end],
                np.nan if through_walls else _diffusivity(solution, before, pulse, rest, radius),
            )
        )
    return Titration(*(np.array(column) for column in zip(*rows, strict=True)))


def fills_through_walls(solution: Solution) -> bool:
    """Whether the carbon fills through the walls of open pores, so that R is not its diffusion length."""
    parameters = solution.parameters
    walls = parameters.get("Open fraction", 0.0) * parameters.get("Pore wall area [m2.kg-1]", 0.0)
    return walls > LEAST_WALLS * parameters["External area [m2.kg-1]"]


def titration_warnings(solution: Solution) -> list[str]:
    """The warning that explains why a titration has no apparent diffusivity."""
    if len(_pulses(solution)) < FEWEST_PULSES or not fills_through_walls(solution):
        return []
    return [
        f"no apparent diffusivity: {solution.parameters['Open fraction']:.3g} of the particles are open and "
        "fill through the walls of their pores, while (35) is for a radius; potentials at rest stand"
    ]


def _pulses(solution: Solution) -> list[tuple[StepTaken | None, StepTaken, StepTaken]]:
    """Each pulse with the rest before it and the rest after it, of cycles with enough of them."""
    pulses = []
    for cycle in sorted({step.cycle for step in solution.steps}):
        steps = solution.cycle_steps(cycle)
        kinds = [step.asked.kind for step in steps]
        triples = [
            (steps[i - 1] if i and kinds[i - 1] is Kind.REST else None, steps[i], steps[i + 1])
            for i in range(len(steps) - 1)
            if kinds[i] in (Kind.SODIATE, Kind.DESODIATE) and kinds[i + 1] is Kind.REST
        ]
        pulses += triples if len(triples) >= FEWEST_PULSES else []
    return pulses


def _diffusivity(
    solution: Solution, before: StepTaken | None, pulse: StepTaken, rest: StepTaken, radius: float
) -> float:
    """(35), fitted to the beginning of the pulse, which is shortened until (35) holds for the result."""
    if before is None:
        return np.nan
    time, voltage = solution["Time [s]"][pulse.points], solution[VOLTAGE][pulse.points]
    since = time - time[0]
    shift = solution[VOLTAGE][rest.points][-1] - solution[VOLTAGE][before.points][-1]
    until = since[-1]
    while (fitted := (since >= FITTED_FROM * until) & (since <= until)).sum() >= FEWEST_POINTS:
        slope = np.polyfit(np.sqrt(since[fitted]), voltage[fitted], 2)[1]
        if slope * shift <= 0:  # a plateau, or a potential that went the other way
            return np.nan
        diffusivity = sphere_diffusivity(radius, shift, since[-1], slope)
        if diffusivity * until <= LONGEST_FIT * radius**2:
            return diffusivity
        until /= 2
    return np.nan
