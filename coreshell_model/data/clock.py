"""The time of a record, and what the sign of its current means."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.data.sheet import Sheet

ROUNDING = 1e-9
"""Share of the time by which it may fall from one point to the next, as rounding in the file."""


@dataclass(frozen=True)
class Points:
    """The points of a file while it is read: SI units, current with the file's own sign."""

    time: np.ndarray
    voltage: np.ndarray
    current: np.ndarray
    step: np.ndarray
    """Count of the steps: it grows by one where the file's step or cycle changes, or where time restarts."""
    rows: np.ndarray
    """Row of the sheet that each point is from."""

    def at(self, kept: np.ndarray) -> "Points":
        """Some of the points."""
        return Points(
            *(values[kept] for values in (self.time, self.voltage, self.current, self.step, self.rows))
        )


def step_count(labels: list[np.ndarray]) -> np.ndarray:
    """A count from 1 that grows with each change of a label, such as the number of step or cycle."""
    changed = np.zeros(len(labels[0]), bool)
    for label in labels:
        changed[1:] |= label[1:] != label[:-1]
    return 1 + np.cumsum(changed)


def restarted(
    sheet: Sheet, points: Points, stamps: np.ndarray | None, is_step_time: bool
) -> tuple[Points, str | None]:
    """The points with a time that grows through all steps, and a statement if it restarted in the file.

    Time that goes back is a restart where it returns to the beginning (below the first interval, or the
    first time) and the step or the current changes there. The steps are then lined up by their dates if the
    file has them, otherwise end to end.

    Raises
    ------
    InputError
        Time goes back without a restart.
    """
    time, current = points.time, points.current
    back = np.flatnonzero(np.diff(time) < -ROUNDING * np.abs(time[1:])) + 1
    if not back.size:
        return points, None
    largest = float(np.abs(current).max())
    for row in back:
        interval = max(time[row + 1] - time[row], 0.0) if row + 1 < len(time) else 0.0
        begins = time[row] <= max(time[0], 2 * interval) + ROUNDING
        changes = (
            points.step[row] != points.step[row - 1] or abs(current[row] - current[row - 1]) > 0.01 * largest
        )
        if not (begins and changes):
            raise sheet.wrong(
                f"time goes back from {time[row - 1]:g} s to {time[row]:g} s within a step; "
                "correct the time, or give the parts as files of their own",
                int(points.rows[row]),
            )
    if is_step_time:
        back = np.union1d(back, np.flatnonzero(np.diff(points.step)) + 1)
    starts = np.zeros(len(time))
    ends = np.append(back, len(time))
    for row, end in zip(back, ends[1:], strict=True):
        before = starts[row - 1] + time[row - 1]
        starts[row:end] = (
            before if stamps is None else max(stamps[row] - stamps[0] + time[0] - time[row], before)
        )
    step = points.step + np.cumsum(
        np.isin(np.arange(len(time)), back) & (np.diff(points.step, prepend=0) == 0)
    )
    how = "end to end, so that pauses between them are not seen" if stamps is None else "by their dates"
    note = f"time restarts {len(back)} times with the steps, which are lined up {how}"
    return Points(time + starts, points.voltage, points.current, step, points.rows), note


def without_repeats(sheet: Sheet, points: Points) -> tuple[Points, str | None]:
    """Points at the same time become their mean, unless current or step changes there: then both stay."""
    time, current = points.time, np.where(points.current == 0, 0.0, points.current)
    scale = 0.01 * np.maximum(np.abs(current[1:]), np.abs(current[:-1]))
    edge = (np.abs(np.diff(current)) > scale) | (np.diff(points.step) != 0)
    same = (np.diff(time) <= 0) & ~edge
    if not same.any():
        return points, None
    group = np.concatenate([[0], np.cumsum(~same)])
    count = np.bincount(group)
    first = np.flatnonzero(np.concatenate([[True], ~same]))
    kept = points.at(first)
    means = [np.bincount(group, weights=values) / count for values in (points.voltage, points.current)]
    averaged = [
        np.where(count > 1, mean, old) for mean, old in zip(means, (kept.voltage, kept.current), strict=True)
    ]
    merged = points.rows[np.flatnonzero(same) + 1]
    note = f"{len(merged)} points at the time of the point before averaged with it: {sheet.named(merged)}"
    return Points(kept.time, averaged[0], averaged[1], kept.step, kept.rows), note


