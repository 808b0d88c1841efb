"""Half-cycles of a measurement as curves of voltage over capacity, and which of them are unfinished."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.units import from_si
from coreshell_model.data.half_cell import HALF_CELL
from coreshell_model.data.half_cycles import HalfCycle, Kind
from coreshell_model.data.record import AT_EQUILIBRIUM, Dataset
from coreshell_model.observe.by_voltage import charge_in_window, energy

Array = NDArray[np.float64]

REACHED = 0.01
"""Volts within which half-cycles end at the same limit (assumed: IR drops differ little between cycles)."""

SAME_CHARGE = 1e-3
"""Share within which half-cycles end at the same capacity."""

MISSING = 0.2
"""Volts by which a file's first half-cycle may begin beyond the others of its direction."""

SODIATED, DESODIATED = 0.1, 0.9
"""Volts at which the only sodiation of a half-cell has to end, below, and its only desodiation, above, to be
taken as finished (assumed: cut-offs of hard carbon lie at 0 to 0.1 V and at 1 to 3 V)."""

SAME_HOLD, SAME_TIME = 1.05, 0.98
"""Largest last current of a finished hold over that of the hold before it, and least duration over its."""


@dataclass(frozen=True)
class HalfCycleCurve:
    """Voltage over the capacity that a half-cycle has passed.

    Attributes
    ----------
    number : from 1, in the order of the measurement
    direction : sodiation or desodiation
    capacity : since the beginning of the half-cycle, at each point [mA.h.g-1]; it grows on balance
    voltage : at each point [V]
    held : True at the points of a hold, whose charge has no density dQ/dV
    falls : whether the voltage falls on the way: in a half-cell's sodiation, in a full cell's desodiation
    time : [s], None for a curve without one
    current : specific, above 0 into the carbon [mA.g-1]; None for a curve without one
    steady : True at the points with the direction's current that belong to no hold
    interrupted : whether the current rests within the half-cycle, as between the pulses of a GITT
    rests_after : whether a rest follows
    unfinished : why the half-cycle is not whole, "" where it is
    assumed : what was assumed to take it as whole, "" where nothing was
    """

    number: int
    direction: Kind
    capacity: Array
    voltage: Array
    held: NDArray[np.bool_]
    falls: bool
    time: Array | None = None
    current: Array | None = None
    steady: NDArray[np.bool_] | None = None
    interrupted: bool = False
    rests_after: bool = False
    unfinished: str = ""
    assumed: str = ""

    @property
    def sodiates(self) -> bool:
        """Whether sodium goes into the carbon."""
        return self.direction is Kind.SODIATION

    @property
    def total(self) -> float:
        """Capacity of the whole half-cycle, holds included [mA.h.g-1]."""
        return float(self.capacity[-1])

    @property
    def passed(self) -> Array:
        """Capacity that passed between each point and the next [mA.h.g-1]."""
        return np.diff(self.capacity)

    @property
    def passed_in_holds(self) -> float:
        """Capacity of the holds [mA.h.g-1]."""
        return float(self.passed[self.held[1:]].sum())

    @property
    def passed_without_holds(self) -> Array:
        """As ``passed``, with nothing in the holds."""
        return np.where(self.held[1:], 0.0, self.passed)

    def below(self, voltage: float) -> float:
        """Capacity that passed below a voltage [V], holds included [mA.h.g-1]."""
        return charge_in_window(self.voltage, self.passed, -np.inf, voltage)

    def between(self, lower: float, upper: float) -> float:
        """Capacity that passed between two voltages [V], holds included [mA.h.g-1]."""
        return charge_in_window(self.voltage, self.passed, lower, upper)

    @property
    def energy(self) -> float:
        """Voltage times capacity, summed over the half-cycle [mW.h.g-1]."""
        return energy(self.voltage, self.passed)

    def energy_up_to(self, capacity: float) -> float:
        """The same up to a capacity since the beginning [mA.h.g-1]."""
        along = np.maximum.accumulate(self.capacity)
        before = int(np.searchsorted(along, capacity, side="left"))
        voltage = np.append(self.voltage[:before], np.interp(capacity, along, self.voltage))
        return energy(voltage, np.diff(np.append(self.capacity[:before], capacity)))

    @property
    def specific_current(self) -> float | None:
        """Median of the current outside of holds and rests, above 0 [mA.g-1]; None where it is not known."""
        if self.current is None or self.steady is None or not self.steady.any():
            return None
        return float(np.median(np.abs(self.current[self.steady])))

    @property
    def first_voltage(self) -> float:
        """Voltage of the first point at which current flows [V]; of a curve without a current its first."""
        return float(self.voltage[self._flowing[0]])

    @property
    def last_voltage(self) -> float:
        """Voltage of the last point at which current flows [V]; of a curve without a current its last."""
        return float(self.voltage[self._flowing[-1]])

    @property
    def without_rests_around(self) -> slice:
        """The points from the last before current flows to the last at which it flows."""
        return slice(max(int(self._flowing[0]) - 1, 0), int(self._flowing[-1]) + 1)

    @property
    def _flowing(self) -> NDArray[np.int_]:
        flows = self.held if self.steady is None else self.held | self.steady
        return np.flatnonzero(flows) if flows.any() else np.arange(len(flows))


