"""Whether a measurement can be of carbon against sodium; if it looks otherwise the user has to say it."""

import numpy as np

from coreshell_model.base.errors import InputError, one_of
from coreshell_model.base.quantity import brief
from coreshell_model.data.clock import CLEAR, SIGNS, Points, voltage_trend
from coreshell_model.data.half_cycles import charges, edges
from coreshell_model.data.sheet import Sheet

HALF_CELL, FULL_CELL = "half-cell", "full-cell"
CELLS = (HALF_CELL, FULL_CELL)
"""Cells that a file can be of: carbon against sodium, or carbon against a positive electrode."""

HIGHEST = 3.2
"""Volts against sodium that carbon does not reach: fresh cells rest below 3 V, cycling ends at 2 to 3 V."""

LOWEST = -0.3
"""Volts that carbon against sodium does not reach even at a large current, since plating begins at 0 V."""

MOSTLY_ABOVE = 2.0
"""Volts above which carbon against sodium passes little charge, and a full cell most of its charge."""

UNMOVED = 0.02
"""Volts; a voltage that stays below this while current flows both ways is in another unit."""

BOTH_WAYS = 0.1
"""Least share of the charge that passes in each direction where current is said to flow both ways."""

HELD = 1e-4
"""Volts within which the voltage of a channel without a cell stays while a constant current flows."""

HIGHEST_SPECIFIC_CURRENT = 1e5
"""A/kg, 250C, above which current or mass must be in another unit."""

DEAD_POINTS = 10
"""Points of constant current that are needed to refuse a voltage that does not move."""


def checked_cell(cell: str | None) -> str | None:
    """The cell as the user gives it, which has to be one of ``CELLS``."""
    if cell is not None and cell not in CELLS:
        raise InputError(f"cell is {brief(cell)}; {one_of(cell, CELLS)}")
    return cell


def check_cell(sheet: Sheet, points: Points, cell: str | None) -> str | None:
    """The statement about the cell that was measured, where it is not plainly carbon against sodium.

    Parameters
    ----------
    cell : as the user or the metadata say; None where nobody does

    Raises
    ------
    InputError
        The voltage does not look like carbon against sodium, and nobody says which cell it is.
    """
    mismatch = looks_unlike_carbon(points)
    if cell == FULL_CELL:
        return (
            "full cell, as said: charging sodiates the carbon; the voltage is the cell's, not the carbon's, "
            "so that it is compared with a simulated full cell"
        )
    if mismatch is None:
        return None
    if cell == HALF_CELL:
        return f"carbon against sodium, as said, although {mismatch[1].partition(':')[0]}"
    row, looks = mismatch
    raise sheet.wrong(
        f"{looks}; say cell='half-cell' (--cell half-cell; in a fit's file, cell = \"half-cell\") where it "
        "is carbon against Na/Na+ all the same, or cell='full-cell' (--cell full-cell) for a full cell",
        int(points.rows[row]),
    )


def looks_unlike_carbon(points: Points) -> tuple[int, str] | None:
    """The point that shows that a measurement is not of carbon against sodium, and what it looks like."""
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
    """Refuse a voltage that does not move while a constant current flows, unless the user names the cell."""
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


def full_cell_sign(sheet: Sheet, points: Points, stated: str | None) -> tuple[str, str]:
    """What a positive current does in a full cell: the user has to say so, it is not taken from the voltage.

    Raises
    ------
    InputError
        It is not stated, or the voltage contradicts it: a full cell's voltage rises while it sodiates the
        carbon.
    """
    if stated not in SIGNS:
        raise sheet.wrong(
            "in a full cell charging sodiates the carbon; say what positive current does, as "
            "current_sign='sodiation' (--current-sign sodiation) where the cycler counts charge positive"
        )
    trend = voltage_trend(points)
    by_voltage = "sodiation" if trend > CLEAR else "desodiation" if trend < -CLEAR else stated
    if by_voltage != stated:
        moves = "rises" if by_voltage == "sodiation" else "falls"
        raise sheet.wrong(
            f"positive current is said to do {stated}, but the voltage {moves} while it flows, which in a "
            f"full cell is {by_voltage} of the carbon; give '{by_voltage}' (--current-sign {by_voltage})"
        )
    return stated, "as said"


def check_current(sheet: Sheet, points: Points, mass: float | None) -> None:
    """Refuse a current per gram of active carbon that no cell has."""
    largest = int(np.argmax(np.abs(points.current)))
    if mass is not None and abs(points.current[largest]) / mass > HIGHEST_SPECIFIC_CURRENT:
        raise sheet.wrong(
            f"current is {abs(points.current[largest]) / mass / 1e3:.3g} A per gram of active carbon; "
            "correct the mass, or say the current's unit",
            int(points.rows[largest]),
        )
