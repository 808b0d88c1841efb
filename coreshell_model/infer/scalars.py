"""A measured number, or a limit to one, and what a run gives for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.errors import InputError, at, did_you_mean
from coreshell_model.base.quantity import brief
from coreshell_model.base.units import from_si, parse_quantity, to_si
from coreshell_model.infer.observed import Scalar
from coreshell_model.observe.capacity import in_direction
from coreshell_model.observe.quantities import names, observable
from coreshell_model.observe.windows import capacity_in_window
from coreshell_model.run.solution import Solution

IN_WINDOW: Mapping[str, int] = {
    "Sodiation in a window [mA.h.g-1]": 1,
    "Desodiation in a window [mA.h.g-1]": -1,
}
"""Observables that ask for a window, with the sign of the charge: that of a cycle, holds included, the first
where ``entry`` names none."""


@dataclass(frozen=True)
class MeasuredScalar:
    """One number, in the unit of the observable's name.

    ``window`` holds the potentials [V] between which charge is counted, where the observable asks for them.
    """

    section: Scalar
    value: float
    sd: float
    window: tuple[float, float] | None = None

    @property
    def size(self) -> int:
        """Data."""
        return 1

    @property
    def name(self) -> str:
        """With its entry, as the report shows it."""
        parts = [self.section.observable, *map(str, _entries(self.section.entry))]
        if self.section.window:
            parts.append(" to ".join(self.section.window))
        return ", ".join(parts)

    def simulated(self, solution: Solution) -> float:
        """What a run gives for it.

        Raises
        ------
        InputError
            The run has no such number.
        """
        name = self.section.observable
        run = f"{solution.material.name} through {solution.protocol.name}"
        if self.window is not None:
            return self._in_window(solution, self.window)
        try:
            found = observable(solution, name)
        except KeyError:
            raise InputError(
                f"{run} has no observable {name!r}; `coreshell run --json` lists what it has"
            ) from None
        return _number(found, self.section.entry, f"{run}: {name!r}")

    def residuals(self, simulated: float) -> NDArray[np.float64]:
        """The difference in standard deviations; 0 on the allowed side of a limit."""
        difference = (simulated - self.value) / self.sd
        if self.section.relation == "at least":
            difference = min(difference, 0.0)
        elif self.section.relation == "at most":
            difference = max(difference, 0.0)
        return np.array([difference])

    def _in_window(self, solution: Solution, window: tuple[float, float]) -> float:
        cycle = 1 if self.section.entry is None else self.section.entry
        if cycle not in solution.cycles:
            raise InputError(
                f"entry is {cycle!r}; a charge in a window is that of a cycle, 1 to {len(solution.cycles)}"
            )
        steps = in_direction(solution, int(cycle), IN_WINDOW[self.section.observable])
        return capacity_in_window(solution, steps, *window)


def measured_scalar(given: Scalar) -> MeasuredScalar:
    """Value and standard deviation in the unit that the name ends with, of the entry or of the observable.

    Raises
    ------
    InputError
        No such observable, a unit that does not fit, a window without need of one, or none where there is.
    """
    name = given.observable
    known = (*names(), *IN_WINDOW)
    if name not in known:
        guess = did_you_mean(name, known, cutoff=0.4)
        raise InputError(f"no observable {brief(name)}; {guess}`coreshell run --json` lists what a run has")
    labels = (text for text in (*map(str, reversed(_entries(given.entry))), name) if text.endswith("]"))
    unit = next(labels, "1").rpartition("[")[2].removesuffix("]")
    with at(name):
        value, sd = (from_si(to_si(number, given.unit, unit), unit) for number in (given.value, given.sd))
        if (given.window is not None) != (name in IN_WINDOW):
            raise InputError(
                f"window is for {' and '.join(map(repr, IN_WINDOW))} alone; leave it out"
                if given.window
                else 'asks for a window; give one, as window = ["0.44 V", "0.65 V"]'
            )
        return MeasuredScalar(given, value, sd, _potentials(given.window))


def _entries(entry: int | str | tuple[int | str, ...] | None) -> tuple[int | str, ...]:
    return () if entry is None else (entry,) if isinstance(entry, int | str) else entry


def _potentials(window: tuple[str, str] | None) -> tuple[float, float] | None:
    if window is None:
        return None
    lower, upper = (to_si(*parse_quantity(text), "V") for text in window)
    if not lower < upper:
        raise InputError(f"window is {list(window)}; give the lower potential first")
    return lower, upper


def _number(found: Any, entry: int | str | tuple[int | str, ...] | None, where: str) -> float:
    """The number at an entry of a result, or the complaint that there is none."""
    for one in _entries(entry):
        if isinstance(found, dict) and one in found:
            found = found[one]
        elif isinstance(found, list) and isinstance(one, int) and 1 <= one <= len(found):
            found = found[one - 1]
        elif isinstance(found, dict | list) and len(found):
            break
        else:
            raise InputError(f"{where} is {brief(found)}, without entries; leave out entry {one!r}")
    if isinstance(found, float | int) and not isinstance(found, bool):
        return float(found)
    if isinstance(found, dict | list):
        names = ", ".join(map(str, found)) if isinstance(found, dict) else f"1 to {len(found)}"
        what = "has several numbers" if entry is None else f"has no number {entry!r}"
        raise InputError(f"{where} {what}; give as entry one of {names}")
    raise InputError(f"{where} is {found!r}, not a number; observe another")
