"""Retention by rate, and what a rest at open circuit loses."""

from dataclasses import dataclass
from itertools import groupby

from coreshell_model.inputs.protocol import Protocol
from coreshell_model.inputs.steps import Kind, Step, rate_label
from coreshell_model.observe.capacity import desodiation_capacity, in_direction
from coreshell_model.observe.storage import lone_rest
from coreshell_model.run.solution import Ending, Solution


@dataclass(frozen=True)
class Block:
    """Consecutive cycles whose desodiation has the same rate."""

    label: str
    cycles: tuple[int, ...]


def rate_blocks(protocol: Protocol) -> list[Block]:
    """The cycles of a protocol by the rate of their desodiation; cycles without one are left out."""
    labelled = [(_rate(steps), cycle) for cycle, steps in enumerate(protocol.steps_by_cycle(), start=1)]
    return [
        Block(label, tuple(cycle for _, cycle in group))
        for label, group in groupby(labelled, key=lambda pair: pair[0])
        if label
    ]


def _rate(steps: tuple[Step, ...]) -> str | None:
    rates = [step.rate for step in steps if step.kind is Kind.DESODIATE]
    return rate_label(rates[-1]) if rates and rates[-1] else None


def capacity_at(label: str) -> str:
    """The name of the capacity at a rate such as "1C"."""
    return f"Capacity at {label} [mA.h.g-1]"


@dataclass(frozen=True)
class AtRate:
    """What a block of cycles of one rate delivered.

    Attributes
    ----------
    label : the rate, as "C/5"
    cycle : the last cycle of the block
    capacity : its desodiation [mA.h.g-1]; None where it was not simulated
    retention : that over the last desodiation of the first block (33)
    """

    label: str
    cycle: int
    capacity: float | None
    retention: float | None


def at_rates(solution: Solution) -> tuple[AtRate, ...]:
    """Every block of the protocol in order, a return to the first rate among them; none of a single rate."""
    blocks = rate_blocks(solution.protocol)
    if len({block.label for block in blocks}) < 2:
        return ()
    return tuple(
        AtRate(
            block.label,
            block.cycles[-1],
            desodiation_capacity(solution, block.cycles[-1]),
            _ratio(solution, block, blocks[0]),
        )
        for block in blocks
    )


def capacities_at_rates(solution: Solution) -> dict[str, float | None]:
    """The last desodiation at each rate by its name; empty if all rates are the same."""
    return {capacity_at(block.label): block.capacity for block in at_rates(solution)}


def rate_retention(solution: Solution) -> dict[str, float | None]:
    """Last desodiation at each rate over that of the first block (33); empty if all rates are the same."""
    blocks = at_rates(solution)
    return {block.label: block.retention for block in blocks if block.label != blocks[0].label}


def returns_to_first_rate(protocol: Protocol) -> bool:
    """Whether the last block has the rate of the first, after blocks of other rates."""
    blocks = rate_blocks(protocol)
    return len(blocks) > 2 and blocks[-1].label == blocks[0].label


def recovery(solution: Solution) -> float | None:
    """Last desodiation over the last of the first block, if the protocol returns to that rate (33)."""
    blocks = rate_blocks(solution.protocol)
    return _ratio(solution, blocks[-1], blocks[0]) if returns_to_first_rate(solution.protocol) else None


def _ratio(solution: Solution, block: Block, first: Block) -> float | None:
    capacity, reference = (desodiation_capacity(solution, b.cycles[-1]) for b in (block, first))
    return None if capacity is None or not reference else capacity / reference


@dataclass(frozen=True)
class SelfDischarge:
    """A rest of sodiated carbon: length [h], potential at its end [V], capacities over that before it."""

    hours: float
    potential: float
    kept: float | None
    regained: float | None


def _filled_in_part(solution: Solution, cycle: int) -> bool:
    """Whether a limit in capacity ended a sodiation of the cycle."""
    return any(step.ending is Ending.CAPACITY for step in in_direction(solution, cycle, 1))


def self_discharge(solution: Solution) -> SelfDischarge | None:
    """The rest of the first cycle with a single rest, fully sodiated, and a whole cycle before it (38)."""
    for cycle in solution.cycles[1:]:
        step = lone_rest(solution, cycle)
        if step is None or not in_direction(solution, cycle, -1) or _filled_in_part(solution, cycle):
            continue
        time = solution["Time [s]"][step.points]
        before, resting, after = (desodiation_capacity(solution, cycle + shift) for shift in (-1, 0, 1))
        return SelfDischarge(
            hours=float(time[-1] - time[0]) / 3600,
            potential=float(solution["Voltage [V]"][step.points][-1]),
            kept=resting / before if resting is not None and before else None,
            regained=after / before if after is not None and before else None,
        )
    return None