SIGNS = ("sodiation", "desodiation")
"""What a positive current in a file can do to the carbon."""

REST = 5e-4
"""Share of the largest current below which nothing flows."""

LEAST_MOVE = 0.01
"""Volts by which the voltage must have moved, in all, to show the sign of the current."""

CLEAR = 0.5
"""Share of the voltage's moves that must go one way, net, to show the sign of the current."""


class UnknownSignError(InputError):
    """The file alone does not show what a positive current does."""


def flowing(current: np.ndarray) -> np.ndarray:
    """The sign of the current, -1, 0 or 1; 0 where next to none flows."""
    largest = np.abs(current).max(initial=0.0)
    return np.where(np.abs(current) > REST * largest, np.sign(current), 0.0)


def voltage_trend(points: Points) -> float:
    """How the voltage moves at positive current, from -1 (it falls) to 1 (it rises); 0 if it hardly moves."""
    signs = flowing(points.current)
    starts = np.flatnonzero(np.diff(signs, prepend=np.nan) != 0)
    if not starts.size:
        return 0.0
    direction, voltage = signs[starts], points.voltage
    moves = voltage[np.append(starts[1:], len(signs)) - 1] - voltage[starts]
    spans = np.maximum.reduceat(voltage, starts) - np.minimum.reduceat(voltage, starts)
    net, travelled = float(np.sum(direction * moves)), float(np.sum(spans[direction != 0]))
    return net / travelled if travelled > LEAST_MOVE else 0.0


def positive_current(
    sheet: Sheet, points: Points, by_user: str | None, by_file: str | None
) -> tuple[str, str]:
    """What a positive current does, one of ``SIGNS``, and how that is known ("" where none flows).

    Parameters
    ----------
    by_user : what the user says
    by_file : what the metadata beside the file, or other files of the cell, say

    Raises
    ------
    InputError
        Nothing shows it, or the voltage contradicts what was said.
    """
    if by_user is not None and by_user not in SIGNS:
        raise InputError(f"current sign is {by_user!r}; a positive current does 'sodiation' or 'desodiation'")
    if not points.current.any():
        return "sodiation", ""
    trend = voltage_trend(points)
    by_voltage = "sodiation" if trend < -CLEAR else "desodiation" if trend > CLEAR else None
    stated = by_user or by_file
    stated_by = "said" if by_user else "said by the metadata"
    if stated and by_voltage and stated != by_voltage:
        moves = "falls" if by_voltage == "sodiation" else "rises"
        raise sheet.wrong(
            f"positive current is {stated_by} to do {stated}, but the voltage {moves} while it flows; "
            f"leave the sign out or give '{by_voltage}' (--current-sign {by_voltage})"
        )
    if by_voltage:
        return by_voltage, f"voltage {'falls' if by_voltage == 'sodiation' else 'rises'} while it is positive"
    if stated:
        return stated, f"as {stated_by}; the voltage does not tell"
    signs = set(np.unique(flowing(points.current)).tolist()) - {0.0}
    why = "the voltage hardly moves while current flows"
    if trend or (len(signs) == 1 and np.ptp(points.voltage) > LEAST_MOVE):
        why = "the voltage rises and falls at the same sign of the current"
        if len(signs) == 1:
            why += ", which may have been exported without its sign"
    unknown = sheet.wrong(
        f"whether positive current sodiates cannot be told: {why}; say it, as current_sign='desodiation' "
        "(--current-sign desodiation) where the cycler counts charge positive"
    )
    raise UnknownSignError(str(unknown))
