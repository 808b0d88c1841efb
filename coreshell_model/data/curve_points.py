"""The points of a half-cycle of voltage against capacity: put in order, checked, and their scatter stated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.units import from_si
from coreshell_model.data.half_cell import FULL_CELL
from coreshell_model.data.half_cycles import HELD, LONG, MATTERS
from coreshell_model.data.sheet import Sheet

Array = NDArray[np.float64]

LEAST_POINTS = 8
"""Points of a half-cycle at least: one more than the local fit takes."""

NEIGHBOURS = 7
"""Points that the local fit of a parabola takes."""

LOWEST, HIGHEST = -0.5, 5.0
"""Volts against Na/Na+ within which a cell's voltage lies."""

CLEAR = 0.5
"""Rank correlation of voltage and capacity from which the voltage falls, or rises, along the capacity."""

ORIGIN = 0.01
"""Share of the capacity by which points may lie before the beginning, as a digitised origin lets them."""

SHARED = 0.02
"""Share of the capacity within which a half-cycle begins where the one before it ends, on one axis."""

LATE = 0.05
"""Share of the capacity before the first point from which it is asked where the half-cycle begins."""

TWO_CURVES = 0.02
"""Volts of scatter from which the points are of several curves (assumed: a digitised figure has some mV)."""

SAME = 1e-9
"""Share of the capacity within which two points have the same one."""

NOISE = 4.0
"""Standard deviations of the scatter within which points have one voltage."""

STRETCH = 3
"""Points from which a flat end is stated as the hold."""


@dataclass(frozen=True)
class CurvePoints:
    """A half-cycle without time, its points in the order of the capacity.

    Attributes
    ----------
    passed : charge since the half-cycle began [C], growing
    voltage : against Na/Na+ [V]
    rows : row of the sheet that each point is from
    up : whether the table's capacity grows as charge passes
    begin : the table's capacity where the half-cycle begins, as charge [C]
    scatter : standard deviation of the voltage about a local fit [V]
    notes : what was done, in words
    """

    passed: Array
    voltage: Array
    rows: NDArray[np.int64]
    up: bool
    begin: float
    scatter: float
    notes: tuple[str, ...]

    @property
    def end(self) -> float:
        """The table's capacity where the half-cycle ends, as charge [C]."""
        passed = float(self.passed[-1])
        return self.begin + passed if self.up else self.begin - passed


def sodiates(charge: Array, voltage: Array, cell: str) -> bool:
    """Whether sodium goes into the carbon as a capacity grows, by the voltage along it."""
    return (_rank_correlation(charge, voltage) < 0) == (cell != FULL_CELL)


def counted_up(
    sheet: Sheet, name: str, charge: Array, voltage: Array, sodiation: bool, stated: str | None, cell: str
) -> tuple[bool, str]:
    """Whether a table's capacity counts what passed, from its beginning on, and how that is known.

    The voltage of a half-cell falls as sodium goes in, that of a full cell rises. So the sign of its slope
    along the capacity shows which way the capacity counts.

    Raises
    ------
    InputError
        The voltage does not tell and it is not stated, contradicts what is stated, or is that of the other
        direction.
    """
    falls = _rank_correlation(charge, voltage)
    falls_while_up = sodiation == (cell != FULL_CELL)
    by_voltage = None if abs(falls) < CLEAR else (falls < 0) == falls_while_up
    word = "sodiation" if sodiation else "desodiation"
    moves = "falls" if falls < 0 else "rises"
    if by_voltage is None and stated is None:
        raise sheet.wrong(
            f"{name}: the voltage neither falls nor rises along the capacity (rank correlation {falls:.2g}), "
            'so which way it counts cannot be told; write counted = "up" (what passed) or "down" (what is '
            "left), or give each half-cycle its own columns"
        )
    if stated is not None:
        if by_voltage is not None and by_voltage != (stated == "up"):
            raise sheet.wrong(
                f'{name}: counted is "{stated}", but the voltage {moves} along the capacity, as in a {word} '
                f"counted {'up' if by_voltage else 'down'}; correct counted, or the direction"
            )
        return stated == "up", "as stated"
    if not by_voltage and sodiation:
        raise sheet.wrong(
            f"{name}: the voltage {moves} along the capacity, as in a desodiation; write direction = "
            '"desodiation", or counted = "down" where the capacity is what the sodiation has still to pass'
        )
    return bool(by_voltage), f"the voltage {moves} along it"


