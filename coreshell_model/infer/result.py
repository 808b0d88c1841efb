"""The result of a fit: values, intervals, verdicts, and how well the data are met."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from coreshell_model.base.intervals import Interval
from coreshell_model.base.tables import shown_number
from coreshell_model.base.units import from_si
from coreshell_model.infer.quality import Quality

ENDS = 0.02
"""Share of a half-cycle at its end that rules the RMSE of a voltage: there it falls to the cut-off, so that a
small difference of capacity is a large one of voltage."""


RISE = "Rise of chi-squared"
"""Of a point of a profile, above the best fit."""


@dataclass(frozen=True)
class FittedParameter:
    """A parameter, in its unit.

    Attributes
    ----------
    name, path, materials, unit, scale, lower, upper : as the problem has them
    value : at the best fit
    sd : standard deviation by the derivatives, that of the natural logarithm on a logarithmic scale; None
        where nothing responds to the parameter, or it is withheld
    interval_68, interval_95 : by the profile of chi-squared; None where they are withheld
    verdict : "fixed by the data", "known to a factor of 3", "known to ± 0.02 V", "one-sided", "only in
        combination with ...", or "withheld: ..."
    on_bound : True where the best fit sits on a bound
    ends : what sets the lower and the upper end of ``interval_95``: "data", "open", "its prior",
        "bound of NAME" or "prior of NAME"; none where there is no profile
    """

    name: str
    path: str
    materials: tuple[str, ...]
    unit: str
    scale: str
    lower: float
    upper: float
    value: float
    sd: float | None
    interval_68: Interval | None
    interval_95: Interval | None
    verdict: str
    on_bound: bool
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class FittedScalar:
    """A number: measured, at the best fit, and the difference in standard deviations.

    ``relation`` is "equal", or "at least" or "at most" where the measured number is a limit.
    """

    name: str
    material: str
    protocol: str
    measured: float
    sd: float
    simulated: float | None
    residual: float
    relation: str = "equal"


@dataclass(frozen=True)
class FittedCurve:
    """A curve: root mean square of the differences in mV or mA/g, and its points in SI units or mAh/g.

    ``is_full`` says that a voltage is that of a full cell.
    """

    name: str
    material: str
    protocol: str
    over: str
    unit: str
    rmse: float | None
    sd: NDArray = field(repr=False, compare=False)
    axis: NDArray = field(repr=False, compare=False)
    half_cycle: NDArray = field(repr=False, compare=False)
    measured: NDArray = field(repr=False, compare=False)
    simulated: NDArray = field(repr=False, compare=False)
    is_full: bool = False

    @property
    def residuals(self) -> NDArray:
        """Differences in standard deviations."""
        return (self.simulated - self.measured) / self.sd

    @property
    def rmse_but_ends(self) -> float | None:
        """``rmse`` without the last ``ENDS`` of each half-cycle, where the voltage falls to its cut-off."""
        if self.rmse is None:
            return None
        inside = np.zeros(len(self.axis), bool)
        for half_cycle in np.unique(self.half_cycle):
            points = self.half_cycle == half_cycle
            axis = np.abs(self.axis - self.axis[points][0])
            inside |= points & (axis <= (1 - ENDS) * axis[points].max())
        square = np.mean((self.simulated - self.measured)[inside] ** 2)
        return float(from_si(np.sqrt(square), self.unit))

    @property
    def rmse_in_words(self) -> str:
        """Both in one line, of a voltage; of a current that of all points."""
        if self.rmse is None:
            return "no run"
        whole = f"RMSE {shown_number(self.rmse, 3)} {self.unit}"
        if self.unit != "mV":
            return whole
        but_ends = f"{shown_number(self.rmse_but_ends, 3)} {self.unit}"
        return f"{whole}, {but_ends} without the last {100 * ENDS:g} % of each half-cycle"


@dataclass(frozen=True)
class FittedSpectrum:
    """A spectrum: root mean square of the differences of both parts in % of the modulus, and its points.

    Impedances are those of the measured cell [Ohm], or per area where the problem gives one [Ohm.m2].
    """

    name: str
    material: str
    protocol: str
    unit: str
    rms: float | None
    sd: NDArray = field(repr=False, compare=False)
    frequencies: NDArray = field(repr=False, compare=False)
    measured: NDArray = field(repr=False, compare=False)
    simulated: NDArray = field(repr=False, compare=False)

    @property
    def residuals(self) -> NDArray:
        """Differences in standard deviations: of all real parts, then of all imaginary parts."""
        return (self.simulated - self.measured) / self.sd


@dataclass(frozen=True)
class FitResult:
    """The result of a fit.

    Attributes
    ----------
    title, file : of the problem
    parameters, scalars, curves, spectra : in the order of the problem
    correlations : of the parameters, in their order
    weakest : the least known combinations of parameters: standard deviation, and shares of the parameters
    chi_squared : the sum of squared residuals
    data, priors : numbers of residuals
    starts : the record of each start, best first
    profiles : of each parameter, by point: the rise of chi-squared, and the values of all parameters
    warnings : in sentences
    evaluations, failed : number of evaluations, and of those with a failed run
    reasons : the failures, each once
    completed : False where the best fit itself has a failed run
    seed : of the random starts
    seconds : wall time of this call
    quality : how well the data are met, and the noise for which sd, intervals and verdicts hold
    first : the first of the warnings where it says that the model misses the data, or what discrepancy it
        has; else None
    materials : those with fitted numbers, by name
    """

    title: str
    file: str
    parameters: tuple[FittedParameter, ...]
    scalars: tuple[FittedScalar, ...]
    curves: tuple[FittedCurve, ...]
    spectra: tuple[FittedSpectrum, ...]
    correlations: tuple[tuple[float, ...], ...]
    weakest: tuple[tuple[float, dict[str, float]], ...]
    chi_squared: float
    data: int
    priors: int
    starts: tuple[dict, ...]
    profiles: tuple[tuple[dict, ...], ...] = field(repr=False)
    warnings: tuple[str, ...]
    evaluations: int
    failed: int
    reasons: tuple[str, ...]
    completed: bool
    seed: int
    seconds: float
    quality: Quality = field(repr=False, compare=False)
    first: str | None = None
    materials: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def degrees_of_freedom(self) -> int:
        """Data and priors less parameters."""
        return self.data + self.priors - len(self.parameters)

    @property
    def reduced_chi_squared(self) -> float | None:
        """Chi-squared per degree of freedom, about 1 for right standard deviations; None without any."""
        return self.chi_squared / self.degrees_of_freedom if self.degrees_of_freedom > 0 else None

    @property
    def misfit(self) -> str | None:
        """The first line of a report, as a sentence; None where the model meets the data."""
        return f"{self.first[0].upper()}{self.first[1:]}." if self.first else None

    @property
    def headline(self) -> str:
        """In one sentence whether the model meets the data."""
        if self.misfit:
            return self.misfit
        if not self.completed:
            return "The best fit has a failed run: the model does not come to the end of the protocol."
        if self.reduced_chi_squared is None:
            return "As many parameters as data: whether the model meets the data cannot be told."
        reduced = shown_number(self.reduced_chi_squared, 3)
        return f"The model meets the data within their noise (reduced chi-squared {reduced})."

    @property
    def inflation(self) -> float:
        """Factor of the data's standard deviations for which intervals hold."""
        return self.quality.noise.inflation

    @property
    def other_warnings(self) -> tuple[str, ...]:
        """All warnings but the first line."""
        return self.warnings[1:] if self.first else self.warnings

    def __getitem__(self, name: str) -> FittedParameter:
        """The parameter of that name."""
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(f"{name!r} was not fitted; fitted are {', '.join(p.name for p in self.parameters)}")
