r"""Measured curves, and their residuals from simulated ones.

The difference of voltages alone is a poor residual where the simulation is steep: a half-cycle that ends
40 mAh/g too early is a volt off just before its end, and hundreds of volts off where its last slope is
continued. The residual of a point :math:`(q, U)` is therefore

.. math::
   r = \frac{U_s(q) - U}{\sqrt{\sigma^2 + a^2 \max(0, s^2 - (3 m)^2)}}, \quad
   s = \frac{U_s(q) - U}{q - q_s(U)}, \quad a = \max(\sigma_q, 10^{-3} Q),

with the simulated curve :math:`U_s(q)`, continued beyond its end at its last slope, the nearest capacity
:math:`q_s(U)` at which it has the measured voltage, the slope :math:`m` of the measurement there, the
standard deviations :math:`\sigma` of the voltage and :math:`\sigma_q` of the capacity, and the capacity
:math:`Q` of the half-cycle. Where the simulation is at most three times as steep as the measurement, this is
the difference of voltages in standard deviations. Where it is much steeper, :math:`r` becomes the difference
of capacities, :math:`(q - q_s)/a`, which stays finite and falls evenly as the ends approach each other. It is
the effective-variance residual of a straight line with noise in both coordinates, without the part of the
capacity's noise that :math:`\sigma` holds already.
"""

from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.base.intervals import Array
from coreshell_model.base.units import from_si
from coreshell_model.data.half_cycles import Kind, in_directions
from coreshell_model.data.open_circuit_table import OpenCircuitTable
from coreshell_model.data.overlay import EDGE, measured_times
from coreshell_model.data.record import Dataset, place_in_life
from coreshell_model.data.replay import Replay
from coreshell_model.infer.observed import Curve
from coreshell_model.observe.equilibrium import Isotherm
from coreshell_model.run.solution import Solution

STEEPER = 3.0
"""Slope of the simulation, in slopes of the measurement, from which the difference in capacity counts."""

LEAST_SHARE = 1e-3
"""Least standard deviation of the capacity, as a share of that of the half-cycle, for this difference."""


def continued(at: Array, axis: Array, values: Array) -> Array:
    """Values of a curve, linear between its points and beyond the last.

    Parameters
    ----------
    at : places on the axis
    axis, values : the curve; the axis never falls
    """
    result = np.interp(at, axis, values)
    before = np.flatnonzero(axis < axis[-1])
    if before.size:
        slope = (values[-1] - values[before[-1]]) / (axis[-1] - axis[before[-1]])
        result += slope * np.maximum(at - axis[-1], 0.0)
    return result


def widened(measured: tuple[Array, Array], sd: Array, axis_sd: float, curve: tuple[Array, Array]) -> Array:
    """Standard deviation of each measured point, larger than ``sd`` where the simulated curve is steep.

    Parameters
    ----------
    measured : capacity [mA.h.g-1] and value of each point
    sd : standard deviation of each value
    axis_sd : standard deviation of the capacity [mA.h.g-1]
    curve : capacity, which never falls, and value along the simulation
    """
    axis, values = measured
    off = continued(axis, *curve) - values
    apart = axis - _nearest_crossing(axis, values, _with_continuation(axis, *curve))
    steepness = np.divide(off, apart, out=np.zeros_like(off), where=np.isfinite(apart) & (apart != 0))
    unit = max(axis_sd, LEAST_SHARE * float(np.ptp(axis)))
    excess = np.maximum(steepness**2 - (STEEPER * _slope(axis, values)) ** 2, 0.0)
    return np.sqrt(sd**2 + unit**2 * excess)


def _with_continuation(at: Array, axis: Array, values: Array) -> tuple[Array, Array]:
    """The curve with one more point, at the last of ``at``, where that lies beyond its end."""
    last = float(at.max())
    if last <= axis[-1]:
        return axis, values
    return np.append(axis, last), np.append(values, continued(np.array([last]), axis, values))


def _nearest_crossing(at: Array, levels: Array, curve: tuple[Array, Array]) -> Array:
    """The place nearest to each of ``at`` where a curve has the level; NaN where it never has it."""
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
"""Parts into which a step of the solver is divided; a straight line across all of it is off by millivolts."""