def beginning(
    sheet: Sheet, name: str, charge: Array, up: bool, before: CurvePoints | None, is_content: bool
) -> tuple[float, str]:
    """The table's capacity at which a half-cycle begins [C], where it is not stated, and why there.

    Where capacity counts the other way than in the half-cycle before, both have one axis, the sodium in the
    carbon, and the half-cycle begins where that one ends. Else a capacity that counts up begins at 0, and
    one that counts down at its largest.

    Parameters
    ----------
    before : the half-cycle before
    is_content : whether the capacity is the sodium in the carbon, as at open circuit

    Raises
    ------
    InputError
        The capacity counts up and begins so late that it may have begun elsewhere than at 0.
    """
    first = float(charge.min() if up else charge.max())
    span = float(np.ptp(charge))
    if before is not None and before.up != up and abs(first - before.end) <= SHARED * span:
        shared = min(first, before.end) if up else max(first, before.end)
        return shared, ", where the half-cycle before it ends"
    if not up:
        return first, ", its largest, where the half-cycle is taken to begin"
    if first > LATE * span and not is_content:
        raise sheet.wrong(
            f"{name}: the first point lies {first / span:.0%} of the curve after capacity 0; write begin = "
            '"0" where what passed before is missing from the table, else the capacity where it begins'
        )
    return 0.0, ""


def in_order(
    sheet: Sheet,
    name: str,
    charge: Array,
    voltage: Array,
    rows: NDArray[np.int64],
    up: bool,
    begin: float,
) -> CurvePoints:
    """The points along the charge that passed, points at the same one averaged.

    Parameters
    ----------
    sheet, name : the table and the half-cycle, for messages
    charge, voltage, rows : the table's capacity as charge [C], voltage [V], and where each point is from
    up : whether the capacity grows as charge passes
    begin : the capacity where the half-cycle begins [C]

    Raises
    ------
    InputError
        Too few points, a voltage that no cell has, a capacity before the beginning, several curves in one.
    """
    _check(sheet, name, voltage, rows)
    notes: list[str] = []
    repeated = len(charge) - len(np.unique(np.column_stack([charge, voltage]), axis=0))
    passed = charge - begin if up else begin - charge
    span = float(np.ptp(passed))
    if span <= 0:
        raise sheet.wrong(f"{name}: the capacity is the same at all points; choose the columns", int(rows[0]))
    passed, note = _from_the_origin(sheet, name, passed, rows, span)
    notes += note
    notes += _order(passed)
    order = np.argsort(passed, kind="stable")
    passed, voltage, rows = passed[order], voltage[order], rows[order]
    passed[passed < SAME * span] = 0.0
    group = np.concatenate([[0], np.cumsum(np.diff(passed) > SAME * span)])
    if group[-1] + 1 < len(passed):
        merged = len(passed) - int(group[-1]) - 1
        twice = f", {repeated} of them listed twice" if repeated else ""
        notes.append(f"{merged} points at the capacity of another averaged with it{twice}")
        count = np.bincount(group)
        passed, voltage = (np.bincount(group, weights=values) / count for values in (passed, voltage))
        rows = rows[np.concatenate([[0], np.flatnonzero(np.diff(group)) + 1])]
    _check(sheet, name, voltage, rows)
    scatter = float(np.median(np.abs(local_residuals(passed, voltage)))) / 0.6745
    if scatter > TWO_CURVES:
        raise sheet.wrong(
            f"{name}: the voltage scatters by {1e3 * scatter:.0f} mV about a smooth curve, as where two "
            "half-cycles stand in one table; give each its own columns (half_cycles), lines or file"
        )
    notes.append(_shape(passed, voltage, scatter))
    notes += _stretches(passed, span)
    return CurvePoints(passed, voltage, rows, up, begin, scatter, tuple(notes))


def _check(sheet: Sheet, name: str, voltage: Array, rows: NDArray[np.int64]) -> None:
    if len(voltage) < LEAST_POINTS:
        raise sheet.wrong(
            f"{name}: {len(voltage)} points; a curve needs at least {LEAST_POINTS}",
            int(rows[0]) if len(rows) else None,
        )
    beyond = np.flatnonzero((voltage < LOWEST) | (voltage > HIGHEST))
    if beyond.size:
        raise sheet.wrong(
            f"{name}: voltage is {voltage[beyond[0]]:.4g} V, outside {LOWEST:g} to {HIGHEST:g} V; write "
            'voltage_unit = "mV" where it is in mV, choose other columns, or state the reference',
            int(rows[beyond[0]]),
        )


