"""What an analysis has left out or assumed, and what makes its cells unlike."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.data.cell_results import Cell
from coreshell_model.data.cycle_results import DESODIATION, EFFICIENCY, SODIATION, current_name
from coreshell_model.data.record import FRESH, left_out

FRESH_POTENTIAL = 2.5
"""Volts at which a fresh cell rests, by the shipped protocols; a first sodiation begins ``FRESH`` below at
most."""

SAME_CURRENT, SAME_LIMIT = 0.1, 0.02
"""Share by which currents, and volts by which the ends of half-cycles, differ between different protocols."""

USUAL = 10.0, 1116.0
"""Capacities of carbons [mA.h.g-1] (assumed: up to NaC2)."""


def check_last(cells: Sequence[Cell], number: int | None, option: str) -> None:
    """Refuse a cycle that is whole in none of the cells."""
    whole = sorted({cycle for cell in cells for cycle in cell.whole_cycles})
    if number is None or number in whole:
        return
    there = f"whole are {whole[0]} to {whole[-1]}" if whole else "no cycle is whole"
    raise InputError(f"the {option} cycle is {number}, which no file holds whole; {there}")


def warnings_of(cells: Sequence[Cell], last: int | None, base: int | None) -> list[str]:
    """All warnings about an analysis, each with the name of its cell where it is of a single one."""
    of_cells = (f"{cell.name}: {text}" for cell in cells for text in _of_cell(cell, last, base))
    return list(dict.fromkeys((*of_cells, *_of_replicates(cells, last))))


def _of_cell(cell: Cell, last: int | None, base: int | None) -> Iterator[str]:
    for number, half in cell.curves:
        where = f"the {half.direction.value} of cycle {number} (half-cycle {half.number})"
        if half.unfinished:
            yield (
                f"{where} {half.unfinished}: not whole, left out of all numbers "
                f"({half.total:.4g} mAh/g so far)"
            )
        if half.assumed:
            yield f"{where} {half.assumed}"
    yield from _of_first(cell)
    yield from (text for text in cell.dataset.statements if text.startswith("check the mass"))
    for name in (SODIATION, DESODIATION):
        values = [value for results in cell.results if (value := results.numbers[name]) is not None]
        if values and not USUAL[0] <= np.median(values) <= USUAL[1]:
            yield (
                f"{name.partition(' [')[0].lower()} is {np.median(values):.4g} mAh/g, carbons have "
                f"{USUAL[0]:g} to {USUAL[1]:g}; check the mass"
            )
            break
    yield from _of_currents(cell, last, base)


def _of_first(cell: Cell) -> Iterator[str]:
    """Warnings about the cycle that the file begins with."""
    first = cell.results[0]
    if not cell.dataset.without_time and (missing := left_out(cell.dataset)):
        yield f"the file's counter leaves out cycle {missing}"
    if first.cycle.sodiation is None:
        yield (
            f"begins with a desodiation, so that cycle {first.cycle.number} has no sodiation and no "
            "efficiency"
        )
        return
    begin = float(first.cycle.sodiation.voltage[0])
    if cell.rules.half_cell and not cell.first_is_known and begin < FRESH_POTENTIAL - FRESH:
        yield (
            f"no cycle counter, and it begins at {begin:.3g} V, where a fresh cell is above "
            f"{FRESH_POTENTIAL - FRESH:g} V: taken as the cell's first cycle; --first-cycle says otherwise"
        )
    efficiency = first.numbers[EFFICIENCY]
    if first.cycle.number == 1 and efficiency is not None and efficiency > 1:
        yield (
            f"more came out of cycle 1 than went in ({efficiency:.4g}): is it the cell's first? "
            "--first-cycle says otherwise"
        )


def _of_currents(cell: Cell, last: int | None, base: int | None) -> Iterator[str]:
    """The warning that retention compares desodiations at different currents."""
    currents = [
        None if results is None else results.numbers[current_name(False)]
        for results in (cell.cycle(base), cell.cycle(last))
    ]
    if None in currents or last == base:
        return
    before, after = (float(current or 0.0) for current in currents)
    if abs(after - before) > SAME_CURRENT * before:
        yield (
            f"retention compares cycle {last} at {after:.4g} mA/g with cycle {base} at {before:.4g} mA/g: "
            "the current is in it too; --base-cycle chooses another"
        )


def _of_replicates(cells: Sequence[Cell], last: int | None) -> Iterator[str]:
    """Warnings about cells that were not treated alike."""
    for cell, other in combinations(cells, 2):
        if cell.dataset.table.equals(other.dataset.table):
            yield f"{cell.name} and {other.name} hold the same measurement, so they are no replicates"
    counts = [len(cell.whole_cycles) for cell in cells]
    if len(set(counts)) > 1:
        each = ", ".join(f"{cell.name} {count}" for cell, count in zip(cells, counts, strict=True))
        yield f"the cells hold different numbers of whole cycles: {each}; capacities are of cycle {last}"
    masses = {cell.dataset.mass for cell in cells}
    as_given = all(any("as given" in text for text in cell.dataset.statements) for cell in cells)
    if len(cells) > 1 and len(masses) == 1 and as_given:
        yield "the cells all have the same mass, as given; give --mass once for each file if they differ"
    for number in dict.fromkeys((1, last)):
        yield from _unlike(cells, number)


def _unlike(cells: Sequence[Cell], number: int | None) -> Iterator[str]:
    """Warnings about a cycle that had other currents or limits in some of the cells."""
    results = [(cell.name, cycle) for cell in cells if (cycle := cell.cycle(number)) is not None]
    for sodiates, word in ((True, "sodiation"), (False, "desodiation")):
        currents = {
            name: current
            for name, cycle in results
            if (current := cycle.numbers[current_name(sodiates)]) is not None
        }
        if currents and max(currents.values()) > (1 + SAME_CURRENT) * min(currents.values()):
            each = ", ".join(f"{name} {current:.4g}" for name, current in currents.items())
            yield f"the {word} of cycle {number} had different currents, in mA/g: {each}"
        halves = [
            (name, cycle.cycle.sodiation if sodiates else cycle.cycle.desodiation) for name, cycle in results
        ]
        ends = {name: half.last_voltage for name, half in halves if half is not None and not half.unfinished}
        if ends and max(ends.values()) - min(ends.values()) > SAME_LIMIT:
            each = ", ".join(f"{name} {end:.4g}" for name, end in ends.items())
            yield f"the {word} of cycle {number} ended at different voltages, in V: {each}"
        holds = {name: bool(half.held.any()) for name, half in halves if half is not None}
        if len(set(holds.values())) > 1:
            each = ", ".join(name for name, held in holds.items() if held)
            yield f"the {word} of cycle {number} has a hold in some cells only: {each}"
