"""What a cell loses while it rests with sodium in its carbon, at any state of sodiation."""

import math
from dataclasses import dataclass

import numpy as np

from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.steps import Kind
from coreshell_model.observe.capacity import desodiation_capacity, in_direction
from coreshell_model.run.solution import LOST_IN_CARBON, Array, Solution, StepTaken

LOST = ("Sodium in SEI [mA.h.g-1]", *LOST_IN_CARBON)
"""Places of sodium that does not come back."""

FOURTH = 4.0
"""The exponent is taken between a fourth of a rest and its end."""

NOTHING = 1e-6
"""Charge [mA.h.g-1] below which a rest lost nothing."""


@dataclass(frozen=True)
class Storage:
    """A rest of sodiated carbon.

    Attributes
    ----------
    cycle : cycle of the rest
    hours : length of the rest
    sodium : charge that went in before the rest, in its cycle [mA.h.g-1]
    start, end : voltage at the start and end of the rest [V]
    film : thickness of the SEI at the start of the rest [nm]
    time, lost : hours since the start, and charge lost for good until then [mA.h.g-1]
    regained : desodiation of the next cycle over that of the cycle before, where all three are whole
    """

    cycle: int
    hours: float
    sodium: float
    start: float
    end: float
    film: float
    time: Array
    lost: Array
    regained: float | None

    @property
    def exponent(self) -> float | None:
        """Exponent of the loss in time, towards the end of the rest; 0.5 for growth with the root of time."""
        early, late = np.interp([self.hours / FOURTH, self.hours], self.time, self.lost)
        return math.log(late / early) / math.log(FOURTH) if early > NOTHING else None


def rests(solution: Solution) -> list[Storage]:
    """Every rest that follows a sodiation and is the only one of its cycle (38)."""
    storages = []
    for cycle in solution.cycles:
        step = lone_rest(solution, cycle)
        if step is None:
            continue
        points = step.points
        time = (solution["Time [s]"][points] - solution["Time [s]"][points.start]) / 3600
        charge = solution["Specific capacity [mA.h.g-1]"]
        into = in_direction(solution, cycle, 1)
        lost = np.sum([solution[name][points] - solution[name][points.start] for name in LOST], axis=0)
        before, after = (desodiation_capacity(solution, cycle + shift) for shift in (-1, 1))
        storages.append(
            Storage(
                cycle=cycle,
                hours=float(time[-1]),
                sodium=float(
                    sum(
                        charge[sodiation.points.stop - 1] - charge[sodiation.points.start]
                        for sodiation in into
                    )
                ),
                start=float(solution["Voltage [V]"][points.start]),
                end=float(solution["Voltage [V]"][points.stop - 1]),
                film=1e9 * float(solution["SEI thickness [m]"][points.start]),
                time=time,
                lost=lost,
                regained=after / before if after is not None and before else None,
            )
        )
    return storages


def lost_in_storage(solution: Solution) -> float | None:
    """Charge lost for good during the last rest of sodiated carbon [mA.h.g-1]; None without such a rest."""
    all_rests = rests(solution)
    return float(all_rests[-1].lost[-1]) if all_rests else None


def lone_rest(solution: Solution, cycle: int) -> StepTaken | None:
    """The rest of a cycle that has a single rest, after a sodiation; None for other cycles."""
    steps = solution.cycle_steps(cycle)
    place = _place_of_rest([step.asked.kind for step in steps])
    return None if place is None else steps[place]


def stores(protocol: Protocol) -> bool:
    """Whether a cycle of a protocol has a single rest, after a sodiation."""
    return any(
        _place_of_rest([step.kind for step in steps]) is not None for steps in protocol.steps_by_cycle()
    )


def _place_of_rest(kinds: list[Kind]) -> int | None:
    """The place of the only rest among the steps of a cycle, if a sodiation comes right before it."""
    if kinds.count(Kind.REST) != 1:
        return None
    place = kinds.index(Kind.REST)
    return place if place > 0 and kinds[place - 1] in (Kind.SODIATE, Kind.HOLD) else None
