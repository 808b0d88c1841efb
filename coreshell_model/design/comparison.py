"""Quantities by which designs are compared: numbers of a run, named as in ``coreshell run --json``."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from coreshell_model.base.errors import InputError, did_you_mean
from coreshell_model.base.quantity import brief
from coreshell_model.inputs.protocol import Protocol
from coreshell_model.observe.capacity import coulombic_efficiency, desodiation_capacity
from coreshell_model.observe.quantities import SHORT, numbers, usual
from coreshell_model.observe.rates import capacity_at, rate_blocks, recovery, returns_to_first_rate
from coreshell_model.run.solution import Solution

Quantity = Callable[[Solution], float | None]


def quantities(protocol: Protocol) -> dict[str, Quantity]:
    """Every quantity by which designs in this protocol can be compared: by name, a function of the run.

    Capacities are per gram of active carbon (core + shell). The capacity at a rate is that of the last
    desodiation at this rate.
    """
    named: dict[str, Quantity] = dict(numbers())
    named |= {
        capacity_at(block.label): partial(desodiation_capacity, cycle=block.cycles[-1])
        for block in rate_blocks(protocol)
    }
    if returns_to_first_rate(protocol):
        named["Recovery"] = recovery
    cycles = range(1, len(protocol.steps_by_cycle()) + 1)
    named |= {f"Coulombic efficiency {cycle}": partial(coulombic_efficiency, cycle=cycle) for cycle in cycles}
    return named


def chosen(protocol: Protocol, names: Iterable[str] | None = None) -> Mapping[str, Quantity]:
    """The quantities of these names; if None, the usual ones and the capacities at all rates but the first.

    Raises
    ------
    InputError
        A quantity that this protocol does not give, or no names.
    """
    by_name, common = quantities(protocol), usual(protocol)
    if names is None:
        labels = [block.label for block in rate_blocks(protocol)[1:]]
        names = (*common, *(capacity_at(label) for label in labels))
    selected = {}
    for name in names:
        if name not in by_name:
            guess = (
                did_you_mean(str(name), by_name, cutoff=0.4)
                or did_you_mean(str(name), SHORT, cutoff=0.4)
                or f"such are {', '.join(map(repr, common))}"
            )
            raise InputError(f"{brief(name)} is no observable of protocol {protocol.name}; {guess}".strip())
        selected[name] = by_name[name]
    if not selected:
        raise InputError(f"no observable is asked for; name one, such as {common[0]!r}")
    return selected