AXIS_SD = {"capacity": 0.1, "time": 0.0}
"""Standard deviation of the axis where the problem gives none [mA.h.g-1], [s]. Without any, the last point
before a cut-off, where 1 mV is a thousandth of a mAh/g, would outweigh all others."""

STEEP = 3.0
"""Change of the value across the axis's noise, in standard deviations of the change, from which it is taken
for a slope and not for noise."""


@dataclass(frozen=True)
class Piece:
    """Points of a curve: those of a half-cycle, or all of a curve over time.

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
    """A curve as the fit uses it; its half-cycles count from the start of the protocol's ``first_cycle``."""

    section: Curve
    pieces: tuple[Piece, ...]
    first_cycle: int = 1

    @property
    def size(self) -> int:
        """Number of data."""
        return sum(len(piece.axis) for piece in self.pieces)

    @property
    def sd(self) -> Array:
        """Standard deviation of each point."""
        return np.concatenate([piece.sd for piece in self.pieces])

    @property
    def measured(self) -> Array:
        """Values of all points in a row."""
        return np.concatenate([piece.measured for piece in self.pieces])

    def residuals(self, simulated: SimulatedCurve) -> Array:
        """Differences in standard deviations."""
        return (simulated.values - self.measured) / simulated.sd

    def simulated(self, solution: Solution | Replay | Isotherm) -> SimulatedCurve:
        """The simulation at the measured points; a half-cycle is continued beyond its end at its last slope.

        Standard deviations of points over capacity are those of ``widened``. A replay that left the model's
        range of voltages stays at its last value.

        Raises
        ------
        InputError
            The simulation does not have the half-cycle, or has it in the other direction.
        """
        if isinstance(solution, Isotherm):
            piece, curve = self.pieces[0], (solution.reversible, solution.potential)
            sd = widened((piece.axis, piece.measured), piece.sd, axis_noise(self.section), curve)
            return SimulatedCurve(continued(piece.axis, *curve), sd)
        if isinstance(solution, Replay):
            return SimulatedCurve(_replayed(solution, SERIES[self.section.of], self.pieces[0].axis), self.sd)
        halves = self._halves(solution) if self.section.over == "capacity" else []
        time, charge, values, step = refined(solution, SERIES[self.section.of], self._steps(solution, halves))
        if self.section.over == "time":
            later = np.append(False, np.diff(step) > 0) * (EDGE / 2)  # makes times of step changes distinct
            return SimulatedCurve(np.interp(self.pieces[0].axis, time - time[0] + later, values), self.sd)
        axis_sd = axis_noise(self.section)
        simulated, sd = [], []
        for piece in self.pieces:
            number = piece.half_cycle or 0
            if number > len(halves):
                raise InputError(
                    f"{self.section.named}: half-cycle {number} is not in the simulation, which has "
                    f"{len(halves)}; does {self.section.protocol} fit the measurement?"
                )
            sodiation, steps = halves[number - 1]
            points = np.isin(step, steps)
            if sodiation is not piece.sodiation:
                raise InputError(
                    f"{self.section.named}: half-cycle {number} is a {_word(piece.sodiation)}, simulated "
                    f"a {_word(sodiation)}; does {self.section.protocol} fit the measurement?"
                )
            passed = np.maximum.accumulate(np.abs(charge[points] - charge[points][0]))
            curve = passed, values[points]
            simulated.append(continued(piece.axis, *curve))
            sd.append(widened((piece.axis, piece.measured), piece.sd, axis_sd, curve))
        return SimulatedCurve(np.concatenate(simulated), np.concatenate(sd))

    def _halves(self, solution: Solution) -> list[tuple[bool, range]]:
        """The simulated half-cycles from the first cycle on: whether sodium goes in, and their steps."""
        steps = range(self._first_step(solution), len(solution.steps))
        step = np.repeat(steps, [len(solution["Time [s]"][solution.steps[n].points]) for n in steps])
        charge = solution[CHARGE][len(solution[CHARGE]) - len(step) :]
        return [
            (sodiation, range(int(step[points.start]), int(step[points.stop - 1]) + 1))
            for sodiation, points in half_cycles(charge, step)
        ]

    def _steps(self, solution: Solution, halves: list[tuple[bool, range]]) -> range:
        """Numbers, from 0, of the simulated steps in which the measured points lie."""
        first, time = self._first_step(solution), solution["Time [s]"]
        later = range(first, len(solution.steps))
        if self.section.over == "time":
            end = time[solution.steps[first].points.start] + self.pieces[0].axis[-1]
            begun = [
                n for n in later if solution.steps[n].skipped or time[solution.steps[n].points.start] <= end
            ]
            return range(first, begun[-1] + 1)
        last = max(piece.half_cycle or 0 for piece in self.pieces)
        return range(first, halves[last - 1][1].stop) if 0 < last <= len(halves) else later

    def _first_step(self, solution: Solution) -> int:
        """Number, from 0, of the simulated step with which the measured file begins."""
        return next(
            (number for number, step in enumerate(solution.steps) if step.cycle >= self.first_cycle),
            len(solution.steps) - 1,
        )


