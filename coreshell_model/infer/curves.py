r"""Measured curves, and how far simulated ones are from them.

The difference of voltages alone says too much beside a steep part of the simulation: a half-cycle that ends
40 mAh/g too early is a volt off just before its end, and hundreds of volts off if its last slope went on. A
point :math:`(q, U)` is therefore a distance :math:`r` away,

.. math::
   r = \frac{U_s(q) - U}{\sqrt{\sigma^2 + a^2 \max(0, s^2 - (3 m)^2)}}, \quad
   s = \frac{U_s(q) - U}{q - q_s(U)}, \quad a = \max(\sigma_q, 10^{-3} Q),

with the simulated curve :math:`U_s(q)`, continued beyond its end at its last slope, the nearest place
:math:`q_s(U)` at which it has the measured voltage, and the slope :math:`m` of the measurement there. Where
the simulation is no more than three times as steep as the measurement, this is the difference in standard
deviations; where it is much steeper, :math:`r` is the difference in capacity, :math:`(q - q_s)/a`, which
stays finite and falls evenly as the ends approach each other. It is the effective-variance residual of a
straight line with noise in both coordinates, without what ``sigma`` has of that already.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError
from coreshell_model.base.units import from_si
from coreshell_model.data.columns import STEP
from coreshell_model.data.half_cycles import Kind, charges, edges, in_directions
from coreshell_model.data.overlay import EDGE, measured_times
from coreshell_model.data.record import Dataset
from coreshell_model.data.replay import Replay
from coreshell_model.infer.observed import Curve
from coreshell_model.run.solution import Solution

STEEPER = 3.0
"""Slope of the simulation, in slopes of the measurement, from which the difference in capacity counts."""

LEAST_SHARE = 1e-3
"""Of the measured capacity of a half-cycle: the least unit in which a difference in capacity is counted."""

Array = NDArray[np.float64]


def continued(at: Array, axis: Array, values: Array) -> Array:
    """Values on a growing axis, linear between its points and beyond the last.

    Parameters
    ----------
    at : places on the axis
    axis, values : the curve; the axis never falls
    """
    there = np.interp(at, axis, values)
    before = np.flatnonzero(axis < axis[-1])
    if before.size:
        slope = (values[-1] - values[before[-1]]) / (axis[-1] - axis[before[-1]])
        there += slope * np.maximum(at - axis[-1], 0.0)
    return there


def widened(measured: tuple[Array, Array], sd: Array, axis_sd: float, curve: tuple[Array, Array]) -> Array:
    """Standard deviation of each measured point, widened where the simulated curve is steep.

    Parameters
    ----------
    measured : capacity [mA.h.g-1] and value of each point
    sd : standard deviation of each value
    axis_sd : standard deviation of the capacity [mA.h.g-1]
    curve : capacity, which never falls, and value along the simulation

    Returns
    -------
    array
        As many as there are points; ``sd`` itself where the simulation is not steep.
    """
    axis, values = measured
    off = continued(axis, *curve) - values
    apart = axis - _nearest_crossing(axis, values, _with_continuation(axis, *curve))
    steepness = np.divide(off, apart, out=np.zeros_like(off), where=np.isfinite(apart) & (apart != 0))
    unit = max(axis_sd, LEAST_SHARE * float(np.ptp(axis)))
    excess = np.maximum(steepness**2 - (STEEPER * _slope(axis, values)) ** 2, 0.0)
    return np.sqrt(sd**2 + unit**2 * excess)


def _with_continuation(at: Array, axis: Array, values: Array) -> tuple[Array, Array]:
    """The curve with one more point, at the last place that is asked for, where that lies beyond its end."""
    last = float(at.max())
    if last <= axis[-1]:
        return axis, values
    return np.append(axis, last), np.append(values, continued(np.array([last]), axis, values))


def _nearest_crossing(at: Array, levels: Array, curve: tuple[Array, Array]) -> Array:
    """Where a curve has each level, the place nearest to ``at``; not a number where it never has it."""
    axis, values = curve
    above = values[None, :] >= levels[:, None]
    point, left = np.nonzero(above[:, 1:] != above[:, :-1])
    rise = values[left + 1] - values[left]
    places = axis[left] + (levels[point] - values[left]) / rise * (axis[left + 1] - axis[left])
    nearest = np.full(len(at), np.nan)
    distance = np.abs(places - at[point])
    order = np.argsort(-distance, kind="stable")  # the nearest is written last
    nearest[point[order]] = places[order]
    return nearest


def _slope(axis: Array, values: Array) -> Array:
    """Steepest slope of a measurement next to each point."""
    if len(axis) < 2:
        return np.full(len(axis), np.inf)
    run = np.diff(axis)
    chords = np.divide(np.abs(np.diff(values)), run, out=np.full(len(run), np.inf), where=run > 0)
    return np.maximum(np.append(chords, chords[-1]), np.append(chords[0], chords))


CHARGE = "Specific capacity [mA.h.g-1]"
SERIES = {"voltage": "Voltage [V]", "current": "Specific current [A.kg-1]"}

BETWEEN = 4
"""Parts into which each of the solver's steps is divided: lines across whole steps are off by millivolts."""

