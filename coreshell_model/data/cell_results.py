"""The numbers of a cell for a paper, taken from its cycles."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import shown
from coreshell_model.data.cycle_results import (
    DESODIATION,
    DESODIATION_KNEE,
    EFFICIENCY,
    ENERGY_EFFICIENCY,
    FULL_CELL_VOLTAGE,
    HYSTERESIS,
    HYSTERESIS_AT_EQUAL_CAPACITY,
    KNEE,
    RETENTION,
    SODIATION,
    CycleResults,
    Number,
    Rules,
    cycle_results,
    in_cycles,
    split_names,
)
from coreshell_model.data.half_cell import HALF_CELL
from coreshell_model.data.half_cycle_curve import HalfCycleCurve, half_cycle_curves
from coreshell_model.data.record import Dataset, counted_cycle, counted_cycles, numbered_half_cycles
from coreshell_model.observe.windows import FIRST_SODIATION_WINDOWS, PLATEAU_VOLTAGE

ICE = "Initial coulombic efficiency"
LOSS = "First-cycle loss [mA.h.g-1]"
REVERSIBLE = "Reversible capacity [mA.h.g-1]"
LATER_EFFICIENCY = "Mean coulombic efficiency after the first cycle"
AT_LOW_VOLTAGE = f"Capacity below {PLATEAU_VOLTAGE:g} V [mA.h.g-1]"

OF_FIRST_CYCLE = {
    ICE: EFFICIENCY,
    "First sodiation capacity [mA.h.g-1]": SODIATION,
    "First desodiation capacity [mA.h.g-1]": DESODIATION,
}
"""Numbers of a cell that are numbers of cycle 1, by the name there."""

OF_LAST_CYCLE = {
    "Hysteresis in the last cycle [V]": HYSTERESIS,
    "Hysteresis at equal capacity in the last cycle [V]": HYSTERESIS_AT_EQUAL_CAPACITY,
    "Energy efficiency in the last cycle": ENERGY_EFFICIENCY,
}
"""The same of the last cycle."""


FIRST, LAST_SODIATION, LAST_DESODIATION = "first sodiation", "last sodiation", "last desodiation"


def scopes(plateau: float) -> dict[str, str]:
    """Of which half-cycle or cycle each number of a cell is, for a plateau below a voltage [V]."""
    return {
        ICE: "fraction: first desodiation / first sodiation",
        "First sodiation capacity [mA.h.g-1]": FIRST,
        "First desodiation capacity [mA.h.g-1]": "first desodiation",
        LOSS: "first sodiation less first desodiation",
        **dict.fromkeys(FIRST_SODIATION_WINDOWS, FIRST),
        REVERSIBLE: LAST_DESODIATION,
        **dict.fromkeys(split_names(plateau, True).names, LAST_SODIATION),
        **dict.fromkeys(split_names(plateau, False).names, LAST_DESODIATION),
        KNEE: LAST_SODIATION,
        DESODIATION_KNEE: LAST_DESODIATION,
        AT_LOW_VOLTAGE: LAST_DESODIATION,
        "Hysteresis in the last cycle [V]": "mean of the last desodiation less that of the last sodiation",
        "Hysteresis at equal capacity in the last cycle [V]": "the same where both hold as much sodium",
        "Energy efficiency in the last cycle": "fraction: energy given / energy taken",
        LATER_EFFICIENCY: "fraction: mean of cycle 2 to the last",
        RETENTION: "fraction: last desodiation / desodiation of the base",
    }


@dataclass(frozen=True)
class Cell:
    """A cell and what each of its cycles gives.

    Attributes
    ----------
    name : short, different for each cell
    dataset : the measurement
    results : of its cycles, in order
    first_is_known : whether file or user say which cycle of the cell the file begins with
    rules : of the split and of the energy efficiency
    """

    name: str
    dataset: Dataset
    results: tuple[CycleResults, ...]
    first_is_known: bool
    rules: Rules

    def cycle(self, number: int | None) -> CycleResults | None:
        """The results of a cycle by its number; None where the cell has no such cycle."""
        return next((results for results in self.results if results.cycle.number == number), None)

    @property
    def whole_cycles(self) -> tuple[int, ...]:
        """Numbers of the cycles with both half-cycles, finished."""
        return tuple(results.cycle.number for results in self.results if results.cycle.is_whole)

    @property
    def curves(self) -> tuple[tuple[int, HalfCycleCurve], ...]:
        """Every half-cycle with the number of its cycle, unfinished ones too."""
        return tuple(
            (results.cycle.number, half) for results in self.results for half in results.cycle.halves
        )


def analysed_cell(
    name: str,
    dataset: Dataset,
    plateau: float,
    first_cycle: int | None = None,
    last_is_whole: bool = False,
) -> Cell:
    """A measurement as a cell with the results of its cycles.

    Parameters
    ----------
    name : of the cell
    dataset : the measurement
    plateau : voltage [V] below which charge counts as the plateau's
    first_cycle : number of the cycle that the file begins with; else by the file's counter, else 1
    last_is_whole : take the last half-cycle as finished, wherever it ends

    Raises
    ------
    InputError
        No current flows, or the mass of active carbon is not known.
    """
    curves = half_cycle_curves(dataset, last_is_whole) if dataset.flows else ()
    if not curves:
        raise InputError(
            f"{shown(dataset.source)}: no current flows, so there is no half-cycle to analyse; give a file "
            "with charge and discharge"
        )
    counted = counted_cycle(dataset)
    numbers = counted_cycles(dataset) if first_cycle is None else []
    stated = bool(dataset.without_time) and bool(numbers)
    of_curves = [cycle for _, cycle in numbered_half_cycles(dataset)] if stated else None
    cycles = in_cycles(curves, numbers, first_cycle or counted or 1, of_curves)
    rules = Rules(plateau, dataset.cell == HALF_CELL)
    results = tuple(cycle_results(cycle, rules) for cycle in cycles)
    return Cell(name, dataset, results, first_cycle is not None or counted is not None, rules)


def retention(cell: Cell, number: int, base: int | None) -> Number:
    """Desodiation of a cycle over that of the base; None where one of the two is not known."""
    capacities = [
        None if results is None else results.numbers[DESODIATION]
        for results in (cell.cycle(number), cell.cycle(base))
    ]
    capacity, reference = capacities
    return None if capacity is None or not reference else capacity / reference


Valued = dict[str, tuple[Number, str]]
"""Numbers by name, each with the reason why there is none, which is "" where there is."""


def cell_numbers(cell: Cell, last: int | None, base: int | None) -> Valued:
    """The numbers of a cell: of its first cycle, of a cycle ``last``, and up to this.

    Parameters
    ----------
    cell : with the results of its cycles
    last : number of the cycle that capacities, split, hysteresis and energy efficiency are taken from
    base : number of the cycle that retention refers to
    """
    later = [
        efficiency
        for results in cell.results
        if 1 < results.cycle.number <= (last or 0) and (efficiency := results.numbers[EFFICIENCY]) is not None
    ]
    mean = float(np.mean(later)) if later else None
    return {
        **_of_first_cycle(cell),
        **_of_last_cycle(cell, last),
        LATER_EFFICIENCY: (mean, "" if later else "no whole cycle after the first"),
        RETENTION: _retention_of_last(cell, last, base),
    }


def _of_first_cycle(cell: Cell) -> Valued:
    """Efficiency, capacities, loss and windows of cycle 1."""
    first = cell.cycle(1)
    if first is None:
        why = (
            f"the file begins with cycle {cell.results[0].cycle.number} of the cell, by its counter or as "
            "said; --first-cycle says otherwise"
        )
        return dict.fromkeys((*OF_FIRST_CYCLE, LOSS, *FIRST_SODIATION_WINDOWS), (None, why))
    into, out = first.numbers[SODIATION], first.numbers[DESODIATION]
    loss = None if into is None or out is None else into - out
    values: Valued = {name: first.value(of_cycle) for name, of_cycle in OF_FIRST_CYCLE.items()}
    values[LOSS] = loss, first.reasons.get(EFFICIENCY, "")
    for name, window in FIRST_SODIATION_WINDOWS.items():
        if into is None or first.cycle.sodiation is None:
            values[name] = None, first.reasons[SODIATION]
        elif not cell.rules.half_cell:
            values[name] = None, FULL_CELL_VOLTAGE
        else:
            values[name] = first.cycle.sodiation.between(*window), ""
    return values


def _of_last_cycle(cell: Cell, last: int | None) -> Valued:
    """Capacity, split, hysteresis and energy efficiency of the cycle ``last``."""
    names = {REVERSIBLE: DESODIATION}
    for sodiates, at_knee in ((True, KNEE), (False, DESODIATION_KNEE)):
        split = split_names(cell.rules.plateau, sodiates)
        here = split.plateau, split.slope, at_knee, split.plateau_below_knee, split.slope_above_knee
        names |= {name: name for name in here}
    names |= OF_LAST_CYCLE
    results = cell.cycle(last)
    if results is None:
        why = "no cycle is whole" if last is None else f"the file has no cycle {last}"
        return dict.fromkeys((*names, AT_LOW_VOLTAGE), (None, why))
    values = {name: results.value(of_cycle) for name, of_cycle in names.items()}
    desodiation = results.cycle.desodiation
    values[AT_LOW_VOLTAGE] = results.value(split_names(cell.rules.plateau, False).plateau)
    if desodiation is not None and values[AT_LOW_VOLTAGE][0] is not None:
        values[AT_LOW_VOLTAGE] = desodiation.below(PLATEAU_VOLTAGE), ""
    return values


def _retention_of_last(cell: Cell, last: int | None, base: int | None) -> tuple[Number, str]:
    if last is None or base is None or base >= last:
        return None, "no whole cycle after the one that it would refer to"
    value = retention(cell, last, base)
    return value, "" if value is not None else f"desodiation of cycle {base} or {last} is missing"
