"""Measured numbers, or limits to them, and their simulated counterparts."""

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
"""Observables that need a window, with the sign of the charge. The charge is that of one cycle, ``entry`` or
the first, with its holds."""


@dataclass(frozen=True)
class MeasuredScalar:
    """A number in the unit of its observable's name.

    Attributes
    ----------
    section : of the problem's file
    value, sd : the number and its standard deviation
    window : potentials [V] between which charge is counted, for observables that need them
    """

    section: Scalar
    value: float
    sd: float
    window: tuple[float, float] | None = None

    @property
    def size(self) -> int:
        """Number of data."""
        return 1

    @property
    def name(self) -> str:
        """The observable with entry and window, for reports."""
        parts = [self.section.observable, *map(str, _entries(self.section.entry))]
        if self.section.window:
            parts.append(" to ".join(self.section.window))
        return ", ".join(parts)

    def simulated(self, solution: Solution) -> float:
        """The number of a simulated run.

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
            value = observable(solution, name)
        except KeyError:
            raise InputError(
                f"{run} has no observable {name!r}; `coreshell run --json` lists what it has"
            ) from None
        return _number(value, self.section.entry, f"{run}: {name!r}")

    def residuals(self, simulated: float) -> NDArray[np.float64]:
        """The difference in standard deviations, 0 on the allowed side of a limit."""
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


def measured_scalar(section: Scalar) -> MeasuredScalar:
    """The number of a section, in the unit with which the name of its entry or observable ends.

    Raises
    ------
    InputError
        No such observable, a unit that does not fit, a window that is missing or not needed.
    """
    name = section.observable
    known = (*names(), *IN_WINDOW)
    if name not in known:
        guess = did_you_mean(name, known, cutoff=0.4)
        raise InputError(f"no observable {brief(name)}; {guess}`coreshell run --json` lists what a run has")
    labels = (text for text in (*map(str, reversed(_entries(section.entry))), name) if text.endswith("]"))
    unit = next(labels, "1").rpartition("[")[2].removesuffix("]")
    with at(name):
        value, sd = (
            from_si(to_si(number, section.unit, unit), unit) for number in (section.value, section.sd)
        )
        if (section.window is not None) != (name in IN_WINDOW):
            raise InputError(
                f"window is for {' and '.join(map(repr, IN_WINDOW))} alone; leave it out"
                if section.window
                else 'asks for a window; give one, as window = ["0.44 V", "0.65 V"]'
            )
        return MeasuredScalar(section, value, sd, _potentials(section.window))


def _entries(entry: int | str | tuple[int | str, ...] | None) -> tuple[int | str, ...]:
    return () if entry is None else (entry,) if isinstance(entry, int | str) else entry


def _potentials(window: tuple[str, str] | None) -> tuple[float, float] | None:
    if window is None:
        return None
    lower, upper = (to_si(*parse_quantity(text), "V") for text in window)
    if not lower < upper:
        raise InputError(f"window is {list(window)}; give the lower potential first")
    return lower, upper


def _number(value: Any, entry: int | str | tuple[int | str, ...] | None, where: str) -> float:
    """The number at an entry of a result; an error that names the entries where it is none."""
    for key in _entries(entry):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and isinstance(key, int) and 1 <= key <= len(value):
            value = value[key - 1]
        elif isinstance(value, dict | list) and len(value):
            break
        else:
            raise InputError(f"{where} is {brief(value)}, without entries; leave out entry {key!r}")
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dict | list):
        names = ", ".join(map(str, value)) if isinstance(value, dict) else f"1 to {len(value)}"
        what = "has several numbers" if entry is None else f"has no number {entry!r}"
        raise InputError(f"{where} {what}; give as entry one of {names}")
    raise InputError(f"{where} is {value!r}, not a number; observe another")