AXIS_SD = {"capacity": 0.1, "time": 0.0}
"""Standard deviation of the axis where the problem gives none [mA.h.g-1], [s]. Without any, the last point
before a cut-off, where 1 mV is a thousandth of a mAh/g, would outweigh all others."""

STEEP = 3.0
"""Standard deviations of its noise from which a change of voltage within that of the axis is taken as one."""


@dataclass(frozen=True)
class Piece:
    """Points of a curve: a half-cycle, or everything.

    Attributes
    ----------
    half_cycle : its number, from 1; None for a curve over time
    sodiation : its direction; None for a curve over time
    axis : capacity from the start of the half-cycle [mA.h.g-1], or time from the start of the file [s]
    measured : voltage [V] or current per mass [A.kg-1]
    sd : standard deviation of each point, in the same unit
    """

    half_cycle: int | None
    sodiation: bool | None
    axis: Array
    measured: Array
    sd: Array


@dataclass(frozen=True, eq=False)
class SimulatedCurve:
    """A simulation at the measured points, and the standard deviation with which each is compared there."""

    values: Array
    sd: Array


@dataclass(frozen=True)
class MeasuredCurve:
    """A curve as the fit uses it; its half-cycles count from the start of ``first_cycle`` of the protocol."""

    section: Curve
    pieces: tuple[Piece, ...]
    first_cycle: int = 1

    @property
    def size(self) -> int:
        """Data."""
        return sum(len(piece.axis) for piece in self.pieces)

    @property
    def sd(self) -> Array:
        """Standard deviation of each of its points."""
        return np.concatenate([piece.sd for piece in self.pieces])

    @property
    def measured(self) -> Array:
        """All its points in a row."""
        return np.concatenate([piece.measured for piece in self.pieces])

    def residuals(self, simulated: SimulatedCurve) -> Array:
        """Differences in standard deviations."""
        return (simulated.values - self.measured) / simulated.sd

    def simulated(self, solution: Solution | Replay) -> SimulatedCurve:
        """The simulation at the measured points; a half-cycle goes on beyond its end at its last slope.

        Standard deviations are widened where the simulation is steep (``curve_distance``). A replay that left
        the model's range of voltages stays at its last value.

        Raises
        ------
        InputError
            The simulation has not the half-cycle.
        """
        if isinstance(solution, Replay):
            return SimulatedCurve(_replayed(solution, SERIES[self.section.of], self.pieces[0].axis), self.sd)
        time, charge, values, step = fine(solution, SERIES[self.section.of])
        if self.section.over == "time":
            later = np.append(False, np.diff(step) > 0) * (
                EDGE / 2
            )  # after a step's last point comes the next
            begin = time[step >= self._first_step(solution)][0]
            return SimulatedCurve(np.interp(self.pieces[0].axis, time - begin + later, values), self.sd)
        here = step >= self._first_step(solution)
        charge, values = charge[here], values[here]
        halves = half_cycles(charge, step[here])
        off = axis_noise(self.section)
        found, spread = [], []
        for piece in self.pieces:
            number = piece.half_cycle or 0
            if number > len(halves):
                raise InputError(
                    f"{self.section.named}: half-cycle {number} is not in the simulation, which has "
                    f"{len(halves)}; does {self.section.protocol} fit the measurement?"
                )
            sodiation, points = halves[number - 1]
            if sodiation is not piece.sodiation:
                raise InputError(
                    f"{self.section.named}: half-cycle {number} is a {_word(piece.sodiation)}, simulated "
                    f"a {_word(sodiation)}; does {self.section.protocol} fit the measurement?"
                )
            passed = np.maximum.accumulate(np.abs(charge[points] - charge[points][0]))
            curve = passed, values[points]
            found.append(continued(piece.axis, *curve))
            spread.append(widened((piece.axis, piece.measured), piece.sd, off, curve))
        return SimulatedCurve(np.concatenate(found), np.concatenate(spread))

    def _first_step(self, solution: Solution) -> int:
        """The step, counted from 0, with which the simulated counterpart of the file begins."""
        return next(
            (number for number, one in enumerate(solution.steps) if one.cycle >= self.first_cycle),
            len(solution.steps) - 1,
        )


