"""The sections of a fit problem's TOML file, validated and frozen; docs/fitting.md explains them."""

import math
from typing import Literal

from pydantic import Field, model_validator

from coreshell_model.base.errors import InputError
from coreshell_model.base.quantity import Section
from coreshell_model.infer.observed import Curve, Discrepancy, Number, Scalar, Spectrum


class Prior(Section):
    """A parameter's prior: ``mean``, and ``sd`` on a linear scale or ``factor`` on a logarithmic one."""

    mean: Number
    sd: Number | None = Field(default=None, gt=0)
    factor: Number | None = Field(default=None, gt=1)


class FreeParameter(Section):
    """A number to fit: one value for all ``shared`` materials, or one for each ``separate`` material.

    ``paths`` gives the path by material where it is not ``path``, for instance of a shell's carbon in the
    material that is this carbon alone, or several paths in one material that share the value.
    """

    path: str
    paths: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
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
        if empty := [name for name, paths in self.paths.items() if not paths]:
            raise InputError(f"paths.{empty[0]} is empty; give a path, or leave it out")
        for path in (self.path, *(path for name in self.paths for path in self.paths_in(name))):
            if path.startswith("protocol."):
                raise InputError(f"{path!r} is a number of a protocol; only materials are fitted")
        if others := set(self.paths) - set(self.shared + self.separate):
            raise InputError(f"paths names {min(others)!r}, which is not among its materials")
        if not self.lower < self.upper:
            remedy = "give the bounds the other way round"
            if self.lower == self.upper:
                remedy = "give a range to search, or leave the parameter out"
            raise InputError(f"lower is {self.lower:g}, not below upper, {self.upper:g}; {remedy}")
        if self.scale == "log" and self.lower <= 0:
            raise InputError(f"lower is {self.lower:g}; on a log scale it has to be above 0")
        if self.start is not None and not self.lower <= self.start <= self.upper:
            raise InputError(
                f"start is {self.start:g}, outside its bounds {self.lower:g} to {self.upper:g}; "
                "move it or the bounds"
            )
        self._check_prior()
        return self

    def paths_in(self, material: str) -> tuple[str, ...]:
        """The paths of the number in a material."""
        paths = self.paths.get(material, self.path)
        return (paths,) if isinstance(paths, str) else paths

    def _check_prior(self) -> None:
        if self.prior is None:
            return
        width, other = ("factor", "sd") if self.scale == "log" else ("sd", "factor")
        if getattr(self.prior, width) is None or getattr(self.prior, other) is not None:
            raise InputError(f"prior on a {self.scale} scale: give mean and {width}, not {other}")
        if self.scale == "log" and self.prior.mean <= 0:
            raise InputError(f"prior.mean is {self.prior.mean:g}; on a log scale it has to be above 0")


class ProblemFile(Section):
    """A fit problem: free parameters, and the observations that they have to explain.

    ``carried`` gives, by name, materials that are not fitted and take over the fitted numbers of another one.
    ``discrepancy`` is that of all curves which have none of their own. ``untouched`` are numbers that the
    data do not touch: they are not fitted, and draws have them by their priors.
    """

    title: str = ""
    level: Literal["particle", "electrode"] = "particle"
    carried: dict[str, str] = Field(default_factory=dict)
    parameters: tuple[FreeParameter, ...] = ()
    untouched: tuple[FreeParameter, ...] = ()
    observations: tuple[Scalar, ...] = ()
    curves: tuple[Curve, ...] = ()
    spectra: tuple[Spectrum, ...] = ()
    discrepancy: Discrepancy | None = None

    @model_validator(mode="after")
    def _has_parameters_and_observations(self):
        if not self.parameters:
            raise InputError("has no parameters to fit; add [[parameters]]")
        if not (self.observations or self.curves or self.spectra):
            raise InputError("has no observations; add [[observations]], [[curves]] or [[spectra]]")
        if without := [free.path for free in self.untouched if free.prior is None]:
            raise InputError(
                f"untouched: {without[0]} has no prior, by which it would be drawn; give one, or leave it out"
            )
        return self


def range_size(lower: float, upper: float, scale: str) -> float:
    """The distance between the bounds: of their natural logarithms on a logarithmic scale."""
    return math.log(upper / lower) if scale == "log" else upper - lower


def as_unit_interval(value: float, lower: float, upper: float, scale: str) -> float:
    """The place of a value between its bounds, 0 to 1."""
    return range_size(lower, value, scale) / range_size(lower, upper, scale)


def from_unit_interval(place: float, lower: float, upper: float, scale: str) -> float:
    """The value at a place between its bounds; at 0 and 1 exactly these."""
    if place in (0.0, 1.0):
        return upper if place else lower
    if scale == "log":
        return lower * (upper / lower) ** place
    return lower + place * (upper - lower)
