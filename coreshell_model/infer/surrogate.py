"""A surrogate of chi-squared: Gaussian processes through the evaluated residuals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.stats import norm, qmc

from coreshell_model.base.intervals import Array
from coreshell_model.infer.noise import AS_STATED, Noise

UNIFORM_INFORMATION = 12.0
"""1/variance of a uniform distribution from 0 to 1: what the bounds alone say of a parameter."""

WIDTHS = (0.7, 1.2, 2.0)
"""Factors of the standard deviations of the first points, in turn: for the middle and for the tails."""

A_COEFFICIENT = 1.6
"""First points for each coefficient of a quadratic polynomial."""

LEAST = 40
"""Least number of first points."""


@dataclass(frozen=True)
class Centre:
    """Best fits, with the derivatives of all residuals, also of the priors, at the first of them.

    Attributes
    ----------
    places : a row a best fit, the best one first
    jacobian : residuals by places
    noise : of the data, by the misfit of the first of them
    """

    places: Array
    jacobian: Array
    noise: Noise = AS_STATED

    @property
    def covariance(self) -> Array:
        """Covariance of the places by the derivatives, no wider than the bounds allow."""
        information = self.jacobian.T @ self.jacobian + UNIFORM_INFORMATION * np.eye(self.jacobian.shape[1])
        return np.asarray(np.linalg.inv(information), dtype=float)


def coefficients(dimensions: int) -> int:
    """Number of coefficients of a quadratic polynomial."""
    return (dimensions + 1) * (dimensions + 2) // 2


def first_points(centre: Centre, rng: np.random.Generator) -> Array:
    """The best fits and points about each of them, a row each, mirrored back where they leave the bounds."""
    dimensions = centre.places.shape[1]
    count = max(LEAST, int(A_COEFFICIENT * coefficients(dimensions)))
    sobol = qmc.Sobol(dimensions, rng=rng).random_base2(int(np.ceil(np.log2(count))))[:count]
    normal = norm.ppf(np.clip(sobol, 1e-6, 1 - 1e-6))
    root = np.linalg.cholesky(centre.covariance)
    widths = np.resize(WIDTHS, count)[:, None]
    about = centre.places[np.arange(count) % len(centre.places)]
    return np.vstack([centre.places, folded(about + widths * normal @ root.T)])


def folded(places: Array) -> Array:
    """Places outside of 0 to 1, mirrored back at the bounds."""
    wrapped = np.mod(places, 2.0)
    return np.where(wrapped > 1.0, 2.0 - wrapped, wrapped)


LENGTHS = (-5.0, 2.5)
"""Bounds of the logarithm of 1/length, the range between a parameter's bounds being the unit of length."""

WIDE = 2.0
"""Standard deviation of the prior of that logarithm, whose mean is 0."""

AMPLITUDES, NOISES = (-2.0, 5.0), (-5.0, 0.0)
"""Bounds of the logarithms of amplitude and noise, in standard deviations of the data."""

STARTS = (0.0, -3.0)
"""Logarithms of 1/length from which the likelihood is maximised. From one start alone it may end where all
lengths are so short that only nearest neighbours count: then the errors at left out points are small, but
nothing is known elsewhere."""

MOST_STEPS = 60


@dataclass(frozen=True)
class Process:
    """A Gaussian process through data: mean + rho(distance) @ weights.

    Attributes
    ----------
    scales : 1/length along each parameter
    mean : of the data
    amplitude : in the data's unit
    weights : of the points, amplitude² included
    left_out : error at each point of the process through all others
    """

    scales: Array
    mean: float
    amplitude: float
    weights: Array
    left_out: Array


def correlation(inside: NDArray, points: NDArray) -> NDArray:
    """Matérn's for nu = 5/2: (1 + r + r²/3) exp(-r) with r = sqrt(5) times the scaled distance."""
    r = inside @ (-10.0 * points.T)
    r += 5.0 * np.sum(points * points, axis=1)
    r += 5.0 * np.sum(inside * inside, axis=1)[:, None]
    np.sqrt(np.maximum(r, 0.0, out=r), out=r)
    rho = r / 3.0  # in place from here: walkers spend their time in this function
    rho += 1.0
    rho *= r
    rho += 1.0
    rho *= np.exp(np.negative(r, out=r), out=r)
    return rho


