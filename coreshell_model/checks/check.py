"""What a check is: a problem solved in two ways, and how far apart the answers may be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pybamm

SAME = 0.1
"""Relative band in which another machine should find a number that a mesh sets."""

NOISE = 1.0
"""The same for a number that the solver's steps set: anywhere within what is accepted."""


@dataclass(frozen=True)
class Bound:
    """A number that a check measures, and what is accepted of it; without limits it is stated only.

    Attributes
    ----------
    quantity : its name, with the unit
    at_least, at_most : what is accepted
    band : share of itself by which the number may differ when it is measured again elsewhere
    """

    quantity: str
    at_least: float | None = None
    at_most: float | None = None
    band: float = SAME

    def accepts(self, value: float) -> bool:
        """True within the limits; a number that is not finite never is."""
        low = float("-inf") if self.at_least is None else self.at_least
        high = float("inf") if self.at_most is None else self.at_most
        return low <= value <= high and abs(value) < float("inf")

    def reproduces(self, value: float, other: float) -> bool:
        """True where two measurements of this number agree within its band."""
        return abs(value - other) <= self.band * max(abs(value), abs(other))


@dataclass(frozen=True)
class Check:
    """One verification: what is compared with what, in which limit, and what is accepted.

    Attributes
    ----------
    name : for the command line and the files
    title : the same for people
    compared : what is compared with what
    limit : under which conditions both answer the same question
    bounds : the numbers measured, in order
    measure : does the work and returns one value for each bound
    """

    name: str
    title: str
    compared: str
    limit: str
    bounds: tuple[Bound, ...]
    measure: Callable[[], Mapping[str, float]]

    def run(self) -> "Outcome":
        """Measure; a solve that fails is an outcome too."""
        try:
            measured = dict(self.measure())
        except (pybamm.SolverError, ArithmeticError) as error:
            return Outcome(self, {}, str(error).splitlines()[0])
        wanted = {bound.quantity for bound in self.bounds}
        if measured.keys() != wanted:
            raise ValueError(f"{self.name}: measured and bounded differ: {sorted(measured.keys() ^ wanted)}")
        return Outcome(self, measured)


@dataclass(frozen=True)
class Outcome:
    """What a check measured, or why it could not."""

    check: Check
    measured: Mapping[str, float]
    failure: str = ""

    @property
    def missed(self) -> tuple[Bound, ...]:
        """The bounds that the numbers are not within; all of them where nothing was measured."""
        return tuple(
            bound
            for bound in self.check.bounds
            if not bound.accepts(self.measured.get(bound.quantity, float("nan")))
        )

    @property
    def passed(self) -> bool:
        """True where every number is within its bound."""
        return not self.missed
