"""What a fit found: values, intervals, verdicts, and how well the data are met."""

from dataclasses import dataclass, field

from numpy.typing import NDArray

from coreshell_model.base.intervals import Interval


@dataclass(frozen=True)
class FittedParameter:
    """One parameter, in its unit.

    Attributes
    ----------
    name, path, materials, unit, scale : as the problem has them
    value : at the best fit
    sd : standard deviation by the derivatives, on a logarithmic scale that of its natural logarithm; None
        where nothing responds to the parameter
    interval_68, interval_95 : by the profile of chi-squared
    verdict : "fixed by the data", "one-sided", "only in combination with ...", or "withheld: ..."
    on_bound : True where the best fit sits on a bound
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
    interval_68: Interval
    interval_95: Interval
    verdict: str
    on_bound: bool


@dataclass(frozen=True)
class FittedScalar:
    """One number: measured, at the best fit, and the difference in standard deviations.

    ``relation`` is "equal", or "at least" or "at most" of a limit, which a number on its allowed side meets.
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
    """One curve: root mean square of the differences, in mV or mA/g, and its points in SI, or mAh/g."""

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

    @property
    def residuals(self) -> NDArray:
        """Differences in standard deviations."""
        return (self.simulated - self.measured) / self.sd


@dataclass(frozen=True)
class FittedSpectrum:
    """One spectrum: root mean square of the differences of both parts, in % of the modulus, and its points.

    Impedances are those of the measured cell, [Ohm], or by the area that the problem gives, [Ohm.m2].
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
        """Differences in standard deviations, of the real parts in a row, then of the imaginary ones."""
        return (self.simulated - self.measured) / self.sd


@dataclass(frozen=True)
class FitResult:
    """A fit and what the data settle.

    Attributes
    ----------
    title, file : of the problem
    parameters, scalars, curves, spectra : one each
    correlations : of the parameters, in their order
    weakest : the least known combinations: standard deviation, and share of each parameter in it
    chi_squared, data, priors : the sum of squared residuals and how many they are
    starts : how each start ended, best first
    profiles : of each parameter: its value, the rise of chi-squared, and the other parameters there
    warnings : in sentences
    evaluations, failed : sets of simulations, and those with a failed one
    reasons : the failures, each once
    completed : False where the best fit itself has a failed run
    seed, seconds : of the random starts; wall time of this call
    inflation : factor of the data's standard deviations for which sd, intervals and verdicts hold
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
    inflation: float = 1.0
    materials: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def degrees_of_freedom(self) -> int:
        """Data and priors less parameters."""
        return self.data + self.priors - len(self.parameters)

    @property
    def reduced_chi_squared(self) -> float | None:
        """Chi-squared by degree of freedom, 1 where the standard deviations are right; None without any."""
        return self.chi_squared / self.degrees_of_freedom if self.degrees_of_freedom > 0 else None

    @property
    def misfit(self) -> str | None:
        """The first warning as a sentence, where it says that the model misses the data; else None."""
        return f"{self.warnings[0][0].upper()}{self.warnings[0][1:]}." if self.inflation > 1 else None

    @property
    def other_warnings(self) -> tuple[str, ...]:
        """All warnings but the misfit."""
        return self.warnings[1:] if self.inflation > 1 else self.warnings

    def __getitem__(self, name: str) -> FittedParameter:
        """The parameter of that name."""
        for one in self.parameters:
            if one.name == name:
                return one
        raise KeyError(f"{name!r} was not fitted; fitted are {', '.join(p.name for p in self.parameters)}")