def process(places: Array, data: Array, few: NDArray[np.intp]) -> Process:
    """Learn lengths and amplitude by the likelihood of the points ``few``, then the weights of all points."""
    mean, size = float(data[few].mean()), float(data[few].std())
    if size == 0.0:
        return Process(np.ones(places.shape[1]), mean, 0.0, np.zeros(len(data)), data - mean)
    scaled = (data - mean) / size
    dimensions = places.shape[1]
    bounds = [LENGTHS] * dimensions + [AMPLITUDES, NOISES]
    ends = [
        minimize(
            _misfit,
            np.append(np.full(dimensions, start), [1.0, -3.0]),
            args=(places[few], scaled[few]),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": MOST_STEPS},
        )
        for start in STARTS
    ]
    best = min(ends, key=lambda end: end.fun).x
    scales, variance, noise = np.exp(best[:-2]), np.exp(2 * best[-2]), np.exp(2 * best[-1])
    matrix = variance * correlation(places * scales, places * scales)
    matrix[np.diag_indices_from(matrix)] += noise + 1e-8 * variance
    lower = cholesky(matrix, lower=True)
    solved = cho_solve((lower, True), scaled)
    inverse = solve_triangular(lower, np.eye(len(lower)), lower=True)
    left_out = solved / np.sum(inverse * inverse, axis=0)
    return Process(scales, mean, size * np.sqrt(variance), size * variance * solved, size * left_out)


def _misfit(logs: Array, places: Array, data: Array) -> tuple[float, Array]:
    """-log(likelihood of the data times prior of the lengths), and its gradient."""
    scales, variance, noise = np.exp(logs[:-2]), np.exp(2 * logs[-2]), np.exp(2 * logs[-1])
    inside = places * scales
    squares = np.sum(inside**2, axis=1)[:, None] + np.sum(inside**2, axis=1) - 2 * inside @ inside.T
    r = np.sqrt(np.maximum(5.0 * squares, 0.0))
    decay = np.exp(-r)
    matrix = variance * (1.0 + r + r * r / 3.0) * decay
    whole = matrix + (noise + 1e-8 * variance) * np.eye(len(data))
    lower = cholesky(whole, lower=True)
    solved = cho_solve((lower, True), data)
    inverse = cho_solve((lower, True), np.eye(len(data)))
    outer = np.outer(solved, solved) - inverse
    # d matrix/d log scale = -variance 5/3 (1 + r) exp(-r) (scaled difference)²
    along = outer * (-variance * 5.0 / 3.0 * (1.0 + r) * decay)
    sums = along.sum(axis=1)
    slopes = [-(sums @ column**2 - column @ along @ column) for column in inside.T]
    gradient = np.array([*slopes, -np.sum(outer * matrix), -np.trace(outer) * noise])
    value = 0.5 * data @ solved + np.log(np.diag(lower)).sum()
    gradient[:-2] += logs[:-2] / WIDE**2
    return float(value + 0.5 * np.sum((logs[:-2] / WIDE) ** 2)), gradient


REACH = 2000.0
"""Chi-squared above the lowest up to which points are learned."""

MOST_LEARNED, FEW = 2000, 600
"""Largest numbers of points that are learned, and of those by which the lengths are chosen."""

FARTHER = 0.25
"""Share of both that lies around the posterior, not in it, if there are enough such points. Without them the
surrogate would not know that chi-squared rises there, and walkers would leave the posterior."""

SOFT = 10.0
"""Size of a residual above which, about, its logarithm is learned in place of the residual."""

SEPARATE = 60
"""Largest number of residuals with a process each; more residuals are learned by principal components."""

LEFT_OUT = 1e-3
"""Largest mean square of all components together that are left out."""

CONSTANT = 1e-4
"""Standard deviation over the learned points below which a residual counts as constant."""

LARGEST_ERROR = 3.0
"""Largest error of a residual, in standard deviations: one known no better says little already."""


Mapper = Callable[[Callable[[int], tuple[Array, Array]], Iterable[int]], Iterable[tuple[Array, Array]]]
"""``map``, or the map of a pool of threads."""


@dataclass(frozen=True)
class Surrogate:
    """Residuals of the data as a function of the places.

    Attributes
    ----------
    points : places of the learned points
    processes : of each component, softened by ``SOFT``
    trust : by component, its error at left out points over the one expected from the nearest point's distance
    basis : directions of the components in the residuals, a column each
    floor : by component, its error at left out points near the posterior, in standard deviations of a datum
    at_best : components at the point of least chi-squared
    """

    points: Array
    processes: tuple[Process, ...]
    trust: Array
    basis: Array
    floor: Array
    at_best: Array

    @cached_property
    def _scaled(self) -> tuple[Array, ...]:
        """The points in the lengths of each process."""
        return tuple(self.points * process.scales for process in self.processes)

    def components(self, places: Array, mapper: Mapper = map) -> tuple[Array, Array]:
        """Components of the residuals, a row a place, and their errors, which are small near learned points.

        This needs double precision: where a residual changes by a standard deviation within a hundredth of
        the range, weights of 1e4 and more cancel, and single precision would add a noise of one or two
        standard deviations.
        """
        places = np.atleast_2d(places)

        def component(n: int) -> tuple[Array, Array]:
            process = self.processes[n]
            rho = correlation(places * process.scales, self._scaled[n])
            soft = np.clip((process.mean + rho @ process.weights) / SOFT, -20.0, 20.0)
            far = np.maximum(1.0 - rho.max(axis=1) ** 2, 0.0)
            return SOFT * np.sinh(soft), self.trust[n] * process.amplitude * np.sqrt(far) * np.cosh(soft)

        values, errors = zip(*mapper(component, range(len(self.processes))), strict=True)
        return np.stack(values, axis=1), np.minimum(np.stack(errors, axis=1), LARGEST_ERROR)

    def chi_squared(self, places: Array, mapper: Mapper = map) -> Array:
        """Chi-squared of the data, with the surrogate's error as additional noise of each component's change.

        With the change d from the best point and the error e, a component c adds
        c^2 - d^2 e^2 / (1 + e^2) + ln(1 + e^2). The noise lowers the part of the change only, so that a
        misfit of the best point itself still counts where little is known.
        """
        values, error = self.components(places, mapper)
        change = values - self.at_best
        noise_share = error**2 / (1.0 + error**2)
        return np.sum(values**2 - change**2 * noise_share + np.log1p(error**2), axis=1)

    @property
    def total_error(self) -> float:
        """Root mean square of the error of the whole residual vector, in standard deviations of a datum."""
        return float(np.sqrt(np.sum(self.floor**2)))


