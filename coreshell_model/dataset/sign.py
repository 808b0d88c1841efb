"""Which sign of the current sodiates the carbon: told by the voltage, which falls while sodium goes in."""

import numpy as np

from coreshell_model.dataset.clock import Points
from coreshell_model.dataset.sheet import Sheet
from coreshell_model.errors import InputError

SIGNS = ("sodiation", "desodiation")
"""What a positive current in a file can do to the carbon."""

REST = 5e-4
"""Share of the largest current below which nothing flows."""

LEAST_MOVE = 0.01
"""Volts that the voltage must have moved, in all, to tell anything."""

CLEAR = 0.5
"""Share of the voltage's moves, net, that must go one way."""


class UntoldSignError(InputError):
    """What a positive current does cannot be told from this file alone."""


def flowing(current: np.ndarray) -> np.ndarray:
    """-1, 0 or 1: the sign of the current, 0 where next to none flows."""
    largest = np.abs(current).max(initial=0.0)
    return np.where(np.abs(current) > REST * largest, np.sign(current), 0.0)


def told_by_voltage(points: Points) -> float:
    """From -1, the voltage falls at positive current, to 1, it rises; 0 where it tells nothing."""
    signs = flowing(points.current)
    starts = np.flatnonzero(np.diff(signs, prepend=np.nan) != 0)
    if not starts.size:
        return 0.0
    direction, voltage = signs[starts], points.voltage
    moves = voltage[np.append(starts[1:], len(signs)) - 1] - voltage[starts]
    spans = np.maximum.reduceat(voltage, starts) - np.minimum.reduceat(voltage, starts)
    net, travelled = float(np.sum(direction * moves)), float(np.sum(spans[direction != 0]))
    return net / travelled if travelled > LEAST_MOVE else 0.0


def positive_current(sheet: Sheet, points: Points, said: str | None, by_file: str | None) -> tuple[str, str]:
    """What a positive current does, one of ``SIGNS``, and how that is known: nothing where none flows.

    Parameters
    ----------
    said : by the user
    by_file : by what was written with the file, or beside it

    Raises
    ------
    InputError
        Nothing tells, or the voltage contradicts what was said.
    """
    if said is not None and said not in SIGNS:
        raise InputError(f"current sign is {said!r}; a positive current does 'sodiation' or 'desodiation'")
    if not points.current.any():
        return "sodiation", ""
    lean = told_by_voltage(points)
    told = "sodiation" if lean < -CLEAR else "desodiation" if lean > CLEAR else None
    given = said or by_file
    giver = "said" if said else "said by the metadata"
    if given and told and given != told:
        moves = "falls" if told == "sodiation" else "rises"
        raise sheet.wrong(
            f"positive current is {giver} to do {given}, but the voltage {moves} while it flows; "
            f"leave the sign out or give '{told}' (--current-sign {told})"
        )
    if told:
        return told, f"voltage {'falls' if told == 'sodiation' else 'rises'} while it is positive"
    if given:
        return given, f"as {giver}; the voltage does not tell"
    signs = set(np.unique(flowing(points.current)).tolist()) - {0.0}
    why = "the voltage hardly moves while current flows"
    if lean or (len(signs) == 1 and np.ptp(points.voltage) > LEAST_MOVE):
        why = "the voltage rises and falls at the same sign of the current"
        if len(signs) == 1:
            why += ", which may have been exported without its sign"
    untold = sheet.wrong(
        f"whether positive current sodiates cannot be told: {why}; say it, as current_sign='desodiation' "
        "(--current-sign desodiation) where the cycler counts charge positive"
    )
    raise UntoldSignError(str(untold))
