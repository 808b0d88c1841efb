"""What a fit problem's TOML file says, validated and frozen; docs/fitting.md explains it."""

import math
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from coreshell_model.errors import InputError
from coreshell_model.quantity import Section

MOST_POINTS = 5000
"""Points of one curve."""

Number = Annotated[float, Field(strict=True)]


class Prior(Section):
    """What is known of a parameter beforehand: ``sd`` on a linear scale, ``factor`` on a logarithmic one."""

    mean: Number
    sd: Number | None = Field(default=None, gt=0)
    factor: Number | None = Field(default=None, gt=1)


class FreeParameter(Section):
    """A number to fit: one value for all ``shared`` materials, or one for each ``separate`` material.

    ``paths`` holds the path in materials that have it elsewhere, as a shell's carbon on its own.
    """

    path: str
    paths: dict[str, str] = Field(default_factory=dict)
    shared: tuple[str, ...] = ()
    separate: tuple[str, ...] = ()
    unit: str = "1"
    lower: Number
    upper: Number
    start: Number | None = None
    scale: Literal["linear", "log"] = "linear"
    prior: Prior | None = None

    @model_validator(mode="after")
    def _can_be_searched(self):
        if bool(self.shared) == bool(self.separate):
            raise InputError(
                'give materials either as shared = ["core_shell"], one value for all, or as separate'
            )
        if len(set(self.shared + self.separate)) < len(self.shared + self.separate):
            raise InputError("names a material twice; name it once")
        for path in (self.path, *self.paths.values()):
            if path.startswith("protocol."):
                raise InputError(f"{path!r} is a number of a protocol; only materials are fitted")
        if others := set(self.paths) - set(self.shared + self.separate):
            raise InputError(f"paths names {min(others)!r}, which is not among its materials")
        if not self.lower < self.upper:
            raise InputError(
                f"lower is {self.lower:g}, not below upper, {self.upper:g}; "
                "give the bounds the other way round"
            )
        if self.scale == "log" and self.lower <= 0:
            raise InputError(f"lower is {self.lower:g}; on a log scale it has to be above 0")
        if self.start is not None and not self.lower <= self.start <= self.upper:
            raise InputError(
                f"start is {self.start:g}, outside its bounds {self.lower:g} to {self.upper:g}; "
                "move it or the bounds"
            )
        self._check_prior()
        return self

    def _check_prior(self) -> None:
        if self.prior is None:
            return
        wanted, other = ("factor", "sd") if self.scale == "log" else ("sd", "factor")
        if getattr(self.prior, wanted) is None or getattr(self.prior, other) is not None:
            raise InputError(f"prior on a {self.scale} scale: give mean and {wanted}, not {other}")
        if self.scale == "log" and self.prior.mean <= 0:
            raise InputError(f"prior.mean is {self.prior.mean:g}; on a log scale it has to be above 0")


class _Measured(Section):
    """What an observation was measured on: a material through a protocol, or through its first cycles."""

    material: str
    protocol: str
    cycles: int | None = Field(default=None, ge=1, strict=True)
    changes: dict[str, str] = Field(default_factory=dict)


class Scalar(_Measured):
    """One number, under its name in the results of ``coreshell run --json``.

    ``entry`` picks one of several: a number from 1, or a name, as "2C" of the rate retention.
    """

    observable: str
    entry: int | str | None = None
    value: Number
    sd: Number = Field(gt=0)
    unit: str = "1"
    source: str = ""


class Curve(_Measured):
    """A measured file: voltage (or current) over time or capacity, from the protocol's beginning on.

    ``axis_sd`` is the standard deviation of the axis, in mAh/g or s.
    """

    file: str
    of: Literal["voltage", "current"] = "voltage"
    over: Literal["time", "capacity"] = "capacity"
    half_cycles: tuple[int, ...] = ()
    sd: Number = Field(gt=0)
    unit: str = "mV"
    axis_sd: Number | None = Field(default=None, ge=0)
    points: int = Field(default=200, ge=2, le=MOST_POINTS, strict=True)
    mass: str | None = None
    current_sign: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    source: str = ""

    @field_validator("half_cycles")
    @classmethod
    def _counted_from_one(cls, numbers: tuple[int, ...]):
        if any(number < 1 for number in numbers) or len(set(numbers)) < len(numbers):
            raise InputError(f"is {list(numbers)}; half-cycles count from 1, each once")
        return numbers

    @model_validator(mode="after")
    def _has_an_axis(self):
        if self.of == "current" and self.over == "capacity":
            raise InputError('over is "capacity"; a current is compared over time: write over = "time"')
        if self.over == "time" and self.half_cycles:
            raise InputError('half_cycles go with over = "capacity"; leave them out')
        return self


class ProblemFile(Section):
    """Free parameters, and the observations that they have to explain."""

    title: str = ""
    level: Literal["particle", "electrode"] = "particle"
    parameters: tuple[FreeParameter, ...] = Field(min_length=1)
    observations: tuple[Scalar, ...] = ()
    curves: tuple[Curve, ...] = ()

    @model_validator(mode="after")
    def _has_observations(self):
        if not self.observations and not self.curves:
            raise InputError("has no observations; add [[observations]] or [[curves]]")
        return self


def as_unit_interval(value: float, lower: float, upper: float, scale: str) -> float:
    """Where a value lies between its bounds, 0 to 1."""
    if scale == "log":
        return math.log(value / lower) / math.log(upper / lower)
    return (value - lower) / (upper - lower)


def from_unit_interval(place: float, lower: float, upper: float, scale: str) -> float:
    """The value at a place between its bounds; at 0 and 1 exactly these."""
    if place in (0.0, 1.0):
        return upper if place else lower
    if scale == "log":
        return lower * (upper / lower) ** place
    return lower + place * (upper - lower)
