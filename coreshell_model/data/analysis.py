"""Replicate cells of one carbon analysed together: a common last cycle, means and spreads, warnings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.library import shown
from coreshell_model.data.analysis_warnings import check_last, warnings_of
from coreshell_model.data.cell_results import Cell, Valued, analysed_cell, cell_numbers, retention
from coreshell_model.data.cycle_results import RETENTION, Number
from coreshell_model.data.record import Dataset
from coreshell_model.observe.windows import PLATEAU_VOLTAGE

LATER = 2
"""The first cycle that retention can refer to: cycle 1 forms the film."""


@dataclass(frozen=True)
class Spread:
    """Mean, standard deviation (n - 1 in the denominator) and count of a number over the cells that have it.

    The mean is None over no cell, the standard deviation over fewer than two.
    """

    mean: Number
    sd: Number
    count: int


def spread(values: Iterable[Number]) -> Spread:
    """The spread of a number over cells; cells without it do not count."""
    known = np.array([value for value in values if value is not None], dtype=float)
    mean = float(known.mean()) if known.size else None
    return Spread(mean, float(known.std(ddof=1)) if known.size > 1 else None, len(known))


@dataclass(frozen=True)
class Analysis:
    """Replicate cells.

    Attributes
    ----------
    cells : in the order of their files
    last : number of the cycle that capacities, split and hysteresis are taken from; None where no cycle is
        whole in every cell
    base : number of the cycle that retention refers to; None where there is none
    plateau : voltage [V] below which charge counts as the plateau's
    """

    cells: tuple[Cell, ...]
    last: int | None
    base: int | None
    plateau: float

    @cached_property
    def by_cell(self) -> tuple[Valued, ...]:
        """The numbers of each cell, with the reason where there is none."""
        return tuple(cell_numbers(cell, self.last, self.base) for cell in self.cells)

    @cached_property
    def spreads(self) -> dict[str, Spread]:
        """Every number over the cells, by name."""
        return {name: spread(cell[name][0] for cell in self.by_cell) for name in self.by_cell[0]}

    @cached_property
    def cycle_numbers(self) -> tuple[int, ...]:
        """Numbers of all cycles that at least one cell has, in order."""
        return tuple(sorted({results.cycle.number for cell in self.cells for results in cell.results}))

    def of_cycle(self, cell: Cell, number: int) -> dict[str, Number]:
        """The numbers of a cell's cycle, its retention included; none where the cell has no such cycle."""
        results = cell.cycle(number)
        return {} if results is None else {**results.numbers, RETENTION: retention(cell, number, self.base)}

    @cached_property
    def spreads_by_cycle(self) -> dict[int, dict[str, Spread]]:
        """Every number of a cycle over the cells, by the cycle's number and by name."""
        return {number: self._spreads_of(number) for number in self.cycle_numbers}

    def _spreads_of(self, number: int) -> dict[str, Spread]:
        rows = [row for cell in self.cells if (row := self.of_cycle(cell, number))]
        return {name: spread(row[name] for row in rows) for name in rows[0]}

    @cached_property
    def warnings(self) -> list[str]:
        """What was left out or assumed, and what makes the cells unlike."""
        return warnings_of(self.cells, self.last, self.base)


def analyse(
    datasets: Sequence[Dataset],
    *,
    plateau: float = PLATEAU_VOLTAGE,
    last_cycle: int | None = None,
    base_cycle: int | None = None,
    first_cycle: int | None = None,
    last_is_whole: bool = False,
) -> Analysis:
    """Analyse measurements of one carbon, each of a cell.

    Parameters
    ----------
    datasets : one for each cell
    plateau : voltage [V] below which charge counts as the plateau's
    last_cycle : cycle that capacities, split, hysteresis and retention are taken from; else the last cycle
        that is whole in every cell
    base_cycle : cycle that retention refers to; else the first after cycle 1 that is whole in every cell
    first_cycle : number of the cycle that each file begins with; else by its counter, else 1
    last_is_whole : take the last half-cycle of each file as finished, wherever it ends

    Raises
    ------
    InputError
        No current flows in a file, its mass is not known, no cell has the cycle that was chosen, or a voltage
        that is not above 0.
    """
    if not datasets:
        raise InputError("no measurement to analyse; give at least one")
    if not plateau > 0:
        raise InputError(f"the voltage of the plateau is {plateau:g} V; give one above 0, as 0.1 V")
    for number, option in ((last_cycle, "last"), (base_cycle, "base"), (first_cycle, "first")):
        if number is not None and number < 1:
            raise InputError(f"the {option} cycle is {number}; cycles are counted from 1")
    names = cell_names(datasets)
    cells = tuple(
        analysed_cell(name, dataset, plateau, first_cycle, last_is_whole)
        for name, dataset in zip(names, datasets, strict=True)
    )
    for number, option in ((last_cycle, "last"), (base_cycle, "base")):
        check_last(cells, number, option)
    common = set.intersection(*(set(cell.whole_cycles) for cell in cells))
    last = max(common, default=None) if last_cycle is None else last_cycle
    base = min((number for number in common if number >= LATER), default=None)
    return Analysis(cells, last, base if base_cycle is None else base_cycle, plateau)


def cell_names(datasets: Sequence[Dataset]) -> list[str]:
    """A short name for each cell: its file's without suffix, or the whole path where two are alike."""
    stems = [dataset.source.name.split(".")[0] or dataset.source.name for dataset in datasets]
    if len(set(stems)) == len(stems):
        return stems
    return [shown(dataset.source) for dataset in datasets]
