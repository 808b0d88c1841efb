"""A check: a problem solved in two ways, and how far apart the answers may be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pybamm

SAME = 0.1
"""Relative band in which another machine should reproduce an error that the mesh determines."""

NOISE = 1.0
"""The same for an error that the steps of the solver determine: anywhere within the limits."""


@dataclass(frozen=True)
class Bound:
    """The limits of a number that a check measures; without limits the number is only stated.

    Attributes
    ----------
    quantity : name of the number, with its unit
    at_least, at_most : the limits
    band : relative difference that is accepted when the number is measured again elsewhere
    """

    quantity: str
    at_least: float | None = None
    at_most: float | None = None
    band: float = SAME

    def accepts(self, value: float) -> bool:
        """True for a finite number within the limits."""
        low = float("-inf") if self.at_least is None else self.at_least
        high = float("inf") if self.at_most is None else self.at_most
        return low <= value <= high and abs(value) < float("inf")

    def reproduces(self, value: float, other: float) -> bool:
        """True where two measurements of the number agree within its band."""
        return abs(value - other) <= self.band * max(abs(value), abs(other))


@dataclass(frozen=True)
class Check:
    """One check: what is compared with what, in which limit, and what is accepted.

    Attributes
    ----------
    name : on the command line and in files
    title : in the report
    compared : what is compared with what
    limit : the conditions in which both sides solve the same problem
    bounds : the limits of the numbers, in order
    measure : solves both sides and returns a number for each bound
    """

    name: str
    title: str
    compared: str
    limit: str
    bounds: tuple[Bound, ...]
    measure: Callable[[], Mapping[str, float]]

    def run(self) -> "Outcome":
        """Measure the numbers; a failed solve is an outcome too."""
        try:
            measured = dict(self.measure())
        except (pybamm.SolverError, ArithmeticError) as error:
            return Outcome(self, {}, str(error).splitlines()[0])
        bounded = {bound.quantity for bound in self.bounds}
        if measured.keys() != bounded:
            raise ValueError(
                f"{self.name}: measured and bounded numbers differ: {sorted(measured.keys() ^ bounded)}"
            )
        return Outcome(self, measured)


@dataclass(frozen=True)
class Outcome:
    """The numbers of a check, or why they could not be measured."""

    check: Check
    measured: Mapping[str, float]
    failure: str = ""

    @property
    def missed(self) -> tuple[Bound, ...]:
        """The bounds that the numbers miss; all bounds where nothing was measured."""
        return tuple(
            bound
            for bound in self.check.bounds
            if not bound.accepts(self.measured.get(bound.quantity, float("nan")))
        )

    @property
    def passed(self) -> bool:
        """True where every number is within its bound."""
        return not self.missed
