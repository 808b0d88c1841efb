"""Impedance of a core-shell particle in closed form, from finite diffusion to the double layer.

Near a state at rest at potential U every law of the particle is linear. With u the fall of the potential in a
carbon, s = i omega, kappa = c_s/|dU/dtheta| and K = D kappa,

    core, shell:  s kappa u = (1/r^2) d/dr (r^2 K du/dr),    u and K du/dr continuous at R_c,
    clusters:     kappa_core -> kappa_core + c_p |d xi_eq/dU| k_p/(k_p + s),

because a filling that relaxes at k_p follows u with that lag. In each carbon r u is a sum of cosh and sinh of
r sqrt(s kappa/K), which gives the flux into the particle for a given u at R. The film's charge is left out.
Derived here from (4)-(8), (10), (15), (16); shares no code with the model, only the names of the parameters.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root_scalar

F = 96485.33212  # C mol-1
R_GAS = 8.314462618  # J mol-1 K-1


def impedance(
    parameters: Mapping[str, float], potential: float, frequencies: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Impedance [Ohm] of the half-cell at rest at ``potential`` [V], by frequency [Hz]."""
    p, s = parameters, 2j * np.pi * frequencies
    V_T = R_GAS * p["Ambient temperature [K]"] / F
    theta, kappa, K = zip(*(_carbon(p, region, potential, V_T) for region in ("Core", "Shell")), strict=True)
    xi = 1 / (1 + np.exp((potential - p["Cluster potential [V]"]) / p["Cluster width [V]"]))
    lag = p["Cluster rate [s-1]"] / (p["Cluster rate [s-1]"] + s)
    clusters = p["Cluster site density [mol.m-3]"] * xi * (1 - xi) / p["Cluster width [V]"] * lag
    inward = _admittance(p, s, (kappa[0] + clusters, kappa[1]), K)
    radius = p["Core radius [m]"] + p["Shell thickness [m]"]
    roughness = p["External area [m2.kg-1]"] * p["Particle density [kg.m-3]"] * radius / 3
    exchange = 2 * p["Exchange current density [A.m-2]"] * np.sqrt(theta[1] * (1 - theta[1]))
    faradaic = V_T / exchange + roughness / (F * inward)
    area, capacitance = p["Electrode area [m2]"], p["Double-layer capacitance [F.m-2]"]
    wetted = p["Active loading [kg.m-2]"] * area * p["External area [m2.kg-1]"]
    metal = V_T / p["Counter electrode exchange current density [A.m-2]"]
    return (p["Series resistance [Ohm.m2]"] + metal) / area + 1 / (1 / faradaic + s * capacitance) / wetted


def _carbon(p: Mapping[str, float], region: str, potential: float, V_T: float) -> tuple[float, float, float]:
    """theta, kappa [mol m-3 V-1] and K [mol m-1 s-1 V-1] of one carbon."""
    E_0, g = p[f"{region} sloping potential [V]"], p[f"{region} sloping interaction [V]"]
    h, s = p[f"{region} strong-site potential [V]"], p[f"{region} strong-site share"]

    def excess(y):  # y = ln(theta/(1 - theta))
        theta = 1 / (1 + np.exp(-y))
        return E_0 - g * theta + h * (1 - np.tanh(theta / s)) - V_T * y - potential

    theta = 1 / (1 + np.exp(-root_scalar(excess, bracket=(-500, 500)).root))
    steepness = g + h / s / np.cosh(theta / s) ** 2 + V_T / (theta * (1 - theta))
    kappa = p[f"{region} site density [mol.m-3]"] / steepness
    return theta, kappa, p[f"{region} diffusivity [m2.s-1]"] * kappa


def _admittance(p: Mapping[str, float], s, kappa, K):
    """Flux into the particle for u = 1 at its surface [mol m-2 s-1 V-1]."""
    R_c, delta = p["Core radius [m]"], p["Shell thickness [m]"]
    x = np.sqrt(s * kappa[0] / K[0]) * R_c
    core = K[0] / R_c * (x / np.tanh(x) - 1)
    # With w = r u in the shell: w'' = q^2 w from w(R_c) = R_c and w'(R_c), both over cosh(q delta).
    q = np.sqrt(s * kappa[1] / K[1])
    rise, tanh = 1 + R_c * core / K[1], np.tanh(q * delta)
    at_surface, slope = R_c + rise * tanh / q, R_c * q * tanh + rise
    return K[1] * (slope / at_surface - 1 / (R_c + delta))
