"""Exact occupancy of a core-shell sphere charged at a constant flux, for linear isotherms U = U_0 - g theta.

With u = g theta (continuous at R_c, as the potential is), kappa = c/g and K = D c/g,

    kappa du/dt = (1/r^2) d/dr(r^2 K du/dr),    u and K du/dr continuous at R_c,    K du/dr = N_in at R,

    u(r, t) = a t + p(r) - sum_n b_n phi_n(r) exp(-lambda_n^2 t),    u(r, 0) = 0:

a steady rise, its profile (mean of kappa p zero), and decaying eigenfunctions that add up to p at t = 0.
In each region r phi is a sum of sin and cos of lambda r/sqrt(D). Derived here, from the equation above.
"""

import numpy as np
from scipy.special import spherical_jn

BISECTIONS = 80  # more than the bits of a float
NEGLIGIBLE = 40.0  # terms below exp(-40) = 4e-18 are left out


def occupancy(r, t, *, core_radius, radius, diffusivity, site_density, slope, inward_flux):
    """Occupancy theta of a sphere that starts empty.

    Parameters
    ----------
    r : array_like
        Radii [m], 0 to R; r = R_c counts as core.
    t : array_like
        Times [s], >= 0. The first needs about 2 R/sqrt(D t) terms, so the cost grows towards t = 0.
    core_radius, radius : float
        R_c and R [m].
    diffusivity, site_density, slope : pair of float
        D [m2 s-1], c [mol m-3] and g [V], of the core and of the shell.
    inward_flux : float
        N_in through r = R, towards the centre [mol m-2 s-1].

    Returns
    -------
    ndarray
        theta, of shape t.shape + r.shape. Within 1e-11 of the largest theta where D differs up to 1e4-fold
        and c up to 1e2-fold (against 40-digit inverse Laplace transforms, t from 1e-4 to 2 R^2/D).
    """
    r, t = np.asarray(r, float), np.asarray(t, float)
    D, c, g = (np.asarray(pair, float) for pair in (diffusivity, site_density, slope))
    sphere = _Sphere(core_radius, radius, D, kappa=c / g)
    rise, profile = sphere.steady(r.ravel())
    u = rise * t.reshape(-1, 1) + profile
    started = t.ravel() > 0
    if started.any():
        lam = sphere.eigenvalues(np.sqrt(NEGLIGIBLE / t[t > 0].min()))
        decay = np.exp(-(lam**2) * t.reshape(-1, 1))
        u -= decay @ sphere.weighted_modes(lam[:, None], r.ravel())
    u[~started] = 0
    return inward_flux * u.reshape(t.shape + r.shape) / np.where(r <= core_radius, *g)


def amount(t, **problem):
    """Sodium in the sphere by quadrature of `occupancy` [mol]; a check, it must equal 4 pi R^2 N_in t."""
    R_c, R = problem["core_radius"], problem["radius"]
    nodes, weights = np.polynomial.legendre.leggauss(200)
    total = 0
    for c, start, end in zip(problem["site_density"], (0, R_c), (R_c, R), strict=True):
        r = (start + end) / 2 + (end - start) / 2 * nodes
        total = total + c * occupancy(r, t, **problem) @ (weights * 4 * np.pi * r**2) * (end - start) / 2
    return total


class _Sphere:
    """The problem in u, for N_in = 1."""

    def __init__(self, R_c, R, D, kappa):
        self.R_c, self.R, self.delta = R_c, R, R - R_c
        self.D, self.kappa, self.K_ratio = D, kappa, D[0] * kappa[0] / (D[1] * kappa[1])

    def steady(self, r):
        """The rise a, and the profile p at r, from the total flux N(r) = a int kappa r^2 dr / r^2."""
        (kc, ks), (Dc, Ds), R_c, R = self.kappa, self.D, self.R_c, self.R
        rise = 3 * R**2 / (kc * R_c**3 + ks * (R**3 - R_c**3))
        image = (kc - ks) * R_c**3 / (3 * ks * Ds)
        jump = R_c**2 / (6 * Dc) - (R_c**2 / (6 * Ds) - image / R_c)

        def primitive(r):  # of kappa p r^2 in each region, before the mean is taken off
            return kc * r**5 / (30 * Dc), ks * (r**5 / (30 * Ds) - image * r**2 / 2 + jump * r**3 / 3)

        content = primitive(R_c)[0] + primitive(R)[1] - primitive(R_c)[1]
        mean = content * rise / R**2
        outside = r**2 / (6 * Ds) - image / np.maximum(r, R_c) + jump
        return rise, rise * (np.where(r <= R_c, r**2 / (6 * Dc), outside) - mean)

    def shell_amplitudes(self, lam):
        """B, S in r phi = B cos y + S sin y, y = lambda (r - R_c)/sqrt(D_s); the core has r phi = sin."""
        x, x_s = (lam * self.R_c / np.sqrt(D) for D in self.D)
        return np.sin(x), (np.sin(x) - self.K_ratio * x**2 * spherical_jn(1, x)) / x_s

    def phase(self, lam):
        """Angle of the point (r^2 K dphi/dr, phi) at R, counted up from the centre: it rises with lambda.

        Every multiple of pi passed is a zero of phi between the centre and R (Pruefer angle).
        """
        B, S = self.shell_amplitudes(lam)
        zeros = np.floor(lam * self.R_c / np.sqrt(self.D[0]) / np.pi)
        start = zeros * np.pi + np.arctan2(abs(B), (-1) ** zeros * S)
        angle, x = start + lam * self.delta / np.sqrt(self.D[1]), lam * self.R / np.sqrt(self.D[1])
        zeros = np.floor(angle / np.pi)
        sin, cos = np.sin(angle - zeros * np.pi), np.cos(angle - zeros * np.pi)
        return zeros * np.pi + np.arctan2(sin, x * cos - sin)

    def eigenvalues(self, limit):
        """All lambda > 0 [s-1/2] up to the limit with dphi/dr = 0 at R: the phase is (n + 1/2) pi."""
        count = int(self.phase(np.array(limit)) / np.pi - 0.5)
        target = (np.arange(1, count + 1) + 0.5) * np.pi
        low, high = np.full(count, 1e-9 * limit), np.full(count, limit)
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            below = self.phase(middle) < target
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    def weighted_modes(self, lam, r):
        """b_n phi_n(r), with b_n = int kappa p phi_n r^2 dr / int kappa phi_n^2 r^2 dr.

        The first integral is R^2 phi_n(R)/lambda_n^2, by parts, twice.
        """
        k_c, k_s = lam / np.sqrt(self.D[0]), lam / np.sqrt(self.D[1])
        B, S = self.shell_amplitudes(lam)

        def shell(r):
            return (B * np.cos(k_s * (r - self.R_c)) + S * np.sin(k_s * (r - self.R_c))) / r

        x, y = k_c * self.R_c, k_s * self.delta
        core_norm = self.R_c / 2 * x * (np.sin(x) ** 2 / x - np.cos(x) * spherical_jn(1, x))
        oscillating = (B**2 - S**2) * np.sin(2 * y) / 4 + B * S * np.sin(y) ** 2
        shell_norm = (B**2 + S**2) * self.delta / 2 + oscillating / k_s
        norm = self.kappa[0] * core_norm + self.kappa[1] * shell_norm
        core = k_c * np.sinc(k_c * r / np.pi)
        phi = np.where(r <= self.R_c, core, shell(np.maximum(r, self.R_c)))
        return self.R**2 * shell(self.R) / lam**2 / norm * phi