def fine(solution: Solution, name: str) -> tuple[Array, Array, Array, Array]:
    """Time [s], charge, a series and the number of the step, between the solver's points too."""
    at, steps = [], []
    time = solution["Time [s]"]
    for number, step in enumerate(solution.steps):
        own = time[step.points]
        parts = [own[:-1] + part / BETWEEN * np.diff(own) for part in range(BETWEEN)]
        here = np.append(np.stack(parts, axis=1).ravel(), own[-1:])
        at.append(here)
        steps.append(np.full(len(here), number))
    everywhere = np.concatenate(at)
    charge, values = (np.array(solution.pybamm[each](t=everywhere)) for each in (CHARGE, name))
    return everywhere, charge, _averaged(values), np.concatenate(steps)


def _replayed(replay: Replay, name: str, at: Array) -> Array:
    """A series of a replay at measured times."""
    return _averaged(np.array(replay.pybamm[name](t=np.clip(at, 0.0, replay.pybamm.t[-1]))))


def _averaged(values: Array) -> Array:
    """One value a time, where there is one for each place in the electrode."""
    return values.mean(axis=0) if values.ndim == 2 else values


def half_cycles(charge: Array, step: Array) -> list[tuple[bool, slice]]:
    """Half-cycles of a simulation, as a measurement's are: whether sodium goes in, and their points."""
    charged = []
    for number in np.unique(step):
        points = np.flatnonzero(step == number)
        first, last = int(points[0]), int(points[-1]) + 1
        charged.append((float(charge[last - 1] - charge[first]), (first, last)))
    return [
        (direction is Kind.SODIATION, slice(parts[0][0], parts[-1][1]))
        for direction, parts in in_directions(charged)
    ]


