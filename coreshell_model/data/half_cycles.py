"""Half-cycles of a measurement, and gaps between its points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

import numpy as np

from coreshell_model.base.units import from_si
from coreshell_model.data.clock import Points, flowing
from coreshell_model.data.sheet import Sheet

HELD = 2e-3
"""Volts within which the voltage stays during a hold."""

LEAST_HELD = 3
"""Least number of points of a hold."""

DECAY = 0.95
"""Share of a hold's first current below which its last current lies."""

BLIP = 1e-3
"""Share of the largest half-cycle's charge below which a change of direction makes no half-cycle."""


Part = TypeVar("Part")
"""A piece of a measurement, or a step of a simulation."""


class Kind(Enum):
    """The kinds of pieces of a measurement."""

    SODIATION = "sodiation"
    DESODIATION = "desodiation"
    HOLD = "hold"
    REST = "rest"


@dataclass(frozen=True)
class Piece:
    """The points between two changes of what the cycler does."""

    kind: Kind
    points: slice
    charge: float
    """Charge [C] into the carbon, from the last point before the piece to its last point."""


@dataclass(frozen=True)
class HalfCycle:
    """Everything with one direction of the current: constant current, holds, and rests between and after.

    Attributes
    ----------
    number, cycle : from 1; two half-cycles make a cycle, whichever comes first
    direction : sodiation or desodiation
    pieces : in order
    charge : that passed [C], above 0
    capacity : the same per gram of active carbon [mA.h.g-1]; None where the mass is not known
    """

    number: int
    cycle: int
    direction: Kind
    pieces: tuple[Piece, ...]
    charge: float
    capacity: float | None

    @property
    def points(self) -> slice:
        """The points of the half-cycle, rests and holds included."""
        return slice(self.pieces[0].points.start, self.pieces[-1].points.stop)


