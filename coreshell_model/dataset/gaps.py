"""Gaps in the record while current flows: what passed there, nobody measured."""

import numpy as np

from coreshell_model.dataset.clock import Points
from coreshell_model.dataset.half_cycles import charges, edges
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.dataset.sign import flowing

LONG = 5.0
"""A gap is longer than this many times the usual interval of its step."""

MATTERS = 0.02
"""Share of a half-cycle's charge that has to pass in a gap before it is refused."""

LEAST_INTERVALS = 3
"""Of a step, to tell its usual interval; with fewer, that of the whole file is taken."""

STATED = 1e-3
"""Share below which a gap is not worth a word."""


def check_gaps(sheet: Sheet, points: Points, allowed: bool, counted: np.ndarray | None = None) -> str | None:
    """The statement about gaps, if there are any.

    Where the cycler ``counted`` the charge before each point [C], what matters of a gap is by how much that
    differs from what the currents at its ends would make.

    The usual interval is the one that nine tenths of a step's points do not exceed, because loggers that also
    write at changes of the voltage have many short ones. An interval before a step's first point counts to
    that step: a pause there is a gap too.

    Raises
    ------
    InputError
        A gap in which more than ``MATTERS`` of the half-cycle's charge would have passed, unless allowed.
    """
    new = edges(points.time, points.current, points.step)
    passed = np.abs(charges(points.time, points.current, new))
    doubtful = passed if counted is None else np.abs(charges(points.time, points.current, new) - counted)
    interval = np.diff(points.time, prepend=points.time[0])
    signs = flowing(points.current)
    found = []
    starts = np.flatnonzero(new)
    total = _by_direction(passed, signs)
    anywhere = _usual(interval[interval > 0])
    for start, stop in zip(starts, [*starts[1:], len(new)], strict=True):
        if signs[start]:
            inside = interval[start + 1 : stop]
            usual = _usual(inside) if len(inside) >= LEAST_INTERVALS else anywhere
            found += [start + int(i) for i in np.flatnonzero(interval[start:stop] > LONG * usual)]
    shares = {row: doubtful[row] / total[row] for row in found if total[row] > 0}
    found = [row for row, share in shares.items() if share > STATED]
    for row in found:
        share = shares[row]
        if share > MATTERS and not allowed:
            raise sheet.wrong(
                f"a gap of {interval[row] / 3600:.3g} h before this line while current flows, in which "
                f"{share:.0%} of the half-cycle's charge would have passed; if the current went on, "
                "allow gaps (--allow-gaps; in a fit's file, allow_gaps = true), if it stopped, give the "
                "parts as files of their own",
                int(points.rows[row]),
            )
    if not found:
        return None
    where = sheet.named(points.rows[found])
    return f"{len(found)} gaps while current flows, taken as if it went on: before {where}"


def _usual(intervals: np.ndarray) -> float:
    if not intervals.size:
        return np.inf
    place = int(0.9 * (len(intervals) - 1))
    return float(np.partition(intervals, place)[place])


def _by_direction(passed: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """For each point the charge of all points in a row with the same direction, rests not counted."""
    flows = np.flatnonzero(signs)
    total = np.zeros(len(passed))
    if flows.size:
        group = np.concatenate([[0], np.cumsum(np.diff(signs[flows]) != 0)])
        total[flows] = np.bincount(group, weights=passed[flows])[group]
    return total
