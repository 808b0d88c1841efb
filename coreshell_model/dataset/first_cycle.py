"""Which cycle of a cell a file begins with: by what its user says, its own counter, or how it begins."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from coreshell_model.dataset.columns import CYCLE
from coreshell_model.dataset.half_cycles import Kind
from coreshell_model.dataset.record import Dataset
from coreshell_model.errors import InputError

FRESH = 0.5
"""Volts below a fresh cell's potential at which a first sodiation may begin: cells relax before it."""

NEARER = 0.1
"""Volts by which the upper cut-off and a fresh cell's potential have to differ to be told apart."""

ZERO_BASED = ("Ewe", "EC-Lab")
"""Words in what was read that tell of EC-Lab, whose counter begins with 0; others begin with 1."""

ASK = "say which cycle of the cell it is, as first_cycle = 1, counted from 1"


def counted_cycle(dataset: Dataset) -> int | None:
    """The first cycle by the file's own counter, from 1; None where it has no counter."""
    if CYCLE not in dataset.table or not dataset.flows:
        return None
    count = dataset.table[CYCLE].to_numpy(float)[np.flatnonzero(dataset.current)]
    if not np.isfinite(count[0]) or count[0] < 0:
        return None
    said = (dataset.format, *dataset.statements)
    from_zero = count[0] == 0 or any(word in text for word in ZERO_BASED for text in said)
    return int(count[0]) + (1 if from_zero else 0)


def first_cycle(dataset: Dataset, stated: int | None, fresh: float, upper: float) -> int:
    """The cycle of the cell that a file begins with, from 1.

    Parameters
    ----------
    dataset : the measurement
    stated : what its user says; None where nothing is said
    fresh, upper : potential of the fresh cell and upper cut-off of the protocol that it is laid against [V]

    Raises
    ------
    InputError
        Neither the user nor the file tells, and the file does not begin as a fresh cell does; or its counter
        leaves cycles out.
    """
    if stated is not None:
        return stated
    counted = counted_cycle(dataset)
    if counted is not None:
        if missing := left_out(dataset):
            raise InputError(
                f"its own counter leaves out cycle {missing}, so what follows belongs to no place in the "
                "protocol; give the cycles before and after as curves of their own"
            )
        return counted
    halves = dataset.half_cycles()
    if not halves:
        return 1
    if halves[0].direction is Kind.DESODIATION:
        raise InputError(f"it has no cycle counter and begins with a desodiation; {ASK}")
    begin = float(dataset.voltage[halves[0].points.start])
    if begin < fresh - FRESH or (fresh - upper > NEARER and abs(begin - upper) < NEARER / 2):
        raise InputError(
            f"it has no cycle counter and begins at {begin:.3g} V, where a fresh cell is at {fresh:.3g} V; "
            f"{ASK}"
        )
    return 1


def counted_cycles(dataset: Dataset) -> list[int]:
    """The cycles that a file holds by its own counter, from 1; none where it has no counter."""
    first = counted_cycle(dataset)
    if first is None:
        return []
    count = dataset.table[CYCLE].to_numpy(float)[np.flatnonzero(dataset.current)]
    return [first + int(each - count[0]) for each in np.unique(count[np.isfinite(count)])]


def left_out(dataset: Dataset) -> str:
    """Which cycles the counter leaves out, in words; nothing where there are none."""
    held = counted_cycles(dataset)
    gaps = [(one + 1, other - 1) for one, other in pairwise(held) if other > one + 1]
    return " and ".join(f"{one} to {other}" if other > one else f"{one}" for one, other in gaps)


def cycles_held(dataset: Dataset) -> Mapping[str, int] | None:
    """First and last cycle by the file's own counter, from 1; None where it has none."""
    first = counted_cycle(dataset)
    if first is None:
        return None
    count = dataset.table[CYCLE].to_numpy(float)[np.flatnonzero(dataset.current)]
    return {"First": first, "Last": first + int(np.nanmax(count) - count[0])}
