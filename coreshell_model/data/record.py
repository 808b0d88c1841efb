"""A measurement as one table, and the cycle of the cell that it begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from coreshell_model.base.errors import InputError
from coreshell_model.data.columns import CURRENT, CYCLE, STEP, TIME, VOLTAGE
from coreshell_model.data.half_cell import FULL_CELL, HALF_CELL
from coreshell_model.data.half_cycles import HalfCycle, Kind, Piece, charges, edges, half_cycles, pieces
from coreshell_model.data.sweeps import SweptSpectrum
from coreshell_model.inputs.full_cell import FULL, HALF, USUAL_PROTOCOL

CONSTANT_CURRENT, AT_EQUILIBRIUM = "constant current", "open circuit"
"""Tables without time: at a stated constant current, which times them, or of equilibrium potentials."""


@dataclass(frozen=True)
class Dataset:
    """A measurement under the column names of the Battery Data Format.

    The current has the sign of a Solution: above 0 it sodiates the carbon.

    Attributes
    ----------
    table : a row for each point, with ``Test Time / s``, ``Voltage / V``, ``Current / A``, and of
        ``Cycle Count / 1``, ``Step Count / 1``, ``Ambient Temperature / degC`` those that the file has
    source : the file, which is never changed
    format : kind of the file
    statements : what was read and converted, in sentences
    mass : of active carbon (core + shell) [kg], None where it is not known
    cell : "half-cell" or "full-cell"
    spectra : impedance spectra that the file holds beside the table
    began : date and time of the first point, None where the file does not state them
    sources : all files, where several were joined
    positive_current : what a positive current does in the file; None where none flows
    without_time : ``CONSTANT_CURRENT`` or ``AT_EQUILIBRIUM`` for a table of voltage against capacity, whose
        time is the charge over a stated current; None for a record with time
    before : charge that passed before the first row [C], where such a table begins later
    """

    table: pd.DataFrame
    source: Path
    format: str
    statements: tuple[str, ...]
    mass: float | None = None
    cell: str = HALF_CELL
    spectra: tuple[SweptSpectrum, ...] = ()
    began: datetime | None = None
    sources: tuple[Path, ...] = ()
    positive_current: str | None = None
    without_time: str | None = None
    before: float = 0.0

    @property
    def time(self) -> np.ndarray:
        """Test time [s]."""
        return self.table[TIME].to_numpy(float)

    @property
    def voltage(self) -> np.ndarray:
        """Voltage [V]."""
        return self.table[VOLTAGE].to_numpy(float)

    @property
    def current(self) -> np.ndarray:
        """Current [A]; above 0 it sodiates the carbon."""
        return self.table[CURRENT].to_numpy(float)

    @property
    def known_mass(self) -> float:
        """Mass of active carbon [kg]; an InputError where it is not known."""
        if self.mass is None:
            raise InputError(
                f"{self.source}: the mass of active carbon is not known; give it, as mass='1.1 mg' "
                '(--mass "1.1 mg")'
            )
        return self.mass

    @property
    def is_full(self) -> bool:
        """True where the voltage is that of a full cell, not of carbon against sodium."""
        return self.cell == FULL_CELL

    @property
    def usual_protocol(self) -> str:
        """Name of the protocol from which a simulation of such a cell has its start, window and 1C."""
        return USUAL_PROTOCOL[FULL if self.is_full else HALF]

    def check_half_cell(self) -> None:
        """Refuse a full cell where data of carbon against sodium are needed."""
        if self.is_full:
            raise InputError(
                f"{self.source}: the voltage is a full cell's, and a guided fit and the page take carbon "
                "against sodium; lay the model over it with coreshell replay, or fit it by a problem's file "
                "(docs/fitting.md)"
            )

    @property
    def flows(self) -> bool:
        """Whether any current flows: not in a rest, nor at open circuit."""
        return bool((self.current != 0).any())

    @property
    def _step(self) -> np.ndarray | None:
        return self.table[STEP].to_numpy() if STEP in self.table else None

    def edges(self) -> np.ndarray:
        """True at each point that begins a step, a direction, or a current at the same time."""
        return edges(self.time, self.current, self._step)

    def passed(self) -> np.ndarray:
        """Charge [C] that passed between each point and the one before it, above 0 into the carbon.

        At the first point it is what passed ``before`` it.
        """
        between = charges(self.time, self.current, self.edges())
        between[0] = np.copysign(self.before, self.current[0])
        return between

    @property
    def lead(self) -> float:
        """Seconds for which the current of the first row flowed before it."""
        return self.before / abs(float(self.current[0])) if self.before else 0.0

    def pieces(self) -> tuple[Piece, ...]:
        """Sodiation, desodiation, holds and rests, in order."""
        return pieces(self.edges(), self.passed(), self.voltage, self.current)

    def half_cycles(self) -> tuple[HalfCycle, ...]:
        """The half-cycles, with capacities per gram of active carbon where the mass is known."""
        return half_cycles(self.pieces(), self.mass)


FRESH = 0.5
"""Volts below a fresh cell's potential at which a first sodiation may begin: cells relax before it."""