def half_cycle_curves(dataset: Dataset, last_is_whole: bool = False) -> tuple[HalfCycleCurve, ...]:
    """The half-cycles of a measurement as curves, each with a statement where it is unfinished.

    The capacity counts from the last point before the half-cycle, since the charge of the interval between
    the two belongs to it; that point is the curve's first. A table without time that begins later has the
    charge before it at the voltage of its first point, and its half-cycles are whole as they are stated.

    Parameters
    ----------
    dataset : the measurement
    last_is_whole : take the last half-cycle as finished, wherever it ends

    Raises
    ------
    InputError
        The mass of active carbon is not known.
    """
    halves = dataset.half_cycles()
    per_charge = from_si(1.0 / dataset.known_mass, "mA.h.g-1")
    passed = dataset.passed()
    curves = [_curve(dataset, half, passed, per_charge) for half in halves]
    if not curves or dataset.without_time:
        return tuple(curves)
    curves[0] = replace(curves[0], unfinished=_why_not_begun(curves))
    if not last_is_whole and not curves[-1].unfinished:
        curves[-1] = _judged_last(curves, dataset.cell == HALF_CELL)
    return tuple(curves)


def _curve(dataset: Dataset, half: HalfCycle, passed: Array, per_charge: float) -> HalfCycleCurve:
    start, stop = half.points.start, half.points.stop
    begin = start - 1 if start and passed[start] else start
    rows = np.arange(begin, stop)
    if not start and passed[0]:
        rows = np.insert(rows, 0, 0)
    sign = 1.0 if half.direction is Kind.SODIATION else -1.0
    step = passed[rows].copy()
    step[0] = 0.0
    held, steady = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for piece in half.pieces:
        inside = (rows >= piece.points.start) & (rows < piece.points.stop)
        held |= inside & (piece.kind is Kind.HOLD)
        steady |= inside & (piece.kind is half.direction)
    rests = [piece.kind is Kind.REST for piece in half.pieces]
    flows = [place for place, rest in enumerate(rests) if not rest]
    current = dataset.current[rows] * from_si(1.0 / dataset.known_mass, "mA.g-1")
    return HalfCycleCurve(
        half.number,
        half.direction,
        sign * per_charge * np.cumsum(step),
        dataset.voltage[rows],
        held,
        (half.direction is Kind.SODIATION) == (dataset.cell == HALF_CELL),
        None if dataset.without_time else dataset.time[rows],
        None if dataset.without_time == AT_EQUILIBRIUM else current,
        steady,
        interrupted=any(rests[flows[0] : flows[-1]]),
        rests_after=rests[-1],
    )


def _alike(curves: Sequence[HalfCycleCurve], other: HalfCycleCurve) -> list[HalfCycleCurve]:
    """The other curves of the same direction, in order."""
    return [curve for curve in curves if curve.direction is other.direction and curve is not other]


def _behind(curve: HalfCycleCurve, voltage: float, usual: float) -> float:
    """Volts by which a half-cycle at ``voltage`` is not yet as far as at ``usual``."""
    return voltage - usual if curve.falls else usual - voltage


def _why_not_begun(curves: Sequence[HalfCycleCurve]) -> str:
    """Why the first half-cycle lacks its beginning: it begins further on than others of its direction."""
    first = curves[0]
    others = _alike(curves, first)
    if not others:
        return ""
    usual = float(np.median([curve.first_voltage for curve in others]))
    if _behind(first, first.first_voltage, usual) >= -MISSING:
        return ""
    return f"begins at {first.first_voltage:.3g} V, where those after it begin at {usual:.3g} V"


def _judged_last(curves: Sequence[HalfCycleCurve], half_cell: bool) -> HalfCycleCurve:
    """The last half-cycle, which no other follows, with the judgement whether it was finished."""
    last = curves[-1]
    before = _alike(curves, last)
    rested = last.rests_after and not last.interrupted
    end = last.last_voltage
    if before:
        why = _why_not_ended(last, before)
    elif rested:
        return last
    else:
        why = f"ends at {end:.3g} V, with nothing after it that shows that it was finished"
    if why and rested:
        return replace(last, assumed=f"{why}; taken as finished, since a rest follows")
    if not before and half_cell and (end <= SODIATED if last.sodiates else end >= DESODIATED):
        return replace(last, assumed=f"{why}; taken as finished there")
    return replace(last, unfinished=why)


def _why_not_ended(last: HalfCycleCurve, before: Sequence[HalfCycleCurve]) -> str:
    """Why the last half-cycle lacks its end, compared with those before it; "" where it does not."""
    previous = before[-1]
    if abs(last.total - previous.total) < SAME_CHARGE * previous.total:
        return ""
    usual = float(np.median([curve.last_voltage for curve in before]))
    if _behind(last, last.last_voltage, usual) > REACHED:
        return f"ends at {last.last_voltage:.3g} V, where those before it end at {usual:.3g} V"
    if not previous.held.any():
        return ""
    if not last.held.any():
        return "ends without the hold of the one before it"
    (current, duration), (usual_current, usual_duration) = _end_of_hold(last), _end_of_hold(previous)
    if current > SAME_HOLD * usual_current and duration < SAME_TIME * usual_duration:
        return f"ends in a hold at {current:.3g} mA/g, where the one before ended at {usual_current:.3g} mA/g"
    return ""


def _end_of_hold(curve: HalfCycleCurve) -> tuple[float, float]:
    """Last current [mA.g-1] and duration [s] of the holds of a half-cycle; 0 where they are not known."""
    points = np.flatnonzero(curve.held)
    if curve.current is None or curve.time is None:
        return 0.0, 0.0
    return abs(float(curve.current[points[-1]])), float(curve.time[points[-1]] - curve.time[points[0]])
