"""What a cycler did, step by step: constant currents, holds and rests of each cycle of a record.

A record states no steps in words. They are read from the current and the voltage: a step at constant
current keeps its current within ``CONSTANT``; in a hold the current changes while the voltage stays within
its scatter; in a rest no current flows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.data.half_cycles import HELD, LEAST_HELD, HalfCycle, Kind
from coreshell_model.data.half_cycles import Piece as Part
from coreshell_model.data.overlay import noise
from coreshell_model.data.record import Dataset, numbered_half_cycles

CONSTANT = 0.02
"""Share of its current within which a step at constant current keeps it."""

WITHIN = 4.0
"""Standard deviations of the voltage's scatter within which it stays in a hold."""

BEGINNING = 5
"""Points of a piece whose median is the constant current with which it begins."""

BRIEF = 0.01
"""Share of its half-cycle's time below which a piece is the change from one step to the next."""

MOST_STEPS = 8
"""Steps of a half-cycle; with more it is a titration or another technique, not a charge or a discharge."""


@dataclass(frozen=True)
class RecordedStep:
    """A step that a cycler took.

    Attributes
    ----------
    kind : sodiation or desodiation at constant current, hold, or rest
    duration : seconds
    current : at constant current, its median; of a hold, that at its end [A], above 0
    voltage : where a constant current ended; median of a hold; end of a rest [V]
    """

    kind: Kind
    duration: float
    current: float
    voltage: float


@dataclass(frozen=True)
class RecordedCycle:
    """The steps of a sodiation and of the desodiation after it, in order; ``number`` in the cell's life."""

    number: int
    sodiation: tuple[RecordedStep, ...]
    desodiation: tuple[RecordedStep, ...]


def scatter(dataset: Dataset) -> float:
    """Standard deviation of the voltage's noise [V], from point to point in the pieces with current."""
    voltages = [dataset.voltage[piece.points] for piece in dataset.pieces() if piece.kind is not Kind.REST]
    counts = np.array([len(values) for values in voltages], float)
    squares = np.square([noise(values) for values in voltages])
    counts[squares == 0] = 0.0
    return float(np.sqrt(np.average(squares, weights=counts))) if counts.any() else 0.0


def recorded_cycles(dataset: Dataset, first: int) -> tuple[RecordedCycle, ...]:
    """The cycles of a record that begins with cycle ``first`` of the cell.

    Raises
    ------
    InputError
        No current flows, the record does not begin with a sodiation, or a half-cycle is none at constant
        current.
    """
    halves, tolerance = numbered_half_cycles(dataset), max(HELD, WITHIN * scatter(dataset))
    if not halves:
        raise InputError(
            f"{dataset.source}: no current flows, so it holds no half-cycle; give a measured one"
        )
    if halves[0][0].direction is not Kind.SODIATION:
        raise InputError(
            f"{dataset.source}: begins with a desodiation, so the sodium in the carbon at its start is not "
            "known; give a file that begins with a sodiation, or write the protocol and the problem yourself"
        )
    by_direction = [(half.direction, tuple(_steps(half, dataset, tolerance))) for half, _ in halves]
    cycles: list[RecordedCycle] = []
    for direction, steps in by_direction:
        if direction is Kind.SODIATION:
            cycles.append(RecordedCycle(first + len(cycles), steps, ()))
        else:
            cycles[-1] = replace(cycles[-1], desodiation=steps)
    return tuple(cycles)


def rest_before(dataset: Dataset) -> float | None:
    """Voltage at the end of a rest with which a record begins [V]; None where current flows at once."""
    piece = dataset.pieces()[0]
    return float(dataset.voltage[piece.points.stop - 1]) if piece.kind is Kind.REST else None


def _steps(half: HalfCycle, dataset: Dataset, tolerance: float) -> Iterator[RecordedStep]:
    """The steps of a half-cycle; a rest before its current is none of them."""
    time = dataset.time
    whole = time[half.points.stop - 1] - time[half.points.start]
    joined: list[RecordedStep] = []
    for piece in half.pieces:
        for step in _of_piece(piece, half, dataset, tolerance):
            small = step.duration < BRIEF * whole
            if (small and step.kind is not Kind.HOLD) or (step.kind is Kind.REST and not joined):
                continue
            if joined and _continues(joined[-1], step, tolerance):
                step = replace(step, duration=joined[-1].duration + step.duration)
                joined.pop()
            joined.append(step)
    if len(joined) > MOST_STEPS:
        raise InputError(
            f"{dataset.source}: half-cycle {half.number} has {len(joined)} steps, as in a titration; a "
            "guided fit reads constant currents, holds and rests: write the protocol and the problem yourself"
        )
    yield from joined


def _of_piece(piece: Part, half: HalfCycle, dataset: Dataset, tolerance: float) -> list[RecordedStep]:
    """A piece as a constant current, a hold, or the one followed by the other."""
    points = piece.points
    begin = points.start - 1 if points.start > half.points.start else points.start
    if dataset.time[points.start] < dataset.time[begin]:
        begin = points.start
    voltage, current = dataset.voltage[points], np.abs(dataset.current[points])
    times = np.append(dataset.time[begin], dataset.time[points])

    def step(kind: Kind, first: int, last: int, amount: float, volts: float) -> RecordedStep:
        return RecordedStep(kind, float(times[last] - times[first]), float(amount), float(volts))

    count = len(voltage)
    if piece.kind is Kind.REST:
        return [step(Kind.REST, 0, count, 0.0, voltage[-1])]
    if piece.kind is Kind.HOLD:
        return [step(Kind.HOLD, 0, count, current[-1], np.median(voltage))]
    level = float(np.median(current[:BEGINNING]))
    inside = current[1:-1] if count > 2 else current
    if np.ptp(inside) <= 2 * CONSTANT * level:
        return [step(half.direction, 0, count, np.median(current), voltage[-1])]
    start = _departure(np.abs(current - level) > CONSTANT * level)
    held = voltage[start:]
    away = np.abs(held - np.median(held)) > tolerance if held.size else np.ones(1, bool)
    if len(held) < LEAST_HELD or away.mean() > BRIEF + 1 / len(held):
        raise InputError(
            f"{dataset.source}: half-cycle {half.number}: the current changes while the voltage does, as in "
            "a sweep; a guided fit reads constant currents, holds and rests: write the protocol and the "
            "problem yourself"
        )
    hold = step(Kind.HOLD, start, count, current[-1], np.median(held))
    before = voltage[:start]
    if start == 0 or np.mean(np.abs(before - hold.voltage) > tolerance) <= BRIEF:
        return [replace(hold, duration=float(times[-1] - times[0]))]
    return [step(half.direction, 0, start, np.median(current[:start]), before[-1]), hold]


def _departure(away: np.ndarray) -> int:
    """The first of the points from which a current stays away from its first level; their number without."""
    stays = away[: len(away) - LEAST_HELD + 1].copy()
    for later in range(1, LEAST_HELD):
        stays &= away[later : later + len(stays)]
    first = np.flatnonzero(stays)
    return int(first[0]) if first.size else len(away)


def _continues(before: RecordedStep, after: RecordedStep, tolerance: float) -> bool:
    """Whether a piece goes on with the step before it: the same current, or the same voltage of a hold."""
    if before.kind is not after.kind:
        return False
    if after.kind is Kind.HOLD:
        return abs(before.voltage - after.voltage) <= tolerance
    return abs(before.current - after.current) <= CONSTANT * before.current or after.kind is Kind.REST
