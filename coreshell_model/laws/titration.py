"""What a current pulse tells of diffusion in a sphere (35)."""

import math


def sphere_diffusivity(radius: float, shift: float, duration: float, slope: float) -> float:
    """Apparent chemical diffusivity from one pulse of constant current and the rests around it (35).

    D = (4/pi) ((R/3) (Delta E_s/tau)/(dE/d sqrt(t)))^2, for tau much shorter than R^2/D, a small shift of
    potential, and nothing but diffusion taking up charge.

    Parameters
    ----------
    radius : R of the sphere [m], whose volume over area is R/3
    shift : Delta E_s, potential at rest after less before the pulse [V]
    duration : tau, length of the pulse [s]
    slope : dE/d sqrt(t) during the pulse [V.s-1/2]

    Source: derived in docs/physics.md from the short-time flux into a half space; known as the formula of
    Weppner and Huggins (their paper was not read).
    """
    return 4 / math.pi * (radius / 3 * shift / duration / slope) ** 2
