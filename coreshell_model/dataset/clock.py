"""One test time from what a file has: the test's, the step's, dates; restarts, repeats, steps back."""

from dataclasses import dataclass

import numpy as np

from coreshell_model.dataset.sheet import Sheet

ROUNDING = 1e-9
"""Relative to the time: a step back this small is the file's rounding."""


@dataclass(frozen=True)
class Points:
    """The points of a file while they are sorted out: SI units, current with the file's own sign."""

    time: np.ndarray
    voltage: np.ndarray
    current: np.ndarray
    step: np.ndarray
    """Counts the steps: it grows by one where the file's step or cycle changes, or where time restarts."""
    rows: np.ndarray
    """The row of each point among the sheet's."""

    def at(self, kept: np.ndarray) -> "Points":
        """Some of the points."""
        return Points(
            *(values[kept] for values in (self.time, self.voltage, self.current, self.step, self.rows))
        )


def step_count(labels: list[np.ndarray]) -> np.ndarray:
    """1, 2, ... with each change of a label, such as the step's and the cycle's number."""
    changed = np.zeros(len(labels[0]), bool)
    for label in labels:
        changed[1:] |= label[1:] != label[:-1]
    return 1 + np.cumsum(changed)


def restarted(
    sheet: Sheet, points: Points, stamps: np.ndarray | None, of_step: bool
) -> tuple[Points, str | None]:
    """The points with a time that goes on through the steps, and a statement if it restarted with them.

    Time that goes back is a restart where it returns to the beginning (below the first interval, or the
    first time) and the step, or else the current, changes. The steps are then lined up by their dates,
    if the file has them, or end to end.

    Raises
    ------
    InputError
        Time goes back otherwise.
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
    if of_step:
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
    """Points at the same time: both stay where current or step changes, else they become their mean."""
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