def _from_the_origin(
    sheet: Sheet, name: str, passed: Array, rows: NDArray[np.int64], span: float
) -> tuple[Array, list[str]]:
    """What passed, from 0 on: points a little before the beginning move all points with them."""
    first = int(np.argmin(passed))
    before = -float(passed[first])
    if before <= 0:
        return passed, []
    if before > ORIGIN * span:
        raise sheet.wrong(
            f"{name}: the capacity lies {before / span:.0%} of the curve before the beginning of the "
            'half-cycle; correct it, or state where it begins in the unit of the column, as begin = "-20"',
            int(rows[first]),
        )
    note = f"the first point lies {before / span:.2%} of the capacity before its beginning, which moves there"
    return passed + before, [note]


def _order(passed: Array) -> list[str]:
    """The statement about the order in which the points are listed."""
    back = int(np.sum(np.diff(passed) < 0))
    if not back:
        return []
    if back == len(passed) - 1:
        return ["listed from the end, turned round"]
    return [f"sorted along the capacity, which goes back at {back} of {len(passed)} points as listed"]


def local_residuals(passed: Array, voltage: Array) -> Array:
    """Differences [V] from parabolas through the nearest points, scaled to the noise of a single point.

    A parabola through n points takes part of the noise of the point in its middle with it; what is left is
    divided by the root of 1 - h, the point's leverage h.
    """
    count = len(passed)
    wide = min(NEIGHBOURS, count)
    off = np.empty(count)
    for place in range(count):
        start = min(max(place - wide // 2, 0), count - wide)
        inside = slice(start, start + wide)
        axis = passed[inside] - passed[place]
        axis = axis / np.abs(axis).max()
        basis, _ = np.linalg.qr(np.vander(axis, 3))
        left = voltage[inside] - basis @ (basis.T @ voltage[inside])
        leverage = float(np.sum(basis[place - start] ** 2))
        off[place] = left[place - start] / np.sqrt(max(1.0 - leverage, SAME))
    return off


def _shape(passed: Array, voltage: Array, scatter: float) -> str:
    """The statement about scatter, and about points at which the voltage goes back."""
    falls = _rank_correlation(passed, voltage) < 0
    back = int(np.sum(np.diff(voltage) > 0 if falls else np.diff(voltage) < 0))
    again = f"; the voltage goes back at {back} of them, which are kept" if back else ""
    return f"{len(passed)} points, scatter of the voltage {1e3 * scatter:.2g} mV about a local fit{again}"


def _stretches(passed: Array, span: float) -> list[str]:
    """The statement about the longest stretch without a point, where it is long."""
    intervals = np.diff(passed)
    longest = int(np.argmax(intervals))
    usual = float(np.quantile(intervals, 0.9))
    if intervals[longest] <= max(LONG * usual, MATTERS * span):
        return []
    share = intervals[longest] / span
    return [f"no points over {share:.0%} of the capacity, after {passed[longest] / span:.0%} of it"]


def flat_end(points: CurvePoints) -> int:
    """The first of the last points that share a voltage, within the scatter; their number where none do."""
    level = float(np.median(points.voltage[-STRETCH:]))
    away = np.flatnonzero(np.abs(points.voltage - level) > max(HELD, NOISE * points.scatter))
    start = int(away[-1]) + 1 if away.size else 0
    return start if len(points.voltage) - start >= STRETCH else len(points.voltage)


def in_words(charge: float, mass: float | None) -> str:
    """A charge [C] per gram of active carbon [kg], or as it is where the mass is not known."""
    if mass is None:
        return f"{from_si(charge, 'mA.h'):.4g} mAh"
    return f"{from_si(charge / mass, 'mA.h.g-1'):.4g} mAh/g"


def _rank_correlation(first: Array, second: Array) -> float:
    """Spearman's coefficient, between -1 and 1; 0 where one of the two is constant."""
    ranks = [_ranks(values) for values in (first, second)]
    if any(np.ptp(rank) == 0 for rank in ranks):
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: Array) -> Array:
    """The rank of each value; equal ones share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]
