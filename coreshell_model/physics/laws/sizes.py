"""A few sizes that represent a distribution of sizes, with its mass and its area (53)."""

import numpy as np


def lognormal_sizes(spread: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Relative sizes x_k and mass shares m_k of a lognormal distribution (53).

    ln x_k = sigma xi_k + c, where xi_k are the points and m_k the weights of the Gauss-Hermite quadrature. c
    is such that sum m_k/x_k = 1: all particles together have the area of particles of a single size.

    Parameters
    ----------
    spread : sigma, standard deviation of ln R by mass [-]
    count : number of sizes

    Source: Gauss-Hermite quadrature; derived.
    """
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return of_unit_area(np.exp(spread * points), weights / weights.sum())


def binned_sizes(radius: np.ndarray, share: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Relative sizes and mass shares of a measured distribution (53), in bins of equal mass.

    Parameters
    ----------
    radius : of the points, rising, any unit
    share : of the mass, or volume, at each point; need not add up to 1
    count : number of bins

    Source: derived: the size of a bin has the bin's mass and area, which goes with mass over radius.
    """
    share = np.asarray(share, float) / np.sum(share)
    mass = np.r_[0.0, np.cumsum(share)]
    area = np.r_[0.0, np.cumsum(share / np.asarray(radius, float))]
    edges = np.linspace(0, 1, count + 1)
    areas = np.diff(np.interp(edges, mass, area))
    return of_unit_area(1 / (count * areas), np.full(count, 1 / count))


def of_unit_area(sizes: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sizes relative to the single size of equal area per mass (53): sum m_k/x_k = 1.

    Parameters
    ----------
    sizes : of any unit
    shares : m_k of the mass [-]

    Source: area per mass is proportional to 1/R.
    """
    return sizes * np.sum(shares / sizes), shares
