"""Several sizes that stand for a distribution, with its mass and its area (53)."""

import numpy as np


def lognormal_sizes(spread: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Relative sizes x_k and mass shares m_k of a lognormal distribution (53).

    ln x_k = sigma xi_k + c, m_k the weights of the Gauss-Hermite quadrature whose points are xi_k, and c such
    that sum m_k/x_k = 1: all particles together have the area of one size.

    Parameters
    ----------
    spread : sigma, standard deviation of ln R by mass [-]
    count : sizes

    Source: Gauss-Hermite quadrature; derived.
    """
    points, weights = np.polynomial.hermite_e.hermegauss(count)
    return of_unit_area(np.exp(spread * points), weights / weights.sum())


def binned_sizes(radius: np.ndarray, share: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The same of a measured distribution (53): bins of equal mass, each the size of its area.

    Parameters
    ----------
    radius : of the points, rising, any unit
    share : of the mass, or volume, at each point; need not add up to 1
    count : bins

    Source: derived: each bin has the mass and the area, proportional to mass over radius, of what is in it.
    """
    share = np.asarray(share, float) / np.sum(share)
    mass = np.r_[0.0, np.cumsum(share)]
    area = np.r_[0.0, np.cumsum(share / np.asarray(radius, float))]
    edges = np.linspace(0, 1, count + 1)
    areas = np.diff(np.interp(edges, mass, area))
    return of_unit_area(1 / (count * areas), np.full(count, 1 / count))


def of_unit_area(sizes: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sizes relative to the one of equal area per mass (53): sum m_k/x_k = 1.

    Parameters
    ----------
    sizes : of any unit
    shares : m_k of the mass [-]

    Source: area per mass goes with 1/R.
    """
    return sizes * np.sum(shares / sizes), shares
