"""A surrogate of chi-squared: Gaussian processes through what was evaluated."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.stats import norm, qmc

UNIFORM_INFORMATION = 12.0
"""One over the variance of a parameter of which only the bounds are known, 0 to 1."""

WIDTHS = (0.7, 1.2, 2.0)
"""Standard deviations' factors, in turns: the middle is known well, and the tails too."""

A_COEFFICIENT = 1.6
"""Points for each coefficient of a quadratic."""

LEAST = 40

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Centre:
    """Best fits, and the derivatives of all residuals, priors among them, at the best of them.

    Attributes
    ----------
    places : a row a best fit, the best one first
    jacobian : residuals by places
    inflation : factor of the data's standard deviations that the misfit of the best of them asks for
    """

    places: Array
    jacobian: Array
    inflation: float = 1.0

    @property
    def covariance(self) -> Array:
        """Of the places, by the derivatives; no wider than the bounds allow."""
        information = self.jacobian.T @ self.jacobian + UNIFORM_INFORMATION * np.eye(self.jacobian.shape[1])
        return np.asarray(np.linalg.inv(information), dtype=float)


def coefficients(dimensions: int) -> int:
    """Of a quadratic polynomial."""
    return (dimensions + 1) * (dimensions + 2) // 2


def first_points(centre: Centre, rng: np.random.Generator) -> Array:
    """Points about each of the best fits, a row each, folded back where they leave the box."""
    dimensions = centre.places.shape[1]
    count = max(LEAST, int(A_COEFFICIENT * coefficients(dimensions)))
    sobol = qmc.Sobol(dimensions, rng=rng).random_base2(int(np.ceil(np.log2(count))))[:count]
    normal = norm.ppf(np.clip(sobol, 1e-6, 1 - 1e-6))
    root = np.linalg.cholesky(centre.covariance)
    widths = np.resize(WIDTHS, count)[:, None]
    about = centre.places[np.arange(count) % len(centre.places)]
    return np.vstack([centre.places, folded(about + widths * normal @ root.T)])


def folded(places: Array) -> Array:
    """Places outside of 0 to 1 mirrored back at the bounds."""
    there = np.mod(places, 2.0)
    return np.where(there > 1.0, 2.0 - there, there)


LENGTHS = (-5.0, 2.5)
"""Bounds of the logarithm of one over a length, in units of the box."""

WIDE = 2.0
"""Standard deviation of that logarithm that is taken for granted; its mean is a length of the whole box."""

AMPLITUDES, NOISES = (-2.0, 5.0), (-5.0, 0.0)
"""Bounds of their logarithms, in standard deviations of the data."""

STARTS = (0.0, -3.0)
"""Logarithms of one over all lengths from which the likelihood is climbed. From one alone it may end where
all lengths are short and neighbours alone count: left out one by one the points then look well known, and
elsewhere nothing is."""

MOST_STEPS = 60


@dataclass(frozen=True)
class Process:
    """A smooth function through data: mean + amplitude² rho(distance) @ weights.

    Attributes
    ----------
    scales : one over the length along each parameter
    mean : of the data
    amplitude : in the data's unit
    weights : of the points, amplitude² included
    left_out : error at each point if it alone had not been learned
    """

    scales: Array
    mean: float
    amplitude: float
    weights: Array
    left_out: Array


def correlation(inside: NDArray, points: NDArray) -> NDArray:
    """Matérn's, twice differentiable: (1 + r + r²/3) exp(-r) with r = sqrt(5) times the scaled distance."""
    r = inside @ (-10.0 * points.T)
    r += 5.0 * np.sum(points * points, axis=1)
    r += 5.0 * np.sum(inside * inside, axis=1)[:, None]
    np.sqrt(np.maximum(r, 0.0, out=r), out=r)
    found = r / 3.0  # in place from here: walkers spend their time in this function
    found += 1.0
    found *= r
    found += 1.0
    found *= np.exp(np.negative(r, out=r), out=r)
    return found


def process(places: Array, data: Array, few: NDArray[np.intp]) -> Process:
    """Learn lengths and amplitude by the likelihood of a ``few`` points, then from all."""
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
    """-log likelihood of the data, less the log prior of the lengths, and its gradient."""
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
"""Chi-squared above the lowest beyond which a point teaches nothing of the posterior."""

MOST_LEARNED, FEW = 2000, 600
"""Points that are learned; and those that lengths are chosen by."""

FARTHER = 0.25
"""Share of both that lies around the posterior, where there are enough such points: from points inside alone
nothing tells how chi-squared rises beyond them, and walkers leave for where it is not known."""

SOFT = 10.0
"""Residuals up to about which the residual itself is learned; its logarithm beyond."""

SEPARATE = 60
"""Residuals up to which each has its own process; of more, their principal components have."""

LEFT_OUT = 1e-3
"""Mean square that the components left out then may have together."""

CONSTANT = 1e-4
"""Standard deviation of a residual, over all points that are learned, below which it is its mean."""

LARGEST_ERROR = 3.0
"""Standard deviations: a residual known no better than this says little already."""


Each = Callable[[Callable[[int], tuple[Array, Array]], Iterable[int]], Iterable[tuple[Array, Array]]]
"""``map``, or that of a pool of threads."""