def surrogate(places: Array, residuals: Array, chi_squared: Array, rng: np.random.Generator) -> Surrogate:
    """Learn from evaluated points.

    Parameters
    ----------
    places, residuals : a row a point, none of which failed
    chi_squared : of the data and the priors, by which points near the posterior are chosen
    rng : chooses the points that are learned, if there are too many, and those for the lengths
    """
    dimensions = places.shape[1]
    order = np.argsort(chi_squared, kind="stable")
    rise = chi_squared[order] - chi_squared[order[0]]
    least = min(len(order), 3 * coefficients(dimensions))
    best = residuals[order[0]]
    order = order[: max(least, int(np.sum(rise <= REACH)))]
    near = max(int(np.sum(rise <= _typical(dimensions))), min(len(order), 6 * dimensions))
    if len(order) > MOST_LEARNED:
        beyond = min(len(order) - near, int(FARTHER * MOST_LEARNED))
        inner = np.sort(rng.permutation(near)[: MOST_LEARNED - beyond])
        order = np.concatenate([order[inner], order[near : near + MOST_LEARNED - len(inner)]])
        near = len(inner)
    few = _some(near, len(order), rng)
    places, residuals = places[order], residuals[order]
    count = residuals.shape[1]
    basis = np.eye(count) if count <= SEPARATE else _basis(residuals[:near])
    soft = SOFT * np.arcsinh(residuals @ basis / SOFT)
    processes = tuple(
        _constant(column, places) if column.std() < CONSTANT else process(places, column, few)
        for column in soft.T
    )
    errors = [_errors(*pair, places, near) for pair in zip(processes, soft.T, strict=True)]
    trust, floor = np.array(errors).T
    return Surrogate(places, processes, trust, basis, np.minimum(floor, LARGEST_ERROR), best @ basis)


def _typical(dimensions: int) -> float:
    """Chi-squared above the lowest within which nearly all of a posterior lies."""
    return dimensions + 4.0 * np.sqrt(2.0 * dimensions) + 6.0


def _some(near: int, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """``FEW`` points by their ranks in chi-squared: most near the posterior, some farther."""
    inner = rng.permutation(near)[: int((1 - FARTHER) * FEW)]
    outer = near + rng.permutation(count - near)[: FEW - len(inner)]
    return np.concatenate([inner, outer]).astype(np.intp)


def _constant(column: Array, places: Array) -> Process:
    """The process of a component that does not change, such as the residual of a limit that is always met."""
    mean = float(column.mean())
    return Process(np.ones(places.shape[1]), mean, 0.0, np.zeros(len(column)), column - mean)


def _errors(process: Process, column: Array, places: Array, near: int) -> tuple[float, float]:
    """Error at left out points near the posterior: over that expected from distances, and by itself."""
    errors = process.left_out[:near]
    inside = places * process.scales
    rho = correlation(inside[:near], inside)
    rho[np.arange(near), np.arange(near)] = 0.0
    expected = process.amplitude**2 * np.mean(1.0 - rho.max(axis=1) ** 2)
    trust = np.sqrt(np.mean(errors**2) / expected) if expected > 0 else 0.0
    slope = np.cosh(column[:near] / SOFT)
    return float(trust), float(np.sqrt(np.mean((errors * slope) ** 2)))


def _basis(residuals: Array) -> Array:
    """Orthogonal directions that hold all but ``LEFT_OUT`` of the points' residuals."""
    _, singular, directions = np.linalg.svd(residuals, full_matrices=False)
    remaining = np.cumsum((singular**2 / len(residuals))[::-1])[::-1]
    kept = max(1, int(np.sum(remaining > LEFT_OUT)))
    return directions[:kept].T
