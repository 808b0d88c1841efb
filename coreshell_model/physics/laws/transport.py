"""Transport through carbon, and its evaluation from a titration."""

import math

import numpy as np


def flux_between_carbons(
    theta_core,
    theta_shell,
    potential_core,
    potential_shell,
    conductance_core,
    conductance_shell,
    thermal_voltage,
):
    """Flux from core to shell [mol.m-2.s-1] at equal chemical potential on both sides of the face (7).

    Between the middles of the two cells that meet, sodium crosses a half cell of core, the face, and a
    half cell of shell: theta_c' = theta_c - N/G_c and theta_s' = theta_s + N/G_s. By (4), equal mu means

        theta_c' (1 - theta_s') q = theta_s' (1 - theta_c') p,   p = 1 - q = (1 + tanh((E_c - E_s)/2V_T))/2

    This is a quadratic equation in N; the flux is its root that vanishes at equilibrium. It has no logarithm,
    is regular for empty and for full cells, and becomes Fick's law where the carbons are alike.

    Parameters
    ----------
    theta_core, theta_shell : occupancies of the two cells [-]
    potential_core, potential_shell : E of (4) at the face [V]
    conductance_core, conductance_shell : G = 2 D c_s/dr of each half cell [mol.m-2.s-1], dr the cell's width
    thermal_voltage : V_T [V]

    Source: derived from (4), (6) and (7); docs/decisions/faces.md.
    """
    into_core = 0.5 * (1 + np.tanh((potential_core - potential_shell) / (2 * thermal_voltage)))
    into_shell = 1 - into_core
    driving = theta_core * (1 - theta_shell) * into_shell - theta_shell * (1 - theta_core) * into_core
    resistance = ((1 - theta_core) * into_core + theta_core * into_shell) / conductance_shell + (
        (1 - theta_shell) * into_shell + theta_shell * into_core
    ) / conductance_core
    curvature = (into_shell - into_core) / (conductance_core * conductance_shell)
    # Never negative for occupancies from 0 to 1; the solver's trial points may lie outside.
    discriminant = np.maximum(resistance * resistance - 4 * curvature * driving, 0)
    return 2 * driving / (resistance + np.sqrt(discriminant))


def through_grains(diffusivity, radius, diffusion_length):
    """D (R/l_D)^2 [m2.s-1] (49): the diffusivity of a sphere of radius R in place of grains of radius l_D.

    A sphere of this diffusivity responds to a change at its surface as fast as the grains, if sodium reaches
    their surfaces freely.

    Parameters
    ----------
    diffusivity : D in the grains [m2.s-1]
    radius : R of the sphere, or thickness of the layer [m]
    diffusion_length : l_D [m]

    Source: derived from the diffusion time R^2/D; assumed: paths between grains cost nothing.
    """
    return diffusivity * (radius / diffusion_length) ** 2


def sphere_diffusivity(radius: float, shift: float, duration: float, slope: float) -> float:
    """Apparent chemical diffusivity from one pulse of constant current and the rests around it (35).

    D = (4/pi) ((R/3) (Delta E_s/tau)/(dE/d sqrt(t)))^2, for tau much shorter than R^2/D and a small shift of
    potential, if all charge goes into diffusing sodium.

    Parameters
    ----------
    radius : R of the sphere [m], whose volume over area is R/3
    shift : Delta E_s, potential at rest after the pulse minus that before [V]
    duration : tau, length of the pulse [s]
    slope : dE/d sqrt(t) during the pulse [V.s-1/2]

    Source: derived in docs/physics.md from the short-time flux into a half space; known as the formula of
    Weppner and Huggins (their paper was not read).
    """
    return 4 / math.pi * (radius / 3 * shift / duration / slope) ** 2