NEARER = 0.1
"""Volts by which the upper cut-off and a fresh cell's potential have to differ to be told apart."""

ZERO_BASED = ("Ewe", "EC-Lab")
"""Words in format or statements that show EC-Lab, whose cycle counter begins with 0; others begin with 1."""

ASK = "say which cycle of the cell it is, as first_cycle = 1, counted from 1"


def counted_cycle(dataset: Dataset) -> int | None:
    """The first cycle by the file's own counter, from 1; None where it has no counter."""
    if CYCLE not in dataset.table or not dataset.flows:
        return None
    count = dataset.table[CYCLE].to_numpy(float)[np.flatnonzero(dataset.current)]
    if not np.isfinite(count[0]) or count[0] < 0:
        return None
    texts = () if dataset.without_time else (dataset.format, *dataset.statements)
    from_zero = count[0] == 0 or any(word in text for word in ZERO_BASED for text in texts)
    return int(count[0]) + (1 if from_zero else 0)


def first_cycle(dataset: Dataset, stated: int | None, fresh: float, upper: float, lower: float = 0.0) -> int:
    """The cycle of the cell that a file begins with, from 1.

    Parameters
    ----------
    dataset : the measurement
    stated : the cycle that the user states, if any
    fresh, upper, lower : potential of the fresh carbon, upper and lower cut-off [V] of the protocol that it
        is compared with. A full cell whose carbon is empty begins below its lower cut-off

    Raises
    ------
    InputError
        Neither the user nor the file gives the cycle, and the file does not begin as a fresh cell does; or
        its counter leaves cycles out.
    """
    if stated is not None:
        return stated
    counted = counted_cycle(dataset)
    if counted is not None:
        if not dataset.without_time and (missing := left_out(dataset)):
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
    if dataset.is_full:
        if begin > lower - NEARER / 2:
            raise InputError(
                f"it has no cycle counter and begins at {begin:.3g} V, where the first charge of a full cell "
                f"begins below its lower cut-off, {lower:.3g} V; {ASK}"
            )
        return 1
    if begin < fresh - FRESH or (fresh - upper > NEARER and abs(begin - upper) < NEARER / 2):
        raise InputError(
            f"it has no cycle counter and begins at {begin:.3g} V, where a fresh cell is at {fresh:.3g} V; "
            f"{ASK}"
        )
    return 1


def counted_cycles(dataset: Dataset) -> list[int]:
    """The cycles in a file by its own counter, from 1; none where it has no counter."""
    first = counted_cycle(dataset)
    if first is None:
        return []
    count = dataset.table[CYCLE].to_numpy(float)[np.flatnonzero(dataset.current)]
    return [first + int(number - count[0]) for number in np.unique(count[np.isfinite(count)])]


def left_out(dataset: Dataset) -> str:
    """The cycles that the counter leaves out, in words; "" where there are none."""
    cycles = counted_cycles(dataset)
    gaps = [(before + 1, after - 1) for before, after in pairwise(cycles) if after > before + 1]
    return " and ".join(f"{before} to {after}" if after > before else f"{before}" for before, after in gaps)


def cycles_held(dataset: Dataset) -> Mapping[str, int] | None:
    """First and last cycle by the file's own counter, from 1; None where it has none."""
    first, cycles = counted_cycle(dataset), counted_cycles(dataset)
    return None if first is None else {"First": first, "Last": cycles[-1]}


def numbered_half_cycles(dataset: Dataset) -> list[tuple[HalfCycle, int]]:
    """Every half-cycle with its cycle, from 1: by the file's counter, else counted on from its first."""
    halves, numbers = dataset.half_cycles(), counted_cycles(dataset)
    if dataset.without_time and numbers:
        count = dataset.table[CYCLE].to_numpy(int)
        return [(half, int(count[half.points.start])) for half in halves]
    first = numbers[0] if numbers else 1
    return [
        (half, numbers[half.cycle - 1] if half.cycle <= len(numbers) else half.cycle + first - 1)
        for half in halves
    ]


def place_in_life(dataset: Dataset, first: int) -> dict[int, int]:
    """The place of each half-cycle, by its number, among all from the beginning of cycle ``first`` on.

    A record with time is whole from its beginning on. A table without time may leave cycles out, or begin
    with a desodiation; cycles begin with a sodiation.
    """
    if not dataset.without_time:
        return {half.number: half.number for half in dataset.half_cycles()}
    places, cycle = {}, first
    counted = counted_cycle(dataset) is not None
    for half, number in numbered_half_cycles(dataset):
        sodiation = half.direction is Kind.SODIATION
        cycle = number if counted else cycle + (sodiation and half.number > 1)
        places[half.number] = 2 * (cycle - first) + (1 if sodiation else 2)
    return places