def refined(solution: Solution, name: str, steps: range) -> tuple[Array, Array, Array, Array]:
    """Time [s], charge, a series and the number of the step, at the solver's points and between them.

    Only of these steps, by their numbers from 0: reading a whole run takes a fifth of its solving.
    """
    times, numbers, time = [], [], solution["Time [s]"]
    for number in steps:
        solver_times = time[solution.steps[number].points]
        parts = [solver_times[:-1] + part / BETWEEN * np.diff(solver_times) for part in range(BETWEEN)]
        times.append(np.append(np.stack(parts, axis=1).ravel(), solver_times[-1:]))
        numbers.append(np.full(len(times[-1]), number))
    at = np.concatenate(times)
    charge, values = (np.array(solution.pybamm[series](t=at)) for series in (CHARGE, name))
    return at, charge, _averaged(values), np.concatenate(numbers)


def _replayed(replay: Replay, name: str, at: Array) -> Array:
    """A series of a replay at measured times."""
    return _averaged(np.array(replay.pybamm[name](t=np.clip(at, 0.0, replay.pybamm.t[-1]))))


def _averaged(values: Array) -> Array:
    """One value for each time, where the series has one for each place in the electrode."""
    return values.mean(axis=0) if values.ndim == 2 else values


def half_cycles(charge: Array, step: Array) -> list[tuple[bool, slice]]:
    """Half-cycles of a simulation, as of a measurement: whether sodium goes in, and the points."""
    charged = []
    for number in np.unique(step):
        points = np.flatnonzero(step == number)
        first, last = int(points[0]), int(points[-1]) + 1
        charged.append((float(charge[last - 1] - charge[first]), (first, last)))
    return [
        (direction is Kind.SODIATION, slice(parts[0][0], parts[-1][1]))
        for direction, parts in in_directions(charged)
    ]


