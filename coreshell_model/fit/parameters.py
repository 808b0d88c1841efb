"""A free parameter in the box between its bounds, where every parameter runs from 0 to 1."""

import math
from dataclasses import dataclass

from coreshell_model.fit.problem import FreeParameter, as_unit_interval, from_unit_interval


@dataclass(frozen=True)
class Free:
    """One number to fit, of one material or shared by several.

    Attributes
    ----------
    name : the path, with its materials where the problem has several
    materials : that it belongs to, as the problem names them
    given : what the problem says of it
    start : where the first fit starts, in its unit
    """

    name: str
    materials: tuple[str, ...]
    given: FreeParameter
    start: float

    def path(self, material: str) -> str:
        """Where the number is in a material."""
        return self.given.paths.get(material, self.given.path)

    def value(self, place: float) -> float:
        """The value in its unit at a place from 0, the lower bound, to 1, the upper one."""
        return from_unit_interval(float(place), self.given.lower, self.given.upper, self.given.scale)

    def place(self, value: float) -> float:
        """The place of a value in its unit."""
        return as_unit_interval(value, self.given.lower, self.given.upper, self.given.scale)

    def text(self, place: float) -> str:
        """The value with all its digits and its unit, as a change of the material."""
        return f"{self.value(place)!r} {self.given.unit}"

    def prior_residual(self, place: float) -> float | None:
        """How many standard deviations the value lies from its prior; None without one."""
        prior = self.given.prior
        if prior is None:
            return None
        value = self.value(place)
        if prior.factor is not None:
            return math.log(value / prior.mean) / math.log(prior.factor)
        assert prior.sd is not None  # one of both is there, as the file was checked
        return (value - prior.mean) / prior.sd

    def prior_slope(self) -> float:
        """Change of the prior's residual from the lower bound to the upper one."""
        if self.given.prior is None:
            return 0.0
        low, high = self.prior_residual(0.0), self.prior_residual(1.0)
        assert low is not None and high is not None
        return high - low
