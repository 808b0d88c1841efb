"""Whether a measurement can be of carbon against sodium: what else it looks like is said, and asked."""

import numpy as np

from coreshell_model.base.errors import InputError
from coreshell_model.data.clock import CLEAR, SIGNS, Points, told_by_voltage
from coreshell_model.data.half_cycles import charges, edges
from coreshell_model.data.sheet import Sheet

HALF_CELL, FULL_CELL = "half-cell", "full-cell"
CELLS = (HALF_CELL, FULL_CELL)
"""What the voltage of a file can be of: carbon against sodium, or carbon against a positive electrode."""

HIGHEST = 3.2
"""Volts against sodium that carbon does not reach: fresh cells rest below 3 V, cycling ends at 2 to 3 V."""

LOWEST = -0.3
"""Volts below which not even a large current takes carbon against sodium, whose plating begins at 0 V."""

MOSTLY_ABOVE = 2.0
"""Volts above which carbon against sodium passes little charge, and a full cell most of it."""

UNMOVED = 0.02
"""Volts below which a voltage that stays there while current flows both ways is in another unit."""

BOTH_WAYS = 0.1
"""Share of the charge that passes either way, at least, where current flows both ways."""

HELD = 1e-4
"""Volts within which the voltage of a channel without a cell stays while a constant current flows."""

DEAD_POINTS = 10
"""Of a constant current, at least, to call a voltage that stays dead."""


def checked_cell(cell: str | None) -> str | None:
    """What the user says the voltage is of.

    Raises
    ------
    InputError
        Neither of ``CELLS``.
    """
    if cell is not None and cell not in CELLS:
        raise InputError(f"cell is {cell!r}; give {' or '.join(map(repr, CELLS))}")
    return cell


def check_cell(sheet: Sheet, points: Points, cell: str | None) -> str | None:
    """The statement about what was measured, where it is not plainly carbon against sodium.

    Parameters
    ----------
    cell : as the user, or the metadata, say; else the voltage has to be that of carbon against sodium

    Raises
    ------
    InputError
        It looks like something else, and nobody said what it is.
    """
    sight = looks_unlike_carbon(points)
    if cell == FULL_CELL:
        return (
            "full cell, as said: charging sodiates the carbon; the voltage is the cell's, not the carbon's, "
            "so that it is not replayed or fitted"
        )
    if sight is None:
        return None
    if cell == HALF_CELL:
        return f"carbon against sodium, as said, although {sight[1].partition(':')[0]}"
    row, what = sight
    raise sheet.wrong(
        f"{what}; say cell='half-cell' (--cell half-cell; in a fit's file, cell = \"half-cell\") where it is "
        "carbon against Na/Na+ all the same, or cell='full-cell' (--cell full-cell), which data shows",
        int(points.rows[row]),
    )


def looks_unlike_carbon(points: Points) -> tuple[int, str] | None:
    """Where a measurement shows that it is not of carbon against sodium, and what it looks like."""
    voltage = points.voltage
    highest, lowest = int(np.argmax(voltage)), int(np.argmin(voltage))
    new = edges(points.time, points.current, points.step)
    passed = charges(points.time, points.current, new)
    total = float(np.abs(passed).sum())
    between = np.concatenate([voltage[:1], (voltage[1:] + voltage[:-1]) / 2])
    if voltage[highest] > HIGHEST:
        return highest, (
            f"the voltage goes up to {voltage[highest]:.4g} V, where carbon against sodium stays below "
            f"{HIGHEST:g} V: it looks like a full cell, or another electrode"
        )
    if voltage[lowest] < LOWEST:
        return lowest, (
            f"the voltage goes down to {voltage[lowest]:.4g} V, where carbon against sodium stays above "
            f"{LOWEST:g} V: it looks like a voltage against another reference, or of two like electrodes"
        )
    if not total:
        return None
    above = float(np.abs(passed[between > MOSTLY_ABOVE]).sum()) / total
    if above > 0.5:
        return highest, (
            f"{above:.0%} of the charge passes above {MOSTLY_ABOVE:g} V, where carbon against sodium holds "
            "little: it looks like a full cell, or another electrode"
        )
    below = float(np.abs(passed[between < 0]).sum()) / total
    if below > 0.5:
        return lowest, (
            f"{below:.0%} of the charge passes below 0 V, where sodium plates on carbon: it looks like a "
            "voltage against another reference, or of two like electrodes"
        )
    both = min(passed[passed > 0].sum(), -passed[passed < 0].sum()) / total
    if both > BOTH_WAYS and np.abs(voltage).max() < UNMOVED:
        return highest, (
            f"the voltage stays below {1e3 * np.abs(voltage).max():.3g} mV while current flows both ways: it "
            "looks like volts below a header in mV, or a short circuit"
        )
    return None


def check_alive(sheet: Sheet, points: Points, cell: str | None) -> None:
    """Refuse a voltage that stays while a constant current flows, unless the user says that it is a cell's.

    Raises
    ------
    InputError
        The voltage does not move.
    """
    flows = np.flatnonzero(points.current)
    if cell is not None or len(flows) < DEAD_POINTS or np.ptp(points.voltage[flows]) > HELD:
        return
    current = points.current[flows]
    if np.ptp(current) < 0.01 * np.abs(current).max():
        raise sheet.wrong(
            f"the voltage is constant at {points.voltage[flows[0]]:.4g} V while a constant current flows: it "
            "looks like a channel without a cell, or another column; say cell='half-cell' (--cell half-cell) "
            "where it is a cell's all the same",
            int(points.rows[flows[0]]),
        )


def full_cell_sign(sheet: Sheet, points: Points, said: str | None) -> tuple[str, str]:
    """What a positive current does in a full cell, as said: it is never taken from the voltage.

    Raises
    ------
    InputError
        Not said, or the voltage contradicts it: it rises while charging sodiates the carbon.
    """
    if said not in SIGNS:
        raise sheet.wrong(
            "in a full cell charging sodiates the carbon; say what positive current does, as "
            "current_sign='sodiation' (--current-sign sodiation) where the cycler counts charge positive"
        )
    lean = told_by_voltage(points)
    told = "sodiation" if lean > CLEAR else "desodiation" if lean < -CLEAR else said
    if told != said:
        moves = "rises" if told == "sodiation" else "falls"
        raise sheet.wrong(
            f"positive current is said to do {said}, but the voltage {moves} while it flows, which in a full "
            f"cell is {told} of the carbon; give '{told}' (--current-sign {told})"
        )
    return said, "as said"