def measured_curve(section: Curve, dataset: Dataset, first: int = 1) -> MeasuredCurve:
    """The points of a measured file to fit, thinned to ``points``; the file begins with cycle ``first``.

    Raises
    ------
    InputError
        No mass for a curve per gram, no such half-cycle, a unit that does not fit, a constant curve.
    """
    sd = section.noise
    if dataset.mass is None and (section.over == "capacity" or section.of == "current"):
        raise InputError('the mass of active carbon is not known; give it, as mass = "1.1 mg"')
    values = dataset.voltage if section.of == "voltage" else dataset.current / (dataset.mass or 1.0)
    if section.over == "time" and section.replay is None and dataset.without_time:
        raise InputError(
            'over is "time", which the table does not have; leave it out: a curve without time is compared '
            "over capacity"
        )
    if section.over == "time":
        axis = measured_times(dataset)
        pieces = [Piece(None, None, axis, values, _noise(section, sd, axis, values))]
    else:
        pieces = _by_half_cycle(section, dataset, values, sd, first)
    thinned = tuple(_thinned(piece, max(section.points // len(pieces), 2)) for piece in pieces)
    for piece in thinned:
        if np.ptp(piece.measured) == 0:
            where = f"half-cycle {piece.half_cycle}: " if piece.half_cycle else ""
            raise InputError(
                f"{where}the {section.of} is constant, {piece.measured[0]:g}; give a curve that changes"
            )
    return MeasuredCurve(section, thinned, first)


def equilibrium_curve(section: Curve, table: OpenCircuitTable) -> MeasuredCurve:
    """The points of an open-circuit table to fit, over the sodium in the carbon, thinned to ``points``."""
    noise = _noise(section, section.noise, table.stored, table.potential)
    piece = Piece(1, True, table.stored, table.potential, noise)
    return MeasuredCurve(section, (_thinned(piece, section.points),))


def _by_half_cycle(section: Curve, dataset: Dataset, values: Array, sd: float, first: int) -> list[Piece]:
    """The half-cycles that the section names, else all, over the charge that passed in each.

    In a file that begins with a later cycle, half-cycles may be named by their numbers in the cell's life.
    """
    passed = np.cumsum(dataset.passed())
    places = place_in_life(dataset, first)
    halves = {half.number: half for half in dataset.half_cycles()}
    pieces = []
    numbers, earlier = section.half_cycles or tuple(halves), 2 * (first - 1)
    if not set(numbers) <= set(halves) and all(number > earlier for number in numbers):
        by_place = {place: number for number, place in places.items()}
        numbers = tuple(by_place.get(number - earlier, number - earlier) for number in numbers)
    for number in numbers:
        if number not in halves:
            raise InputError(f"half_cycles: {number} is not among the {len(halves)} of the file; name those")
        half = halves[number]
        points = half.points
        before = passed[points.start - 1] if points.start else 0.0
        sign = 1.0 if half.direction is Kind.SODIATION else -1.0
        assert dataset.mass is not None  # checked by measured_curve
        axis = from_si(1.0, "mA.h.g-1") * sign * (passed[points] - before) / dataset.mass
        measured = values[points]
        pieces.append(Piece(places[number], sign > 0, axis, measured, _noise(section, sd, axis, measured)))
    if not pieces:
        raise InputError("there is no half-cycle in the file; give one with a current")
    return pieces


def axis_noise(section: Curve) -> float:
    """Standard deviation of a curve's axis [mA.h.g-1] or [s]: that of the problem, else the assumed one."""
    return AXIS_SD[section.over] if section.axis_sd is None else section.axis_sd


def _noise(section: Curve, sd: float, axis: Array, values: Array) -> Array:
    """Standard deviation of each point: that of the value and, where the curve is steep, that of the axis."""
    axis_sd = axis_noise(section)
    along = np.maximum.accumulate(axis)
    change = np.abs(np.interp(axis + axis_sd, along, values) - np.interp(axis - axis_sd, along, values))
    span = np.clip(axis + axis_sd, axis[0], along[-1]) - np.clip(axis - axis_sd, axis[0], along[-1])
    slope = np.divide(change, span, out=np.zeros_like(change), where=span > 0)
    steep = change > STEEP * np.sqrt(2) * sd
    return np.sqrt(sd**2 + np.where(steep, slope * axis_sd, 0.0) ** 2)


def _thinned(piece: Piece, count: int) -> Piece:
    """The measured points nearest to evenly spaced places on the axis; averages would have less noise."""
    if len(piece.axis) <= count:
        return piece
    even = np.linspace(piece.axis[0], piece.axis[-1], count)
    order = np.argsort(piece.axis, kind="stable")
    near = np.clip(np.searchsorted(piece.axis[order], even), 1, len(order) - 1)
    left, right = order[near - 1], order[near]
    nearer = np.where(np.abs(piece.axis[left] - even) <= np.abs(piece.axis[right] - even), left, right)
    kept = np.unique(nearer)
    return Piece(piece.half_cycle, piece.sodiation, piece.axis[kept], piece.measured[kept], piece.sd[kept])


def _word(sodiation: bool | None) -> str:
    return "sodiation" if sodiation else "desodiation"
