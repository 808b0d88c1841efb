"""Observables of claims about the voltages at which charge passes."""

from coreshell_model.base.errors import InputError
from coreshell_model.checks.claim_observable import Observable
from coreshell_model.inputs.sorption import share as share_of_one
from coreshell_model.observe.capacity import in_direction
from coreshell_model.observe.windows import capacity_in_window, first_sodiation_window, potential_of_share
from coreshell_model.run.solution import Solution

CAPACITY = "mA.h.g-1"
WINDOW = {"lower": "V", "upper": "V"}


def start_of_sodiation(solution: Solution, cycle: float, share: float) -> float | None:
    """Voltage at which a small share of a cycle's sodiation has passed."""
    share_of_one("share", share)
    return potential_of_share(solution, round(cycle), share, 1)


def end_of_desodiation(solution: Solution, cycle: float, share: float) -> float | None:
    """Voltage at which all but a small share of a cycle's desodiation has passed."""
    share_of_one("share", share)
    return potential_of_share(solution, round(cycle), 1 - share, -1)


def desodiation_window(solution: Solution, cycle: float, lower: float, upper: float) -> float | None:
    """Charge of a cycle's desodiation between two voltages."""
    _in_order(lower, upper)
    if round(cycle) not in solution.cycles:
        return None
    return capacity_in_window(solution, in_direction(solution, round(cycle), -1), lower, upper)


def sodiation_window(solution: Solution, lower: float, upper: float) -> float | None:
    """Charge of the first sodiation between two voltages, holds included."""
    _in_order(lower, upper)
    return first_sodiation_window(solution, lower, upper)


def _in_order(lower: float, upper: float) -> None:
    if not lower < upper:
        raise InputError(f"lower is {lower:g} V, not below upper, {upper:g} V; give the lower end first")


OBSERVABLES = {
    "first-sodiation window": Observable(sodiation_window, CAPACITY, arguments=WINDOW),
    "desodiation window": Observable(desodiation_window, CAPACITY, arguments={"cycle": "1", **WINDOW}),
    "start of sodiation": Observable(start_of_sodiation, "V", arguments={"cycle": "1", "share": "1"}),
    "end of desodiation": Observable(end_of_desodiation, "V", arguments={"cycle": "1", "share": "1"}),
}