def measured_curve(given: Curve, dataset: Dataset, first: int = 1) -> MeasuredCurve:
    """A measured file as the points to fit, thinned to the wanted number; it begins with cycle ``first``.

    Raises
    ------
    InputError
        No mass for a curve per gram, no such half-cycle, a unit that does not fit, a constant curve.
    """
    sd = given.noise
    if dataset.mass is None and (given.over == "capacity" or given.of == "current"):
        raise InputError('the mass of active carbon is not known; give it, as mass = "1.1 mg"')
    values = dataset.voltage if given.of == "voltage" else dataset.current / (dataset.mass or 1.0)
    if given.over == "time":
        axis = measured_times(dataset)
        pieces = [Piece(None, None, axis, values, _spread(given, sd, axis, values))]
    else:
        pieces = _by_half_cycle(given, dataset, values, sd, first)
    thinned = tuple(_thinned(piece, max(given.points // len(pieces), 2)) for piece in pieces)
    for piece in thinned:
        if np.ptp(piece.measured) == 0:
            where = f"half-cycle {piece.half_cycle}: " if piece.half_cycle else ""
            raise InputError(
                f"{where}the {given.of} is constant, {piece.measured[0]:g}; give a curve that changes"
            )
    return MeasuredCurve(given, thinned, first)


def _by_half_cycle(given: Curve, dataset: Dataset, values: Array, sd: float, first: int) -> list[Piece]:
    """The wanted half-cycles, all where none are named, over the charge that passed in each.

    Of a file that begins with a later cycle, half-cycles may be named as the cell counts them.
    """
    step = dataset.table[STEP].to_numpy() if STEP in dataset.table else None
    new = edges(dataset.time, dataset.current, step)
    passed = np.cumsum(charges(dataset.time, dataset.current, new))
    there = {half.number: half for half in dataset.half_cycles()}
    pieces = []
    wanted, earlier = given.half_cycles or tuple(there), 2 * (first - 1)
    if not set(wanted) <= set(there) and all(number > earlier for number in wanted):
        wanted = tuple(number - earlier for number in wanted)
    for number in wanted:
        if number not in there:
            raise InputError(f"half_cycles: {number} is not among the {len(there)} of the file; name those")
        half = there[number]
        points = half.points
        before = passed[points.start - 1] if points.start else 0.0
        sign = 1.0 if half.direction is Kind.SODIATION else -1.0
        assert dataset.mass is not None  # asked for before
        axis = from_si(1.0, "mA.h.g-1") * sign * (passed[points] - before) / dataset.mass
        own = values[points]
        pieces.append(Piece(number, sign > 0, axis, own, _spread(given, sd, axis, own)))
    if not pieces:
        raise InputError("there is no half-cycle in the file; give one with a current")
    return pieces


def axis_noise(given: Curve) -> float:
    """Standard deviation of a curve's axis [mA.h.g-1] or [s], as the problem gives it or else assumed."""
    return AXIS_SD[given.over] if given.axis_sd is None else given.axis_sd


def _spread(given: Curve, sd: float, axis: Array, values: Array) -> Array:
    """Noise of the values, and what that of the axis makes where the curve is steep."""
    off = axis_noise(given)
    along = np.maximum.accumulate(axis)
    change = np.abs(np.interp(axis + off, along, values) - np.interp(axis - off, along, values))
    whole = np.clip(axis + off, axis[0], along[-1]) - np.clip(axis - off, axis[0], along[-1])
    slope = np.divide(change, whole, out=np.zeros_like(change), where=whole > 0)  # the ends have one side
    steep = change > STEEP * np.sqrt(2) * sd
    return np.sqrt(sd**2 + np.where(steep, slope * off, 0.0) ** 2)


def _thinned(piece: Piece, count: int) -> Piece:
    """The measured points nearest to evenly spaced places on the axis: no averages, so their noise stays."""
    if len(piece.axis) <= count:
        return piece
    wanted = np.linspace(piece.axis[0], piece.axis[-1], count)
    order = np.argsort(piece.axis, kind="stable")
    near = np.clip(np.searchsorted(piece.axis[order], wanted), 1, len(order) - 1)
    left, right = order[near - 1], order[near]
    nearer = np.where(np.abs(piece.axis[left] - wanted) <= np.abs(piece.axis[right] - wanted), left, right)
    kept = np.unique(nearer)
    return Piece(piece.half_cycle, piece.sodiation, piece.axis[kept], piece.measured[kept], piece.sd[kept])


def _word(sodiation: bool | None) -> str:
    return "sodiation" if sodiation else "desodiation"
