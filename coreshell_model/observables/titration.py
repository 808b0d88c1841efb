"""GITT: the potential after each rest, and from each pulse an apparent diffusivity."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.laws.titration import sphere_diffusivity
from coreshell_model.observables.capacity import CHARGE
from coreshell_model.observables.windows import VOLTAGE
from coreshell_model.solution import Array, Solution, Step
from coreshell_model.steps import Kind, kind

FEWEST_PULSES = 3
"""Pulses in a row, each with its rest, that make a titration."""

LONGEST_FIT = 0.03
"""Of R^2/D: the time from the start of a pulse that is fitted at most; (35) is then right to 6 %."""

FITTED_FROM = 0.05
"""Of that time: where the fit starts, after double layer and charge transfer."""

FEWEST_POINTS = 5
"""Points in time that a fit needs."""


@dataclass(frozen=True)
class Titration:
    """A value a pulse: which way, sodium in the carbon since the start, potential at rest, diffusivity.

    ``sodiating`` is True for pulses that put sodium in; ``charge`` [mA.h.g-1] has what the film took in it;
    ``diffusivity`` [m2.s-1] is apparent, NaN where no rest is before a pulse or the potential stood still.
    """

    cycle: Array
    sodiating: Array
    charge: Array
    potential: Array
    diffusivity: Array


def titration(solution: Solution) -> Titration | None:
    """Pulse by pulse, what rests and pulses tell (34), (35); None for a run without a titration."""
    pairs = _pulses(solution)
    if len(pairs) < FEWEST_PULSES:
        return None
    radius = solution.parameters["Core radius [m]"] + solution.parameters["Shell thickness [m]"]
    charge, voltage = solution[CHARGE], solution[VOLTAGE]
    rows = []
    for before, pulse, rest in pairs:
        end = rest.points.stop - 1
        rows.append(
            (
                pulse.cycle,
                kind(pulse.text) is Kind.SODIATE,
                charge[end],
                voltage[end],
                _diffusivity(solution, before, pulse, rest, radius),
            )
        )
    return Titration(*(np.array(column) for column in zip(*rows, strict=True)))


def _pulses(solution: Solution) -> list[tuple[Step | None, Step, Step]]:
    """Each pulse with the rest before it and the rest after it, of cycles with enough of them."""
    found = []
    for cycle in sorted({step.cycle for step in solution.steps}):
        steps = solution.cycle_steps(cycle)
        kinds = [kind(step.text) for step in steps]
        triples = [
            (steps[i - 1] if i and kinds[i - 1] is Kind.REST else None, steps[i], steps[i + 1])
            for i in range(len(steps) - 1)
            if kinds[i] in (Kind.SODIATE, Kind.DESODIATE) and kinds[i + 1] is Kind.REST
        ]
        found += triples if len(triples) >= FEWEST_PULSES else []
    return found


def _diffusivity(solution: Solution, before: Step | None, pulse: Step, rest: Step, radius: float) -> float:
    """(35), from so early a part of the pulse that it holds for the diffusivity that it gives."""
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
        found = sphere_diffusivity(radius, shift, since[-1], slope)
        if found * until <= LONGEST_FIT * radius**2:
            return found
        until /= 2
    return np.nan