@dataclass(frozen=True)
class Surrogate:
    """Residuals of the data as a function of the places.

    Attributes
    ----------
    points : places that it learned from
    processes : of each softened residual, or component of all
    trust : of each, its error left out by the one that the distance to the nearest point lets expect
    basis : components of the residuals, a column each
    floor : error of each at points left out near the posterior, in standard deviations of a datum
    at_best : components of the residuals at the point of least chi-squared
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
        return tuple(self.points * one.scales for one in self.processes)

    def components(self, places: Array, each: Each = map) -> tuple[Array, Array]:
        """Of the residuals, a row a point, and the error of each: small where points are near.

        In double precision: where a residual rises by its standard deviation within a hundredth of the box,
        its weights are 1e4 and more and cancel, and single precision adds a noise of one or two deviations.
        """
        there = np.atleast_2d(places)

        def component(n: int) -> tuple[Array, Array]:
            one = self.processes[n]
            rho = correlation(there * one.scales, self._scaled[n])
            soft = np.clip((one.mean + rho @ one.weights) / SOFT, -20.0, 20.0)
            far = np.maximum(1.0 - rho.max(axis=1) ** 2, 0.0)
            return SOFT * np.sinh(soft), self.trust[n] * one.amplitude * np.sqrt(far) * np.cosh(soft)

        found, error = zip(*each(component, range(len(self.processes))), strict=True)
        return np.stack(found, axis=1), np.minimum(np.stack(error, axis=1), LARGEST_ERROR)

    def chi_squared(self, places: Array, each: Each = map) -> Array:
        """Of the data, as if the error of each component's change were one more noise.

        With the change d from the best point and its error e, a component c adds
        c^2 - d^2 e^2 / (1 + e^2) + ln(1 + e^2): the noise takes from the change alone, so that a misfit which
        the best point has too is not taken for chance where little is known.
        """
        found, error = self.components(places, each)
        change = found - self.at_best
        own = error**2 / (1.0 + error**2)
        return np.sum(found**2 - change**2 * own + np.log1p(error**2), axis=1)

    @property
    def total_error(self) -> float:
        """Root mean square of the error of the whole residual vector, in standard deviations of a datum."""
        return float(np.sqrt(np.sum(self.floor**2)))


def surrogate(places: Array, residuals: Array, chi_squared: Array, rng: np.random.Generator) -> Surrogate:
    """Learn from evaluated points.

    Parameters
    ----------
    places, residuals : a row a point, none of which failed
    chi_squared : of the data and the priors, by which points near the posterior are told
    rng : chooses the points that are learned, where there are too many, and those for the lengths
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
    there, known = places[order], residuals[order]
    basis = np.eye(known.shape[1]) if known.shape[1] <= SEPARATE else _basis(known[:near])
    soft = SOFT * np.arcsinh(known @ basis / SOFT)
    processes, trusts, floors = [], [], []
    for column in soft.T:
        one = _constant(column, there) if column.std() < CONSTANT else process(there, column, few)
        trust, floor = _judged(one, there, column, near)
        processes.append(one)
        trusts.append(trust)
        floors.append(floor)
    return Surrogate(
        there,
        tuple(processes),
        np.array(trusts),
        basis,
        np.minimum(floors, LARGEST_ERROR),
        best @ basis,
    )


def _typical(dimensions: int) -> float:
    """Chi-squared above the lowest within which nearly all of a posterior lies."""
    return dimensions + 4.0 * np.sqrt(2.0 * dimensions) + 6.0


def _some(near: int, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Places in the order: most of them near the posterior, some farther."""
    inner = rng.permutation(near)[: int((1 - FARTHER) * FEW)]
    outer = near + rng.permutation(count - near)[: FEW - len(inner)]
    return np.concatenate([inner, outer]).astype(np.intp)


def _constant(column: Array, places: Array) -> Process:
    """A residual that does not change, as of a limit that is kept everywhere."""
    mean = float(column.mean())
    return Process(np.ones(places.shape[1]), mean, 0.0, np.zeros(len(column)), column - mean)


def _judged(one: Process, places: Array, column: Array, near: int) -> tuple[float, float]:
    """How its errors at points left out compare with what distances let expect, and how large they are."""
    errors = one.left_out[:near]
    inside = places * one.scales
    rho = correlation(inside[:near], inside)
    rho[np.arange(near), np.arange(near)] = 0.0
    expected = one.amplitude**2 * np.mean(1.0 - rho.max(axis=1) ** 2)
    trust = np.sqrt(np.mean(errors**2) / expected) if expected > 0 else 0.0
    slope = np.cosh(column[:near] / SOFT)
    return float(trust), float(np.sqrt(np.mean((errors * slope) ** 2)))


def _basis(residuals: Array) -> Array:
    """Orthogonal directions that hold all but ``LEFT_OUT`` of the points' residuals."""
    _, singular, directions = np.linalg.svd(residuals, full_matrices=False)
    rest = np.cumsum((singular**2 / len(residuals))[::-1])[::-1]
    kept = max(1, int(np.sum(rest > LEFT_OUT)))
    return directions[:kept].T
