"""Gaussian processes in one quantity each, with a length of its own along every parameter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky, solve_triangular
from scipy.optimize import minimize

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

Array = NDArray[np.float64]


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