def charges(time: np.ndarray, current: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Charge [C] that passed between each point and the one before it, by trapezoids.

    Across a change of step the later current counts, because cyclers log the last point of a step at its end.
    """
    before = np.where(edges[1:], current[1:], current[:-1])
    return np.concatenate([[0.0], np.diff(time) * (before + current[1:]) / 2])


def edges(time: np.ndarray, current: np.ndarray, step: np.ndarray | None) -> np.ndarray:
    """True at each point that begins a step, a direction, or another current at the same time."""
    new = np.zeros(len(time), bool)
    new[1:] = (np.diff(flowing(current)) != 0) | (np.diff(time) <= 0)
    if step is not None:
        new[1:] |= np.diff(step) != 0
    new[:1] = True
    return new


def pieces(
    new: np.ndarray, passed: np.ndarray, voltage: np.ndarray, current: np.ndarray
) -> tuple[Piece, ...]:
    """The pieces of a measurement, in order.

    Parameters
    ----------
    new, passed : ``edges`` and ``charges`` of the points
    voltage, current : at the points [V], [A]
    """
    starts = np.flatnonzero(new)
    in_order: list[Piece] = []
    signs = flowing(current)
    for start, stop in zip(starts, [*starts[1:], len(new)], strict=True):
        sign = signs[start]
        hold = _hold_start(voltage[start:stop], current[start:stop]) if sign else None
        parts = [(start, stop, _direction(sign))]
        if hold is not None:
            parts = [(start, start + hold, _direction(sign)), (start + hold, stop, Kind.HOLD)]
        in_order += [
            Piece(kind, slice(int(a), int(b)), float(passed[a:b].sum())) for a, b, kind in parts if b > a
        ]
    return tuple(in_order)


def half_cycles(pieces: Sequence[Piece], mass: float | None) -> tuple[HalfCycle, ...]:
    """The half-cycles that pieces make.

    A rest belongs to the half-cycle before it, one at the start to the first. A direction that passes less
    than ``BLIP`` of the largest charge stays with the half-cycle that it interrupts.
    """
    charged = [(0.0 if piece.kind is Kind.REST else piece.charge, piece) for piece in pieces]
    halves = []
    for number, (direction, parts) in enumerate(in_directions(charged), start=1):
        charge = abs(sum(piece.charge for piece in parts))
        capacity = None if mass is None else from_si(charge / mass, "mA.h.g-1")
        halves.append(HalfCycle(number, (number + 1) // 2, direction, tuple(parts), charge, capacity))
    return tuple(halves)


def in_directions(charged: Iterable[tuple[float, Part]]) -> list[tuple[Kind, list[Part]]]:
    """Group consecutive parts of a measurement or a simulation by their direction, in order.

    Parts that pass no charge belong to the direction before them, those at the start to the first. A
    direction that passes less than ``BLIP`` of the largest charge stays with the one that it interrupts.

    Parameters
    ----------
    charged : the charge that a part passes, above 0 into the carbon, in any unit, and the part
    """
    runs: list[tuple[float, list[Part]]] = []
    for charge, part in charged:
        if runs and (charge == 0 or runs[-1][0] == 0 or (charge > 0) == (runs[-1][0] > 0)):
            before, parts = runs[-1]
            parts.append(part)
            runs[-1] = before + charge, parts
        else:
            runs.append((charge, [part]))
    largest = max((abs(charge) for charge, _ in runs), default=0.0)
    joined: list[tuple[float, list[Part]]] = []
    for charge, parts in runs:
        small = abs(charge) < BLIP * largest
        if joined and (small or (charge > 0) == (joined[-1][0] > 0) or abs(joined[-1][0]) < BLIP * largest):
            before, earlier = joined[-1]
            earlier.extend(parts)
            joined[-1] = before + charge, earlier
        else:
            joined.append((charge, parts))
    return [(_direction(charge), parts) for charge, parts in joined if charge]


def _direction(sign: float) -> Kind:
    return Kind.SODIATION if sign > 0 else Kind.DESODIATION if sign < 0 else Kind.REST


def _hold_start(voltage: np.ndarray, current: np.ndarray) -> int | None:
    """The point from which the voltage stays constant while the current decays; None without a hold."""
    if len(voltage) < LEAST_HELD:
        return None
    away = np.flatnonzero(np.abs(voltage - voltage[-1]) > HELD)
    start = int(away[-1]) + 1 if away.size else 0
    held = np.abs(current[start:])
    return start if len(held) >= LEAST_HELD and held[-1] < DECAY * held[0] else None


LONG = 5.0
"""Usual intervals of its step beyond which an interval is a gap."""

MATTERS = 0.02
"""Share of a half-cycle's charge in a gap above which the file is refused."""

LEAST_INTERVALS = 3
"""Intervals that a step needs for a usual interval of its own; with fewer that of the whole file is taken."""

STATED = 1e-3
"""Share of a half-cycle's charge in a gap below which the gap is not stated."""


def check_gaps(sheet: Sheet, points: Points, allowed: bool, counted: np.ndarray | None = None) -> str | None:
    """The statement about gaps, if there are any.

    The charge in a gap is that of the currents at its ends. Where the cycler ``counted`` the charge before
    each point [C], only the difference between the two is in doubt and counts.

    The usual interval of a step is the 90 % quantile of its intervals, because loggers that also write at
    changes of the voltage have many short ones. The interval before a step's first point belongs to that
    step: a pause there is a gap too.

    Raises
    ------
    InputError
        More than ``MATTERS`` of the half-cycle's charge would have passed in a gap, and gaps are not allowed.
    """
    new = edges(points.time, points.current, points.step)
    passed = np.abs(charges(points.time, points.current, new))
    doubtful = passed if counted is None else np.abs(charges(points.time, points.current, new) - counted)
    interval = np.diff(points.time, prepend=points.time[0])
    signs = flowing(points.current)
    gaps = []
    starts = np.flatnonzero(new)
    total = _by_direction(passed, signs)
    anywhere = _usual(interval[interval > 0])
    for start, stop in zip(starts, [*starts[1:], len(new)], strict=True):
        if signs[start]:
            inside = interval[start + 1 : stop]
            usual = _usual(inside) if len(inside) >= LEAST_INTERVALS else anywhere
            gaps += [start + int(i) for i in np.flatnonzero(interval[start:stop] > LONG * usual)]
    shares = {row: doubtful[row] / total[row] for row in gaps if total[row] > 0}
    gaps = [row for row, share in shares.items() if share > STATED]
    for row in gaps:
        share = shares[row]
        if share > MATTERS and not allowed:
            raise sheet.wrong(
                f"a gap of {interval[row] / 3600:.3g} h before this line while current flows, in which "
                f"{share:.0%} of the half-cycle's charge would have passed; if the current went on, "
                "allow gaps (--allow-gaps; in a fit's file, allow_gaps = true), if it stopped, give the "
                "parts as files of their own",
                int(points.rows[row]),
            )
    if not gaps:
        return None
    where = sheet.named(points.rows[gaps])
    return f"{len(gaps)} gaps while current flows, taken as if it went on: before {where}"


def _usual(intervals: np.ndarray) -> float:
    if not intervals.size:
        return np.inf
    place = int(0.9 * (len(intervals) - 1))
    return float(np.partition(intervals, place)[place])


def _by_direction(passed: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """For each point the charge of its half-cycle, which is all points with its direction around it."""
    flows = np.flatnonzero(signs)
    total = np.zeros(len(passed))
    if flows.size:
        group = np.concatenate([[0], np.cumsum(np.diff(signs[flows]) != 0)])
        total[flows] = np.bincount(group, weights=passed[flows])[group]
    return total
